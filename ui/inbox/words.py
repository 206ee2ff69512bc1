"""How tasks and messages are worded."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.chart import WorkItem
from resources.catalogue import Parameter
from resources.styles.tokens import Tone
from ui.inbox.state import InboxState
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.formats import DASH
from widgets.table_values import Cell, Column, Row, TableSpec


@dataclass(frozen=True, slots=True)
class InboxWords:
    """Words of one desk."""

    desk: Desk

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.desk.languages.text(code, **parameters)

    def kind(self, item: WorkItem) -> str:
        if item.kind != "task":
            return self.text("inbox.kind.message")
        if item.code and self.desk.languages.catalogue.has(f"inbox.task.{item.code}"):
            return self.text(f"inbox.task.{item.code}")
        return self.text("inbox.kind.task")

    def title(self, item: WorkItem) -> str:
        """Its own words; where a task has none, what kind it is: a code is not for the eye."""
        own = "" if item.title == item.code else item.title
        if own or item.body:
            return own or item.body
        return self.kind(item) if item.kind == "task" else self.text("inbox.no_title")

    def patient(self, item: WorkItem) -> str:
        if item.patient is None:
            return self.text("inbox.no_patient")
        return item.patient_name or self.text("inbox.patient_unknown")

    def whose(self, item: WorkItem) -> str:
        """For whom it is: a person, or everybody in a role."""
        if item.owner_name:
            return item.owner_name
        if item.owner_role and self.desk.languages.catalogue.has(f"role.{item.owner_role}"):
            return self.text(f"role.{item.owner_role}")
        return DASH

    def due(self, item: WorkItem, state: InboxState) -> str:
        if item.due_at is None:
            return self.text("inbox.no_due")
        at = self.desk.formats.moment(item.due_at)
        return self.text("inbox.overdue", at=at) if state.overdue(item) else at

    def spec(self) -> TableSpec:
        columns = (
            Column("urgent", self.text("inbox.column.urgent"), 84),
            Column("kind", self.text("inbox.column.kind"), 128, wraps=True),
            Column("title", self.text("inbox.column.title"), 200, wraps=True, stretches=True),
            Column("patient", self.text("inbox.column.patient"), 104, wraps=True, fixed=True),
            Column("from", self.text("inbox.column.from"), 96, wraps=True),
            Column("due", self.text("inbox.column.due"), 152),
        )
        return TableSpec("inbox.table", self.text("workspace.inbox"), columns)

    def rows(self, state: InboxState) -> tuple[Row, ...]:
        return tuple(self._row(place, item, state) for place, item in enumerate(state.listed))

    def _row(self, place: int, item: WorkItem, state: InboxState) -> Row:
        unsent = ChartWords(self.desk).unsent(item.unsent)
        overdue = state.overdue(item)
        icon = "clipboard-list" if item.kind == "task" else "message-square"
        return Row(
            item.id,
            (
                self._urgent(place, item),
                Cell(self.kind(item), icon=icon),
                Cell(
                    self.title(item),
                    second=unsent,
                    tone=Tone.LOCAL if unsent else Tone.PLAIN,
                    icon="hard-drive" if unsent else "",
                    strong=item.urgent,
                ),
                Cell(self.patient(item), tone=Tone.PLAIN if item.patient else Tone.UNKNOWN),
                Cell(item.from_name or DASH, hover=self._since(item, state)),
                Cell(
                    self.desk.formats.moment(item.due_at) if item.due_at else self.due(item, state),
                    second=self.text("inbox.is_overdue") if overdue else "",
                    tone=_due_tone(item, overdue=overdue),
                    icon="clock" if overdue else "",
                    hover=self.desk.formats.ago(item.due_at, state.now) if item.due_at else "",
                    order=item.due_at.timestamp() if item.due_at else None,
                ),
            ),
            tone=Tone.LOCAL if unsent else Tone.CAUTION if item.urgent else Tone.PLAIN,
            finds=f"{item.body} {self.whose(item)}",
        )

    def _urgent(self, place: int, item: WorkItem) -> Cell:
        if not item.urgent:
            return Cell(order=place)
        word = self.text("inbox.urgent")
        return Cell(word, tone=Tone.CAUTION, icon="bell", badge=True, order=place)

    def _since(self, item: WorkItem, state: InboxState) -> str:
        if item.authored_at is None:
            return ""
        at = self.desk.formats.moment(item.authored_at)
        return self.text(
            "inbox.since", at=at, ago=self.desk.formats.ago(item.authored_at, state.now)
        )

    def details(self, item: WorkItem, state: InboxState) -> tuple[tuple[str, str], ...]:
        """What stands beside the list: every fact with its label."""
        facts = [
            (self.text("inbox.column.kind"), self.kind(item)),
            (self.text("inbox.column.patient"), self.patient(item)),
            (self.text("inbox.column.from"), item.from_name or DASH),
            (self.text("inbox.for"), self.whose(item)),
            (self.text("inbox.written"), self._since(item, state) or DASH),
            (self.text("inbox.column.due"), self.due(item, state)),
        ]
        unsent = ChartWords(self.desk).unsent(item.unsent)
        if unsent:
            facts.append((self.text("inbox.sending"), unsent))
        return tuple(facts)


def _due_tone(item: WorkItem, *, overdue: bool) -> Tone:
    if item.due_at is None:
        return Tone.UNKNOWN
    return Tone.CAUTION if overdue else Tone.PLAIN
