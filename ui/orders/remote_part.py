"""What the hospital's services say to a basket, a line each, on the sheet that signs it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.remote_cards import Urgency
from app.ports.remote_checks import Asked, ServiceAnswer
from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from widgets.labels import WrapLabel
from widgets.naming import named

_TONES = {
    Urgency.CRITICAL: Tone.DANGER,
    Urgency.WARNING: Tone.CAUTION,
    Urgency.INFO: Tone.PLAIN,
}


class RemotePart(QWidget):
    """Nothing at all where no service is asked; plain text, whatever a service sends."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("sheet.remote")
        self._desk = desk
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(desk.look.theme.grid(1))
        self.hide()

    def show_asked(self, asked: Asked) -> None:
        """Say what came, and of whom nothing did."""
        for answer in asked.answers:
            for text, tone in self._lines(answer):
                line = named(WrapLabel(text), f"remote.{answer.service}")
                line.claim(tone)
                self._column.addWidget(line)
        self.setVisible(bool(asked.answers))

    def _lines(self, answer: ServiceAnswer) -> list[tuple[str, Tone]]:
        text = self._desk.languages.text
        found = [
            (text("cds.said", name=answer.name, said=card.summary), _TONES[card.urgency])
            for card in sorted(answer.cards, key=lambda one: one.urgency.rank)
        ]
        if answer.why is not None:
            found.append((self._desk.languages.render(answer.why), Tone.CAUTION))
        elif not found:
            found.append((text("cds.nothing", name=answer.name), Tone.PLAIN))
        return found
