"""What speaks against another dose, and what was one too many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.domain.dose_limits import (
    DoseLimits,
    Ledger,
    LedgerLine,
    lines_of,
    speaks_against,
    total,
    with_line,
)
from app.domain.duplicates import Duplicate, Why, duplicates
from app.domain.slots import (
    Claim,
    DoseGiven,
    DoseSlot,
    alert_id,
    is_derived,
    ledger_id,
    slot_id,
)
from app.domain.terms import OrderId, PatientId, PractitionerId, Ref
from app.kernel.faults import Message

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ORDER, PATIENT = OrderId("order-1"), PatientId("patient-1")
LIMITS = DoseLimits(timedelta(hours=4), Decimal(4), "g")
MINUTES = st.integers(0, 4000).map(lambda n: timedelta(minutes=n))


def line(minutes: int, dose: str | None = "1", unit: str = "g") -> LedgerLine:
    at = NOW + timedelta(minutes=minutes)
    amount = None if dose is None else Decimal(dose)
    return LedgerLine(Ref(f"MedicationAdministration/{minutes}"), at, amount, unit)


def dose(key: str, minutes: int | None, slot: str = "", amount: str = "1") -> DoseGiven:
    return DoseGiven(
        Ref(f"MedicationAdministration/{key}"),
        PATIENT,
        ORDER,
        Ref(f"Task/{slot}") if slot else None,
        None if minutes is None else NOW + timedelta(minutes=minutes),
        Decimal(amount),
        "g",
        PractitionerId(key),
    )


def against(lines: tuple[LedgerLine, ...], minutes: int, amount: str = "1") -> tuple[Message, ...]:
    at = NOW + timedelta(minutes=minutes)
    return speaks_against(LIMITS, lines, at, Decimal(amount), "g")


# --- identity


def test_a_slot_is_the_same_wherever_it_is_made_and_another_for_every_part_of_it() -> None:
    beijing = NOW.astimezone(ZoneInfo("Asia/Shanghai"))

    assert slot_id(ORDER, NOW) == slot_id(ORDER, beijing)
    others = {
        slot_id(ORDER, NOW),
        slot_id(OrderId("order-2"), NOW),
        slot_id(ORDER, NOW + timedelta(seconds=1)),
        slot_id(ORDER, NOW, 1),
        ledger_id(ORDER),
    }
    assert len(others) == 5


def test_a_derived_id_is_told_from_a_random_one() -> None:
    assert is_derived(Ref(f"Task/{slot_id(ORDER, NOW)}"))
    assert not is_derived(Ref("Task/3f2b8f6e-6f55-4d2e-9d11-0b2f0a6f9a11"))
    assert not is_derived(Ref("Task/readable-slug"))


def test_an_alert_does_not_depend_on_who_is_named_first() -> None:
    one, other = Ref("MedicationAdministration/a"), Ref("MedicationAdministration/b")

    assert alert_id(one, other, "lead") == alert_id(other, one, "lead")
    assert alert_id(one, other, "lead") != alert_id(one, other, "nurse")


def test_a_claim_keeps_others_out_until_it_ends_and_never_its_owner() -> None:
    me, you = PractitionerId("me"), PractitionerId("you")
    claim = Claim(you, "You", "ws-2", NOW + timedelta(minutes=2))
    slot = DoseSlot(slot_id(ORDER, NOW), ORDER, PATIENT, None, NOW, claim=claim)

    assert slot.claimed_by_another(me, "ws-1", NOW) == claim
    assert slot.claimed_by_another(me, "ws-1", NOW + timedelta(minutes=2)) is None
    assert slot.claimed_by_another(you, "ws-2", NOW) is None
    assert slot.claimed_by_another(you, "ws-1", NOW) == claim
    unclaimed = DoseSlot(slot_id(ORDER, NOW), ORDER, PATIENT, None, NOW)
    assert unclaimed.claimed_by_another(me, "ws-1", NOW) is None


# --- before a dose


def test_too_soon_is_refused_with_its_numbers_and_in_time_is_not() -> None:
    lines = (line(0),)

    assert against(lines, 239) == (Message.of("dose.too-soon", passed=239, least=240),)
    assert against(lines, 240) == ()


def test_a_dose_entered_late_must_keep_its_distance_from_the_next_one_too() -> None:
    assert against((line(0), line(300)), 240)[0].code == "dose.too-soon"


def test_too_much_in_the_rolling_period_is_refused_with_its_numbers() -> None:
    lines = tuple(line(240 * n) for n in range(4))

    (said,) = against(lines, 960)

    assert said == Message.of("dose.too-much", given="4", dose="1", most="4", unit="g", hours=24)
    assert against(lines, 24 * 60) == ()


def test_a_dose_entered_late_counts_in_every_period_that_holds_it() -> None:
    lines = (line(300), line(600), line(900), line(1200))

    assert [said.code for said in against(lines, 0)] == ["dose.too-much"]


def test_units_that_cannot_be_converted_are_said_and_never_compared() -> None:
    at = NOW + timedelta(days=3)

    (said,) = speaks_against(LIMITS, (), at, Decimal(1000), "mL")

    assert said == Message.of("dose.units-differ", unit="mL", limit="g")


def test_the_same_amount_in_another_unit_is_the_same_amount() -> None:
    lines = (line(0, "1000", "mg"), line(240), line(480, "1000000", "ug"))

    assert speaks_against(LIMITS, lines, NOW + timedelta(minutes=720), Decimal(1000), "mg") == ()
    (said,) = speaks_against(LIMITS, lines, NOW + timedelta(minutes=720), Decimal(1001), "mg")

    assert said == Message.of(
        "dose.too-much", given="3", dose="1.001", most="4", unit="g", hours=24
    )


def test_a_sum_with_a_dose_in_another_unit_or_of_none_cannot_be_checked() -> None:
    for odd in (line(0, "500", "mL"), line(0, None)):
        assert [m.code for m in against((odd,), 300)] == ["dose.sum-not-checkable"]
        assert against((odd,), 24 * 60) == ()


def test_without_limits_nothing_speaks_against_a_dose() -> None:
    assert speaks_against(DoseLimits(), (line(0),), NOW, Decimal(9), "g") == ()
    assert not DoseLimits().stated
    assert LIMITS.stated


def test_no_dose_of_the_period_is_left_out_of_the_sum() -> None:
    lines = (line(0), line(60, "0.25"))

    assert total(lines, NOW, NOW + timedelta(hours=2), "g") == Decimal("0.25")
    assert total(lines, NOW - timedelta(seconds=1), NOW + timedelta(hours=2), "g") == Decimal(
        "1.25"
    )


def test_a_dose_without_a_time_stands_in_no_ledger() -> None:
    assert lines_of([dose("a", None), dose("b", 5)]) == lines_of([dose("b", 5)])


def test_a_ledger_knows_its_last_dose() -> None:
    empty = Ledger(ledger_id(ORDER), ORDER, PATIENT)

    assert empty.last_at is None
    assert empty.ref == f"Basic/{ledger_id(ORDER)}"
    assert Ledger("x", ORDER, PATIENT, (line(0), line(5))).last_at == line(5).at


@given(st.lists(st.tuples(MINUTES, st.integers(1, 4)), max_size=12))
def test_doses_that_were_all_allowed_are_never_duplicates(
    asked: list[tuple[timedelta, int]],
) -> None:
    """What the check lets pass, in whatever order it was entered, the watch does not flag."""
    lines: tuple[LedgerLine, ...] = ()
    given_: list[DoseGiven] = []
    for number, (after, amount) in enumerate(asked):
        at = NOW + after
        if speaks_against(LIMITS, lines, at, Decimal(amount), "g"):
            continue
        minutes = after // timedelta(minutes=1)
        given_.append(dose(f"n{number}", minutes, amount=str(amount)))
        lines = with_line(lines, LedgerLine(given_[-1].ref, at, Decimal(amount), "g"))

    assert duplicates(given_, LIMITS) == ()
    assert lines == lines_of(given_)


@given(st.permutations(range(6)))
def test_a_ledger_is_the_same_in_whatever_order_its_doses_came(order: list[int]) -> None:
    lines: tuple[LedgerLine, ...] = ()
    for number in order:
        lines = with_line(with_line(lines, line(number)), line(number))

    assert lines == tuple(line(n) for n in range(6))


# --- after both


def test_two_doses_of_one_slot_are_one_too_many_however_far_apart() -> None:
    found = duplicates([dose("b", 900, "s1"), dose("a", 0, "s1"), dose("c", 5, "s2")], DoseLimits())

    assert [(one.pair, one.why) for one in found] == [
        ((dose("a", 0).ref, dose("b", 0).ref), Why.SAME_SLOT)
    ]


def test_a_third_dose_of_one_slot_is_a_case_of_its_own() -> None:
    found = duplicates([dose("a", 0, "s"), dose("b", 1, "s"), dose("c", 2, "s")], DoseLimits())

    assert [one.second.ref for one in found] == [dose("b", 0).ref, dose("c", 0).ref]


def test_a_dose_without_a_time_is_still_found_twice() -> None:
    (found,) = duplicates([dose("b", None, "s"), dose("a", 7, "s")], LIMITS)

    assert found.pair == (dose("a", 0).ref, dose("b", 0).ref)


def test_two_doses_too_close_together_and_doses_too_many_are_found() -> None:
    close = duplicates([dose("a", 0), dose("b", 239)], LIMITS)
    many = duplicates([dose(str(n), 240 * n) for n in range(5)], LIMITS)

    assert [one.why for one in close] == [Why.TOO_SOON]
    assert [(one.why, one.second.ref) for one in many] == [(Why.TOO_MUCH, dose("4", 0).ref)]


def test_a_pair_is_named_once_whatever_is_wrong_with_it() -> None:
    found = duplicates([dose("a", 0, "s", "3"), dose("b", 1, "s", "3")], LIMITS)

    assert [one.why for one in found] == [Why.SAME_SLOT]


@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.integers(0, 2000)), st.sampled_from(["", "s", "t"])),
        max_size=7,
    ),
    st.randoms(use_true_random=False),
)
def test_every_workstation_finds_the_same_cases(
    doses: list[tuple[int | None, str]], draw: object
) -> None:
    made = [dose(f"d{n}", minutes, slot) for n, (minutes, slot) in enumerate(doses)]
    mixed = list(made)
    draw.shuffle(mixed)  # type: ignore[attr-defined]  # a random.Random of Hypothesis

    assert _as_set(duplicates(mixed, LIMITS)) == _as_set(duplicates(made, LIMITS))


@given(st.lists(st.sampled_from(["s", "t", "u"]), max_size=8))
def test_no_second_dose_of_a_slot_is_ever_missed(slots: list[str]) -> None:
    made = [dose(f"d{n}", n * 400, slot) for n, slot in enumerate(slots)]

    found = duplicates(made, DoseLimits())

    assert len(found) == len(slots) - len(set(slots))


def _as_set(found: tuple[Duplicate, ...]) -> set[tuple[tuple[Ref, Ref], Why]]:
    return {(one.pair, one.why) for one in found}
