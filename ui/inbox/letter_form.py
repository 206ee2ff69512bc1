"""The form of a message to a colleague."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.terms import PractitionerId
from resources.styles.tokens import Tone
from ui.inbox.state import InboxState, Letter
from ui.inbox.words import InboxWords
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.editor import Editor
from widgets.labels import Caption, Title
from widgets.naming import named


class LetterForm(QWidget):
    """Whom, what, about whom, how urgent. Ctrl+Enter sends; Escape discards nothing.

    Signals:
        edited: The message as it now reads.
        send_requested: The user wants it sent.
        discard_requested: The user does not want it after all.
        patient_refused: It is not about that patient.
    """

    edited = Signal(object)
    send_requested = Signal()
    discard_requested = Signal()
    patient_refused = Signal()

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._words = InboxWords(desk)
        self._letter = Letter()
        self._shown: tuple[object, ...] = ()
        look = desk.look
        self._title = named(Title(), f"{name}.title")
        self._to_label = named(Caption(), f"{name}.to.label")
        self._to = named(QComboBox(), f"{name}.to")
        self._text_label = named(Caption(), f"{name}.text.label")
        self._text = Editor(look, f"{name}.text")
        self._urgent = named(QCheckBox(), f"{name}.urgent")
        self._about = named(QCheckBox(), f"{name}.about")
        self._fault = BannerLine(look, f"{name}.fault")
        self._send = named(KeyButton("send"), f"{name}.send")
        self._discard = named(KeyButton("discard"), f"{name}.discard")
        self._send.claim(Tone.ACT)
        self._to_label.setBuddy(self._to)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._discard)
        foot.addWidget(self._send)
        column = QVBoxLayout(self)
        column.setSpacing(look.theme.grid(1))
        for part in (self._title, self._to_label, self._to, self._text_label):
            column.addWidget(part)
        column.addWidget(self._text, 1)
        for other in (self._urgent, self._about, self._fault):
            column.addWidget(other)
        column.addLayout(foot)
        self._connect()
        self.respell()

    @property
    def has_text(self) -> bool:
        return bool(self._text.text().strip())

    def respell(self) -> None:
        text = self._words.text
        self._title.setText(text("inbox.write.title"))
        self._to_label.setText(text("inbox.write.to"))
        self._to.setAccessibleName(text("inbox.write.to"))
        self._text_label.setText(text("inbox.write.text"))
        self._text.name(text("inbox.write.text"))
        self._urgent.setText(text("inbox.urgent"))
        self._send.setText(text("inbox.write.send"))
        self._discard.setText(text("inbox.write.discard"))
        self._shown = ()

    def begin(self) -> None:
        """Start with an empty sheet and the cursor at the recipient."""
        self._text.show_text("")
        self._urgent.setChecked(False)
        self._to.setCurrentIndex(0)
        self._to.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_letter(self, letter: Letter, state: InboxState) -> None:
        self._letter = letter
        language = self._words.desk.languages.language
        wanted = (language, state.people)
        if wanted != self._shown:
            self._shown = wanted
            self._to.clear()
            self._to.addItem(self._words.text("inbox.write.choose"), "")
            for person, name in state.people:
                self._to.addItem(name.shown(language), person)
        self._to.setCurrentIndex(max(0, self._to.findData(letter.to or "")))
        about = letter.about
        self._about.setVisible(about is not None)
        self._about.setChecked(about is not None)
        self._about.setText(self._words.text("inbox.write.about", name=about[1] if about else ""))
        for part in (self._to, self._text, self._urgent, self._about, self._discard):
            part.setEnabled(not letter.sending)
        self._send.setEnabled(letter.can_send)
        fault = letter.fault
        said = ChartWords(self._words.desk).fault(fault) if fault else ""
        self._fault.show_notice(Notice(said, Tone.CAUTION, stays=True) if fault else None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Ctrl+Enter sends from every field, as in the editor."""
        del watched
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.send_requested.emit()
            return True
        return False

    def _connect(self) -> None:
        self._to.activated.connect(self._tell)
        self._text.edited.connect(self._tell)
        self._text.settled.connect(self._tell)
        self._urgent.clicked.connect(self._tell)
        self._about.clicked.connect(self.patient_refused)
        self._text.sign_requested.connect(self.send_requested)
        self._send.clicked.connect(self.send_requested)
        self._discard.clicked.connect(self.discard_requested)
        for part in (self._to, self._urgent, self._about):
            part.installEventFilter(self)

    def _tell(self) -> None:
        to = str(self._to.currentData() or "")
        chosen = PractitionerId(to) if to else None
        urgent = self._urgent.isChecked()
        self.edited.emit(Letter(chosen, self._text.text(), urgent, self._letter.about))
