"""How orders that wait for a nurse are worded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from app.domain.order_verification import Awaiting, Bedside, Review, Second, Wait
from app.domain.orders import Order, OrderClass
from app.domain.skin_tests import SkinGate
from app.services.order_reasons import reason_in
from resources.catalogue import Parameter
from resources.styles.tokens import Tone
from ui.runtime.chart_words import LONG_DASH, ChartWords
from ui.runtime.desk import Desk
from ui.runtime.formats import DASH
from ui.runtime.override_words import passed_lines
from ui.verifying.state import Line, VerifyingState
from widgets.table_values import Bracket, Cell, Column, Row, TableSpec

_WAITS: Final = {
    Wait.NEW: (Tone.ACT, "plus"),
    Wait.STOPPED: (Tone.DANGER, "ban"),
    Wait.CANCELLED: (Tone.DANGER, "circle-x"),
    Wait.WITHDRAWN: (Tone.DANGER, "x"),
    Wait.HELD: (Tone.CAUTION, "pause"),
    Wait.RESUMED: (Tone.CAUTION, "play"),
}
_REVIEWS: Final = {
    Review.NONE: (Tone.UNKNOWN, "circle-dashed"),
    Review.ASKED: (Tone.CAUTION, "clock"),
    Review.PASSED: (Tone.GOOD, "check"),
    Review.REJECTED: (Tone.DANGER, "ban"),
}
_GATES: Final = {
    SkinGate.NOT_NEEDED: (Tone.PLAIN, ""),
    SkinGate.MISSING: (Tone.CAUTION, "timer"),
    SkinGate.NEGATIVE: (Tone.GOOD, "minus"),
    SkinGate.EXPIRED: (Tone.CAUTION, "clock"),
    SkinGate.POSITIVE: (Tone.DANGER, "plus"),
}
_ENDED: Final = (Wait.STOPPED, Wait.CANCELLED, Wait.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class VerifyingWords:
    """Words of one desk."""

    desk: Desk

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.desk.languages.text(code, **parameters)

    @property
    def chart(self) -> ChartWords:
        return ChartWords(self.desk)

    def who(self, bedside: Bedside) -> str:
        """Bed, name and record number: how a sheet names the patient."""
        name = bedside.name.shown(self.desk.languages.language)
        number = bedside.record_number or DASH
        return self.text("verifypage.who", bed=bedside.bed or DASH, name=name, number=number)

    def spec(self) -> TableSpec:
        def column(key: str, title: str, width: int, **more: bool) -> Column:
            return Column(key, title, width, sorts=False, **more)  # type: ignore[arg-type]  # flags

        text = self.text
        columns = (
            column("bed", text("verifypage.column.bed"), 74, fixed=True),
            column("patient", text("verifypage.column.patient"), 108, fixed=True, wraps=True),
            column("wait", text("verifypage.column.wait"), 112, fixed=True, wraps=True),
            column("group", text("verifypage.column.group"), 44, fixed=True),
            column(
                "order",
                text("verifypage.column.order"),
                230,
                fixed=True,
                wraps=True,
                stretches=True,
            ),
            column("start", text("verifypage.column.start"), 96, wraps=True),
            column("by", text("verifypage.column.by"), 96, wraps=True),
            column("review", text("verifypage.column.review"), 92, wraps=True),
            column("skin", text("verifypage.column.skin"), 92, wraps=True),
            column("notes", text("verifypage.column.notes"), 196, fixed=True, wraps=True),
        )
        return TableSpec("verifying.list", text("workspace.verifying"), columns, marks=True)

    def rows(self, state: VerifyingState) -> tuple[Row, ...]:
        return tuple(self._row(line, state) for line in state.lines)

    def _row(self, line: Line, state: VerifyingState) -> Row:
        one = line.one
        tone, icon = _WAITS[one.wait]
        word = self.text(f"verifypage.wait.{one.wait.value}")
        unsent = self.text(f"orders.unsent.{one.unsent}") if one.unsent else ""
        stopped = state.obstacles(one)
        edge = Tone.DANGER if stopped else Tone.LOCAL if one.unsent else Tone.PLAIN
        cells = (
            Cell(line.bedside.bed or DASH),
            self._patient(line.bedside),
            Cell(word, second=unsent, tone=tone, icon=icon),
            self._group(line),
            replace(self._order(one), bracket=Bracket.at(line.place, line.of)),
            self._start(one.order),
            self._by(one.order),
            self._review(one),
            self._skin(one),
            self._notes(one, state),
        )
        block = f"{one.order.group} {one.wait.value}" if line.of > 1 else ""
        return Row(one.ref, cells, tone=edge, block=block)

    def _patient(self, bedside: Bedside) -> Cell:
        name = bedside.name.shown(self.desk.languages.language)
        number = bedside.record_number or DASH
        hover = self.text(
            "verifypage.identified",
            number=number,
            admission=bedside.admission_number or DASH,
            born=self.desk.formats.partial(bedside.birth_date_text) or DASH,
        )
        if not bedside.namesake:
            return Cell(name, second=number, strong=True, hover=hover)
        second = self.text("verifypage.namesake", number=number)
        icon = "triangle-alert"
        return Cell(name, second=second, strong=True, tone=Tone.CAUTION, icon=icon, hover=hover)

    def _group(self, line: Line) -> Cell:
        """Which of how many lines of its infusion it is."""
        if line.of == 1:
            whole = line.one.order.group
            return Cell(hover=self.text("verifypage.group.alone")) if whole else Cell()
        place = line.place + 1
        hover = self.text("verifypage.group", place=place, of=line.of)
        return Cell(f"{place}/{line.of}", hover=hover)

    def _order(self, one: Awaiting) -> Cell:
        item = self.chart.term(one.order.item)
        struck, hover = one.wait in _ENDED, one.order.note
        return Cell(item, second=self.dosage(one.order), strong=True, struck=struck, hover=hover)

    def dosage(self, order: Order) -> str:
        """Dose, route, frequency and how fast it runs, each in words."""
        words = self.chart.order(order)
        dose = self.text("verifypage.dose", dose=words.dose) if words.dose else ""
        said = (dose, words.route, words.frequency, words.text)
        return LONG_DASH.join(part for part in said if part)

    def line(self, line: Line) -> str:
        """Patient and order in one line, for a sheet."""
        order = line.one.order
        said = (self.who(line.bedside), self.chart.term(order.item), self.dosage(order))
        return LONG_DASH.join(part for part in said if part)

    def _start(self, order: Order) -> Cell:
        at = order.starts_at or order.authored_at
        if at is None:
            hover = self.text("verifypage.no-start")
            return Cell(order.authored_text or DASH, tone=Tone.UNKNOWN, hover=hover)
        formats = self.desk.formats
        return Cell(formats.day(at), second=formats.time(at), hover=formats.moment(at))

    def _by(self, order: Order) -> Cell:
        signed = self.chart.short(order.authored_at, order.authored_text)
        if not order.requester_name:
            return Cell(DASH, second=signed, hover=self.text("verifypage.no-author"))
        return Cell(order.requester_name, second=signed)

    def _review(self, one: Awaiting) -> Cell:
        if one.order.order_class is not OrderClass.MEDICATION:
            return Cell(DASH, hover=self.text("verifypage.review.of-drugs"))
        found = one.review
        review = found.review if found is not None else Review.NONE
        tone, icon = _REVIEWS[review]
        by = found.by_name if found is not None else ""
        hover = found.words if found is not None else ""
        word = self.text(f"verifypage.review.{review.value}")
        return Cell(word, second=by, tone=tone, icon=icon, hover=hover)

    def _skin(self, one: Awaiting) -> Cell:
        standing = one.skin
        if standing.gate is SkinGate.NOT_NEEDED:
            if one.order.skin_test == "exempt":
                return Cell(self.text("verifypage.skin.exempt"))
            return Cell(DASH, hover=self.text("verifypage.skin.not-needed"))
        tone, icon = _GATES[standing.gate]
        read = standing.result.at if standing.result is not None else None
        at = self.chart.short(read) if read is not None else ""
        word = self.text(f"verifypage.skin.{standing.gate.value}")
        return Cell(word, second=at, tone=tone, icon=icon)

    def _notes(self, one: Awaiting, state: VerifyingState) -> Cell:
        """What speaks against it; else who else must look, and how it ended."""
        wrong = [self.desk.languages.render(message) for message in state.obstacles(one)]
        passed = passed_lines(self.chart, one.order.overrides) if one.wait is Wait.NEW else ()
        said = [*wrong, *self._besides(one), *passed]
        if not said:
            return Cell()
        first, rest = said[0], "\n".join(said[1:])
        if wrong:
            return Cell(first, second=rest, tone=Tone.DANGER, icon="octagon-alert")
        if one.wait is Wait.NEW:
            icon = "triangle-alert" if one.second is Second.NOT_NEEDED else "users"
            return Cell(first, second=rest, tone=Tone.CAUTION, icon=icon)
        return Cell(first, second=rest)

    def _besides(self, one: Awaiting) -> list[str]:
        order, chart = one.order, self.chart
        if one.wait is Wait.NEW:
            return [] if one.second is Second.NOT_NEEDED else [self._second(one.second)]
        if one.wait is Wait.HELD:
            at, reason = chart.short(order.held_at), self._reason(order, order.hold_reason)
            return [self.text("verifypage.held", at=at, reason=reason)]
        if one.wait is Wait.RESUMED:
            return []
        at, reason = chart.short(order.stopped_at), self._reason(order, order.stop_reason)
        return [self.text("verifypage.ended", at=at, reason=reason)]

    def _reason(self, order: Order, recorded: str) -> str:
        """In the reader's language, where the reason was a coded one."""
        return reason_in(self.chart.language, order.why, recorded) or DASH

    def _second(self, second: Second) -> str:
        return self.text(f"verifypage.second.{second.value}")

    # -- above the list

    def counts(self, state: VerifyingState) -> str:
        """How much waits, exactly."""
        changed = (Wait.HELD, Wait.RESUMED)
        return self.text(
            "verifypage.counts",
            all=len(state.lines),
            new=state.count(Wait.NEW),
            stopped=state.count(*_ENDED),
            changed=state.count(*changed),
        )

    def caution(self, state: VerifyingState) -> str:
        """What is not known of this ward, and what became of marks; "" for nothing."""
        waiting, said = state.waiting, []
        said += [self.desk.languages.render(message) for message in state.of_the_batch]
        if state.lost:
            said.append(self.text("verifypage.lost", count=state.lost))
        if waiting is not None and waiting.as_of is None:
            said.append(self.text("verifypage.census"))
        if waiting is not None and waiting.partial:
            names = self.text("verifypage.between").join(map(self.who, waiting.partial))
            count = len(waiting.partial)
            said.append(self.text("verifypage.partial", count=count, names=names))
        return "\n".join(said)

    def empty(self, state: VerifyingState) -> str:
        waiting = state.waiting
        if waiting is None:
            return self.text("verifypage.empty.no-ward")
        whole = waiting.as_of is not None and not waiting.partial
        return self.text("verifypage.empty" if whole else "verifypage.empty.known")
