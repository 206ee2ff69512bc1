"""The parts of the page of the order sheets, and where they stand."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.order_sheets import SheetKind
from app.domain.sheet_runs import Mode
from resources.styles.tokens import Tone
from ui.order_sheets.paper import Paper, PaperArea
from ui.order_sheets.state import SheetState
from ui.order_sheets.waiting import WaitingPanel
from ui.order_sheets.words import SheetWords
from ui.runtime.page import Page
from widgets.banner_line import BannerLine
from widgets.buttons import KeyButton
from widgets.choices import offer
from widgets.labels import Caption, Title, WrapLabel
from widgets.naming import named
from widgets.segmented import Segment, Segmented
from widgets.state_stack import StateStack

_SAID = ("troubles", "begin", "chosen", "on_paper", "withheld", "marked", "gaps")
_CAUTIONS = ("troubles", "gaps")
_SHOWS = ("sheet", "preview")


class SheetFrame:
    """Everything that is seen; what it means is the page's business."""

    def __init__(self, page: Page) -> None:
        look = page.look
        self._page = page
        self._title = named(Title(), page.part("title"))
        self.tabs = Segmented(look, page.part("tabs"))
        self.pages = named(QComboBox(), page.part("pages"))
        self.print_out = named(KeyButton("print"), page.part("print"))
        self.save = named(KeyButton("save"), page.part("save"))
        self.modes = Segmented(look, page.part("modes"))
        self.shows = Segmented(look, page.part("shows"))
        self.notice = BannerLine(look, page.part("notice"))
        self.waiting = WaitingPanel(page.desk, page.part("waiting"))
        self.paper = Paper(look, page.part("paper"))
        self.area = PaperArea(self.paper, page.part("area"))
        self._heads = {key: named(Caption(), page.part(f"{key}.head")) for key in _SAID}
        self._said = {key: named(WrapLabel(), page.part(key)) for key in _SAID}
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.theme.px("pad"))
        row.addWidget(self.area, 1)
        self._beside = self._made_beside()
        row.addWidget(self._beside)
        self.stack = StateStack(look, page.part("state"), body)
        self._lay_out()

    @property
    def wanted_page(self) -> int:
        """Number of the page that was chosen in the list."""
        return int(self.pages.currentData() or 1)

    def say_all(self) -> None:
        """Every word that does not depend on what is shown."""
        text = self._page.text
        self._title.setText(text("workspace.order_sheets"))
        self.print_out.setText(text("order_sheet.print"))
        self.save.setText(text("order_sheet.save"))
        self.pages.setAccessibleName(text("order_sheet.pages"))
        self.modes.setToolTip(text("order_sheet.modes"))
        self._beside.setAccessibleName(text("order_sheet.beside"))
        for key, head in self._heads.items():
            head.setText(text(f"order_sheet.head.{key}"))

    def show_choices(self, state: SheetState, words: SheetWords) -> None:
        """What can be chosen, and what may be pressed."""
        text = self._page.text
        kinds = (Segment(one.value, text(f"order_sheet.kind.{one.value}")) for one in SheetKind)
        self.tabs.show_segments(tuple(kinds), state.which.value)
        modes = (Segment(one.value, text(f"order_sheet.mode.{one.value}")) for one in Mode)
        self.modes.show_segments(tuple(modes), state.wish.mode.value)
        shows = (Segment(one, text(f"order_sheet.show.{one}")) for one in _SHOWS)
        self.shows.show_segments(tuple(shows), _SHOWS[state.preview])
        count = state.shown.sheet.page_count if state.shown is not None else 1
        named_pages = [(str(n), words.page_name(state, n)) for n in range(1, count + 1)]
        offer(self.pages, named_pages)
        self.pages.setEnabled(count > 1)
        self.print_out.setEnabled(state.may_print)
        self.save.setEnabled(state.may_print)
        self.waiting.show_waiting(state)

    def show_page(self, number: int) -> None:
        """Name the page at the top in the list of pages."""
        place = self.pages.findData(str(number))
        if place >= 0:
            self.pages.setCurrentIndex(place)

    def say_beside(self, state: SheetState, words: SheetWords) -> None:
        said = {
            "troubles": words.troubles(state),
            "begin": words.beginning(state),
            "chosen": words.chosen(state),
            "on_paper": words.on_paper(state),
            "withheld": words.withheld(state),
            "marked": words.marked(state),
            "gaps": words.gaps(state),
        }
        for key, text in said.items():
            self._said[key].setText(text)
            self._said[key].setVisible(bool(text))
            self._heads[key].setVisible(bool(text))
        spoken_of = state.line is not None and bool(state.line.cautions)
        self._said["chosen"].claim(Tone.CAUTION if spoken_of else Tone.PLAIN)

    def _made_beside(self) -> QScrollArea:
        theme = self._page.look.theme
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, theme.px("gap"), 0)
        column.setSpacing(theme.px("gap"))
        for key in _SAID:
            column.addWidget(self._heads[key])
            column.addWidget(self._said[key])
        column.addStretch(1)
        for key in _CAUTIONS:
            self._said[key].claim(Tone.CAUTION)
        area = named(QScrollArea(), self._page.part("beside"))
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFixedWidth(theme.px("rail_wide") + theme.grid(16))
        return area

    def _lay_out(self) -> None:
        gap = self._page.look.theme.px("gap")
        self._title.setWordWrap(False)
        self.print_out.claim(Tone.ACT)
        head = QHBoxLayout()
        head.setSpacing(gap)
        head.addWidget(self._title)
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(self.pages)
        head.addWidget(self.save)
        head.addWidget(self.print_out)
        how = QHBoxLayout()
        how.setSpacing(gap)
        how.addWidget(self.modes)
        how.addStretch(1)
        how.addWidget(self.shows)
        self._page.stand(head, how, self.notice, self.waiting, self.stack)
