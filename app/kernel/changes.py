"""News of what changed, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Changed:
    """Which kinds of record changed, and for which patients; empty patients means any.

    Kinds: the names of projections (`census`, `order`, `note`, `result`, `vital`, `allergy`,
    `problem`, `task`, `message`, `patient`) and `outbox`, `sync`, `session`, `draft`, `audit`,
    `user`.
    """

    kinds: frozenset[str]
    patients: frozenset[str] = frozenset()

    def touches(self, kind: str, patient: str) -> bool:
        return kind in self.kinds and (not self.patients or patient in self.patients)

    def joined(self, other: Changed) -> Changed:
        """Both at once; a change of any patient swallows the names."""
        anybody = not self.patients or not other.patients
        patients = frozenset[str]() if anybody else self.patients | other.patients
        return Changed(self.kinds | other.kinds, patients)


@dataclass
class ChangeFeed:
    """Tells every listener what changed.

    `publish` may be called on any thread when a `bridge` is set: the desktop gives one that
    hands the news to the GUI thread, coalesced. Without a bridge listeners hear it at once.
    """

    bridge: Callable[[Changed], None] | None = None
    _listeners: list[Callable[[Changed], None]] = field(default_factory=list)

    def listen(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        """Add `listener` and return the call that removes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def publish(self, changed: Changed) -> None:
        if self.bridge is not None:
            self.bridge(changed)
        else:
            self.deliver(changed)

    def deliver(self, changed: Changed) -> None:
        """Call every listener now, on this thread."""
        for listener in tuple(self._listeners):
            listener(changed)
