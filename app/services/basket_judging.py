"""Orders about to be signed together, and what decision support says of each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.domain.baskets import units_of
from app.domain.deciding import CardAnswer
from app.domain.decision_events import DecisionEvent
from app.domain.orders import Order, OrderDraft
from app.domain.people import Session
from app.domain.terms import DraftId, OrderId, PatientId
from app.ports.acts import ReadSet
from app.services.decision_lines import draft_of
from app.services.order_judging import Judged, Judging, Passing, Question

Units = tuple[tuple[OrderDraft, ...], ...]
Made = tuple[tuple[Order, ...], ...]


@dataclass(frozen=True, slots=True)
class Signing:
    """What is signed, by whom, and what was said to the warnings."""

    session: Session
    drafts: tuple[OrderDraft, ...]
    seen: ReadSet
    draft_id: DraftId | None
    answers: tuple[CardAnswer, ...]
    passing: Passing

    @property
    def units(self) -> Units:
        """Orders as they are signed: every infusion group as one."""
        return units_of(self.drafts)


@dataclass(frozen=True, slots=True)
class JudgedBasket:
    """The verdicts over a basket, one for each of its patients."""

    units: Units
    by_patient: Mapping[PatientId, Judged]

    def overridden(self, place: int, orders: tuple[Order, ...]) -> tuple[Order, ...]:
        """The orders of a unit, each with the warnings that were passed for it."""
        return tuple(
            replace(one, overrides=self.by_patient[one.patient].overrides(_key(place, n)))
            for n, one in enumerate(orders)
        )

    def decisions(self, place: int, made: Made) -> tuple[DecisionEvent, ...]:
        """What the journal keeps with the act that signs a unit.

        Args:
            place: Of the unit.
            made: The orders of all units.
        """
        patient = self.units[place][0].patient
        keys = [_key(place, n) for n in range(len(self.units[place]))]
        return self.by_patient[patient].events(keys, _signed(made))


def judged_basket(judging: Judging, signing: Signing) -> JudgedBasket:
    """Judge everything in it, each patient's orders together.

    Raises:
        AppError: `REFUSED` while a warning that interrupts is not answered as it must be.
    """
    keyed: dict[PatientId, dict[str, OrderDraft]] = {}
    for place, unit in enumerate(signing.units):
        for n, draft in enumerate(unit):
            keyed.setdefault(draft.patient, {})[_key(place, n)] = draft
    found = {
        patient: judging.judged(_question(signing, patient, drafts))
        for patient, drafts in keyed.items()
    }
    return JudgedBasket(signing.units, found)


def _question(signing: Signing, patient: PatientId, drafts: Mapping[str, OrderDraft]) -> Question:
    encounters = (one.encounter for one in drafts.values() if one.encounter is not None)
    return Question(
        signing.session,
        patient,
        next(encounters, None),
        drafts,
        signing.passing,
        signing.answers,
    )


def _key(place: int, n: int) -> str:
    return f"{place}.{n}"


def _signed(made: Made) -> dict[str, OrderId]:
    return {
        _key(place, n): order.id for place, unit in enumerate(made) for n, order in enumerate(unit)
    }


@dataclass(frozen=True, slots=True)
class JudgedOrders:
    """The verdict over orders that are on the chart and get the signature they wait for."""

    orders: tuple[Order, ...]
    judged: Judged

    @property
    def overridden(self) -> tuple[Order, ...]:
        """The orders with the warnings that were passed before, and now."""
        return tuple(
            replace(one, overrides=(*one.overrides, *self.judged.overrides(one.id)))
            for one in self.orders
        )

    @property
    def decisions(self) -> tuple[DecisionEvent, ...]:
        """What the journal keeps with the signature."""
        ids = {str(one.id): one.id for one in self.orders}
        return self.judged.events(ids, ids)


def judged_orders(
    judging: Judging,
    session: Session,
    orders: tuple[Order, ...],
    passing: Passing,
    answers: tuple[CardAnswer, ...],
) -> JudgedOrders:
    """Judge orders of one patient that are on the chart as if they were written now.

    Raises:
        AppError: `REFUSED` while a warning that interrupts is not answered as it must be.
    """
    first = orders[0]
    question = Question(
        session=session,
        patient=first.patient,
        encounter=first.encounter,
        drafts={str(one.id): draft_of(one) for one in orders},
        passing=passing,
        answers=answers,
        author=first.requester,
        judged=frozenset(one.id for one in orders),
        carried=frozenset(told.card for one in orders for told in one.overrides),
    )
    return JudgedOrders(orders, judging.judged(question))
