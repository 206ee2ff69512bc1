"""What follows from the form: the order, its objections, its numbers and the fluid of its bag."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from app.domain.baskets import BasketItem
from app.domain.day_counts import Counts
from app.domain.dose_limits import NO_LIMITS
from app.domain.infusion_rates import Running
from app.domain.orders import Dosage, Objection, OrderDraft
from app.domain.patients import Measured
from app.domain.quantities import Quantity
from app.domain.terms import EncounterId, PatientId
from app.kernel.faults import Message
from app.services.order_arithmetic import OrderArithmetic, Sums
from app.services.order_lines import Filled
from ui.orders.basket_state import edited
from ui.orders.form import NOW, OrderForm
from ui.orders.form_draft import Choices, dose_of, draft_of, lasting_of, objections_of

NO_SUMS = Sums()


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The order that a form stands for, and what is said of it.

    Attributes:
        at: When this was worked out: what begins when it is signed would begin then.
        fluid: What it is dissolved in, as an order of the same infusion.
        bag: The other orders of its infusion in the basket: they run as it does.
        objections: What keeps it from being signed.
        counts: Doses of the first and the last day; None where they are not counted.
        sums: Pieces, days and courses.
        running: How the bag runs.
    """

    draft: OrderDraft | None = None
    at: datetime | None = None
    fluid: OrderDraft | None = None
    bag: tuple[BasketItem, ...] = ()
    objections: tuple[Objection, ...] = ()
    counts: Counts | None = None
    sums: Sums = NO_SUMS
    running: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the form.

    Attributes:
        there: The order as it lies in the basket, when it was taken out of it.
        fluid: What the line says that it is dissolved in.
        bag: The other orders of its infusion, as they lie in the basket.
        weight: Of the patient, as it was measured last.
    """

    encounter: EncounterId | None = None
    there: OrderDraft | None = None
    fluid: Filled | None = None
    bag: tuple[BasketItem, ...] = ()
    weight: Measured | None = None


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Works out what follows from a form. It reads nothing but packs: a keystroke can wait for it.

    Attributes:
        spelled: Gives a draft the words of its dosage.
    """

    patient: PatientId
    choices: Choices
    arithmetic: OrderArithmetic
    spelled: Callable[[OrderDraft], OrderDraft]

    def of(self, form: OrderForm, around: Around, now: datetime) -> Reckoned:
        """Everything that follows from `form` at `now`."""
        written = draft_of(form, self.patient, around.encounter, self.choices, now)
        draft, wrong = self._counted(form, edited(around.there, written), now)
        draft, slow = self._running_for(form, draft, around)
        draft, wrong = self.spelled(draft), [*wrong, *slow]
        counts = self.arithmetic.day_counts(draft, now)
        if isinstance(counts, Message):
            wrong, counts = [*wrong, Objection("first_day", counts)], None
        fluid = None if around.fluid is None else self.spelled(fluid_of(draft, around.fluid))
        rest = tuple(self._running_with(draft, one) for one in around.bag)
        bag = (draft, *((fluid,) if fluid is not None else ()), *(one.draft for one in rest))
        return Reckoned(
            draft,
            now,
            fluid,
            rest,
            (*objections_of(form, draft, self.choices, now), *wrong),
            counts,
            self.arithmetic.sums(draft, now),
            self.arithmetic.running(bag, _known(around.weight)) if form.medication else (),
        )

    def _running_with(self, draft: OrderDraft, item: BasketItem) -> BasketItem:
        """One bag runs one way: what is changed in one of its orders is changed in all."""
        changed = replace(
            item.draft,
            kind=draft.kind,
            priority=draft.priority,
            starts_at=draft.starts_at,
            ends_at=draft.ends_at,
            first_day=draft.first_day,
            spoken=draft.spoken,
            dosage=_runs_as(draft.dosage, item.draft.dosage),
        )
        return replace(item, draft=self.spelled(changed))

    def _running_for(
        self, form: OrderForm, draft: OrderDraft, around: Around
    ) -> tuple[OrderDraft, list[Objection]]:
        """With the rate that empties the bag in the time that was said."""
        lasts = lasting_of(form) if form.medication else None
        if lasts is None:
            return draft, []
        fluid = (fluid_of(draft, around.fluid),) if around.fluid is not None else ()
        rest = (one.draft for one in around.bag)
        rate = self.arithmetic.rate_over((draft, *fluid, *rest), lasts)
        if isinstance(rate, Message):
            return draft, [Objection("rate", rate)]
        dosage = replace(draft.dosage, rate=rate.value, rate_unit=rate.unit)
        return replace(draft, dosage=dosage), []

    def _counted(
        self, form: OrderForm, draft: OrderDraft, now: datetime
    ) -> tuple[OrderDraft, list[Objection]]:
        """With as many doses on the first and on the last day as the form says."""
        listed = self.arithmetic.day_counts(replace(draft, first_day=None), now)
        if not isinstance(listed, Counts):
            return replace(draft, first_day=None), []
        first = int(form.first_day) if form.first_day.isdecimal() else None
        if form.first_day == NOW and listed.most > listed.natural:
            first = listed.most
        draft = replace(draft, first_day=first)
        if not form.last_day.isdecimal() or draft.ends_at is None:
            return draft, []
        end = self.arithmetic.end_with(draft, now, int(form.last_day))
        if isinstance(end, Message):
            return draft, [Objection("last_day", end)]
        return replace(draft, ends_at=end), []


def fluid_of(draft: OrderDraft, fluid: Filled) -> OrderDraft:
    """The fluid of a bag as an order beside `draft`: it runs as that does."""
    own = Dosage(dose=dose_of(fluid.dose), unit=fluid.unit)
    return replace(
        draft,
        item=fluid.item,
        dosage=_runs_as(draft.dosage, own),
        note=fluid.note,
        limits=NO_LIMITS,
        skin_test="",
        replaces=None,
        following=None,
        origin="",
    )


def _runs_as(one: Dosage, other: Dosage) -> Dosage:
    return replace(
        other,
        route=one.route,
        frequency=one.frequency,
        rate=one.rate,
        rate_unit=one.rate_unit,
    )


def _known(weight: Measured | None) -> Running:
    """What the chart knows of how something runs; the drops of the giving set it does not."""
    if weight is None or weight.value <= Decimal(0):
        return Running()
    return Running(weight=Quantity(weight.value, weight.unit))
