"""Holds what was signed in front of something that has changed since (I13)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.domain.terms import Ref
from app.ports.sync_store import Known, SyncStore
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
        signed = [g for g in self._store.pending() if g.state == "saved" and g.read_set]
        refs = tuple({ref for group in signed for ref, _ in group.read_set})
        current, ours = self._current(self._store.known(refs)), self._store.own_versions(refs)
        for group in signed:
            found = check_read_set(dict(group.read_set), current, ours)
            if found is not None:
                self._store.hold(group.group, found.changed, now)
                held += 1
        return held

    def _current(self, known: Mapping[Ref, Known]) -> dict[Ref, Current]:
        """Every ref of a read-set was of class A when it was recorded (app/ports/reading.py).

        What is in conflict here has changed there: its version is the one a person chooses about.
        """
        return {
            ref: Current(one.version if one.disputed is None else one.disputed, SafetyClass.A)
            for ref, one in known.items()
            if one.state != "tombstone" and one.disputed != ""
        }
