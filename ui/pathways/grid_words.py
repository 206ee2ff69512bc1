"""The grid of a pathway in words: what stands in each stage, and everything about one of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.orders import OrderLine
from app.domain.pathway_days import StagePlace
from app.domain.pathway_grid import Cell, Grid, StageColumn, State
from app.domain.pathways import PathwayBook, PathwayFact, Row
from resources.styles.tokens import Tone
from ui.pathways.deeds import Spot
from ui.pathways.state import VARIANCES, PathwayState, key_of, variances
from ui.pathways.words import SIGNS, PathwayWords
from ui.runtime.formats import DASH
from widgets.stage_plan import Band, Entry, StageHead, StagePlan, When

Facts = tuple[tuple[str, str], ...]
"""Labels and values, for the sheet beside the grid."""

_WHEN = {
    StagePlace.PAST: When.PASSED,
    StagePlace.TODAY: When.NOW,
    StagePlace.AHEAD: When.TO_COME,
    StagePlace.UNDATED: When.UNDATED,
}


@dataclass(frozen=True, slots=True)
class GridWords:
    """Makes a plan of a grid, and the facts of one entry."""

    words: PathwayWords

    def plan(self, state: PathwayState) -> StagePlan:
        grid, seen = state.grid, state.seen
        if grid is None or seen is None:
            return StagePlan()
        told = variances(grid)
        entries = {
            (row.value, column.stage.key): tuple(
                self._entry(column, cell, seen.book) for cell in column.row(row)
            )
            for column in grid.columns
            for row in Row
        }
        entries |= {
            (VARIANCES, stage): tuple(self._variance(grid, fact, band=True) for fact in facts)
            for stage, facts in told.items()
        }
        return StagePlan(
            tuple(self._head(grid, one) for one in grid.columns),
            self._bands(grid, seen.book),
            entries,
        )

    def _head(self, grid: Grid, column: StageColumn) -> StageHead:
        words, window = self.words, column.window
        dates = words.dates(window.first, window.last) if window is not None else ""
        days = words.between(words.days(column.stage), dates)
        title = words.name(column.stage.name)
        word = words.place(column.place, ended=not grid.enrolment.active)
        return StageHead(column.stage.key, title, (days,), _WHEN[column.place], word)

    def _bands(self, grid: Grid, book: PathwayBook) -> tuple[Band, ...]:
        bands = [Band(row.value, self.row(row, book), self._today(grid, row)) for row in Row]
        return (*bands, Band(VARIANCES, self.words.text("pathways_page.variances")))

    def row(self, row: Row, book: PathwayBook) -> str:
        named = book.rows.get(row)
        return self.words.name(named) if named is not None else row.value

    def _today(self, grid: Grid, row: Row) -> str:
        """What of today's must-do of this row is settled."""
        if not grid.enrolment.active:
            return ""
        must = [cell for one in grid.today for cell in one.row(row) if cell.element.mandatory]
        settled = sum(cell.state in (State.MET, State.DONE, State.VARIANCE) for cell in must)
        if not must:
            return ""
        code = "pathways_page.band.today"
        return self.words.text(code, settled=settled, mandatory=len(must))

    # -- one element

    def _entry(self, column: StageColumn, cell: Cell, book: PathwayBook) -> Entry:
        tone, icon = self.words.sign(cell)
        element = cell.element
        facts = self.facts(Spot(column, cell), book)
        return Entry(
            key=key_of(column, element.key),
            text=self.words.name(element.name),
            state=self.words.state(cell),
            second=self._second(cell),
            tone=tone,
            icon=icon,
            strong=element.mandatory,
            local=bool(_unsent(cell)),
            said=self._said(facts),
        )

    def _second(self, cell: Cell) -> str:
        """Who, when and why, as short as it can be said."""
        words = self.words
        said = [self._by(cell)]
        if cell.late:
            said.append(words.text("pathways_page.late"))
        said.append(words.chart.unsent(_unsent(cell)))
        if not cell.element.mandatory:
            said.append(words.text("pathways_page.optional"))
        return words.between(*said)

    def _by(self, cell: Cell) -> str:
        words = self.words
        match cell.state:
            case State.MET:
                first, more = cell.orders[0], len(cell.orders) - 1
                said = self._ordered(first)
                if not more:
                    return said
                return words.text("pathways_page.more-orders", order=said, count=more)
            case State.DONE:
                return words.stamp(cell.facts[0])
            case State.VARIANCE:
                return words.between(words.reason(cell.facts[0]), words.stamp(cell.facts[0]))
            case _:
                return ""

    def _ordered(self, line: OrderLine) -> str:
        order, words = line.order, self.words
        at = order.starts_at or order.authored_at
        return words.between(words.chart.term(order.item), words.chart.short(at))

    # -- one variance

    def _variance(self, grid: Grid, fact: PathwayFact, *, band: bool) -> Entry:
        words = self.words
        tone, icon = SIGNS[State.VARIANCE]
        second = words.between(fact.text, words.stamp(fact), words.chart.unsent(fact.unsent))
        reason = fact.reason.shown(words.desk.languages.language) if fact.reason else ""
        return Entry(
            # An element has its own entry; its variance stands once more under the rows.
            key=str(fact.ref) if band else fact.element,
            text=self.about(grid, fact),
            state=reason or words.text("pathways_page.no-reason"),
            second=second,
            tone=tone,
            icon=icon,
            local=bool(fact.unsent),
            said=self._said(self.of_fact(fact)),
        )

    def about(self, grid: Grid, fact: PathwayFact) -> str:
        """The element as the pathway names it, else as it was recorded."""
        element = (
            grid.pathway.element(fact.stage, fact.element) if grid.pathway is not None else None
        )
        if element is not None:
            return self.words.name(element.name)
        if fact.element_term is not None:
            return self.words.title(fact.element_term)
        return fact.element or self.words.text("pathways_page.extra")

    # -- everything about one

    def facts(self, spot: Spot, book: PathwayBook) -> Facts:
        """Everything about what the caret is on, each with its label."""
        if spot.cell is not None:
            return self._of_cell(spot.cell, book)
        return self.of_fact(spot.fact) if spot.fact is not None else ()

    def _of_cell(self, cell: Cell, book: PathwayBook) -> Facts:
        text, words = self.words.text, self.words
        must = "mandatory" if cell.element.mandatory else "optional"
        found = [
            (text("pathways_page.label.element"), words.name(cell.element.name)),
            (text("pathways_page.label.row"), self.row(cell.element.row, book)),
            (text("pathways_page.label.state"), words.state(cell)),
            (text("pathways_page.label.must"), text(f"pathways_page.{must}")),
        ]
        if cell.element.row.ordered and not cell.orders:
            found.append((text("pathways_page.label.how"), text("pathways_page.by-orders")))
        for line in cell.orders:
            said = words.between(
                words.chart.order_line(line.order),
                line.order.requester_name,
                self._moment(line),
                words.chart.unsent(line.unsent),
            )
            found.append((text("pathways_page.label.order"), said))
        found += [(words.kind(one), words.told(one)) for one in cell.facts]
        label = text("pathways_page.label.taken-back")
        found += [
            (label, words.between(words.kind(one), words.told(one))) for one in cell.taken_back
        ]
        return tuple(found)

    def _moment(self, line: OrderLine) -> str:
        at = line.order.starts_at or line.order.authored_at
        return self.words.desk.formats.moment(at)

    def of_fact(self, fact: PathwayFact) -> Facts:
        """Everything about one thing that was recorded."""
        text, words = self.words.text, self.words
        element = words.title(fact.element_term) if fact.element_term is not None else fact.element
        found = [
            (text("pathways_page.label.kind"), words.kind(fact)),
            (text("pathways_page.label.element"), element or text("pathways_page.extra")),
        ]
        if fact.day is not None:
            found.append((text("pathways_page.label.day"), words.desk.formats.date(fact.day)))
        else:
            found.append((text("pathways_page.label.reason"), words.reason(fact)))
        found.append((text("pathways_page.label.by"), fact.by_name or DASH))
        found.append((text("pathways_page.label.at"), words.desk.formats.moment(fact.at)))
        if fact.unsent:
            found.append((text("pathways_page.label.sent"), words.chart.unsent(fact.unsent)))
        return tuple(found)

    def _said(self, facts: Iterable[tuple[str, str]]) -> str:
        lines = (
            self.words.text("pathways_page.labelled", label=one, value=two) for one, two in facts
        )
        return "\n".join(lines)

    # -- the legend

    def legend(self) -> tuple[tuple[str, Tone, str], ...]:
        """The word, the tone and the icon of every state."""
        return tuple(
            (self.words.text(f"pathways_page.state.{state.value}"), *SIGNS[state])
            for state in State
        )


def _unsent(cell: Cell) -> str:
    """Why what settles it is known here only; "" when the server has it."""
    told = (*(one.unsent for one in cell.facts), *(one.unsent for one in cell.orders))
    return next((one for one in told if one), "")
