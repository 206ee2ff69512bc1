"""The form of a plain note."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain.notes import NoteKind
from resources.styles.tokens import Tone
from ui.notes.state import NoteForm
from ui.runtime.chart_words import ChartWords
from ui.runtime.settling import Settling
from widgets.buttons import KeyButton
from widgets.editor import Editor
from widgets.form import FieldSpec, Form
from widgets.labels import Title, WrapLabel, paint_tone
from widgets.look import Look
from widgets.naming import named

_SETTLE_MS = 800


class Writer(QWidget):
    """Kind, title, text; sign and discard.

    Signals:
        settled: What the form holds has changed and is to be kept.
        sign_requested: The user signs; everything typed has been reported before.
        discard_requested: The user wants to throw it away; to be asked.
    """

    settled = Signal(object)
    sign_requested = Signal()
    discard_requested = Signal()

    def __init__(self, look: Look, name: str, words: ChartWords) -> None:
        super().__init__()
        self.setObjectName(name)
        self._words = words
        self._settling = Settling(self, _SETTLE_MS)
        self._heading = named(Title(), f"{name}.heading")
        self._restored = named(WrapLabel(), f"{name}.restored")
        paint_tone(self._restored, Tone.LOCAL)
        self._form = Form(look, f"{name}.form")
        self._kind = QComboBox()
        for kind in NoteKind:
            self._kind.addItem(kind.value, kind.value)
        self._title = QLineEdit()
        self._form.add(FieldSpec("kind", ""), self._kind)
        self._form.add(FieldSpec("title", ""), self._title)
        self._editor = Editor(look, f"{name}.editor")
        self._wrong = named(WrapLabel(), f"{name}.wrong")
        paint_tone(self._wrong, Tone.CAUTION)
        self._label = named(QLabel(), f"{name}.text_label")
        self._label.setProperty("role", "caption")
        self._label.setBuddy(self._editor)
        self._hint = named(WrapLabel(), f"{name}.hint")
        self._hint.setProperty("role", "hint")
        self._discard = named(KeyButton("discard"), f"{name}.discard")
        self._sign = named(KeyButton("sign"), f"{name}.sign")
        self._sign.claim(Tone.ACT)
        self._lay_out(look)
        self._connect()

    @property
    def form(self) -> NoteForm:
        """What the fields hold now."""
        kind, caret = str(self._kind.currentData()), self._editor.caret
        return NoteForm(kind, self._title.text(), self._editor.text(), caret)

    def show_form(self, form: NoteForm) -> None:
        """Fill the fields; a field that already holds it keeps its caret."""
        with self._settling.fill():
            self._kind.setCurrentIndex(max(0, self._kind.findData(form.kind)))
            if self._title.text() != form.title:
                self._title.setText(form.title)
            self._editor.show_text(form.text, form.caret)

    def show_errors(self, errors: dict[str, str]) -> None:
        """What keeps the note from being signed, beside its field."""
        said = [errors[key] for key in ("text", "encounter") if key in errors]
        self._wrong.setText("  ".join(said))
        self._wrong.setVisible(bool(said))

    def show_restored(self, text: str) -> None:
        self._restored.setText(text)
        self._restored.setVisible(bool(text))

    def allow(self, *, editing: bool, ready: bool) -> None:
        """Lock the fields while the signature is being written."""
        for part in (self._kind, self._title, self._discard):
            part.setEnabled(editing)
        self._editor.allow_editing(allowed=editing)
        self._sign.setEnabled(editing and ready)

    def respell(self, *, signs: bool) -> None:
        """Take the words in another language."""
        text = self._words.text
        self._heading.setText(text("notes.new.title"))
        self._form.field("kind").respell(FieldSpec("kind", text("notes.field.kind")))
        self._form.field("title").respell(FieldSpec("title", text("notes.field.title")))
        for i, kind in enumerate(NoteKind):
            self._kind.setItemText(i, text(f"notes.kind.{kind.value}"))
        self._label.setText(text("notes.field.text"))
        self._editor.name(text("notes.field.text"), text("notes.field.text.prompt"))
        self._discard.setText(text("notes.discard"))
        self._sign.setText(text("notes.sign" if signs else "notes.sign.waits"))
        self._hint.setText(text("notes.hint" if signs else "notes.hint.waits"))

    def flush(self) -> None:
        """Report at once what has not been reported."""
        self._editor.flush()
        self._settling.report()

    def write_on(self) -> None:
        """Take the focus, at the text."""
        self._editor.setFocus()

    def _lay_out(self, look: Look) -> None:
        gap = look.theme.px("gap")
        foot = QHBoxLayout()
        foot.setSpacing(gap)
        foot.addWidget(self._hint, 1)
        foot.addWidget(self._discard)
        foot.addWidget(self._sign)
        column = QVBoxLayout(self)
        column.setContentsMargins(look.theme.px("pad"), 0, 0, 0)
        column.setSpacing(gap)
        column.addWidget(self._heading)
        column.addWidget(self._restored)
        column.addWidget(self._form)
        column.addWidget(self._label)
        column.addWidget(self._editor, 1)
        column.addWidget(self._wrong)
        column.addLayout(foot)
        QWidget.setTabOrder(self._title, self._editor)
        QWidget.setTabOrder(self._discard, self._sign)

    def _connect(self) -> None:
        self._settling.due.connect(self._tell)
        self._kind.currentIndexChanged.connect(self._settling.touch)
        self._title.textChanged.connect(self._settling.touch)
        self._editor.settled.connect(self._settling.report)
        self._editor.sign_requested.connect(self._ask_sign)
        self._form.submit_requested.connect(self._ask_sign)
        self._sign.clicked.connect(self._ask_sign)
        self._discard.clicked.connect(self.discard_requested)

    def _tell(self) -> None:
        self.settled.emit(self.form)

    def _ask_sign(self) -> None:
        self.flush()
        self.sign_requested.emit()
