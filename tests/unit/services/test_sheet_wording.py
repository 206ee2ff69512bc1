"""Orders in the words of the paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders import Dosage, Order, OrderKind
from app.domain.patients import AllergyState, Banner, PatientRecord
from app.domain.terms import PatientId, Term
from app.fhir.valuesets import FREQUENCY, ROUTE
from app.services.sheet_wording import amount, patient_line, wordings
from tests.support.sheet_builders import a_line
from tests.support.sheets_kit import a_dosage

NB = "\N{NO-BREAK SPACE}"


def an_order(**more: object) -> Order:
    return a_line("x", **more).order  # type: ignore[arg-type]  # fields, as the test wants them


def worded(order: Order, *others: Order) -> tuple[str, str]:
    said = wordings((order, *others))(order)
    return said.what, said.how


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        ("0.50", "g", f"0.5{NB}g"),
        ("1600000", "[iU]", f"1,600,000{NB}国际单位"),
        ("5", "ug/kg/min", f"5{NB}微克/kg/分钟"),
        ("10", "", "10"),
        ("2", "{spoon}", f"2{NB}{{spoon}}"),
    ],
)
def test_an_amount_cannot_be_misread(value: str, unit: str, said: str) -> None:
    assert amount(Decimal(value), unit) == said


@given(st.decimals(min_value=0, max_value=10**9, places=4))
def test_no_amount_changes_its_value_or_keeps_a_trailing_zero(value: Decimal) -> None:
    said = amount(value, "")

    assert Decimal(said.replace(",", "")) == value
    assert "." not in said or not said.endswith(("0", "."))


def test_the_names_of_the_packs_win_over_those_of_the_record() -> None:
    dosage = Dosage(Decimal(1), "g", "g", Term("x", ROUTE, "po"), Term("x", FREQUENCY, "qd"))

    assert worded(an_order(dosage=dosage)) == (f"药品x  1{NB}g", "口服 每日一次")


def test_what_is_not_of_the_packs_keeps_its_own_words() -> None:
    other = Dosage(Decimal(1), "", "勺", Term("鼻饲"), Term("按需", FREQUENCY, "own"))

    assert worded(an_order(dosage=other)) == (f"药品x  1{NB}勺", "鼻饲 按需")


def test_a_member_that_goes_another_way_says_so_itself() -> None:
    bag = {"group": "bag", "dosage": a_dosage("1", "g")}
    first = an_order(**bag, place=0)
    push = replace(an_order(**bag, place=0), dosage=a_dosage("1", "g", frequency=None))
    last = replace(an_order(**bag, place=1), id=first.id[:0] + "y")  # type: ignore[arg-type]  # an id

    assert worded(first, last)[1] == worded(last)[1]
    what, how = worded(push, last)
    assert how == ""
    assert what.startswith(f"药品x  1{NB}g  静")


@pytest.mark.parametrize(
    ("more", "part"),
    [
        ({"skin_test": "required"}, "皮试"),
        ({"skin_test": "exempt"}, "免皮试"),
        ({"note": "饭后"}, "（饭后）"),
        ({"quantity": Decimal(14), "quantity_unit": "{tbl}"}, f"共 14{NB}片"),
    ],
)
def test_nothing_else_of_the_order_is_left_off(more: dict[str, object], part: str) -> None:
    assert part in worded(an_order(**more))[0]
    assert part not in worded(an_order())[0]


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (OrderKind.STAT, "立即"),
        (OrderKind.PRN, "需要时"),
        (OrderKind.VERBAL, "口头医嘱"),
        (OrderKind.LONG_TERM, ""),
        (None, ""),
    ],
)
def test_the_kind_is_said_where_the_sheet_does_not_say_it(
    kind: OrderKind | None, word: str
) -> None:
    assert worded(an_order(kind=kind))[1] == word


@pytest.mark.parametrize(
    ("dosage", "kind", "stands"),
    [
        (Dosage(text="原文"), OrderKind.LONG_TERM, True),
        (Dosage(Decimal(1), "g", text="原文"), OrderKind.LONG_TERM, True),
        (Dosage(Decimal(1), "g", text="原文"), OrderKind.STAT, False),
        (a_dosage("1", "g", text="原文"), OrderKind.LONG_TERM, False),
        (
            a_dosage("1", "g", text="原文", frequency=Term("持续", FREQUENCY, "cont")),
            OrderKind.LONG_TERM,
            True,
        ),
        (Dosage(text="原文", rate=Decimal(4), rate_unit="mL/h"), OrderKind.LONG_TERM, False),
    ],
)
def test_the_line_as_signed_stands_where_its_parts_do_not_say_all(
    dosage: Dosage,
    kind: OrderKind,
    stands: bool,  # noqa: FBT001 - a table
) -> None:
    assert ("原文" in worded(an_order(dosage=dosage, kind=kind))[0]) is stands


def test_a_patient_of_whom_little_is_recorded_is_said_to_be_so() -> None:
    bare = Banner(PatientRecord(PatientId("p"), ""), None, AllergyState.NOT_RECORDED)
    born = replace(bare, patient=replace(bare.patient, birth_date=date(1961, 4, 2)))

    assert patient_line(bare).count("未记录") == 6
    assert "1961-04-02" in patient_line(born)
