"""The sheets of critical values: what was repeated to whom, and who shall be asked."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.domain.critical_values import CriticalValue, heard_right
from app.domain.people import Role
from resources.styles.tokens import Tone
from ui.critical.words import CriticalWords
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, Sheet
from ui.runtime.why_sheet import Asking, WhySheet
from widgets.choices import offer
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel, paint_tone
from widgets.naming import named


class ReadBackSheet(Sheet):
    """Asks for the value as it was repeated; it opens the way only when it is the same.

    The value itself is not on the sheet's fields: whoever repeats it must have heard it.

    Signals:
        repeated: The value, as repeated, and who reported it.
    """

    repeated = Signal(object, str, str)

    def __init__(self, desk: Desk, over: QWidget, found: CriticalValue) -> None:
        text, words = desk.languages.text, CriticalWords(desk)
        choices = (
            Choice("back", text("criticalpage.back")),
            Choice("go", text("criticalpage.read-back.go"), Tone.ACT, ready=False),
        )
        super().__init__(desk.look, over, text("criticalpage.read-back.title"), choices)
        self._found = found
        name = words.name(found)
        said = text("criticalpage.read-back.text", bed=found.stay.bed, name=name)
        self.put(named(WrapLabel(said), "readback.text"))
        self._heard, self._reporter = QLineEdit(), QLineEdit()
        form = Form(desk.look, "readback")
        form.add(
            FieldSpec("heard", text("criticalpage.read-back.heard"), required=True), self._heard
        )
        label = text("criticalpage.read-back.reporter")
        form.add(FieldSpec("reporter", label, required=True), self._reporter)
        self.put(form)
        self._other = named(WrapLabel(text("criticalpage.read-back.other")), "readback.other")
        paint_tone(self._other, Tone.DANGER)
        # Its room is kept: what appears later would press the fields together.
        policy = self._other.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._other.setSizePolicy(policy)
        self._other.hide()
        self.put(self._other)
        self._heard.textChanged.connect(self._weigh)
        self._heard.editingFinished.connect(self._compare)
        self._reporter.textChanged.connect(self._weigh)
        self._reporter.textChanged.connect(self._compare)
        self._reporter.returnPressed.connect(self._enter)
        self.answered.connect(self._done)

    def open(self) -> None:
        """Show it; what is typed next is the value."""
        super().open()
        self._heard.setFocus()

    def _right(self) -> bool:
        return heard_right(self._found.observed.value, self._heard.text())

    def _weigh(self) -> None:
        if self._right():
            self._other.hide()
        self.make_ready("go", ready=self._right() and bool(self._reporter.text().strip()))

    def _compare(self) -> None:
        """Said once it is typed whole and the next is begun, not at every key."""
        self._other.setVisible(bool(self._heard.text().strip()) and not self._right())

    def _enter(self) -> None:
        if self._right() and self._reporter.text().strip():
            self._answer("go")

    def _done(self, key: str) -> None:
        if key == "go":
            self.repeated.emit(self._found, self._heard.text(), self._reporter.text())


class AskSheet(WhySheet):
    """Asks who shall see to it, and why they are asked.

    Signals:
        decided: The value, the role, and the reason.
    """

    decided = Signal(object, object, str)

    def __init__(
        self, desk: Desk, over: QWidget, found: CriticalValue, roles: tuple[Role, ...]
    ) -> None:
        text, words = desk.languages.text, CriticalWords(desk)
        asking = Asking(
            name="ask",
            title=text("criticalpage.ask.title"),
            said=(text("criticalpage.ask.text", value=words.value(found)),),
            field=text("criticalpage.ask.why"),
            back=text("criticalpage.back"),
            go=text("criticalpage.ask.go"),
            tone=Tone.ACT,
        )
        super().__init__(desk, over, asking)
        self._found = found
        self._role = named(QComboBox(), "ask.role")
        offer(self._role, [(one.value, words.role(one)) for one in roles], roles[0].value)
        self.form.add(FieldSpec("role", text("criticalpage.ask.role"), required=True), self._role)
        self.reasoned.connect(self._asked)

    def _asked(self, why: str) -> None:
        self.decided.emit(self._found, Role(str(self._role.currentData())), why)
