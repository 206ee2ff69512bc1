"""What stands under the fields of the order form: numbers that follow, and what is worth a look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from app.domain.day_counts import Counts
from app.domain.orders import OrderDraft
from app.domain.patients import Measured
from app.domain.portions import Course, Portion
from app.domain.quantities import Quantity, converted, convertible, figure, spelled
from app.kernel.faults import Message
from app.services.order_class_pack import lapse_of
from ui.orders.form import NOW, TIMES, OrderForm
from ui.orders.reckoning import Reckoned
from ui.orders.state import OrdersState
from ui.runtime.chart_words import ChartWords

_SHOWN = 2
"""So many products are named under the field; the rest stands in its hover."""

_OF_DAYS = frozenset({"arithmetic.first-day", "arithmetic.days", "arithmetic.now-and-next"})
_ODD_DAYS = frozenset(
    {"arithmetic.first-day-over", "arithmetic.plan-too-long", "arithmetic.first-day-not"}
)
_NO_PRODUCT = "arithmetic.no-product-exact"
_WHY_NOT = frozenset(
    {
        "arithmetic.not-exact",
        "arithmetic.piece-not-stated",
        "arithmetic.only-percent",
        "arithmetic.combination",
        "arithmetic.units-differ",
    }
)
_OF_RATES = frozenset({"arithmetic.rate", "arithmetic.dose-rate", "arithmetic.bag-lasts"})


@dataclass(frozen=True, slots=True)
class Hint:
    """What is said under a field.

    Attributes:
        hover: The rest of it.
        caution: It is worth a second look.
    """

    text: str
    hover: str = ""
    caution: bool = False


@dataclass(frozen=True, slots=True)
class Hints:
    """Words of one desk."""

    words: ChartWords

    def of(self, state: OrdersState) -> dict[str, Hint]:
        """Field and what is said under it."""
        form, told, draft = state.form, state.reckoned, state.draft
        if form is None or draft is None or told.at is None:
            return {}
        found = {
            "kind": self._kind(draft, told.at),
            "item": self._item(form),
            "dose": self._dose(draft, told, state.weight),
            "frequency": self._days(told),
            "duration_d": self._courses(told) if not form.handed_out else None,
            "quantity": self._courses(told, self._odd_quantity(told)) if form.handed_out else None,
            "rate": self._rate(told),
            "starts_at": self._start(draft),
            "ends_at": self._end(draft),
            "interval": self._interval(form),
            "most": self._most(form, draft),
            "reason": self._reason(form),
        }
        return {field: hint for field, hint in found.items() if hint is not None}

    def first_days(self, counts: Counts, held: str) -> tuple[tuple[str, str], ...]:
        """Key and words of every count that the first day may have; the ward's list comes first."""
        text = self.words.text
        numbers = range(counts.least, counts.natural)
        choices = [("", text("order_form.first_day.listed", count=counts.natural))]
        choices += [(str(n), text("order_form.count", count=n)) for n in reversed(numbers)]
        if counts.most > counts.natural:
            key = held if held == str(counts.most) else NOW
            choices.insert(1, (key, text("order_form.first_day.now", count=counts.most)))
        return self._with(choices, held)

    def last_days(self, counts: Counts, held: str) -> tuple[tuple[str, str], ...]:
        """The same of the last day; nothing while there is no end."""
        if counts.last is None or counts.most_last is None:
            return ()
        text = self.words.text
        choices = [("", text("order_form.last_day.as_it_ends", count=counts.last))]
        choices += [
            (str(n), text("order_form.count", count=n)) for n in range(counts.most_last, -1, -1)
        ]
        return self._with(choices, held)

    def _with(self, choices: list[tuple[str, str]], held: str) -> tuple[tuple[str, str], ...]:
        """What was chosen stays to be seen, also when it is not possible any more."""
        if held not in [key for key, _ in choices]:
            count = held if held != NOW else ""
            choices.append((held, self.words.text("order_form.count_not", count=count)))
        return tuple(choices)

    # -- one field each

    def _kind(self, draft: OrderDraft, now: datetime) -> Hint | None:
        """A standby order for once lapses by itself (病历书写基本规范, Art. 28)."""
        lapse = lapse_of(draft.kind)
        if lapse is None:
            return None
        at = self.words.desk.formats.moment((draft.starts_at or now) + lapse)
        return Hint(self.words.text("order_form.lapses", hours=lapse // _HOUR, at=at))

    def _item(self, form: OrderForm) -> Hint | None:
        if not form.usual:
            return None
        names = (self.words.text(f"orders.field.{name}") for name in form.usual.split())
        fields = self.words.text("item_field.and").join(names)
        return Hint(self.words.text("order_form.usual", fields=fields), caution=True)

    def _dose(self, draft: OrderDraft, told: Reckoned, weight: Measured | None) -> Hint | None:
        body = self._per_kg(draft, weight)
        said = told.sums.said
        portions = sorted(told.sums.portions, key=_simplest)
        lines = [one.said for one in portions] or [one for one in said if one.code in _WHY_NOT]
        lines += [one for one in said if one.code == "arithmetic.amount"]
        odd = [one for one in said if one.code == _NO_PRODUCT]
        found = self._lines((*odd, *lines), caution=bool(odd))
        if not body:
            return found
        if found is None:
            return Hint(body)
        return Hint(f"{body}\n{found.text}", found.hover, found.caution)

    def _per_kg(self, draft: OrderDraft, weight: Measured | None) -> str:
        """What the dose is for each kg, where there is a weight and the dose is a mass."""
        dosage = draft.dosage
        # A dose in grams would be a thousandth of a gram for each kg: nobody reads that well.
        unit = "mg" if dosage.unit == "g" else dosage.unit
        dose = None
        if dosage.dose is not None and convertible(dosage.unit, "mg"):
            dose = converted(Quantity(dosage.dose, dosage.unit), unit)
        if weight is None or weight.unit != "kg" or weight.value <= 0 or dose is None:
            return ""
        share = Fraction(dose.value) / Fraction(weight.value)
        formats = self.words.desk.formats
        return self.words.text(
            "order_form.per_kg",
            share=figure(share).equals,
            unit=f"{spelled(unit)}/kg",
            weight=formats.dose(weight.value, weight.unit),
            at=formats.moment(weight.at),
        )

    def _days(self, told: Reckoned) -> Hint | None:
        odd = [one for one in told.sums.said if one.code in _ODD_DAYS]
        said = [one for one in told.sums.said if one.code in _OF_DAYS]
        return self._hint((*said, *odd), caution=bool(odd))

    def _courses(self, told: Reckoned, odd: tuple[Message, ...] = ()) -> Hint | None:
        courses = sorted(told.sums.courses, key=_of_simplest)
        return self._lines((*odd, *(one.said for one in courses)), caution=bool(odd))

    def _odd_quantity(self, told: Reckoned) -> tuple[Message, ...]:
        said = told.sums.said
        return tuple(one for one in said if one.code == "arithmetic.quantity-differs")

    def _rate(self, told: Reckoned) -> Hint | None:
        odd = [one for one in told.running if one.code not in _OF_RATES]
        return self._hint(told.running, caution=bool(odd))

    def _start(self, draft: OrderDraft) -> Hint:
        at = draft.starts_at
        if at is None:
            return Hint(self.words.text("order_form.starts_now"))
        return Hint(self.words.text("basket.starts", at=self.words.desk.formats.moment(at)))

    def _end(self, draft: OrderDraft) -> Hint | None:
        at = draft.ends_at
        if at is None:
            return None
        return Hint(self.words.text("basket.ends", at=self.words.desk.formats.moment(at)))

    def _interval(self, form: OrderForm) -> Hint | None:
        if not form.as_needed or form.interval.strip():
            return None
        return Hint(self.words.text("order_form.no_interval"), caution=True)

    def _most(self, form: OrderForm, draft: OrderDraft) -> Hint | None:
        limits = draft.limits
        if limits.most is None or (form.most_unit != TIMES and limits.within == _DAY):
            return None
        most = self.words.desk.formats.dose(limits.most, limits.unit)
        hours = limits.within // _HOUR
        return Hint(self.words.text("basket.limits.most", most=most, hours=hours))

    def _reason(self, form: OrderForm) -> Hint | None:
        if not form.standby or form.reason.strip():
            return None
        return Hint(self.words.text("order_form.no_indication"), caution=True)

    # -- words

    def _lines(self, said: Iterable[Message], *, caution: bool = False) -> Hint | None:
        """The first of them, how many more there are, and all of them in the hover."""
        lines = list(dict.fromkeys(self._rendered(said)))
        more = len(lines) - _SHOWN
        if more <= 0:
            return Hint("\n".join(lines), caution=caution) if lines else None
        rest = self.words.text("order_form.more", count=more)
        return Hint("\n".join([*lines[:_SHOWN], rest]), "\n".join(lines), caution)

    def _hint(self, said: Iterable[Message], *, caution: bool = False) -> Hint | None:
        text = " ".join(dict.fromkeys(self._rendered(said)))
        return Hint(text, caution=caution) if text else None

    def _rendered(self, said: Iterable[Message]) -> Iterator[str]:
        return map(self.words.desk.languages.render, said)


_HOUR = timedelta(hours=1)
_DAY = timedelta(hours=24)


def _simplest(one: Portion) -> tuple[bool, bool, Fraction]:
    """Whole pieces first, the fewest of them first."""
    return one.volume is not None, one.count.denominator != 1, one.count


def _of_simplest(one: Course) -> tuple[bool, bool, Fraction]:
    return _simplest(one.portion)
