"""What a click on the orders page means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from app.domain.order_troubles import Trouble
from app.domain.orders import Order, OrderDraft, OrderLine
from app.domain.patients import Measured
from app.domain.people import Privilege
from app.domain.terms import EncounterId, OrderId, PatientId
from app.kernel.faults import Failed, Fault, Message, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.ports.acts import ReadSet
from app.services.order_troubles import troubles_of
from ui.orders.basket_presenter import BasketPresenter
from ui.orders.board import Board, OrdersView
from ui.orders.copying import Copying
from ui.orders.deeds import NO_REASON, Deed, Why, perform
from ui.orders.listing import Tab, found
from ui.orders.services import OrderServices
from ui.orders.state import OrdersState
from ui.orders.turning import on_an_order, stopped_since
from ui.orders.writing import OrderWriting
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit

_KINDS = frozenset({"order", "outbox"})
_DRAFT_KIND = "order"
_RECENT = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Read:
    """One answer of the chart."""

    lines: tuple[OrderLine, ...]
    seen: ReadSet
    encounter: EncounterId | None
    weight: Measured | None
    troubles: Mapping[OrderId, Trouble]


class OrdersPresenter:
    """Lists, filters and stops orders; what is written again goes into the form or the basket."""

    def __init__(
        self,
        view: OrdersView,
        visit: Visit,
        patient: PatientId,
        services: OrderServices,
        basket: BasketPresenter,
        tasks: TaskScope,
    ) -> None:
        self._visit = visit
        self._patient = patient
        self._services = services
        self._basket = basket
        self._tasks = tasks
        self._focus = visit.focus
        session = visit.session()
        state = OrdersState(
            may_write=basket.state.may_write,
            by_word=basket.state.by_word,
            may_place=session.can(Privilege.PLACE_ORDER),
            may_stop=session.can(Privilege.STOP_ORDER),
        )
        self._board = Board(view, state)
        news = News(services.feed, _KINDS, patient)
        self._reading = Rereading(tasks, news, self._read, self._on_read, self._on_reading)
        self.writing = OrderWriting(self._board, visit, patient, services, basket, tasks)
        self.load()

    @property
    def state(self) -> OrdersState:
        return self._board.state

    def close(self) -> None:
        self._reading.close()

    def load(self) -> None:
        """Read again; what is shown and what is typed stay."""
        self._reading.again()

    # -- the list

    def choose_tab(self, key: str) -> None:
        self._show(on_an_order(replace(self.state, tab=Tab(key))))

    def choose_class(self, key: str) -> None:
        """Show one class of orders; "" shows all."""
        self._show(on_an_order(replace(self.state, order_class=key)))

    def choose(self, key: str) -> None:
        if key and key != self.state.current:
            self._show(replace(self.state, current=key))

    def focus_on(self, focus: str) -> None:
        self._focus = focus
        if not self.state.loading:
            self._show(self._focused(self.state))

    def act(self, deed: Deed, why: Why = NO_REASON) -> None:
        """Do it to the order the user is on; of a group, to the whole group."""
        line = self.state.chosen
        if line is None or not self.state.can(deed):
            return
        session, seen, changing = self._visit.session(), self.state.seen, self._services.changing
        self._show(replace(self.state, busy=True, act_fault=None, notice=None))
        self._tasks.write(
            lambda: (deed, perform(deed, changing, session, line.order, why, seen)),
            self._on_acted,
        )

    def open_loop(self) -> None:
        """Go to the steps that the chosen order goes through."""
        line = self.state.chosen
        if line is not None:
            navigator = self._visit.navigator
            navigator.open_patient(self._patient, "patient-loops", line.order.id)

    def see_why_unsent(self) -> None:
        """Go to where the act waits in which the chosen order has not been sent."""
        trouble = self.state.trouble
        if trouble is not None:
            self._visit.navigator.open_place(trouble.place, trouble.group)

    def copy(self, copying: Copying) -> None:
        """Write the chosen order again: into the basket, or, to be revised, on into the form."""
        line = self.state.chosen
        ready = self._basket.ready and not self.state.busy
        if line is None or not ready or self.state.copy_hindrance(copying) is not None:
            return
        if self._basket.has_follower(line.order.id):
            self._show(replace(self.state, notice=Message.of("basket.follows_already")))
            return
        session, changing, order = self._visit.session(), self._services.changing, line.order
        self._show(replace(self.state, busy=True, act_fault=None, notice=None))
        self._tasks.read(
            lambda _: (copying, changing.copied(session, order, copying.following)),
            self._on_copied,
        )

    def read_notice(self) -> None:
        self._show(replace(self.state, notice=None, act_fault=None))

    # -- answers

    def _on_reading(self) -> None:
        self._show(replace(self.state, loading=True))

    def _read(self, _: CancelToken) -> Read:
        charts, session = self._services.charts, self._visit.session()
        # The read-set first: what changes between the two reads is held back, never missed.
        seen = charts.seen(session, self._patient)
        banner = charts.banner(session, self._patient)
        stay = banner.stay.id if banner.stay is not None else None
        lines = charts.orders(session, self._patient)
        return Read(lines, seen, stay, banner.weight, self._troubles(lines))

    def _troubles(self, lines: tuple[OrderLine, ...]) -> Mapping[OrderId, Trouble]:
        """The queue is asked only where something waits, and by whoever may see it."""
        session, unsent = self._visit.session(), any(line.unsent for line in lines)
        if not unsent or not session.can(Privilege.SEE_QUEUE):
            return {}
        return troubles_of(lines, self._services.queue(session))

    def _on_read(self, result: Result[Read]) -> None:
        match result:
            case Ok(read):
                recent = self._services.now() - _RECENT
                stopped = sum(stopped_since(line, recent) for line in read.lines)
                state = replace(
                    self.state,
                    loading=False,
                    fault=None,
                    lines=read.lines,
                    seen=read.seen,
                    encounter=read.encounter,
                    weight=read.weight,
                    troubles=read.troubles,
                    recently_stopped=stopped,
                )
                self._basket.stand_on(read.seen, read.encounter)
                state = self._focused(on_an_order(state))
                self.writing.show(state)
            case Failed(fault):
                self._show(replace(self.state, loading=False, fault=fault))

    def _on_copied(self, result: Result[tuple[Copying, tuple[OrderDraft, ...]]]) -> None:
        match result:
            case Ok((copying, drafts)):
                self._show(replace(self.state, busy=False))

                def go_on(fault: Fault | None) -> None:
                    if fault is None and copying is Copying.REVISE and len(drafts) == 1:
                        self.writing.take_out(self._basket.state.current)

                self.writing.put_all(drafts, go_on)
            case Failed(fault):
                self._show(replace(self.state, busy=False, act_fault=fault))

    def _on_acted(self, result: Result[tuple[Deed, tuple[Order, ...]]]) -> None:
        match result:
            case Ok((deed, _)):
                notice = Message.of(f"orders.done.{deed.value}")
                self._show(replace(self.state, busy=False, notice=notice))
            case Failed(fault):
                self._show(replace(self.state, busy=False, act_fault=fault))
        self.load()

    def _focused(self, state: OrdersState) -> OrdersState:
        focus, self._focus = self._focus, ""
        name = focus.rpartition("/")[2]
        there = found(state.lines, name)
        if there is None:
            return state
        tab, line = there
        return replace(state, tab=tab, order_class="", current=line.order.id)

    def _show(self, state: OrdersState) -> None:
        self._board.show(state)
