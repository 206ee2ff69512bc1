"""One search over everything that can be ordered; one's own first, dangerous words never."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.order_templates import Habits, OrderTemplate
from app.domain.orders import Dosage, OrderClass, OrderKind
from app.domain.terms import Term
from app.services.order_catalogue import Found, Item, OrderCatalogue
from resources.reading import rows

CATALOGUE = OrderCatalogue()
MEDICATION = frozenset({OrderClass.MEDICATION})


def items(query: str, habits: Habits | None = None) -> tuple[Item, ...]:
    return CATALOGUE.search(query, habits=habits or Habits(), limit=500).items


def english(query: str) -> list[str]:
    return [item.term.display for item in items(query)]


def template(query: str, dose: str | None = None) -> OrderTemplate:
    (item, *_) = items(query)
    dosage = Dosage(dose=Decimal(dose), unit="g") if dose else Dosage()
    return OrderTemplate(item.order_class, item.term, OrderKind.LONG_TERM, dosage)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("amoxilin", "Amoxicillin"),
        ("amxl", "Amoxicillin"),
        ("kcl", "Potassium chloride"),
        ("NS", "Sodium chloride"),
        ("gs", "Glucose"),
        ("asa", "Aspirin"),
        ("cbc", "Full blood count"),
        ("心电图", "12-lead ECG"),
        ("ecg", "12-lead ECG"),
        ("头颅ct", "CT head without contrast"),
        ("普食", "Regular diet"),
        ("1级", ""),
        ("一级护理", "First-level nursing"),
        ("bingwei", "Critically ill"),
        ("ffp", "Fresh frozen plasma"),
        ("cabg", "Coronary artery bypass grafting"),
        ("lanwei", "Appendicectomy"),
        ("转科", "Transfer to another department"),
        ("jcgl", "Contact isolation"),
        ("banwo", "Semi-recumbent"),
        ("crrt", "Continuous renal replacement therapy"),
        ("dongqiepian", ""),
        ("冰冻", "Intraoperative frozen section"),
        ("心内科会诊", "Cardiology consultation"),
    ],
)
def test_every_class_is_found_by_name_pinyin_and_abbreviation(query: str, name: str) -> None:
    found = english(query)

    assert (name in found) if name else (found == [])


@pytest.mark.parametrize("query", ["MTX", "mtx", " m t x ", "ms", "MSO4", "MgSO4", "HCT", "t.a.c"])
def test_a_dangerous_abbreviation_offers_no_medicine_and_says_so(query: str) -> None:
    found = CATALOGUE.search(query)

    assert OrderClass.MEDICATION not in {item.order_class for item in found.items}
    assert found.error_prone is not None
    assert found.error_prone.meanings.text
    assert CATALOGUE.exactly(query) is None


def test_the_whole_name_behind_a_dangerous_abbreviation_is_found() -> None:
    found = CATALOGUE.search("methotr")

    assert found.error_prone is None
    assert [item.term.display for item in found.items] == ["Methotrexate"]


def test_a_search_without_medicines_is_not_warned_of_their_abbreviations() -> None:
    imaging = CATALOGUE.search("ms", classes=frozenset({OrderClass.IMAGING}))
    medicines = CATALOGUE.search("ms", classes=MEDICATION)

    assert imaging.error_prone is None
    assert medicines.error_prone is not None
    assert medicines.items == ()


def test_only_the_wanted_classes_are_found() -> None:
    found = CATALOGUE.search("头", classes=MEDICATION)

    assert {one.order_class for one in found.items} == MEDICATION
    assert len(CATALOGUE.search("头").items) > len(found.items)


def test_what_is_pinned_stands_before_what_was_used_and_both_before_the_rest() -> None:
    pinned, used = template("头孢他啶", "2"), template("头孢曲松", "1")
    found = items("头孢", Habits((pinned,), (used,)))

    assert [one.term.text for one in found[:2]] == ["头孢他啶", "头孢曲松"]
    assert [one.favourite for one in found[:3]] == [True, False, False]
    assert [one.template for one in found[:3]] == [pinned, used, None]


def test_one_s_own_do_not_answer_what_they_are_not_called() -> None:
    habits = Habits((template("头孢他啶"),))

    assert items("amox", habits) == items("amox")


def test_an_empty_line_offers_favourites_in_their_order_and_then_recents_once() -> None:
    one, two, three = template("头孢他啶", "2"), template("普食"), template("头孢曲松")
    again = template("头孢他啶", "1")

    found = CATALOGUE.search(" ", habits=Habits((two, one), (again, three)))

    assert [item.template for item in found.items] == [two, one, three]
    assert [item.favourite for item in found.items] == [True, True, False]
    assert (found.own, found.total, found.too_short) == (True, 3, False)


def test_an_empty_line_offers_only_the_wanted_classes() -> None:
    habits = Habits((template("普食"), template("头孢曲松")))

    found = CATALOGUE.search("", classes=MEDICATION, habits=habits)

    assert [item.term.text for item in found.items] == ["头孢曲松"]


def test_nobody_without_habits_is_offered_anything() -> None:
    assert CATALOGUE.search("") == Found(own=True)


def test_what_is_gone_from_the_list_is_not_offered_and_words_of_one_s_own_are() -> None:
    gone = OrderTemplate(
        OrderClass.MEDICATION, Term("旧药", "urn:wardone:formulary", "gone-1"), OrderKind.STAT
    )
    words = OrderTemplate(OrderClass.NURSING, Term("每日晒太阳"), OrderKind.LONG_TERM)

    found = CATALOGUE.search("", habits=Habits((gone, words)))

    assert [item.term.text for item in found.items] == ["每日晒太阳"]
    assert found.items[0].favourite
    assert items("头孢曲松", Habits((gone,)))[0].template is None


def test_look_alikes_are_named_and_written_in_tall_letters() -> None:
    (dopamine,) = [one for one in items("dopamine") if one.term.display == "Dopamine"]

    assert dopamine.tall == "DOPamine"
    assert "Dobutamine" in [term.display for term in dopamine.alike]
    assert items("paracetamol")[0].alike == ()


def test_an_item_brings_the_kind_frequency_and_unit_it_begins_with() -> None:
    (turning,) = items("翻身拍背")
    (plasma,) = items("新鲜冰冻血浆")
    (bypass,) = items("cabg")

    assert (turning.kind, turning.frequency) == (OrderKind.LONG_TERM, "q2h")
    assert (plasma.kind, plasma.unit) == (OrderKind.TEMPORARY, "mL")
    assert bypass.detail == "ICD-9-CM-3 36.10"


def test_an_item_without_a_usual_way_is_a_bare_template() -> None:
    (bare,) = items("paracetamol")

    assert bare.bare == OrderTemplate(OrderClass.MEDICATION, bare.term, OrderKind.LONG_TERM)


def test_words_name_an_item_only_where_they_are_its_whole_name() -> None:
    assert (found := CATALOGUE.exactly("血常规")) is not None
    assert found.order_class is OrderClass.LABORATORY
    assert CATALOGUE.exactly("Full Blood Count") == found
    assert CATALOGUE.exactly("血常") is None
    assert CATALOGUE.exactly("") is None
    assert CATALOGUE.exactly("x") is None


def test_words_that_two_items_answer_to_name_neither() -> None:
    assert CATALOGUE.exactly("尿素") is None
    assert (found := CATALOGUE.exactly("尿素", OrderClass.LABORATORY)) is not None
    assert found.term.display == "Urea"


def test_a_hospital_s_own_formulary_takes_the_place_of_the_shipped_one() -> None:
    row = dict(rows("formulary", "medicines")[0]) | {
        "code": "h-1", "name_zh": "院内制剂", "name_en": "House mixture", "pinyin": "ynzj",
    }  # fmt: skip
    del row["spelled"]
    house = OrderCatalogue((row,))

    assert [one.term.code for one in house.search("ynzj").items] == ["h-1"]
    assert house.medicines("amox").items == ()
    assert house.search("普食").items


def test_two_products_of_one_name_are_both_offered() -> None:
    row = dict(rows("formulary", "medicines")[5])
    house = OrderCatalogue((row, row | {"code": "h-2"}))

    assert [one.term.code for one in house.medicines("amox").items] == [row["code"], "h-2"]


def test_the_index_can_be_built_before_the_first_letter() -> None:
    fresh = OrderCatalogue()
    fresh.prepare()

    assert fresh.tests("cbc").items
    assert fresh.tests(" ").too_short
