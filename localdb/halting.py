"""Groups that must not be sent until a person has looked at them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.domain.terms import GroupId, Ref
from app.kernel.clock import Clock
from app.ports.sync_store import QueueCounts, Rejection
from localdb.engine import Cache
from localdb.messages import message_to_text
from localdb.outbox import read_set_of
from localdb.projecting import Projector
from localdb.schema import batch, change_group, conflict, quarantine
from localdb.settling import close_conflicts, disputed_versions, retell, set_state
from localdb.shelf import fetch
from localdb.uploads import give_back, open_batch_of

_WAITING = ("saved", "packed", "sent")
_BY_STATE = (
    select(change_group.c.state, func.count(), func.min(change_group.c.at))
    .where(change_group.c.state != "confirmed")
    .group_by(change_group.c.state)
)
_OPEN_CONFLICTS = select(func.count()).where(
    conflict.c.resolved_at.is_(None), conflict.c.kind != "read-set"
)


class Halting:
    """Quarantine, read-set holds, and the counts of both."""

    def __init__(self, cache: Cache, projectors: Sequence[Projector], clock: Clock) -> None:
        self._cache = cache
        self._projectors = projectors
        self._clock = clock

    def reject(self, rejection: Rejection) -> None:
        with self._cache.write() as connection:
            if _group(connection, rejection.group).state == "confirmed":
                raise ValueError("a confirmed group cannot be rejected")
            carrier = open_batch_of(connection, rejection.group)
            if carrier is not None:
                # The server took nothing of a transaction it refused: its other groups are free.
                give_back(connection, self._projectors, carrier, "rejected", rejection.at)
            set_state(connection, [rejection.group], "rejected", "")
            told = {
                "status": rejection.status,
                "message": message_to_text(rejection.message),
                "server_said": rejection.server_said,
                "at": rejection.at,
                "released_at": None,
            }
            connection.execute(
                upsert(quarantine)
                .values(group_id=rejection.group, **told)
                .on_conflict_do_update(index_elements=["group_id"], set_=told)
            )
            retell(connection, self._projectors, [rejection.group])

    def hold(self, group: GroupId, refs: tuple[Ref, ...], at: datetime) -> None:
        with self._cache.write() as connection:
            row = _group(connection, group)
            if row.state == "held":
                close_conflicts(connection, at, group=group, kind="read-set")
            elif row.state != "saved":
                raise ValueError(f"the group is {row.state}")
            set_state(connection, [group], "held", "")
            rows = fetch(connection, refs)
            for ref in refs:
                here = rows.get(ref)
                connection.execute(
                    insert(conflict).values(
                        ref=ref,
                        kind="read-set",
                        group_id=group,
                        patient=row.patient,
                        remote=here.body if here else None,
                        remote_version=here.version if here else "",
                        paths=json.dumps([]),
                        opened_at=at,
                    )
                )
            retell(connection, self._projectors, [group])

    def release(self, group: GroupId) -> None:
        now = self._clock.now()
        with self._cache.write() as connection:
            row = _group(connection, group)
            if row.state == "held":
                close_conflicts(connection, now, group=group, kind="read-set")
                _confirm_read_set(connection, row)
            elif row.state == "rejected":
                connection.execute(
                    update(quarantine).where(quarantine.c.group_id == group).values(released_at=now)
                )
            else:
                _try_at_once(connection, group)
                return
            set_state(connection, [group], "saved", "")
            retell(connection, self._projectors, [group])

    def counts(self) -> QueueCounts:
        with self._cache.read() as connection:
            rows = connection.execute(_BY_STATE)
            found = {state: (count, oldest) for state, count, oldest in rows}
            conflicts = connection.scalar(_OPEN_CONFLICTS)
        waiting = [found[state] for state in _WAITING if state in found]
        nothing = (0, None)
        return QueueCounts(
            waiting=sum(count for count, _ in waiting),
            oldest_waiting=min((oldest for _, oldest in waiting), default=None),
            conflicts=max(conflicts or 0, found.get("conflict", nothing)[0]),
            rejected=found.get("rejected", nothing)[0],
            held=found.get("held", nothing)[0],
        )


def _group(connection: Connection, group: GroupId) -> Row[tuple[object, ...]]:
    row = connection.execute(select(change_group).where(change_group.c.group_id == group)).first()
    if row is None:
        raise LookupError("no such group")
    return row


def _try_at_once(connection: Connection, group: GroupId) -> None:
    carrier = open_batch_of(connection, group)
    if carrier is not None:
        connection.execute(
            update(batch).where(batch.c.batch_id == carrier.batch_id).values(next_try_at=None)
        )


def _confirm_read_set(connection: Connection, row: Row[tuple[object, ...]]) -> None:
    """The person has seen what changed; from now on that is what the group was signed on."""
    read_set = read_set_of(str(row.read_set))
    rows = fetch(connection, (ref for ref, _ in read_set))
    here = {ref: row.version for ref, row in rows.items()}
    here |= disputed_versions(connection, rows)
    now = [[ref, here[ref]] for ref, _ in read_set if here.get(ref)]
    connection.execute(
        update(change_group)
        .where(change_group.c.group_id == row.group_id)
        .values(read_set=json.dumps(now))
    )
