"""What a click on the orders page means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from app.domain.orders import Dosage, Order, OrderClass, OrderDraft, OrderKind, OrderLine
from app.domain.people import Privilege
from app.domain.terms import EncounterId, PatientId
from app.kernel.changes import ChangeFeed
from app.kernel.faults import Failed, Fault, Message, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.ports.acts import ReadSet
from app.ports.keeping import Draft
from app.services.chart_reading import ChartReading
from app.services.drafting import Drafting
from app.services.order_catalogue import Found, Item, OrderCatalogue
from app.services.order_entry import OrderEntry
from app.services.order_lines import LineRead, OrderLines
from ui.orders.state import NOTHING_READ, Choices, OrderForm, OrdersState, Tab, draft_of, filled
from ui.runtime.draft_keeper import DraftKeeper
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit

_KINDS = frozenset({"order", "outbox"})
_DRAFT_KIND = "order"
_RECENT = timedelta(hours=48)
_ONCE = {
    OrderClass.LABORATORY.value,
    OrderClass.IMAGING.value,
    OrderClass.CONSULTATION.value,
}


class Speller(Protocol):
    """Words of the dosage, as they are signed and as they are shown."""

    def instruction(self, dosage: Dosage) -> str: ...

    def unit(self, code: str) -> str: ...


@dataclass(frozen=True, slots=True)
class OrderServices:
    """What the page works with."""

    charts: ChartReading
    orders: OrderEntry
    drafting: Drafting
    catalogue: OrderCatalogue
    lines: OrderLines
    speller: Speller
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Read:
    """One answer of the chart."""

    lines: tuple[OrderLine, ...]
    seen: ReadSet
    encounter: EncounterId | None


class OrdersView(Protocol):
    def show_state(self, state: OrdersState) -> None: ...


class OrdersPresenter:
    """Lists, filters, writes, signs and stops orders."""

    def __init__(
        self,
        view: OrdersView,
        visit: Visit,
        patient: PatientId,
        services: OrderServices,
        tasks: TaskScope,
        feed: ChangeFeed,
    ) -> None:
        self._view = view
        self._visit = visit
        self._patient = patient
        self._services = services
        self._tasks = tasks
        self._focus = visit.focus
        self._searching: CancelToken | None = None
        self._unkept = False
        self._keeper = DraftKeeper(services.drafting, visit.session, patient, _DRAFT_KIND, tasks)
        catalogue = services.catalogue
        self.choices = Choices(catalogue.routes(), catalogue.frequencies())
        session = visit.session()
        self._state = OrdersState(
            may_place=session.can(Privilege.PLACE_ORDER),
            may_stop=session.can(Privilege.STOP_ORDER),
        )
        news = News(feed, _KINDS, patient)
        self._reading = Rereading(tasks, news, self._read, self._on_read, self._on_reading)
        self._view.show_state(self._state)
        if self._state.may_place:
            tasks.read(lambda _: services.lines.prepare(), self._on_prepared)
            self._keeper.restore(self._go_on_with, self._on_kept)
        self.load()

    @property
    def state(self) -> OrdersState:
        return self._state

    def close(self) -> None:
        self._reading.close()

    def load(self) -> None:
        """Read again; what is shown and what is typed stay."""
        self._reading.again()

    # -- the list

    def choose_tab(self, key: str) -> None:
        self._show(_on_an_order(replace(self._state, tab=Tab(key))))

    def choose_class(self, key: str) -> None:
        """Show one class of orders; "" shows all."""
        self._show(_on_an_order(replace(self._state, order_class=key)))

    def choose(self, key: str) -> None:
        if key and key != self._state.current:
            self._show(replace(self._state, current=key))

    def focus_on(self, focus: str) -> None:
        self._focus = focus
        if not self._state.loading:
            self._show(self._focused(self._state))

    def stop(self, reason: str) -> None:
        """Stop the order the user is on, for `reason`."""
        line = self._state.chosen
        if line is None or not self._state.can_stop:
            return
        session, seen = self._visit.session(), self._state.seen
        self._show(replace(self._state, busy=True, act_fault=None, notice=None))
        self._tasks.write(
            lambda: self._services.orders.stop(session, line.order, reason, seen), self._on_stopped
        )

    def open_loop(self) -> None:
        """Go to the steps that the chosen order goes through."""
        line = self._state.chosen
        if line is not None:
            navigator = self._visit.navigator
            navigator.open_patient(self._patient, "patient-loops", line.order.id)

    # -- writing

    def new(self) -> None:
        """Begin an order, or go back to the one that is not signed yet."""
        if self._keeper.restored and self._state.form is None:
            self._show_form(replace(self._state, notice=None, found=None), OrderForm())

    def edit(self, form: OrderForm) -> None:
        """Keep what has been typed or chosen."""
        before = self._state.form
        if before is None or self._state.busy or (form == before and not self._unkept):
            return
        self._unkept = False
        form = _settled(form, before)
        found = None if form.order_class != before.order_class else self._state.found
        self._show_form(replace(self._state, found=found), form)
        self._keeper.keep(form, self._on_kept)

    def type_line(self, text: str) -> None:
        """Fill the form from one line; it is kept with the form, when typing pauses."""
        form = self._state.form
        if form is None or self._state.busy or text == form.line:
            return
        self._fill_from(replace(form, line=text, place="0"), self._services.lines.read(text))

    def _fill_from(self, form: OrderForm, read: LineRead) -> None:
        before = self._state.filled
        state = replace(self._state, read=read, form=form, found=None)
        form = filled(form, before, state.filled)
        self._unkept = True
        self._show_form(state, form)
        if form.item is None and form.query and form.packed:
            self.search(form.query)

    def search(self, query: str) -> None:
        """Look `query` up in the pack of the class; a later search replaces it."""
        if self._searching is not None:
            self._searching.cancel()
        form = self._state.form
        if form is None or not form.packed or not query.strip():
            self._show(replace(self._state, found=None))
            return
        catalogue = self._services.catalogue
        look = catalogue.medicines if form.medication else catalogue.tests
        self._searching = self._tasks.read(lambda _: look(query), self._on_found)

    def pick(self, item: Item) -> None:
        """The user chose from what was found."""
        if self._state.form is not None:
            words = item.term.text
            self.edit(replace(self._state.form, item=item.term, query=words))
            self._show(replace(self._state, found=None))

    def sign(self) -> None:
        """Sign what is in the form; its draft goes in the same act."""
        state = self._state
        if state.form is None or state.draft is None or state.busy or not state.may_place:
            return
        if state.objections:
            self._show(replace(state, tried=True, notice=None))
            return
        session, seen, draft = self._visit.session(), state.seen, state.draft
        self._show(replace(state, tried=True, busy=True, act_fault=None, notice=None))

        def act() -> Order:
            order = self._services.orders.sign(session, draft, seen, self._keeper.id)
            self._keeper.forget()
            return order

        self._tasks.write(act, self._on_signed)

    def discard(self) -> None:
        """Throw the unsigned order away. The page has asked."""
        if self._state.form is not None and not self._state.busy:
            self._show(replace(self._state, busy=True))
            self._keeper.discard(self._on_discarded)

    def read_notice(self) -> None:
        self._show(replace(self._state, notice=None, act_fault=None))

    # -- answers

    def _on_reading(self) -> None:
        self._show(replace(self._state, loading=True))

    def _read(self, _: CancelToken) -> Read:
        charts, session = self._services.charts, self._visit.session()
        # The read-set first: what changes between the two reads is held back, never missed.
        seen = charts.seen(session, self._patient)
        stay = charts.banner(session, self._patient).stay
        lines = charts.orders(session, self._patient)
        return Read(lines, seen, stay.id if stay is not None else None)

    def _on_read(self, result: Result[Read]) -> None:
        match result:
            case Ok(read):
                recent = self._services.now() - _RECENT
                stopped = sum(_stopped_since(line, recent) for line in read.lines)
                state = replace(
                    self._state,
                    loading=False,
                    fault=None,
                    lines=read.lines,
                    seen=read.seen,
                    encounter=read.encounter,
                    recently_stopped=stopped,
                )
                state = self._focused(_on_an_order(state))
                if state.form is None:
                    self._show(state)
                else:
                    self._show_form(state, state.form)
            case Failed(fault):
                self._show(replace(self._state, loading=False, fault=fault))

    def _on_prepared(self, result: Result[None]) -> None:
        """A reader that could not be built says so at the first line."""

    def _go_on_with(self, draft: Draft) -> None:
        """What was typed before a kill, a lock or a walk away stands there again."""
        form = OrderForm.of(draft.body)
        if form is not None and not form.blank:
            self._keeper.adopt(draft)
            read = self._services.lines.read(form.line)
            self._show_form(replace(self._state, restored_at=draft.saved_at, read=read), form)

    def _on_found(self, result: Result[Found]) -> None:
        found = result.value if isinstance(result, Ok) else None
        self._show(replace(self._state, found=found))

    def _on_kept(self, fault: Fault | None) -> None:
        if fault is None and self._state.busy:
            return
        if fault != self._state.act_fault:
            self._show(replace(self._state, act_fault=fault))

    def _on_discarded(self, result: Result[None]) -> None:
        match result:
            case Ok():
                notice = Message.of("orders.discarded")
                self._show(replace(_without_form(self._state), notice=notice))
            case Failed(fault):
                self._show(replace(self._state, busy=False, act_fault=fault))

    def _on_signed(self, result: Result[Order]) -> None:
        match result:
            case Ok(order):
                before = self._state
                state = _without_form(before)
                notice = Message.of("orders.signed")
                self._show(
                    replace(state, tab=Tab.CURRENT, order_class="", current=order.id, notice=notice)
                )
                self._go_on_with_line(before)
                self.load()
            case Failed(fault):
                self._show(replace(self._state, busy=False, act_fault=fault))

    def _go_on_with_line(self, before: OrdersState) -> None:
        """The next order of the line comes into a new form."""
        form = before.form
        place = int(form.place) + 1 if form is not None else 0
        if form is not None and place < len(before.read.orders):
            self._fill_from(OrderForm(line=form.line, place=str(place)), before.read)
            self.edit(self._state.form or form)

    def _on_stopped(self, result: Result[None]) -> None:
        match result:
            case Ok():
                notice = Message.of("orders.stopped")
                self._show(replace(self._state, busy=False, notice=notice))
            case Failed(fault):
                self._show(replace(self._state, busy=False, act_fault=fault))
        self.load()

    def _show_form(self, state: OrdersState, form: OrderForm) -> None:
        draft = self._spelled(draft_of(form, self._patient, state.encounter, self.choices))
        self._show(replace(state, form=form, draft=draft))

    def _spelled(self, draft: OrderDraft) -> OrderDraft:
        """With the words of the dosage as they stand in the preview."""
        speller, dosage = self._services.speller, draft.dosage
        unit = speller.unit(dosage.unit) if dosage.unit else ""
        text = speller.instruction(dosage)
        return replace(draft, dosage=replace(dosage, unit_text=unit, text=text))

    def _focused(self, state: OrdersState) -> OrdersState:
        focus, self._focus = self._focus, ""
        name = focus.rpartition("/")[2]
        line = next((line for line in state.lines if line.order.id == name), None)
        if line is None:
            return state
        tab = Tab.CURRENT if line.order.current else Tab.PAST
        return replace(state, tab=tab, order_class="", current=name)

    def _show(self, state: OrdersState) -> None:
        self._state = state
        self._view.show_state(state)


def utc_now() -> datetime:
    """Now, for "stopped in the last two days"."""
    return datetime.now(UTC)


def _settled(form: OrderForm, before: OrderForm) -> OrderForm:
    """Another class begins anew with its item; other words are not the chosen item any more."""
    if form.order_class != before.order_class:
        once = form.order_class in _ONCE
        kind = OrderKind.TEMPORARY.value if once and form.kind == before.kind else form.kind
        return replace(form, item=None, query="", kind=kind)
    if form.item is not None and form.query != form.item.text:
        return replace(form, item=None)
    return form


def _without_form(state: OrdersState) -> OrdersState:
    return replace(
        state,
        busy=False,
        form=None,
        draft=None,
        found=None,
        restored_at=None,
        tried=False,
        read=NOTHING_READ,
    )


def _stopped_since(line: OrderLine, since: datetime) -> bool:
    at = line.order.stopped_at
    return at is not None and at >= since and not line.order.current


def _on_an_order(state: OrdersState) -> OrdersState:
    """Keep the place where it is still shown; else the first order."""
    keys = [str(line.order.id) for line in state.shown]
    if state.current in keys:
        return state
    return replace(state, current=keys[0] if keys else "")
