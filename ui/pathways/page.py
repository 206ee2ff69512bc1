"""The clinical pathway of a patient (临床路径): choose one, or work on its grid of days."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget

from resources.styles.tokens import Tone
from ui.pathways.deed_bar import PathwayDeeds
from ui.pathways.deeds import Asked, Deed
from ui.pathways.grid_panel import GridPanel
from ui.pathways.grid_words import GridWords
from ui.pathways.offer_words import OfferWords
from ui.pathways.presenter import PathwayPresenter
from ui.pathways.sheets import (
    CompleteSheet,
    DaySheet,
    EnrolSheet,
    PathwaySheet,
    ReasonSheet,
    TakeBackSheet,
)
from ui.pathways.state import Face, PathwayState
from ui.pathways.words import PathwayWords
from ui.runtime.desk import Desk
from ui.runtime.listing import Excuses, Listing, show_listing
from ui.runtime.outcome import say_outcome
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from widgets.banner_line import BannerLine, Notice
from widgets.choices import offer
from widgets.labels import Title, WrapLabel
from widgets.naming import named
from widgets.state_stack import StateStack
from widgets.table import Table

_KEYS = {
    Deed.ENROL: ("E", "plus"),
    Deed.EXPLAIN: ("V", "git-compare"),
    Deed.TAKE_BACK: ("U", "undo-2"),
    Deed.ORDERS: ("O", "clipboard-list"),
    Deed.NOTE: ("Shift+V", "pencil"),
    Deed.OPERATION: ("D", "calendar"),
    Deed.COMPLETE: ("Shift+C", "circle-check"),
    Deed.LEAVE: ("Shift+L", "ban"),
}
"""The key and the icon of what has a command; ticking is Space and Enter on the grid."""


class PathwayPage(Page):
    """Draws a `PathwayState`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "pathway")
        self._words = PathwayWords(desk)
        self._lists = OfferWords(self._words)
        self._presenter: PathwayPresenter | None = None
        self._state: PathwayState | None = None
        self._asking = False
        self._title = named(Title(), self.part("title"))
        self._title.setWordWrap(False)
        self._enrolments = named(QComboBox(), self.part("enrolments"))
        self._enrolments.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._counts = named(WrapLabel(), self.part("counts"))
        self._counts.setProperty("role", "caption")
        self._deeds = PathwayDeeds(self)
        self._notice = BannerLine(self.look, self.part("notice"))
        self._caution = BannerLine(self.look, self.part("caution"))
        self._ended = BannerLine(self.look, self.part("ended"))
        self._offer = Table(self.look, self._lists.offer_spec(self.part("offer")))
        self._record = Table(self.look, self._lists.record_spec(self.part("record")))
        self._panel = GridPanel(self, GridWords(self._words))
        self._faces = QStackedWidget()
        for face in (self._offer, self._panel, self._record):
            self._faces.addWidget(face)
        self._stack = StateStack(self.look, self.part("state"), self._faces)
        self.keep(PageKeys(desk.shortcuts, self, *self._commands()))
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(self, presenter: PathwayPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self.show_state(presenter.state)

    def focus_on(self, focus: str) -> None:
        """Go to one enrolment."""
        if self._presenter is not None:
            self._presenter.focus_on(focus)

    def pass_time(self) -> None:
        if self._presenter is not None:
            self._presenter.pass_time()

    def retranslate(self) -> None:
        super().retranslate()
        self._title.setText(self.text("workspace.pathway"))
        self._enrolments.setAccessibleName(self.text("pathways_page.enrolments"))
        self._offer.respell(self._lists.offer_spec(self.part("offer")))
        self._record.respell(self._lists.record_spec(self.part("record")))
        self._panel.respell()
        self._deeds.respell()
        if self._state is not None:
            self.show_state(self._state)

    # -- showing

    def show_state(self, state: PathwayState) -> None:
        self._state = state
        self._say_enrolments(state)
        self._counts.setText(self._words.counts(state) if state.face is Face.GRID else "")
        self._deeds.show_deeds(state)
        say_outcome(self._notice, self.desk, state.act_fault, state.notice)
        said = self._words.caution(state)
        self._caution.show_notice(Notice(said, Tone.CAUTION, stays=True) if said else None)
        ended = ""
        if state.grid is not None and state.face is not Face.OFFER:
            ended = self._words.ended(state.grid)
        self._ended.show_notice(Notice(ended, Tone.PLAIN, stays=True) if ended else None)
        shown = len(state.pathways) if state.face is Face.OFFER else 1
        empty, then = self.text("pathways_page.empty"), self.text("pathways_page.empty.then")
        excuses = Excuses(self.text("pathways_page.safe"), empty, then)
        listing = Listing(state.seen is not None, shown, state.fault)
        if show_listing(self._stack, self.desk, listing, excuses):
            self._show_face(state)

    def _show_face(self, state: PathwayState) -> None:
        match state.face:
            case Face.OFFER:
                self._faces.setCurrentWidget(self._offer)
                self._offer.show_rows(self._lists.offer_rows(state))
                choice = state.choice
                if choice is not None and self._offer.current != choice.code:
                    self._offer.go_to(choice.code)
            case Face.RECORD:
                self._faces.setCurrentWidget(self._record)
                self._record.show_rows(self._lists.record_rows(state))
                if state.entry and self._record.current != state.entry:
                    self._record.go_to(state.entry)
            case Face.GRID:
                self._faces.setCurrentWidget(self._panel)
                self._panel.show_grid(state)

    def _say_enrolments(self, state: PathwayState) -> None:
        view = state.view
        known = view.enrolments if view is not None else ()
        self._enrolments.setVisible(bool(known))
        names = [(str(one.id), self._words.enrolment(one)) for one in known]
        if not any(self._of_stay(state, key) for key, _ in names):
            names.insert(0, ("", self.text("pathways_page.not-enrolled")))
        grid = state.grid
        shown = "" if grid is None or state.face is Face.OFFER else str(grid.enrolment.id)
        offer(self._enrolments, names, shown)

    def _of_stay(self, state: PathwayState, key: str) -> bool:
        """Whether the enrolment goes on in this stay: then there is nothing to be chosen."""
        view = state.view
        if view is None:
            return False
        one = next((one for one in view.enrolments if str(one.id) == key), None)
        here = one is not None and one.active
        return here and (view.stay is None or (one is not None and one.encounter == view.stay.id))

    # -- asking

    def ask(self, asked: Asked) -> None:
        """Open the sheet of a deed; the page is deaf to its keys until it is answered."""
        sheet = self._sheet(asked)
        self._asking = True
        sheet.decided.connect(self._decide)
        sheet.answered.connect(self._answered)
        sheet.open()

    def _sheet(self, asked: Asked) -> PathwaySheet:
        state = self._state
        if state is None or state.seen is None:
            raise AssertionError("nothing is asked before something is shown")
        book = state.seen.book
        match asked.deed:
            case Deed.ENROL:
                return EnrolSheet(self.desk, self, asked, self._why(asked, state))
            case Deed.TAKE_BACK:
                return TakeBackSheet(self.desk, self, asked)
            case Deed.COMPLETE:
                return CompleteSheet(self.desk, self, asked, book)
            case Deed.OPERATION:
                return DaySheet(self.desk, self, asked)
            case _:
                return ReasonSheet(self.desk, self, asked, book)

    def _why(self, asked: Asked, state: PathwayState) -> str:
        """The diagnosis that suggests the pathway; "" for none."""
        code = asked.pathway.code if asked.pathway is not None else ""
        diagnosis = state.seen.suggested.get(code) if state.seen is not None else None
        if diagnosis is None:
            return ""
        said = self._words.between(self._words.title(diagnosis), diagnosis.code)
        return self.text("pathways_page.enrol.suggested", diagnosis=said)

    def _decide(self, asked: Asked, answer: object) -> None:
        if self._presenter is not None:
            self._presenter.do(asked, answer)  # type: ignore[arg-type]  # a signal carries objects

    def _answered(self) -> None:
        self._asking = False
        self._to_face()

    # -- hearing

    def want(self, deed: Deed) -> None:
        """Do what a button or a key says."""
        if self._presenter is not None and not self._asking:
            self._presenter.want(deed)

    def _point(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.point(key)

    def _press(self, key: str) -> None:
        if self._presenter is not None and not self._asking:
            self._presenter.press(key)

    def _choose(self, code: str) -> None:
        if self._presenter is not None:
            self._presenter.choose(code)

    def _open(self, code: str) -> None:
        self._choose(code)
        self.want(Deed.ENROL)

    def _choose_enrolment(self, place: int) -> None:
        if self._presenter is not None:
            self._presenter.choose_enrolment(str(self._enrolments.itemData(place) or ""))

    def _dismiss(self) -> None:
        if self._presenter is not None:
            self._presenter.read_notice()

    def _reload(self) -> None:
        if self._presenter is not None:
            self._presenter.reload()

    def _to_face(self) -> None:
        face = self._faces.currentWidget()
        if face is not None:
            face.setFocus()

    # -- building

    def _commands(self) -> tuple[Command, ...]:
        deeds = tuple(
            Command(f"pathways_page.deed.{deed.value}", _Wish(self, deed), keys, icon=icon)
            for deed, (keys, icon) in _KEYS.items()
        )
        return (*deeds, Command("pathways_page.command.grid", self._to_face, "B", icon="table"))

    def _lay_out(self) -> None:
        pad = self.look.theme.px("pad")
        for table in (self._offer, self._record):
            table.show_search(shown=False)
        head = QHBoxLayout()
        head.setSpacing(pad)
        head.addWidget(self._title)
        head.addWidget(self._enrolments)
        head.addWidget(self._counts, 1)
        self.stand(head, self._deeds, self._notice, self._ended, self._caution, self._stack)

    def _connect(self) -> None:
        self._deeds.wanted.connect(self.want)
        self._enrolments.activated.connect(self._choose_enrolment)
        self._offer.selected.connect(self._choose)
        self._offer.opened.connect(self._open)
        self._record.selected.connect(self._point)
        self._panel.grid.pointed.connect(self._point)
        self._panel.grid.chosen.connect(self._press)
        self._notice.dismissed.connect(self._dismiss)
        self._stack.retry_requested.connect(self._reload)


class _Wish:
    """What a key of the page wants: its deed."""

    def __init__(self, page: PathwayPage, deed: Deed) -> None:
        self._page = page
        self._deed = deed

    def __call__(self) -> None:
        self._page.want(self._deed)
