"""What the order form is told in numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from app.domain.infusion_rates import Running
from app.domain.orders import Dosage, OrderClass, OrderDraft, OrderKind
from app.domain.portions import Division
from app.domain.quantities import Quantity
from app.domain.terms import EncounterId, PatientId, Term
from app.fhir.valuesets import FORMULARY, FREQUENCY, ROUTE
from app.kernel.faults import Message
from app.services.order_arithmetic import OrderArithmetic, Sums
from app.services.products import read_product, stock_of
from resources.catalogue import LANGUAGES, Catalogue
from resources.reading import rows

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
"""14:00 in the ward."""
ARITHMETIC = OrderArithmetic(SHANGHAI)


def medicine(english: str) -> Term:
    row = next(one for one in rows("formulary", "medicines") if one["name_en"] == english)
    return Term(row["name_zh"], FORMULARY, row["code"], row["name_en"])


def draft(
    english: str,
    dose: str | None,
    unit: str,
    frequency: str | None = "tid",
    days: int | None = 3,
    **more: object,
) -> OrderDraft:
    often = None if frequency is None else Term(frequency, FREQUENCY, frequency)
    amount = None if dose is None else Decimal(dose)
    made = OrderDraft(
        PatientId("p"),
        EncounterId("e"),
        item=medicine(english),
        dosage=Dosage(amount, unit, route=Term("口服", ROUTE, "po"), frequency=often),
        ends_at=None if days is None else datetime(2026, 3, 2 + days, 6, tzinfo=UTC),
    )
    return replace(made, **more)  # type: ignore[arg-type]  # a test may override any field


def codes(found: Sums) -> list[str]:
    return [one.code for one in found.said]


def values(found: tuple[Message, ...], code: str) -> list[dict[str, str | int]]:
    return [dict(one.parameters) for one in found if one.code == code]


# --- products


def test_the_products_of_a_medicine_are_those_of_the_formulary() -> None:
    stock = stock_of(medicine("Furosemide"))

    assert [(p.form, p.strength.written, p.piece) for p in stock.products] == [
        ("tab", "20mg", "{tbl}"),
        ("inj", "2ml:20mg", "{ampule}"),
    ]
    assert stock.unread == ()


def test_strengths_that_are_not_understood_are_kept_by_their_words() -> None:
    stock = stock_of(medicine("Amoxicillin and clavulanate potassium"))

    assert stock.products == ()
    assert stock.unread == ("tab 2:1", "tab 4:1", "tab 7:1", "pwd 0.6g(5:1)", "pwd 1.2g(5:1)")


def test_what_is_no_medicine_of_the_formulary_has_no_products() -> None:
    assert stock_of(None).products == ()
    assert stock_of(Term("x", "urn:elsewhere", "neml2026-262")).products == ()
    assert stock_of(Term("x", FORMULARY, "no-such-code")).products == ()


def test_a_form_with_a_percentage_is_a_solution_of_that_strength() -> None:
    bag = read_product("inj 0.9%", "500ml")

    assert bag is not None
    assert (bag.form, bag.strength.written, bag.strength.percent) == (
        "inj",
        "0.9% 500ml",
        Decimal("0.9"),
    )


@pytest.mark.parametrize(
    ("form", "written"), [("tab", "2:1"), ("inh", "200ug"), ("crm", "1%"), ("no such", "5mg")]
)
def test_a_product_that_cannot_be_counted_is_none(form: str, written: str) -> None:
    assert read_product(form, written) is None


def test_a_suspension_is_a_bottle_or_a_sachet_by_whether_it_names_a_volume() -> None:
    bottle, sachet = read_product("susp", "60ml:1.2g"), read_product("susp", "0.125g")

    assert bottle is not None
    assert sachet is not None
    assert (bottle.piece, bottle.division) == ("{bottle}", Division.SHARED)
    assert (sachet.piece, sachet.division) == ("{sachet}", Division.WHOLE)


# --- one order


def test_an_order_needs_so_many_pieces_a_dose_and_for_the_course() -> None:
    found = ARITHMETIC.sums(draft("Furosemide", "40", "mg"), NOW)

    assert [(p.product.form, p.count) for p in found.portions] == [
        ("tab", Fraction(2)),
        ("inj", Fraction(2)),
    ]
    assert found.plan is not None
    assert [day.count for day in found.plan.days] == [1, 3, 3, 2]
    assert [(one.least, one.most) for one in found.courses] == [(18, 18), (18, 18)]
    assert codes(found) == [
        "arithmetic.portion",
        "arithmetic.portion-measured",
        "arithmetic.first-day",
        "arithmetic.days",
        "arithmetic.course",
        "arithmetic.course",
    ]
    assert values(found.said, "arithmetic.first-day") == [{"first": 1, "full": 3}]


def test_a_dose_in_pieces_says_what_it_comes_to() -> None:
    found = ARITHMETIC.sums(draft("Furosemide", "2", "{tbl}"), NOW)

    (said,) = values(found.said, "arithmetic.amount")
    assert (said["number"], said["amount"]) == ("2", "40 mg")


def test_a_dose_that_no_product_makes_says_so_with_every_reason() -> None:
    found = ARITHMETIC.sums(draft("Aspirin", "81", "mg"), NOW)

    assert found.portions == ()
    assert codes(found)[:2] == ["arithmetic.no-product-exact", "arithmetic.not-exact"]
    assert found.courses == ()
    assert found.plan is not None


def test_the_doctor_gives_the_first_dose_now() -> None:
    found = ARITHMETIC.sums(draft("Furosemide", "20", "mg", first_day=2), NOW)

    assert found.plan is not None
    assert found.plan.total == 10
    assert values(found.said, "arithmetic.now-and-next") == [{"minutes": 120}]
    assert [one.least for one in found.courses] == [10, 10]


def test_an_order_without_an_end_is_told_its_first_day_alone() -> None:
    found = ARITHMETIC.sums(draft("Furosemide", "20", "mg", days=None, first_day=2), NOW)

    assert (found.plan, found.courses) == (None, ())
    assert codes(found)[2:] == ["arithmetic.first-day", "arithmetic.now-and-next"]
    assert values(found.said, "arithmetic.first-day") == [{"first": 2, "full": 3}]


def test_a_choice_that_cannot_be_is_refused_beside_the_portions() -> None:
    found = ARITHMETIC.sums(draft("Furosemide", "20", "mg", first_day=9), NOW)

    assert codes(found)[-1] == "arithmetic.first-day-not"
    assert (len(found.portions), found.plan) == (2, None)


def test_a_stat_dose_needs_no_frequency_and_is_one() -> None:
    found = ARITHMETIC.sums(draft("Furosemide", "20", "mg", None, None, kind=OrderKind.STAT), NOW)

    assert found.plan is not None
    assert found.plan.total == 1
    assert [one.most for one in found.courses] == [1, 1]
    assert "arithmetic.first-day" in codes(found)
    assert "arithmetic.days" not in codes(found)  # it has no last day


def test_a_temporary_order_with_a_ward_list_and_no_end_has_no_course() -> None:
    found = ARITHMETIC.sums(
        draft("Furosemide", "20", "mg", days=None, kind=OrderKind.TEMPORARY), NOW
    )

    assert found.plan is None


@pytest.mark.parametrize("more", [{"kind": OrderKind.PRN}, {"dosage": Dosage(Decimal(20), "mg")}])
def test_what_is_not_due_at_times_has_portions_and_no_days(more: dict[str, object]) -> None:
    found = ARITHMETIC.sums(draft("Furosemide", "20", "mg", **more), NOW)  # type: ignore[arg-type]  # a test may override any field

    assert len(found.portions) == 2
    assert codes(found) == ["arithmetic.portion", "arithmetic.portion-measured"]


@pytest.mark.parametrize(("dose", "unit"), [(None, "mg"), ("20", ""), ("0", "mg"), ("NaN", "mg")])
def test_while_there_is_no_dose_there_are_no_pieces(dose: str | None, unit: str) -> None:
    found = ARITHMETIC.sums(draft("Furosemide", dose, unit), NOW)

    assert found.portions == ()
    assert codes(found) == ["arithmetic.first-day", "arithmetic.days"]


def test_strengths_that_were_not_computed_with_are_named() -> None:
    found = ARITHMETIC.sums(draft("Amoxicillin and clavulanate potassium", "1.2", "g"), NOW)

    assert found.portions == ()
    (said,) = values(found.said, "arithmetic.strengths-unread")
    assert "pwd 1.2g(5:1)" in str(said["strengths"])


def test_only_a_medicine_is_computed() -> None:
    order = replace(draft("Furosemide", "20", "mg"), order_class=OrderClass.NURSING)

    assert ARITHMETIC.sums(order, NOW) == Sums()


@pytest.mark.parametrize(
    ("quantity", "unit", "said"),
    [
        ("9", "{tbl}", []),
        ("8", "{tbl}", [{"told": "8", "between": "9", "@piece": "unit.tablet"}]),
        ("90", "{tbl}", [{"told": "90", "between": "9", "@piece": "unit.tablet"}]),
        ("1", "{bottle}", [{"told": "1", "between": "9", "@piece": "unit.container"}]),
        ("1", "{sachet}", []),
    ],
)
def test_a_quantity_to_be_handed_out_is_held_against_the_course(
    quantity: str, unit: str, said: list[dict[str, str | int]]
) -> None:
    order = replace(draft("Furosemide", "20", "mg"), quantity=Decimal(quantity), quantity_unit=unit)

    found = ARITHMETIC.sums(order, NOW)

    assert values(found.said, "arithmetic.quantity-differs") == said


def test_a_quantity_may_be_anything_between_keeping_and_discarding_what_is_left() -> None:
    for quantity, odd in (("4", 1), ("5", 0), ("9", 0), ("10", 1)):
        order = replace(
            draft("Furosemide", "10", "mg"), quantity=Decimal(quantity), quantity_unit="{tbl}"
        )
        found = values(ARITHMETIC.sums(order, NOW).said, "arithmetic.quantity-differs")
        assert [one["between"] for one in found] == ["5–9"] * odd


# --- what runs


def rated(order: OrderDraft, rate: str, unit: str) -> OrderDraft:
    dosage = replace(order.dosage, rate=Decimal(rate), rate_unit=unit)
    return replace(order, dosage=dosage)


def a_bag(rate: str = "100", unit: str = "mL/h") -> tuple[OrderDraft, ...]:
    return (
        rated(draft("Sodium chloride", "250", "mL"), rate, unit),
        draft("Dopamine", "200", "mg"),
    )


def test_a_bag_says_how_long_it_runs_and_every_dose_in_time() -> None:
    known = Running(
        weight=Quantity(Decimal(80), "kg"), drop_factor=Quantity(Decimal(20), "{drop}/mL")
    )

    found = ARITHMETIC.running(a_bag(), known)

    assert values(found, "arithmetic.bag-lasts") == [
        {"volume": "250 mL", "hours": 2, "minutes": 30}
    ]
    assert [(one["same"], one["unit"]) for one in values(found, "arithmetic.rate")] == [
        ("≈ 33.33", "drop/min"),
    ]
    assert [(one["rate"], one["unit"]) for one in values(found, "arithmetic.dose-rate")] == [
        ("80", "mg/h"),
        ("≈ 16.67", "ug/kg/min"),
    ]


def test_a_rate_by_weight_is_said_as_a_volume() -> None:
    known = Running(amount=Quantity(Decimal(200), "mg"), weight=Quantity(Decimal(80), "kg"))

    found = ARITHMETIC.running(a_bag("5", "ug/kg/min"), known)

    assert values(found, "arithmetic.rate")[0]["same"] == "= 30"


def test_a_rate_by_weight_without_a_weight_is_said_to_be_unknown() -> None:
    found = ARITHMETIC.running(a_bag("5", "ug/kg/min"), Running())

    assert {one.code for one in found} == {"arithmetic.rate-not-convertible"}


def test_without_weight_or_drop_factor_neither_is_told() -> None:
    found = ARITHMETIC.running(a_bag(), Running())

    assert [one["unit"] for one in values(found, "arithmetic.dose-rate")] == ["mg/h"]
    assert values(found, "arithmetic.rate") == []


def test_what_is_dosed_in_units_runs_in_units() -> None:
    insulin = draft("Insulin human", "50", "U")
    known = Running(weight=Quantity(Decimal(80), "kg"))

    found = ARITHMETIC.running((a_bag("5")[0], insulin), known)

    assert [(one["rate"], one["unit"]) for one in values(found, "arithmetic.dose-rate")] == [
        ("1", "U/h"),
        ("0.0125", "U/kg/h"),
    ]


def test_a_medicine_without_fluid_does_not_say_how_long_it_runs() -> None:
    alone = replace(rated(draft("Dopamine", "200", "mg"), "5", "mL/h"), item=None)

    found = ARITHMETIC.running((alone,), Running())

    assert [one.code for one in found] == [
        "arithmetic.volume-not-stated",
        "arithmetic.rate-not-convertible",
    ]


def test_a_group_of_one_member_without_a_name_is_named_by_its_words() -> None:
    first, second = a_bag()
    nameless = replace(second, item=None, dosage=replace(second.dosage, text="多巴胺 200 mg"))

    found = ARITHMETIC.running((first, nameless, draft("Dopamine", None, "mg")), Running())

    assert [one["item"] for one in values(found, "arithmetic.dose-rate")] == ["多巴胺 200 mg"]


def test_without_a_rate_nothing_runs() -> None:
    assert ARITHMETIC.running((draft("Sodium chloride", "250", "mL"),), Running()) == ()
    assert ARITHMETIC.running((), Running()) == ()
    unfinished = rated(draft("Sodium chloride", "250", "mL"), "5", "")
    assert ARITHMETIC.running((unfinished,), Running()) == ()


# --- in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_whole_in_both_languages(language: str) -> None:
    words = Catalogue.load(language)
    known = Running(
        weight=Quantity(Decimal(80), "kg"), drop_factor=Quantity(Decimal(20), "{drop}/mL")
    )
    orders = [
        draft("Furosemide", "10", "mg"),
        draft("Furosemide", "2", "{tbl}"),
        draft("Aspirin", "81", "mg"),
        draft("Amoxicillin and clavulanate potassium", "1.2", "g"),
        replace(draft("Furosemide", "20", "mg"), quantity=Decimal(1), quantity_unit="{tbl}"),
    ]
    said = [
        *(m for o in orders for m in ARITHMETIC.sums(replace(o, first_day=2), NOW).said),
        *ARITHMETIC.running(a_bag(), known),
    ]

    texts = [words.render(one) for one in said]

    assert [text for text in texts if "⟦" in text] == []
    assert len(texts) > 20


def test_a_half_tablet_is_half_of_one() -> None:
    found = ARITHMETIC.sums(draft("Furosemide", "10", "mg"), NOW)

    assert found.portions[0].count == Fraction(1, 2)
    assert values(found.said, "arithmetic.course-between")[0]["least"] == 5
