"""The settings page: widgets only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.config import Value
from app.ports.syncing import ProbeReport
from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from ui.runtime.dressing import Dressing
from ui.runtime.page import Page
from ui.settings.state import AT_ONCE, Group, Kind, Row, SettingsState
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.card import Card
from widgets.form import FieldSpec, Form
from widgets.labels import Title, WrapLabel
from widgets.naming import named


class SettingsPage(Page):
    """Draws a `SettingsState` and reports what was chosen.

    Signals:
        changed: Name of the setting and its new value.
        save_requested, undo_requested, probe_requested: The buttons.
        looks_changed: Language, theme or text size are others now.
    """

    changed = Signal(str, object)
    save_requested = Signal()
    undo_requested = Signal()
    probe_requested = Signal()
    looks_changed = Signal()

    def __init__(self, desk: Desk, dressing: Dressing) -> None:
        super().__init__(desk, "settings")
        self._dressing = dressing
        self._state: SettingsState | None = None
        self._editors: dict[str, _Chooser] = {}
        self._cards: dict[str, tuple[Card, Form]] = {}
        look = desk.look
        self._title = named(Title(), self.part("title"))
        self._notice = BannerLine(look, self.part("notice"))
        self._column = QVBoxLayout()
        self._column.setSpacing(look.theme.px("pad"))
        self._probe = named(KeyButton("probe"), self.part("probe"))
        self._probe.clicked.connect(self.probe_requested)
        self._report = Card(look, self.part("report"))
        self._report.hide()
        self._by_it = named(WrapLabel(), self.part("by_it"))
        self._by_it.setProperty("role", "hint")
        self._save = named(KeyButton("save"), self.part("save"))
        self._save.claim(Tone.ACT)
        self._save.clicked.connect(self.save_requested)
        self._undo = named(KeyButton("undo"), self.part("undo"))
        self._undo.clicked.connect(self.undo_requested)
        inner = QWidget()
        inner.setLayout(self._column)
        inner.setMaximumWidth(2 * look.theme.px("sheet"))
        area = named(QScrollArea(), self.part("area"))
        area.setWidget(inner)
        area.setWidgetResizable(True)
        foot = QHBoxLayout()
        foot.addWidget(self._save)
        foot.addWidget(self._undo)
        foot.addStretch(1)
        pad = look.theme.px("pad")
        column = QVBoxLayout(self)
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(pad)
        column.addWidget(self._title)
        column.addWidget(self._notice)
        column.addWidget(area, 1)
        column.addLayout(foot)
        look.changed.connect(self.looks_changed)

    @property
    def draft_is_open(self) -> bool:
        return self._state is not None and bool(self._state.changes)

    def looks(self) -> dict[str, Value]:
        dressing = self._dressing
        return {
            "language": dressing.language,
            "theme": dressing.theme,
            "text_scale": dressing.scale,
        }

    def put_on(self, name: str, value: Value) -> None:
        self._dressing.show(name, value)

    def show_state(self, state: SettingsState) -> None:
        self._state = state
        if not self._cards:
            self._build(state)
        text = self.text
        self._title.setText(text("settings.title"))
        self.setAccessibleName(text("settings.title"))
        self._by_it.setText(text("settings.by_it.why"))
        for group, rows in state.groups:
            self._cards[group.key][0].head(text(f"settings.group.{group.key}"))
            for row in rows:
                self._draw_row(group, row)
        self._save.setText(text("settings.save"))
        self._save.setEnabled(state.can_save)
        self._undo.setText(text("settings.undo"))
        self._undo.setEnabled(bool(state.changes) and not state.saving)
        self._probe.setText(text("settings.probing" if state.probing else "settings.probe"))
        self._probe.setEnabled(state.can_probe)
        self._draw_report(state.report)
        self._notice.show_notice(self._notice_of(state))

    def retranslate(self) -> None:
        super().retranslate()
        if self._state is not None:
            self.show_state(self._state)

    def _build(self, state: SettingsState) -> None:
        for group, rows in state.groups:
            card = Card(self.look, self.part(f"group.{group.key}"))
            if group.by_it:
                card.put(self._by_it)
            form = Form(self.look, self.objectName())
            for row in rows:
                chooser = _Chooser(row)
                chooser.changed.connect(self.changed)
                self._editors[row.name] = chooser
                form.add(FieldSpec(row.name, ""), chooser.editor)
            card.put(form)
            if group.key == "server":
                card.put(self._probe)
                card.put(self._report)
            self._cards[group.key] = (card, form)
            self._column.addWidget(card)
        self._column.addStretch(1)

    def _draw_row(self, group: Group, row: Row) -> None:
        text = self.text
        field = self._cards[group.key][1].field(row.name)
        if row.managed:
            hint = text("settings.managed", why=self._why(row))
        elif row.by_it:
            hint = text("settings.by_it", why=self._why(row), source=self._source(row))
        elif row.name in AT_ONCE:
            hint = text("settings.at_once", source=self._source(row))
        else:
            hint = text("settings.next_start", source=self._source(row))
        unit = text(f"settings.unit.{row.name}") if row.kind is Kind.NUMBER else ""
        label = text(f"settings.name.{row.name}")
        said = text("settings.with_unit", label=label, unit=unit) if unit else label
        field.respell(FieldSpec(row.name, said, hint=hint))
        field.show_error(self.desk.languages.render(row.wrong) if row.wrong else "")
        names = {choice: self._choice(row.name, choice) for choice in row.choices}
        self._editors[row.name].show_row(row, names)

    def _choice(self, name: str, choice: str) -> str:
        if name in ("language", "theme"):
            return self.text(f"{name}.{choice}")
        return self.text(f"settings.{name}.{choice}")

    def _why(self, row: Row) -> str:
        """What a value that cannot be changed here protects."""
        has = self.desk.languages.catalogue.has(f"settings.why.{row.name}")
        return self.text(f"settings.why.{row.name}") if has else ""

    def _source(self, row: Row) -> str:
        return self.text(f"settings.source.{row.source.replace(' ', '-')}")

    def _notice_of(self, state: SettingsState) -> Notice | None:
        text = self.text
        if state.fault is not None:
            return Notice(self.desk.languages.render(state.fault.message), Tone.CAUTION)
        if state.saved and state.restart:
            return Notice(text("settings.saved_restart"), Tone.CAUTION, stays=True)
        if state.saved:
            return Notice(text("settings.saved"), Tone.GOOD)
        if state.settings.remarks:
            count = len(state.settings.remarks)
            return Notice(text("settings.remarks", count=count), Tone.CAUTION, stays=True)
        return None

    def _draw_report(self, report: ProbeReport | None) -> None:
        self._report.setVisible(report is not None)
        self._report.clear()
        if report is None:
            return
        text = self.text
        tone = Tone.GOOD if report.accepted else Tone.CAUTION
        verdict = "settings.probe_accepted" if report.accepted else "settings.probe_refused"
        self._report.head(text(verdict), tone)
        for finding in report.findings:
            line = named(WrapLabel(), self.part(f"probe.{finding.case}"))
            held = "settings.case_holds" if finding.passed else "settings.case_fails"
            known = self.desk.languages.catalogue.has(f"settings.case.{finding.case}")
            said = text(f"settings.case.{finding.case}") if known else finding.case
            line.setText(text(held, case=said))
            line.setToolTip(finding.seen)
            line.claim(Tone.GOOD if finding.passed else Tone.CAUTION)
            self._report.put(line)
        self._report.show_source(
            text("settings.probe_source", software=report.software, version=report.fhir_version)
        )


class _Chooser(QWidget):
    """One editor of the kind of its setting.

    Signals:
        changed: Name and value, when the user chose.
    """

    changed = Signal(str, object)

    def __init__(self, row: Row) -> None:
        super().__init__()
        self._name = row.name
        self._kind = row.kind
        self.editor: QWidget = self._made()

    def show_row(self, row: Row, names: dict[str, str]) -> None:
        """Show the value without reporting it as chosen."""
        self.editor.blockSignals(True)
        match self.editor:
            case QComboBox() as box:
                box.clear()
                for choice in row.choices:
                    box.addItem(names[choice], choice)
                box.setCurrentIndex(box.findData(str(row.value)))
            case QCheckBox() as tick:
                tick.setChecked(bool(row.value))
            case QLineEdit() as line:
                if line.text() != str(row.value) and not line.isModified():
                    line.setText(str(row.value))
        self.editor.blockSignals(False)
        self.editor.setEnabled(row.can_change)

    def _made(self) -> QWidget:
        match self._kind:
            case Kind.CHOICE:
                box = QComboBox()
                box.activated.connect(self._picked)
                return box
            case Kind.FLAG:
                tick = QCheckBox()
                tick.toggled.connect(self._ticked)
                return tick
        line = QLineEdit()
        line.editingFinished.connect(self._typed)
        return line

    def _picked(self, place: int) -> None:
        if isinstance(self.editor, QComboBox):
            self.changed.emit(self._name, str(self.editor.itemData(place)))

    def _ticked(self, on: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.changed.emit(self._name, on)

    def _typed(self) -> None:
        if not isinstance(self.editor, QLineEdit):
            return
        self.editor.setModified(False)
        said = self.editor.text().strip()
        number = self._kind is Kind.NUMBER and said.isdecimal()
        self.changed.emit(self._name, int(said) if number else said)
