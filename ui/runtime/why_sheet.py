"""A sheet that says what will happen and asks why; the way forward opens once there is a reason."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, Sheet
from widgets.form import FieldSpec, Form
from widgets.labels import WrapLabel
from widgets.naming import named


@dataclass(frozen=True, slots=True)
class Asking:
    """What a sheet says.

    Attributes:
        name: Object name of its parts.
        said: Paragraphs: what it means.
        field: What the reason is asked for.
    """

    name: str
    title: str
    said: tuple[str, ...]
    field: str
    back: str
    go: str
    tone: Tone


class WhySheet(Sheet):
    """Asks for a reason that somebody will read later.

    Signals:
        reasoned: The reason as typed, when it goes on.
    """

    reasoned = Signal(str)

    def __init__(self, desk: Desk, over: QWidget, asking: Asking) -> None:
        choices = (
            Choice("back", asking.back),
            Choice("go", asking.go, asking.tone, ready=False),
        )
        super().__init__(desk.look, over, asking.title, choices)
        self._reason = QPlainTextEdit()
        self._reason.setTabChangesFocus(True)
        self._reason.setFixedHeight(2 * desk.look.theme.row)
        self._reason.textChanged.connect(self.weigh)
        self.form = Form(desk.look, asking.name)
        self.form.add(FieldSpec("reason", asking.field, required=True), self._reason)
        for place, one in enumerate(asking.said):
            name = f"{asking.name}.text.{place}" if place else f"{asking.name}.text"
            self.put(named(WrapLabel(one), name))
        self.put(self.form)
        self.answered.connect(self._done)

    @property
    def why(self) -> str:
        """The reason as typed."""
        return self._reason.toPlainText().strip()

    def weigh(self) -> None:
        """Open the way forward, or close it."""
        self.make_ready("go", ready=bool(self.why))

    def go_on(self) -> None:
        """Hand on what was answered."""
        self.reasoned.emit(self.why)

    def _done(self, key: str) -> None:
        if key == "go":
            self.go_on()
