"""The ward board: who lies where, and what waits for them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.faults import Fault
from ui.runtime.desk import Desk
from ui.runtime.page import Page
from ui.ward.state import WardState
from ui.ward.words import WardWords
from widgets.labels import Caption, Title
from widgets.naming import named
from widgets.segmented import Segment, Segmented
from widgets.state_stack import StateStack
from widgets.table import Table


class WardPage(Page):
    """Draws a `WardState`.

    Signals:
        ward_chosen: The id of the ward to look at.
        opened: The key of the row the user opened.
        marked: The key of the row the user marked.
        retry_requested: The user asked to read again.
    """

    ward_chosen = Signal(str)
    opened = Signal(str)
    marked = Signal(str)
    retry_requested = Signal()

    def __init__(self, desk: Desk, *, own_list: bool) -> None:
        super().__init__(desk, "mine" if own_list else "ward")
        self._own_list = own_list
        self._state: WardState | None = None
        self._words = WardWords(desk)
        self._title = named(Title(), self.part("title"))
        self._as_of = named(Caption(), self.part("as_of"))
        self._wards = Segmented(desk.look, self.part("wards"))
        self._table = Table(desk.look, self._words.spec(own_list=own_list))
        self._stack = StateStack(desk.look, self.part("states"), self._table)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addWidget(self._as_of)
        head.addStretch(1)
        head.addWidget(self._wards)
        column = QVBoxLayout(self)
        pad = desk.look.theme.px("pad")
        column.setContentsMargins(pad, pad, pad, 0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        self._wards.setVisible(not own_list)
        self._wards.chosen.connect(self.ward_chosen)
        self._table.opened.connect(self.opened)
        self._stack.retry_requested.connect(self.retry_requested)

    def show_state(self, state: WardState) -> None:
        """Show the board, or why there is none."""
        self._state = state
        seen, text = state.seen, self.text
        self._title.setText(self._heading(state))
        if seen is None:
            if state.fault is not None:
                self.show_fault(state.fault)
            else:
                self._stack.show_loading()
            return
        language = self.desk.languages.language
        current = seen.ward.id if seen.ward is not None else ""
        segments = tuple(Segment(w.id, w.name.shown(language)) for w in seen.wards)
        self._wards.show_segments(segments, current)
        known = seen.as_of is not None
        self._as_of.setText(
            text("ward.as_of", at=self.desk.formats.moment(seen.as_of)) if known else ""
        )
        if not state.rows:
            self._stack.show_empty(text("ward.nobody" if known else "ward.never"))
            return
        self._table.show_rows(self._words.rows(state))
        self._stack.show_content()

    def show_fault(self, fault: Fault) -> None:
        """Say what happened and what is safe."""
        said = self.desk.languages.render(fault.message)
        self._stack.show_failed(said, self.text("ward.failed.safe"))

    def retranslate(self) -> None:
        super().retranslate()
        if self._state is not None:
            self._table.respell(self._words.spec(own_list=self._own_list))
            self.show_state(self._state)

    def _heading(self, state: WardState) -> str:
        if self._own_list or state.seen is None or state.seen.ward is None:
            return self.text("workspace.mine" if self._own_list else "workspace.ward")
        return state.seen.ward.name.shown(self.desk.languages.language)

    def _first(self) -> QWidget:
        return self._table
