"""Holds what was signed in front of something that has changed since (I13)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from app.domain.terms import GroupId, Ref
from app.ports.sync_store import Known, PendingGroup, SyncStore
from sync.merge import Current, check_read_set
from sync.merge_rules import MergeRules, SafetyClass


class ReadSetCheck:
    """Compares each waiting group's read-set with what the cache now knows of the server."""

    def __init__(self, store: SyncStore, rules: MergeRules) -> None:
        self._store = store
        self._rules = rules

    def hold_what_changed(self, now: datetime) -> int:
        """Hold every `saved` group whose signer was overtaken; returns how many."""
        saved = [group for group in self._store.pending() if group.state == "saved"]
        overtaken = self._overtaken(saved)
        for group, changed in overtaken.items():
            self._store.hold(group, changed, now)
        return len(overtaken)

    def is_overtaken(self, groups: Collection[GroupId]) -> bool:
        """Whether the signer of one of these groups was overtaken."""
        return bool(self._overtaken([g for g in self._store.pending() if g.group in groups]))

    def _overtaken(self, groups: Iterable[PendingGroup]) -> dict[GroupId, tuple[Ref, ...]]:
        """What changed, of each of these groups whose signer saw something else."""
        signed = [group for group in groups if group.read_set]
        refs = tuple({ref for group in signed for ref, _ in group.read_set})
        current, ours = self._current(self._store.known(refs)), self._store.own_versions(refs)
        checked = {g.group: check_read_set(dict(g.read_set), current, ours) for g in signed}
        return {group: found.changed for group, found in checked.items() if found is not None}

    def _current(self, known: Mapping[Ref, Known]) -> dict[Ref, Current]:
        """Every ref of a read-set was of class A when it was recorded (app/ports/reading.py).

        What is in conflict here has changed there: its version is the one a person chooses about.
        """
        return {
            ref: Current(one.version if one.disputed is None else one.disputed, SafetyClass.A)
            for ref, one in known.items()
            if one.state != "tombstone" and one.disputed != ""
        }
