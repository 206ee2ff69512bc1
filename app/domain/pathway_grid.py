"""The grid of a patient in a pathway: stages by rows, and how each element stands.

An ordered element is met by an order on the record and by nothing else; everything else is what
somebody recorded. Two who recorded the same are both kept, and the element stands as it would
with one of them.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import TypeVar

from app.domain.orders import Ending, Order, OrderClass, OrderKind, OrderLine
from app.domain.pathway_days import Anchors, StagePlace, Window, local_day, place_of, window_of
from app.domain.pathways import (
    Element,
    Enrolment,
    FactKind,
    Item,
    Pathway,
    PathwayFact,
    Row,
    Stage,
)
from app.domain.patients import Stay

T = TypeVar("T")
_LASTING = frozenset({OrderKind.LONG_TERM, OrderKind.PRN})
_STANDING = frozenset({"active", "on-hold", "completed", "stopped", "revoked", "cancelled"})
_UNDONE = frozenset({Ending.CANCELLED, Ending.LAPSED})


class State(enum.Enum):
    """How an element stands."""

    MET = "met"
    """An order of it stands on the record."""
    DONE = "done"
    VARIANCE = "variance"
    """Not done, and somebody said why."""
    OPEN = "open"
    """Its stage goes on."""
    MISSED = "missed"
    """Its stage is over, and nobody said why; of an element that need not be, no fault."""
    NOT_YET = "not-yet"
    """Its stage has not begun, or nobody knows when it does."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One element of one patient.

    Attributes:
        facts: Everything that was recorded of it and stands, oldest first.
        taken_back: What was recorded of it and taken back.
        orders: Of an ordered row: the orders that meet it, by item, the oldest first.
        late: It was done, but after its stage was over.
    """

    element: Element
    state: State
    facts: tuple[PathwayFact, ...] = ()
    taken_back: tuple[PathwayFact, ...] = ()
    orders: tuple[OrderLine, ...] = ()
    late: bool = False

    @property
    def contradicted(self) -> bool:
        """It is done, and somebody recorded that it is not."""
        fulfilled = self.state in (State.MET, State.DONE)
        return fulfilled and any(one.kind is FactKind.VARIANCE for one in self.facts)

    @property
    def hinders(self) -> bool:
        """It stands against completing the pathway once its stage has begun."""
        return self.element.mandatory and self.state in (State.OPEN, State.MISSED)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many elements stand how.

    Attributes:
        settled: Mandatory ones that are met, done or explained.
        variances: Elements with a variance, mandatory or not.
        missed: Mandatory ones; what need not be done is never missed.
    """

    elements: int = 0
    mandatory: int = 0
    settled: int = 0
    variances: int = 0
    open: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class StageColumn:
    """One stage of one patient; cells in the order of the pack."""

    stage: Stage
    window: Window | None
    place: StagePlace
    cells: tuple[Cell, ...]
    counts: Counts

    def row(self, row: Row) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.element.row is row)

    def cell(self, element: str) -> Cell | None:
        return next((cell for cell in self.cells if cell.element.key == element), None)


@dataclass(frozen=True, slots=True)
class Grid:
    """A patient in a pathway.

    Attributes:
        pathway: None when no pack here has this version: then there are no columns, and every
            fact is among `unplaced`.
        columns: The stages, in the order of the pack.
        extras: Variances that belong to no element.
        operation_days: What was recorded of the day of the operation; the newest counts.
        unplaced: What names a stage or an element that this version does not have.
        day: The day of the stay, 1 for that of admission; None where that is not recorded.
        until: The moment it was judged at: now, or when the enrolment ended.
    """

    enrolment: Enrolment
    pathway: Pathway | None
    columns: tuple[StageColumn, ...]
    extras: tuple[PathwayFact, ...]
    operation_days: tuple[PathwayFact, ...]
    unplaced: tuple[PathwayFact, ...]
    anchors: Anchors
    day: int | None
    until: datetime
    counts: Counts

    @property
    def today(self) -> tuple[StageColumn, ...]:
        """The stages that go on; more than one where the operation is near the admission."""
        return tuple(one for one in self.columns if one.place is StagePlace.TODAY)

    @property
    def hindering(self) -> tuple[Cell, ...]:
        """Mandatory elements of begun stages that are neither done nor explained."""
        return tuple(cell for one in self.columns for cell in one.cells if cell.hinders)

    @property
    def undated(self) -> tuple[StageColumn, ...]:
        """Stages nobody knows the days of, with something that must be done in them."""
        return tuple(
            one
            for one in self.columns
            if one.place is StagePlace.UNDATED and one.counts.settled < one.counts.mandatory
        )

    @property
    def ahead(self) -> tuple[StageColumn, ...]:
        """Stages that have not begun, with something that must be done in them."""
        return tuple(
            one
            for one in self.columns
            if one.place is StagePlace.AHEAD and one.counts.settled < one.counts.mandatory
        )

    def column(self, stage: str) -> StageColumn | None:
        return next((one for one in self.columns if one.stage.key == stage), None)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is on record of one enrolment; orders of the patient, the newest first."""

    enrolment: Enrolment
    stay: Stay | None
    orders: tuple[OrderLine, ...]
    facts: tuple[PathwayFact, ...]


def grid(pathway: Pathway | None, found: Evidence, now: datetime, zone: tzinfo) -> Grid:
    """How the enrolment stands at `now`, or stood when it ended."""
    ended = found.enrolment.ended_at
    until = now if ended is None or ended > now else ended
    facts = tuple(sorted(found.facts, key=_in_order))
    own = _of_the_stay(found)
    anchors = _anchors(pathway, found.stay, own, facts, zone)
    stages = pathway.stages if pathway is not None else ()
    by_item = _grouped(reversed(own), lambda line: (line.order.item.system, line.order.item.code))
    by_element = _grouped(facts, lambda fact: (fact.stage, fact.element))
    record = _Record(anchors, by_item, by_element, until, zone)
    elements = pathway.elements if pathway is not None else ()
    columns = tuple(_column(one, elements, record) for one in stages)
    placed = {(one.stage.key, cell.element.key) for one in columns for cell in one.cells}
    return Grid(
        enrolment=found.enrolment,
        pathway=pathway,
        columns=columns,
        extras=_of_kind(facts, FactKind.EXTRA),
        operation_days=_of_kind(facts, FactKind.OPERATION_DAY),
        unplaced=tuple(
            one for one in facts if one.element and (one.stage, one.element) not in placed
        ),
        anchors=anchors,
        day=_day(anchors, until, zone),
        until=until,
        counts=_summed(one.counts for one in columns),
    )


def meets(order: Order, element: Element, window: Window) -> bool:
    """Whether `order` meets `element`, whose stage is `window`.

    A long-term element is met by a long-term order on every day on which it is in force, a
    temporary one by any other order on the day it is for: a loading dose is no maintenance. An
    operation is asked for days before (手术申请): its order meets on the day it was placed, too.
    What was cancelled before anything was done, lapsed unused, was entered in error, prohibits, or
    still waits for a countersignature, meets nothing.
    """
    lasting = order.kind in _LASTING
    if not _stands(order, element.items) or lasting is not (element.row is Row.LONG_TERM):
        return False
    begins = order.starts_at or order.authored_at
    if begins is None or not lasting:
        asked = order.authored_at if order.order_class is OrderClass.OPERATION else begins
        return any(at is not None and window.holds(at) for at in (begins, asked))
    ends = min((at for at in (order.stopped_at, order.ends_at) if at is not None), default=None)
    return begins < window.ends and (ends is None or ends > window.begins)


def _stands(order: Order, items: frozenset[Item]) -> bool:
    item = (order.item.system, order.item.code)
    standing = order.status in _STANDING and order.ending not in _UNDONE
    return item in items and standing and not order.prohibited


@dataclass(frozen=True, slots=True)
class _Record:
    """What the columns are computed from; orders by item, the oldest first."""

    anchors: Anchors
    orders: Mapping[Item, tuple[OrderLine, ...]]
    facts: Mapping[tuple[str, str], tuple[PathwayFact, ...]]
    until: datetime
    zone: tzinfo


def _of_the_stay(found: Evidence) -> tuple[OrderLine, ...]:
    stay = found.enrolment.encounter
    return tuple(line for line in found.orders if stay is not None and line.order.encounter == stay)


def _column(stage: Stage, elements: tuple[Element, ...], record: _Record) -> StageColumn:
    window = window_of(stage, record.anchors, record.zone)
    place = place_of(window, record.until)
    cells = tuple(_cell(one, window, place, record) for one in elements if one.stage == stage.key)
    return StageColumn(stage, window, place, cells, _counted(cells))


def _cell(element: Element, window: Window | None, place: StagePlace, record: _Record) -> Cell:
    told = record.facts.get((element.stage, element.key), ())
    standing = tuple(one for one in told if not one.void)
    orders = _meeting(element, window, record) if element.row.ordered else ()
    ticks = [one for one in standing if one.kind is FactKind.DONE and not element.row.ordered]
    return Cell(
        element=element,
        state=_state(place, standing, ticked=bool(ticks), ordered=bool(orders)),
        facts=standing,
        taken_back=tuple(one for one in told if one.void),
        orders=orders,
        late=bool(ticks) and _all_after(ticks, window),
    )


def _meeting(element: Element, window: Window | None, record: _Record) -> tuple[OrderLine, ...]:
    if window is None:
        return ()
    asked = sorted(element.items & record.orders.keys())
    found = (one for item in asked for one in record.orders[item])
    return tuple(one for one in found if meets(one.order, element, window))


def _grouped(
    values: Iterable[T], key: Callable[[T], tuple[str, str]]
) -> Mapping[tuple[str, str], tuple[T, ...]]:
    found: dict[tuple[str, str], tuple[T, ...]] = {}
    for one in values:
        found[key(one)] = (*found.get(key(one), ()), one)
    return found


def _state(
    place: StagePlace, facts: tuple[PathwayFact, ...], *, ticked: bool, ordered: bool
) -> State:
    if ordered:
        return State.MET
    if ticked:
        return State.DONE
    if any(one.kind is FactKind.VARIANCE for one in facts):
        return State.VARIANCE
    return _WAITING[place]


_WAITING = {
    StagePlace.PAST: State.MISSED,
    StagePlace.TODAY: State.OPEN,
    StagePlace.AHEAD: State.NOT_YET,
    StagePlace.UNDATED: State.NOT_YET,
}


def _all_after(ticks: list[PathwayFact], window: Window | None) -> bool:
    return window is not None and all(one.at is not None and one.at >= window.ends for one in ticks)


def _anchors(
    pathway: Pathway | None,
    stay: Stay | None,
    orders: tuple[OrderLine, ...],
    facts: tuple[PathwayFact, ...],
    zone: tzinfo,
) -> Anchors:
    """The day of the operation as recorded, else as its order says; never out of nothing."""
    admitted = stay.admitted_at if stay is not None else None
    told = [one.day for one in _of_kind(facts, FactKind.OPERATION_DAY) if one.day is not None]
    items = pathway.operation if pathway is not None else frozenset()
    return Anchors(
        admission=local_day(admitted, zone) if admitted is not None else None,
        operation=told[-1] if told else next(_operations(items, orders, zone), None),
    )


def _operations(
    items: frozenset[Item], orders: tuple[OrderLine, ...], zone: tzinfo
) -> Iterator[date]:
    """Days of the operation by its orders, the newest order first, as the orders stand."""
    for line in orders:
        order = line.order
        told = (order.item.system, order.item.code) in items and not order.prohibited
        held = order.status in ("active", "completed") and order.starts_at is not None
        if told and held and order.starts_at is not None:
            yield local_day(order.starts_at, zone)


def _day(anchors: Anchors, until: datetime, zone: tzinfo) -> int | None:
    if anchors.admission is None:
        return None
    return (local_day(until, zone) - anchors.admission).days + 1


def _of_kind(facts: tuple[PathwayFact, ...], kind: FactKind) -> tuple[PathwayFact, ...]:
    return tuple(one for one in facts if one.kind is kind and not one.void)


def _in_order(fact: PathwayFact) -> tuple[bool, float, str]:
    known = fact.at is not None
    return not known, fact.at.timestamp() if fact.at is not None else 0.0, fact.ref


def _counted(cells: Iterable[Cell]) -> Counts:
    told = tuple(cells)
    must = [one for one in told if one.element.mandatory]
    return Counts(
        elements=len(told),
        mandatory=len(must),
        settled=sum(one.state in (State.MET, State.DONE, State.VARIANCE) for one in must),
        variances=sum(any(f.kind is FactKind.VARIANCE for f in one.facts) for one in told),
        open=sum(one.state is State.OPEN for one in told),
        missed=sum(one.state is State.MISSED for one in must),
    )


def _summed(counts: Iterable[Counts]) -> Counts:
    told = tuple(counts)
    return Counts(
        elements=sum(one.elements for one in told),
        mandatory=sum(one.mandatory for one in told),
        settled=sum(one.settled for one in told),
        variances=sum(one.variances for one in told),
        open=sum(one.open for one in told),
        missed=sum(one.missed for one in told),
    )
