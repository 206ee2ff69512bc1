"""What a click on the orders page means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from app.domain.orders import Order, OrderClass, OrderDraft, OrderLine
from app.domain.people import Privilege
from app.domain.terms import EncounterId, PatientId
from app.kernel.faults import Failed, Fault, Message, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.ports.acts import ReadSet
from app.ports.keeping import Draft
from app.services.order_catalogue import Found, Item
from app.services.order_lines import LineRead
from ui.orders.basket_presenter import BasketPresenter
from ui.orders.basket_state import edited, form_of
from ui.orders.copying import Copying
from ui.orders.deeds import Deed, perform
from ui.orders.services import OrderServices
from ui.orders.state import Choices, OrderForm, OrdersState, Tab, draft_of, filled
from ui.orders.turning import on_an_order, settled, stopped_since, without_form
from ui.runtime.draft_keeper import DraftKeeper
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


class OrdersView(Protocol):
    def show_state(self, state: OrdersState) -> None: ...


class OrdersPresenter:
    """Lists, filters, writes and stops orders; what is written goes into the basket."""

    def __init__(
        self,
        view: OrdersView,
        visit: Visit,
        patient: PatientId,
        services: OrderServices,
        basket: BasketPresenter,
        tasks: TaskScope,
    ) -> None:
        self._view = view
        self._visit = visit
        self._patient = patient
        self._services = services
        self._basket = basket
        self._tasks = tasks
        self._focus = visit.focus
        self._searching: CancelToken | None = None
        self._unkept = False
        self._keeper = DraftKeeper(services.drafting, visit.session, patient, _DRAFT_KIND, tasks)
        catalogue = services.catalogue
        self.choices = Choices(catalogue.routes(), catalogue.frequencies())
        session = visit.session()
        self._state = OrdersState(
            may_write=basket.state.may_write,
            may_place=session.can(Privilege.PLACE_ORDER),
            may_stop=session.can(Privilege.STOP_ORDER),
        )
        news = News(services.feed, _KINDS, patient)
        self._reading = Rereading(tasks, news, self._read, self._on_read, self._on_reading)
        self._view.show_state(self._state)
        if self._state.may_write:
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
        self._show(on_an_order(replace(self._state, tab=Tab(key))))

    def choose_class(self, key: str) -> None:
        """Show one class of orders; "" shows all."""
        self._show(on_an_order(replace(self._state, order_class=key)))

    def choose(self, key: str) -> None:
        if key and key != self._state.current:
            self._show(replace(self._state, current=key))

    def focus_on(self, focus: str) -> None:
        self._focus = focus
        if not self._state.loading:
            self._show(self._focused(self._state))

    def act(self, deed: Deed, reason: str = "") -> None:
        """Do it to the order the user is on, for `reason`; of a group, to the whole group."""
        line = self._state.chosen
        if line is None or not self._state.can(deed):
            return
        session, seen, changing = self._visit.session(), self._state.seen, self._services.changing
        self._show(replace(self._state, busy=True, act_fault=None, notice=None))
        self._tasks.write(
            lambda: (deed, perform(deed, changing, session, line.order, reason, seen)),
            self._on_acted,
        )

    def open_loop(self) -> None:
        """Go to the steps that the chosen order goes through."""
        line = self._state.chosen
        if line is not None:
            navigator = self._visit.navigator
            navigator.open_patient(self._patient, "patient-loops", line.order.id)

    # -- writing

    def new(self) -> None:
        """Begin an order, or go back to the one that is being written."""
        if self._keeper.restored and self._state.form is None:
            form = OrderForm(key=self._basket.new_key())
            self._show_form(replace(self._state, notice=None, found=None), form)

    def edit(self, form: OrderForm) -> None:
        """Keep what has been typed or chosen."""
        before = self._state.form
        if before is None or self._state.busy or (form == before and not self._unkept):
            return
        self._unkept = False
        form = settled(form, before)
        found = None if form.order_class != before.order_class else self._state.found
        self._show_form(replace(self._state, found=found), form)
        self._keeper.keep(form, self._on_kept)

    def type_line(self, text: str) -> None:
        """Fill the form from one line; it is kept with the form, when typing pauses."""
        form = self._state.form
        if form is None or self._state.busy or text == form.line:
            return
        self._fill_from(replace(form, line=text, place="0"), self._services.lines.in_words(text))

    def _fill_from(self, form: OrderForm, read: LineRead) -> None:
        before = self._state.filled
        state = replace(self._state, read=read, form=form, found=None)
        form = filled(form, before, state.filled)
        self._unkept = True
        self._show_form(state, form)
        if form.item is None and form.query and form.packed:
            self.search(form.query)

    def search(self, query: str) -> None:
        """Look `query` up among what the class offers; a later search replaces it."""
        if self._searching is not None:
            self._searching.cancel()
        form = self._state.form
        if form is None or not query.strip():
            self._show(replace(self._state, found=None))
            return
        catalogue = self._services.catalogue
        wanted = frozenset({OrderClass(form.order_class)})
        self._searching = self._tasks.read(
            lambda _: catalogue.search(query, classes=wanted), self._on_found
        )

    def pick(self, item: Item) -> None:
        """The user chose from what was found."""
        if self._state.form is not None:
            words = item.term.text
            self.edit(replace(self._state.form, item=item.term, query=words))
            self._show(replace(self._state, found=None))

    def put(self) -> None:
        """Put what is in the form into the basket; its own draft goes when it is kept there."""
        state = self._state
        form, draft = state.form, state.draft
        if form is None or draft is None or state.busy or not self._basket.ready:
            return
        if state.objections:
            self._show(replace(state, tried=True, notice=None))
            return
        self._show(replace(state, tried=True, busy=True, act_fault=None, notice=None))
        self._basket.put(form.key or self._basket.new_key(), draft, form.line, self._on_put)

    def take_out(self, key: str) -> None:
        """Put an order of the basket into the form; there it stays until the form is put back.

        What the form holds goes into the basket first; while it cannot, nothing moves.
        """
        state, item = self._state, self._basket.state.basket.item(key)
        if item is None or state.busy or not self._keeper.restored or not self._basket.ready:
            return
        if state.form is not None and not state.form.blank:
            self.put()
            if self._state.form is not None:
                self._show(replace(self._state, notice=Message.of("basket.form_first")))
                return
        form = form_of(item, self.choices)
        self._show_form(replace(without_form(self._state), notice=None), form)
        self._keeper.keep(form, self._on_kept)

    def copy(self, copying: Copying) -> None:
        """Write the chosen order again: into the basket, or, to be revised, on into the form."""
        line = self._state.chosen
        ready = self._basket.ready and not self._state.busy
        if line is None or not ready or self._state.copy_hindrance(copying) is not None:
            return
        if self._basket.has_follower(line.order.id):
            self._show(replace(self._state, notice=Message.of("basket.follows_already")))
            return
        session, changing, order = self._visit.session(), self._services.changing, line.order
        self._show(replace(self._state, busy=True, act_fault=None, notice=None))
        self._tasks.read(
            lambda _: (copying, changing.copied(session, order, copying.following)),
            self._on_copied,
        )

    def put_all(self, drafts: tuple[OrderDraft, ...]) -> None:
        """Put the lines of an order set into the basket."""
        self._basket.put_all(tuple(map(self._worded, drafts)))

    def discard(self) -> None:
        """Throw the order in the form away. The page has asked."""
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
                stopped = sum(stopped_since(line, recent) for line in read.lines)
                state = replace(
                    self._state,
                    loading=False,
                    fault=None,
                    lines=read.lines,
                    seen=read.seen,
                    encounter=read.encounter,
                    recently_stopped=stopped,
                )
                self._basket.stand_on(read.seen, read.encounter)
                state = self._focused(on_an_order(state))
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
            read = self._services.lines.in_words(form.line)
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
                self._show(replace(without_form(self._state), notice=notice))
            case Failed(fault):
                self._show(replace(self._state, busy=False, act_fault=fault))

    def _on_copied(self, result: Result[tuple[Copying, tuple[OrderDraft, ...]]]) -> None:
        match result:
            case Ok((copying, drafts)):
                self._show(replace(self._state, busy=False))

                def go_on(fault: Fault | None) -> None:
                    if fault is None and copying is Copying.REVISE and len(drafts) == 1:
                        self.take_out(self._basket.state.current)

                self._basket.put_all(tuple(map(self._worded, drafts)), go_on)
            case Failed(fault):
                self._show(replace(self._state, busy=False, act_fault=fault))

    def _on_put(self, fault: Fault | None) -> None:
        if fault is not None:
            self._show(replace(self._state, busy=False, act_fault=fault))
        else:
            self._keeper.discard(self._on_done)

    def _on_done(self, result: Result[None]) -> None:
        """A form that is kept in spite of that goes into the basket under the same name again."""
        fault = result.fault if isinstance(result, Failed) else None
        before = self._state
        notice = Message.of("basket.put")
        self._show(replace(without_form(before), act_fault=fault, notice=notice))
        self._go_on_with_line(before)

    def _go_on_with_line(self, before: OrdersState) -> None:
        """The next order of the line comes into a new form."""
        form = before.form
        place = int(form.place) + 1 if form is not None else 0
        if form is not None and place < len(before.read.orders):
            key = self._basket.new_key()
            self._fill_from(OrderForm(line=form.line, place=str(place), key=key), before.read)
            self.edit(self._state.form or form)

    def _on_acted(self, result: Result[tuple[Deed, tuple[Order, ...]]]) -> None:
        match result:
            case Ok((deed, _)):
                notice = Message.of(f"orders.done.{deed.value}")
                self._show(replace(self._state, busy=False, notice=notice))
            case Failed(fault):
                self._show(replace(self._state, busy=False, act_fault=fault))
        self.load()

    def _show_form(self, state: OrdersState, form: OrderForm) -> None:
        there = self._basket.state.basket.item(form.key)
        now = self._services.now()
        written = draft_of(form, self._patient, state.encounter, self.choices, now)
        draft = self._spelled(edited(there.draft if there is not None else None, written))
        self._show(replace(state, form=form, draft=draft))

    def _spelled(self, draft: OrderDraft) -> OrderDraft:
        """With the words of the dosage as they stand in the preview."""
        speller, dosage = self._services.speller, draft.dosage
        unit = speller.unit(dosage.unit) if dosage.unit else ""
        text = speller.instruction(dosage)
        return replace(draft, dosage=replace(dosage, unit_text=unit, text=text))

    def _worded(self, draft: OrderDraft) -> OrderDraft:
        """A dosage that has no words yet gets them; those of an author stay."""
        return draft if draft.dosage.text else self._spelled(draft)

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
