"""What the page of the critical values shows, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.census import Ward
from app.domain.critical_values import CriticalRules, CriticalValue, Stage
from app.domain.people import Role
from app.kernel.faults import Fault
from app.ports.critical_values import CriticalWard


@dataclass(frozen=True, slots=True)
class Seen:
    """What one reading brought; `found` is None where there is no ward to look at."""

    wards: tuple[Ward, ...] = ()
    found: CriticalWard | None = None


@dataclass(frozen=True, slots=True)
class CriticalState:
    """The page as a value.

    Attributes:
        now: When it was read, or when the minute turned.
        may_act: Whoever is signed in may read back, take note and ask higher.
        selected: The Observation the user is on.
        busy: Something is being written.
        fault: Why the last reading failed; what was read before stays.
    """

    now: datetime
    rules: CriticalRules
    may_act: bool = False
    seen: Seen | None = None
    selected: str = ""
    busy: bool = False
    fault: Fault | None = None

    @property
    def values(self) -> tuple[CriticalValue, ...]:
        """In the order of the service: due first, done last."""
        found = self.seen.found if self.seen is not None else None
        return found.values if found is not None else ()

    @property
    def current(self) -> CriticalValue | None:
        """The value the user is on while it is listed, else the first."""
        values = self.values
        return next((one for one in values if one.ref == self.selected), next(iter(values), None))

    @property
    def can_read_back(self) -> bool:
        return self._may(Stage.READ_BACK)

    @property
    def can_acknowledge(self) -> bool:
        return self._may(Stage.READ_BACK, Stage.PHYSICIAN)

    @property
    def roles_to_ask(self) -> tuple[Role, ...]:
        """Who can still be asked about the current value; () when nobody can."""
        if not self._may(Stage.READ_BACK, Stage.PHYSICIAN) or self.current is None:
            return ()
        asked = {one.role for one in self.current.escalations}
        return tuple(one.role for one in self.rules.levels if one.role.value not in asked)

    def count(self, *stages: Stage) -> int:
        return sum(one.stage in stages for one in self.values)

    @property
    def overdue(self) -> int:
        return sum(one.is_overdue(self.rules, self.now) for one in self.values)

    def _may(self, *stages: Stage) -> bool:
        current = self.current
        return current is not None and current.stage in stages and self.may_act and not self.busy
