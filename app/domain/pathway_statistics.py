"""Figures of pathways over the enrolments of a ward and a period; no rate without a denominator."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from statistics import median

from app.domain.pathway_days import StagePlace, days_between, local_day
from app.domain.pathway_grid import Cell, Grid, State
from app.domain.pathways import Element, Enrolment, FactKind, Pathway, Stage
from app.domain.patients import Stay
from app.domain.terms import Term


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` of `among`."""

    count: int
    among: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where there is nothing to be a share of."""
        return self.count / self.among if self.among else None


@dataclass(frozen=True, slots=True)
class ReasonFigures:
    """A reason by its code as recorded, "" where none was.

    Attributes:
        enrolments: Those that have it, among all enrolled (a variance) or all left (an exit).
        times: How often it was recorded.
    """

    reason: str
    enrolments: Rate
    times: int


@dataclass(frozen=True, slots=True)
class ElementFigures:
    """One element: among those enrolments of which its stage is over or it is settled already.

    Attributes:
        missed: Neither done nor explained; of an element that need not be done always 0.
    """

    stage: Stage
    element: Element
    varied: Rate
    missed: Rate


@dataclass(frozen=True, slots=True)
class StayFigures:
    """Length of stay of completed enrolments against the standard, in days (住院日).

    Attributes:
        within, shorter, longer: Among the finished stays whose two days are recorded.
        unknown: Completed enrolments whose stay goes on, or whose days are not recorded.
    """

    within: Rate
    shorter: Rate
    longer: Rate
    unknown: int
    median_days: float | None


@dataclass(frozen=True, slots=True)
class PathwayFigures:
    """One pathway in one version.

    Attributes:
        pathway: None when no pack here has the version: then no element is counted.
        other: Enrolments whose status is none of active, completed and revoked.
        completion: Completed among completed and left.
        varied: Enrolments with at least one variance, among enrolled.
        exits: By reason, most frequent first. `reasons` likewise, of variances.
        elements: Those with a variance or missed at least once, in the order of the pack.
    """

    origin: str
    title: Term
    pathway: Pathway | None
    enrolled: int
    active: int
    completed: int
    left: int
    other: int
    completion: Rate
    varied: Rate
    exits: tuple[ReasonFigures, ...]
    reasons: tuple[ReasonFigures, ...]
    elements: tuple[ElementFigures, ...]
    stay: StayFigures | None


@dataclass(frozen=True, slots=True)
class Counted:
    """An enrolment as it is counted."""

    grid: Grid
    stay: Stay | None


def figures(counted: Iterable[Counted], zone: tzinfo) -> tuple[PathwayFigures, ...]:
    """One for each pathway and version, the most frequent first."""
    groups: defaultdict[str, list[Counted]] = defaultdict(list)
    for one in counted:
        groups[one.grid.enrolment.origin].append(one)
    made = [_figures(origin, some, zone) for origin, some in groups.items()]
    return tuple(sorted(made, key=lambda one: (-one.enrolled, one.origin)))


def _figures(origin: str, some: list[Counted], zone: tzinfo) -> PathwayFigures:
    enrolments = [one.grid.enrolment for one in some]
    states = Counter(one.status for one in enrolments)
    completed, left, active = states["completed"], states["revoked"], states["active"]
    pathway = some[0].grid.pathway
    told = [_variances(one.grid) for one in some]
    return PathwayFigures(
        origin=origin,
        title=enrolments[0].title,
        pathway=pathway,
        enrolled=len(some),
        active=active,
        completed=completed,
        left=left,
        other=len(some) - active - completed - left,
        completion=Rate(completed, completed + left),
        varied=Rate(sum(bool(reasons) for reasons in told), len(some)),
        exits=_by_reason([[_exit(one)] for one in enrolments if one.status == "revoked"]),
        reasons=_by_reason(told),
        elements=_elements(pathway, [one.grid for one in some]),
        stay=None if pathway is None else _stays(pathway, some, zone),
    )


def _exit(enrolment: Enrolment) -> str:
    return "" if enrolment.exit_reason is None else enrolment.exit_reason.code


def _variances(grid: Grid) -> list[str]:
    """The reason of every variance of an enrolment, those of no element included."""
    within = (fact for column in grid.columns for cell in column.cells for fact in cell.facts)
    found = (one for one in (*within, *grid.unplaced) if one.kind is FactKind.VARIANCE)
    standing = [one for one in (*found, *grid.extras) if not one.void]
    return ["" if one.reason is None else one.reason.code for one in standing]


def _by_reason(told: list[list[str]]) -> tuple[ReasonFigures, ...]:
    times = Counter(reason for reasons in told for reason in reasons)
    having = Counter(reason for reasons in told for reason in set(reasons))
    made = [ReasonFigures(one, Rate(having[one], len(told)), times[one]) for one in times]
    return tuple(sorted(made, key=lambda one: (-one.enrolments.count, one.reason)))


def _elements(pathway: Pathway | None, grids: list[Grid]) -> tuple[ElementFigures, ...]:
    found: list[ElementFigures] = []
    for element in pathway.elements if pathway is not None else ():
        stage = next(c.stage for c in grids[0].columns if c.stage.key == element.stage)
        cells = [_judged(grid, element) for grid in grids]
        due = [cell for cell in cells if cell is not None]
        varied = sum(any(f.kind is FactKind.VARIANCE for f in cell.facts) for cell in due)
        missed = sum(element.mandatory and cell.state is State.MISSED for cell in due)
        if varied or missed:
            made = ElementFigures(stage, element, Rate(varied, len(due)), Rate(missed, len(due)))
            found.append(made)
    return tuple(found)


def _judged(grid: Grid, element: Element) -> Cell | None:
    """The cell, once nothing that is still to come decides it."""
    column = next(one for one in grid.columns if one.stage.key == element.stage)
    cell = next(one for one in column.cells if one.element.key == element.key)
    settled = cell.state in (State.MET, State.DONE, State.VARIANCE)
    return cell if settled or column.place is StagePlace.PAST else None


def _stays(pathway: Pathway, some: list[Counted], zone: tzinfo) -> StayFigures:
    done = [one for one in some if one.grid.enrolment.status == "completed"]
    lengths = [days for one in done if (days := _length(one.stay, zone)) is not None]
    shorter = sum(days < pathway.least_days for days in lengths)
    longer = sum(days > pathway.most_days for days in lengths)
    return StayFigures(
        within=Rate(len(lengths) - shorter - longer, len(lengths)),
        shorter=Rate(shorter, len(lengths)),
        longer=Rate(longer, len(lengths)),
        unknown=len(done) - len(lengths),
        median_days=float(median(lengths)) if lengths else None,
    )


def _length(stay: Stay | None, zone: tzinfo) -> int | None:
    if stay is None or stay.admitted_at is None or stay.ended_at is None:
        return None
    return days_between(local_day(stay.admitted_at, zone), local_day(stay.ended_at, zone))
