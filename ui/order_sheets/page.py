"""The order sheets of a patient (长期医嘱单, 临时医嘱单) as they lie on paper."""

from __future__ import annotations

from datetime import datetime

from app.domain.order_sheets import SheetKind
from app.domain.sheet_runs import Mode
from app.kernel.faults import Fault, Message
from app.services.order_printing import Impression
from resources.styles.tokens import Tone
from ui.order_sheets.frame import SheetFrame
from ui.order_sheets.presenter import SheetPresenter
from ui.order_sheets.printers import Choosing, Printers
from ui.order_sheets.reason_sheet import reprint_sheet
from ui.order_sheets.state import SheetState
from ui.order_sheets.tabling import tabled
from ui.order_sheets.words import SheetWords
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.exporting import Exporting, FileKind
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from widgets.banner_line import Notice

_FILE = FileKind("wardone-sheet", "pdf", "PDF (*.pdf)")


class SheetPage(Page):
    """Draws a `SheetState`."""

    def __init__(self, desk: Desk, printers: Printers) -> None:
        super().__init__(desk, "order_sheets")
        self._words = SheetWords(desk)
        self._presenter: SheetPresenter | None = None
        self._state: SheetState | None = None
        self._shown_line = ""
        self._previewed = False
        self._frame = SheetFrame(self)
        self._exporting = Exporting(self, _FILE)
        self._choosing = Choosing(self, printers)
        self.keep(PageKeys(desk.shortcuts, self, *self._commands()))
        self.setFocusProxy(self._frame.paper)
        self._connect()
        self.retranslate()

    def attend(self, presenter: SheetPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self.show_state(presenter.state)

    def retranslate(self) -> None:
        super().retranslate()
        self._frame.say_all()
        if self._state is not None:
            self.show_state(self._state)

    # -- showing

    def show_state(self, state: SheetState) -> None:
        self._state = state
        frame = self._frame
        frame.show_choices(state, self._words)
        view = state.shown
        if view is None:
            if state.fault is not None:
                said = ChartWords(self.desk).unread(state.fault)
                frame.stack.show_failed(said, self.text("order_sheet.safe"))
            else:
                frame.stack.show_loading()
            return
        frame.say_beside(state, self._words)
        if state.fault is not None:
            said = ChartWords(self.desk).unread(state.fault)
            frame.stack.show_partial(said, can_retry=True)
        elif state.is_empty and not self._words.gaps(state):
            then = self.text("order_sheet.empty.then")
            frame.stack.show_empty(self.text(f"order_sheet.empty.{state.which.value}"), then)
            return
        else:
            frame.stack.show_content()
        frame.paper.show_sheet(tabled(state))
        frame.area.fit()
        frame.paper.setAccessibleName(self._words.spoken(state.line))
        self._go_where_it_matters(state)

    def show_fault(self, fault: Fault) -> None:
        self._notify(ChartWords(self.desk).fault(fault))

    def show_done(self, message: Message) -> None:
        self._notify(self.desk.languages.render(message))

    def ask_to_save(self) -> None:
        self._exporting.ask(self._now)

    def ask_why(self) -> None:
        sheet = reprint_sheet(self.desk, self)
        sheet.reasoned.connect(self._give_reason)
        sheet.open()

    def ask_printer(self) -> None:
        if self._choosing.has_printers:
            self._choosing.ask()
        else:
            self._notify(self.text("order_sheet.no-printer"))

    def draw(self, made: Impression) -> bool:
        return self._choosing.draw(made)

    def _go_where_it_matters(self, state: SheetState) -> None:
        """To a line that was just chosen, and to the first new ink when a preview is opened."""
        line, plan = state.line, state.plan
        if line is not None and state.chosen != self._shown_line:
            self._frame.area.reveal(line)
        elif state.preview and not self._previewed and plan is not None and plan.first is not None:
            self._frame.area.reveal(plan.first)
        self._shown_line, self._previewed = state.chosen, state.preview

    def _notify(self, text: str) -> None:
        self._frame.notice.show_notice(Notice(text, Tone.CAUTION))

    # -- what the user does

    def _choose_sheet(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose_sheet(SheetKind(key))
            self._frame.area.verticalScrollBar().setValue(0)

    def _choose_mode(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose_mode(Mode(key), self._frame.area.number)

    def _choose_show(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.show_preview(preview=key == "preview")

    def _go_to(self, place: int) -> None:
        del place
        self._frame.area.go_to(self._frame.wanted_page)

    def _turned(self, number: int) -> None:
        self._frame.show_page(number)
        if self._presenter is not None:
            self._presenter.choose_page(number)

    def _pick(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose_line(key)

    def _step(self, by: int) -> None:
        if self._presenter is not None:
            self._presenter.step(by)

    def _ask_print(self) -> None:
        if self._presenter is not None:
            self._presenter.print_out()

    def _give_reason(self, reason: str) -> None:
        if self._presenter is not None:
            self._presenter.give_reason(reason)

    def _begin(self) -> None:
        if self._presenter is not None:
            self._presenter.begin()

    def _ask_save(self) -> None:
        if self._presenter is not None:
            self._presenter.save()

    def _confirm_save(self, reason: str, file: str) -> None:
        if self._presenter is not None:
            self._presenter.confirm_save(reason, file)

    def _answer(self, pages: tuple[int, ...]) -> None:
        if self._presenter is not None:
            self._presenter.answer(pages)

    def _reload(self) -> None:
        if self._presenter is not None:
            self._presenter.reload()

    def _continue(self) -> None:
        self._choose_mode(Mode.CONTINUE.value)

    def _from_line(self) -> None:
        self._choose_mode(Mode.FROM_LINE.value)

    def _this_page(self) -> None:
        self._choose_mode(Mode.PAGE.value)

    def _whole(self) -> None:
        self._choose_mode(Mode.WHOLE.value)

    def _turn_show(self) -> None:
        if self._state is not None:
            self._choose_show("sheet" if self._state.preview else "preview")

    def _page_down(self) -> None:
        self._frame.area.turn(1)

    def _page_up(self) -> None:
        self._frame.area.turn(-1)

    def _to_paper(self) -> None:
        self._frame.paper.setFocus()

    def _now(self) -> datetime:
        if self._state is None:
            raise AssertionError("nothing is saved before something is shown")
        return self._state.now

    # -- inside

    def _commands(self) -> tuple[Command, ...]:
        return (
            Command("order_sheet.command.down", self._page_down, "PgDown", icon="arrow-down"),
            Command("order_sheet.command.up", self._page_up, "PgUp", icon="arrow-up"),
            Command("order_sheet.command.continue", self._continue, "C", icon="play"),
            Command("order_sheet.command.from-line", self._from_line, "F", icon="chevron-right"),
            Command("order_sheet.command.page", self._this_page, "G", icon="file-text"),
            Command("order_sheet.command.whole", self._whole, "A", icon="undo-2"),
            Command("order_sheet.command.preview", self._turn_show, "V", icon="eye"),
            Command("order_sheet.command.print", self._ask_print, "P", icon="printer"),
            Command("order_sheet.command.save", self._ask_save, "X", icon="download"),
            Command("order_sheet.command.paper", self._to_paper, "B", icon="file-text"),
        )

    def _connect(self) -> None:
        frame = self._frame
        frame.tabs.chosen.connect(self._choose_sheet)
        frame.modes.chosen.connect(self._choose_mode)
        frame.shows.chosen.connect(self._choose_show)
        frame.pages.activated.connect(self._go_to)
        frame.area.turned.connect(self._turned)
        frame.print_out.clicked.connect(self._ask_print)
        frame.save.clicked.connect(self._ask_save)
        frame.waiting.answered.connect(self._answer)
        frame.paper.picked.connect(self._pick)
        frame.paper.stepped.connect(self._step)
        frame.stack.retry_requested.connect(self._reload)
        self._choosing.chosen.connect(self._begin)
        self._exporting.decided.connect(self._confirm_save)
