"""The sheets of the window: a reason, a choice between charts, the hospital again."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, Sheet
from ui.shell.chart_presenter import SHORTEST_REASON, Wish
from widgets.form import FieldSpec, Form
from widgets.labels import Caption, WrapLabel
from widgets.naming import named


class ReasonSheet(Sheet):
    """Asks why a chart of another ward is opened; the reason is read later by somebody else.

    Signals:
        reasoned: The wish, and the reason as typed.
    """

    reasoned = Signal(object, str)

    def __init__(self, desk: Desk, over: QWidget, wish: Wish) -> None:
        text = desk.languages.text
        super().__init__(
            desk.look,
            over,
            text("glass.title"),
            (
                Choice("back", text("glass.back")),
                Choice("open", text("glass.open"), Tone.DANGER, ready=False),
            ),
        )
        self._desk = desk
        self._wish = wish
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(named(WrapLabel(text("glass.text")), "glass.text"))
        self._reason = QPlainTextEdit()
        self._reason.setTabChangesFocus(True)
        self._reason.setFixedHeight(2 * desk.look.theme.row)
        self._reason.textChanged.connect(self._weigh)
        form = Form(desk.look, "glass")
        form.add(FieldSpec("reason", text("glass.reason"), required=True), self._reason)
        column.addWidget(form)
        self._left = named(Caption(), "glass.left")
        column.addWidget(self._left)
        column.addStretch(1)
        area = named(QScrollArea(), "glass.area")
        area.setWidget(body)
        area.setWidgetResizable(True)
        for ground in (area.viewport(), body):  # the sheet shows through
            ground.setAutoFillBackground(False)
        area.setMinimumHeight(min(7 * desk.look.theme.row + 4, over.height() // 2))
        self.put(area)
        self.answered.connect(self._done)
        self._weigh()

    def _weigh(self) -> None:
        lacking = SHORTEST_REASON - len(self._reason.toPlainText().strip())
        self.make_ready("open", ready=lacking <= 0)
        text = self._desk.languages.text
        self._left.setText(
            text("glass.lacking", count=lacking) if lacking > 0 else text("glass.enough")
        )

    def _done(self, key: str) -> None:
        if key == "open":
            self.reasoned.emit(self._wish, self._reason.toPlainText())


class WhichChartSheet(Sheet):
    """Two charts are open and a third is wanted: the user says which one goes.

    Signals:
        chosen: The chart to close, and the wish that waits for it.
    """

    chosen = Signal(str, object)

    def __init__(
        self, desk: Desk, over: QWidget, charts: tuple[tuple[str, str], ...], wish: object
    ) -> None:
        text = desk.languages.text
        choices = (
            Choice("", text("which.neither")),
            *(Choice(key, text("which.close", chart=name)) for key, name in charts),
        )
        super().__init__(desk.look, over, text("which.title"), choices)
        self._wish = wish
        self.put(named(WrapLabel(text("which.text")), "which.text"))
        self.answered.connect(self._done)

    def _done(self, key: str) -> None:
        if key:
            self.chosen.emit(key, self._wish)


class HospitalSheet(Sheet):
    """Signs the same person in at the hospital again, over what they are writing.

    Signals:
        password_given: What was typed; empty when the browser asks for it.
        given_up: The user does not want to now.
    """

    password_given = Signal(str)
    given_up = Signal()

    def __init__(self, desk: Desk, over: QWidget, name: str, *, in_browser: bool) -> None:
        text = desk.languages.text
        go = "again.browser" if in_browser else "again.go"
        super().__init__(
            desk.look,
            over,
            text("again.title"),
            (Choice("later", text("again.later")), Choice("go", text(go), Tone.ACT)),
        )
        self.put(named(WrapLabel(text("again.text", name=name)), "again.text"))
        self._password = QLineEdit()
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._password.returnPressed.connect(self._enter)
        if not in_browser:
            form = Form(desk.look, "again")
            form.add(FieldSpec("password", text("sign_in.password")), self._password)
            self.put(form)
        else:
            self._password.setParent(self)
            self._password.hide()
        self.answered.connect(self._done)

    def _enter(self) -> None:
        self.close_sheet()
        self.password_given.emit(self._password.text())

    def _done(self, key: str) -> None:
        if key == "go":
            self.password_given.emit(self._password.text())
        else:
            self.given_up.emit()
