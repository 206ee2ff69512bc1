"""The form of a message to a colleague."""

from __future__ import annotations

from dataclasses import replace

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
from widgets.labels import Caption, Title, WrapLabel, paint_tone
from widgets.naming import named


class LetterForm(QWidget):
    """Whom, what, about whom, how urgent. Ctrl+Enter sends; Escape puts it aside, kept.

    Signals:
        edited: The message as it is being typed.
        settled: The message as it now reads, to be kept.
        send_requested: The user wants it sent; everything typed has been reported before.
        aside_requested: The user wants to go on with it later.
        discard_requested: The user does not want it after all.
        patient_chosen: Whether it is about the patient that is offered.
    """

    edited = Signal(object)
    settled = Signal(object)
    aside_requested = Signal()
    send_requested = Signal()
    discard_requested = Signal()
    patient_chosen = Signal(bool)

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._words = InboxWords(desk)
        self._letter = Letter()
        self._shown: tuple[object, ...] = ()
        look = desk.look
        self._title = named(Title(), f"{name}.title")
        self._restored = named(WrapLabel(), f"{name}.restored")
        paint_tone(self._restored, Tone.LOCAL)
        self._to_label = named(Caption(), f"{name}.to.label")
        self._to = named(QComboBox(), f"{name}.to")
        self._text_label = named(Caption(), f"{name}.text.label")
        self._text = Editor(look, f"{name}.text")
        self._urgent = named(QCheckBox(), f"{name}.urgent")
        self._about = named(QCheckBox(), f"{name}.about")
        self._fault = BannerLine(look, f"{name}.fault")
        self._send = named(KeyButton("send"), f"{name}.send")
        self._discard = named(KeyButton("discard"), f"{name}.discard")
        self._later = named(KeyButton("later"), f"{name}.later")
        self._send.claim(Tone.ACT)
        self._to_label.setBuddy(self._to)
        foot = QHBoxLayout()
        foot.addWidget(self._discard)
        foot.addStretch(1)
        foot.addWidget(self._later)
        foot.addWidget(self._send)
        column = QVBoxLayout(self)
        column.setSpacing(look.theme.grid(1))
        for part in (self._title, self._restored, self._to_label, self._to, self._text_label):
            column.addWidget(part)
        column.addWidget(self._text, 1)
        for other in (self._urgent, self._about, self._fault):
            column.addWidget(other)
        column.addLayout(foot)
        self._connect()
        self.respell()

    @property
    def letter(self) -> Letter:
        """What the fields hold now. To whom is asked of the list once its names are there."""
        to = self._letter.to
        if self._to.count() > 1:
            chosen = str(self._to.currentData() or "")
            to = PractitionerId(chosen) if chosen else None
        urgent, text = self._urgent.isChecked(), self._text.text()
        return replace(self._letter, to=to, text=text, urgent=urgent, caret=self._text.caret)

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
        self._later.setText(text("inbox.write.later"))
        self._shown = ()

    def begin(self, letter: Letter) -> None:
        """Fill the sheet; the cursor goes to the recipient, or to where it was in the text."""
        self._text.show_text("")
        self._text.show_text(letter.text, letter.caret)
        self._urgent.setChecked(letter.urgent)
        first = self._to if letter.blank else self._text
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def flush(self) -> None:
        """Report at once what has not been reported."""
        self._text.flush()

    def show_letter(self, letter: Letter, state: InboxState) -> None:
        """Show what others know of it; what is typed is the user's and stays."""
        self._letter = letter
        language = self._words.desk.languages.language
        wanted = (language, state.people)
        at = letter.restored_at
        time = self._words.desk.formats.moment(at) if at else ""
        self._restored.setText(self._words.text("inbox.restored", time=time) if time else "")
        self._restored.setVisible(bool(time))
        if wanted != self._shown:
            self._shown = wanted
            self._to.clear()
            self._to.addItem(self._words.text("inbox.write.choose"), "")
            for person, name in state.people:
                self._to.addItem(name.shown(language), person)
        self._to.setCurrentIndex(max(0, self._to.findData(letter.to or "")))
        about = letter.about
        self._about.setVisible(about is not None)
        self._about.setChecked(letter.concerns)
        self._about.setText(self._words.text("inbox.write.about", name=about[1] if about else ""))
        for part in (self._to, self._urgent, self._about, self._discard, self._later):
            part.setEnabled(not letter.busy)
        self._text.allow_editing(allowed=not letter.busy)
        self._send.setEnabled(letter.can_send and self._to.currentData() == letter.to)
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
            self._ask_send()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape, which no field wants, goes back to the list."""
        if event.key() == Qt.Key.Key_Escape:
            self._ask_aside()
        else:
            super().keyPressEvent(event)

    def _connect(self) -> None:
        self._to.activated.connect(self._tell_settled)
        self._text.edited.connect(self._tell)
        self._text.settled.connect(self._tell_settled)
        self._urgent.clicked.connect(self._tell_settled)
        self._about.clicked.connect(self.patient_chosen)
        self._text.sign_requested.connect(self._ask_send)
        self._send.clicked.connect(self._ask_send)
        self._later.clicked.connect(self._ask_aside)
        self._discard.clicked.connect(self.discard_requested)
        for part in (self._to, self._urgent, self._about):
            part.installEventFilter(self)

    def _tell(self) -> None:
        self.edited.emit(self.letter)

    def _tell_settled(self) -> None:
        self.settled.emit(self.letter)

    def _ask_send(self) -> None:
        self.flush()
        self.send_requested.emit()

    def _ask_aside(self) -> None:
        self.flush()
        self.aside_requested.emit()
