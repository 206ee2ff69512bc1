"""What opening a chart, locking and counting mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from app.domain.census import Ward
from app.domain.patients import Banner
from app.domain.people import Privilege, Session
from app.domain.terms import PatientId
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Fault, FaultKind, Message, Ok, Result
from app.kernel.tasks import CancelToken, Lane, TaskScope
from app.ports.directory import Credentials
from app.ports.reading import PatientHit
from app.services.access import Access
from app.services.chart_reading import Opening
from app.services.signing_in import Newcomer
from ui.shell.parts import Counts, ShellParts

SHORTEST_REASON = 10
"""Characters of a reason for opening a chart of another ward (`AccessPolicy.break_glass`)."""

_BANNER_KINDS = frozenset({"patient", "allergy", "vital", "order", "census", "flag"})
_COUNT_KINDS = frozenset({"task", "message", "result", "census", "session"})


@dataclass(frozen=True, slots=True)
class Wish:
    """A chart somebody wants to open, and where on it to begin."""

    patient: PatientId
    workspace: str
    focus: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What this person used last."""

    scenario: str = ""
    place: str = ""
    ward: str = ""


class ShellView(Protocol):
    def show_chart(self, banner: Banner, wish: Wish) -> None: ...

    def ask_reason(self, wish: Wish) -> None: ...

    def show_denied(self, wish: Wish) -> None: ...

    def show_fault(self, fault: Fault) -> None: ...

    def show_banner(self, banner: Banner) -> None: ...

    def show_access_ended(self, patient: PatientId) -> None: ...

    def show_counts(self, counts: Counts) -> None: ...

    def show_wards(self, wards: tuple[Ward, ...]) -> None: ...

    def show_found(self, query: str, hits: tuple[PatientHit, ...]) -> None: ...

    def show_remembered(self, remembered: Remembered) -> None: ...

    def show_unlocked(self, session: Session) -> None: ...

    def show_still_locked(self, fault: Fault) -> None: ...

    def show_signed_in_again(self, session: Session) -> None: ...

    def show_not_signed_in(self, fault: Fault) -> None: ...


class ShellPresenter:
    """Serves the main window. Holds the session of the moment."""

    def __init__(
        self,
        view: ShellView,
        parts: ShellParts,
        session: Session,
        tasks: TaskScope,
        feed: ChangeFeed,
    ) -> None:
        self._view = view
        self._parts = parts
        self._session = session
        self._tasks = tasks
        self._open: tuple[PatientId, ...] = ()
        self._finding: CancelToken | None = None
        self._asking: CancelToken | None = None
        self._unlisten = feed.listen(self._heard)

    @property
    def session(self) -> Session:
        return self._session

    @property
    def clock(self) -> Clock:
        return self._parts.clock

    def close(self) -> None:
        self._unlisten()
        self._tasks.close()

    def begin(self) -> None:
        """Read what this person used last, their wards, and what waits for them."""
        self._tasks.read(lambda _: self._recall(), self._on_recalled)
        self._count()
        session = self._session
        if session.can(Privilege.SEE_WARD):
            self._tasks.read(lambda _: self._parts.wards.wards(session), self._on_wards)

    def renew(self, session: Session) -> None:
        """Go on with `session`: the lease was extended, or the hospital signed us in again."""
        self._session = session
        self._count()

    # -- charts

    def open_chart(self, wish: Wish) -> None:
        session = self._session
        self._tasks.read(
            lambda _: self._parts.charts.open(session, wish.patient),
            lambda result: self._on_opening(result, wish),
        )

    def break_glass(self, wish: Wish, reason: str) -> None:
        """Open it for a reason, on the record."""
        session = self._session
        self._tasks.write(
            lambda: self._parts.charts.break_glass(session, wish.patient, reason),
            lambda result: self._on_opening(result, wish),
        )

    def follow(self, patients: tuple[PatientId, ...]) -> None:
        """Keep the banners of `patients` true to the record."""
        self._open = patients

    def look_at(self, patient: PatientId | None) -> None:
        self._parts.look_at(patient)

    # -- finding

    def find(self, query: str) -> None:
        """Look for patients; a newer query replaces an older one."""
        if self._finding is not None:
            self._finding.cancel()
            self._finding = None
        session = self._session
        if not query.strip() or not session.can(Privilege.SEE_WARD):
            return
        self._finding = self._tasks.read(
            lambda _: self._parts.wards.find(session, query),
            lambda result: self._on_found(query, result),
        )

    # -- remembering

    def remember(self, name: str, value: str) -> None:
        who = self._session.clinician.id
        self._tasks.write(lambda: self._parts.people.remember(who, f"shell.{name}", value), _done)

    # -- locking and signing in again

    def note_lock(self) -> None:
        """Write the lock down; the screen is covered whatever comes of it."""
        session = self._session
        self._tasks.write(lambda: self._parts.signing_in.locked(session), _done)

    def unlock(self, passphrase: str) -> None:
        session = self._session
        self._tasks.write(
            lambda: self._parts.signing_in.unlock(session, passphrase), self._on_unlocked
        )

    def sign_in_again(self, password: str) -> None:
        """Ask the hospital anew, for the same person; the browser needs no password from us."""
        signing_in, username = self._parts.signing_in, self._session.clinician.username
        given = None if signing_in.in_browser else Credentials(username, password)
        self._asking = self._tasks.read(
            lambda token: signing_in.at_the_hospital(given, lambda: token.cancelled),
            self._on_signed_in_again,
            lane=Lane.SYNC,
        )

    def stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    @property
    def in_browser(self) -> bool:
        return self._parts.signing_in.in_browser

    @property
    def lease_is_short(self) -> bool:
        """Offline work may be signed for less than an hour more."""
        return self._session.lease_until - self.clock.now() < timedelta(hours=1)

    # -- answers

    def _on_opening(self, result: Result[Opening], wish: Wish) -> None:
        match result:
            case Ok(Opening(banner=Banner() as banner)):
                self._view.show_chart(banner, wish)
            case Ok(Opening(access=Access.NEEDS_REASON)):
                self._view.ask_reason(wish)
            case Ok(_):
                self._view.show_denied(wish)
            case Failed(fault):
                self._view.show_fault(fault)

    def _on_found(self, query: str, result: Result[tuple[PatientHit, ...]]) -> None:
        match result:
            case Ok(hits):
                self._view.show_found(query, hits)
            case Failed(fault):
                self._view.show_fault(fault)

    def _on_recalled(self, result: Result[Remembered]) -> None:
        self._view.show_remembered(result.value if isinstance(result, Ok) else Remembered())

    def _on_wards(self, result: Result[tuple[Ward, ...]]) -> None:
        if isinstance(result, Ok):
            self._view.show_wards(result.value)

    def _on_counts(self, result: Result[Counts]) -> None:
        self._view.show_counts(result.value if isinstance(result, Ok) else Counts())

    def _on_unlocked(self, result: Result[Session]) -> None:
        match result:
            case Ok(_):
                # Not the session it came back with: the lease may have been renewed meanwhile.
                self._view.show_unlocked(self._session)
            case Failed(fault):
                self._view.show_still_locked(fault)

    def _on_signed_in_again(self, result: Result[Session | Newcomer]) -> None:
        self._asking = None
        mine = self._session.clinician.id
        match result:
            case Ok(Session() as session) if session.clinician.id == mine:
                self.renew(session)
                self._view.show_signed_in_again(session)
            case Ok(_):
                self._view.show_not_signed_in(_somebody_else())
            case Failed(fault):
                self._view.show_not_signed_in(fault)

    # -- news

    def _heard(self, changed: Changed) -> None:
        if changed.kinds & _COUNT_KINDS:
            self._count()
        for patient in self._open:
            if any(changed.touches(kind, patient) for kind in _BANNER_KINDS):
                self._read_banner(patient)

    def _read_banner(self, patient: PatientId) -> None:
        session = self._session
        self._tasks.read(
            lambda _: self._parts.charts.banner(session, patient),
            lambda result: self._on_banner(result, patient),
        )

    def _on_banner(self, result: Result[Banner], patient: PatientId) -> None:
        match result:
            case Ok(banner):
                self._view.show_banner(banner)
            case Failed(fault) if fault.message.code == "access.not-granted":
                self._view.show_access_ended(patient)
            case Failed(fault):
                self._view.show_fault(fault)

    def _count(self) -> None:
        session = self._session
        self._tasks.read(lambda _: self._parts.count(session), self._on_counts)

    def _recall(self) -> Remembered:
        who, people = self._session.clinician.id, self._parts.people
        kept = {
            name: people.preference(who, f"shell.{name}") or ""
            for name in ("scenario", "place", "ward")
        }
        return replace(Remembered(), **kept)


def _somebody_else() -> Fault:
    return Fault(FaultKind.REFUSED, Message.of("shell.again.somebody_else"), "another clinician")


def _done(result: object) -> None:
    """What came of it is in the log; nothing on the screen depends on it."""
    del result
