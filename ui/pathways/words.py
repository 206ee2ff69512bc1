"""How a pathway, its stages, its enrolments and what was recorded are worded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.pathway_days import StagePlace
from app.domain.pathway_grid import Cell, Grid, State
from app.domain.pathways import (
    Anchor,
    Enrolment,
    FactKind,
    Pathway,
    PathwayFact,
    Stage,
)
from app.domain.terms import Named, Term
from resources.catalogue import Parameter
from resources.styles.tokens import Tone
from ui.pathways.state import PathwayState
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.formats import DASH

SIGNS: Final = {
    State.MET: (Tone.GOOD, "check"),
    State.DONE: (Tone.GOOD, "circle-check"),
    State.VARIANCE: (Tone.PLAIN, "git-compare"),
    State.OPEN: (Tone.ACT, "circle"),
    State.MISSED: (Tone.CAUTION, "triangle-alert"),
    State.NOT_YET: (Tone.UNKNOWN, "circle-dashed"),
}
"""What an element claims, and the sign that says it without a colour."""

PASSED_OVER: Final = (Tone.UNKNOWN, "minus")
"""The sign of what was not done and did not have to be."""

DOT: Final = " · "


@dataclass(frozen=True, slots=True)
class PathwayWords:
    """Words of one desk."""

    desk: Desk

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.desk.languages.text(code, **parameters)

    @property
    def chart(self) -> ChartWords:
        return ChartWords(self.desk)

    def name(self, named: Named) -> str:
        return named.shown(self.desk.languages.language)

    # -- elements

    def sign(self, cell: Cell) -> tuple[Tone, str]:
        """What the element claims; a contradiction has to be looked at."""
        if cell.contradicted:
            return SIGNS[State.MISSED]
        if cell.state is State.MISSED and not cell.element.mandatory:
            return PASSED_OVER
        return SIGNS[cell.state]

    def state(self, cell: Cell) -> str:
        if cell.contradicted:
            return self.text("pathways_page.state.contradicted")
        if cell.state is State.MISSED and not cell.element.mandatory:
            return self.text("pathways_page.state.passed-over")
        return self.text(f"pathways_page.state.{cell.state.value}")

    # -- what was recorded

    def reason(self, fact: PathwayFact) -> str:
        """The coded reason and the author's own words."""
        coded = fact.reason.shown(self.desk.languages.language) if fact.reason is not None else ""
        return self.between(coded, fact.text) or self.text("pathways_page.no-reason")

    def stamp(self, fact: PathwayFact) -> str:
        """Who recorded it, and when."""
        return self.between(fact.by_name, self.chart.short(fact.at))

    def kind(self, fact: PathwayFact) -> str:
        return self.text(f"pathways_page.fact.{fact.kind.value}")

    def told(self, fact: PathwayFact) -> str:
        """All of it: why, by whom, when, and whether it has been sent."""
        why = self.reason(fact) if fact.kind in (FactKind.VARIANCE, FactKind.EXTRA) else ""
        day = self.desk.formats.date(fact.day) if fact.day is not None else ""
        at = self.desk.formats.moment(fact.at)
        return self.between(why, day, fact.by_name or DASH, at, self.chart.unsent(fact.unsent))

    def between(self, *parts: str) -> str:
        """What there is of `parts`, with a dot between."""
        return DOT.join(part for part in parts if part)

    # -- stages

    def days(self, stage: Stage) -> str:
        """Which days it has, as the form counts them."""
        if stage.anchor is Anchor.ADMISSION:
            if stage.first == stage.last:
                return self.text("pathways_page.day", day=stage.first)
            return self.text("pathways_page.days", first=stage.first, last=stage.last)
        first, last = self._of_operation(stage.first), self._of_operation(stage.last)
        if first == last:
            return first
        return self.text("pathways_page.days.span", first=first, last=last)

    def _of_operation(self, day: int) -> str:
        if day == 0:
            return self.text("pathways_page.operation.day")
        code = "pathways_page.operation.after" if day > 0 else "pathways_page.operation.before"
        return self.text(code, day=abs(day))

    def dates(self, first: date, last: date) -> str:
        day = self.desk.formats.day
        if first == last:
            return day(first)
        return self.text("pathways_page.days.span", first=day(first), last=day(last))

    def place(self, place: StagePlace, *, ended: bool) -> str:
        """Where a stage stands; the "today" of a pathway that has ended is the day of its end."""
        if ended and place is StagePlace.TODAY:
            return self.text("pathways_page.place.end")
        return self.text(f"pathways_page.place.{place.value}")

    # -- pathways and enrolments

    def title(self, term: Term) -> str:
        return term.shown(self.desk.languages.language)

    def version(self, origin: str) -> str:
        """The version of what an enrolment names."""
        return self.text("pathways_page.version", version=origin.partition("|")[2])

    def standard(self, pathway: Pathway) -> str:
        """The standard length of stay."""
        least, most = pathway.least_days, pathway.most_days
        if least == most:
            return self.text("pathways_page.standard-one", days=most)
        return self.text("pathways_page.standard", least=least, most=most)

    def status(self, enrolment: Enrolment) -> str:
        known = {"active", "completed", "revoked"}
        if enrolment.status in known:
            return self.text(f"pathways_page.status.{enrolment.status}")
        return self.text("pathways_page.status.other", status=enrolment.status)

    def enrolment(self, enrolment: Enrolment) -> str:
        """One enrolment in a list of them."""
        at = enrolment.began_at
        began = self.desk.formats.date(at) if at is not None else DASH
        return self.between(self.title(enrolment.title), began, self.status(enrolment))

    # -- above the grid

    def counts(self, state: PathwayState) -> str:
        """The day of the stay, what of today and of everything is settled, and what is missed."""
        grid = state.grid
        if grid is None or grid.pathway is None:
            return ""
        day = self._day(grid)
        today, whole = [one.counts for one in grid.today], grid.counts
        said = [day, self.standard(grid.pathway)]
        if today and grid.enrolment.active:
            settled, mandatory = (
                sum(one.settled for one in today),
                sum(one.mandatory for one in today),
            )
            code = "pathways_page.counts.today"
            said.append(self.text(code, settled=settled, mandatory=mandatory))
        code = "pathways_page.counts.whole"
        said.append(self.text(code, settled=whole.settled, mandatory=whole.mandatory))
        if whole.missed:
            said.append(self.text("pathways_page.counts.missed", count=whole.missed))
        variances = whole.variances + len(grid.extras)
        said.append(self.text("pathways_page.counts.variances", count=variances))
        return self.between(*said)

    def _day(self, grid: Grid) -> str:
        if grid.day is None:
            return self.text("pathways_page.day.unknown")
        if not grid.enrolment.active:
            return ""
        return self.text("pathways_page.day.now", day=grid.day)

    def caution(self, state: PathwayState) -> str:
        """What is not known of this patient, and what contradicts; "" for nothing."""
        view, grid = state.view, state.grid
        if view is None:
            return ""
        said: list[str] = []
        if view.as_of is None:
            said.append(self.text("pathways_page.partial"))
        if grid is not None and state.face.value != "offer":
            said += self._of_grid(grid)
            said += [
                self.text("pathways_page.rival", enrolment=self.enrolment(one))
                for one in view.rivals
            ]
        return "\n".join(said)

    def _of_grid(self, grid: Grid) -> list[str]:
        said: list[str] = []
        if grid.enrolment.guarded:
            said.append(self.text("pathways_page.guarded"))
        if grid.pathway is None:
            code, _, version = grid.enrolment.origin.partition("|")
            said.append(self.text("pathways_page.unknown", pathway=code, version=version))
        elif grid.unplaced:
            said.append(self.text("pathways_page.unplaced", count=len(grid.unplaced)))
        if grid.undated and grid.enrolment.active:
            code = "pathways_page.undated.operation"
            if grid.anchors.admission is None:
                code = "pathways_page.undated.admission"
            said.append(self.text(code, count=len(grid.undated)))
        return said

    def ended(self, grid: Grid) -> str:
        """How and why it ended; "" while it goes on."""
        one = grid.enrolment
        if one.active:
            return ""
        at = self.desk.formats.moment(one.ended_at)
        reason = one.exit_reason.shown(self.desk.languages.language) if one.exit_reason else ""
        why = self.between(reason, one.exit_text)
        status = self.status(one)
        if why:
            return self.text("pathways_page.ended.why", status=status, at=at, why=why)
        return self.text("pathways_page.ended", status=status, at=at)
