"""The queue as the screen shows it: what waits, why, and what was confirmed last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, ScalarSelect, Select, select

from app.domain.sending import GroupState, QueueItem
from app.domain.terms import GroupId, Ref
from app.fhir.document import references
from app.fhir.patients import read_patient
from app.kernel.faults import AppError, Message
from localdb.bodies import opened
from localdb.engine import Cache
from localdb.kept_rows import ClinicianRow
from localdb.messages import message_of
from localdb.schema import batch, change, change_group, decision, quarantine, workstation
from localdb.shelf import fetch

_CONFIRMED_SHOWN = 50
_BLOCKING = frozenset({"held", "conflict", "rejected"})
_OWN_WHY = {
    "held": Message.of("queue.held"),
    "conflict": Message.of("queue.conflict"),
}
_BEHIND = Message.of("queue.behind")
_FENCED = Message.of("queue.fenced")


@dataclass(frozen=True, slots=True)
class _Touched:
    """What one change of a group touches."""

    ref: Ref
    is_create: bool
    refs: frozenset[Ref]
    acked_version: str | None


class SqlQueue:
    """`QueueReads` over the encrypted cache."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def queue(self) -> tuple[QueueItem, ...]:
        with self._cache.read() as connection:
            rows = _rows(connection)
            changes = _changes(connection, [row.group_id for row in rows])
            is_fenced = bool(connection.scalar(select(workstation.c.fenced)))
            names = _names(connection, rows)
        behind = _behind(rows, changes)
        return tuple(
            _item(
                row,
                changes.get(row.group_id, []),
                names,
                _standing(row, behind, is_fenced=is_fenced),
            )
            for row in rows
        )


_Standing = tuple[GroupState, Message | None]


def _rows(connection: Connection) -> list[Row[tuple[object, ...]]]:
    is_open = change_group.c.state != "confirmed"
    waiting = connection.execute(_groups().where(is_open).order_by(change_group.c.seq))
    done = connection.execute(
        _groups()
        .where(~is_open)
        .order_by(change_group.c.confirmed_at.desc(), change_group.c.seq.desc())
        .limit(_CONFIRMED_SHOWN)
    )
    return [*waiting, *done]


def _groups() -> Select[tuple[object, ...]]:
    return (
        select(
            change_group,
            batch.c.attempts,
            batch.c.next_try_at,
            batch.c.why,
            quarantine.c.message,
            quarantine.c.server_said,
            ClinicianRow.name.label("author_name"),
            _taken_back().label("taken_back"),
        )
        .outerjoin(batch, batch.c.batch_id == change_group.c.batch_id)
        .outerjoin(quarantine, quarantine.c.group_id == change_group.c.group_id)
        .outerjoin(ClinicianRow, ClinicianRow.id == change_group.c.author)
    )


def _taken_back() -> ScalarSelect[str]:
    """Why a person took the act back; NULL when nobody did."""
    return (
        select(decision.c.reason)
        .where(decision.c.group_id == change_group.c.group_id, decision.c.choice == "discarded")
        .limit(1)
        .scalar_subquery()
    )


def _changes(connection: Connection, groups: Sequence[GroupId]) -> dict[GroupId, list[_Touched]]:
    rows = connection.execute(
        select(change).where(change.c.group_id.in_(groups)).order_by(change.c.seq)
    )
    found: dict[GroupId, list[_Touched]] = {}
    for row in rows:
        refs = references(opened(row.after)) if row.after is not None else ()
        found.setdefault(row.group_id, []).append(
            _Touched(
                row.ref,
                not row.base_version,
                frozenset(Ref(ref) for ref in refs),
                row.acked_version,
            )
        )
    return found


def _behind(
    rows: Iterable[Row[tuple[object, ...]]], changes: Mapping[GroupId, Sequence[_Touched]]
) -> set[GroupId]:
    """Groups that cannot go before one that somebody must look at first.

    Later changes of its documents wait, and whatever names a document that only it creates.
    """
    stuck: set[Ref] = set()
    missing: set[Ref] = set()
    found: set[GroupId] = set()
    for row in rows:
        unsent = [one for one in changes.get(row.group_id, ()) if one.acked_version is None]
        touched = {one.ref for one in unsent}
        named = {ref for one in unsent for ref in one.refs}
        waits = row.state == "saved" and bool(touched & stuck or named & missing)
        if waits:
            found.add(row.group_id)
        if waits or row.state in _BLOCKING:
            stuck |= touched
            missing |= {one.ref for one in unsent if one.is_create}
    return found


def _names(connection: Connection, rows: Iterable[Row[tuple[object, ...]]]) -> dict[str, str]:
    """Names as recorded, of the patients whose record is here and can be read."""
    refs = {Ref(f"Patient/{row.patient}") for row in rows if row.patient}
    found: dict[str, str] = {}
    for ref, row in fetch(connection, refs).items():
        try:
            found[ref.removeprefix("Patient/")] = read_patient(opened(row.body)).name
        except AppError:
            continue
    return found


def _standing(row: Row[tuple[object, ...]], behind: set[GroupId], *, is_fenced: bool) -> _Standing:
    state = GroupState(row.state)
    if row.taken_back is not None:
        return GroupState.DISCARDED, Message.of("queue.discarded", reason=row.taken_back)
    if row.state == "rejected":
        return state, message_of(row.message or "")
    if row.state in _OWN_WHY:
        return state, _OWN_WHY[row.state]
    if is_fenced and state.unsent:
        return GroupState.FENCED, _FENCED
    if row.group_id in behind:
        return GroupState.WAITING, _BEHIND
    return state, message_of(row.why or "")


def _item(
    row: Row[tuple[object, ...]],
    touched: Sequence[_Touched],
    names: Mapping[str, str],
    standing: _Standing,
) -> QueueItem:
    state, why = standing
    versions = [one.acked_version for one in touched if one.acked_version is not None]
    return QueueItem(
        group=row.group_id,
        act=row.kind,
        state=state,
        patient=row.patient,
        patient_name=names.get(row.patient or "", ""),
        author_name=row.author_name or row.author,
        at=row.at,
        refs=tuple(dict.fromkeys(one.ref for one in touched)),
        why=why,
        attempts=row.attempts or 0,
        next_try_at=row.next_try_at,
        server_said=row.server_said if row.state == "rejected" else "",
        version=versions[0] if state is GroupState.CONFIRMED and versions else "",
    )
