"""The sheets of a decision: why, and who else agrees."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from app.domain.disputes import Discarding, Way
from resources.styles.tokens import Tone
from ui.disputes.presenter import Witnessed
from ui.disputes.state import Case
from ui.disputes.words import DisputeWords
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, Sheet
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel
from widgets.naming import named


class _WhySheet(Sheet):
    """A reason that somebody will read later; the way forward opens once there is one."""

    def __init__(
        self, desk: Desk, over: QWidget, kind: str, said: tuple[str, ...], tone: Tone
    ) -> None:
        text = desk.languages.text
        choices = (
            Choice("back", text("dispute.back")),
            Choice("go", text(f"dispute.{kind}"), tone, ready=False),
        )
        super().__init__(desk.look, over, text(f"dispute.{kind}.title"), choices)
        self._reason = QPlainTextEdit()
        self._reason.setTabChangesFocus(True)
        self._reason.setFixedHeight(2 * desk.look.theme.row)
        self._reason.textChanged.connect(self._weigh)
        self._form = Form(desk.look, "decision")
        self._form.add(FieldSpec("reason", text("dispute.reason"), required=True), self._reason)
        for place, one in enumerate(said):
            self.put(named(WrapLabel(one), f"decision.text.{place}"))
        self.put(self._form)

    @property
    def _why(self) -> str:
        return self._reason.toPlainText().strip()

    def _weigh(self) -> None:
        self.make_ready("go", ready=bool(self._why))


class KeepSheet(_WhySheet):
    """Asks why my version counts, with theirs on the screen behind.

    Signals:
        decided: The case, and the reason as typed.
    """

    decided = Signal(object, str)

    def __init__(self, desk: Desk, over: QWidget, case: Case) -> None:
        super().__init__(desk, over, "keep", (desk.languages.text("dispute.keep.text"),), Tone.ACT)
        self._case = case
        self.answered.connect(self._done)

    def _done(self, key: str) -> None:
        if key == "go":
            self.decided.emit(self._case, self._why)


class ReportSheet(_WhySheet):
    """Asks for the report that ends a dose given twice, with both on the screen behind.

    Signals:
        decided: The case, and the report as typed.
    """

    decided = Signal(object, str)

    def __init__(self, desk: Desk, over: QWidget, case: Case) -> None:
        said = (desk.languages.text("dispute.report.text"),)
        super().__init__(desk, over, "report", said, Tone.ACT)
        self._case = case
        self.answered.connect(self._done)

    def _done(self, key: str) -> None:
        if key == "go":
            self.decided.emit(self._case, self._why)


class TakeBackSheet(_WhySheet):
    """Names what goes, asks why, and for what can harm asks a second person.

    With a way, mine is ordered anew in the same step.

    Signals:
        decided: The case, what was shown, the reason, and who agreed.
        ordered: The same with the way, for an order that is written anew.
    """

    decided = Signal(object, object, str, object)
    ordered = Signal(object, object, object, str, object)

    def __init__(
        self, desk: Desk, over: QWidget, case: Case, shown: Discarding, way: Way | None = None
    ) -> None:
        text, words = desk.languages.text, DisputeWords(desk)
        kind = "take_back" if way is None else way.value
        super().__init__(
            desk, over, kind, (text(f"dispute.{kind}.text"), words.going(shown)), Tone.DANGER
        )
        self._case = case
        self._way = way
        self._shown = shown
        self._who = QLineEdit()
        self._passphrase = QLineEdit()
        self._passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        if shown.high_risk:
            self._form.add_group(text("dispute.witness"))
            self._form.add(FieldSpec("who", text("dispute.witness.name"), required=True), self._who)
            self._form.add(
                FieldSpec("passphrase", text("dispute.witness.passphrase"), required=True),
                self._passphrase,
            )
            self._who.textChanged.connect(self._weigh)
            self._passphrase.textChanged.connect(self._weigh)
        self.answered.connect(self._done)

    def _weigh(self) -> None:
        agreed = bool(self._who.text().strip() and self._passphrase.text())
        self.make_ready("go", ready=bool(self._why) and (agreed or not self._shown.high_risk))

    def _done(self, key: str) -> None:
        if key == "go":
            witnessed = Witnessed(self._who.text().strip(), self._passphrase.text())
            if self._way is None:
                self.decided.emit(self._case, self._shown, self._why, witnessed)
            else:
                self.ordered.emit(self._case, self._way, self._shown, self._why, witnessed)
