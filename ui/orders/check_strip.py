"""The strip that says what was checked, and what was not; it is never green."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.decision.verdict import Verdict
from app.kernel.faults import Fault
from resources.styles.tokens import Tone
from ui.runtime.decision_words import DecisionWords
from ui.runtime.desk import Desk
from widgets.buttons import KeyButton
from widgets.labels import WrapLabel
from widgets.naming import named


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of a check of orders.

    Attributes:
        verdict: What the engine answered; None while it runs and when it could not.
        fault: Why it could not answer.
        anew: Lines that mean another drug since: of them nothing is known yet.
    """

    verdict: Verdict | None = None
    fault: Fault | None = None
    anew: frozenset[str] = frozenset()

    def of(self, line: str) -> Verdict | None:
        """What is known that concerns `line`."""
        return None if line in self.anew else self.verdict

    @property
    def running(self) -> bool:
        return self.verdict is None and self.fault is None


RUNNING = Checked()


class CheckStrip(QWidget):
    """One line: checks that are done, those that could not look and why, those without a subject.

    Signals:
        opened: The user wants to see all checks.
    """

    opened = Signal()

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._desk = desk
        self._words = DecisionWords(desk)
        self._icon = QLabel()
        self._said = named(WrapLabel(), f"{name}.said")
        self._all = named(KeyButton("checks"), f"{name}.all")
        self._all.setProperty("role", "flat")
        self._all.clicked.connect(self.opened)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(desk.look.theme.grid(2))
        row.addWidget(self._icon)
        row.addWidget(self._said, 1)
        row.addWidget(self._all)
        self.show_checked(RUNNING)

    def text(self) -> str:
        """What it says."""
        return self._said.text()

    def show_checked(self, checked: Checked) -> None:
        """Say how far the checks are."""
        verdict, look = checked.verdict, self._desk.look
        whole = verdict is not None and not verdict.gaps
        tone = Tone.PLAIN if whole or checked.running else Tone.CAUTION
        self._said.setText(strip_text(self._words, checked))
        self._said.claim(tone)
        self._icon.setPixmap(look.pixmap(tone.icon, tone.ink, ratio=2.0))
        self._all.setText(self._words.text("cards.list.open"))
        self._all.setVisible(verdict is not None)
        self.setAccessibleName(self._said.text())


def strip_text(words: DecisionWords, checked: Checked) -> str:
    """How far the checks are, in one line."""
    if checked.verdict is not None:
        return words.summary(checked.verdict)
    if checked.fault is not None:
        why = words.desk.languages.render(checked.fault.message)
        return words.text("cards.failed", why=why)
    return words.text("cards.running")
