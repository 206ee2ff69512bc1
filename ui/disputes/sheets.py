"""The sheets of a decision: why, and who else agrees."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.disputes import Discarding, Way
from resources.styles.tokens import Tone
from ui.disputes.presenter import Witnessed
from ui.disputes.state import Case
from ui.disputes.words import DisputeWords
from ui.runtime.desk import Desk
from ui.runtime.why_sheet import Asking, WhySheet
from widgets.form import FieldSpec


def _asking(desk: Desk, kind: str, said: tuple[str, ...], tone: Tone) -> Asking:
    text = desk.languages.text
    return Asking(
        "decision",
        text(f"dispute.{kind}.title"),
        said,
        text("dispute.reason"),
        text("dispute.back"),
        text(f"dispute.{kind}"),
        tone,
    )


class KeepSheet(WhySheet):
    """Asks why my version counts, with theirs on the screen behind.

    Signals:
        decided: The case, and the reason as typed.
    """

    decided = Signal(object, str)

    def __init__(self, desk: Desk, over: QWidget, case: Case) -> None:
        said = (desk.languages.text("dispute.keep.text"),)
        super().__init__(desk, over, _asking(desk, "keep", said, Tone.ACT))
        self._case = case

    def go_on(self) -> None:
        self.decided.emit(self._case, self.why)


class ReportSheet(WhySheet):
    """Asks for the report that ends a dose given twice, with both on the screen behind.

    Signals:
        decided: The case, and the report as typed.
    """

    decided = Signal(object, str)

    def __init__(self, desk: Desk, over: QWidget, case: Case) -> None:
        said = (desk.languages.text("dispute.report.text"),)
        super().__init__(desk, over, _asking(desk, "report", said, Tone.ACT))
        self._case = case

    def go_on(self) -> None:
        self.decided.emit(self._case, self.why)


class TakeBackSheet(WhySheet):
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
        said = (text(f"dispute.{kind}.text"), words.going(shown))
        super().__init__(desk, over, _asking(desk, kind, said, Tone.DANGER))
        self._case = case
        self._way = way
        self._shown = shown
        self._who = QLineEdit()
        self._passphrase = QLineEdit()
        self._passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        if shown.high_risk:
            self.form.add_group(text("dispute.witness"))
            self.form.add(FieldSpec("who", text("dispute.witness.name"), required=True), self._who)
            self.form.add(
                FieldSpec("passphrase", text("dispute.witness.passphrase"), required=True),
                self._passphrase,
            )
            self._who.textChanged.connect(self.weigh)
            self._passphrase.textChanged.connect(self.weigh)

    def weigh(self) -> None:
        agreed = bool(self._who.text().strip() and self._passphrase.text())
        self.make_ready("go", ready=bool(self.why) and (agreed or not self._shown.high_risk))

    def go_on(self) -> None:
        witnessed = Witnessed(self._who.text().strip(), self._passphrase.text())
        if self._way is None:
            self.decided.emit(self._case, self._shown, self.why, witnessed)
        else:
            self.ordered.emit(self._case, self._way, self._shown, self.why, witnessed)
