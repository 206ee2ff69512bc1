"""The main window: it grants navigation and shows what the presenter finds."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.census import Ward
from app.domain.people import Session
from app.domain.sending import SendingStatus
from app.domain.terms import PatientId
from app.kernel.faults import Fault
from app.ports.reading import PatientHit
from app.ports.sync_store import QueueCounts
from ui.runtime.command_palette import CommandPalette, open_shortcut_sheet
from ui.runtime.desk import Desk
from ui.runtime.dressing import Dressing
from ui.runtime.key_bindings import KeyBindings
from ui.runtime.page import Page
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace
from ui.shell.auto_lock import AutoLock
from ui.shell.chart_door import ChartDoor
from ui.shell.chart_presenter import ChartPresenter, Wish
from ui.shell.companions import Companions
from ui.shell.finding import patient_entry, patient_of
from ui.shell.frame import Frame
from ui.shell.guard_presenter import GuardPresenter
from ui.shell.guarding import Guarding
from ui.shell.locking import Locking
from ui.shell.menu_of_keys import shell_commands
from ui.shell.parts import Counts, ShellParts
from ui.shell.presenter import Remembered, ShellPresenter
from ui.shell.scenarios import Scenario, arranged, first_of, read_scenarios
from ui.shell.session_now import SessionNow
from ui.shell.status_words import with_outbox
from ui.shell.table_keeping import TableKeeping

_HEARTBEAT_MS = 1000
_OPENS_WITH = "overview"


class MainWindow(QWidget):
    """Where a signed-in clinician works. It is the `Navigator` of every page.

    Signals:
        sign_out_requested: The user leaves; drafts are kept.
        session_renewed: The hospital signed the same person in again.
    """

    sign_out_requested = Signal()
    session_renewed = Signal(object)

    def __init__(
        self,
        desk: Desk,
        dressing: Dressing,
        workspaces: tuple[Workspace, ...],
        parts: ShellParts,
        session: Session,
    ) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setProperty("part", "ground")
        self._desk = desk
        self._parts = parts
        self._dressing = dressing
        self._session = SessionNow(session)
        self._allowed = tuple(w for w in workspaces if session.can(w.needs))
        self._scenarios = read_scenarios()
        self._scenario: Scenario | None = None
        self._own_touch = dressing.touch
        self._ward = ""
        self._status: SendingStatus | None = None
        self._left = False
        self.frame = Frame(desk, parts.clock, dressing, self._scenarios, self._open_place_page)
        self.charts = self.frame.charts
        self._tables = TableKeeping(
            desk, parts.people, parts.save_list, self._session, parts.clock, self.frame.say
        )
        self._palette = CommandPalette(desk, "palette", self)
        self._locking = Locking(desk, self, self.frame)
        self._companions = Companions(desk, parts.clock, self._settle, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.frame)
        self._guarding = Guarding(desk, self.frame, self._locking, self._companions, self._session)
        self._auto_lock = AutoLock(parts.clock, parts.auto_lock, self)
        self._connect()
        self.presenter = ShellPresenter(self, parts, self._session, desk.scope(), desk.feed)
        self._door = ChartDoor(desk, self.frame, self._companions, self)
        self._chart_presenter = ChartPresenter(
            self._door, parts.charts, self._session, desk.scope(), desk.feed
        )
        self._door.attend(self._chart_presenter)
        self._palette.searched.connect(self.presenter.find)
        commands = shell_commands(self, self._scenarios, self.places, self.chart_pages)
        self._remove_commands = desk.shortcuts.add(*commands)
        desk.shortcuts.in_front = self._in_front
        self._bindings = KeyBindings(desk.shortcuts, self, self._accepts)
        self._guard_presenter = GuardPresenter(
            self._guarding, parts.signing_in, self._session, desk.scope()
        )
        self._guarding.attend(self._guard_presenter, self._bindings)
        self._unlisten = desk.languages.listen(self.retranslate)
        self._heart = QTimer(self)
        self._heart.setInterval(_HEARTBEAT_MS)
        self._heart.timeout.connect(self.beat)
        self.frame.show_session(session, self.places)
        titles = {place.title: place.key for place in self.places}
        self.frame.show_keys({titles[c.title]: c.keys for c in commands if c.title in titles})
        self.retranslate()
        self.presenter.begin()

    # -- what it is made of

    @property
    def session(self) -> Session:
        return self._session.value

    @property
    def places(self) -> tuple[Workspace, ...]:
        return tuple(w for w in self._allowed if w.scope is Scope.PLACE)

    @property
    def chart_pages(self) -> tuple[Workspace, ...]:
        """The pages of a chart, in the order of the scenario."""
        pages = tuple(w for w in self._allowed if w.scope is Scope.PATIENT)
        return arranged(pages, self._scenario)

    @property
    def is_locked(self) -> bool:
        return self._locking.is_locked

    # -- Navigator

    def open_patient(
        self, patient: PatientId, workspace: str = _OPENS_WITH, focus: str = ""
    ) -> None:
        """Open a chart, or come back to it; a third one asks which of the two goes."""
        self._door.open(Wish(patient, workspace, focus))

    def open_place(self, place: str, focus: str = "") -> None:
        """Open a page that is about no single patient; one that is not allowed stays shut."""
        found = next((w for w in self.places if w.key == place), None)
        if found is None:
            return
        if place == "ward" and focus:
            self._ward = focus
            self.presenter.remember("ward", focus)
        elif place == "ward" and self.charts.places.current != "ward":
            focus = self._ward
        self.charts.show_place(found, focus)
        if place != "settings":
            self.presenter.remember("place", place)

    def shows(self, patient: PatientId, workspace: str = "") -> bool:
        """Whether this chart (and this page of it) is in front."""
        view = self.charts.view
        if view is None or view.patient != patient:
            return False
        return not workspace or view.host.current == workspace

    # -- what the user does

    def choose_ward(self, ward: str) -> None:
        self.open_place("ward", ward)
        self.frame.choose_ward(ward)

    def choose_scenario(self, key: str) -> None:
        """Arrange the window for a task; the patient in front stays in front."""
        self._arrange(next((s for s in self._scenarios if s.key == key), None))
        scenario, view = self._scenario, self.charts.view
        if scenario is None:
            return
        self.presenter.remember("scenario", scenario.key)
        if view is not None:
            view.go(first_of(view.workspaces, scenario.workspace))
        else:
            self.open_place(first_of(self.places, scenario.place))

    def choose_for_user(self, key: str) -> None:
        """The user menu."""
        setting, _, value = key.partition(":")
        match setting:
            case "lock":
                self.lock()
            case "sign-out":
                self.sign_out()
            case "settings":
                self.open_place("settings")
            case "text_scale":
                self._dressing.change(setting, int(value))
            case _:
                self._dressing.change(setting, value)

    def sign_out(self) -> None:
        self._guarding.sign_out()

    def lock(self) -> None:
        self._guarding.lock()

    def detach(self) -> None:
        """Give the page in front a window of its own."""
        host, view = self.charts.host, self.charts.view
        taken = host.take(host.current)
        if taken is not None:
            workspace = next(w for w in self._allowed if w.key == host.current)
            self._companions.open(workspace, taken, host, view.banner if view else None)
            self._settle()

    def next_chart(self) -> None:
        self.charts.show_next()

    def next_area(self) -> None:
        self.frame.next_area()

    def search(self) -> None:
        self._palette.open()

    def show_keys(self) -> None:
        """The sheet of keys lies under the banner, as every sheet."""
        open_shortcut_sheet(self._desk, self.charts.room)

    def close_chart(self) -> None:
        if self.charts.current is not None:
            self._door.close(str(self.charts.current))

    def show_tab(self, place: int) -> None:
        view = self.charts.view
        if view is not None and place < len(view.workspaces):
            view.go(view.workspaces[place].key)

    def open_tab(self, key: str) -> None:
        if self.charts.view is not None:
            self.charts.view.go(key)

    def toggle_allergies(self) -> None:
        if self.charts.view is not None:
            self.charts.view.banner.toggle()

    # -- what comes from outside

    def show_status(self, status: SendingStatus) -> None:
        """What the synchronisation says; call it on the GUI thread."""
        self._status = status
        self._guarding.watch(status)
        self.beat_status()

    def renew(self, session: Session) -> None:
        """Go on with a renewed session."""
        self._session.value = session
        self.frame.show_session(session, self.places)

    def beat(self) -> None:
        """Once a second: the clock, the age of what waits, the silence."""
        self.frame.status.show_status(self._status, self._parts.clock.now())
        self.charts.beat()
        if self._auto_lock.is_due:
            self.lock()

    def leave(self) -> None:
        """Close every page; queued writes run to their end. The window may then be deleted."""
        if self._left:
            return
        self._left = True
        self._heart.stop()
        self._unlisten()
        self.presenter.close()
        self._chart_presenter.close()
        self._guard_presenter.close()
        self._companions.leave()
        self.charts.leave()
        self._bindings.close()
        self._remove_commands()

    # -- ShellView

    def show_fault(self, fault: Fault) -> None:
        self.frame.say_fault(fault)

    def show_counts(self, counts: Counts) -> None:
        self.frame.show_counts(counts)

    def show_outbox(self, counts: QueueCounts | None) -> None:
        """Something was entered since the last round: "all sent" holds no longer."""
        if self._status is not None:
            self.show_status(with_outbox(self._status, counts))

    def show_wards(self, wards: tuple[Ward, ...]) -> None:
        mine = self.session.clinician.wards
        if self._ward not in {w.id for w in wards}:
            first = next((w.id for w in wards if w.id in mine), wards[0].id if wards else "")
            self._ward = str(first)
        self.frame.show_wards(wards, self._ward)

    def show_found(self, query: str, hits: tuple[PatientHit, ...]) -> None:
        del query
        now = self._parts.clock.now()
        self._palette.offer(tuple(patient_entry(self._desk, hit, now) for hit in hits))

    def show_remembered(self, remembered: Remembered) -> None:
        """Begin where this person stopped; a page they went to meanwhile is left alone."""
        self._ward = remembered.ward or self._ward
        self.frame.choose_ward(self._ward)
        self._arrange(next((s for s in self._scenarios if s.key == remembered.scenario), None))
        if not self.charts.places.current and self.charts.current is None:
            self.open_place(first_of(self.places, remembered.place, "ward", "mine"))

    # -- inside

    def retranslate(self) -> None:
        self.setWindowTitle(self._desk.languages.text("shell.window"))
        self.frame.retranslate()
        self._companions.retranslate()
        self.beat_status()

    def beat_status(self) -> None:
        self.frame.status.show_status(self._status, self._parts.clock.now())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._heart.start()
        handle = self.windowHandle()
        if handle is not None:
            self._auto_lock.watch(handle)
        self._bindings.follow()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the window is leaving; drafts are kept, and what stays open is spoken of."""
        event.setAccepted(not event.spontaneous() or self._guarding.may_close())
        if event.isAccepted():
            self.leave()

    def _connect(self) -> None:
        frame, top = self.frame, self.frame.top
        top.ward_chosen.connect(self.choose_ward)
        top.palette_requested.connect(self.search)
        top.place_requested.connect(self.open_place)
        top.user_chosen.connect(self.choose_for_user)
        top.scenario_chosen.connect(self.choose_scenario)
        frame.rail.chosen.connect(self.open_place)
        frame.status.queue_requested.connect(self._open_queue)
        self.charts.shown.connect(self._settle)
        self.charts.detach_requested.connect(self.detach)
        self._palette.chosen.connect(self._open_found)
        self._guarding.sign_out_requested.connect(self.sign_out_requested)
        self._guarding.signed_in_again.connect(self._go_on)
        self._guarding.unlocked.connect(self._auto_lock.touch)

    def _open_place_page(self, workspace: Workspace, focus: str) -> Page:
        return self._tables.attended(workspace.open(Visit(self._session, self, None, focus)))

    def open_chart_page(self, patient: PatientId, workspace: Workspace, focus: str) -> Page:
        """A page of a chart, for the host of that chart."""
        page = workspace.open(Visit(self._session, self, patient, focus))
        return self._tables.attended(page, patient)

    def _go_on(self, session: Session) -> None:
        self.renew(session)
        self.session_renewed.emit(session)

    def _settle(self) -> None:
        """Another page is in front: its keys, its place in the rail, its patient first."""
        self._bindings.follow()
        self.frame.draw_rail()
        self.presenter.look_at(self.charts.current)

    def _in_front(self, owner: object) -> bool:
        return isinstance(owner, QWidget) and owner.isVisible() and owner.window() is self

    def _accepts(self, owner: object | None) -> bool:
        return owner is None or self._in_front(owner)

    def _arrange(self, scenario: Scenario | None) -> None:
        if self._scenario is None or not self._scenario.touch:
            self._own_touch = self._dressing.touch
        self._scenario = scenario
        self.frame.top.show_scenario(scenario.key if scenario else "")
        self._dressing.show("touch", self._own_touch or (scenario is not None and scenario.touch))
        for patient in self.charts.patients:
            view = self.charts.of(patient)
            if view is not None:
                view.arrange(self.chart_pages)

    @property
    def first_chart_page(self) -> str:
        """Where a chart opens when nobody asked for a page of it."""
        wanted = (self._scenario.workspace,) if self._scenario else ()
        return first_of(self.chart_pages, *wanted, _OPENS_WITH)

    def _open_queue(self) -> None:
        self.open_place("queue")

    def _open_found(self, key: str) -> None:
        patient = patient_of(key)
        if patient:
            self.open_patient(PatientId(patient))
