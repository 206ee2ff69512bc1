"""What a click on the basket means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.baskets import DRAFT_KIND, Basket, BasketItem
from app.domain.orders import Order, OrderDraft
from app.domain.people import Privilege, Session
from app.domain.terms import EncounterId, OrderId, PatientId
from app.kernel.faults import Failed, Fault, Message, Ok, Result
from app.kernel.tasks import TaskScope
from app.ports.acts import ReadSet
from app.ports.keeping import Draft
from app.services.drafting import Drafting
from app.services.order_entry import OrderEntry
from ui.orders.basket_state import BasketState, KeptBasket, grouped
from ui.runtime.draft_keeper import DraftKeeper, Said
from ui.runtime.visits import Visit


@dataclass(frozen=True, slots=True)
class BasketServices:
    """What the basket works with.

    Attributes:
        confirm: Says again who signs, with their passphrase; raises when it is wrong.
        new_key: A name that was never given.
    """

    orders: OrderEntry
    drafting: Drafting
    confirm: Callable[[Session, str], None]
    new_key: Callable[[], str]


class BasketView(Protocol):
    def show_state(self, state: BasketState) -> None: ...


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the sheet showed when the signature was asked for."""

    drafts: tuple[OrderDraft, ...]
    seen: ReadSet


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
        self._keeper = DraftKeeper(services.drafting, visit.session, patient, DRAFT_KIND, tasks)
        session = visit.session()
        places = session.can(Privilege.PLACE_ORDER)
        self._state = BasketState(
            may_write=places or session.can(Privilege.PROPOSE_ORDER), proposes=not places
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

    def stand_on(self, seen: ReadSet, stay: EncounterId | None) -> None:
        """What the page shows beside it now, and the stay for which it would be signed."""
        self._seen, self._stay = seen, stay
        self._show(self._state)

    # -- changing

    def put(self, key: str, draft: OrderDraft, line: str, said: Said) -> None:
        """Put an order there, in the place of the one of that name; `said` hears when it is kept.

        It belongs to the stay in which it is signed.
        """
        item = BasketItem(key, replace(draft, encounter=None), line)
        self._keep(self._state.basket.with_item(item), said, current=key)

    def has_follower(self, order: OrderId) -> bool:
        """Whether one is there already that renews or revises `order`."""
        drafts = self._state.basket.drafts
        return any(one.replaces == order and one.following is not None for one in drafts)

    def put_all(self, drafts: tuple[OrderDraft, ...], said: Said | None = None) -> None:
        """Put copies or the lines of an order set there."""
        if not self.ready or not drafts:
            return
        basket, names = self._state.basket, {"": ""}
        for draft in drafts:
            group = names.setdefault(draft.group, self.new_key())
            own = replace(draft, encounter=None, group=group)
            basket = basket.with_item(BasketItem(self.new_key(), own))
        self._keep(basket, said or _nobody, current=basket.items[-1].key)

    def remove(self, key: str) -> None:
        if self._state.can_change and self._state.basket.item(key) is not None:
            self._keep(self._state.basket.without(key), _nobody)

    def clear(self) -> None:
        """Throw everything in it away. The page has asked."""
        if self._state.can_change:
            self._keep(Basket(), _nobody)

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
        self._show(replace(self._state, notice=None, fault=None))

    # -- signing

    def ask(self) -> bool:
        """Hold on to what the sheet is about to show; False when nothing can be signed."""
        if not self._state.can_sign:
            return False
        drafts = (replace(one, encounter=self._stay) for one in self._state.basket.drafts)
        self._asked = _Asked(tuple(drafts), self._seen)
        return True

    def sign(self, passphrase: str) -> None:
        """Sign what the sheet showed; a wrong passphrase changes nothing."""
        asked, self._asked = self._asked, None
        if asked is None or not self._state.can_sign:
            return
        session, services = self._visit.session(), self._services
        self._show(replace(self._state, busy=True, fault=None, notice=None))

        def act() -> tuple[Order, ...]:
            services.confirm(session, passphrase)
            entry = services.orders
            places = session.can(Privilege.PLACE_ORDER)
            enter = entry.sign_basket if places else entry.propose_basket
            orders = enter(session, asked.drafts, asked.seen, self._keeper.id)
            self._keeper.forget()
            return orders

        self._tasks.write(act, self._on_signed)

    # -- answers

    def _on_signed(self, result: Result[tuple[Order, ...]]) -> None:
        match result:
            case Ok(orders):
                count = len(orders)
                notice = Message.of("basket.signed", count=count)
                if self._state.proposes:
                    notice = Message.of("basket.proposed", count=count)
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

    def _keep(self, basket: Basket, said: Said, current: str = "") -> None:
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
                fault=None,
                notice=None,
            )
        )

        def answer(fault: Fault | None) -> None:
            kept = replace(self._state, busy=False)
            if fault is not None:
                kept = replace(kept, basket=before.basket, fault=fault)
            self._show(kept)
            said(fault)

        self._keeper.keep(KeptBasket(basket), answer)

    def _show(self, state: BasketState) -> None:
        self._state = replace(state, wrong=state.basket.objections(self._stay))
        self._view.show_state(self._state)


def _nobody(_: Fault | None) -> None:
    """The basket itself says what could not be kept."""
