"""The orders of one patient: current, past, and a new one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from app.domain.orders import OrderClass, OrderDraft
from app.services.order_catalogue import Item
from resources.styles.tokens import Tone
from ui.orders.basket_presenter import BasketPresenter
from ui.orders.basket_view import BasketPane
from ui.orders.check_strip import RUNNING, Checked
from ui.orders.copy_bar import CopyBar
from ui.orders.copying import Copying
from ui.orders.countersign_bar import CountersignBar
from ui.orders.countersign_presenter import CountersignPresenter
from ui.orders.deed_bar import DeedBar
from ui.orders.deeds import Deed, Why
from ui.orders.finding_list import see_findings
from ui.orders.form import OrderForm
from ui.orders.list_pane import OrderLists
from ui.orders.listing import Tab
from ui.orders.presenter import OrdersPresenter
from ui.orders.set_front import SetFront
from ui.orders.state import OrdersState
from ui.orders.verbal_bar import VerbalBar
from ui.orders.verbal_presenter import VerbalPresenter
from ui.orders.writer import OrderWriter
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.dialogs import covered
from ui.runtime.discarding import Discarding
from ui.runtime.outcome import say_outcome
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from widgets.banner_line import BannerLine
from widgets.buttons import KeyButton
from widgets.choices import offer
from widgets.flow_layout import FlowLayout
from widgets.labels import WrapLabel
from widgets.naming import named
from widgets.segmented import Segment, Segmented


class OrdersPage(Page):
    """Shows an `OrdersState`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "orders")
        self._words = ChartWords(desk)
        self._presenter: OrdersPresenter | None = None
        self._state = OrdersState()
        self._beside: OrdersState | None = None
        self._checked = RUNNING
        self._tabs = Segmented(self.look, self.part("tabs"))
        self._classes = named(QComboBox(), self.part("classes"))
        self._recent = named(WrapLabel(), self.part("recent"))
        self._recent.setProperty("role", "hint")
        self._deeds = DeedBar(self, self._words)
        self._copies = CopyBar(self)
        self._sets = named(KeyButton("sets"), self.part("sets"))
        self._loop = named(KeyButton("loop"), self.part("loop"))
        self._way = named(KeyButton("way"), self.part("way"))
        self._new = named(KeyButton("new"), self.part("new"))
        self._new.claim(Tone.ACT)
        self.countersign = CountersignBar(self, self._words)
        self.verbal = VerbalBar(self, self._words)
        self._notice = BannerLine(self.look, self.part("notice"))
        self._lists = OrderLists(self, self._words)
        self._writer = OrderWriter(self.look, self.part("writer"), self._words)
        self.basket = BasketPane(self, self._words)
        self._discarding = Discarding(self, self._discard)
        self.front = SetFront(QWidget())
        alone = self._alone
        keys = PageKeys(
            desk.shortcuts,
            self,
            Command("orders.new.command", alone(self._begin), "N", icon="plus"),
            Command("orders.stop.command", alone(self._deeds.ask_stop), "Shift+S", icon="ban"),
            Command("orders.hold.command", alone(self._deeds.ask_hold), "Shift+H", icon="pause"),
            Command("orders.cancel.command", alone(self._deeds.ask_cancel), "Shift+X", icon="ban"),
            Command("orders.error.command", alone(self._deeds.ask_error), "Shift+E", icon="ban"),
            *self.basket.commands(alone),
            *self._copies.commands(alone),
            Command("basket.sets", alone(self._open_sets), "O", icon="list-checks"),
            Command("orders.loop.command", alone(self._ask_loop), "L", icon="workflow"),
            Command("cards.line.command", alone(self._see_findings), "F2", icon="shield-alert"),
            Command("orders.way.command", alone(self._see_why_unsent), "G", icon="external-link"),
        )
        self.keep(keys)
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(
        self,
        presenter: OrdersPresenter,
        basket: BasketPresenter,
        countersign: CountersignPresenter,
    ) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self.basket.attend(basket)
        self.keep(countersign)
        self.countersign.attend_to(countersign)
        choices = presenter.writing.choices
        self._writer.offer(choices.routes, choices.frequencies, presenter.state.by_word)
        self.show_state(presenter.state)

    def show_checked(self, checked: Checked) -> None:
        """Show the warnings beside what is being written, and in the basket."""
        self._checked = checked
        self._writer.show_checked(checked)
        self.basket.show_checked(checked)

    def answer_for(self, verbal: VerbalPresenter) -> None:
        """Let `verbal` say what waits for the physician's word, and own it."""
        self.keep(verbal)
        self.verbal.attend_to(verbal)

    @property
    def draft_is_open(self) -> bool:
        written = self._state.form is not None and not self._writer.form.blank
        return written or self.basket.holds

    def focus_on(self, focus: str) -> None:
        if self._presenter is not None and not self.front.focus_on(focus):
            self._presenter.focus_on(focus)

    def show_state(self, state: OrdersState) -> None:
        afresh = self._state.form is None
        self._state = state
        # Every letter typed into the form comes by here; the lists do not change by it.
        beside, before = state.beside_form, self._beside
        self._beside = beside
        if beside != before:
            self._say_head()
        say_outcome(self._notice, self.desk, state.act_fault, state.notice)
        self._writer.setVisible(state.form is not None)
        if state.form is not None:
            self._writer.show_order(state, afresh=afresh)
            at = state.restored_at
            time = self.desk.formats.moment(at) if at else ""
            self._writer.show_restored(self.text("orders.restored", time=time) if time else "")
        if beside != before:
            self._lists.show_state(state)

    def retranslate(self) -> None:
        super().retranslate()
        self._deeds.respell()
        self._copies.respell()
        self._sets.setText(self.text("basket.sets.button"))
        self._loop.setText(self.text("orders.loop"))
        self._lists.respell()
        self._tabs.setAccessibleName(self.text("orders.tabs"))
        self._classes.setAccessibleName(self.text("orders.classes"))
        self._fill_classes()
        self._writer.respell()
        self.basket.respell()
        self.countersign.respell()
        self.verbal.respell()
        self._beside = None
        self.show_state(self._state)

    def leave(self) -> None:
        self._writer.flush()
        self.front.close_sets()
        super().leave()

    def _alone(self, run: Callable[[], None]) -> Callable[[], None]:
        """A key of the page is for what is seen: not while a sheet covers it."""

        def heard() -> None:
            if not self.front.is_open and not covered(self):
                run()

        return heard

    # -- showing

    def _say_head(self) -> None:
        state = self._state
        known = bool(state.lines) or not (state.loading or state.fault is not None)
        tabs = tuple(
            Segment(
                tab.value,
                self.text(f"orders.tab.{tab.value}"),
                f"{state.count(tab):,}" if known else "",
            )
            for tab in Tab
        )
        self._tabs.show_segments(tabs, state.tab.value)
        self._classes.setCurrentIndex(max(0, self._classes.findData(state.order_class)))
        recent = state.recently_stopped
        self._recent.setText(self.text("orders.recent", count=recent) if recent else "")
        self._deeds.setVisible(state.may_stop)
        self._deeds.show_deeds(state)
        self._copies.setVisible(state.may_place)
        self._copies.show_copies(state)
        self._sets.setVisible(state.offers_sets)
        self._loop.setEnabled(state.chosen is not None)
        self._say_way()
        self._new.setText(self.text("verbal.new" if state.verbal else "orders.new"))
        self._new.setVisible(state.may_write and state.form is None)
        self._new.setEnabled(not state.busy and not (state.loading and not state.lines))

    def _say_way(self) -> None:
        """Where somebody does something about what was not sent."""
        trouble = self._state.trouble
        kind = "none" if trouble is None else "decide" if trouble.place == "disputes" else "queue"
        self._way.setVisible(bool(self._state.troubles))
        self._way.setEnabled(trouble is not None)
        self._way.setText(self.text(f"orders.way.{'queue' if trouble is None else kind}"))
        self._way.setToolTip(self.text(f"orders.way.hover.{kind}"))

    def _fill_classes(self) -> None:
        classes = [(one.value, self.text(f"orders.class.{one.value}")) for one in OrderClass]
        offer(self._classes, [("", self.text("orders.classes.all")), *classes])

    # -- hearing

    def _begin(self) -> None:
        if self._presenter is not None:
            self._presenter.writing.new()
            if self._state.form is not None:
                self._writer.write_on()

    def _choose_tab(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose_tab(key)

    def _choose_class(self, place: int) -> None:
        if self._presenter is not None:
            self._presenter.choose_class(str(self._classes.itemData(place) or ""))

    def _clear_filter(self) -> None:
        if self._presenter is not None:
            self._presenter.choose_class("")

    def _choose(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose(key)

    def _edit(self, form: OrderForm) -> None:
        if self._presenter is not None:
            self._presenter.writing.edit(form)

    def _type_line(self, text: str) -> None:
        if self._presenter is not None:
            self._presenter.writing.type_line(text)

    def _search(self, query: str) -> None:
        if self._presenter is not None:
            self._presenter.writing.choosing.search(query)

    def _pick(self, item: Item) -> None:
        if self._presenter is not None:
            self._writer.flush()
            self._presenter.writing.pick(item)

    def _pin(self, item: Item) -> None:
        if self._presenter is not None:
            self._writer.flush()
            self._presenter.writing.choosing.pin(item)

    def _put(self) -> None:
        if self._presenter is not None:
            self._presenter.writing.put()

    def _take_out(self, key: str) -> None:
        """What is still being typed counts, too."""
        if self._presenter is not None:
            self._writer.flush()
            self._presenter.writing.take_out(key)

    def _ask_loop(self) -> None:
        if self._presenter is not None:
            self._presenter.open_loop()

    def _see_why_unsent(self) -> None:
        if self._presenter is not None:
            self._presenter.see_why_unsent()

    def _see_findings(self) -> None:
        """Of the order in the form; else of the one of the basket that one is on."""
        form = self._state.form
        line = form.key if form is not None and form.item is not None else self.basket.current
        see_findings(self.desk, self, self._checked, line)

    def _write_instead(self, key: str, item: Item) -> None:
        if self._presenter is not None:
            self._presenter.writing.instead(key, item)

    def _copy(self, copying: Copying) -> None:
        """What is still being typed counts, too: a revision comes into the form."""
        if self._presenter is not None:
            self._writer.flush()
            self._presenter.copy(copying)

    def _open_sets(self) -> None:
        if self._state.offers_sets:
            self.front.open_sets()

    def _take_set(self, drafts: tuple[OrderDraft, ...]) -> None:
        if self._presenter is not None:
            self._presenter.writing.put_all(drafts)

    def _act(self, deed: Deed, why: Why) -> None:
        if self._presenter is not None:
            self._presenter.act(deed, why)

    def _discard(self) -> None:
        if self._presenter is not None:
            self._presenter.writing.discard()

    def _retry(self) -> None:
        if self._presenter is not None:
            self._presenter.load()

    def _dismiss(self) -> None:
        if self._presenter is not None:
            self._presenter.read_notice()

    # -- building

    def _lay_out(self) -> None:
        theme = self.look.theme
        pad, gap = theme.px("pad"), theme.px("gap")
        head = QHBoxLayout()
        head.setSpacing(gap)
        head.addWidget(self._tabs)
        head.addWidget(self._classes)
        head.addWidget(self._recent, 1)
        head.addWidget(self._new)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        left = QSplitter(Qt.Orientation.Vertical)
        left.setChildrenCollapsible(False)
        left.addWidget(self._lists)
        left.addWidget(self.basket)
        left.setStretchFactor(0, 3)
        left.setStretchFactor(1, 2)
        split.addWidget(left)
        split.addWidget(self._writer)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.front)
        column = QVBoxLayout(self.front.behind)
        column.setContentsMargins(pad, gap, pad, gap)
        column.setSpacing(gap)
        column.addLayout(head)
        deeds = FlowLayout(gap=gap)
        deeds.addWidget(self._deeds)
        deeds.addWidget(self._copies)
        for part in (self._sets, self._loop, self._way):
            deeds.addWidget(part)
        column.addLayout(deeds)
        column.addWidget(self.countersign)
        column.addWidget(self.verbal)
        column.addWidget(self._notice)
        column.addWidget(split, 1)

    def _connect(self) -> None:
        self._tabs.chosen.connect(self._choose_tab)
        self._classes.activated.connect(self._choose_class)
        self._lists.selected.connect(self._choose)
        self._lists.filter_cleared.connect(self._clear_filter)
        self._lists.retry_requested.connect(self._retry)
        self._lists.begin_requested.connect(self._begin)
        self._new.clicked.connect(self._begin)
        self._deeds.requested.connect(self._act)
        self._copies.requested.connect(self._copy)
        self._sets.clicked.connect(self._open_sets)
        self.front.chosen.connect(self._take_set)
        self._loop.clicked.connect(self._ask_loop)
        self._way.clicked.connect(self._see_why_unsent)
        self._writer.settled.connect(self._edit)
        self._writer.line_typed.connect(self._type_line)
        self._writer.searched.connect(self._search)
        self._writer.picked.connect(self._pick)
        self._writer.pin_requested.connect(self._pin)
        self._writer.put_requested.connect(self._put)
        self.basket.edit_requested.connect(self._take_out)
        self.basket.instead_requested.connect(self._write_instead)
        self._writer.findings_requested.connect(self._see_findings)
        self._writer.discard_requested.connect(self._discarding.ask)
        self._notice.dismissed.connect(self._dismiss)
