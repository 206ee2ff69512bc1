"""The four states of every page: loading, empty, failed, partial; and its content."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from resources.styles.tokens import Tone
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.labels import WrapLabel
from widgets.look import Look
from widgets.naming import named
from widgets.skeleton import Skeleton

SKELETON_AFTER_MS = 200


class StateStack(QWidget):
    """Shows the content, or says why there is none.

    Signals:
        retry_requested: The user asked to try again.
        action_requested: The user pressed the button of the empty state.
    """

    retry_requested = Signal()
    action_requested = Signal()

    def __init__(
        self, look: Look, name: str, content: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._look = look
        self._content = content
        self._blank = QWidget()
        self._skeleton: Skeleton | None = None
        self._empty: _Plain | None = None
        self._failed: _Plain | None = None
        self._partial: BannerLine | None = None
        self._stack = QStackedWidget()
        for part in (content, self._blank):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        self._column = column
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(SKELETON_AFTER_MS)
        self._late.timeout.connect(self._show_skeleton)
        look.changed.connect(self._redress)

    @property
    def state(self) -> str:
        """`content`, `waiting`, `loading`, `empty` or `failed`."""
        shown = self._stack.currentWidget()
        if shown is self._content:
            return "content"
        if shown is self._blank:
            return "waiting"
        if shown is self._skeleton:
            return "loading"
        return "empty" if shown is self._empty else "failed"

    def show_loading(self) -> None:
        """Wait; grey lines appear only when the answer takes longer than 200 ms."""
        self._say(None)
        if self.state in {"waiting", "loading"}:
            return
        self._stack.setCurrentWidget(self._blank)
        self._late.start()

    def show_content(self) -> None:
        self._settle(self._content)
        self._say(None)

    def show_empty(self, why: str, what_to_do: str = "", action: str = "") -> None:
        """Say why there is nothing and what can be done."""
        if self._empty is None:
            self._empty = self._plain("empty", "inbox", Tone.UNKNOWN)
            self._empty.button.clicked.connect(self.action_requested)
        self._empty.say(why, what_to_do, action)
        self._say(None)
        self._settle(self._empty)

    def show_failed(self, what: str, what_is_safe: str = "") -> None:
        """Say what happened and what is safe, and offer to try again."""
        if self._failed is None:
            self._failed = self._plain("failed", "triangle-alert", Tone.CAUTION)
            self._failed.button.clicked.connect(self.retry_requested)
        self._failed.say(what, what_is_safe, self._look.text("widget.state.retry"))
        self._say(None)
        self._settle(self._failed)

    def show_partial(self, missing: str, *, can_retry: bool = False) -> None:
        """Show the content under a line that says what is missing from it."""
        self._settle(self._content)
        action = self._look.text("widget.state.retry") if can_retry else ""
        self._say(Notice(missing, Tone.CAUTION, action, stays=True))

    # Most pages never fail and are never empty: what they would say is made when it is said.

    def _say(self, notice: Notice | None) -> None:
        if self._partial is None:
            if notice is None:
                return
            self._partial = BannerLine(self._look, f"{self.objectName()}.partial")
            self._partial.acted.connect(self.retry_requested)
            self._column.insertWidget(0, self._partial)
        self._partial.show_notice(notice)

    def _plain(self, key: str, icon: str, tone: Tone) -> _Plain:
        made = _Plain(self._look, f"{self.objectName()}.{key}", icon, tone)
        self._stack.addWidget(made)
        return made

    def _settle(self, part: QWidget) -> None:
        self._late.stop()
        self._stack.setCurrentWidget(part)

    def _show_skeleton(self) -> None:
        if self._skeleton is None:
            self._skeleton = named(Skeleton(self._look), f"{self.objectName()}.loading")
            self._stack.addWidget(self._skeleton)
        self._stack.setCurrentWidget(self._skeleton)

    def _redress(self) -> None:
        if self._failed is not None:
            self._failed.button.setText(self._look.text("widget.state.retry"))


class _Plain(QWidget):
    """An icon, a sentence, a second sentence, a button."""

    def __init__(self, look: Look, name: str, icon: str, tone: Tone) -> None:
        super().__init__()
        self._look = look
        self._icon_name = icon
        self._tone = tone
        self.setObjectName(name)
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._first = named(WrapLabel(), f"{name}.text")
        self._first.setProperty("role", "strong")
        self._second = named(WrapLabel(), f"{name}.more")
        for label in (self._first, self._second):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.button = named(KeyButton("act"), f"{name}.act")
        column = QVBoxLayout(self)
        column.setSpacing(look.theme.px("gap"))
        column.addStretch(2)
        column.addWidget(self._icon)
        column.addWidget(self._first)
        column.addWidget(self._second)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        look.changed.connect(self._redress)
        self._redress()

    def say(self, first: str, second: str, action: str) -> None:
        self._first.setText(first)
        self._second.setText(second)
        self._second.setVisible(bool(second))
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self.setAccessibleName(f"{first} {second}".strip())

    def _redress(self) -> None:
        pixmap = self._look.pixmap(self._icon_name, self._tone.ink, "icon_large", ratio=2.0)
        self._icon.setPixmap(pixmap)
