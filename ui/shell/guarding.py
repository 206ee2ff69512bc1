"""Guards the window: locks it, opens it again, says when the hospital wants a new sign-in."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.domain.people import Session
from app.domain.sending import Connection, SendingStatus
from app.kernel.faults import Fault
from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, ask
from ui.runtime.key_bindings import KeyBindings
from ui.shell.companions import Companions
from ui.shell.frame import Frame
from ui.shell.guard_presenter import GuardPresenter
from ui.shell.locking import Locking
from ui.shell.session_now import SessionNow
from ui.shell.sheets import HospitalSheet
from widgets.banner_line import Notice

_ABOUT = "signed-out"
_SHUT = "outbox-only"


class Guarding(QObject):
    """The view of the `GuardPresenter`.

    Signals:
        sign_out_requested: The user leaves; drafts are kept.
        signed_in_again: The session that the hospital has given the same person.
        unlocked: The person is back.
    """

    sign_out_requested = Signal()
    signed_in_again = Signal(object)
    unlocked = Signal()

    def __init__(
        self,
        desk: Desk,
        frame: Frame,
        locking: Locking,
        companions: Companions,
        session: SessionNow,
    ) -> None:
        super().__init__(frame)
        self._desk = desk
        self._frame = frame
        self._locking = locking
        self._companions = companions
        self._session = session
        self._presenter: GuardPresenter | None = None
        self._bindings: KeyBindings | None = None
        self._was_out = False
        self._was_shut = False
        self._status: SendingStatus | None = None
        locking.unlock_requested.connect(self._unlock)
        locking.sign_out_requested.connect(self.sign_out)
        frame.notice_acted.connect(self._act)

    def attend(self, presenter: GuardPresenter, bindings: KeyBindings) -> None:
        self._presenter = presenter
        self._bindings = bindings

    def lock(self) -> None:
        """Cover everything at once; writing it down may take its time."""
        if self._locking.is_locked:
            return
        self._frame.top.close_menus()
        self._pause(paused=True)
        self._locking.lock(self._who(), drafts=self._drafts(), companions=self._companions.windows)
        if self._presenter is not None:
            self._presenter.note_lock()

    def sign_out(self) -> None:
        """Leave; an open draft and what has not been sent are spoken of first."""
        if self._locking.is_locked or not self._ask_first(self._leave_or_stay):
            self.sign_out_requested.emit()

    def may_close(self) -> bool:
        """Whether the window may be closed at once; else its user has been asked."""
        return self._locking.is_locked or not self._ask_first(self._close_or_stay)

    def _ask_first(self, answered: Callable[[str], None]) -> bool:
        """Say what stays when this person goes; False when there is nothing to say."""
        said = self._left_behind()
        if not said:
            return False
        text = self._desk.languages.text
        title = text("top.sign_out")
        choices = (Choice("", text("shell.stay")), Choice("leave", title, Tone.ACT))
        host = self._frame.charts.room
        ask(self._desk.look, host, title, "\n".join(said), choices).answered.connect(answered)
        return True

    def _left_behind(self) -> list[str]:
        text, status = self._desk.languages.text, self._status
        said = [text("shell.drafts_stay")] if self._drafts() else []
        if status is None:
            return said
        undecided = status.conflicts + status.rejected + status.held
        if undecided:
            said.append(text("shell.undecided_stays", count=undecided))
        if status.waiting:
            said.append(text("shell.unsent_stays", count=status.waiting))
        return said

    def watch(self, status: SendingStatus) -> None:
        """Say once that the hospital wants a new sign-in, until it no longer does.

        After too long without contact, close what is open and leave the queue.
        """
        self._status = status
        if status.outbox_only != self._was_shut:
            self._was_shut = status.outbox_only
            if status.outbox_only:
                self._shut(status)
            else:
                self._frame.say(_SHUT, None)
        out = status.connection is Connection.SIGNED_OUT
        if out and not self._was_out:
            text = self._desk.languages.text
            action = text("fault.act.signed_out")
            notice = Notice(text("shell.hospital_out"), Tone.CAUTION, action, stays=True)
            self._frame.say(_ABOUT, notice)
        elif self._was_out and not out:
            self._frame.say(_ABOUT, None)
        self._was_out = out

    # -- GuardView

    def show_unlocked(self) -> None:
        self._locking.unlock()
        self._pause(paused=False)
        self.unlocked.emit()

    def show_still_locked(self, fault: Fault) -> None:
        said = self._desk.languages.render(fault.message)
        self._locking.show_fault(self._who(), said, drafts=self._drafts())

    def show_signed_in_again(self, session: Session) -> None:
        said = self._desk.languages.text("shell.again.done")
        self._frame.say(_ABOUT, Notice(said, Tone.GOOD))
        self.signed_in_again.emit(session)

    def show_not_signed_in(self, fault: Fault) -> None:
        """Why not, and the way to try once more."""
        text = self._desk.languages
        action = text.text("fault.act.signed_out")
        said = text.render(fault.message)
        self._frame.say(_ABOUT, Notice(said, Tone.CAUTION, action, stays=self._was_out))

    # -- inside

    def _shut(self, status: SendingStatus) -> None:
        """Close every page; drafts are kept, and what is opened now says why it shows nothing."""
        charts, languages = self._frame.charts, self._desk.languages
        self._companions.leave()
        for patient in charts.patients:
            charts.drop(patient)
        charts.places.leave()
        at = languages.formats.moment(status.last_contact)
        said = languages.text("shell.outbox_only", at=at)
        self._frame.say(_SHUT, Notice(said, Tone.CAUTION, stays=True))
        self._frame.status.queue_requested.emit()

    def _unlock(self, passphrase: str) -> None:
        self._locking.show_busy(self._who(), drafts=self._drafts())
        if self._presenter is not None:
            self._presenter.unlock(passphrase)

    def _act(self, about: str) -> None:
        if about != _ABOUT or self._presenter is None:
            return
        sheet = HospitalSheet(
            self._desk,
            self._frame.charts.room,
            self._who(),
            in_browser=self._presenter.in_browser,
        )
        sheet.password_given.connect(self._presenter.sign_in_again)
        sheet.given_up.connect(self._presenter.stop_asking)
        sheet.open()

    def _leave_or_stay(self, key: str) -> None:
        if key == "leave":
            self.sign_out_requested.emit()

    def _close_or_stay(self, key: str) -> None:
        if key == "leave":
            self._frame.window().close()

    def _pause(self, *, paused: bool) -> None:
        if self._bindings is not None:
            self._bindings.pause(paused=paused)
        self._companions.pause(paused=paused)

    def _drafts(self) -> bool:
        return self._frame.charts.draft_is_open

    def _who(self) -> str:
        return self._session().clinician.name.shown(self._desk.languages.language)
