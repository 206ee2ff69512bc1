"""Orders as the decision engine reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from app.decision.situation import Standing
from app.domain.dose_limits import DoseLimits
from app.domain.orders import Dosage, Ending, Order, OrderClass, OrderDraft, OrderKind
from app.domain.quantities import Quantity
from app.domain.terms import OrderId, Term
from app.fhir.valuesets import FORMULARY, FREQUENCY, ROUTE
from app.services.decision_lines import charted_line, draft_of, new_line, per_day
from resources.reading import rows
from tests.support.fake_deciding import WARFARIN, small_knowledge
from tests.unit.services.kit import NOW, PATIENT, STAY
from tests.unit.services.ordering_kit import service

drug_of = small_knowledge().substances.of_term
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def often(code: str) -> Term:
    return Term(code, FREQUENCY, code)


DOSAGE = Dosage(Decimal(3), "mg", "mg", Term("口服", ROUTE, "po"), often("bid"), "3 mg")
DRAFT = OrderDraft(PATIENT, STAY, item=Term("华法林", FORMULARY, "warfarin"), dosage=DOSAGE)
ORDER = Order(
    id=OrderId("o-1"),
    patient=PATIENT,
    encounter=STAY,
    order_class=OrderClass.MEDICATION,
    kind=OrderKind.LONG_TERM,
    item=Term("华法林", FORMULARY, "warfarin"),
    dosage=DOSAGE,
    status="active",
    authored_at=NOW - 9 * DAY,
)


def test_a_draft_is_a_new_line() -> None:
    line = new_line("a", replace(DRAFT, group="g", reason="房颤"), drug_of)

    assert line is not None
    assert line.drug is not None
    assert line.drug.substances == (WARFARIN,)
    assert (line.key, line.standing) == ("a", Standing.NEW)
    assert line.dose == Quantity(Decimal(3), "mg")
    assert (line.route, line.frequency, line.per_day) == ("po", "bid", Fraction(2))
    assert (line.group, line.indication) == ("g", "房颤")
    assert (line.as_needed, line.once, line.dose_text) == (False, False, "")


def test_what_is_no_medication_is_no_line() -> None:
    assert new_line("a", service(OrderClass.NURSING, "翻身"), drug_of) is None
    assert new_line("a", replace(DRAFT, item=None), drug_of) is None


def test_a_name_that_means_nothing_is_a_line_without_a_drug() -> None:
    line = new_line("a", replace(DRAFT, item=Term("某药")), drug_of)

    assert line is not None
    assert line.drug is None
    assert line.named.name == "某药"


@pytest.mark.parametrize(
    ("dosage", "text"),
    [
        (replace(DOSAGE, unit=""), "3"),
        (replace(DOSAGE, dose=Decimal(0)), "0 mg"),
        (replace(DOSAGE, dose=None), "3 mg"),
        (Dosage(), ""),
    ],
)
def test_a_number_without_a_unit_is_no_dose(dosage: Dosage, text: str) -> None:
    line = new_line("a", replace(DRAFT, dosage=dosage), drug_of)

    assert line is not None
    assert (line.dose, line.dose_text) == (None, text)


def test_codes_of_another_house_are_not_known() -> None:
    foreign = replace(
        DOSAGE, route=Term("PO", "urn:x", "po"), frequency=Term("bid", "urn:x", "bid")
    )

    line = new_line("a", replace(DRAFT, dosage=foreign), drug_of)

    assert line is not None
    assert (line.route, line.frequency, line.per_day) == ("", "", None)


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("qd", 1), ("tid", 3), ("q8h", 3), ("q30m", 48), ("qod", Fraction(1, 2)),
        ("biw", Fraction(2, 7)), ("tiw", Fraction(3, 7)), ("qw", Fraction(1, 7)),
        ("qmo", Fraction(1, 30)), ("hs", 1), ("st", None), ("cont", None), ("nonsense", None),
    ],
)  # fmt: skip
def test_a_frequency_says_how_often_a_day(code: str, count: object) -> None:
    assert per_day(replace(DOSAGE, frequency=often(code))) == count


def test_every_frequency_at_times_is_counted_as_the_pack_says() -> None:
    for row in rows("frequencies", "frequencies"):
        if row["kind"] in ("clock", "interval", "day-pattern", "event"):
            counted = per_day(replace(DOSAGE, frequency=often(row["code"])))
            assert counted is not None
            assert abs(float(counted) - float(row["per_day"])) < 0.01


@pytest.mark.parametrize("code", ["prn", "sos"])
def test_what_is_given_when_needed_is_counted_at_its_most(code: str) -> None:
    limits = DoseLimits(timedelta(hours=6), Decimal(9), "mg", DAY)
    needed = replace(DRAFT, kind=OrderKind.PRN, dosage=replace(DOSAGE, frequency=often(code)))

    counted, unlimited, by_interval = (
        new_line("a", replace(needed, limits=one), drug_of)
        for one in (limits, DoseLimits(), DoseLimits(timedelta(hours=6)))
    )

    assert counted is not None
    assert unlimited is not None
    assert by_interval is not None
    assert counted.as_needed
    assert counted.per_day == Fraction(3)
    assert unlimited.per_day is None
    assert by_interval.per_day == Fraction(4)


def test_what_is_given_once_says_so() -> None:
    stat = replace(DRAFT, kind=OrderKind.STAT, dosage=replace(DOSAGE, frequency=None))
    long_term = replace(stat, kind=OrderKind.LONG_TERM)
    once = replace(DRAFT, dosage=replace(DOSAGE, frequency=often("once")))

    lines = [new_line("a", one, drug_of) for one in (stat, long_term, once)]

    assert [one is not None and one.once for one in lines] == [True, False, True]


def test_pieces_are_counted_in_substance_where_one_product_holds_them() -> None:
    def held(code: str, unit: str) -> Quantity | None:
        dosage = replace(DOSAGE, dose=Decimal(2), unit=unit)
        item = Term("药", FORMULARY, code)
        line = new_line("a", replace(DRAFT, item=item, dosage=dosage), drug_of)
        assert line is not None
        return line.amount

    alone = [
        (row["code"], row["strength"]) for row in rows("formulary", "forms")
        if row["form"] == "tab" and row["strength"].endswith("mg")
    ]  # fmt: skip
    codes = [row["code"] for row in rows("formulary", "forms")]
    single = next(
        code for code, strength in alone if codes.count(code) == 1 and "/" not in strength
    )
    several = next(code for code, _ in alone if [c for c, _ in alone].count(code) > 1)

    assert held(single, "{tbl}") is not None
    assert held(single, "mg") is None
    assert held(several, "{tbl}") is None
    assert held("nothing-like-it", "{tbl}") is None


# --- on the chart


def test_an_order_that_holds_is_running() -> None:
    line = charted_line(replace(ORDER, overrides=()), drug_of, NOW)

    assert line is not None
    assert (line.key, line.standing) == ("order/o-1", Standing.ACTIVE)
    assert (line.started_at, line.stopped_at) == (NOW - 9 * DAY, None)


@pytest.mark.parametrize(
    "order",
    [
        replace(ORDER, status="entered-in-error"),
        replace(ORDER, status="cancelled"),
        replace(ORDER, prohibited=True),
        replace(ORDER, status="stopped", ending=Ending.CANCELLED, stopped_at=NOW),
    ],
)
def test_what_was_never_to_be_is_no_line(order: Order) -> None:
    assert charted_line(order, drug_of, NOW) is None


@pytest.mark.parametrize(
    ("order", "ended"),
    [
        (replace(ORDER, status="stopped", stopped_at=NOW - DAY), NOW - DAY),
        (replace(ORDER, ends_at=NOW - HOUR), NOW - HOUR),
        (replace(ORDER, status="completed"), None),
    ],
)
def test_an_order_that_ended_is_told_with_its_end(order: Order, ended: object) -> None:
    line = charted_line(order, drug_of, NOW)

    assert line is not None
    assert (line.standing, line.stopped_at) == (Standing.STOPPED, ended)


def test_an_order_that_will_end_is_running() -> None:
    line = charted_line(replace(ORDER, ends_at=NOW + HOUR), drug_of, NOW)

    assert line is not None
    assert line.standing is Standing.ACTIVE


def test_what_is_given_once_is_over_after_a_day() -> None:
    once = replace(ORDER, kind=OrderKind.STAT, dosage=replace(DOSAGE, frequency=None))
    fresh = replace(once, authored_at=NOW - 2 * HOUR)
    undated = replace(once, authored_at=None)

    lines = [charted_line(one, drug_of, NOW) for one in (once, fresh, undated)]

    assert [one and (one.standing, one.stopped_at) for one in lines] == [
        (Standing.STOPPED, NOW - 9 * DAY),
        (Standing.ACTIVE, None),
        (Standing.ACTIVE, None),
    ]


def test_an_order_reads_as_if_it_were_written_now() -> None:
    draft = draft_of(replace(ORDER, kind=None, reason="房颤"))

    assert draft.kind is OrderKind.TEMPORARY
    assert (draft.item, draft.dosage, draft.reason) == (ORDER.item, DOSAGE, "房颤")
    assert draft.replaces is None
