"""How order sets are worded: the list of sets, and the lines of one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain.order_set_conditions import Verdict
from app.domain.order_sets import OfferedLine, OrderSet, Reason, SetBook, SetLine
from app.domain.orders import Dosage, Objection
from resources.styles.tokens import Tone
from ui.orders.set_state import SetSheetState
from ui.runtime.chart_words import ChartWords
from widgets.table_values import Align, Cell, Column, Row, TableSpec


@dataclass(frozen=True, slots=True)
class SetWords:
    """Words of one desk."""

    words: ChartWords

    def sets_spec(self, name: str) -> TableSpec:
        title = self.words.text("order_sets.sets")
        columns = (Column("set", title, 160, wraps=True, stretches=True, sorts=False),)
        return TableSpec(name, title, columns)

    def lines_spec(self, name: str) -> TableSpec:
        text = self.words.text
        columns = (
            Column("heading", text("order_sets.column.heading"), 126, wraps=True, sorts=False),
            Column(
                "line",
                text("order_sets.column.line"),
                166,
                wraps=True,
                stretches=True,
                fixed=True,
                sorts=False,
            ),
            Column(
                "dose", text("order_sets.column.dose"), 100, Align.RIGHT, wraps=True, sorts=False
            ),
            Column("why", text("order_sets.column.why"), 172, wraps=True, sorts=False),
        )
        return TableSpec(name, text("order_sets.lines"), columns, marks=True)

    def set_rows(self, sets: tuple[OrderSet, ...]) -> tuple[Row, ...]:
        language = self.words.language
        return tuple(
            Row(
                one.code,
                (Cell(one.name.shown(language), second=one.about.shown(language), strong=True),),
                finds=one.pinyin,
            )
            for one in sets
        )

    def line_rows(self, state: SetSheetState) -> tuple[Row, ...]:
        """The lines in their order; a heading or choice stands before the first of its lines."""
        if state.offer is None or state.book is None:
            return ()
        wrong = {one.field: one for one in state.objections}
        rows: list[Row] = []
        before = ""
        for one in state.offer.lines:
            heading = self._heading(state.book, state.offer.set, one.line)
            shown = heading if heading != before else ""
            before = heading
            rows.append(self._row(one, shown, state, wrong.get(one.line.key)))
        return tuple(rows)

    def about(self, one: OrderSet | None) -> str:
        """Where the set comes from, and that nobody here has reviewed it while it is a draft."""
        if one is None:
            return ""
        text = self.words.text
        said = text("order_sets.about", version=one.version, source=one.source)
        return "\n".join((said, text("order_sets.draft"))) if one.status == "draft" else said

    def objections(self, state: SetSheetState) -> str:
        """What is still missing, each with the line or choice it belongs to."""
        if state.offer is None:
            return ""
        language, source = self.words.language, state.offer.set
        names = {line.key: self.words.term(line.item) for line in source.lines}
        names |= {choice.key: choice.name.shown(language) for choice in source.choices}
        return "\n".join(
            self.words.text("order_sets.objection", what=names[one.field], why=self._why(one))
            for one in state.objections
        )

    def unit(self, one: OfferedLine | None) -> str:
        if one is None or one.line.dose is None:
            return ""
        return self.words.desk.formats.unit(one.line.unit)

    def _row(
        self, one: OfferedLine, heading: str, state: SetSheetState, wrong: Objection | None
    ) -> Row:
        line = one.line
        said = [*map(self._reason, one.reasons), *([self._why(wrong)] if wrong else [])]
        cells = (
            Cell(heading, strong=True),
            Cell(self.words.term(line.item), second=self._how(line), strong=True),
            self._dose(one, state),
            Cell(
                "\n".join(said),
                tone=Tone.CAUTION if said else Tone.PLAIN,
                icon="triangle-alert" if said else "",
            ),
        )
        return Row(line.key, cells, tone=Tone.CAUTION if wrong else Tone.PLAIN)

    def _heading(self, book: SetBook, source: OrderSet, line: SetLine) -> str:
        language = self.words.language
        choice = next((one for one in source.choices if one.key == line.choice), None)
        name = choice.name if choice is not None else book.headings[line.heading]
        return name.shown(language)

    def _how(self, line: SetLine) -> str:
        """Kind, route, frequency, rate and the note of the pack; members of an infusion say so."""
        words = self.words
        dosage = words.dosage("", replace(Dosage(), route=line.route, frequency=line.frequency))
        rate = "" if line.rate is None else words.desk.formats.dose(line.rate, line.rate_unit)
        parts = (
            words.text(f"orders.kind.{line.kind.value}"),
            dosage.route,
            dosage.frequency,
            rate,
            words.text("order_sets.group", group=line.group) if line.group else "",
            line.note.shown(words.language),
        )
        return " · ".join(part for part in parts if part)

    def _dose(self, one: OfferedLine, state: SetSheetState) -> Cell:
        """The dose as it would be ordered; one for each kg says so, and from which weight."""
        line, formats = one.line, self.words.desk.formats
        if line.dose is None:
            return Cell("")
        dose = state.chosen.dose_of(one)
        shown = self.words.text("order_sets.no_dose")
        if dose is not None and dose.is_finite():
            shown = formats.dose(dose, line.unit)
        if not line.per_kg:
            return Cell(shown)
        per_kg = formats.dose(line.dose, f"{line.unit}/kg")
        weight = one.weight
        if weight is not None:
            kg, day = formats.quantity(weight.value, "kg"), formats.date(weight.at)
            per_kg = self.words.text("order_sets.worked_out", dose=per_kg, weight=kg, day=day)
        return Cell(shown, second=per_kg, tone=Tone.CAUTION if dose is None else Tone.PLAIN)

    def _reason(self, reason: Reason) -> str:
        name = reason.condition.name.shown(self.words.language)
        known = "fails" if reason.verdict is Verdict.FAILS else "unknown"
        return self.words.text(f"order_sets.why.{known}", condition=name)

    def _why(self, one: Objection) -> str:
        return self.words.desk.languages.render(one.message)
