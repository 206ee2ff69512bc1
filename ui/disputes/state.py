"""What the decision page shows, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.disputes import ActNamed, Comparison, Dispute, DisputeKind, Way
from app.domain.sending import QueueItem
from app.domain.terms import GroupId, PatientId
from app.kernel.faults import Fault


@dataclass(frozen=True, slots=True)
class Case:
    """One thing somebody must decide: a dispute, or an act the server refused.

    Attributes:
        key: Of its row.
        dispute: None for a refused act.
        refused: None for a dispute.
    """

    key: str
    dispute: Dispute | None = None
    refused: QueueItem | None = None

    @property
    def patient(self) -> PatientId | None:
        if self.dispute is not None:
            return self.dispute.patient
        return self.refused.patient if self.refused is not None else None

    @property
    def acts(self) -> tuple[ActNamed, ...]:
        return self.dispute.acts if self.dispute is not None else ()

    @property
    def groups(self) -> tuple[GroupId, ...]:
        """The acts that wait for the decision."""
        if self.refused is not None:
            return (self.refused.group,)
        return tuple(act.group for act in self.acts)

    @property
    def is_duplicate(self) -> bool:
        """A dose given twice: both stay, and a report ends it."""
        return self.dispute is not None and self.dispute.kind is DisputeKind.DUPLICATE_ACT

    @property
    def is_overtaken(self) -> bool:
        """What was on screen at signing has changed since; the act itself meets no other one."""
        return self.dispute is not None and self.dispute.kind is DisputeKind.CHANGED_SINCE_SIGNED


@dataclass(frozen=True, slots=True)
class DisputesState:
    """The page as a value.

    Attributes:
        cases: None until they have been read once.
        selected: Key of the case whose versions are shown.
        comparison: Of the selected dispute; None for a refused act, or while it is read.
        deciding: Cases whose decision is being written.
    """

    now: datetime
    may_decide: bool
    cases: tuple[Case, ...] | None = None
    selected: str = ""
    comparison: Comparison | None = None
    deciding: frozenset[str] = frozenset()
    fault: Fault | None = None

    @property
    def current(self) -> Case | None:
        return next((one for one in self.cases or () if one.key == self.selected), None)

    @property
    def _is_free(self) -> bool:
        return self.may_decide and self.current is not None and self.selected not in self.deciding

    @property
    def can_keep_mine(self) -> bool:
        """Only over what stands beside it on the screen."""
        case = self.current
        seen = self.comparison is not None and case is not None
        return (
            seen and self._is_free and not (case is None or case.is_overtaken or case.is_duplicate)
        )

    @property
    def can_send(self) -> bool:
        """An overtaken act goes as it was signed; a refused one is tried once more."""
        case = self.current
        return (
            self._is_free and case is not None and (case.refused is not None or case.is_overtaken)
        )

    @property
    def can_report(self) -> bool:
        """Only on what stands side by side on the screen."""
        case = self.current
        return self._is_free and self.comparison is not None and bool(case and case.is_duplicate)

    def can_go(self, way: Way) -> bool:
        """Only where it makes sense, and only over what stands on the screen."""
        return self._is_free and self.comparison is not None and way in self.comparison.ways

    @property
    def has_versions(self) -> bool:
        """Two versions stand against each other: taking mine back is keeping theirs."""
        case = self.current
        return (
            case is not None
            and case.dispute is not None
            and not (case.is_overtaken or case.is_duplicate)
        )

    @property
    def can_export(self) -> bool:
        """What it would send can be read, and taken away by whoever may decide."""
        case = self.current
        return case is not None and bool(case.groups)

    @property
    def can_take_back(self) -> bool:
        case = self.current
        return self._is_free and case is not None and bool(case.groups)


def key_of(cases: tuple[Case, ...], focus: str) -> str:
    """The key of the case that is meant by its own key, or by an act that waits for it; or ""."""
    found = (case.key for case in cases if focus == case.key or focus in case.groups)
    return next(found, "")


def cases_of(disputes: tuple[Dispute, ...], refused: tuple[QueueItem, ...]) -> tuple[Case, ...]:
    """Everything to be decided, what has waited longest first."""
    found = [
        *((one.opened_at, Case(f"dispute-{one.id}", dispute=one)) for one in disputes),
        *((one.at, Case(f"refused-{one.group}", refused=one)) for one in refused),
    ]
    return tuple(case for _, case in sorted(found, key=lambda pair: (pair[0], pair[1].key)))
