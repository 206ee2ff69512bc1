"""What the page of scores shows, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.decision.scores.results import Answer, Incomplete, NotApplicable, Problem, Scored
from app.decision.scores.tables import NO, Answering, Use
from app.kernel.faults import Fault, Message
from app.services.patient_scores import ScoreReading
from app.services.score_filling import Moment, Standing

TRENDED = "NEWS2"
"""The score whose course is drawn: the one that is counted at every round."""


@dataclass(frozen=True, slots=True)
class ScoresState:
    """One patient's scores.

    Attributes:
        now: When they were counted.
        given: What was answered on this page, by item; it is kept nowhere else.
        standings: Every score: first those that are for this patient, in the order of the pack.
        trend: The course of `TRENDED`, oldest first.
        score: Code of the chosen one. `item`: of the item the user is on.
        fault: Why the last reading failed; what was read before stays.
        refusal: Why the last answer was not taken.
        act_fault: Why the last score was not recorded. `notice`: what has just been done.
    """

    now: datetime
    reading: ScoreReading | None = None
    given: Mapping[str, Answer] = field(default_factory=dict)
    standings: tuple[Standing, ...] = ()
    trend: tuple[Moment, ...] = ()
    score: str = ""
    item: str = ""
    fault: Fault | None = None
    refusal: Message | None = None
    may_record: bool = False
    busy: bool = False
    act_fault: Fault | None = None
    notice: Message | None = None

    @property
    def chosen(self) -> Standing | None:
        """The score the user is on; the first where they are on none."""
        named = (one for one in self.standings if one.table.code == self.score)
        return next(named, self.standings[0] if self.standings else None)

    @property
    def lines(self) -> tuple[Use, ...]:
        """What the chosen score asks, without what something else stands in for.

        What only decides for whom it is stands last.
        """
        one = self.chosen
        shown = (use for use in one.table.uses if _is_shown(one, use)) if one else ()
        return tuple(sorted(shown, key=lambda use: not (use.part or use.needed)))

    @property
    def use(self) -> Use | None:
        """The item the user is on."""
        return next((use for use in self.lines if use.item.code == self.item), None)

    @property
    def can_answer(self) -> bool:
        use = self.use
        return use is not None and not use.computing

    @property
    def can_take_back(self) -> bool:
        return self.item in self.given

    @property
    def can_record(self) -> bool:
        """There is a total, and whoever looks at it may put it into the record."""
        one = self.chosen
        finished = one is not None and isinstance(one.result, Scored)
        return finished and self.may_record and not self.busy

    @property
    def open_flags(self) -> tuple[str, ...]:
        """What is asked with yes or no and nobody has answered."""
        one = self.chosen
        if one is None or not isinstance(one.result, Incomplete):
            return ()
        flags = {u.item.code for u in one.table.uses if u.item.answering is Answering.FLAG}
        return tuple(item for item in one.result.missing if item in flags)

    @property
    def next_open(self) -> str:
        """The item that is asked next; that one the user is on where none is."""
        one = self.chosen
        if one is None or not isinstance(one.result, Incomplete):
            return self.item
        return next((found.item for found in one.result.problems), self.item)

    @property
    def first(self) -> str:
        """Where the user begins: at what is asked, else at the top."""
        item = self.next_open
        known = [use.item.code for use in self.lines]
        return item if item in known else next(iter(known), "")

    def problem(self, item: str) -> Problem | None:
        """Why an item of the chosen score counts nothing."""
        one = self.chosen
        match one.result if one is not None else None:
            case Incomplete(problems=found) | Scored(without=found):
                return next((problem for problem in found if problem.item == item), None)
        return None


def sorted_out(standings: tuple[Standing, ...]) -> tuple[Standing, ...]:
    """Those that are not for this patient last."""
    return tuple(sorted(standings, key=lambda one: isinstance(one.result, NotApplicable)))


def denied(items: tuple[str, ...], now: datetime) -> dict[str, Answer]:
    """No to each."""
    return {item: Answer(NO, now) for item in items}


def _is_shown(one: Standing, use: Use) -> bool:
    """Not what stands in for an item, unless it is known; nor the steps of a computation."""
    spare = any(use.item.code in other.unless for other in one.table.uses)
    return use.item.code in one.found or not (spare or (use.computing and not use.part))
