"""What goes into one bag, how fast it runs, for how long, and whether the skin is tested."""

from __future__ import annotations

import pytest

from app.services.order_catalogue import OrderCatalogue
from app.services.order_lines import Filled, OrderLines

LINES = OrderLines(OrderCatalogue())


def only(text: str) -> Filled:
    (filled,) = LINES.read(text).orders
    return filled


def names(orders: tuple[Filled, ...]) -> list[str]:
    return [one.item.display if one.item else "" for one in orders]


def test_a_diluent_is_a_member_of_its_group_with_its_volume_and_strength() -> None:
    drug, fluid = LINES.read("NS 100 ml + 头孢曲松 2 g ivgtt qd 40 gtt/min").orders

    assert names((drug, fluid)) == ["Ceftriaxone", "Sodium chloride"]
    assert (drug.dose, drug.unit, drug.note, drug.diluent) == ("2", "g", "", False)
    assert (fluid.dose, fluid.unit, fluid.note, fluid.diluent) == ("100", "mL", "0.9%", True)
    assert drug.group == fluid.group != ""
    assert dict(fluid.said) == {"item": "NS 100 ml"}


def test_all_members_of_a_bag_run_the_same_way() -> None:
    orders = LINES.read("5%GS 250ml + vanco 1g + kcl 1 g ivgtt q12h 40 gtt/min 3d").orders

    assert names(orders) == ["Vancomycin", "Potassium chloride", "Glucose"]
    ways = {
        (one.group, one.route, one.frequency, one.rate, one.rate_unit, one.duration_d, one.kind)
        for one in orders
    }
    assert ways == {("1", "ivgtt", "q12h", "40", "{drop}/min", "3", "")}


def test_two_bags_of_a_line_are_two_groups() -> None:
    text = "头孢曲松 2 g + NS 100 ml ivgtt qd, 奥美拉唑 40 mg + NS 100 ml ivgtt bid"

    orders = LINES.read(text).orders

    assert [one.group for one in orders] == ["1", "1", "2", "2"]
    assert [one.frequency for one in orders] == ["qd", "qd", "bid", "bid"]


def test_what_goes_into_no_bag_has_no_group() -> None:
    read = LINES.read("阿莫西林 0.5g po tid; 头孢曲松 2 g + NS 100 ml ivgtt qd")

    assert [bool(one.group) for one in read.orders] == [False, True, True]


def test_what_is_missing_of_the_diluent_is_asked_of_the_diluent() -> None:
    drug, fluid = LINES.read("vanco 1 g + NS ivgtt q12h").orders
    _, glucose = LINES.read("vanco 1 g + GS 250 ml ivgtt q12h").orders

    assert drug.remarks == ()
    assert [one.code for one in fluid.remarks] == ["order_line.ask.diluent"]
    assert (fluid.dose, fluid.unit) == ("", "")
    assert [one.code for one in glucose.remarks] == ["order_line.ask.diluent"]
    assert glucose.note == ""


def test_a_diluent_that_the_formulary_lacks_is_chosen_by_hand() -> None:
    orders = LINES.read("头孢曲松 1 g + 灭菌注射用水 10 ml iv st").orders

    assert names(orders) == ["Ceftriaxone", ""]
    assert orders[1].query == "sterile water for injection"


@pytest.mark.parametrize(
    ("text", "rate", "unit"),
    [
        ("多巴胺 200 mg pump 3 ml/h", "3", "mL/h"),
        ("heparin 800 u/h pump", "800", "U/h"),
        ("GS 500 ml ivgtt qd 60滴/分", "60", "{drop}/min"),
        ("多巴胺 5 ug/kg/min pump", "5", "ug/kg/min"),
    ],
)
def test_a_plain_flow_is_a_number_and_a_unit(text: str, rate: str, unit: str) -> None:
    filled = only(text)

    assert (filled.rate, filled.rate_unit) == (rate, unit)
    assert filled.note == ""
    assert "rate" in dict(filled.said)


@pytest.mark.parametrize("said", ["over 60 min", "10-20 ml/h"])
def test_a_flow_that_is_no_single_number_stays_in_words(said: str) -> None:
    filled = only(f"vanco 1 g ivgtt q12h {said}")

    assert (filled.rate, filled.rate_unit, filled.note) == ("", "", said)
    assert "rate" not in dict(filled.said)


def test_days_are_counted_whole() -> None:
    assert only("阿莫西林 0.5g po tid 一周").duration_d == "7"
    assert only("阿莫西林 0.5g po tid").duration_d == ""


@pytest.mark.parametrize(
    ("words", "skin_test", "note"),
    [("皮试", "required", ""), ("免皮试", "exempt", ""), ("皮试(-)", "required", "皮试(-)")],
)
def test_a_skin_test_is_required_exempt_or_to_be_found_in_the_record(
    words: str, skin_test: str, note: str
) -> None:
    filled = only(f"青霉素 80万u im bid {words}")

    assert (filled.skin_test, filled.note) == (skin_test, note)


def test_the_skin_test_is_of_the_drug_and_not_of_its_fluid() -> None:
    drug, fluid = LINES.read("青霉素 400万u + NS 100 ml ivgtt q8h 皮试").orders

    assert (drug.skin_test, fluid.skin_test) == ("required", "")


def test_at_once_is_a_frequency_of_the_pack() -> None:
    filled = only("速尿 20mg iv st")

    assert (filled.kind, filled.frequency, filled.remarks) == ("stat", "st", ())
