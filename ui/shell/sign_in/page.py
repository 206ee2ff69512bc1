"""The sign-in page: widgets only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from resources.catalogue import LANGUAGES
from resources.styles.tokens import THEMES, Tone
from ui.runtime.desk import Desk
from ui.runtime.dressing import Dressing
from ui.runtime.page import Page
from ui.shell.sign_in.state import SignInState, Step
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.form import FieldSpec, Form
from widgets.labels import Caption, Title, WrapLabel
from widgets.naming import named
from widgets.segmented import Segment, Segmented

_USER = Qt.ItemDataRole.UserRole
_ROWS_SHOWN = 6


class SignInPage(Page):
    """Draws a `SignInState` and reports what the user did.

    Signals:
        user_chosen: A user of this workstation.
        unlock_requested: User and workstation passphrase.
        hospital_requested: Name and password for the directory; empty when the browser asks.
        enrol_requested: The new passphrase, twice.
        hospital_wanted, back_wanted, cancel_wanted, retry_wanted: The other ways on.
    """

    user_chosen = Signal(str)
    unlock_requested = Signal(str, str)
    hospital_requested = Signal(str, str)
    enrol_requested = Signal(str, str)
    hospital_wanted = Signal()
    back_wanted = Signal()
    cancel_wanted = Signal()
    retry_wanted = Signal()

    def __init__(self, desk: Desk, dressing: Dressing) -> None:
        super().__init__(desk, "sign_in")
        self.setProperty("part", "ground")
        self._dressing = dressing
        self._state = SignInState()
        look = desk.look
        self._title = named(Title(), self.part("title"))
        self._demo = BannerLine(look, self.part("demo"))
        self._lead = named(WrapLabel(), self.part("lead"))
        self._fault = BannerLine(look, self.part("fault"))
        self._fault.acted.connect(self._act_on_fault)
        self._safe = named(WrapLabel(), self.part("safe"))
        self._detail = named(WrapLabel(), self.part("detail"))
        self._detail.setProperty("role", "hint")
        self._users_label = Caption()
        self._users = named(QListWidget(), self.part("users"))
        self._users.currentItemChanged.connect(self._choose)
        self._users_label.setBuddy(self._users)
        self._unlock = Form(look, "sign_in.unlock")
        self._passphrase = self._secret(self._ask_unlock)
        self._hospital = Form(look, "sign_in.hospital")
        self._name = QLineEdit()
        self._password = self._secret(self._ask_hospital)
        self._enrol = Form(look, "sign_in.enrol")
        self._first = self._secret(self._go_on)
        self._second = self._secret(self._ask_enrol)
        self._add_fields()
        self._go = named(KeyButton("go"), self.part("go"))
        self._go.claim(Tone.ACT)
        self._go.clicked.connect(self._submit)
        self._other = named(KeyButton("other"), self.part("other"))
        self._other.setProperty("role", "flat")
        self._other.clicked.connect(self._turn)
        self._languages = Segmented(look, self.part("language"))
        self._languages.chosen.connect(self._speak)
        self._themes = Segmented(look, self.part("theme"))
        self._themes.chosen.connect(self._wear)
        self._lay_out()
        desk.look.changed.connect(self._draw_choices)
        self._draw_choices()

    # -- showing

    def show_state(self, state: SignInState) -> None:
        before, self._state = self._state, state
        self._draw_words()
        self._draw_users(before)
        self._draw_fault()
        waits = state.step in (Step.LOADING, Step.WAITING) or state.busy
        self._unlock.setVisible(state.step is Step.UNLOCK)
        for part in (self._users_label, self._users):
            part.setVisible(state.step is Step.UNLOCK and bool(state.users))
        self._unlock.setEnabled(bool(state.users))
        self._hospital.setVisible(state.step is Step.HOSPITAL and not state.in_browser)
        self._enrol.setVisible(state.step is Step.PASSPHRASE)
        self._go.setVisible(state.step not in (Step.LOADING, Step.WAITING))
        self._go.setEnabled(not waits and (state.step is not Step.UNLOCK or bool(state.users)))
        self._other.setVisible(bool(self._other.text()))
        self._show_objections()
        if state.fault is not None and state.fault is not before.fault:
            self._passphrase.clear()
            self._password.clear()
        self._move_focus(before)

    def retranslate(self) -> None:
        super().retranslate()
        self._spell_fields()
        self.show_state(self._state)
        self._draw_choices()

    # -- parts

    def _secret(self, entered: Callable[[], None]) -> QLineEdit:
        """A field that shows nothing of what is typed; Enter goes on, not while composing."""
        field = QLineEdit()
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=True)
        field.returnPressed.connect(entered)
        return field

    def _add_fields(self) -> None:
        blank = FieldSpec("passphrase", "")
        self._unlock.add(blank, self._passphrase)
        self._hospital.add(FieldSpec("user", ""), self._name)
        self._hospital.add(FieldSpec("password", ""), self._password)
        self._enrol.add(FieldSpec("first", ""), self._first)
        self._enrol.add(FieldSpec("second", ""), self._second)
        self._name.returnPressed.connect(self._to_password)
        self._spell_fields()

    def _spell_fields(self) -> None:
        text = self.text
        for form, key, label, hint in (
            (self._unlock, "passphrase", text("sign_in.passphrase"), ""),
            (self._hospital, "user", text("sign_in.user"), ""),
            (self._hospital, "password", text("sign_in.password"), ""),
            (self._enrol, "first", text("sign_in.first"), text("sign_in.first_hint")),
            (self._enrol, "second", text("sign_in.second"), ""),
        ):
            form.field(key).respell(FieldSpec(key, label, hint=hint))

    def _lay_out(self) -> None:
        theme = self.look.theme
        card = named(QFrame(), self.part("card"))
        card.setProperty("part", "card")
        column = QVBoxLayout(card)
        pad = theme.px("pad")
        column.setContentsMargins(2 * pad, 2 * pad, 2 * pad, 2 * pad)
        column.setSpacing(pad)
        for part in (
            self._title,
            self._demo,
            self._lead,
            self._fault,
            self._safe,
            self._detail,
            self._users_label,
            self._users,
            self._unlock,
            self._hospital,
            self._enrol,
        ):
            column.addWidget(part)
        buttons = QHBoxLayout()
        buttons.addWidget(self._go)
        buttons.addWidget(self._other)
        buttons.addStretch(1)
        column.addLayout(buttons)
        choices = QHBoxLayout()
        choices.addWidget(self._languages)
        choices.addStretch(1)
        choices.addWidget(self._themes)
        inner = QWidget()
        middle = QVBoxLayout(inner)
        middle.addStretch(2)
        middle.addWidget(card)
        middle.addLayout(choices)
        middle.addStretch(3)
        middle.setContentsMargins(pad, pad, pad, pad)
        self._inner = inner
        area = QScrollArea()
        area.setWidgetResizable(True)
        row_holder = QWidget()
        row = QHBoxLayout(row_holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(inner, 8)
        row.addStretch(1)
        area.setWidget(row_holder)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        self._fit()

    def _fit(self) -> None:
        theme = self.look.theme
        self._inner.setMaximumWidth(theme.px("sheet") + 2 * theme.px("pad"))
        rows = min(max(self._users.count(), 1), _ROWS_SHOWN)
        self._users.setFixedHeight(rows * (theme.row + 2) + theme.grid(1))

    def _draw_words(self) -> None:
        state, text = self._state, self.text
        name = state.newcomer_name
        self._title.setText(text(f"sign_in.title.{state.step.value}"))
        if name is not None and state.step is Step.PASSPHRASE:
            shown = name.shown(self.desk.languages.language)
            self._lead.setText(text("sign_in.lead.newcomer", name=shown))
        elif state.step in (Step.HOSPITAL, Step.WAITING) and state.in_browser:
            self._lead.setText(text(f"sign_in.lead.browser_{state.step.value}"))
        else:
            self._lead.setText(text(f"sign_in.lead.{state.step.value}"))
        self._go.setText(text(f"sign_in.go.{self._way()}"))
        self._other.setText(self._other_word())
        demo = Notice(text("sign_in.demo"), Tone.CAUTION, stays=True)
        self._demo.show_notice(demo if state.demo else None)
        self._users_label.setText(text("sign_in.users"))
        self._users.setAccessibleName(text("sign_in.users"))
        self.setAccessibleName(self._title.text())

    def _way(self) -> str:
        state = self._state
        if state.busy:
            return "busy"
        if state.step is Step.HOSPITAL and state.in_browser:
            return "browser"
        return state.step.value

    def _other_word(self) -> str:
        text = self.text
        match self._state.step:
            case Step.UNLOCK:
                return text("sign_in.other.hospital")
            case Step.WAITING:
                return text("sign_in.other.cancel")
            case Step.PASSPHRASE:
                return text("sign_in.other.later")
            case Step.HOSPITAL if self._state.can_go_back:
                return text("sign_in.other.back")
        return ""

    def _draw_users(self, before: SignInState) -> None:
        state = self._state
        self._users.blockSignals(True)  # drawing is not choosing
        if state.users != before.users or self._users.count() != len(state.users):
            self._users.clear()
            for one in state.users:
                item = QListWidgetItem(self._user_words(one.username))
                item.setData(_USER, one.username)
                self._users.addItem(item)
            self._fit()
        for row, one in enumerate(state.users):
            self._users.item(row).setText(self._user_words(one.username))
            if one.username == state.user:
                self._users.setCurrentRow(row)
        self._users.blockSignals(False)

    def _user_words(self, username: str) -> str:
        one = next(user for user in self._state.users if user.username == username)
        if one.locked_until is None:
            return username
        until = self.desk.formats.moment(one.locked_until, seconds=True)
        return self.text("sign_in.user_locked", user=username, until=until)

    def _draw_fault(self) -> None:
        state = self._state
        if state.fault is None:
            self._fault.show_notice(None)
        else:
            said = self.desk.languages.render(state.fault.message)
            if state.wrong > 1:
                said = self.text("sign_in.wrong_again", what=said, count=state.wrong)
            action = ""
            if state.offers_hospital:
                action = self.text("sign_in.other.hospital")
            elif state.step is Step.UNLOCK and not state.users:
                action = self.text("widget.state.retry")
            self._fault.show_notice(Notice(said, Tone.CAUTION, action, stays=True))
        safe = state.what_is_safe
        self._safe.setText(self.desk.languages.text(safe) if safe else "")
        self._safe.setVisible(bool(safe))
        detail = state.detail_for_it
        self._detail.setText(self.text("sign_in.detail", said=detail) if detail else "")
        self._detail.setVisible(bool(detail))

    def _show_objections(self) -> None:
        state = self._state
        errors = {}
        if state.objection is not None:
            errors["first"] = self.desk.languages.render(state.objection)
        if state.differs:
            errors["second"] = self.text("sign_in.differs")
        self._enrol.show_errors(errors)

    def _draw_choices(self) -> None:
        self._fit()
        text, fixed = self.text, self._dressing.managed
        languages = tuple(Segment(name, text(f"language.{name}")) for name in LANGUAGES)
        self._languages.show_segments(languages, self._dressing.language)
        self._languages.setEnabled("language" not in fixed)
        themes = tuple(Segment(name, text(f"theme.{name}")) for name in THEMES)
        self._themes.show_segments(themes, self._dressing.theme)
        self._themes.setEnabled("theme" not in fixed)

    def _move_focus(self, before: SignInState) -> None:
        """The first field of a new step; after a refusal the field to type again."""
        state = self._state
        moved = state.step is not before.step or (before.busy and not state.busy)
        if not moved and state.user == before.user:
            return
        match state.step:
            case Step.UNLOCK if state.users:
                self._passphrase.setFocus()
            case Step.HOSPITAL if state.in_browser:
                self._go.setFocus()
            case Step.HOSPITAL:
                if state.user and not self._name.text():
                    self._name.setText(state.user)
                (self._password if self._name.text() else self._name).setFocus()
            case Step.PASSPHRASE if not state.busy:
                self._first.setFocus()
            case _:
                self._other.setFocus()

    # -- what the user does

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.user_chosen.emit(str(item.data(_USER)))

    def _submit(self) -> None:
        match self._state.step:
            case Step.UNLOCK:
                self._ask_unlock()
            case Step.HOSPITAL:
                self._ask_hospital()
            case Step.PASSPHRASE:
                self._ask_enrol()
            case _:
                return

    def _ask_unlock(self) -> None:
        self.unlock_requested.emit(self._state.user, self._passphrase.text())

    def _ask_hospital(self) -> None:
        self.hospital_requested.emit(self._name.text().strip(), self._password.text())

    def _ask_enrol(self) -> None:
        self.enrol_requested.emit(self._first.text(), self._second.text())

    def _go_on(self) -> None:
        self._second.setFocus()

    def _to_password(self) -> None:
        self._password.setFocus()

    def _turn(self) -> None:
        match self._state.step:
            case Step.UNLOCK:
                self.hospital_wanted.emit()
            case Step.WAITING:
                self.cancel_wanted.emit()
            case _:
                self._first.clear()
                self._second.clear()
                self.back_wanted.emit()

    def _act_on_fault(self) -> None:
        if self._state.offers_hospital:
            self.hospital_wanted.emit()
        else:
            self.retry_wanted.emit()

    def _speak(self, language: str) -> None:
        self._dressing.change("language", language)

    def _wear(self, name: str) -> None:
        self._dressing.change("theme", name)
