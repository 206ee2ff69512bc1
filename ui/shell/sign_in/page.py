"""The sign-in page: fields for the step at hand, and nothing else."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from ui.runtime.page import Page
from ui.shell.sign_in.state import SignInState, Step
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.form import FieldSpec, Form
from widgets.labels import Title, WrapLabel
from widgets.naming import named

_SAID = {
    Step.UNLOCK: "sign_in.unlock",
    Step.HOSPITAL: "sign_in.hospital",
    Step.WAITING: "sign_in.waiting",
    Step.PASSPHRASE: "sign_in.choose",
}
_FIELDS = {
    Step.UNLOCK: ("username", "passphrase"),
    Step.HOSPITAL: ("username", "password"),
    Step.PASSPHRASE: ("passphrase", "again"),
}


class SignInPage(Page):
    """Draws a `SignInState`.

    Signals:
        unlock_requested: Username and passphrase.
        hospital_requested: Username and hospital password, both empty for the browser.
        enrol_requested: The passphrase, twice.
        other_requested, back_requested, cancel_requested: The ways around.
    """

    unlock_requested = Signal(str, str)
    hospital_requested = Signal(str, str)
    enrol_requested = Signal(str, str)
    other_requested = Signal()
    back_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "sign_in")
        self._state = SignInState()
        look = desk.look
        self._title = named(Title(), self.part("title"))
        self._explained = named(WrapLabel(), self.part("said"))
        self._notice = BannerLine(look, self.part("notice"))
        self._form = Form(look, self.part("form"))
        self._edits: dict[str, QLineEdit] = {}
        for key in ("username", "password", "passphrase", "again"):
            edit = QLineEdit()
            if key != "username":
                edit.setEchoMode(QLineEdit.EchoMode.Password)
            edit.returnPressed.connect(self._go)
            self._edits[key] = edit
            self._form.add(FieldSpec(key, self.text(f"sign_in.{key}")), edit)
        self._form.submit_requested.connect(self._go)
        self._go_on = named(KeyButton("go"), self.part("go"))
        self._go_on.claim(Tone.ACT)
        self._go_on.clicked.connect(self._go)
        self._around = named(KeyButton("around"), self.part("around"))
        self._around.clicked.connect(self._turn)
        buttons = QHBoxLayout()
        buttons.addWidget(self._around)
        buttons.addStretch(1)
        buttons.addWidget(self._go_on)
        inner = QWidget()
        inner.setFixedWidth(look.theme.px("sheet"))
        column = QVBoxLayout(inner)
        for part in (self._title, self._explained, self._notice, self._form):
            column.addWidget(part)
        column.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(inner, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(2)
        self.show_state(self._state)

    def show_state(self, state: SignInState) -> None:
        """Show the fields of the step, and what the last attempt ran into."""
        moved = state.step is not self._state.step
        self._state = state
        fields = (
            () if state.in_browser and state.step is Step.HOSPITAL else _FIELDS.get(state.step, ())
        )
        for key, edit in self._edits.items():
            self._form.field(key).setVisible(key in fields)
            edit.setEnabled(not state.busy)
        if moved:
            self._clear(state.user)
        self._spell()
        if moved and fields:
            first = fields[1] if fields[0] == "username" and state.user else fields[0]
            self._edits[first].setFocus()

    def retranslate(self) -> None:
        super().retranslate()
        for key in self._edits:
            self._form.field(key).respell(FieldSpec(key, self.text(f"sign_in.{key}")))
        self._spell()

    def _spell(self) -> None:
        state, text = self._state, self.text
        self._title.setText(text("sign_in.demo" if state.demo else "sign_in.title"))
        browser = state.in_browser and state.step is Step.HOSPITAL
        said = "sign_in.browser" if browser else _SAID.get(state.step, "sign_in.waiting")
        self._explained.setText(text(said))
        self._go_on.setText(text("sign_in.go"))
        self._go_on.setEnabled(not state.busy and state.step in _FIELDS)
        waiting = state.step is Step.WAITING
        back = state.can_go_back or state.step is Step.PASSPHRASE
        around = "cancel" if waiting else "back" if back else "other"
        self._around.setText(text(f"sign_in.{around}"))
        self._around.setVisible(waiting or back or state.step is Step.UNLOCK)
        self._say_fault()

    def _say_fault(self) -> None:
        state = self._state
        render = self.desk.languages.render
        errors: dict[str, str] = {}
        if state.objection is not None:
            errors["passphrase"] = render(state.objection)
        if state.differs:
            errors["again"] = self.text("sign_in.differs")
        self._form.show_errors(errors)
        if state.fault is None:
            self._notice.show_notice(None)
            return
        safe = self.text(state.what_is_safe) if state.what_is_safe else ""
        lines = (render(state.fault.message), safe, state.detail_for_it)
        self._notice.show_notice(
            Notice("\n".join(one for one in lines if one), Tone.CAUTION, stays=True)
        )

    def _clear(self, user: str) -> None:
        for key, edit in self._edits.items():
            edit.setText(user if key == "username" else "")

    def _go(self) -> None:
        typed = {key: edit.text() for key, edit in self._edits.items()}
        match self._state.step:
            case Step.UNLOCK:
                self.unlock_requested.emit(typed["username"].strip(), typed["passphrase"])
            case Step.HOSPITAL:
                self.hospital_requested.emit(typed["username"].strip(), typed["password"])
            case Step.PASSPHRASE:
                self.enrol_requested.emit(typed["passphrase"], typed["again"])
            case _:
                return

    def _turn(self) -> None:
        if self._state.step is Step.WAITING:
            self.cancel_requested.emit()
        elif self._state.step is Step.UNLOCK:
            self.other_requested.emit()
        else:
            self.back_requested.emit()
