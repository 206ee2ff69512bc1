"""Adds the window to the core: the only module here that knows Qt and the screens."""

from __future__ import annotations

import logging
import math
import sys
from collections.abc import Mapping
from datetime import timedelta

from PySide6.QtCore import Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.config import Settings, Value, save_user
from app.domain.people import Privilege, Session
from app.domain.sending import SendingStatus
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import Result
from app.kernel.loading import clear_away, loading
from app.kernel.tasks import CancelToken, Lane
from app.main import Services, Workstation, synchronise
from app.workspaces import Ground, make_workspaces
from localdb.opening import OpenCache
from sync.announcing import Hastening
from sync.server_second import WHOLE
from ui.runtime.dressing import Dressing
from ui.runtime.start import Appearance, Runtime
from ui.shell.parts import Counts, ShellParts
from ui.shell.sign_in.page import SignInPage
from ui.shell.sign_in.wiring import open_sign_in
from ui.shell.window import MainWindow

log = logging.getLogger("wardone.desktop")

_FIRST_ROUND_MS = 400


class Desktop:
    """One run of the program with a window: from the sign-in to the quit."""

    def __init__(self, settings: Settings, station: Workstation | None = None) -> None:
        existing = QApplication.instance()
        self.qt = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
        qInstallMessageHandler(_qt_says)
        QGuiApplication.setApplicationDisplayName("WardOne")
        self.settings = settings
        self.station = station or Workstation(settings)
        self.feed = ChangeFeed()
        self.runtime = Runtime(self.qt, _appearance(settings), self.feed)
        desk = self.runtime.desk
        managed = frozenset(name for name in settings.values if settings.managed(name))
        self.dressing = Dressing(
            desk.languages, desk.look, self.runtime.runner, self._keep, managed
        )
        self.sign_in: SignInPage | None = None
        self.window: MainWindow | None = None
        self._services: Services | None = None
        self._session: Session | None = None
        self._entered = False
        self._syncing = False
        self._round = CancelToken()
        self._timer = QTimer()
        self._timer.setInterval(settings.number("poll_seconds") * 1000)
        self._timer.timeout.connect(self.synchronise)
        self._hastening = Hastening()
        self._soon = QTimer()
        self._soon.setSingleShot(True)
        self._soon.setTimerType(Qt.TimerType.PreciseTimer)
        self._soon.timeout.connect(self.synchronise)
        self.feed.listen(self._on_news)

    @property
    def services(self) -> Services | None:
        """What works behind the window; None before somebody has signed in."""
        return self._services

    def start(self, session: Session | None = None) -> None:
        """Show the sign-in page, or the window of somebody who is signed in already."""
        if session is not None:
            self._enter(session)
            return
        demo = self.settings.string("directory") == "demo"
        self.sign_in = open_sign_in(
            self.runtime.desk,
            self.station.signing_in,
            self._enter,
            demo=demo,
            dressing=self.dressing,
        )
        self.sign_in.resize(1280, 720)
        self.sign_in.show()

    def synchronise(self) -> None:
        """Start a round unless one is running."""
        services, session = self._services, self._session
        if services is None or session is None or self._syncing:
            return
        self._syncing = True
        self._round = CancelToken()
        self._soon.stop()
        self._timer.start()  # the next one by the clock counts from this one
        self._hastening = self._hastening.begun(self.station.clock.monotonic())

        def work(token: CancelToken) -> None:
            synchronise(services, session, token)

        self.runtime.runner.submit(Lane.SYNC, work, self._synchronised, self._round)

    def sign_out(self) -> None:
        """Leave the window to the next person; drafts and what waits stay in the cache."""
        services, session, window = self._services, self._session, self.window
        if services is None or session is None or window is None:
            return
        self._timer.stop()
        self._bring_forward(Hastening())
        self._round.cancel()  # the next person's first round does not wait for the rest of this one
        self._syncing = False
        self._services = self._session = self.window = None
        runner, signing_in = self.runtime.runner, self.station.signing_in
        token = CancelToken()
        runner.submit(Lane.STORE, lambda _: signing_in.sign_out(session), _nothing, token)
        runner.submit(Lane.SYNC, lambda _: services.close(), _nothing, token)
        window.leave()
        window.close()
        window.deleteLater()
        self.start()

    def close(self) -> None:
        """Finish every write and close everything. Call once."""
        self._timer.stop()
        self._bring_forward(Hastening())
        self._round.cancel()
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
        if self.sign_in is not None:
            self.sign_in.leave()
            self.sign_in.deleteLater()
        self.dressing.close()
        self.runtime.close()
        if self._services is not None:
            self._services.close()
        self.station.close()

    def _enter(self, session: Session) -> None:
        """Show the window of `session`; what is made for it stays until somebody else enters."""
        if self._entered:
            clear_away()
        self._entered = True
        with loading():
            self._open_window(session)

    def _open_window(self, session: Session) -> None:
        runner = self.runtime.runner
        services = self.station.services(runner.store_behind, self.feed)
        self._services, self._session = services, session
        services.tokens.attend(session)
        services.tokens.renewed = runner.reporter(self._renewed)
        clinician = session.clinician
        services.engine.follow(clinician.wards, clinician.id)
        self.window = MainWindow(
            self.runtime.desk,
            self.dressing,
            make_workspaces(self._ground(), services, session),
            self._parts(services),
            session,
        )
        self.window.sign_out_requested.connect(self.sign_out)
        self.window.session_renewed.connect(self._signed_in_again)
        services.engine.listen(runner.reporter(self._show_status))
        self.window.show_status(services.engine.status())
        self.window.resize(1280, 720)
        self.window.show()
        self.window.activateWindow()  # the keys are its own from now on, not the sign-in page's
        if self.sign_in is not None:
            self.sign_in.leave()
            self.sign_in.deleteLater()
            self.sign_in = None
        told = runner.reporter(self._announced)

        def heard(rtypes: frozenset[str]) -> None:
            services.engine.look_first(rtypes)
            told(None)

        services.hearing.start(heard)
        # The board is read and painted first: a round would take the processor from it.
        self._soon.start(_FIRST_ROUND_MS)

    def _ground(self) -> Ground:
        return Ground(
            self.runtime.desk, self.station, self._cache(), self.settings, self.dressing, self._keep
        )

    def _parts(self, services: Services) -> ShellParts:
        cache = self._cache()
        return ShellParts(
            charts=services.charts,
            wards=services.wards,
            signing_in=self.station.signing_in,
            people=cache.people,
            clock=self.station.clock,
            auto_lock=timedelta(minutes=self.settings.number("auto_lock_minutes")),
            count=lambda session: count_waiting(services, session),
            outbox=cache.sync_store.counts,
            save_list=services.lists.save,
            look_at=services.engine.look_at,
        )

    def _cache(self) -> OpenCache:
        cache = self.station.door.opened
        if cache is None:
            raise AssertionError("the window comes after the cache")
        return cache

    def _announced(self, _: None) -> None:
        """The server says that something has changed."""
        now = self.station.clock.monotonic()
        self._bring_forward(self._hastening.announced(now, self._settle(now)))

    def _settle(self, now: float) -> float:
        """How long until a round shows everything that stands at the server by now."""
        services = self._services
        return services.engine.server_second.until_next(now) if services else WHOLE

    def _on_news(self, changed: Changed) -> None:
        """What was signed here is sent at once; during a round it may be that round's own news."""
        if "outbox" in changed.kinds and self._services is not None:
            now = self.station.clock.monotonic()
            if self._syncing:
                self._bring_forward(self._hastening.announced(now, WHOLE))
            else:
                self._bring_forward(self._hastening.signed(now))

    def _bring_forward(self, hastening: Hastening) -> None:
        """Begin the next round when `hastening` says; after the one that is running, if any."""
        self._hastening = hastening
        wait = hastening.wait(self.station.clock.monotonic())
        if wait is None:
            self._soon.stop()
        elif not self._syncing:
            self._soon.start(math.ceil(wait * 1000))

    def _show_status(self, status: SendingStatus) -> None:
        if self.window is not None:
            self.window.show_status(status)

    def _renewed(self, session: Session) -> None:
        self._session = session
        if self.window is not None:
            self.window.renew(session)

    def _signed_in_again(self, session: Session) -> None:
        if self._services is not None:
            self._services.tokens.attend(session)
        self._session = session
        self.synchronise()

    def _synchronised(self, result: Result[None]) -> None:
        del result  # trouble is in the status; a bug is in the log
        self._syncing = False
        self._bring_forward(self._hastening)

    def _keep(self, changes: Mapping[str, Value]) -> None:
        save_user(self.settings, changes)


def count_waiting(services: Services, session: Session) -> Counts:
    """What waits for `session`: its inbox, and critical results on its wards."""
    inbox = len(services.inbox.items(session))
    if not session.can(Privilege.SEE_WARD):
        return Counts(inbox)
    boards = (services.wards.board(session, ward) for ward in session.clinician.wards)
    return Counts(inbox, sum(r.pending.critical_results for b in boards for r in b.rows))


def _nothing(result: object) -> None:
    """What came of it is in the log; there is no screen left to show it on."""
    del result


def run(
    settings: Settings, station: Workstation | None = None, session: Session | None = None
) -> int:
    """Open the window and stay until it is closed; returns the exit code."""
    desktop = Desktop(settings, station)
    try:
        desktop.start(session)
        return desktop.qt.exec()
    finally:
        desktop.close()


def smoke(settings: Settings) -> int:
    """Open the sign-in page, draw it once, and leave: proves that an installation can start."""
    desktop = Desktop(settings)
    try:
        desktop.start()
        page = desktop.sign_in
        drawn = page is not None and not page.grab().isNull()
    finally:
        desktop.close()
    log.info("smoke: the sign-in page was drawn: %s", drawn)
    return 0 if drawn else 1


def _appearance(settings: Settings) -> Appearance:
    return Appearance(
        settings.string("language"),
        settings.string("theme"),
        settings.number("text_scale"),
        settings.flag("touch"),
        settings.string("time_zone"),
    )


def _qt_says(kind: QtMsgType, context: object, message: str) -> None:
    """Qt's own warnings belong in the log."""
    del context
    if "propagateSizeHints" in message:
        return  # the offscreen platform says so of every window
    level = logging.INFO if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) else logging.WARNING
    log.log(level, "qt: %s", message)
