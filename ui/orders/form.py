"""The order form, as a value: codes and what was typed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta

from app.domain.orders import OrderClass, OrderKind, Priority
from app.domain.terms import Term
from app.services.order_lines import Filled

UNITS = (
    "mg", "g", "ug", "mL", "L", "[iU]", "U", "mmol", "mg/h", "ug/min", "ug/kg/min", "mL/h",
    "{tbl}", "{capsule}", "{drop}", "{puff}", "{patch}", "{ampule}", "{vial}", "{bag}", "{dose}",
)  # fmt: skip
"""UCUM codes a dose may be given in; none is chosen beforehand."""

RATE_UNITS = ("mL/h", "mg/h", "ug/h", "ug/min", "ug/kg/min", "U/h", "[iU]/h", "{drop}/min")
"""UCUM codes of how fast something runs."""

SKIN_TESTS = ("required", "exempt")

TIMES = "times"
"""What the most of a day is counted in when it is doses, whatever their amount."""

OVER = {"over_min": timedelta(minutes=1), "over_h": timedelta(hours=1)}
"""What a rate may be said in instead: how long the whole bag runs."""

NOW = "now"
"""The first-day count with one dose at the start beyond the ward's list."""

PACKED = {"", OrderClass.MEDICATION.value, OrderClass.LABORATORY.value}
"""Classes whose items come from a pack; the others may be written in words, too."""

EVERYTHING = ""
"""No class yet: the item that is chosen says it."""


@dataclass(frozen=True, slots=True)
class OrderForm:
    """An order being written, as the form holds it: codes and what was typed.

    Attributes:
        order_class: "" until an item is chosen that says it.
        query: What was typed for the item; the words themselves for classes without a pack.
        item: What was chosen from the pack; None until then.
        dose: As typed; read strictly when it is signed.
        rate: How fast it runs, as typed; read as strictly.
        rate_unit: UCUM code of `rate`, or one of `OVER`.
        starts_at: When it begins, as typed; "" begins when it is signed.
        starts_from: When that was typed: `+2h` counts from there, also a day later.
        ends_at, ends_from: The same of its end.
        duration_d: After how many whole days it ends; "" for no end, or the one it has already.
        interval: Of a standby order, the least hours between two doses, as typed.
        most: Of a standby order, the most within `within` hours, as typed.
        most_unit: `times`, or the UCUM code of `most`.
        first_day: Doses of the first day: "" as the ward's list gives, `now`, or a number.
        last_day: Doses of the last day: "" as the end gives, or a number.
        quantity: How much a discharge medication hands out, as typed; read as strictly.
        usual: Fields that were filled with what the person usually orders, ` `-separated.
        line: The one line the form is filled from; "" when it is not used.
        place: Which order of the line the form holds.
        group: The infusion it belongs to, as the basket calls it.
        key: Under which name it goes into the basket; an order there is changed by its own.
    """

    order_class: str = EVERYTHING
    kind: str = OrderKind.LONG_TERM.value
    query: str = ""
    item: Term | None = None
    dose: str = ""
    rate: str = ""
    rate_unit: str = ""
    starts_at: str = ""
    starts_from: str = ""
    ends_at: str = ""
    ends_from: str = ""
    duration_d: str = ""
    interval: str = ""
    most: str = ""
    most_unit: str = ""
    within: str = "24"
    first_day: str = ""
    last_day: str = ""
    quantity: str = ""
    quantity_unit: str = ""
    skin_test: str = ""
    unit: str = ""
    route: str = ""
    frequency: str = ""
    priority: str = Priority.ROUTINE.value
    reason: str = ""
    note: str = ""
    usual: str = ""
    line: str = ""
    place: str = "0"
    group: str = ""
    key: str = ""

    @property
    def blank(self) -> bool:
        """Nothing has been typed or chosen: there is nothing to keep."""
        return self.item is None and not "".join(getattr(self, one) for one in _TYPED).strip()

    @property
    def medication(self) -> bool:
        """Whether it asks for a dose; while nobody knows what it is, it does."""
        return self.order_class in (EVERYTHING, OrderClass.MEDICATION.value)

    @property
    def handed_out(self) -> bool:
        """Whether it asks how much the patient takes home."""
        return self.medication and self.kind == OrderKind.DISCHARGE.value

    @property
    def as_needed(self) -> bool:
        """Whether it asks how soon and how often again."""
        return self.medication and self.kind == OrderKind.PRN.value

    @property
    def standby(self) -> bool:
        """Whether the nurse decides when it is given, by what it is for."""
        return self.medication and self.kind in (OrderKind.PRN.value, OrderKind.SOS.value)

    @property
    def of_old(self) -> bool:
        """It was kept by a version whose form held no times and no limits."""
        return not self.within

    @property
    def packed(self) -> bool:
        return self.order_class in PACKED

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
        """Read a kept draft, also of an earlier version; None when it is not one of this form."""
        try:
            kept = json.loads(body)
            if not isinstance(kept, dict):
                return None
            texts = {"within": ""} | {name: str(kept[name]) for name in _TEXTS if name in kept}
            item = kept.get("item")
            form = cls(**texts, item=Term(*map(str, item)) if item else None)
            # A word that this version does not know is no order of ours.
            OrderKind(form.kind), Priority(form.priority)
            if form.order_class != EVERYTHING:
                OrderClass(form.order_class)
            int(form.place)
        except (ValueError, TypeError):
            return None
        return form


_TYPED = (
    "line", "query", "dose", "unit", "route", "frequency", "rate", "rate_unit", "starts_at",
    "ends_at", "duration_d", "interval", "most", "most_unit", "first_day", "last_day", "quantity",
    "quantity_unit", "skin_test", "reason", "note",
)  # fmt: skip
_TEXTS = (
    *_TYPED, "order_class", "kind", "priority", "starts_from", "ends_from", "within", "usual",
    "place", "group", "key",
)  # fmt: skip
_FROM_LINE = (
    "order_class", "kind", "query", "dose", "unit", "route", "frequency", "rate", "rate_unit",
    "duration_d", "interval", "most", "most_unit", "reason", "skin_test",
)  # fmt: skip
_OFFERED = {"unit": UNITS, "rate_unit": RATE_UNITS, "most_unit": UNITS}
_NOTHING = Filled(order_class="")


def filled(form: OrderForm, before: Filled | None, now: Filled | None) -> OrderForm:
    """The form as the line fills it.

    What the line said before and says no more goes; what was typed or chosen beside it stays.
    """
    old, new = before or _NOTHING, now or _NOTHING
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
