"""How critical values are worded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain.critical_values import CriticalValue, Stage, written
from app.domain.people import Role
from app.domain.terms import Named
from resources.catalogue import Parameter
from resources.styles.tokens import Tone
from ui.critical.state import CriticalState
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.formats import DASH
from widgets.table_values import Cell, Column, Row, TableSpec

_MINUTE = timedelta(minutes=1)
_STAGES: Final = {
    Stage.READ_BACK: (Tone.DANGER, "message-square"),
    Stage.PHYSICIAN: (Tone.CAUTION, "user"),
    Stage.DONE: (Tone.GOOD, "check"),
}


@dataclass(frozen=True, slots=True)
class CriticalWords:
    """Words of one desk."""

    desk: Desk

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.desk.languages.text(code, **parameters)

    def spec(self) -> TableSpec:
        text = self.text
        columns = (
            Column("bed", text("criticalpage.column.bed"), 74, fixed=True, sorts=False),
            Column(
                "patient",
                text("criticalpage.column.patient"),
                140,
                fixed=True,
                sorts=False,
                wraps=True,
            ),
            Column(
                "value", text("criticalpage.column.value"), 200, fixed=True, sorts=False, wraps=True
            ),
            Column("stage", text("criticalpage.column.stage"), 150, sorts=False, wraps=True),
            Column("left", text("criticalpage.column.left"), 160, sorts=False, wraps=True),
            Column("heard", text("criticalpage.column.heard"), 180, sorts=False, wraps=True),
            Column(
                "asked",
                text("criticalpage.column.asked"),
                180,
                sorts=False,
                wraps=True,
                stretches=True,
            ),
        )
        return TableSpec("critical.list", text("workspace.critical"), columns)

    def rows(self, state: CriticalState) -> tuple[Row, ...]:
        return tuple(self._row(one, state) for one in state.values)

    def _row(self, found: CriticalValue, state: CriticalState) -> Row:
        tone, icon = _STAGES[found.stage]
        word = self.text(f"criticalpage.stage.{found.stage.value}")
        local = self.text("criticalpage.unsent") if found.unsent else ""
        overdue = found.is_overdue(state.rules, state.now)
        edge = Tone.DANGER if overdue else Tone.LOCAL if found.unsent else Tone.PLAIN
        cells = (
            Cell(found.stay.bed or DASH),
            self._patient(found),
            self._value(found),
            Cell(word, second=local, tone=tone, icon=icon),
            self._left(found, state),
            self._heard(found),
            self._asked(found),
        )
        return Row(found.ref, cells, tone=edge, faded=found.stage is Stage.DONE)

    def name(self, found: CriticalValue) -> str:
        """The patient, in the reader's language where both are known."""
        patient = found.patient
        return Named(patient.name, patient.english).shown(self.desk.languages.language)

    def _patient(self, found: CriticalValue) -> Cell:
        return Cell(self.name(found), second=found.patient.record_number or DASH, strong=True)

    def value(self, found: CriticalValue) -> str:
        """What was found, as it is read aloud."""
        return f"{ChartWords(self.desk).term(found.observed.term)} {written(found.observed.value)}"

    def _value(self, found: CriticalValue) -> Cell:
        at = self.desk.formats.moment(found.known_since) if found.known_since else ""
        told = (
            self.text("criticalpage.reported", at=at) if at else self.text("criticalpage.no-time")
        )
        if not found.flagged:
            told = "\n".join((told, self.text("criticalpage.unflagged")))
        return Cell(
            self.value(found), second=told, strong=True, tone=Tone.DANGER, icon="octagon-alert"
        )

    def _left(self, found: CriticalValue, state: CriticalState) -> Cell:
        if found.acknowledged is not None:
            at = self.desk.formats.moment(found.acknowledged.at)
            said = self.text("criticalpage.noted", at=at)
            return Cell(said, second=found.acknowledged.by)
        due = found.due(state.rules)
        if due is None:
            return Cell(self.text("criticalpage.no-limit"), tone=Tone.DANGER, icon="timer")
        if found.is_overdue(state.rules, state.now):
            said = self.text("criticalpage.over", time=self._span(state.now, due))
            return Cell(said, tone=Tone.DANGER, icon="timer", strong=True)
        said = self.text("criticalpage.left", time=self._span(due, state.now))
        return Cell(said, second=self.desk.formats.time(due), tone=Tone.CAUTION, icon="timer")

    def _span(self, later: datetime, earlier: datetime) -> str:
        """Whole minutes begun; hours where there are some."""
        minutes = -((earlier - later) // _MINUTE)
        if minutes < 60:
            return self.text("criticalpage.minutes", count=minutes)
        return self.text("criticalpage.hours", hours=minutes // 60, minutes=minutes % 60)

    def _heard(self, found: CriticalValue) -> Cell:
        heard = found.read_back
        if heard is None:
            return Cell(DASH, hover=self.text("criticalpage.not-heard"))
        at = self.desk.formats.moment(heard.at)
        second = self.text("criticalpage.heard", reporter=heard.reporter, by=heard.by, at=at)
        return Cell(heard.heard, second=second)

    def _asked(self, found: CriticalValue) -> Cell:
        if not found.escalations:
            return Cell(DASH, hover=self.text("criticalpage.nobody-asked"))
        said = [
            self.text(
                "criticalpage.asked",
                role=self.role(one.role),
                at=self.desk.formats.moment(one.at) if one.at else DASH,
            )
            for one in found.escalations
        ]
        return Cell(said[0], second="\n".join(said[1:]), icon="arrow-up")

    def role(self, role: Role | str) -> str:
        """A role in words; what this program does not know is shown as recorded."""
        known = {one.value for one in Role}
        value = role.value if isinstance(role, Role) else role
        return self.text(f"role.{value}") if value in known else value

    def counts(self, state: CriticalState) -> str:
        return self.text(
            "criticalpage.counts",
            open=state.count(Stage.READ_BACK, Stage.PHYSICIAN),
            overdue=state.overdue,
            done=state.count(Stage.DONE),
        )

    def caution(self, state: CriticalState) -> str:
        """What is not known of this ward; "" for nothing."""
        found = state.seen.found if state.seen is not None else None
        return self.text("criticalpage.census") if found is not None and found.as_of is None else ""

    def empty(self, state: CriticalState) -> str:
        found = state.seen.found if state.seen is not None else None
        if found is None:
            return self.text("criticalpage.empty.no-ward")
        return self.text("criticalpage.empty" if found.as_of else "criticalpage.empty.known")
