"""Merges that no person has looked at: listed until checked, and put before one when in doubt."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, select, update

from app.domain.terms import Ref
from app.fhir.document import Document
from app.kernel.faults import Message
from app.ports.merging import AutomaticMerge
from app.ports.sync_store import NewConflict
from localdb.bodies import opened, unpack
from localdb.engine import Cache
from localdb.incoming import standings
from localdb.messages import message_of, message_to_text
from localdb.projecting import Projector
from localdb.schema import automatic_merge, change, change_group
from localdb.shelf import Shelved, fetch, fetch_one, reproject
from localdb.turning import Turning


class SqlMerges:
    """`Merges` over the encrypted cache."""

    def __init__(self, cache: Cache, projectors: Sequence[Projector]) -> None:
        self._cache = cache
        self._projectors = projectors

    def unchecked(self) -> tuple[AutomaticMerge, ...]:
        with self._cache.read() as connection:
            rows = connection.execute(
                select(automatic_merge)
                .where(automatic_merge.c.checked_at.is_(None))
                .order_by(automatic_merge.c.id)
            ).all()
            held = fetch(connection, [row.ref for row in rows])
            return tuple(_merge(connection, row, held.get(row.ref)) for row in rows)

    def settle(self, merge: int, findings: tuple[Message, ...], at: datetime) -> None:
        with self._cache.write() as connection:
            mine = automatic_merge.c.id == merge
            ref = connection.scalar(select(automatic_merge.c.ref).where(mine))
            told = json.dumps([message_to_text(one) for one in findings])
            connection.execute(
                update(automatic_merge).where(mine).values(checked_at=at, findings=told)
            )
            row = fetch_one(connection, ref) if ref is not None else None
            if findings and row is not None and row.state == "dirty":
                self._dispute(connection, row, at)

    def _dispute(self, connection: Connection, row: Shelved, at: datetime) -> None:
        turning = Turning(connection, standings(connection, [row.ref]), at)
        server = unpack(row.base) if row.base is not None else None
        turning.dispute(
            NewConflict(
                ref=row.ref,
                kind="cds",
                group=None,
                base=server,
                local=unpack(row.body),
                remote=server,
                remote_version=row.version,
                expected_local_seq=row.local_seq,
            )
        )
        reproject(connection, self._projectors, (*turning.touched, *turning.retold))


def findings_of(connection: Connection, ref: Ref) -> tuple[Message, ...]:
    """What the newest check of a merged document found."""
    told = connection.scalar(
        select(automatic_merge.c.findings)
        .where(automatic_merge.c.ref == ref, automatic_merge.c.checked_at.is_not(None))
        .order_by(automatic_merge.c.id.desc())
        .limit(1)
    )
    messages = (message_of(one) for one in json.loads(told or "[]"))
    return tuple(one for one in messages if one is not None)


def _merge(
    connection: Connection, row: Row[tuple[object, ...]], held: Shelved | None
) -> AutomaticMerge:
    document: Document | None = opened(held.body) if held is not None else None
    author = connection.scalar(
        select(change_group.c.author)
        .join(change, change.c.group_id == change_group.c.group_id)
        .where(change.c.ref == row.ref, change.c.acked_version.is_(None))
        .order_by(change_group.c.seq.desc())
        .limit(1)
    )
    return AutomaticMerge(
        row.id, row.ref, row.patient, document, tuple(json.loads(row.elements)), author
    )
