"""What remote decision-support services said late, and feedback to them, in the encrypted cache."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.sqlite import insert

from app.domain.terms import OrderId, PatientId
from app.ports.remote_checks import LateResponse, WaitingFeedback
from localdb.bodies import pack, unpack
from localdb.engine import Cache
from localdb.schema import cds_feedback, cds_late, cds_signed

KEPT = timedelta(days=30)
"""After that nobody signs, gives or stops what a late card was about without a newer check."""


class SqlRemoteAnswers:
    """`RemoteAnswers` over the encrypted cache."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def keep_late(self, late: LateResponse) -> None:
        told = {"patient": late.patient, "at": late.at, "body": pack(late.body)}
        row = insert(cds_late).values(instance=late.instance, service=late.service, **told)
        with self._cache.write() as connection:
            for table in (cds_late, cds_signed):
                connection.execute(delete(table).where(table.c.at < late.at - KEPT))
            connection.execute(row.on_conflict_do_update(["instance", "service"], set_=told))

    def attach(self, instance: str, orders: Mapping[str, OrderId], at: datetime) -> None:
        rows = [
            {"instance": instance, "line": line, "order_id": order, "at": at}
            for line, order in orders.items()
        ]
        if rows:
            with self._cache.write() as connection:
                connection.execute(insert(cds_signed).on_conflict_do_nothing(), rows)

    def late_of(self, order: OrderId) -> tuple[LateResponse, ...]:
        asked = (
            select(cds_late)
            .join(cds_signed, cds_signed.c.instance == cds_late.c.instance)
            .where(cds_signed.c.order_id == order)
            .order_by(cds_late.c.at.desc(), cds_late.c.service)
            .distinct()
        )
        with self._cache.read() as connection:
            rows = list(connection.execute(asked))
        return tuple(
            LateResponse(
                row.instance, row.service, PatientId(row.patient), row.at, unpack(row.body)
            )
            for row in rows
        )

    def put(self, service: str, body: bytes, at: datetime) -> None:
        row = insert(cds_feedback).values(service=service, body=pack(body), at=at, next_try_at=at)
        with self._cache.write() as connection:
            connection.execute(row)

    def due(self, now: datetime, limit: int) -> tuple[WaitingFeedback, ...]:
        asked = (
            select(cds_feedback)
            .where(cds_feedback.c.next_try_at <= now)
            .order_by(cds_feedback.c.number)
            .limit(limit)
        )
        with self._cache.read() as connection:
            rows = list(connection.execute(asked))
        return tuple(
            WaitingFeedback(row.number, row.service, unpack(row.body), row.attempts) for row in rows
        )

    def heard(self, number: int) -> None:
        with self._cache.write() as connection:
            connection.execute(delete(cds_feedback).where(cds_feedback.c.number == number))

    def put_off(self, number: int, until: datetime) -> None:
        with self._cache.write() as connection:
            connection.execute(
                update(cds_feedback)
                .where(cds_feedback.c.number == number)
                .values(attempts=cds_feedback.c.attempts + 1, next_try_at=until)
            )
