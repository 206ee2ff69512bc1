"""Order sets: nothing is preselected that is not known to be right, and nothing is guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order_set_conditions import Facts, Verdict
from app.domain.order_sets import (
    Choice,
    Chosen,
    Placing,
    drafts,
    found_by,
    objections_to,
    offer,
    toggled,
)
from app.domain.orders import objections
from app.domain.patients import Measured
from app.domain.terms import EncounterId, Named, Term
from tests.unit.domain.set_kit import (
    KNOWN,
    NOW,
    PENICILLIN,
    WHOM,
    a_book,
    a_line,
    a_set,
    allergic_to,
)

PER_KG = a_line(
    "per-kg", dose=Decimal(15), unit="mg", per_kg=True, conditions=("weight",),
    most=Decimal(1000), step=Decimal(50),
)  # fmt: skip
PAIR = (
    a_line("drug", group="g", choice="one", conditions=("no-penicillin",)),
    a_line("saline", group="g", choice="one", dose=Decimal(100), unit="mL"),
    a_line("other", choice="one", preselected=False),
)
ONE = Choice("one", Named("选一", "One"), 1, 1)
PLACING = Placing(WHOM, EncounterId("stay"), NOW, "en", "m")


def test_a_line_without_conditions_is_preselected_as_the_set_says() -> None:
    one = a_set(a_line("yes"), a_line("no", preselected=False))

    assert offer(a_book(one), one, Facts(NOW)).preselected == {"yes"}


@pytest.mark.parametrize(
    ("facts", "chosen", "why"),
    [
        (KNOWN, {"line"}, ()),
        (allergic_to(PENICILLIN), set(), (Verdict.FAILS,)),
        (Facts(NOW), set(), (Verdict.UNKNOWN,)),
    ],
)
def test_a_condition_that_does_not_hold_takes_the_preselection_and_says_why(
    facts: Facts, chosen: set[str], why: tuple[Verdict, ...]
) -> None:
    one = a_set(a_line("line", conditions=("no-penicillin",)))
    offered = offer(a_book(one), one, facts)

    assert offered.preselected == chosen
    assert tuple(reason.verdict for reason in offered.lines[0].reasons) == why


def test_an_infusion_is_preselected_whole_or_not_at_all_and_nothing_takes_its_place() -> None:
    one = a_set(*PAIR, choices=(ONE,))

    assert offer(a_book(one), one, KNOWN).preselected == {"drug", "saline"}
    assert offer(a_book(one), one, allergic_to(PENICILLIN)).preselected == set()


def test_a_dose_per_kg_is_worked_out_from_a_weight_and_says_how() -> None:
    one = a_set(PER_KG)
    offered = offer(a_book(one), one, replace(KNOWN, weight=Measured(Decimal("57.9"), "kg", NOW)))
    (draft,) = drafts(offered, Chosen(offered.preselected), PLACING)

    assert draft.dosage.dose == Decimal(850)  # 868.5, in steps of 50
    assert draft.note == "15 mg/kg × 57.9 kg"


def test_a_dose_per_kg_without_a_weight_is_not_worked_out_and_not_preselected() -> None:
    one = a_set(PER_KG)
    offered = offer(a_book(one), one, Facts(NOW))
    keys = frozenset({"per-kg"})
    typed = Chosen(keys, {"per-kg": Decimal(900)})

    assert offered.preselected == set()
    assert offered.lines[0].dose is None
    assert [o.message.code for o in objections_to(offered, Chosen(keys))] == [
        "order_sets.dose-per-kg"
    ]
    assert objections_to(offered, typed) == ()
    (draft,) = drafts(offered, typed, PLACING)
    assert (draft.dosage.dose, draft.note) == (Decimal(900), "15 mg/kg")


def test_a_dose_per_kg_whose_set_asks_for_no_weight_is_never_worked_out() -> None:
    one = a_set(replace(PER_KG, conditions=()))

    assert offer(a_book(one), one, KNOWN).lines[0].dose is None


@given(weight=st.decimals(min_value="0.5", max_value="300", places=1))
def test_a_dose_that_was_worked_out_is_whole_steps_never_above_what_was_asked(
    weight: Decimal,
) -> None:
    plain = replace(PER_KG, key="plain", most=None, step=None)
    one = a_set(PER_KG, plain)
    facts = replace(KNOWN, weight=Measured(weight, "kg", NOW))
    stepped, exact = (line.dose for line in offer(a_book(one), one, facts).lines)

    assert stepped is not None
    assert exact == 15 * weight
    assert stepped <= min(exact, Decimal(1000))
    assert stepped % 50 == 0
    assert min(exact, Decimal(1000)) - stepped < 50


def test_a_line_that_lost_its_dose_is_no_dose_per_kg() -> None:
    one = a_set(replace(PER_KG, dose=None))
    offered = offer(a_book(one), one, KNOWN)

    assert offered.lines[0].dose is None
    assert objections_to(offered, Chosen(frozenset({"per-kg"}))) == ()


@pytest.mark.parametrize(
    ("dose", "code"),
    [
        (None, "order.missing-dose"),
        (Decimal(0), "order.dose-not-positive"),
        (Decimal("NaN"), "order.dose-not-positive"),
    ],
)
def test_a_dose_that_was_typed_away_is_an_objection(dose: Decimal | None, code: str) -> None:
    one = a_set(a_line("line"))
    offered = offer(a_book(one), one, KNOWN)
    (wrong,) = objections_to(offered, Chosen(frozenset({"line"}), {"line": dose}))

    assert (wrong.field, wrong.message.code) == ("line", code)
    assert objections_to(offered, Chosen(frozenset({"line"}))) == ()


def test_of_one_option_one_is_chosen_and_a_click_moves_the_choice() -> None:
    one = a_set(*PAIR, a_line("beside"), choices=(ONE,))
    first = toggled(one, frozenset({"beside"}), "saline")
    moved = toggled(one, first, "other")

    assert first == {"beside", "drug", "saline"}
    assert moved == {"beside", "other"}
    assert toggled(one, first, "drug") == {"beside"}


def test_of_several_options_several_are_chosen() -> None:
    several = Choice("one", Named("至多二"), 0, 2)
    one = a_set(*PAIR, a_line("third", choice="one"), choices=(several,))
    offered = offer(a_book(one), one, KNOWN)
    keys = toggled(one, toggled(one, frozenset(), "drug"), "other")

    assert keys == {"drug", "saline", "other"}
    assert objections_to(offered, Chosen(keys)) == ()
    (wrong,) = objections_to(offered, Chosen(keys | {"third"}))
    assert (wrong.field, wrong.message.code) == ("one", "order_sets.too-many")


def test_a_choice_that_was_not_made_and_an_infusion_that_was_torn_are_objections() -> None:
    one = a_set(*PAIR, choices=(ONE,))
    offered = offer(a_book(one), one, KNOWN)

    assert [(o.field, o.message.code) for o in objections_to(offered, Chosen())] == [
        ("one", "order_sets.too-few")
    ]
    torn = objections_to(offered, Chosen(frozenset({"drug"})))
    assert [(o.field, o.message.code) for o in torn] == [("saline", "order_sets.group-torn")]


def test_drafts_say_where_they_come_from_and_can_be_signed() -> None:
    one = a_set(
        *PAIR,
        a_line(
            "six-hours", lasts=timedelta(hours=6), reason=Named("原因", "why"), note=Named("注意")
        ),
        a_line("care", dose=None, unit="mg"),
        choices=(ONE,),
    )
    offered = offer(a_book(one), one, KNOWN)
    made = drafts(offered, Chosen(offered.preselected), PLACING)

    assert [draft.origin for draft in made] == ["cap|1"] * 4
    assert [draft.group for draft in made] == ["m.g", "m.g", "", ""]
    assert made[2].ends_at == NOW + timedelta(hours=6)
    assert (made[2].reason, made[2].note) == ("why", "注意")
    assert made[3].dosage.unit == ""
    assert [objections(draft) for draft in made[:3]] == [(), (), ()]
    assert {draft.encounter for draft in made} == {EncounterId("stay")}


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 2), ("肺炎", 2), ("FY", 1), ("pneu", 2), ("炎", 2), ("nothing", 0), ("  pneumonia ", 2)],
)
def test_sets_are_found_by_name_and_pinyin(query: str, found: int) -> None:
    one = a_set()
    other = replace(one, code="other", pinyin="other", name=Named("重症肺炎", "Severe pneumonia"))

    assert len(found_by((other, one), query)) == found


def test_a_name_that_begins_so_comes_first() -> None:
    one = a_set()
    other = replace(one, code="other", name=Named("重症肺炎", "Severe pneumonia"))

    assert found_by((other, one), "肺")[0] is one


def test_a_set_is_found_by_its_code() -> None:
    one = a_set(a_line("x", item=Term("x")))

    assert a_book(one).by_code("cap") is one
    assert a_book(one).by_code("none") is None
