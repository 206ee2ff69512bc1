from __future__ import annotations

import pytest

from app.services.order_catalogue import OrderCatalogue

CATALOGUE = OrderCatalogue()


def names(query: str) -> list[str]:
    return [item.term.text for item in CATALOGUE.medicines(query, limit=500).items]


@pytest.mark.parametrize("query", ["阿莫西", "amxl", "amox", "AMOX"])
def test_a_medicine_is_found_by_name_initials_and_english(query: str) -> None:
    assert "阿莫西林" in names(query)


def test_the_beginning_of_a_name_stands_before_its_inside() -> None:
    found = names("青霉素")

    assert found[0] == "青霉素"
    assert "苄星青霉素" in found


def test_letters_inside_a_word_match_nothing() -> None:
    assert "阿莫西林" not in names("moxi")


def test_one_letter_is_too_short_and_one_chinese_character_is_not() -> None:
    assert CATALOGUE.medicines("a").too_short
    assert not CATALOGUE.medicines("青").too_short


def test_nothing_found_is_not_too_short() -> None:
    found = CATALOGUE.medicines("zzzz")

    assert (found.items, found.total, found.too_short) == ((), 0, False)


def test_the_total_counts_what_the_limit_hides() -> None:
    found = CATALOGUE.medicines("am", limit=1)

    assert len(found.items) == 1
    assert found.total > 1


def test_a_medicine_carries_its_code_and_strengths() -> None:
    found = CATALOGUE.medicines("阿莫西林").items[0]

    assert found.term.system == "urn:wardone:formulary"
    assert found.term.code
    assert found.detail


def test_panels_stand_before_single_tests() -> None:
    found = CATALOGUE.tests("血")

    assert found.items[0].term.text == "血常规"


def test_every_route_and_frequency_has_a_code_and_two_names() -> None:
    for term in (*CATALOGUE.routes(), *CATALOGUE.frequencies()):
        assert term.code
        assert term.text
        assert term.display
