"""The pathways of a ward in words: who is on one, and the figures of a period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.pathway_grid import Counts, Grid
from app.domain.pathway_statistics import ElementFigures, PathwayFigures, Rate, ReasonFigures
from app.domain.pathways import Reason
from app.services.pathways import PatientStanding
from resources.styles.tokens import Tone
from ui.pathways.ward_state import Side, WardPathwaysState
from ui.pathways.words import PathwayWords
from ui.runtime.formats import DASH
from widgets.bar_list import Bar
from widgets.table_values import Align, Cell, Column, Row, TableSpec

_WIDTHS: Final = {
    Side.PATIENTS: (
        ("bed", 58),
        ("patient", 110),
        ("pathway", 180),
        ("stage", 170),
        ("day", 110),
        ("today", 110),
        ("missed", 92),
        ("notes", 190),
    ),
    Side.FIGURES: (
        ("pathway", 240),
        ("enrolled", 80),
        ("active", 70),
        ("completed", 80),
        ("left", 70),
        ("completion", 150),
        ("varied", 150),
        ("stay", 240),
    ),
}
_STRETCHED = {"pathway", "stage", "notes", "stay"}
_NUMBERS = {"enrolled", "active", "completed", "left"}


@dataclass(frozen=True, slots=True)
class WardPathwayWords:
    """Words of one desk."""

    words: PathwayWords

    def spec(self, side: Side, name: str) -> TableSpec:
        text = self.words.text
        columns = tuple(
            Column(
                key,
                text(f"pathways_page.ward.{key}"),
                width,
                align=Align.RIGHT if key in _NUMBERS else Align.LEFT,
                wraps=True,
                stretches=key in _STRETCHED,
                fixed=key in {"bed", "patient", "pathway"},
            )
            for key, width in _WIDTHS[side]
        )
        return TableSpec(name, text(f"pathways_page.side.{side.value}"), columns, exports=True)

    # -- who is on one

    def patients(self, state: WardPathwaysState) -> tuple[Row, ...]:
        return tuple(self._patient(n, one) for n, one in enumerate(state.patients))

    def _patient(self, place: int, one: PatientStanding) -> Row:
        words, grid = self.words, one.grid
        counts = _today(grid)
        name = grid.pathway.name if grid.pathway is not None else None
        title = words.name(name) if name is not None else words.title(grid.enrolment.title)
        cells = (
            Cell(one.bed or DASH, order=place),
            Cell(words.name(one.name) or DASH, strong=True),
            Cell(title, second=words.version(grid.enrolment.origin)),
            self._stage(grid),
            self._day(grid),
            self._settled(grid, counts),
            self._missed(grid),
            self._notes(one),
        )
        return Row(str(grid.enrolment.id), cells, finds=grid.enrolment.origin)

    def _stage(self, grid: Grid) -> Cell:
        """Today's stage; between stages and outside them it is said that there is none."""
        names = [self.words.name(one.stage.name) for one in grid.today]
        if grid.pathway is None:
            hover = self.words.text("pathways_page.ward.version-unknown")
            return Cell(DASH, tone=Tone.UNKNOWN, hover=hover)
        if not names:
            return Cell(self.words.text("pathways_page.ward.no-stage"))
        return Cell("\n".join(names))

    def _day(self, grid: Grid) -> Cell:
        if grid.day is None:
            hover = self.words.text("pathways_page.day.unknown")
            return Cell(DASH, tone=Tone.UNKNOWN, hover=hover)
        if grid.pathway is None:
            return Cell(self.words.text("pathways_page.day", day=grid.day), order=grid.day)
        most = grid.pathway.most_days
        said = self.words.text("pathways_page.ward.day-of", day=grid.day, most=most)
        if grid.day > most:
            word = self.words.text("pathways_page.ward.longer")
            return Cell(said, second=word, tone=Tone.CAUTION, icon="clock", order=grid.day)
        return Cell(said, order=grid.day)

    def _settled(self, grid: Grid, counts: Counts) -> Cell:
        if grid.pathway is None:
            return Cell(DASH, tone=Tone.UNKNOWN)
        if not counts.mandatory:
            return Cell(self.words.text("pathways_page.ward.nothing-today"))
        open_ = counts.mandatory - counts.settled
        code = "pathways_page.ward.open" if open_ else "pathways_page.ward.all-settled"
        said = self.words.text(code, open=open_, mandatory=counts.mandatory)
        tone, icon = (Tone.ACT, "circle") if open_ else (Tone.GOOD, "circle-check")
        return Cell(said, tone=tone, icon=icon, order=-open_)

    def _missed(self, grid: Grid) -> Cell:
        if grid.pathway is None:
            return Cell(DASH, tone=Tone.UNKNOWN)
        missed = grid.counts.missed
        if not missed:
            return Cell("0", order=0)
        said = self.words.text("pathways_page.ward.missed-count", count=missed)
        return Cell(said, tone=Tone.CAUTION, icon="triangle-alert", order=-missed)

    def _notes(self, one: PatientStanding) -> Cell:
        words, grid = self.words, one.grid
        said = []
        if not one.whole:
            said.append(words.text("pathways_page.ward.partial"))
        if grid.pathway is None:
            said.append(words.text("pathways_page.ward.version-unknown"))
        if grid.undated:
            said.append(words.text("pathways_page.ward.undated", count=len(grid.undated)))
        variances = grid.counts.variances + len(grid.extras)
        if variances:
            said.append(words.text("pathways_page.counts.variances", count=variances))
        caution = not one.whole or grid.pathway is None or bool(grid.undated)
        if not caution:
            return Cell("\n".join(said))
        return Cell(said[0], "\n".join(said[1:]), tone=Tone.CAUTION, icon="info")

    # -- figures

    def figures(self, state: WardPathwaysState) -> tuple[Row, ...]:
        return tuple(self._figures(one) for one in state.figures)

    def _figures(self, one: PathwayFigures) -> Row:
        words = self.words
        title = words.title(one.title)
        if one.pathway is not None:
            title = words.name(one.pathway.name)
        other = words.text("pathways_page.ward.other", count=one.other) if one.other else ""
        cells = (
            Cell(title, second=words.version(one.origin), strong=True),
            Cell(str(one.enrolled), second=other, order=one.enrolled),
            Cell(str(one.active), order=one.active),
            Cell(str(one.completed), order=one.completed),
            Cell(str(one.left), order=one.left),
            self._rate(one.completion, "pathways_page.ward.of-ended"),
            self._rate(one.varied, "pathways_page.ward.of-enrolled"),
            self._stay(one),
        )
        return Row(one.origin, cells)

    def _rate(self, rate: Rate, code: str) -> Cell:
        """A share with what it is a share of; a share of nothing is none."""
        if rate.share is None:
            return Cell(DASH, tone=Tone.UNKNOWN, hover=self.words.text("pathways_page.rate.none"))
        second = self.words.text(code, count=rate.count, among=rate.among)
        return Cell(self.share(rate), second=second, order=rate.share)

    def share(self, rate: Rate) -> str:
        return f"{rate.share:.0%}".replace("%", "\N{NO-BREAK SPACE}%") if rate.among else DASH

    def rate(self, rate: Rate) -> str:
        """`80 % (4 of 5)`."""
        if not rate.among:
            return self.words.text("pathways_page.rate.none")
        return self.words.text(
            "pathways_page.rate", share=self.share(rate), count=rate.count, among=rate.among
        )

    def _stay(self, one: PathwayFigures) -> Cell:
        """The middle length of stay against the standard, and how many it is of."""
        stay, pathway, text = one.stay, one.pathway, self.words.text
        if stay is None or pathway is None:
            hover = text("pathways_page.ward.version-unknown")
            return Cell(DASH, tone=Tone.UNKNOWN, hover=hover)
        standard = self.words.standard(pathway)
        if stay.median_days is None:
            return Cell(text("pathways_page.stay.none"), second=standard)
        said = text(
            "pathways_page.stay",
            days=f"{stay.median_days:g}",
            within=stay.within.count,
            among=stay.within.among,
        )
        beside = text(
            "pathways_page.stay.beside", shorter=stay.shorter.count, longer=stay.longer.count
        )
        unknown = text("pathways_page.stay.unknown", count=stay.unknown) if stay.unknown else ""
        return Cell(said, second=self.words.between(standard, beside, unknown))

    # -- the bars beside the figures

    def reasons(self, state: WardPathwaysState) -> tuple[Bar, ...]:
        """Why elements were not done, the most frequent reason first."""
        one, seen = state.chosen, state.seen
        if one is None or seen is None:
            return ()
        return self._by_reason(one.reasons, seen.book.variance_reasons)

    def exits(self, state: WardPathwaysState) -> tuple[Bar, ...]:
        """Why the pathway was left."""
        one, seen = state.chosen, state.seen
        if one is None or seen is None:
            return ()
        return self._by_reason(one.exits, seen.book.exit_reasons)

    def _by_reason(
        self, told: Iterable[ReasonFigures], known: Mapping[str, Reason]
    ) -> tuple[Bar, ...]:
        bars = []
        for one in told:
            reason = known.get(one.reason)
            label = self.words.name(reason.name) if reason is not None else one.reason
            label = label or self.words.text("pathways_page.no-reason")
            among = one.enrolments.among
            text = self.words.text(
                "pathways_page.bar", count=one.enrolments.count, among=among, times=one.times
            )
            said = self.words.text("pathways_page.labelled", label=label, value=text)
            bars.append(Bar(label, float(one.enrolments.count), text, said=said))
        return tuple(bars)

    def elements(self, state: WardPathwaysState) -> tuple[Bar, ...]:
        """Elements that were missed or explained most often."""
        one = state.chosen
        found = sorted(one.elements if one is not None else (), key=_worst)
        bars = []
        for figure in found:
            label = self.words.between(
                self.words.name(figure.stage.name), self.words.name(figure.element.name)
            )
            text = self.words.text(
                "pathways_page.bar.element",
                missed=figure.missed.count,
                varied=figure.varied.count,
                among=figure.missed.among,
            )
            said = self.words.text("pathways_page.labelled", label=label, value=text)
            value = float(figure.missed.count + figure.varied.count)
            bars.append(Bar(label, value, text, said=said))
        return tuple(bars)

    # -- above the list

    def counts(self, state: WardPathwaysState) -> str:
        """How many are on a pathway now, and what became of those who began in the period."""
        seen = state.seen
        if seen is None or seen.days is None:
            return ""
        text, date = self.words.text, self.words.desk.formats.date
        if state.side is Side.PATIENTS:
            return text("pathways_page.ward.counts", count=len(state.patients))
        return text(
            "pathways_page.ward.period",
            first=date(seen.days.first),
            last=date(seen.days.last),
            enrolled=state.enrolled,
            completion=self.rate(state.completion),
        )

    def caution(self, state: WardPathwaysState) -> str:
        """What is not known of this ward; "" for nothing."""
        seen = state.seen
        if seen is None or seen.standing is None or seen.statistics is None:
            return ""
        text, said = self.words.text, []
        if seen.standing.as_of is None:
            said.append(text("pathways_page.ward.census"))
        partial = seen.standing.partial
        if state.side is Side.FIGURES:
            partial = seen.statistics.partial
        if partial:
            said.append(text("pathways_page.ward.partial-count", count=partial))
        return "\n".join(said)


def _today(grid: Grid) -> Counts:
    told = [one.counts for one in grid.today]
    return Counts(
        mandatory=sum(one.mandatory for one in told), settled=sum(one.settled for one in told)
    )


def _worst(figure: ElementFigures) -> tuple[int, int]:
    return -figure.missed.count - figure.varied.count, -figure.missed.count
