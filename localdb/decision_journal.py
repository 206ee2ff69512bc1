"""The journal of decision support: append-only, each event sealed by the digest of the one before.

It is this workstation's own: it is sent to nobody. What the chart must know of an override stands
on the order itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, RowMapping, bindparam, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from app.decision.findings import Tier
from app.domain.decision_events import DecisionEvent, Response
from app.domain.terms import EncounterId, Named, OrderId, PatientId, PractitionerId
from app.ports.deciding import JournalVerdict
from localdb.engine import Cache
from localdb.schema import cds_event, meta

_HEAD = "cds-head"
_ANSWERED = (
    select(cds_event)
    .where(
        cds_event.c.patient == bindparam("patient"),
        cds_event.c.at >= bindparam("since"),
        cds_event.c.response == Response.OVERRIDDEN.value,
        cds_event.c.tier == Tier.INTERRUPTIVE.value,
    )
    .order_by(cds_event.c.seq)
)


class SqlDecisionJournal:
    """`DecisionJournal` over the encrypted cache.

    The digest covers every field of an event. The newest number and digest are kept apart as
    well, so that a cut-off end shows.
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def record(self, events: tuple[DecisionEvent, ...]) -> None:
        if events:
            with self._cache.write() as connection:
                append_events(connection, events)

    def answered(self, patient: PatientId, since: datetime) -> tuple[DecisionEvent, ...]:
        asked = {"patient": patient, "since": since}
        with self._cache.read() as connection:
            return tuple(_event(row) for row in connection.execute(_ANSWERED, asked).mappings())

    def events(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[DecisionEvent, ...]:
        asked = select(cds_event).order_by(cds_event.c.seq)
        if since is not None:
            asked = asked.where(cds_event.c.at >= since)
        if until is not None:
            asked = asked.where(cds_event.c.at < until)
        with self._cache.read() as connection:
            return tuple(_event(row) for row in connection.execute(asked).mappings())

    def verify(self) -> JournalVerdict:
        previous, count = "", 0
        with self._cache.read() as connection:
            head = _head(connection)
            rows = connection.execute(select(cds_event).order_by(cds_event.c.seq)).mappings()
            for row in rows:
                kept = _event(row)
                whole = kept.seq == count + 1 and kept.previous == previous
                if not whole or kept.digest != _digest(kept, previous):
                    return JournalVerdict(count, intact=False, broken_at=count + 1)
                previous, count = kept.digest, count + 1
        if head != (count, previous):
            return JournalVerdict(count, intact=False, broken_at=count + 1)
        return JournalVerdict(count, intact=True)


def append_events(connection: Connection, events: Iterable[DecisionEvent]) -> None:
    """Append inside the caller's transaction."""
    number, previous = _head(connection)
    rows: list[dict[str, object]] = []
    for event in events:
        number += 1
        placed = replace(event, seq=number, previous=previous)
        previous = _digest(placed, previous)
        rows.append(_row(replace(placed, digest=previous)))
    if rows:
        connection.execute(insert(cds_event), rows)
        head = json.dumps([number, previous])
        kept = upsert(meta).values(name=_HEAD, value=head)
        connection.execute(
            kept.on_conflict_do_update(index_elements=["name"], set_={"value": head})
        )


def _head(connection: Connection) -> tuple[int, str]:
    kept = connection.scalar(select(meta.c.value).where(meta.c.name == _HEAD))
    number, digest = json.loads(kept) if kept else (0, "")
    return int(number), str(digest)


def _row(event: DecisionEvent) -> dict[str, object]:
    return {
        "seq": event.seq,
        "at": event.at,
        "user": event.user,
        "patient": event.patient,
        "tier": event.tier,
        "response": event.response.value,
        "card": event.card,
        "body": json.dumps(_body(event), ensure_ascii=False, separators=(",", ":")),
        "previous": event.previous,
        "digest": event.digest,
    }


def _body(event: DecisionEvent) -> dict[str, object]:
    """What has no column; what is empty is left out."""
    told: dict[str, object] = {
        "user_name": event.user_name,
        "encounter": event.encounter,
        "hook": event.hook,
        "instance": event.instance,
        "check": event.check,
        "rule": event.rule,
        "pack": event.pack,
        "subjects": [[one.name, one.english] for one in event.subjects],
        "orders": list(event.orders),
        "reason": event.reason,
        "text": event.text,
        "witness": event.witness,
        "witness_name": event.witness_name,
        "hidden": event.hidden,
        "shown_ms": event.shown_ms,
        "context": event.context,
    }
    return {name: value for name, value in told.items() if value not in (None, "", [])}


def _event(row: RowMapping) -> DecisionEvent:
    body: dict[str, str] = json.loads(row["body"])
    shown = body.get("shown_ms")
    encounter, witness = body.get("encounter"), body.get("witness")
    return DecisionEvent(
        at=row["at"],
        user=PractitionerId(row["user"]),
        user_name=body.get("user_name", ""),
        patient=PatientId(row["patient"]),
        encounter=EncounterId(encounter) if encounter else None,
        hook=body.get("hook", ""),
        instance=body.get("instance", ""),
        check=body.get("check", ""),
        rule=body.get("rule", ""),
        pack=body.get("pack", ""),
        tier=row["tier"],
        card=row["card"],
        response=Response(row["response"]),
        subjects=tuple(Named(*one) for one in body.get("subjects", ())),
        orders=tuple(OrderId(one) for one in body.get("orders", ())),
        reason=body.get("reason", ""),
        text=body.get("text", ""),
        witness=PractitionerId(witness) if witness else None,
        witness_name=body.get("witness_name", ""),
        hidden=body.get("hidden", ""),
        shown_ms=int(shown) if shown is not None else None,
        context=body.get("context", ""),
        seq=row["seq"],
        previous=row["previous"],
        digest=row["digest"],
    )


def _digest(event: DecisionEvent, previous: str) -> str:
    said = [
        event.seq,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.user,
        event.patient,
        event.tier,
        event.response.value,
        event.card,
        _body(event),
    ]
    text = previous + json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
