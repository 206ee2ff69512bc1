"""The items pack: every class but medicines and tests, in both languages, with what follows."""

from __future__ import annotations

from collections import Counter

import pytest

from app.domain.orders import OrderClass
from app.domain.terms import Term
from app.services.order_class_pack import class_rules
from app.services.order_items_pack import (
    displaces,
    error_prone,
    letters,
    look_alikes,
    order_items,
    tall_names,
)

ELSEWHERE = {OrderClass.MEDICATION, OrderClass.LABORATORY}


def named(english: str) -> Term:
    (found,) = (one.term for one in order_items() if one.term.display == english)
    return found


def test_there_are_items_of_every_class_that_has_no_list_of_its_own() -> None:
    counts = Counter(one.order_class for one in order_items())

    assert set(counts) == set(OrderClass) - ELSEWHERE
    assert sum(counts.values()) > 300


def test_every_item_is_named_in_both_languages_typed_and_coded_once() -> None:
    items = order_items()

    for one in items:
        assert one.term.text
        assert one.term.display.isascii()
        assert one.initials == one.initials.lower()
        assert one.spelled.startswith(one.initials[0])
    assert len({(one.order_class, one.term.code) for one in items}) == len(items)
    assert len({(one.order_class, one.term.text) for one in items}) == len(items)


def test_an_item_begins_with_a_kind_its_class_allows() -> None:
    for one in order_items():
        assert one.kind in class_rules()[one.order_class].kinds


def test_the_codes_of_care_condition_and_isolation_are_those_of_the_bed_card() -> None:
    codes: dict[OrderClass, set[str]] = {}
    for one in order_items():
        codes.setdefault(one.order_class, set()).add(one.term.code)

    assert codes[OrderClass.LEVEL_OF_CARE] == {"special", "1", "2", "3"}
    assert codes[OrderClass.CONDITION] == {"critical", "serious"}
    assert codes[OrderClass.ISOLATION] == {"contact", "droplet", "airborne", "protective"}
    assert named("Special care").system == "urn:wardone:level-of-care"


@pytest.mark.parametrize(
    ("order_class", "new", "old", "stopped"),
    [
        (OrderClass.DIET, "Soft diet", "Regular diet", "old"),
        (OrderClass.DIET, "Soft diet", "Bedtime snack", "nothing"),
        (OrderClass.DIET, "Bedtime snack", "Regular diet", "nothing"),
        (OrderClass.DIET, "Nil by mouth", "Bedtime snack", "old"),
        (OrderClass.DIET, "Regular diet", "Nil by mouth", "old"),
        (OrderClass.LEVEL_OF_CARE, "Second-level nursing", "First-level nursing", "old"),
        (OrderClass.CONDITION, "Critically ill", "Seriously ill", "old"),
        (OrderClass.POSITION, "Supine", "Prone", "nothing"),
    ],
)
def test_a_new_main_order_stops_the_old_one_and_an_addition_stops_nothing(
    order_class: OrderClass, new: str, old: str, stopped: str
) -> None:
    stops = displaces(order_class, named(new), named(old))

    assert stopped == ("old" if stops else "nothing")


def test_a_diet_that_the_pack_does_not_know_is_a_main_one() -> None:
    assert displaces(OrderClass.DIET, Term("家属自带"), named("Regular diet"))
    assert not displaces(OrderClass.NURSING, Term("家属自带"), Term("其他"))


def test_a_dangerous_abbreviation_says_what_it_was_taken_for() -> None:
    one = error_prone()[letters("M.T.X")]

    assert one.short == "MTX"
    assert "methotrexate" in one.meanings.display
    assert "kcl" not in error_prone()


def test_look_alikes_are_each_other_s_and_tall_letters_are_the_same_name() -> None:
    for name, others in look_alikes().items():
        assert all(name in look_alikes()[other] for other in others)
    assert all(drug.casefold() == tall.casefold() for drug, tall in tall_names().items())
