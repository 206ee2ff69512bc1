"""Labels that wrap or shorten honestly: a name is never cut in silence."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from resources.styles.tokens import Tone


class WrapLabel(QLabel):
    """Text that wraps between words and never shortens: names, drugs, reasons."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def claim(self, tone: Tone) -> None:
        """Colour the text by what it claims; the words must claim it too."""
        paint_tone(self, tone)


class Title(QLabel):
    """The heading of a page or a sheet."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", "title")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)


class Caption(QLabel):
    """A label for a value: small, weaker than the value, without a colon (CUI PAB-0044)."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", "caption")
        self.setTextFormat(Qt.TextFormat.PlainText)


class ElidedLabel(QWidget):
    """One line that ends in an ellipsis when there is no room; the whole text is in the tool tip.

    For paths, sources and hints. Names of people and drugs use `WrapLabel`.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:  # noqa: N802 - like QLabel, so that pages can say() it
        self._text = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance("…") * 3, metrics.height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().windowText().color())
        painter.drawText(
            self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown
        )


def paint_tone(part: QWidget, tone: Tone) -> None:
    """Let the style sheet colour `part` by `tone`."""
    if part.property("tone") == tone.value:
        return
    part.setProperty("tone", tone.value)
    repolish(part)


def reveal(part: QWidget) -> None:
    """Show `part`; one that has no parent yet is shown with its parent, not as a window."""
    if part.parentWidget() is not None:
        part.show()
        return
    part.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)


def unbroken(text: str) -> str:
    """`text` that does not end a line after a slash: `mmol/L` stays whole (CUI MEDi-021)."""
    return text.replace("/", "/\N{WORD JOINER}")


def repolish(part: QWidget) -> None:
    """Make the style sheet look at the properties of `part` again."""
    style = part.style()
    style.unpolish(part)
    style.polish(part)
    part.update()
