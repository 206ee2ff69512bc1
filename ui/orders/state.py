"""What the orders page shows, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.order_troubles import Trouble
from app.domain.orders import Objection, OrderClass, OrderDraft, OrderKind, OrderLine
from app.domain.patients import Measured
from app.domain.terms import EncounterId, OrderId
from app.kernel.faults import Fault, Message
from app.ports.acts import ReadSet
from app.services.order_catalogue import Found
from app.services.order_lines import Filled, LineRead
from ui.orders.copying import Copying, copy_hindrance
from ui.orders.deeds import Deed, hindrance
from ui.orders.form import RATE_UNITS, UNITS, OrderForm
from ui.orders.listing import Tab, in_tab, of_class
from ui.orders.reckoning import Reckoned

NOTHING_READ = LineRead()
NOTHING = Reckoned()
_BEGUN = OrderForm()


@dataclass(frozen=True, slots=True)
class OrdersState:
    """One patient's orders, and the one that is being written.

    Attributes:
        seen: The read-set of what is shown, read together with it.
        troubles: What has not been sent, and why, as far as the queue says so.
        recently_stopped: Orders stopped within the last two days (CUI MEDv-074).
        form: The order being written, or None.
        reckoned: What follows from the form: what would go into the basket now, and its numbers.
        weight: Of the patient, as it was measured last.
        read: What the line of the form says.
        may_write: Orders can be placed, proposed for countersignature, or written down.
        by_word: What is written down in a physician's name; None for who orders in their own.
        found: What the pack has for the typed words; None when nothing was asked.
        restored_at: When the restored draft was last kept, until it is signed or discarded.
        tried: It was to go into the basket: objections are shown.
        fault: Why the orders could not be read.
        act_fault: Why the last act was not done; what was typed stays.
    """

    loading: bool = True
    lines: tuple[OrderLine, ...] = ()
    seen: ReadSet = ()
    encounter: EncounterId | None = None
    troubles: Mapping[OrderId, Trouble] = field(default_factory=dict)
    recently_stopped: int = 0
    tab: Tab = Tab.LONG_TERM
    order_class: str = ""
    current: str = ""
    form: OrderForm | None = None
    reckoned: Reckoned = NOTHING
    weight: Measured | None = None
    read: LineRead = NOTHING_READ
    found: Found | None = None
    restored_at: datetime | None = None
    tried: bool = False
    busy: bool = False
    may_write: bool = False
    by_word: frozenset[OrderClass] | None = None
    may_place: bool = False
    may_stop: bool = False
    fault: Fault | None = None
    act_fault: Fault | None = None
    notice: Message | None = None

    @property
    def beside_form(self) -> OrdersState:
        """Without what is being written: while it stays the same, no list is drawn anew."""
        return replace(
            self,
            form=_BEGUN if self.form is not None else None,
            reckoned=NOTHING,
            read=NOTHING_READ,
            found=None,
            restored_at=None,
            tried=False,
            act_fault=None,
            notice=None,
        )

    @property
    def verbal(self) -> bool:
        """Whether what is written here is a physician's order, given by word of mouth."""
        return self.by_word is not None

    @property
    def offers_sets(self) -> bool:
        """Whether order sets can be taken: nobody calls out a set in a rescue."""
        return self.may_write and not self.verbal

    @property
    def listed(self) -> tuple[OrderLine, ...]:
        """The orders of the chosen list, whatever their class."""
        return in_tab(self.lines, self.tab)

    @property
    def shown(self) -> tuple[OrderLine, ...]:
        return of_class(self.listed, self.order_class)

    @property
    def chosen(self) -> OrderLine | None:
        return next((line for line in self.shown if line.order.id == self.current), None)

    def can(self, deed: Deed) -> bool:
        """Whether it can be done to the chosen order now."""
        return not self.busy and self.hindrance(deed) is None

    def hindrance(self, deed: Deed) -> Message | None:
        """Why it cannot be done to the chosen order; being busy is none."""
        allowed = self.may_place if deed is Deed.RESUME else self.may_stop
        return hindrance(deed, self.chosen, allowed=allowed)

    def copy_hindrance(self, copying: Copying) -> Message | None:
        """Why the chosen order cannot be written again like that; being busy is none."""
        return copy_hindrance(copying, self.chosen, allowed=self.may_place)

    @property
    def filled(self) -> Filled | None:
        """The order of the line that the form holds; None when it has none."""
        orders, place = self.ordered, int(self.form.place) if self.form else 0
        return orders[place] if place < len(orders) else None

    @property
    def ordered(self) -> tuple[Filled, ...]:
        """The orders of the line, without the fluids of their bags."""
        return tuple(one for one in self.read.orders if not one.diluent)

    @property
    def fluid(self) -> Filled | None:
        """What the order of the form is dissolved in; it goes in with the first of its bag."""
        filled = self.filled
        if filled is None or not filled.group:
            return None
        bag = [one for one in self.read.orders if one.group == filled.group]
        return next((one for one in bag if one.diluent and bag[0] is filled), None)

    @property
    def remarks(self) -> tuple[Message, ...]:
        """What the line leaves open, and why words of it are not drafted."""
        filled, read = self.filled, self.read
        if filled is None:
            return read.refused
        fluid = self.fluid.remarks if self.fluid is not None else ()
        found = [*filled.remarks, *fluid, *read.refused]
        said = dict(filled.said)
        for unit, offered, name in (
            (filled.unit, UNITS, "dose"),
            (filled.rate_unit, RATE_UNITS, "rate"),
        ):
            if unit and unit not in offered:
                found.append(Message.of("order_line.unit_not_held", words=said[name]))
        found += self._unsaid(filled)
        more = len(self.ordered) - int(self.form.place if self.form else 0) - 1
        if more:
            found.append(Message.of("order_line.more", count=more))
        return tuple(found)

    def _unsaid(self, filled: Filled) -> list[Message]:
        """What the line says and nobody orders by word of mouth."""
        if self.by_word is None:
            return []
        found: list[Message] = []
        if filled.order_class not in {one.value for one in self.by_word}:
            found.append(Message.of("order.verbal-not-this"))
        if dict(filled.said).get("kind") and filled.kind != OrderKind.VERBAL.value:
            found.append(Message.of("verbal.one_kind", words=dict(filled.said)["kind"]))
        return found

    @property
    def draft(self) -> OrderDraft | None:
        """What would go into the basket now."""
        return self.reckoned.draft

    @property
    def objections(self) -> tuple[Objection, ...]:
        """What keeps the order in the form from the basket."""
        return self.reckoned.objections

    def count(self, tab: Tab) -> int:
        return len(in_tab(self.lines, tab))

    @property
    def trouble(self) -> Trouble | None:
        """What the chosen order waits in, if it waits."""
        line = self.chosen
        return self.troubles.get(line.order.id) if line is not None else None
