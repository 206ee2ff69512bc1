"""A notice of one line: what happened, what is safe, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from resources.styles.tokens import Tone
from widgets.buttons import IconButton, KeyButton
from widgets.hatch import paint_hatch
from widgets.labels import WrapLabel, paint_tone, reveal
from widgets.look import Look
from widgets.naming import named


@dataclass(frozen=True, slots=True)
class Notice:
    """What a banner line says.

    Attributes:
        text: One sentence in the reader's language.
        tone: What it claims.
        action: The word on its button, empty for none.
        stays: It cannot be dismissed: it is about safety and not dealt with yet.
    """

    text: str
    tone: Tone = Tone.PLAIN
    action: str = ""
    stays: bool = False


class BannerLine(QWidget):
    """Shows one notice, or takes no room at all.

    Signals:
        acted: The user pressed its button.
        dismissed: The user has read it and put it away.
    """

    acted = Signal()
    dismissed = Signal()

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._look = look
        self._notice: Notice | None = None
        self._icon = QLabel()
        self._text = named(WrapLabel(), f"{name}.text")
        self._act = named(KeyButton("act"), f"{name}.act")
        self._act.setProperty("role", "flat")
        self._act.clicked.connect(self.acted)
        self._away = named(IconButton(look, "away", "x"), f"{name}.dismiss")
        self._away.clicked.connect(self._dismiss)
        row = QHBoxLayout(self)
        grid = look.theme.grid
        row.setContentsMargins(look.theme.px("pad"), grid(1), grid(2), grid(1))
        row.setSpacing(grid(2))
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._act)
        row.addWidget(self._away)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        look.changed.connect(self._redress)
        self.hide()

    @property
    def notice(self) -> Notice | None:
        return self._notice

    def text(self) -> str:
        """The sentence shown, empty when there is none."""
        return self._notice.text if self._notice else ""

    def show_notice(self, notice: Notice | None) -> None:
        """Show `notice`; None takes the line away."""
        self._notice = notice
        if notice is None:
            self.hide()
            return
        self._text.setText(notice.text)
        paint_tone(self._text, notice.tone)
        self._act.setText(notice.action)
        self._act.setVisible(bool(notice.action))
        self._away.setVisible(not notice.stays)
        self.setAccessibleName(notice.text)
        self._redress()
        reveal(self)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        if self._notice is None:
            return
        painter = QPainter(self)
        theme, tone = self._look.theme, self._notice.tone
        painter.fillRect(self.rect(), theme.surface(tone))
        if tone is Tone.LOCAL:
            edge = theme.px("pad") + theme.px("icon") + theme.grid(2)
            paint_hatch(painter, QRectF(0, 0, edge, self.height()), theme)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.colour("line"))
        bar = theme.colour("line_strong") if tone is Tone.PLAIN else theme.ink(tone)
        painter.fillRect(0, 0, theme.grid(1) - 1, self.height(), bar)

    def _dismiss(self) -> None:
        self.show_notice(None)
        self.dismissed.emit()

    def _redress(self) -> None:
        self._away.name(self._look.text("widget.banner.dismiss"))
        if self._notice is not None:
            tone = self._notice.tone
            self._icon.setPixmap(self._look.pixmap(tone.icon, tone.ink, ratio=2.0))
        self.update()
