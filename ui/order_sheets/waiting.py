"""Asks whether the last run came out, page by page, until somebody has said so."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.sheet_runs import RunId
from resources.styles.tokens import Tone
from ui.order_sheets.state import SheetState
from ui.runtime.desk import Desk
from widgets.buttons import KeyButton
from widgets.flow_layout import FlowLayout
from widgets.labels import WrapLabel, reveal
from widgets.naming import named


class WaitingPanel(QFrame):
    """Shows the question, or takes no room at all.

    Signals:
        answered: Numbers of the pages that are on paper, a tuple; empty when none is.
    """

    answered = Signal(object)

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("part", "card")
        self._desk = desk
        self._run: RunId | None = None
        self._busy = False
        self._pages: dict[int, QCheckBox] = {}
        self._question = named(WrapLabel(), f"{name}.question")
        self._hint = named(WrapLabel(), f"{name}.hint")
        self._hint.setProperty("role", "caption")
        self._yes = named(KeyButton("yes"), f"{name}.yes")
        self._no = named(KeyButton("no"), f"{name}.no")
        self._yes.claim(Tone.ACT)
        self._question.claim(Tone.CAUTION)
        theme = desk.look.theme
        self._boxes = FlowLayout(gap=theme.px("pad"))
        answers = QHBoxLayout()
        answers.setSpacing(theme.px("gap"))
        answers.addWidget(self._yes)
        answers.addWidget(self._no)
        answers.addWidget(self._hint, 1)
        column = QVBoxLayout(self)
        pad = theme.px("pad")
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(theme.px("gap"))
        column.addWidget(self._question)
        column.addLayout(self._boxes)
        column.addLayout(answers)
        self._yes.clicked.connect(self._say_yes)
        self._no.clicked.connect(self._say_no)
        self.hide()

    def show_waiting(self, state: SheetState) -> None:
        run = state.waiting
        if run is None:
            self._run = None
            self.hide()
            return
        text = self._desk.languages.text
        at = self._desk.formats.moment(run.at)
        self._question.setText(text("order_sheet.waiting", at=at, name=run.by_name))
        self._hint.setText(text("order_sheet.waiting.hint"))
        self._yes.setText(text("order_sheet.waiting.yes"))
        self._no.setText(text("order_sheet.waiting.no"))
        if run.id != self._run:
            self._run = run.id
            self._offer(run.printed)
        for number, box in self._pages.items():
            box.setText(text("order_sheet.page", number=number))
        self._busy = state.busy
        self._weigh()
        self.setAccessibleName(self._question.text())
        reveal(self)

    def _offer(self, numbers: tuple[int, ...]) -> None:
        """One page needs no box: yes and no say it."""
        for box in self._pages.values():
            self._boxes.removeWidget(box)
            box.deleteLater()
        self._pages = {}
        for number in numbers:
            box = named(QCheckBox(), f"{self.objectName()}.page.{number}")
            box.setChecked(True)
            box.setVisible(len(numbers) > 1)
            box.toggled.connect(self._weigh)
            self._boxes.addWidget(box)
            before = self._yes.previousInFocusChain()
            if before is not None:  # Tab visits the boxes before the answers, as they are read
                QWidget.setTabOrder(before, box)
            self._pages[number] = box

    def _weigh(self) -> None:
        some = any(box.isChecked() for box in self._pages.values())
        self._yes.setEnabled(some and not self._busy)
        self._no.setEnabled(not self._busy)

    def _say_yes(self) -> None:
        chosen = tuple(number for number, box in self._pages.items() if box.isChecked())
        self.answered.emit(chosen)

    def _say_no(self) -> None:
        self.answered.emit(())
