"""How scores, their items and their course are worded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from app.decision.scores.results import Answer, Incomplete, NotApplicable, Problem, Scored
from app.decision.scores.tables import NO, YES, Answering, Score, Use
from app.domain.quantities import Quantity, spelled
from app.domain.terms import Named
from app.services.score_filling import (
    Found,
    Moment,
    Place,
    Standing,
    at_least,
    changes,
    subscores,
)
from resources.catalogue import Parameter
from resources.styles.tokens import Tone
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.formats import DASH
from ui.scores.state import TRENDED, ScoresState
from widgets.table_values import Align, Cell, Column, Row, TableSpec
from widgets.trend_values import Panel, Point, Series, Symbol, TrendSpec

_URGENT = {"urgent": Tone.CAUTION, "emergency": Tone.DANGER}
_AGES = ("a", "mo")
_MOST = 6
"""So many items are named above the list that has them all."""

_TOP = 20.0
"""The most NEWS2 can be; the scale begins at 0 and does not move with the values."""


@dataclass(frozen=True, slots=True)
class ScoreWords:
    """Words of one desk."""

    desk: Desk

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.desk.languages.text(code, **parameters)

    def name(self, named: Named) -> str:
        return named.shown(self.desk.languages.language)

    # -- the list of scores

    def scores_spec(self) -> TableSpec:
        columns = (
            Column("score", self.text("scores.column.score"), 180, wraps=True, fixed=True),
            Column("total", self.text("scores.column.total"), 150, wraps=True, stretches=True),
        )
        return TableSpec("scores.list", self.text("workspace.scores"), columns)

    def score_row(self, one: Standing) -> Row:
        code, name = one.table.code, self.name(one.table.name)
        second = name if name != code else ""
        return Row(
            code,
            (Cell(code, second=second, strong=True), self._total_cell(one)),
            tone=self.tone(one),
            faded=isinstance(one.result, NotApplicable),
            finds=f"{one.table.name.name} {one.table.name.english}",
        )

    def tone(self, one: Standing) -> Tone:
        """Loud only where the publication calls somebody to the bed."""
        band = one.result.band if isinstance(one.result, Scored) else None
        return _URGENT.get(band.urgency, Tone.PLAIN) if band is not None else Tone.PLAIN

    def _total_cell(self, one: Standing) -> Cell:
        """The number apart from its unit: a number that is cut is another number."""
        result = one.result
        if isinstance(result, Scored):
            unit = "" if result.unit.startswith("{") else self.unit(result.unit)
            second = " · ".join(part for part in (unit, self.meaning(one)) if part)
            tone = self.tone(one)
            icon = "triangle-alert" if tone is not Tone.PLAIN else ""
            hover = self._response(result)
            return Cell(self.number(result.total), second, tone, icon, strong=True, hover=hover)
        least, why = at_least(one.table, result), self._why(one)
        if least is None or not least:
            return Cell(DASH, second=why, tone=Tone.UNKNOWN, hover=why)
        said, hover = self.text("scores.at_least", number=self.number(least)), "scores.at_least.why"
        return Cell(said, second=why, tone=Tone.UNKNOWN, hover=self.text(hover))

    def _why(self, one: Standing) -> str:
        match one.result:
            case NotApplicable(why=why):
                return self.listed(self.name(reason) for reason in why)
            case Incomplete(problems=problems):
                return self.text("scores.incomplete", count=len(problems))
        return ""

    # -- one score

    def headline(self, one: Standing) -> str:
        code, meaning = one.table.code, self.meaning(one)
        if isinstance(one.result, NotApplicable):
            return self.text("scores.not_for", score=code)
        if isinstance(one.result, Incomplete):
            return self.text("scores.no_total", score=code)
        return "  ".join(part for part in (code, self.total(one), meaning) if part)

    def explanation(self, one: Standing) -> str:
        """What is asked for, what is missing or left out, and what was taken as published."""
        match one.result:
            case Scored() as scored:
                said = [self._response(scored), *self._without(one.table, scored.without)]
                taken = scored.taken
            case Incomplete(problems=problems, taken=taken):
                said = list(self._lacking(one.table, problems))
            case NotApplicable(why=why):
                said, taken = [self.name(reason) for reason in why], ()
        said.extend(
            self.text("scores.taken", item=self.item(one.table, kept.item), why=self.name(kept.why))
            for kept in taken
        )
        return "\n".join(part for part in said if part)

    def _lacking(self, table: Score, problems: tuple[Problem, ...]) -> Iterator[str]:
        """What is lacking, by why it is; of a long list the first, and how many more."""
        for lack in dict.fromkeys(problem.lack for problem in problems):
            names = [self.item(table, one.item) for one in problems if one.lack is lack]
            more = len(names) - _MOST
            items = self.listed(names[:_MOST])
            if more > 0:
                items = self.text("scores.and_more", items=items, count=more)
            yield self.text(
                "scores.lacking", reason=self.text(f"scores.short.{lack.value}"), items=items
            )

    def origin(self, one: Standing) -> str:
        origin = one.table.origin
        return self.text(
            f"scores.origin.{origin.status}", source=origin.source, version=origin.version
        )

    def total(self, one: Standing) -> str:
        result = one.result
        if not isinstance(result, Scored):
            return DASH
        if result.unit.startswith("{"):
            return self.number(result.total)
        return f"{self.number(result.total)} {self.unit(result.unit)}"

    def unit(self, code: str) -> str:
        """For the eye: years as years, an annotation without its brackets."""
        if code in _AGES:
            return self.text(f"scores.unit.{code}")
        return spelled(code).replace("_m2", " m²") if "{" in code else self.desk.formats.unit(code)

    def listed(self, names: Iterable[str]) -> str:
        return self.text("scores.comma").join(names)

    def meaning(self, one: Standing) -> str:
        band = one.result.band if isinstance(one.result, Scored) else None
        return self.name(band.name) if band is not None else ""

    def _response(self, result: Scored) -> str:
        return self.name(result.band.response) if result.band is not None else ""

    def _without(self, table: Score, problems: tuple[Problem, ...]) -> Iterator[str]:
        limits = {limit.item for limit in table.limits}
        counted = {use.item.code for use in table.uses if use.part}
        for code, asked in (
            ("scores.without", [p for p in problems if p.item not in limits - counted]),
            ("scores.applies", [p for p in problems if p.item in limits - counted]),
        ):
            if asked:
                names = self.listed(self.item(table, one.item) for one in asked)
                yield self.text(code, items=names)

    def problem(self, table: Score, problem: Problem) -> str:
        return self.text(f"scores.lack.{problem.lack.value}", item=self.item(table, problem.item))

    def item(self, table: Score, code: str) -> str:
        return next((self.name(u.item.name) for u in table.uses if u.item.code == code), code)

    def part(self, table: Score, code: str) -> str:
        named = (table.part_names or {}).get(code)
        return self.name(named) if named is not None else self.item(table, code)

    def changed(self, state: ScoresState) -> str:
        """What the course says has changed since the time before the last."""
        one, times = state.chosen, state.trend
        if one is None or one.table.code != TRENDED or not times:
            return ""
        before = next((m for m in reversed(times) if m.at < times[-1].at), None)
        if before is None:
            return self.text("scores.change.first")
        found = changes(before.result, one.result)
        at = self.desk.formats.moment(before.at)
        if not found:
            return self.text("scores.change.none", time=at)
        said = self.listed(
            self.text(
                "scores.change.part",
                part=self.part(one.table, part),
                before=self._points(then),
                after=self._points(now),
            )
            for part, then, now in found
        )
        return self.text("scores.change", time=at, parts=said)

    # -- the items

    def items_spec(self) -> TableSpec:
        columns = (
            Column("item", self.text("scores.column.item"), 180, wraps=True, fixed=True),
            Column("value", self.text("scores.column.value"), 130, wraps=True, fixed=True),
            Column("points", self.text("scores.column.points"), 60, Align.RIGHT),
            Column("time", self.text("scores.column.time"), 120, wraps=True, stretches=True),
        )
        return TableSpec("scores.items", self.text("scores.items"), columns)

    def item_row(self, state: ScoresState, one: Standing, use: Use) -> Row:
        found, problem = one.found.get(use.item.code), state.problem(use.item.code)
        return Row(
            use.item.code,
            (
                Cell(self.name(use.item.name), strong=problem is not None),
                self._value_cell(one, use, found, problem),
                self._points_cell(one, use),
                self._time_cell(found),
            ),
            tone=Tone.LOCAL if found is not None and found.place is Place.ASKED else Tone.PLAIN,
        )

    def _value_cell(
        self, one: Standing, use: Use, found: Found | None, problem: Problem | None
    ) -> Cell:
        why = self.problem(one.table, problem) if problem is not None else ""
        default = one.table.defaults.get(use.item.code)
        if found is not None:
            said = self.answer(use, found.answer)
            tone = Tone.CAUTION if problem is not None else Tone.PLAIN
            second = self.text(f"scores.short.{problem.lack.value}") if problem is not None else ""
            icon = "triangle-alert" if problem is not None else ""
            return Cell(said, second=second, tone=tone, icon=icon, hover=why)
        if default is not None:
            said = self.answer_word(use, default.answer)
            return Cell(said, second=self.text("scores.short.taken"), hover=self.name(default.why))
        return Cell(DASH, tone=Tone.UNKNOWN, hover=why or self.text("scores.not_needed"))

    def answer(self, use: Use, answer: Answer) -> str:
        if isinstance(answer.value, Quantity) and answer.value.unit in _AGES:
            return f"{self.number(answer.value.value)} {self.unit(answer.value.unit)}"
        if isinstance(answer.value, Quantity):
            return self.desk.formats.quantity(answer.value.value, answer.value.unit)
        return self.answer_word(use, answer.value)

    def answer_word(self, use: Use, code: str) -> str:
        named = next((one.name for one in use.options if one.code == code), None)
        if named is not None:
            return self.name(named)
        flag = use.item.answering is Answering.FLAG and code in (YES, NO)
        return self.text(f"scores.flag.{code}") if flag else code

    def choices(self, use: Use) -> tuple[tuple[str, str], ...]:
        codes = [one.code for one in use.options] or [YES, NO]
        first = ("", self.text("scores.choose"))
        return (first, *((code, self.answer_word(use, code)) for code in codes))

    def _points_cell(self, one: Standing, use: Use) -> Cell:
        points = next((s.points for s in subscores(one.result) if s.by == use.item.code), None)
        return Cell(self.number(points), strong=points > 0) if points is not None else Cell("")

    def _time_cell(self, found: Found | None) -> Cell:
        if found is None:
            return Cell("")
        place, at = self.text(f"scores.place.{found.place.value}"), found.answer.at
        if found.place is Place.PATIENT:
            return Cell(place)
        words = ChartWords(self.desk)
        time = words.short(at)
        said = self.text("scores.when", time=time, place=place)
        return Cell(said, hover=words.moment(at), order=at.timestamp())

    # -- the course

    def course(self, state: ScoresState, span: timedelta) -> TrendSpec | None:
        """Totals, and apart from them what it was at the least where something was missing."""
        if not state.trend or state.chosen is None or state.chosen.table.code != TRENDED:
            return None
        whole, least = [], []
        for one in state.trend:
            if isinstance(one.result, Scored):
                band = one.result.band
                note = self.name(band.name) if band is not None else ""
                whole.append(self._point(one, one.result.total, note))
            elif one.at_least is not None:
                least.append(self._point(one, one.at_least, self.text("scores.at_least.why")))
        named = (
            (self.text("scores.course.whole"), whole),
            (self.text("scores.course.least"), least),
        )
        looks = ((Symbol.CIRCLE, "series_1"), (Symbol.TRIANGLE, "series_3"))
        series = tuple(
            Series(name, tuple(points), symbol, colour, gap=timedelta(hours=14))
            for (name, points), (symbol, colour) in zip(named, looks, strict=True)
            if points
        )
        panel = Panel(TRENDED, "", series, 0.0, _TOP)
        room = timedelta(hours=2)
        title = self.text("scores.course")
        zone = self.desk.formats.zone
        return TrendSpec(title, (panel,), state.now - span, state.now + room, zone, state.now)

    def _point(self, one: Moment, points: Decimal, note: str) -> Point:
        return Point(one.at, float(points), self.number(points), one.at.isoformat(), note=note)

    def number(self, value: Decimal) -> str:
        return self.desk.formats.measured(value)

    def _points(self, value: Decimal | None) -> str:
        return DASH if value is None else self.number(value)
