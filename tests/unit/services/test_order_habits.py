"""Favourites and recents belong to one person and survive the session."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.order_templates import MOST_FAVOURITES, Habits, OrderTemplate
from app.domain.orders import Dosage, OrderClass, OrderDraft, OrderKind
from app.domain.terms import PatientId, PractitionerId, Term
from app.kernel.faults import AppError, FaultKind
from app.services.order_habits import RECENTS, OrderHabits
from tests.support.fake_keeping import FakePeople
from tests.unit.services.kit import session

WANG = session()
OTHER = replace(WANG, clinician=replace(WANG.clinician, id=PractitionerId("somebody-else")))


def a_template(number: int) -> OrderTemplate:
    item = Term(f"药{number}", "urn:wardone:formulary", f"c-{number}")
    return OrderTemplate(OrderClass.MEDICATION, item, OrderKind.STAT)


def a_draft(number: int, dose: str = "1") -> OrderDraft:
    dosage = Dosage(dose=Decimal(dose), unit="g")
    return replace(a_template(number).draft(PatientId("赵静怡"), None), dosage=dosage)


@pytest.fixture
def people() -> FakePeople:
    return FakePeople()


@pytest.fixture
def habits(people: FakePeople) -> OrderHabits:
    return OrderHabits(people)


def test_a_pin_is_kept_for_this_person_and_for_nobody_else(
    people: FakePeople, habits: OrderHabits
) -> None:
    told = habits.pin(WANG, a_template(1))

    assert told.favourites == (a_template(1),)
    assert OrderHabits(people).habits(WANG) == told
    assert OrderHabits(people).habits(OTHER).favourites == ()


def test_a_pin_is_taken_away(habits: OrderHabits) -> None:
    habits.pin(WANG, a_template(1))
    habits.pin(WANG, a_template(2))

    assert habits.unpin(WANG, a_template(1)).favourites == (a_template(2),)
    assert habits.habits(WANG).favourites == (a_template(2),)


def test_one_pin_too_many_is_refused_and_another_dosage_is_not(habits: OrderHabits) -> None:
    for number in range(MOST_FAVOURITES):
        habits.pin(WANG, a_template(number))

    with pytest.raises(AppError) as refused:
        habits.pin(WANG, a_template(99))

    assert refused.value.fault.kind is FaultKind.REFUSED
    assert refused.value.fault.message.code == "order_habits.full"
    assert len(habits.pin(WANG, a_template(3)).favourites) == MOST_FAVOURITES


def test_what_was_signed_is_remembered_without_the_patient(
    people: FakePeople, habits: OrderHabits
) -> None:
    habits.remember(WANG, (a_draft(1), a_draft(2), OrderDraft(PatientId("赵静怡"), None)))

    kept = people.preference(WANG.clinician.id, RECENTS)
    assert kept is not None
    assert "赵静怡" not in kept
    assert [one.item.code for one in habits.habits(WANG).recents] == ["c-1", "c-2"]
    assert habits.habits(WANG).recents[0].dosage.dose == Decimal(1)


def test_a_dose_worked_out_for_one_body_is_not_remembered(habits: OrderHabits) -> None:
    told = habits.remember(WANG, (a_draft(1), a_draft(2)), frozenset({1}))

    assert [one.dosage.dose for one in told.recents] == [Decimal(1), None]


def test_remembering_leaves_the_favourites(habits: OrderHabits) -> None:
    habits.pin(WANG, a_template(7))

    assert habits.remember(WANG, (a_draft(1),)).favourites == (a_template(7),)


def test_nothing_is_remembered_at_first(habits: OrderHabits) -> None:
    assert habits.habits(WANG) == Habits()
