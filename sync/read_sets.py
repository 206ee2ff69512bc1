"""Holds what was signed in front of something that has changed since (I13)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.domain.terms import Ref
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
        held = 0
        for group in self._store.pending():
            if group.state != "saved" or not group.read_set:
                continue
            changed = self._changed(group)
            if changed:
                self._store.hold(group.group, changed, now)
                held += 1
        return held

    def _changed(self, group: PendingGroup) -> tuple[Ref, ...]:
        read_set = dict(group.read_set)
        known = self._store.known(read_set)
        ours = self._store.own_versions(tuple(read_set))
        found = check_read_set(read_set, self._current(known), ours)
        return found.changed if found is not None else ()

    def _current(self, known: Mapping[Ref, Known]) -> dict[Ref, Current]:
        """Every ref of a read-set was of class A when it was recorded (app/ports/reading.py).

        What is in conflict here has changed there: its version is the one a person chooses about.
        """
        return {
            ref: Current(one.version if one.disputed is None else one.disputed, SafetyClass.A)
            for ref, one in known.items()
            if one.state != "tombstone" and one.disputed != ""
        }
