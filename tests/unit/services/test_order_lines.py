from __future__ import annotations

from app.services.order_catalogue import OrderCatalogue
from app.services.order_lines import Filled, OrderLines

LINES = OrderLines(OrderCatalogue())


def only(text: str) -> Filled:
    (filled,) = LINES.read(text).orders
    return filled


def codes(filled: Filled) -> list[str]:
    return [remark.code for remark in filled.remarks]


def test_a_whole_line_fills_every_field_with_codes_of_the_packs() -> None:
    filled = only("阿莫西林 0.5g po tid 7天")

    assert filled.item is not None
    assert (filled.item.text, filled.item.code) == ("阿莫西林", "neml2026-006")
    assert (filled.dose, filled.unit, filled.route, filled.frequency) == ("0.5", "g", "po", "tid")
    assert (filled.duration_d, filled.note) == ("7", "")
    assert filled.remarks == ()


def test_each_field_shows_the_words_it_came_from() -> None:
    said = dict(only("静滴 头孢曲松 2g 每日一次").said)

    assert said == {"item": "头孢曲松", "dose": "2g", "route": "静滴", "frequency": "每日一次"}


def test_what_is_missing_is_asked_and_left_empty() -> None:
    filled = only("amox 500 tid")

    assert (filled.dose, filled.unit, filled.route) == ("500", "", "")
    assert codes(filled) == ["order_line.ask.unit", "order_line.ask.route"]


def test_a_dose_by_weight_is_left_to_the_author() -> None:
    filled = only("gentamicin 5 mg/kg iv qd")

    assert (filled.dose, filled.unit) == ("", "")
    assert codes(filled) == ["order_line.ask.weight"]


def test_a_dose_that_was_not_said_stays_empty() -> None:
    assert only("阿司匹林 po qd").dose == ""


def test_a_plain_iv_with_a_rate_is_asked_and_a_plain_one_is_not() -> None:
    assert only("vanco 1 g iv q12h over 60 min").route == ""
    assert "order_line.ask.route" in codes(only("vanco 1 g iv q12h over 60 min"))
    assert only("vanco 1 g iv q12h").route == "iv"


def test_a_frequency_without_a_row_is_said() -> None:
    filled = only("vancomycin 1 g ivgtt q36h")

    assert filled.frequency == ""
    assert "order_line.not_held" in codes(filled)


def test_a_number_that_is_written_more_safely_is_said() -> None:
    assert codes(only("digoxin .125 mg po qd")) == ["order_line.note.naked-decimal"]


def test_how_long_it_holds_is_taken_only_from_the_line() -> None:
    assert only("速尿 20mg iv st").kind == "stat"
    assert only("morphine 2 mg iv q4h prn").kind == "prn"
    assert only("morphine 2 mg iv tid prn").note == "prn"
    assert only("长期医嘱 阿司匹林 100mg po qd").kind == "long-term"
    assert only("阿司匹林 100mg po qd").kind == ""


def test_a_name_that_needs_a_click_is_only_looked_for() -> None:
    filled = only("amxl 0.5g po tid")

    assert filled.item is None
    assert filled.query == "amoxicillin"
    assert codes(filled) == ["order_line.ask.drug"]


def test_a_name_that_nobody_knows_stands_as_it_was_typed() -> None:
    assert only("hydromorphone 1 mg iv q4h").query == "hydromorphone"


def test_a_test_that_is_called_just_so_is_the_one_of_the_pack() -> None:
    filled = only("血常规 急查")

    assert (filled.order_class, filled.query, filled.kind) == ("laboratory", "血常规", "stat")
    assert filled.item is not None
    assert filled.item.display == "Full blood count"


def test_what_is_refused_names_the_words() -> None:
    read = LINES.read("stop aspirin; clopidogrel 75 mg po qd")

    assert [order.item.text for order in read.orders if order.item] == ["氯吡格雷"]
    assert [one.code for one in read.refused] == ["order_line.refused.negation"]
    assert dict(read.refused[0].parameters) == {"words": "stop aspirin"}


def test_an_empty_line_says_nothing() -> None:
    assert LINES.read("  ").orders == ()
    assert LINES.read("  ").refused == ()


def test_a_solvent_that_the_formulary_lacks_is_chosen_by_hand() -> None:
    assert only("灭菌注射用水 10ml po qd").item is None


def test_the_reader_can_be_built_before_the_first_line() -> None:
    LINES.prepare()

    assert only("阿莫西林 0.5g po tid").frequency == "tid"
