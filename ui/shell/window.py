"""The main window: places at the left, charts in front, the honest status at the bottom."""

from __future__ import annotations

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.census import Ward
from app.domain.patients import Banner
from app.domain.people import Session
from app.domain.sending import SendingStatus
from app.domain.terms import PatientId
from app.kernel.faults import Fault
from app.ports.reading import PatientHit
from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, Sheet
from ui.runtime.dressing import Dressing
from ui.runtime.page import Page
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace
from ui.shell.lock_cover import LockCover
from ui.shell.page_host import PageHost
from ui.shell.parts import Counts, ShellParts
from ui.shell.patient_view import PatientView
from ui.shell.presenter import SHORTEST_REASON, Remembered, ShellPresenter, Wish
from ui.shell.status_bar import StatusBar
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import IconButton, KeyButton
from widgets.labels import WrapLabel
from widgets.naming import named
from widgets.side_rail import RailItem, SideRail


class MainWindow(QMainWindow):
    """Opens places and charts; `Navigator` for the pages, `ShellView` for its presenter."""

    def __init__(
        self,
        desk: Desk,
        dressing: Dressing,
        workspaces: tuple[Workspace, ...],
        parts: ShellParts,
        session: Session,
    ) -> None:
        super().__init__()
        self.setWindowTitle(desk.languages.text("shell.product"))
        self._desk = desk
        self._dressing = dressing
        may = [one for one in workspaces if session.can(one.needs)]
        self._places = {w.key: w for w in may if w.scope is Scope.PLACE}
        self._chart = tuple(w for w in may if w.scope is Scope.PATIENT)
        self._charts: dict[PatientId, PatientView] = {}
        self._cover: LockCover | None = None
        self._asking: tuple[Sheet, Wish, QLineEdit] | None = None
        self._status = StatusBar(desk)
        self._rail = SideRail(desk.look, "shell.rail")
        self._host = PageHost(desk, "shell.pages", self._open_place_page)
        self._root = QWidget()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._host)
        self._notice = BannerLine(desk.look, "shell.notice")
        self._who = named(QLabel(), "shell.who")
        self._language = named(KeyButton("language"), "shell.language")
        self._theme = named(IconButton(desk.look, "theme", "contrast"), "shell.theme")
        self._lock = named(IconButton(desk.look, "lock", "lock"), "shell.lock")
        self._presenter = ShellPresenter(self, parts, session, desk.scope(), desk.feed)
        self._lay_out()
        self._rail.chosen.connect(self._go)
        self._language.clicked.connect(self._switch_language)
        self._theme.clicked.connect(self._switch_theme)
        self._lock.clicked.connect(self.lock)
        self._unlisten = desk.languages.listen(self._spell)
        self._spell()
        self._presenter.begin()
        self._go(next(iter(self._places), ""))

    # --- Navigator

    def open_patient(
        self, patient: PatientId, workspace: str = "overview", focus: str = ""
    ) -> None:
        """Open a chart; access is asked for each time."""
        self._presenter.open_chart(Wish(patient, workspace, focus))

    def open_place(self, place: str, focus: str = "") -> None:
        """Open a place the session may use."""
        if place in self._places:
            self._stack.setCurrentWidget(self._host)
            self._host.go(self._places[place], focus)
            self._show_rail(place)

    def shows(self, patient: PatientId, workspace: str = "") -> bool:
        """Whether this chart (and this page of it) is in front."""
        view = self._charts.get(patient)
        in_front = view is not None and self._stack.currentWidget() is view
        return in_front and (not workspace or (view is not None and view.host.current == workspace))

    def show_status(self, status: SendingStatus) -> None:
        """Show how the synchronisation stands."""
        self._status.show_status(status, self._presenter.clock.now())

    def renew(self, session: Session) -> None:
        """Go on with a renewed session."""
        self._presenter.renew(session)

    def lock(self) -> None:
        """Cover the screen; everything typed stays where it is."""
        if self._cover is None:
            self._presenter.note_lock()
            self._cover = LockCover(self._desk, self._root)
            self._cover.unlock_requested.connect(self._presenter.unlock)
            self._cover.sign_out_requested.connect(self.close)
            self._show_lock("")

    def closeEvent(self, event: QCloseEvent) -> None:
        for view in self._charts.values():
            view.host.leave()
        self._host.leave()
        self._presenter.close()
        self._unlisten()
        event.accept()

    # --- ShellView

    def show_chart(self, banner: Banner, wish: Wish) -> None:
        view = self._charts.get(wish.patient)
        if view is None:
            view = PatientView(
                self._desk,
                wish.patient,
                self._chart,
                lambda workspace, focus: self._open_chart_page(wish.patient, workspace, focus),
            )
            self._charts[wish.patient] = view
            self._stack.addWidget(view)
            self._presenter.follow(tuple(self._charts))
        view.show_banner(banner, self._presenter.clock.now())
        self._stack.setCurrentWidget(view)
        known = [w.key for w in self._chart]
        view.go(wish.workspace if wish.workspace in known else known[0], wish.focus)
        self._presenter.look_at(wish.patient)
        self._show_rail("")

    def ask_reason(self, wish: Wish) -> None:
        text = self._desk.languages.text
        choices = (
            Choice("", text("shell.reason.cancel")),
            Choice("open", text("shell.reason.open"), Tone.ACT, ready=False),
        )
        sheet = Sheet(self._desk.look, self._stack, text("shell.reason.title"), choices)
        reason = named(QLineEdit(), "shell.reason")
        reason.setAccessibleName(text("shell.reason.text"))
        sheet.put(WrapLabel(text("shell.reason.text")))
        sheet.put(reason)
        self._asking = (sheet, wish, reason)
        reason.textChanged.connect(self._weigh_reason)
        sheet.answered.connect(self._give_reason)
        sheet.open()

    def show_denied(self, wish: Wish) -> None:
        del wish
        self._say(self._desk.languages.text("shell.denied"))

    def show_fault(self, fault: Fault) -> None:
        self._say(self._desk.languages.render(fault.message))

    def show_banner(self, banner: Banner) -> None:
        view = self._charts.get(banner.patient.id)
        if view is not None:
            view.show_banner(banner, self._presenter.clock.now())

    def show_access_ended(self, patient: PatientId) -> None:
        view = self._charts.pop(patient, None)
        if view is not None:
            view.host.leave()
            self._stack.removeWidget(view)
            view.deleteLater()
            self._presenter.follow(tuple(self._charts))
            self._say(self._desk.languages.text("shell.chart.closed"))

    def show_counts(self, counts: Counts) -> None:
        """Nothing counts yet: the rail shows no number rather than a wrong one."""
        del counts

    def show_wards(self, wards: tuple[Ward, ...]) -> None:
        """The ward board has its own choice of wards."""
        del wards

    def show_found(self, query: str, hits: tuple[PatientHit, ...]) -> None:
        """Nothing searches from here yet."""
        del query, hits

    def show_remembered(self, remembered: Remembered) -> None:
        if remembered.place:
            self.open_place(remembered.place)

    def show_unlocked(self, session: Session) -> None:
        del session
        if self._cover is not None:
            self._cover.remove()
            self._cover = None

    def show_still_locked(self, fault: Fault) -> None:
        self._show_lock(self._desk.languages.render(fault.message))

    def show_signed_in_again(self, session: Session) -> None:
        del session
        self._notice.show_notice(None)

    def show_not_signed_in(self, fault: Fault) -> None:
        self.show_fault(fault)

    # --- inside

    def _lay_out(self) -> None:
        top = QWidget()
        top.setProperty("part", "panel")
        row = QHBoxLayout(top)
        for part in (self._who, self._language, self._theme, self._lock):
            row.addWidget(part)
        row.insertStretch(0, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._rail)
        middle.addWidget(self._stack, 1)
        root = self._root
        column = QVBoxLayout(root)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(top)
        column.addWidget(self._notice)
        column.addLayout(middle, 1)
        column.addWidget(self._status)
        self.setCentralWidget(root)

    def _spell(self) -> None:
        text = self._desk.languages.text
        name = self._presenter.session.clinician.name
        self._who.setText(name.shown(self._desk.languages.language))
        self._language.setText(text("shell.language"))
        self._theme.name(text("shell.theme"))
        self._lock.name(text("shell.lock"))
        self._show_rail(self._host.current)
        for view in self._charts.values():
            view.retranslate()

    def _show_rail(self, current: str) -> None:
        text = self._desk.languages.text
        items = tuple(RailItem(w.key, text(w.title), w.icon) for w in self._places.values())
        self._rail.show_items(items, current)

    def _go(self, place: str) -> None:
        self.open_place(place)
        self._presenter.look_at(None)

    def _open_place_page(self, workspace: Workspace, focus: str) -> Page:
        return workspace.open(Visit(self._session, self, None, focus))

    def _open_chart_page(self, patient: PatientId, workspace: Workspace, focus: str) -> Page:
        return workspace.open(Visit(self._session, self, patient, focus))

    def _session(self) -> Session:
        return self._presenter.session

    def _say(self, sentence: str) -> None:
        self._notice.show_notice(Notice(sentence, Tone.CAUTION))

    def _show_lock(self, fault: str) -> None:
        if self._cover is not None:
            drafts = any(view.host.draft_is_open for view in self._charts.values())
            name = self._presenter.session.clinician.name
            self._cover.show_lock(
                name.shown(self._desk.languages.language), drafts=drafts, fault=fault
            )

    def _weigh_reason(self, typed: str) -> None:
        if self._asking is not None:
            self._asking[0].make_ready("open", ready=len(typed.strip()) >= SHORTEST_REASON)

    def _give_reason(self, answer: str) -> None:
        if self._asking is not None and answer == "open":
            _, wish, reason = self._asking
            self._presenter.break_glass(wish, reason.text())
        self._asking = None

    def _switch_language(self) -> None:
        self._dressing.change("language", "en" if self._dressing.language != "en" else "zh_CN")

    def _switch_theme(self) -> None:
        self._dressing.change("theme", "dark" if self._dressing.theme != "dark" else "light")
