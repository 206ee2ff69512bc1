"""What the orders page shows, as values."""

from __future__ import annotations

import enum
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from app.domain.orders import (
    Dosage,
    Objection,
    OrderClass,
    OrderDraft,
    OrderKind,
    OrderLine,
    Priority,
    objections,
)
from app.domain.terms import EncounterId, PatientId, Term
from app.kernel.faults import Fault, Message
from app.ports.acts import ReadSet
from app.services.order_catalogue import Found
from app.services.order_lines import Filled, LineRead
from ui.orders.copying import Copying, copy_hindrance
from ui.orders.deeds import Deed, hindrance

UNITS = (
    "mg", "g", "ug", "mL", "L", "[iU]", "U", "mmol", "mg/h", "ug/min", "ug/kg/min", "mL/h",
    "{tbl}", "{capsule}", "{drop}", "{puff}", "{patch}", "{ampule}", "{vial}", "{bag}", "{dose}",
)  # fmt: skip
"""UCUM codes a dose may be given in; none is chosen beforehand."""

RATE_UNITS = ("mL/h", "mg/h", "ug/h", "ug/min", "ug/kg/min", "U/h", "[iU]/h", "{drop}/min")
"""UCUM codes of how fast something runs."""

SKIN_TESTS = ("required", "exempt")

PACKED = {OrderClass.MEDICATION, OrderClass.LABORATORY}
"""Classes whose items come from a pack; the others may be written in words, too."""

NOTHING_READ = LineRead()
_DAYS = re.compile(r"[1-9][0-9]{0,2}")
_NUMBER = re.compile(r"[0-9]{1,7}(\.[0-9]{1,6})?")  # ASCII: no full-width digit becomes a dose


class Tab(enum.Enum):
    CURRENT = "current"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class OrderForm:
    """An order being written, as the form holds it: codes and what was typed.

    Attributes:
        query: What was typed for the item; the words themselves for classes without a pack.
        item: What was chosen from the pack; None until then.
        dose: As typed; read strictly when it is signed.
        rate: How fast it runs, as typed; read as strictly.
        duration_d: After how many whole days it ends; "" for no end, or the one it has already.
        quantity: How much a discharge medication hands out, as typed; read as strictly.
        line: The one line the form is filled from; "" when it is not used.
        place: Which order of the line the form holds.
        key: Under which name it goes into the basket; an order there is changed by its own.
    """

    order_class: str = OrderClass.MEDICATION.value
    kind: str = OrderKind.LONG_TERM.value
    query: str = ""
    item: Term | None = None
    dose: str = ""
    rate: str = ""
    rate_unit: str = ""
    duration_d: str = ""
    quantity: str = ""
    quantity_unit: str = ""
    skin_test: str = ""
    unit: str = ""
    route: str = ""
    frequency: str = ""
    priority: str = Priority.ROUTINE.value
    reason: str = ""
    note: str = ""
    line: str = ""
    place: str = "0"
    key: str = ""

    @property
    def blank(self) -> bool:
        """Nothing has been typed or chosen: there is nothing to keep."""
        typed = (self.line, self.query, self.dose, self.unit, self.route, self.frequency)
        more = (self.rate, self.rate_unit, self.duration_d, self.quantity, self.quantity_unit)
        said = (self.skin_test, self.reason, self.note)
        return self.item is None and not "".join((*typed, *more, *said)).strip()

    @property
    def medication(self) -> bool:
        return self.order_class == OrderClass.MEDICATION.value

    @property
    def handed_out(self) -> bool:
        """Whether it asks how much the patient takes home."""
        return self.medication and self.kind == OrderKind.DISCHARGE.value

    @property
    def packed(self) -> bool:
        return OrderClass(self.order_class) in PACKED

    @property
    def body(self) -> str:
        """As the draft keeps it."""
        kept: dict[str, object] = {name: getattr(self, name) for name in _TEXTS}
        if self.item is not None:
            one = self.item
            kept["item"] = [one.text, one.system, one.code, one.display]
        return json.dumps(kept, ensure_ascii=False)

    @classmethod
    def of(cls, body: str) -> OrderForm | None:
        """Read a kept draft; None when it is not one of this form."""
        try:
            kept = json.loads(body)
            if not isinstance(kept, dict):
                return None
            texts = {name: str(kept[name]) for name in _TEXTS if name in kept}
            item = kept.get("item")
            form = cls(**texts, item=Term(*map(str, item)) if item else None)
            # A word that this version does not know is no order of ours.
            OrderClass(form.order_class), OrderKind(form.kind), Priority(form.priority)
            int(form.place)
        except (ValueError, TypeError):
            return None
        return form


_FROM_LINE = (
    "order_class", "kind", "query", "dose", "unit", "route", "frequency", "rate", "rate_unit",
    "duration_d", "skin_test",
)  # fmt: skip
_OFFERED = {"unit": UNITS, "rate_unit": RATE_UNITS}
_TEXTS = (
    "order_class", "kind", "query", "dose", "unit", "route", "frequency", "priority", "reason",
    "rate", "rate_unit", "duration_d", "skin_test", "quantity", "quantity_unit",
    "note", "line", "place", "key",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choices:
    """The packs a dosage is chosen from."""

    routes: tuple[Term, ...] = ()
    frequencies: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class OrdersState:
    """One patient's orders, and the one that is being written.

    Attributes:
        seen: The read-set of what is shown, read together with it.
        recently_stopped: Orders stopped within the last two days (CUI MEDv-074).
        form: The order being written, or None.
        draft: What would go into the basket now.
        read: What the line of the form says.
        may_write: Orders can be placed, or proposed for countersignature.
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
    recently_stopped: int = 0
    tab: Tab = Tab.CURRENT
    order_class: str = ""
    current: str = ""
    form: OrderForm | None = None
    draft: OrderDraft | None = None
    read: LineRead = NOTHING_READ
    found: Found | None = None
    restored_at: datetime | None = None
    tried: bool = False
    busy: bool = False
    may_write: bool = False
    may_place: bool = False
    may_stop: bool = False
    fault: Fault | None = None
    act_fault: Fault | None = None
    notice: Message | None = None

    @property
    def listed(self) -> tuple[OrderLine, ...]:
        """The orders of the chosen list, whatever their class."""
        current = self.tab is Tab.CURRENT
        return tuple(line for line in self.lines if line.order.current is current)

    @property
    def shown(self) -> tuple[OrderLine, ...]:
        wanted = self.order_class
        return tuple(
            line for line in self.listed if not wanted or line.order.order_class.value == wanted
        )

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
        orders, place = self.read.orders, int(self.form.place) if self.form else 0
        return orders[place] if place < len(orders) else None

    @property
    def remarks(self) -> tuple[Message, ...]:
        """What the line leaves open, and why words of it are not drafted."""
        filled, read = self.filled, self.read
        if filled is None:
            return read.refused
        found = [*filled.remarks, *read.refused]
        said = dict(filled.said)
        for unit, offered, field in (
            (filled.unit, UNITS, "dose"),
            (filled.rate_unit, RATE_UNITS, "rate"),
        ):
            if unit and unit not in offered:
                found.append(Message.of("order_line.unit_not_held", words=said[field]))
        more = len(read.orders) - int(self.form.place if self.form else 0) - 1
        if more:
            found.append(Message.of("order_line.more", count=more))
        return tuple(found)

    @property
    def objections(self) -> tuple[Objection, ...]:
        return objections_of(self.form, self.draft) if self.form and self.draft else ()

    def count(self, tab: Tab) -> int:
        return sum(line.order.current is (tab is Tab.CURRENT) for line in self.lines)


def filled(form: OrderForm, before: Filled | None, now: Filled | None) -> OrderForm:
    """The form as the line fills it.

    What the line said before and says no more goes; what was typed or chosen beside it stays.
    """
    old, new = before or Filled(), now or Filled()
    plain = OrderForm()
    changes: dict[str, str] = {}
    picked = new.item is None and form.item is not None and old.query == new.query
    for name in _FROM_LINE:
        if name == "query" and picked:
            continue
        said, had = getattr(new, name), getattr(old, name)
        if said and said in _OFFERED.get(name, (said,)):
            changes[name] = said
        elif had and getattr(form, name) == had:
            changes[name] = getattr(plain, name)
    item = new.item or (None if old.item == form.item else form.item)
    note = _noted(form.note, old.note, new.note)
    return replace(form, **changes, item=item, note=note)


def _noted(note: str, had: str, said: str) -> str:
    """The words of the line stand in the note beside what was typed there."""
    if had and had in note:
        return " ".join(note.replace(had, said, 1).split())
    return f"{note} {said}".strip()


def draft_of(
    form: OrderForm,
    patient: PatientId,
    encounter: EncounterId | None,
    choices: Choices,
    now: datetime,
) -> OrderDraft:
    """The order the form stands for. What cannot be read is missing, never guessed."""
    medication = form.medication
    dosage = Dosage()
    if medication:
        dosage = Dosage(
            dose=dose_of(form.dose),
            unit=form.unit,
            route=_term(choices.routes, form.route),
            frequency=_term(choices.frequencies, form.frequency),
            rate=dose_of(form.rate),
            rate_unit=form.rate_unit,
        )
    elif form.frequency:
        dosage = Dosage(frequency=_term(choices.frequencies, form.frequency))
    return OrderDraft(
        patient=patient,
        encounter=encounter,
        order_class=OrderClass(form.order_class),
        kind=OrderKind(form.kind),
        item=_item(form),
        dosage=dosage,
        priority=Priority(form.priority),
        reason=form.reason.strip(),
        note=form.note.strip(),
        ends_at=now + days if (days := days_of(form.duration_d)) is not None else None,
        skin_test=form.skin_test if medication else "",
        quantity=dose_of(form.quantity) if form.handed_out else None,
        quantity_unit=form.quantity_unit if form.handed_out else "",
    )


def dose_of(typed: str) -> Decimal | None:
    """A plain decimal number; `1,5`, `½`, `1-2` are not read."""
    text = typed.strip()
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def days_of(typed: str) -> timedelta | None:
    """Whole days, at least one; a fraction or words are not read."""
    text = typed.strip()
    return timedelta(days=int(text)) if _DAYS.fullmatch(text) else None


def objections_of(form: OrderForm, draft: OrderDraft) -> tuple[Objection, ...]:
    """What keeps the order from being signed; an unreadable dose is said as such."""
    unread = form.medication and form.dose.strip() and draft.dosage.dose is None
    found = [
        Objection("dose", Message.of("orders.dose-not-read"))
        if unread and one.field == "dose"
        else one
        for one in objections(draft)
    ]
    if form.medication and form.rate.strip() and draft.dosage.rate is None:
        found.append(Objection("rate", Message.of("orders.rate-not-read")))
    if form.duration_d.strip() and days_of(form.duration_d) is None:
        found.append(Objection("duration_d", Message.of("orders.days-not-read")))
    return tuple(found)


def _item(form: OrderForm) -> Term | None:
    if form.packed or form.item is not None:
        return form.item
    words = form.query.strip()
    return Term(words) if words else None


def _term(terms: tuple[Term, ...], code: str) -> Term | None:
    return next((term for term in terms if term.code == code), None)
