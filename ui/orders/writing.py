"""What a click or a key in the order form means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.domain.baskets import BasketItem
from app.domain.orders import OrderDraft
from app.domain.terms import PatientId
from app.kernel.faults import Failed, Fault, Message, Ok, Result
from app.kernel.tasks import TaskScope
from app.ports.keeping import Draft
from app.services.order_catalogue import Item
from app.services.order_lines import Filled, LineRead
from ui.orders.basket_presenter import BasketPresenter
from ui.orders.basket_state import form_of
from ui.orders.board import Board
from ui.orders.choosing import ItemChoosing
from ui.orders.form import OrderForm, filled
from ui.orders.form_draft import Choices
from ui.orders.reckoning import Around, Reckoning
from ui.orders.remedies import fluid_key
from ui.orders.services import OrderServices
from ui.orders.state import OrdersState
from ui.orders.turning import by_word, completed, settled, taken, without_form
from ui.runtime.draft_keeper import DraftKeeper, Said
from ui.runtime.visits import Visit

_DRAFT_KIND = "order"


class OrderWriting:
    """Fills the form, keeps it, and puts what it holds into the basket."""

    def __init__(
        self,
        board: Board,
        visit: Visit,
        patient: PatientId,
        services: OrderServices,
        basket: BasketPresenter,
        tasks: TaskScope,
    ) -> None:
        self._board = board
        self._patient = patient
        self._services = services
        self._basket = basket
        self._tasks = tasks
        self.choosing = ItemChoosing(board, visit, services, tasks)
        self._told: Callable[[Mapping[str, OrderDraft]], None] | None = None
        self._unkept = False
        self._keeper = DraftKeeper(services.drafting, visit.session, patient, _DRAFT_KIND, tasks)
        catalogue = services.catalogue
        self.choices = Choices(catalogue.routes(), catalogue.frequencies(), services.zone)
        self._reckoning = Reckoning(patient, self.choices, services.arithmetic, self._spelled)
        if self.state.may_write:
            tasks.read(lambda _: services.lines.prepare(), self._on_prepared)
            self._keeper.restore(self._go_on_with, self._on_kept)

    @property
    def state(self) -> OrdersState:
        return self._board.state

    def watch(self, told: Callable[[Mapping[str, OrderDraft]], None]) -> None:
        """Tell what the form stands for, by the keys it would have in the basket."""
        self._told = told
        told(self._written(self.state))

    def show(self, state: OrdersState) -> None:
        """Show `state`; what the form stands for is worked out anew."""
        if state.form is None:
            self._show(state)
        else:
            self._show_form(state, state.form)

    def new(self) -> None:
        """Begin an order, or go back to the one that is being written."""
        if self._keeper.restored and self.state.form is None:
            form = OrderForm(key=self._basket.new_key())
            self._show_form(replace(self.state, notice=None, found=None), form)
            self.choosing.prepare()

    def edit(self, form: OrderForm) -> None:
        """Keep what has been typed or chosen."""
        before = self.state.form
        if before is None or self.state.busy or (form == before and not self._unkept):
            return
        self._unkept = False
        form = by_word(settled(form, before, self._services.now()), self.state.by_word)
        found = None if form.order_class != before.order_class else self.state.found
        self._show_form(replace(self.state, found=found), form)
        self._keeper.keep(form, self._on_kept)

    def type_line(self, text: str) -> None:
        """Fill the form from one line; it is kept with the form, when typing pauses."""
        form = self.state.form
        if form is None or self.state.busy or text == form.line:
            return
        self._fill_from(replace(form, line=text, place="0"), self._services.lines.read(text))

    def _fill_from(self, form: OrderForm, read: LineRead) -> None:
        before = self.state.filled
        state = replace(self.state, read=read, form=form, found=None)
        form = self._in_bag(filled(form, before, state.filled), before, state.filled)
        self._unkept = True
        self._show_form(state, form)
        if form.item is None and form.query and form.packed:
            self.choosing.search(form.query)

    def pick(self, item: Item) -> None:
        """The user chose from what was found; it says its class, and how it is usually ordered."""
        form, there = self.state.form, self._there()
        if form is None or self.state.busy:
            return
        form = taken(form, item, self.choices)
        if there is not None and there.item != item.term:
            # The limits of the order that was taken out were meant for its own item.
            form = replace(form, interval="", most="", most_unit="")
        self._unkept = False
        self.choosing.forget()
        self._show_form(self.state, form)
        self._keeper.keep(form, self._on_kept)

    def put(self) -> None:
        """Put what is in the form into the basket; its own draft goes when it is kept there."""
        state = self.state
        form, draft = state.form, state.draft
        if form is None or draft is None or state.busy or not self._basket.ready:
            return
        if state.objections:
            self._show(replace(state, tried=True, notice=None))
            return
        self._show(replace(state, tried=True, busy=True, act_fault=None, notice=None))
        key = form.key or self._basket.new_key()
        items = [BasketItem(key, draft, form.line)]
        if state.reckoned.fluid is not None:
            items.append(BasketItem(fluid_key(key), state.reckoned.fluid))
        self._basket.put((*items, *state.reckoned.bag), self._on_put)

    def take_out(self, key: str) -> None:
        """Put an order of the basket into the form; there it stays until the form is put back.

        What the form holds goes into the basket first; while it cannot, nothing moves.
        """
        state, item = self.state, self._basket.state.basket.item(key)
        if item is None or state.busy or not self._keeper.restored or not self._basket.ready:
            return
        if state.form is not None and not state.form.blank:
            self.put()
            if self.state.form is not None:
                self._show(replace(self.state, notice=Message.of("basket.form_first")))
                return
        form = by_word(form_of(item, self.choices), self.state.by_word)
        self._show_form(replace(without_form(self.state), notice=None), form)
        self._keeper.keep(form, self._on_kept)

    def instead(self, key: str, item: Item) -> None:
        """Write `item`, in the place of an order or ("") beside it.

        How much of another drug is for its author to say: nothing goes over from the one before.
        """
        state = self.state
        if state.form is not None and not state.form.blank:
            self._show(replace(state, notice=Message.of("basket.form_first")))
            return
        if key:
            self._basket.take_away(key)
        self._show_form(
            replace(without_form(state), notice=None), OrderForm(key=self._basket.new_key())
        )
        self.pick(item)

    def put_all(self, drafts: tuple[OrderDraft, ...], said: Said | None = None) -> None:
        """Put copies or the lines of an order set into the basket."""
        self._basket.put_all(tuple(map(self._worded, drafts)), said)

    def discard(self) -> None:
        """Throw the order in the form away. The page has asked."""
        if self.state.form is not None and not self.state.busy:
            self._show(replace(self.state, busy=True))
            self._keeper.discard(self._on_discarded)

    # -- answers

    def _on_prepared(self, result: Result[None]) -> None:
        """A reader that could not be built says so at the first line."""

    def _go_on_with(self, draft: Draft) -> None:
        """What was typed before a kill, a lock or a walk away stands there again."""
        form = OrderForm.of(draft.body)
        if form is not None and not form.blank:
            self._keeper.adopt(draft)
            there = self._basket.state.basket.item(form.key)
            if form.of_old and there is not None:
                form = completed(form, form_of(there, self.choices))
            read = self._services.lines.read(form.line)
            self._show_form(replace(self.state, restored_at=draft.saved_at, read=read), form)

    def _on_kept(self, fault: Fault | None) -> None:
        if fault is None and self.state.busy:
            return
        if fault != self.state.act_fault:
            self._show(replace(self.state, act_fault=fault))

    def _on_discarded(self, result: Result[None]) -> None:
        match result:
            case Ok():
                notice = Message.of("orders.discarded")
                self._show(replace(without_form(self.state), notice=notice))
            case Failed(fault):
                self._show(replace(self.state, busy=False, act_fault=fault))

    def _on_put(self, fault: Fault | None) -> None:
        if fault is not None:
            self._show(replace(self.state, busy=False, act_fault=fault))
        else:
            self._keeper.discard(self._on_done)

    def _on_done(self, result: Result[None]) -> None:
        """A form that is kept in spite of that goes into the basket under the same name again."""
        fault = result.fault if isinstance(result, Failed) else None
        before = self.state
        notice = Message.of("basket.put")
        self._show(replace(without_form(before), act_fault=fault, notice=notice))
        self._go_on_with_line(before)

    def _go_on_with_line(self, before: OrdersState) -> None:
        """The next order of the line comes into a new form; one of the same bag stays in it."""
        form = before.form
        place = int(form.place) + 1 if form is not None else 0
        if form is not None and place < len(before.ordered):
            last, coming = before.ordered[place - 1], before.ordered[place]
            group = form.group if last.group and coming.group == last.group else ""
            key = self._basket.new_key()
            more = OrderForm(line=form.line, place=str(place), group=group, key=key)
            self._fill_from(more, before.read)
            self.edit(self.state.form or form)

    def _in_bag(self, form: OrderForm, before: Filled | None, now: Filled | None) -> OrderForm:
        """In the bag that the line names; a line that names none any more leaves it."""
        if now is not None and now.group:
            return replace(form, group=form.group or self._basket.new_key())
        return replace(form, group="") if before is not None and before.group else form

    def _there(self) -> OrderDraft | None:
        """The order of the form as it lies in the basket."""
        form = self.state.form
        item = self._basket.state.basket.item(form.key) if form is not None else None
        return item.draft if item is not None else None

    def _show_form(self, state: OrdersState, form: OrderForm) -> None:
        form = by_word(form, state.by_word)
        state = replace(state, form=form)
        items = self._basket.state.basket.items
        there = next((one.draft for one in items if one.key == form.key), None)
        # The fluid of the line is put again with its drug; one from another day is in the bag.
        own = {form.key} | ({fluid_key(form.key)} if state.fluid is not None else set())
        bag = tuple(
            one
            for one in items
            if form.group and one.draft.group == form.group and one.key not in own
        )
        around = Around(state.encounter, there, state.fluid, bag, state.weight)
        reckoned = self._reckoning.of(form, around, self._services.now())
        self._show(replace(state, reckoned=reckoned))

    def _spelled(self, draft: OrderDraft) -> OrderDraft:
        """With the words of the dosage as they stand in the preview."""
        speller, dosage = self._services.speller, draft.dosage
        unit = speller.unit(dosage.unit) if dosage.unit else ""
        text = speller.instruction(dosage)
        return replace(draft, dosage=replace(dosage, unit_text=unit, text=text))

    def _worded(self, draft: OrderDraft) -> OrderDraft:
        """A dosage that has no words yet gets them; those of an author stay."""
        return draft if draft.dosage.text else self._spelled(draft)

    def _written(self, state: OrdersState) -> Mapping[str, OrderDraft]:
        form, reckoned = state.form, state.reckoned
        if form is None or reckoned.draft is None:
            return {}
        found = {form.key: reckoned.draft, **{one.key: one.draft for one in reckoned.bag}}
        if reckoned.fluid is not None:
            found[fluid_key(form.key)] = reckoned.fluid
        return found

    def _show(self, state: OrdersState) -> None:
        self._board.show(state)
        if self._told is not None:
            self._told(self._written(state))
