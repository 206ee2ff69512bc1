"""What a click on the basket means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.baskets import DRAFT_KIND, Basket, BasketItem
from app.domain.deciding import CardAnswer
from app.domain.orders import Objection, Order, OrderDraft
from app.domain.people import Privilege, Session
from app.domain.terms import DraftId, EncounterId, OrderId, PatientId
from app.domain.verbal_orders import Spoken
from app.kernel.faults import Failed, Fault, Message, Ok, Result
from app.kernel.tasks import TaskScope
from app.ports.acts import ReadSet
from app.ports.keeping import Draft
from app.services.drafting import Drafting
from app.services.order_entry import OrderEntry
from app.services.verbal_orders import VerbalOrders
from ui.orders.basket_state import BasketState, KeptBasket, grouped
from ui.orders.remedies import without
from ui.orders.verbal_state import ASKED, VerbalChoices, heard_anew
from ui.runtime.draft_keeper import DraftKeeper, Said
from ui.runtime.visits import Visit


@dataclass(frozen=True, slots=True)
class BasketServices:
    """What the basket works with.

    Attributes:
        remember: Keeps what was signed as what this person orders often.
        confirm: Says again who signs, with their passphrase; raises when it is wrong.
        new_key: A name that was never given.
        verbal: Orders by word of mouth; None where they are not written down.
        signed: Hears of what was signed; never raises.
    """

    orders: OrderEntry
    drafting: Drafting
    remember: Callable[[Session, tuple[OrderDraft, ...], frozenset[int]], object]
    confirm: Callable[[Session, str], None]
    new_key: Callable[[], str]
    verbal: VerbalOrders | None = None
    signed: Callable[[Session, tuple[Order, ...]], object] | None = None


Enter = Callable[
    [Session, tuple[OrderDraft, ...], ReadSet, DraftId | None, tuple[CardAnswer, ...]],
    tuple[Order, ...],
]
"""Signs a basket: what `OrderEntry` and `VerbalOrders` do."""


class BasketView(Protocol):
    def show_state(self, state: BasketState) -> None: ...


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the sheet showed when the signature was asked for."""

    drafts: tuple[OrderDraft, ...]
    seen: ReadSet
    answers: tuple[CardAnswer, ...]


class BasketPresenter:
    """Keeps unsigned orders at once and signs them together."""

    def __init__(
        self,
        view: BasketView,
        visit: Visit,
        patient: PatientId,
        services: BasketServices,
        tasks: TaskScope,
    ) -> None:
        self._view = view
        self._visit = visit
        self._services = services
        self._tasks = tasks
        self._seen: ReadSet = ()
        self._stay: EncounterId | None = None
        self._asked: _Asked | None = None
        self._told: Callable[[Basket], None] | None = None
        self._heard = Basket()
        self._keeper = DraftKeeper(services.drafting, visit.session, patient, DRAFT_KIND, tasks)
        session = visit.session()
        places, proposes = (
            session.can(one) for one in (Privilege.PLACE_ORDER, Privilege.PROPOSE_ORDER)
        )
        # Whoever may order does not write down in the name of another.
        hears = not places and session.can(Privilege.ENTER_VERBAL)
        self._verbal = services.verbal if hears else None
        self._state = BasketState(
            may_write=places or proposes or self._verbal is not None,
            proposes=not places and self._verbal is None,
            by_word=self._verbal.classes if self._verbal is not None else None,
        )
        self._view.show_state(self._state)
        if self._state.may_write:
            self._keeper.restore(self._go_on_with, self._on_unread)

    @property
    def state(self) -> BasketState:
        return self._state

    @property
    def ready(self) -> bool:
        """Whether something can be put there now; what was left here is known before that."""
        return self._state.may_write and self._keeper.restored and not self._state.busy

    def new_key(self) -> str:
        return self._services.new_key()

    @property
    def judged(self) -> Mapping[str, OrderDraft]:
        """Key and order, for the stay in which they would be signed."""
        items = self._state.basket.items
        return {item.key: replace(item.draft, encounter=self._stay) for item in items}

    @property
    def stay(self) -> EncounterId | None:
        """The stay in which they would be signed."""
        return self._stay

    def watch(self, told: Callable[[Basket], None]) -> None:
        """Tell of the basket now and whenever it changes."""
        self._told = told
        told(self._state.basket)

    def wait_for_checks(self, *, waiting: bool) -> None:
        """Nothing is signed while the orders are being checked."""
        self._show(replace(self._state, checking=waiting))

    def stand_on(self, seen: ReadSet, stay: EncounterId | None) -> None:
        """What the page shows beside it now, and the stay for which it would be signed."""
        self._seen, self._stay = seen, stay
        self._show(self._state)

    # -- changing

    def put(self, items: tuple[BasketItem, ...], said: Said) -> None:
        """Put them there, each in the place of the one of its name; `said` hears when it is kept.

        They belong to the stay in which they are signed.
        """
        basket = self._state.basket
        for item in items:
            own = replace(item, draft=replace(item.draft, encounter=None))
            basket = basket.with_item(heard_anew(basket.item(item.key), own))
        self._keep(basket, said, current=items[0].key)

    def has_follower(self, order: OrderId) -> bool:
        """Whether one is there already that renews or revises `order`."""
        drafts = self._state.basket.drafts
        return any(one.replaces == order and one.following is not None for one in drafts)

    def put_all(self, drafts: tuple[OrderDraft, ...], said: Said | None = None) -> None:
        """Put copies or the lines of an order set there."""
        if not self.ready or not drafts or self._state.verbal:
            return
        basket, names = self._state.basket, {"": ""}
        for draft in drafts:
            group = names.setdefault(draft.group, self.new_key())
            own = replace(draft, encounter=None, group=group)
            basket = basket.with_item(BasketItem(self.new_key(), own))
        self._keep(basket, said or _nobody, current=basket.items[-1].key)

    def change(self, basket: Basket, said: Said) -> None:
        """Keep it as a suggestion leaves it; `said` hears when it is kept."""
        if not self._state.can_change:
            return
        before = self._state.basket
        fewer = len(basket.items) < len(before.items)
        self._keep(basket, said, undo=before if fewer else None)

    def answer(self, answer: CardAnswer, said: Said) -> None:
        """Keep what was said to a warning with the orders it is about."""
        if self._state.can_change:
            self._keep(self._state.basket.with_answer(answer), said)

    def remove(self, key: str) -> None:
        if self._state.can_change and self._state.basket.item(key) is not None:
            before = self._state.basket
            self._keep(before.without(key), _nobody, undo=before)

    def take_away(self, key: str) -> None:
        """Remove it with the fluid that was only there to dissolve it."""
        if self._state.can_change and self._state.basket.item(key) is not None:
            before = self._state.basket
            self._keep(without(before, key), _nobody, undo=before)

    def clear(self) -> None:
        """Throw everything in it away. The page has asked."""
        if self._state.can_change:
            self._keep(Basket(), _nobody, undo=self._state.basket)

    def undo(self) -> None:
        """Put back what was taken out last, where it was."""
        before = self._state.undo
        if before is not None and self._state.can_undo:
            self._keep(before, _nobody)

    def group(self) -> None:
        """Let the marked orders run as one infusion, or each by itself again."""
        if self._state.can_group:
            basket = grouped(self._state.basket, self._state.marked, self.new_key())
            self._keep(basket, _nobody)

    def choose(self, key: str) -> None:
        if key != self._state.current:
            self._show(replace(self._state, current=key))

    def mark(self, keys: tuple[str, ...]) -> None:
        if keys != self._state.marked:
            self._show(replace(self._state, marked=keys))

    def read_notice(self) -> None:
        """The notice of a removal goes, and with it the way back."""
        self._show(replace(self._state, notice=None, fault=None, undo=None))

    # -- signing

    def ask_whose(self, then: Callable[[VerbalChoices], None]) -> None:
        """Find out who may have given these orders, and when; `then` asks which it was."""
        verbal, session = self._verbal, self._visit.session()
        if verbal is None or not self._state.can_sign:
            return
        self._show(replace(self._state, busy=True, fault=None, notice=None, undo=None))

        def answer(result: Result[VerbalChoices]) -> None:
            match result:
                case Ok(choices):
                    self._show(replace(self._state, busy=False))
                    self._heard = self._state.basket
                    then(choices)
                case Failed(fault):
                    self._show(replace(self._state, busy=False, fault=fault))

        self._tasks.read(
            lambda _: VerbalChoices(verbal.physicians(session), verbal.situations), answer
        )

    def say(self, spoken: Spoken, said: Said) -> None:
        """Keep with the orders that the sheet showed who gave them, when, and the reading back.

        What came in behind the sheet was not on it: nobody has said anything about that.
        """
        if not self._state.verbal or not self._state.can_change:
            return
        items = tuple(
            replace(one, draft=replace(one.draft, spoken=spoken))
            if one in self._heard.items
            else one
            for one in self._state.basket.items
        )
        self._keep(replace(self._state.basket, items=items), said)

    def ask(self) -> bool:
        """Hold on to what the sheet is about to show; False when nothing can be signed."""
        if not self._state.can_sign or (self._state.verbal and not self._state.read_back):
            return False
        basket = self._state.basket
        drafts = (replace(one, encounter=self._stay) for one in basket.drafts)
        self._asked = _Asked(tuple(drafts), self._seen, basket.answers)
        return True

    def sign(self, passphrase: str) -> None:
        """Sign what the sheet showed; a wrong passphrase changes nothing."""
        asked, self._asked = self._asked, None
        if asked is None or not self._state.can_sign:
            return
        session, services = self._visit.session(), self._services
        enter, verbal = self._enter(session), self._verbal
        self._show(replace(self._state, busy=True, fault=None, notice=None, undo=None))

        def act() -> tuple[Order, ...]:
            services.confirm(session, passphrase)
            orders = enter(session, asked.drafts, asked.seen, self._keeper.id, asked.answers)
            self._keeper.forget()
            if services.signed is not None:
                services.signed(session, orders)
            return orders

        # A dose out of an order set may have been worked out for this patient alone.
        worked_out = frozenset(n for n, one in enumerate(asked.drafts) if one.origin)

        def remember() -> object:
            return services.remember(session, asked.drafts, worked_out)

        def answer(result: Result[tuple[Order, ...]]) -> None:
            # What a physician called out is no habit of whoever wrote it down.
            if isinstance(result, Ok) and verbal is None:
                self._tasks.write(remember, _forgotten)
            self._on_signed(result)

        self._tasks.write(act, answer)

    def _enter(self, session: Session) -> Enter:
        verbal = self._verbal
        if verbal is not None:
            # Nothing stops what a physician called out: they answer its warnings when confirming.
            return lambda who, drafts, seen, draft, _: verbal.enter(who, drafts, seen, draft)
        entry = self._services.orders
        return entry.sign_basket if session.can(Privilege.PLACE_ORDER) else entry.propose_basket

    # -- answers

    def _on_signed(self, result: Result[tuple[Order, ...]]) -> None:
        match result:
            case Ok(orders):
                count = len(orders)
                notice = Message.of("basket.signed", count=count)
                if self._state.proposes:
                    notice = Message.of("basket.proposed", count=count)
                elif self._state.verbal:
                    notice = Message.of("verbal.entered", count=count)
                self._show(
                    replace(
                        self._state,
                        basket=Basket(),
                        marked=(),
                        restored_at=None,
                        busy=False,
                        notice=notice,
                    )
                )
            case Failed(fault):
                self._show(replace(self._state, busy=False, fault=fault))

    def _go_on_with(self, draft: Draft) -> None:
        """What was there before a kill, a lock or a walk away; one of another format stays kept."""
        basket = Basket.of(draft.body)
        if basket is not None and basket.items:
            self._keeper.adopt(draft)
            self._show(replace(self._state, basket=basket, restored_at=draft.saved_at))

    def _on_unread(self, fault: Fault | None) -> None:
        self._show(replace(self._state, fault=fault))

    def _keep(
        self, basket: Basket, said: Said, current: str = "", undo: Basket | None = None
    ) -> None:
        """Keep it whole, at once; what could not be kept is not shown as if it were."""
        before = self._state
        keys = {item.key for item in basket.items}
        marked = tuple(key for key in before.marked if key in keys)
        self._show(
            replace(
                before,
                basket=basket,
                marked=marked,
                current=current or before.current,
                restored_at=before.restored_at if basket.items else None,
                busy=True,
                undo=undo,
                fault=None,
                notice=None,
            )
        )

        def answer(fault: Fault | None) -> None:
            kept = replace(self._state, busy=False)
            if fault is not None:
                kept = replace(kept, basket=before.basket, undo=None, fault=fault)
            self._show(kept)
            said(fault)

        self._keeper.keep(KeptBasket(basket), answer)

    def _show(self, state: BasketState) -> None:
        wrong = state.basket.objections(self._stay)
        if state.verbal:
            wrong = _without(wrong, ASKED)
        before, self._state = self._state.basket, replace(state, wrong=wrong)
        self._view.show_state(self._state)
        if self._told is not None and self._state.basket != before:
            self._told(self._state.basket)


def _forgotten(_: Result[object]) -> None:
    """What is signed is signed; that it is not remembered costs a few letters next time."""


def _without(
    wrong: Mapping[str, tuple[Objection, ...]], fields: frozenset[str]
) -> dict[str, tuple[Objection, ...]]:
    """Without what is asked before the signature anyway."""
    left = {key: tuple(x for x in told if x.field not in fields) for key, told in wrong.items()}
    return {key: told for key, told in left.items() if told}


def _nobody(_: Fault | None) -> None:
    """The basket itself says what could not be kept."""
