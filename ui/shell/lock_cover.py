"""The locked screen: it covers everything and throws nothing away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from widgets.buttons import KeyButton
from widgets.form import FieldSpec, Form
from widgets.labels import Title, WrapLabel
from widgets.naming import named


class LockCover(QWidget):
    """Lies opaque over a window until the passphrase of the person fits.

    Signals:
        unlock_requested: The passphrase as typed.
        sign_out_requested: Somebody else wants to work here.
    """

    unlock_requested = Signal(str)
    sign_out_requested = Signal()

    def __init__(self, desk: Desk, over: QWidget, *, with_passphrase: bool = True) -> None:
        super().__init__(over)
        self.setObjectName("lock")
        self._desk = desk
        self._over = over
        self._who = ""
        self._fault = ""
        self._drafts = False
        look = desk.look
        self._frame = named(QFrame(self), "lock.frame")
        self._frame.setProperty("part", "sheet")
        self._title = named(Title(), "lock.title")
        self._text = named(WrapLabel(), "lock.text")
        self._form = Form(look, "lock.form")
        self._passphrase = QLineEdit()
        self._passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._passphrase.returnPressed.connect(self._ask)
        self._field = self._form.add(self._spec(), self._passphrase)
        self._unlock = named(KeyButton("unlock"), "lock.unlock")
        self._unlock.claim(Tone.ACT)
        self._unlock.clicked.connect(self._ask)
        self._leave = named(KeyButton("sign-out"), "lock.sign_out")
        self._leave.clicked.connect(self.sign_out_requested)
        column = QVBoxLayout(self._frame)
        pad = look.theme.px("pad")
        column.setContentsMargins(pad * 2, pad * 2, pad * 2, pad * 2)
        column.setSpacing(pad)
        for part in (self._title, self._text, self._form, self._unlock, self._leave):
            column.addWidget(part)
        self._asks = with_passphrase
        for part in (self._form, self._unlock, self._leave):
            part.setVisible(with_passphrase)
        self._busy = False
        self._unlisten = desk.languages.listen(self.retranslate)
        over.installEventFilter(self)
        self.retranslate()
        self._place()
        self.show()
        self.raise_()
        if with_passphrase:
            self._passphrase.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_lock(self, who: str, *, drafts: bool, fault: str = "", busy: bool = False) -> None:
        """Say who locked, that drafts stay, and why the last passphrase did not fit."""
        self._who, self._drafts, self._fault, self._busy = who, drafts, fault, busy
        if fault:
            self._passphrase.clear()
        self.retranslate()
        if not busy and self._asks:
            self._passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        text = self._desk.languages.text
        self._title.setText(text("lock.title"))
        stays = "lock.stays_draft" if self._drafts else "lock.stays"
        self._text.setText(text(stays, name=self._who) if self._asks else text("lock.elsewhere"))
        self._field.respell(self._spec())
        self._field.show_error(self._fault)
        self._unlock.setText(text("lock.unlock"))
        self._unlock.setEnabled(not self._busy)
        self._leave.setText(text("lock.sign_out"))
        self.setAccessibleName(text("lock.title"))
        self._place()

    def remove(self) -> None:
        """Lift the cover."""
        self._unlisten()
        self._over.removeEventFilter(self)
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, FBT001, N802 - Qt's signature
        """Tab stays on the cover."""
        stops: list[QWidget] = [
            part for part in (self._passphrase, self._unlock, self._leave) if part.isVisible()
        ]
        now = self.focusWidget()
        place = next_place(stops, now, forward=next)
        if stops:
            stops[place].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), self._desk.look.theme.colour("ground"))

    def _ask(self) -> None:
        if self._passphrase.text() and not self._busy:
            self.unlock_requested.emit(self._passphrase.text())

    def _spec(self) -> FieldSpec:
        return FieldSpec("passphrase", self._desk.languages.text("lock.passphrase"))

    def _place(self) -> None:
        self.setGeometry(self._over.rect())
        theme = self._desk.look.theme
        width = min(theme.px("sheet"), self.width() - 2 * theme.px("pad"))
        self._frame.setFixedWidth(max(width, 1))
        height = self._frame.heightForWidth(width)
        self._frame.setFixedHeight(max(height, self._frame.sizeHint().height()))
        top = (self.height() - self._frame.height()) // 3
        self._frame.move((self.width() - width) // 2, max(top, 0))


def next_place(stops: list[QWidget], now: QWidget | None, *, forward: bool) -> int:
    """Where Tab goes from `now`, round and round."""
    if not stops:
        return 0
    place = stops.index(now) if now in stops else -1
    return (place + (1 if forward else -1)) % len(stops)
