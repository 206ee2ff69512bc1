"""Sheets over the workspace: they ask, and answer by a signal; they never cover the banner."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from resources.styles.tokens import Tone
from widgets.buttons import KeyButton
from widgets.labels import Title, WrapLabel
from widgets.look import Look
from widgets.naming import named

_PLAIN = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


@dataclass(frozen=True, slots=True)
class Choice:
    """One button of a sheet.

    Attributes:
        key: What the sheet answers.
        label: The word on the button.
        tone: ACT for the way forward, DANGER for what cannot be taken back, PLAIN otherwise.
        ready: Whether it may be pressed (CUI MSP-2310).
    """

    key: str
    label: str
    tone: Tone = Tone.PLAIN
    ready: bool = True


class Sheet(QWidget):
    """A modal sheet inside the workspace, under the patient banner (CUI PAB-0013).

    It dims and blocks the widget it lies over and nothing else. It is opened with `open()`.
    Escape answers `""`: nothing was chosen, nothing is discarded.

    Signals:
        answered: The key of the choice, or empty when the user turned away.
    """

    answered = Signal(str)

    def __init__(
        self,
        look: Look,
        over: QWidget,
        title: str,
        choices: tuple[Choice, ...],
        *,
        wide: bool = False,
    ) -> None:
        super().__init__(over)
        self._look = look
        self._wide = "sheet_wide" if wide else "sheet"
        self._over = over
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._frame = named(QFrame(self), "sheet.frame")
        self._frame.setProperty("part", "sheet")
        self._title = named(Title(title), "sheet.title")
        self._buttons: dict[str, KeyButton] = {}
        self._body = QVBoxLayout()
        self._body.setSpacing(look.theme.px("gap"))
        self._foot = QHBoxLayout()
        self._foot.addStretch(1)
        for choice in choices:
            self._foot.addWidget(self._button(choice))
        column = QVBoxLayout(self._frame)
        pad = look.theme.px("pad")
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(pad)
        column.addWidget(self._title)
        column.addLayout(self._body, 1)
        column.addLayout(self._foot)
        self.setAccessibleName(title)
        self.hide()

    def put(self, part: QWidget) -> None:
        """Add `part` to the body."""
        self._body.addWidget(part)

    def make_ready(self, key: str, *, ready: bool) -> None:
        """Allow or forbid a choice."""
        self._buttons[key].setEnabled(ready)

    def open(self) -> None:
        """Show the sheet and take the focus; returns at once."""
        self._over.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()
        self._first_field().setFocus(Qt.FocusReason.PopupFocusReason)

    def fit(self) -> None:
        """Make room for what was added since it was opened."""
        self._place()

    def close_sheet(self) -> None:
        """Take the sheet away without an answer."""
        self._over.removeEventFilter(self)
        self.hide()
        self.deleteLater()

    def event(self, event: QEvent) -> bool:
        """Plain keys are for the sheet: no key of the page under it is heard."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
            return super().event(event)
        event.setAccepted(not event.modifiers() & ~_PLAIN)
        return event.isAccepted()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, FBT001, N802 - Qt's signature
        """Keep Tab inside the sheet."""
        stops = [w for w in self.findChildren(QWidget) if _takes_tab(w)]
        if not stops:
            return True
        now = self.focusWidget()
        place = stops.index(now) if now in stops else -1
        stops[(place + (1 if next else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._answer("")
            return
        event.accept()  # what is under the sheet hears no keys

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._look.theme.colour("scrim", alpha=110))

    def _button(self, choice: Choice) -> KeyButton:
        button = named(KeyButton(choice.key, choice.label), f"sheet.{choice.key}")
        button.claim(choice.tone)
        button.setEnabled(choice.ready)
        button.picked.connect(self._answer)
        self._buttons[choice.key] = button
        return button

    def _answer(self, key: str) -> None:
        self.close_sheet()
        self.answered.emit(key)

    def _first_field(self) -> QWidget:
        for part in self._frame.findChildren(QWidget):
            if _takes_tab(part) and not isinstance(part, KeyButton):
                return part
        return self

    def _place(self) -> None:
        self.setGeometry(self._over.rect())
        margin = self._look.theme.px("pad")
        width = min(self._look.theme.px(self._wide), self.width() - 2 * margin)
        self._frame.setFixedWidth(width)
        height = self._frame.heightForWidth(width)
        wanted = height if height > 0 else self._frame.sizeHint().height()
        self._frame.setFixedHeight(min(wanted, self.height() - 2 * margin))
        self._frame.move((self.width() - width) // 2, margin)


def ask(look: Look, over: QWidget, title: str, text: str, choices: tuple[Choice, ...]) -> Sheet:
    """Open a sheet that asks one question. The caller connects `answered` and keeps nothing."""
    sheet = Sheet(look, over, title, choices)
    sheet.put(named(WrapLabel(text), "sheet.text"))
    sheet.open()
    return sheet


def covered(page: QWidget) -> bool:
    """Whether a sheet lies over `page`."""
    return any(sheet.isVisibleTo(page) for sheet in page.findChildren(Sheet))


def _takes_tab(part: QWidget) -> bool:
    wants = part.focusPolicy() & Qt.FocusPolicy.TabFocus
    label = isinstance(part, QLabel)
    return bool(wants) and part.isEnabled() and part.isVisibleTo(part.window()) and not label
