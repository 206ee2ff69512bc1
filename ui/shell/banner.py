"""The patient banner: full width, fixed, over every page of a chart."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.patients import Banner
from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from ui.shell.banner_words import BannerWords, Fact
from widgets.buttons import KeyButton
from widgets.chips import Chip
from widgets.flow_layout import FlowLayout
from widgets.labels import Caption, WrapLabel, paint_tone
from widgets.naming import named


class PatientBanner(QFrame):
    """Says who the patient is and what may harm them; opens into the list of allergies.

    Signals:
        expanded: The list was opened or closed.
    """

    expanded = Signal(bool)

    def __init__(self, desk: Desk, name: str = "banner") -> None:
        super().__init__()
        self.setObjectName(name)
        self._desk = desk
        self._banner: Banner | None = None
        self._now: datetime | None = None
        self._unreadable = 0
        self._deceased = False
        self._said: object = None
        theme = desk.look.theme
        gap = theme.grid(3)
        self._name = named(WrapLabel(), f"{name}.name")
        self._name.setProperty("role", "name")
        self._first, self._second = QWidget(), QWidget()
        self._identity = FlowLayout(self._first, gap=gap)
        self._clinical = FlowLayout(self._second, gap=gap)
        self._details = named(QFrame(), f"{name}.allergy_list")
        self._grid = QGridLayout(self._details)
        self._grid.setContentsMargins(0, theme.grid(1), 0, theme.grid(1))
        self._grid.setHorizontalSpacing(theme.grid(6))
        self._grid.setColumnStretch(2, 1)
        self._details.hide()
        self._more = named(KeyButton("allergies"), f"{name}.expand")
        self._more.setProperty("role", "flat")
        self._more.setCheckable(True)
        self._more.toggled.connect(self._expand)
        column = QVBoxLayout()
        column.setSpacing(theme.grid(1))
        column.addWidget(self._first)
        column.addWidget(self._second)
        column.addWidget(self._details)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px("pad"), theme.grid(1), theme.grid(2), theme.grid(1))
        row.addLayout(column, 1)
        row.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)
        self._redress()
        desk.look.changed.connect(self._redress)

    @property
    def banner(self) -> Banner | None:
        return self._banner

    @property
    def unreadable(self) -> int:
        return self._unreadable

    def show_banner(self, banner: Banner, now: datetime) -> None:
        self._banner, self._now = banner, now
        self._spell()

    def show_unreadable(self, count: int) -> None:
        """How many documents of the patient this program did not understand."""
        if count != self._unreadable:
            self._unreadable = count
            self._spell()

    def says(self) -> tuple[str, ...]:
        """Everything in the order it is read, for screen readers and tests."""
        found = [self._name.text()]
        for layout in (self._identity, self._clinical):
            for place in range(layout.count()):
                item = layout.itemAt(place)
                part = item.widget() if item else None
                if part is not None and part is not self._name:
                    found.append(part.accessibleName())
        return tuple(found)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """A ground of its own; of the deceased another colour and a pattern (CUI PAB-0055)."""
        theme, painter = self._desk.look.theme, QPainter(self)
        painter.fillRect(self.rect(), theme.colour("line" if self._deceased else "raised"))
        if self._deceased:
            self._paint_pattern(painter, theme.colour("line_strong", alpha=110))
        edge = theme.colour("line_strong")
        painter.fillRect(0, self.height() - 2, self.width(), 2, edge)

    def _paint_pattern(self, painter: QPainter, ink: QColor) -> None:
        painter.setPen(QPen(ink, 1))
        step, box = self._desk.look.theme.grid(3), QRectF(self.rect())
        x = int(box.left() - box.height())
        while x < box.right():
            painter.drawLine(x, int(box.top()), x + int(box.height()), int(box.bottom()))
            painter.drawLine(x, int(box.bottom()), x + int(box.height()), int(box.top()))
            x += step

    def _spell(self) -> None:
        if self._banner is None or self._now is None:
            return
        words = BannerWords(self._desk.languages, self._banner, self._now, self._unreadable)
        said = (
            words.name,
            words.name_hover,
            words.deceased,
            words.identity(),
            words.allergy(),
            words.clinical(),
            words.allergy_lines(),
            self._desk.languages.text("banner.more"),
        )
        if said == self._said:
            return  # a minute later, or read again: nothing that is shown is another one
        self._said = said
        self._deceased = bool(words.deceased)
        self._name.setText(words.name)
        self._name.setToolTip(words.name_hover)
        self._name.setWordWrap(False)
        dead = (
            (Fact("deceased", "", words.deceased, Tone.UNKNOWN, "circle-x", chip=True),)
            if words.deceased
            else ()
        )
        self._fill(self._identity, (*dead, *words.identity()), keep=self._name)
        self._fill(self._clinical, (words.allergy(), *words.clinical()))
        self._fill_details(words)
        self._more.setText(self._desk.languages.text("banner.more"))
        self.setAccessibleName(self._desk.languages.text("banner.title"))
        self.setAccessibleDescription("; ".join(self.says()))
        self.updateGeometry()
        self.update()

    def _fill(
        self, layout: FlowLayout, facts: tuple[Fact, ...], keep: QWidget | None = None
    ) -> None:
        while (item := layout.takeAt(0)) is not None:
            old = item.widget()
            if old is not None and old is not keep:
                old.hide()
                old.deleteLater()
        if keep is not None:
            layout.addWidget(keep)
        for fact in facts:
            part = self._part(fact)
            if keep is not None:  # on the line of the name, and as tall
                part.setMinimumHeight(keep.sizeHint().height())
            layout.addWidget(part)

    def _part(self, fact: Fact) -> QWidget:
        part = self._chip(fact) if fact.chip else self._pair(fact)
        named(part, f"{self.objectName()}.{fact.key}")
        part.setAccessibleName(fact.spoken)
        part.setToolTip(fact.hover)
        return part

    def _chip(self, fact: Fact) -> QWidget:
        chip = Chip(self._desk.look)
        chip.show_claim(fact.value, fact.tone, fact.icon)
        return chip

    def _pair(self, fact: Fact) -> QWidget:
        pair = QWidget()
        row = QHBoxLayout(pair)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self._desk.look.theme.grid(1))
        value = QLabel(fact.value)
        value.setTextFormat(Qt.TextFormat.PlainText)
        value.setProperty("role", "strong" if fact.tone is not Tone.UNKNOWN else "caption")
        paint_tone(value, fact.tone)
        row.addWidget(Caption(fact.label))
        row.addWidget(value)
        return pair

    def _fill_details(self, words: BannerWords) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        lines = words.allergy_lines()
        if not lines:
            self._grid.addWidget(
                WrapLabel(self._desk.languages.text("banner.no_allergy_entries")), 0, 0
            )
        for row, line in enumerate(lines):
            cells = (line.agent, line.reactions, line.remark, line.recorded)
            for at, text in enumerate(cells):
                label = WrapLabel(text)
                label.setWordWrap(at != len(cells) - 1)  # a moment is not broken
                label.setProperty("role", "strong" if at == 0 and line.active else "caption")
                if at == 0 and line.active:
                    paint_tone(label, Tone.DANGER)
                self._grid.addWidget(label, row, at)

    def _expand(self, on: bool) -> None:  # noqa: FBT001 - Qt's signal
        self._details.setVisible(on)
        self.updateGeometry()
        self.expanded.emit(on)

    def _redress(self) -> None:
        self.setMinimumHeight(self._desk.look.theme.px("patient_banner"))
        self._said = None
        self._spell()

    def toggle(self) -> None:
        """Open or close the list of allergies."""
        self._more.toggle()

    def close_list(self) -> None:
        """Make room for a sheet under the banner."""
        self._more.setChecked(False)
