"""The sheets of verifying: who checks with me, and what the skin showed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.skin_tests import Reaction
from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, Sheet
from ui.verifying.presenter import Checker
from ui.verifying.state import Line, Marks
from ui.verifying.words import VerifyingWords
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel
from widgets.naming import named

_NAMED = 6
"""So many orders are named on the sheet; the rest is counted."""


class _SecondForm(Form):
    """Asks a colleague for their user name and passphrase.

    Signals:
        typed: Something was typed.
    """

    typed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.look, "second")
        text = desk.languages.text
        self._who = QLineEdit()
        self._passphrase = QLineEdit()
        self._passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.add(FieldSpec("who", text("verifypage.second.name"), required=True), self._who)
        label = text("verifypage.second.passphrase")
        self.add(FieldSpec("passphrase", label, required=True), self._passphrase)
        self._who.textChanged.connect(self._tell)
        self._passphrase.textChanged.connect(self._tell)

    @property
    def checker(self) -> Checker | None:
        """Who was typed; None until both fields are filled."""
        who, passphrase = self._who.text().strip(), self._passphrase.text()
        return Checker(who, passphrase) if who and passphrase else None

    def _tell(self) -> None:
        self.typed.emit()


class CheckSheet(Sheet):
    """Names what a second person checks, and asks who they are.

    Signals:
        decided: The orders of the batch, and the checker.
    """

    decided = Signal(object, object)

    def __init__(self, desk: Desk, over: QWidget, marks: Marks, to_check: tuple[Line, ...]) -> None:
        text, words = desk.languages.text, VerifyingWords(desk)
        choices = (
            Choice("back", text("verifypage.back")),
            Choice("go", text("verifypage.check.go", count=len(marks)), Tone.ACT, ready=False),
        )
        super().__init__(desk.look, over, text("verifypage.check.title"), choices)
        self._marks = marks
        said = text("verifypage.check.text", count=len(to_check), of=len(marks))
        lines = [words.line(one) for one in to_check[:_NAMED]]
        if len(to_check) > _NAMED:
            lines.append(text("verifypage.check.more", count=len(to_check) - _NAMED))
        self.put(named(WrapLabel(said), "check.text"))
        self.put(named(WrapLabel("\n".join(lines)), "check.orders"))
        self._form = _SecondForm(desk)
        self._form.typed.connect(self._weigh)
        self.put(self._form)
        self.answered.connect(self._done)

    def _weigh(self) -> None:
        self.make_ready("go", ready=self._form.checker is not None)

    def _done(self, key: str) -> None:
        if key == "go":
            self.decided.emit(self._marks, self._form.checker)


class ReadingSheet(Sheet):
    """Asks what the skin showed; the way to (+) opens once its second reader is named.

    Signals:
        decided: The line, what the skin showed, and the second reader or None.
    """

    decided = Signal(object, object, object)

    def __init__(self, desk: Desk, over: QWidget, line: Line, *, two_read_positive: bool) -> None:
        text, words = desk.languages.text, VerifyingWords(desk)
        ready = not two_read_positive
        choices = (
            Choice("back", text("verifypage.back")),
            Choice("negative", text("verifypage.reading.negative"), Tone.ACT),
            Choice("positive", text("verifypage.reading.positive"), Tone.DANGER, ready=ready),
        )
        super().__init__(desk.look, over, text("verifypage.reading.title"), choices)
        self._line = line
        self._two = two_read_positive
        self.put(named(WrapLabel(words.line(line)), "reading.order"))
        self._form = _SecondForm(desk)
        self._form.typed.connect(self._weigh)
        if two_read_positive:
            self.put(named(WrapLabel(text("verifypage.reading.two")), "reading.two"))
            self.put(self._form)
        self.answered.connect(self._done)

    def _weigh(self) -> None:
        if self._two:
            self.make_ready("positive", ready=self._form.checker is not None)

    def _done(self, key: str) -> None:
        if key == "negative":
            self.decided.emit(self._line, Reaction.NEGATIVE, self._form.checker)
        elif key == "positive":
            self.decided.emit(self._line, Reaction.POSITIVE, self._form.checker)
