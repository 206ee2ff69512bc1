"""Laws of the domain's values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import notes, orders
from app.domain.census import bed_order
from app.domain.notes import NoteDraft
from app.domain.orders import Dosage, OrderClass, OrderDraft, OrderKind, Priority
from app.domain.patients import Age, Allergy, AllergyState, age, allergy_state
from app.domain.results import Flag
from app.domain.sending import Connection, GroupState, SendingStatus
from app.domain.terms import EncounterId, Named, OrderId, PatientId, Term

PATIENT, STAY = PatientId("p"), EncounterId("e")
AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
DRUG, ORAL, TID = Term("阿莫西林"), Term("口服"), Term("每日三次")


def _allergy(**more: object) -> Allergy:
    plain = Allergy("a", PATIENT, Term("青霉素"), checkable=True, none_known=False, active=True)
    return replace(plain, **more)  # type: ignore[arg-type]  # checked by dataclasses at run time


@pytest.mark.parametrize(
    ("allergies", "state"),
    [
        ((), AllergyState.NOT_RECORDED),
        ((_allergy(),), AllergyState.KNOWN),
        ((_allergy(active=False),), AllergyState.NOT_RECORDED),
        ((_allergy(none_known=True),), AllergyState.NONE_KNOWN),
        ((_allergy(none_known=True, active=False),), AllergyState.NONE_KNOWN),
        ((_allergy(none_known=True), _allergy()), AllergyState.KNOWN),
        (
            (_allergy(none_known=True, verification="entered-in-error"),),
            AllergyState.NOT_RECORDED,
        ),
    ],
)
def test_nobody_is_said_to_have_no_allergy_unless_somebody_asked(
    allergies: tuple[Allergy, ...], state: AllergyState
) -> None:
    assert allergy_state(allergies) is state
    assert allergy_state(allergies, available=False) is AllergyState.UNAVAILABLE


def _at(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("born", "at", "said"),
    [
        (date(2026, 11, 24), _at(2026, 11, 24), Age(days=0)),
        (date(2026, 11, 3), _at(2026, 11, 24), Age(days=21)),
        (date(2026, 8, 30), _at(2026, 11, 24), Age(months=2, days=25)),
        (date(2026, 1, 31), _at(2026, 3, 1), Age(months=1, days=1)),
        (date(2024, 2, 29), _at(2026, 2, 28), Age(years=1, months=11)),
        (date(2020, 11, 24), _at(2026, 11, 24), Age(years=6)),
        (date(2020, 11, 25), _at(2026, 11, 24), Age(years=5, months=11)),
        (date(1959, 3, 2), _at(2026, 11, 24), Age(years=67)),
        (date(2027, 1, 1), _at(2026, 11, 24), None),
    ],
)
def test_an_age_is_said_in_at_most_two_units(born: date, at: datetime, said: Age | None) -> None:
    assert age(born, at) == said


def test_the_first_two_days_are_counted_in_hours_when_the_hour_is_known() -> None:
    born = _at(2026, 11, 23, 6)
    assert age(born.date(), _at(2026, 11, 24, 12), born) == Age(hours=30)


@given(
    born=st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    days=st.integers(28, 40_000),
)
def test_months_and_days_lead_back_to_the_birthday(born: date, days: int) -> None:
    at = datetime(born.year, born.month, born.day, 12, tzinfo=UTC) + timedelta(days=days)
    said = age(born, at)
    assert said is not None
    months = (said.years or 0) * 12 + (said.months or 0)
    whole = (at.year - born.year) * 12 + at.month - born.month - (at.day < born.day)
    assert months == (whole if whole < 72 else whole // 12 * 12)
    assert 0 <= (said.days or 0) <= 30


def test_extra_beds_come_last_and_numbers_count() -> None:
    beds = ["+1", "10", "2", "加3", "监护室", "1"]
    assert sorted(beds, key=bed_order) == ["1", "2", "10", "监护室", "+1", "加3"]


MEDICATION = OrderDraft(
    PATIENT, STAY, item=DRUG, dosage=Dosage(Decimal("0.25"), "g", "g", ORAL, TID)
)


def _fields(draft: OrderDraft) -> set[str]:
    return {objection.field for objection in orders.objections(draft)}


def test_a_whole_medication_order_has_no_objection() -> None:
    assert _fields(MEDICATION) == set()


@pytest.mark.parametrize(
    ("dosage", "field"),
    [
        (replace(MEDICATION.dosage, dose=None), "dose"),
        (replace(MEDICATION.dosage, dose=Decimal(0)), "dose"),
        (replace(MEDICATION.dosage, dose=Decimal(-1)), "dose"),
        (replace(MEDICATION.dosage, dose=Decimal("NaN")), "dose"),
        (replace(MEDICATION.dosage, dose=Decimal("Infinity")), "dose"),
        (replace(MEDICATION.dosage, unit=""), "unit"),
        (replace(MEDICATION.dosage, route=None), "route"),
        (replace(MEDICATION.dosage, frequency=None), "frequency"),
    ],
)
def test_nothing_about_a_dose_is_guessed(dosage: Dosage, field: str) -> None:
    assert _fields(replace(MEDICATION, dosage=dosage)) == {field}


@pytest.mark.parametrize("kind", list(OrderKind))
def test_only_what_is_given_once_needs_no_frequency(kind: OrderKind) -> None:
    draft = replace(
        MEDICATION,
        kind=kind,
        dosage=replace(MEDICATION.dosage, frequency=None),
        reason="胸痛",
        quantity=Decimal(14),
        quantity_unit="{tbl}",
    )
    once = kind in (OrderKind.STAT, OrderKind.TEMPORARY, OrderKind.SOS, OrderKind.VERBAL)
    assert _fields(draft) == (set() if once else {"frequency"})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": OrderKind.DISCHARGE}, "quantity"),
        (
            {
                "kind": OrderKind.DISCHARGE,
                "quantity": Decimal(0),
                "quantity_unit": "{tbl}",
            },
            "quantity",
        ),
        ({"kind": OrderKind.DISCHARGE, "quantity": Decimal(14)}, "quantity"),
        ({"dosage": replace(MEDICATION.dosage, rate=Decimal(50))}, "rate_unit"),
        ({"dosage": replace(MEDICATION.dosage, rate=Decimal(-1), rate_unit="mL/h")}, "rate"),
        ({"starts_at": AT, "ends_at": AT}, "ends_at"),
    ],
)
def test_what_is_taken_home_how_fast_and_how_long_is_asked(
    change: dict[str, object], field: str
) -> None:
    assert _fields(replace(MEDICATION, **change)) == {field}


@pytest.mark.parametrize(
    "change",
    [
        {"kind": OrderKind.DISCHARGE, "quantity": Decimal(14), "quantity_unit": "{tbl}"},
        {"dosage": replace(MEDICATION.dosage, rate=Decimal(50), rate_unit="mL/h")},
        {"starts_at": AT, "ends_at": AT + timedelta(days=7)},
        {"ends_at": AT},
    ],
)
def test_what_says_so_may_be_signed(change: dict[str, object]) -> None:
    assert _fields(replace(MEDICATION, **change)) == set()


def test_an_order_needs_a_stay_and_something_ordered() -> None:
    nothing = OrderDraft(PATIENT, None, OrderClass.DIET)
    assert _fields(nothing) == {"encounter", "item"}


def test_a_stat_order_needs_a_reason() -> None:
    lab = OrderDraft(PATIENT, STAY, OrderClass.LABORATORY, item=Term("血常规"))
    stat = replace(lab, priority=Priority.STAT)
    assert _fields(stat) == {"reason"}
    assert _fields(replace(stat, reason="胸痛")) == set()


@pytest.mark.parametrize(
    ("status", "current"),
    [
        ("active", True),
        ("on-hold", True),
        ("draft", True),
        ("stopped", False),
        ("completed", False),
    ],
)
def test_a_suspended_order_counts_as_current(status: str, *, current: bool) -> None:
    order = orders.Order(
        OrderId("o"), PATIENT, STAY, OrderClass.DIET, None, Term("低盐饮食"), Dosage(), status
    )
    assert order.current is current


def test_a_note_needs_words_and_a_stay() -> None:
    draft = NoteDraft(PATIENT, None, text=" \n")
    assert {o.field for o in notes.objections(draft)} == {"encounter", "text"}
    assert notes.objections(NoteDraft(PATIENT, STAY, text="好转")) == ()


def test_two_letters_are_critical() -> None:
    assert {flag for flag in Flag if flag.critical} == {
        Flag.CRITICAL_HIGH,
        Flag.CRITICAL_LOW,
        Flag.CRITICAL_ABNORMAL,
    }


def test_english_prefers_the_english_wording_where_there_is_one() -> None:
    assert Term("阿莫西林", "s", "c", "Amoxicillin").shown("en") == "Amoxicillin"
    assert Term("阿莫西林").shown("en") == "阿莫西林"
    assert Term("阿莫西林", "s", "c", "Amoxicillin").shown("zh_CN") == "阿莫西林"
    assert Named("心内科", "Cardiology").shown("en") == "Cardiology"
    assert Named("心内科").shown("en") == "心内科"


def test_all_is_sent_only_when_nothing_is_left_and_the_pass_was_whole() -> None:
    for connection, whole, waiting, conflicts, rejected, held in product(
        Connection, (True, False), (0, 1), (0, 1), (0, 1), (0, 1)
    ):
        status = SendingStatus(
            connection,
            waiting=waiting,
            conflicts=conflicts,
            rejected=rejected,
            held=held,
            last_pass_complete=whole,
        )
        left = waiting + conflicts + rejected + held
        true = whole and not left and connection in (Connection.ONLINE, Connection.SYNCING)
        assert status.all_sent is true


def test_only_the_confirmed_and_what_was_taken_back_leave_nothing_to_send() -> None:
    done = [state for state in GroupState if not state.unsent]

    assert done == [GroupState.CONFIRMED, GroupState.DISCARDED]
