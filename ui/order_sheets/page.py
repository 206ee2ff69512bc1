"""The order sheets of a patient (长期医嘱单, 临时医嘱单) as they lie on paper."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.order_sheets import SheetKind
from app.kernel.faults import Fault, Message
from resources.styles.tokens import Tone
from ui.order_sheets.paper import Paper, PaperArea
from ui.order_sheets.presenter import SheetPresenter
from ui.order_sheets.state import SheetState
from ui.order_sheets.words import SheetWords
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.exporting import Exporting, FileKind
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.labels import Caption, Title, WrapLabel
from widgets.naming import named
from widgets.segmented import Segment, Segmented
from widgets.state_stack import StateStack

_FILE = FileKind("wardone-sheet", "pdf", "PDF (*.pdf)")
_SAID = ("begin", "warning", "chosen", "withheld", "marked", "gaps")


class SheetPage(Page):
    """Draws a `SheetState`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "order_sheets")
        self._words = SheetWords(desk)
        self._presenter: SheetPresenter | None = None
        self._state: SheetState | None = None
        self._shown_line = ""
        self._title = named(Title(), self.part("title"))
        self._tabs = Segmented(self.look, self.part("tabs"))
        self._anew = named(KeyButton("anew"), self.part("anew"))
        self._save = named(KeyButton("save"), self.part("save"))
        self._notice = BannerLine(self.look, self.part("notice"))
        self._paper = Paper(self.look, self.part("paper"))
        self._area = PaperArea(self._paper, self.part("area"))
        self._heads = {key: named(Caption(), self.part(f"{key}.head")) for key in _SAID}
        self._beside_said = {key: named(WrapLabel(), self.part(key)) for key in _SAID}
        self._exporting = Exporting(self, _FILE)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self.look.theme.px("pad"))
        row.addWidget(self._area, 1)
        self._beside = self._made_beside()
        row.addWidget(self._beside)
        self._stack = StateStack(self.look, self.part("state"), body)
        self._keys = PageKeys(desk.shortcuts, self, *self._commands())
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(self, presenter: SheetPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self.show_state(presenter.state)

    def leave(self) -> None:
        self._keys.close()
        super().leave()

    def retranslate(self) -> None:
        super().retranslate()
        self._title.setText(self.text("workspace.order_sheets"))
        self._anew.setText(self.text("order_sheet.anew"))
        self._save.setText(self.text("order_sheet.save"))
        self._beside.setAccessibleName(self.text("order_sheet.beside"))
        for key, head in self._heads.items():
            head.setText(self.text(f"order_sheet.head.{key}"))
        if self._state is not None:
            self.show_state(self._state)

    # -- showing

    def show_state(self, state: SheetState) -> None:
        self._state = state
        segments = tuple(
            Segment(one.value, self.text(f"order_sheet.kind.{one.value}")) for one in SheetKind
        )
        self._tabs.show_segments(segments, state.which.value)
        self._anew.setEnabled(state.line is not None)
        self._save.setEnabled(state.may_save)
        view = state.shown
        if view is None:
            if state.fault is not None:
                said = ChartWords(self.desk).unread(state.fault)
                self._stack.show_failed(said, self.text("order_sheet.safe"))
            else:
                self._stack.show_loading()
            return
        self._say_beside(state)
        if state.fault is not None:
            said = ChartWords(self.desk).unread(state.fault)
            self._stack.show_partial(said, can_retry=True)
        elif state.is_empty and not self._words.gaps(state):
            then = self.text("order_sheet.empty.then")
            self._stack.show_empty(self.text(f"order_sheet.empty.{state.which.value}"), then)
            return
        else:
            self._stack.show_content()
        self._paper.show_sheet(view, state.chosen, state.begins)
        self._area.fit()
        self._paper.setAccessibleName(self._words.spoken(state.line))
        line = state.line
        if line is not None and state.chosen != self._shown_line:
            self._area.reveal(line)
        self._shown_line = state.chosen

    def show_fault(self, fault: Fault) -> None:
        self._notice.show_notice(Notice(ChartWords(self.desk).fault(fault), Tone.CAUTION))

    def show_done(self, message: Message) -> None:
        self._notice.show_notice(Notice(self.desk.languages.render(message), Tone.CAUTION))

    def ask_to_save(self) -> None:
        self._exporting.ask(self._now)

    def _say_beside(self, state: SheetState) -> None:
        words = self._words
        said = {
            "begin": words.beginning(state),
            "warning": self.text("order_sheet.from.warning") if state.line is not None else "",
            "chosen": words.chosen(state),
            "withheld": words.withheld(state),
            "marked": words.marked(state),
            "gaps": words.gaps(state),
        }
        for key, text in said.items():
            self._beside_said[key].setText(text)
            self._beside_said[key].setVisible(bool(text))
            self._heads[key].setVisible(bool(text))

    # -- what the user does

    def _choose_sheet(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose_sheet(SheetKind(key))
            self._area.verticalScrollBar().setValue(0)

    def _pick(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose_line(key)

    def _step(self, by: int) -> None:
        if self._presenter is not None:
            self._presenter.step(by)

    def _print_all(self) -> None:
        self._pick("")

    def _ask_save(self) -> None:
        if self._presenter is not None:
            self._presenter.save()

    def _confirm_save(self, reason: str, file: str) -> None:
        if self._presenter is not None:
            self._presenter.confirm_save(reason, file)

    def _reload(self) -> None:
        if self._presenter is not None:
            self._presenter.reload()

    def _page_down(self) -> None:
        self._area.turn(1)

    def _page_up(self) -> None:
        self._area.turn(-1)

    def _to_paper(self) -> None:
        self._paper.setFocus()

    def _now(self) -> datetime:
        if self._state is None:
            raise AssertionError("nothing is saved before something is shown")
        return self._state.now

    # -- inside

    def _commands(self) -> tuple[Command, ...]:
        return (
            Command("order_sheet.command.down", self._page_down, "PgDown", icon="arrow-down"),
            Command("order_sheet.command.up", self._page_up, "PgUp", icon="arrow-up"),
            Command("order_sheet.command.anew", self._print_all, "A", icon="undo-2"),
            Command("order_sheet.command.save", self._ask_save, "X", icon="download"),
            Command("order_sheet.command.paper", self._to_paper, "B", icon="file-text"),
        )

    def _made_beside(self) -> QScrollArea:
        theme = self.look.theme
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, theme.px("gap"), 0)
        column.setSpacing(theme.px("gap"))
        for key in _SAID:
            column.addWidget(self._heads[key])
            column.addWidget(self._beside_said[key])
        column.addStretch(1)
        for key in ("warning", "chosen", "gaps"):
            self._beside_said[key].claim(Tone.CAUTION)
        area = named(QScrollArea(), self.part("beside"))
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFixedWidth(theme.px("rail_wide") + theme.grid(16))
        return area

    def _lay_out(self) -> None:
        theme = self.look.theme
        self.setFocusProxy(self._paper)
        self._title.setWordWrap(False)
        self._save.claim(Tone.ACT)
        head = QHBoxLayout()
        head.setSpacing(theme.px("gap"))
        head.addWidget(self._title)
        head.addWidget(self._tabs)
        head.addStretch(1)
        head.addWidget(self._anew)
        head.addWidget(self._save)
        self.stand(head, self._notice, self._stack)

    def _connect(self) -> None:
        self._tabs.chosen.connect(self._choose_sheet)
        self._anew.clicked.connect(self._print_all)
        self._save.clicked.connect(self._ask_save)
        self._paper.picked.connect(self._pick)
        self._paper.stepped.connect(self._step)
        self._exporting.decided.connect(self._confirm_save)
        self._stack.retry_requested.connect(self._reload)
