"""Every list stands as its user left it, and can be taken away as CSV."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog

from app.domain.people import Session
from app.domain.terms import PatientId
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Ok, Result
from app.kernel.tasks import TaskScope
from app.ports.keeping import People
from app.services.list_saving import ListCopy
from resources.styles.tokens import Tone
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.page import Page
from ui.shell.parts import SaveList
from widgets.banner_line import Notice
from widgets.table import Table
from widgets.table_values import ColumnState

_PAUSE_MS = 400
"""Columns are written down when the hand has come to rest."""


@dataclass(frozen=True, slots=True)
class TableKeeping:
    """What the tables of a window need beyond the desk.

    Attributes:
        save: Writes a list to a file, on the access audit.
        session: The session of the moment.
        say: Shows a notice over the page.
    """

    desk: Desk
    people: People
    save: SaveList
    session: Callable[[], Session]
    clock: Clock
    say: Callable[[str, Notice], None]

    def attended(self, page: Page, patient: PatientId | None = None) -> Page:
        """Let the tables of `page` stand as this person left them; returns the page."""
        page.keep(_PageTables(self, page, patient))
        return page


class _PageTables:
    """The tables of one page; the page owns and closes it."""

    def __init__(self, means: TableKeeping, page: Page, patient: PatientId | None) -> None:
        self._tasks = means.desk.scope()
        tables = page.findChildren(Table)
        self._kept = [_KeptTable(means, self._tasks, table, patient) for table in tables]

    def close(self) -> None:
        """Write down what the hand has just left, and forget what is still being read."""
        for kept in self._kept:
            kept.settle()
        self._tasks.close()


class _KeptTable(QObject):
    """One table."""

    def __init__(
        self, means: TableKeeping, tasks: TaskScope, table: Table, patient: PatientId | None
    ) -> None:
        super().__init__(table)
        self._means = means
        self._tasks = tasks
        self._table = table
        self._patient = patient
        self._name = f"columns.{table.objectName()}"
        self._touched = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_PAUSE_MS)
        self._rest.timeout.connect(self._remember)
        table.columns_changed.connect(self._touch)
        table.csv_requested.connect(self._ask_where)
        who, people, name = means.session().clinician.id, means.people, self._name
        tasks.read(lambda _: people.preference(who, name), self._on_recalled)

    def settle(self) -> None:
        """Do not wait for the hand any longer."""
        if self._rest.isActive():
            self._rest.stop()
            self._remember()

    def _on_recalled(self, result: Result[str | None]) -> None:
        """What a person has moved meanwhile stays; what nobody has moved stays as delivered."""
        if isinstance(result, Ok) and result.value and not self._touched:
            self._table.restore_columns(columns_from(result.value))

    def _touch(self) -> None:
        self._touched = True
        self._rest.start()

    def _remember(self) -> None:
        who, kept = self._means.session().clinician.id, columns_as(self._table.column_states())
        people, name = self._means.people, self._name
        self._tasks.write(lambda: people.remember(who, name, kept), _done)

    def _ask_where(self) -> None:
        """The name that is offered says which list it is and when, and nothing about patients."""
        desk = self._means.desk
        moment = desk.formats.local(self._means.clock.now()).strftime("%Y%m%d-%H%M")
        dialog = QFileDialog(self._table.window())
        dialog.setObjectName("save_list")
        dialog.setWindowTitle(desk.languages.text("list.where"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("CSV (*.csv)")
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"{self._table.objectName()}-{moment}.csv")
        dialog.fileSelected.connect(self._save)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _save(self, file: str) -> None:
        """The rows as they are shown now: filtered, sorted, with their headings."""
        copy = ListCopy(self._table.objectName(), self._table.as_csv(), self._patient)
        session, save = self._means.session(), self._means.save
        self._tasks.write(lambda: save(session, copy, Path(file)), self._on_saved)

    def _on_saved(self, result: Result[None]) -> None:
        desk = self._means.desk
        if isinstance(result, Failed):
            self._means.say("list", Notice(ChartWords(desk).fault(result.fault), Tone.CAUTION))
            return
        self._means.say("list", Notice(desk.languages.text("list.saved"), Tone.CAUTION))


def columns_as(states: tuple[ColumnState, ...]) -> str:
    """Columns as they are remembered for one person."""
    return json.dumps([[state.key, state.width, state.shown] for state in states])


def columns_from(kept: str) -> tuple[ColumnState, ...]:
    """Columns as they were remembered."""
    return tuple(ColumnState(key, width, shown) for key, width, shown in json.loads(kept))


def _done(result: object) -> None:
    """What came of it is in the log; the columns stand as they were put."""
    del result
