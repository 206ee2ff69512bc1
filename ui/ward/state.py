"""What the ward board and the list of one's own patients show."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.census import BedRow, Ward
from app.domain.terms import Named, PatientId, WardId
from app.kernel.faults import Fault

STALE_AFTER = timedelta(minutes=15)
"""Older data is called old in words; the time itself is always shown."""

CARE_ORDER = ("special", "1", "2", "3")
"""Levels of nursing care, the closest first."""


class Layout(enum.Enum):
    CARDS = "cards"
    TABLE = "table"


class Order(enum.Enum):
    """How the beds stand."""

    BED = "bed"
    URGENCY = "urgency"
    CARE = "care"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which rows are left; all off leaves all.

    Attributes:
        critical: Only those with a critical condition or an unseen critical result.
        care: One level of nursing care, or "".
        mine: Only one's own patients.
    """

    critical: bool = False
    care: str = ""
    mine: bool = False

    @property
    def on(self) -> bool:
        return self.critical or bool(self.care) or self.mine


@dataclass(frozen=True, slots=True)
class Seen:
    """What one reading brought.

    Attributes:
        ward: The ward of the board; None for the list of one's own patients, and where no ward
            has been downloaded.
        mine: One's own patients; `marked` are those put on the list by hand.
    """

    wards: tuple[Ward, ...] = ()
    ward: Ward | None = None
    rows: tuple[BedRow, ...] = ()
    as_of: datetime | None = None
    mine: frozenset[PatientId] = frozenset()
    marked: frozenset[PatientId] = frozenset()


@dataclass(frozen=True, slots=True)
class WardState:
    """The page as a value.

    Attributes:
        own_list: The page is the list of one's own patients, over all wards.
        person: Whose list it is.
        now: When it was read; nothing on the page counts on its own.
        fault: Why the last reading failed; what was read before stays on the screen.
    """

    own_list: bool
    person: Named
    now: datetime
    layout: Layout = Layout.CARDS
    order: Order = Order.BED
    filters: Filters = Filters()
    seen: Seen | None = None
    fault: Fault | None = None

    @property
    def rows(self) -> tuple[BedRow, ...]:
        """What is left by the filters, in the chosen order."""
        if self.seen is None:
            return ()
        left = [row for row in self.seen.rows if self._stays(row)]
        match self.order:
            case Order.URGENCY:
                left.sort(key=urgency)
            case Order.CARE:
                left.sort(key=_care)
            case Order.BED:
                pass
        return tuple(left)

    @property
    def total(self) -> int:
        return len(self.seen.rows) if self.seen else 0

    @property
    def care_levels(self) -> tuple[str, ...]:
        """The levels that occur, the closest first, unknown ones last."""
        if self.seen is None:
            return ()
        found = {row.level_of_care for row in self.seen.rows if row.level_of_care}
        return tuple(sorted(found, key=_care_rank))

    @property
    def never_downloaded(self) -> bool:
        return self.seen is not None and not self.own_list and self.seen.as_of is None

    @property
    def stale(self) -> bool:
        """The census is older than a quarter of an hour."""
        as_of = self.seen.as_of if self.seen else None
        return as_of is not None and self.now - as_of > STALE_AFTER

    def is_mine(self, row: BedRow) -> bool:
        return (
            self.seen is not None and row.patient is not None and row.patient.id in self.seen.mine
        )

    def is_marked(self, row: BedRow) -> bool:
        marked = self.seen.marked if self.seen else frozenset[PatientId]()
        return row.patient is not None and row.patient.id in marked

    def _stays(self, row: BedRow) -> bool:
        wanted = self.filters
        if wanted.critical and not is_critical(row):
            return False
        if wanted.care and row.level_of_care != wanted.care:
            return False
        return not wanted.mine or self.is_mine(row)


def is_critical(row: BedRow) -> bool:
    """The order on the patient's condition says critical, or a critical result is unseen."""
    return row.severity == "critical" or row.pending.critical_results > 0


def urgency(row: BedRow) -> tuple[int, int, int, int, bool]:
    """Sort key: unseen critical results, then the condition, then what waits; beds in order."""
    severe = {"critical": 2, "serious": 1}.get(row.severity, 0)
    waiting = row.pending
    return (
        -waiting.critical_results,
        -severe,
        -waiting.conflicts,
        -(waiting.new_results + waiting.tasks),
        row.patient is None,
    )


def key_of(row: BedRow) -> str:
    """How a row is named between page and presenter; an empty bed is no patient."""
    return row.patient.id if row.patient else f"bed:{row.bed}"


def patient_of(key: str) -> PatientId | None:
    """The patient behind the key of a row; an empty bed has none."""
    return None if not key or key.startswith("bed:") else PatientId(key)


def ward_to_show(wards: tuple[Ward, ...], wanted: str) -> WardId | None:
    """The wanted ward where it is known here, else the first: the clinician's own come first."""
    known = [ward.id for ward in wards]
    if wanted in known:
        return WardId(wanted)
    return known[0] if known else None


def _care(row: BedRow) -> tuple[int, bool]:
    return _care_rank(row.level_of_care), row.patient is None


def _care_rank(level: str) -> int:
    return CARE_ORDER.index(level) if level in CARE_ORDER else len(CARE_ORDER) + (not level)
