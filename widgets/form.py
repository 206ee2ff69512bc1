"""Forms of one column: label above, unit inside, error beside."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from resources.styles.tokens import Tone
from widgets.labels import Caption, WrapLabel, paint_tone, repolish
from widgets.look import Look
from widgets.naming import named


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What a field is called.

    Attributes:
        key: Its name in the form.
        label: Above it, tied to it for screen readers (CUI NID-0052).
        unit: Inside it, at the right.
        hint: Under it, weaker.
        required: Says so in words.
    """

    key: str
    label: str
    unit: str = ""
    hint: str = ""
    required: bool = False


class UnitField(QLineEdit):
    """A line edit with its unit inside, which cannot be typed over."""

    def __init__(self, look: Look, unit: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._unit = QLabel(unit, self)
        self._unit.setProperty("role", "caption")
        self._unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        look.changed.connect(self._make_room)
        self._make_room()

    def show_unit(self, unit: str) -> None:
        self._unit.setText(unit)
        self._make_room()

    @property
    def unit(self) -> str:
        return self._unit.text()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: ARG002 - Qt's signature
        size = self._unit.sizeHint()
        left = self.width() - size.width() - self._look.theme.grid(2)
        self._unit.setGeometry(left, (self.height() - size.height()) // 2, *size.toTuple())

    def _make_room(self) -> None:
        self._unit.adjustSize()
        width = self._unit.sizeHint().width() if self._unit.text() else 0
        self.setTextMargins(0, 0, width + (self._look.theme.grid(1) if width else 0), 0)


class Field(QWidget):
    """One labelled input with its error.

    Signals:
        left: The key, when the user leaves the input: the moment to validate.
    """

    left = Signal(str)

    def __init__(self, look: Look, spec: FieldSpec, editor: QWidget, form: str) -> None:
        super().__init__()
        self._look = look
        self._spec = spec
        self._narrow = False
        self.editor = named(editor, f"{form}.{spec.key}")
        self._label = named(Caption(), f"{form}.{spec.key}.label")
        self._label.setBuddy(editor)
        self._must = named(Caption(), f"{form}.{spec.key}.required")
        self._must.setProperty("role", "hint")
        self._hint = named(WrapLabel(), f"{form}.{spec.key}.hint")
        self._hint.setProperty("role", "hint")
        self._icon = QLabel()
        self._error = named(WrapLabel(), f"{form}.{spec.key}.error")
        paint_tone(self._error, Tone.CAUTION)
        head = QHBoxLayout()
        head.setSpacing(look.theme.grid(2))
        head.addWidget(self._label)
        head.addWidget(self._must)
        head.addStretch(1)
        self._beside = beside = QHBoxLayout()
        beside.setSpacing(look.theme.grid(2))
        low = editor.sizePolicy().verticalPolicy() == QSizePolicy.Policy.Fixed
        top = Qt.AlignmentFlag.AlignTop if low else Qt.AlignmentFlag(0)
        beside.addWidget(editor, 3, top)
        beside.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        beside.addWidget(self._error, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.theme.grid(1) // 2)
        column.addLayout(head)
        column.addLayout(beside)
        column.addWidget(self._hint)
        editor.installEventFilter(self)
        self.respell(spec)
        self.show_error("")

    def respell(self, spec: FieldSpec) -> None:
        """Take its words in another language."""
        self._spec = spec
        self._label.setText(spec.label)
        self._must.setText(self._look.text("widget.form.required") if spec.required else "")
        self.show_hint(spec.hint)
        self.editor.setAccessibleName(f"{spec.label} {spec.unit}".strip())
        if isinstance(self.editor, UnitField):
            self.editor.show_unit(spec.unit)

    def show_hint(self, text: str, hover: str = "", tone: Tone = Tone.PLAIN) -> None:
        """Say what follows from what is typed, under the input; empty for nothing."""
        self._hint.setText(text)
        self._hint.setToolTip(hover)
        self._hint.setVisible(bool(text))
        paint_tone(self._hint, tone)

    def narrow(self) -> None:
        """Share the line with another field: what is wrong stands under the input."""
        self._beside.setDirection(QBoxLayout.Direction.TopToBottom)
        self._label.setWordWrap(True)
        self._narrow = True

    def show_error(self, text: str) -> None:
        """Say what is wrong beside the input; empty for nothing."""
        self._error.setText(text)
        self._error.setVisible(bool(text))
        self._icon.setVisible(bool(text) and not self._narrow)
        if text:
            pixmap = self._look.pixmap("triangle-alert", "caution", ratio=2.0)
            self._icon.setPixmap(pixmap)
        wrong = "true" if text else "false"
        if self.editor.property("wrong") != wrong:
            self.editor.setProperty("wrong", wrong)
            repolish(self.editor)
        self.editor.setAccessibleDescription(text or self._spec.hint)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self.editor and event.type() == QEvent.Type.FocusOut:
            self.left.emit(self._spec.key)
        return False


class Form(QWidget):
    """Fields under each other; Tab goes in reading order, Ctrl+Enter signs, Esc discards nothing.

    Signals:
        left: The key of the field the user has just left.
        submit_requested: Ctrl+Enter, not while an input method composes.
    """

    left = Signal(str)
    submit_requested = Signal()

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._look = look
        self._fields: dict[str, Field] = {}
        self._first: Field | None = None
        self._row: QHBoxLayout | None = None
        self._last: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(look.theme.px("gap"))
        self._column.addStretch(1)
        self._end = 0

    def add(self, spec: FieldSpec, editor: QWidget | None = None, *, beside: bool = False) -> Field:
        """Add a field; without an `editor` it is a line for text with the unit inside.

        Args:
            spec: What it is called.
            editor: What is typed or chosen in.
            beside: On the line of the field before it, which it belongs to: a dose and its unit.
        """
        field = Field(
            self._look, spec, editor or UnitField(self._look, spec.unit), self.objectName()
        )
        field.left.connect(self.left)
        field.editor.installEventFilter(self)
        self._fields[spec.key] = field
        if beside:
            self._put_beside(field)
        else:
            self._insert(field, Qt.AlignmentFlag(0))
        self._first = self._first if beside else field
        if self._last is not None:
            QWidget.setTabOrder(self._last, field.editor)
        self._last = field.editor
        return field

    def add_part(self, part: QWidget) -> None:
        """Add what is no field: a button that opens more of them."""
        self._insert(part, Qt.AlignmentFlag.AlignLeft)

    def _insert(self, part: QWidget, where: Qt.AlignmentFlag) -> None:
        self._column.insertWidget(self._end, part, 0, where)
        self._end += 1
        self._row = None

    def _put_beside(self, field: Field) -> None:
        """On the line of the fields before it; the first of them makes room."""
        if self._row is None and self._first is not None:
            first, self._end = self._first, self._end - 1
            self._column.removeWidget(first)
            self._row = QHBoxLayout()
            self._row.setSpacing(self._look.theme.px("gap"))
            self._column.insertLayout(self._end, self._row)
            self._end += 1
            first.narrow()
            self._row.addWidget(first, 1, Qt.AlignmentFlag.AlignTop)
        if self._row is not None:
            field.narrow()
            self._row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)

    def add_group(self, title: str) -> QLabel:
        """Start a named group (CUI MEDa-0199); returns its heading to be respelled."""
        heading = QLabel(title)
        heading.setProperty("role", "strong")
        self._column.insertWidget(self._end, heading)
        self._end += 1
        return heading

    def field(self, key: str) -> Field:
        return self._fields[key]

    def show_errors(self, errors: dict[str, str]) -> None:
        """Show one error per field; fields not named have none."""
        for key, field in self._fields.items():
            field.show_error(errors.get(key, ""))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802 - Qt's name
        return _is_submit(event) and self._submit()

    def _submit(self) -> bool:
        self.submit_requested.emit()
        return True


def _is_submit(event: QEvent) -> bool:
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
        return False
    enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
    return enter and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
