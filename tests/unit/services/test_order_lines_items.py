"""What a line says of things that are no medicine: called just so, or looked for."""

from __future__ import annotations

import pytest

from app.services.order_catalogue import OrderCatalogue
from app.services.order_lines import Filled, OrderLines

LINES = OrderLines(OrderCatalogue())


def only(text: str) -> Filled:
    (filled,) = LINES.read(text).orders
    return filled


@pytest.mark.parametrize(
    ("text", "order_class", "code", "kind"),
    [
        ("一级护理", "level-of-care", "1", "long-term"),
        ("低盐饮食", "diet", "low-salt-diet", "long-term"),
        ("翻身拍背 q2h", "nursing", "turning-and-back-care", "long-term"),
        ("心内科会诊 急", "consultation", "cardiology-consultation", "stat"),
        ("新鲜冰冻血浆 200ml", "transfusion", "fresh-frozen-plasma", "temporary"),
    ],
)
def test_an_item_brings_its_class_its_code_and_the_kind_it_begins_with(
    text: str, order_class: str, code: str, kind: str
) -> None:
    filled = only(text)

    assert filled.item is not None
    assert (filled.order_class, filled.item.code, filled.kind) == (order_class, code, kind)
    assert filled.query == filled.item.text


def test_what_is_called_otherwise_is_looked_for_and_not_taken() -> None:
    filled = only("chest ct with contrast")

    assert (filled.order_class, filled.item) == ("imaging", None)
    assert filled.query == "chest ct with contrast"


def test_a_skin_test_keeps_the_drug_that_it_tests() -> None:
    filled = only("青霉素皮试")

    assert (filled.order_class, filled.query, filled.item) == ("treatment", "青霉素皮试", None)
    assert filled.skin_test == ""


def test_a_flow_of_oxygen_is_a_rate() -> None:
    filled = only("吸氧 3 L/min")

    assert (filled.rate, filled.rate_unit) == ("3", "L/min")
    assert filled.remarks == ()


def test_a_bag_of_red_cells_is_no_enzyme_unit_and_plasma_is_measured() -> None:
    assert (only("悬浮红细胞 2U").dose, only("悬浮红细胞 2U").unit) == ("2", "{unit}")
    assert (only("新鲜冰冻血浆 200ml").dose, only("新鲜冰冻血浆 200ml").unit) == ("200", "mL")


def test_a_unit_of_blood_stays_what_was_said_where_the_item_is_only_looked_for() -> None:
    filled = only("输红细胞悬液 2U")

    assert (filled.item, filled.unit) == (None, "U")
