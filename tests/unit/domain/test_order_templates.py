"""A template is what is ordered, never whom it was ordered for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.dose_limits import DoseLimits
from app.domain.order_templates import (
    MOST_FAVOURITES,
    MOST_RECENTS,
    Habits,
    OrderTemplate,
    favourites_body,
    recents_body,
    templates_of,
)
from app.domain.orders import Dosage, OrderClass, OrderDraft, OrderKind, Priority
from app.domain.terms import EncounterId, OrderId, PatientId, Term

AMOXICILLIN = Term("阿莫西林", "urn:wardone:formulary", "neml2026-006", "Amoxicillin")
PLANTED = "赵静怡"
DOSAGE = Dosage(
    dose=Decimal("0.5"),
    unit="g",
    route=Term("口服", "urn:wardone:route", "po", "oral"),
    frequency=Term("每日三次", "urn:wardone:frequency", "tid", "three times daily"),
    rate=Decimal(40),
    rate_unit="mL/h",
)
NOTHING = Dosage()
WHOLE = OrderDraft(
    patient=PatientId(f"patient-{PLANTED}"),
    encounter=EncounterId(f"stay-{PLANTED}"),
    order_class=OrderClass.MEDICATION,
    kind=OrderKind.LONG_TERM,
    item=AMOXICILLIN,
    dosage=replace(DOSAGE, text=f"{PLANTED} 每次", unit_text=PLANTED),
    priority=Priority.URGENT,
    reason=f"{PLANTED} 发热",
    note=f"{PLANTED} 家属要求",
    limits=DoseLimits(),
    group=PLANTED,
    starts_at=datetime(1999, 1, 2, tzinfo=UTC),
    ends_at=datetime(1999, 1, 3, tzinfo=UTC),
    quantity=Decimal(987),
    quantity_unit=PLANTED,
    skin_test="exempt",
    replaces=OrderId(PLANTED),
    origin=PLANTED,
)


def a_template(
    number: int = 0, item: Term | None = None, dosage: Dosage = NOTHING
) -> OrderTemplate:
    drug = Term(f"药{number}", "urn:wardone:formulary", f"c-{number}", f"Drug {number}")
    return OrderTemplate(OrderClass.MEDICATION, item or drug, OrderKind.STAT, dosage)


def test_a_template_keeps_the_item_and_the_way_it_is_given() -> None:
    found = OrderTemplate.of(WHOLE)

    assert found == OrderTemplate(OrderClass.MEDICATION, AMOXICILLIN, OrderKind.LONG_TERM, DOSAGE)


def test_nothing_of_the_patient_is_kept() -> None:
    found = OrderTemplate.of(WHOLE)
    assert found is not None
    body = favourites_body(Habits((found,)))

    assert PLANTED not in body
    assert PLANTED not in repr(found)
    assert "1999" not in body
    assert "987" not in body
    assert "exempt" not in body


def test_a_dose_that_was_worked_out_for_one_body_is_left_out() -> None:
    found = OrderTemplate.of(WHOLE, worked_out=True)

    assert found is not None
    assert (found.dosage.dose, found.dosage.rate) == (None, None)
    assert (found.dosage.unit, found.dosage.route) == ("g", DOSAGE.route)


def test_without_an_item_there_is_no_template() -> None:
    assert OrderTemplate.of(OrderDraft(PatientId("p"), None)) is None


@pytest.mark.parametrize("kind", [OrderKind.DISCHARGE, OrderKind.VERBAL])
def test_what_belongs_to_one_moment_is_repeated_as_a_temporary_order(kind: OrderKind) -> None:
    draft = OrderDraft(PatientId("p"), None, item=AMOXICILLIN, kind=kind)

    found = OrderTemplate.of(draft)

    assert found is not None
    assert found.kind is OrderKind.TEMPORARY


def test_a_template_begins_an_order_for_another_patient() -> None:
    found = OrderTemplate.of(WHOLE)
    assert found is not None

    draft = found.draft(PatientId("other"), EncounterId("stay-2"))

    assert (draft.patient, draft.encounter) == ("other", "stay-2")
    assert (draft.item, draft.dosage, draft.kind) == (AMOXICILLIN, DOSAGE, OrderKind.LONG_TERM)
    assert (draft.reason, draft.note, draft.group, draft.skin_test) == ("", "", "", "")
    assert draft.priority is Priority.ROUTINE


def test_words_without_a_code_are_told_apart_by_their_words() -> None:
    one, other = (a_template(item=Term(text)) for text in ("晒太阳", "散步"))

    assert one.key != other.key


def test_a_pin_keeps_its_place_and_takes_the_new_dosage() -> None:
    habits = Habits().pinned(a_template(1)).pinned(a_template(2)).pinned(a_template(3))

    again = habits.pinned(a_template(2, dosage=DOSAGE))

    assert [one.key for one in again.favourites] == [one.key for one in habits.favourites]
    assert again.favourites[1].dosage == DOSAGE
    assert again.pins(a_template(2))
    assert not again.unpinned(a_template(2)).pins(a_template(2))


def test_a_full_list_takes_no_further_pin_and_still_takes_another_dosage() -> None:
    habits = Habits(tuple(a_template(n) for n in range(MOST_FAVOURITES)))

    assert habits.full
    assert habits.pinned(a_template(999)) == habits
    assert habits.pinned(a_template(7, dosage=DOSAGE)).favourites[7].dosage == DOSAGE


def test_the_last_signed_come_first_and_each_item_once() -> None:
    habits = Habits().signed((a_template(1), a_template(2))).signed((a_template(2, dosage=DOSAGE),))

    assert [one.key for one in habits.recents] == [a_template(2).key, a_template(1).key]
    assert habits.recents[0].dosage == DOSAGE


TEXTS = st.text(max_size=6)
TERMS = st.builds(Term, st.text(min_size=1, max_size=6), TEXTS, TEXTS, TEXTS)
NUMBERS = st.none() | st.decimals(
    min_value=0, max_value=9999, places=3, allow_nan=False, allow_infinity=False
)
DOSAGES = st.builds(
    Dosage, dose=NUMBERS, unit=TEXTS, route=st.none() | TERMS, frequency=st.none() | TERMS,
    rate=NUMBERS, rate_unit=TEXTS,
)  # fmt: skip
TEMPLATES = st.lists(
    st.builds(
        OrderTemplate, st.sampled_from(OrderClass), TERMS, st.sampled_from(OrderKind), DOSAGES
    ),
    max_size=6,
).map(tuple)


@settings(max_examples=40)
@given(TEMPLATES)
def test_what_was_kept_is_read_back_as_it_was(templates: tuple[OrderTemplate, ...]) -> None:
    assert templates_of(favourites_body(Habits(favourites=templates)), 50) == templates
    assert templates_of(recents_body(Habits(recents=templates)), 50) == templates


@settings(max_examples=40)
@given(TEMPLATES, TEMPLATES)
def test_recents_never_grow_beyond_their_most_and_never_repeat(
    one: tuple[OrderTemplate, ...], other: tuple[OrderTemplate, ...]
) -> None:
    recents = Habits(recents=other).signed(one).recents
    keys = [template.key for template in recents]

    assert len(recents) <= max(MOST_RECENTS, len(other))
    assert {template.key for template in one} <= set(keys)
    first = keys[: len({template.key for template in one})]
    assert set(first) == {template.key for template in one}


def test_no_more_are_kept_than_may_be() -> None:
    many = tuple(a_template(n) for n in range(MOST_RECENTS + 5))

    assert Habits().signed(many).recents == many[:MOST_RECENTS]
    assert len(templates_of(recents_body(Habits(recents=many)), 3)) == 3


@pytest.mark.parametrize("body", [None, "", "{", "{}", "7", "null"])
def test_what_is_no_list_is_no_template(body: str | None) -> None:
    assert templates_of(body, 50) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"class": "alchemy"},
        {"kind": "for ever"},
        {"item": None},
        {"item": "阿莫西林"},
        {"item": ["阿莫西林"]},
        {"dose": "half"},
        {"dose": "NaN"},
        {"rate": "Infinity"},
        {"route": 7},
    ],
)
def test_a_template_that_is_not_understood_is_left_out_and_its_neighbours_stay(
    change: dict[str, object],
) -> None:
    first, second = json.loads(favourites_body(Habits((a_template(1), a_template(2)))))

    body = json.dumps([first | change, second, "words", {"kind": "stat"}])

    assert templates_of(body, 50) == (a_template(2),)
