"""Whatever is done belongs to one shift, also a minute before its end."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dose_limits import DoseLimits, LedgerLine, speaks_against
from app.domain.shifts import Shift, are_a_day, turn_of
from app.domain.terms import Named, Ref
from app.services.shift_pack import read_shifts, ward_shifts

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def shifts(*borders: str) -> tuple[Shift, ...]:
    """Shifts that begin at these times, each until the next."""
    at = [time.fromisoformat(one) for one in borders]
    following = [*at[1:], at[0]]
    pairs = zip(at, following, strict=True)
    return tuple(Shift(f"{begins:%H%M}", Named("班"), begins, ends) for begins, ends in pairs)


HALF_HOURS = shifts("07:30", "15:30", "22:30")


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def code(text: str, zone: ZoneInfo = SHANGHAI) -> str:
    return turn_of(local(text, zone), HALF_HOURS, zone).shift.code


@pytest.mark.parametrize(
    ("at", "shift"),
    [
        ("2026-03-02T07:29", "2230"),
        ("2026-03-02T07:30", "0730"),
        ("2026-03-02T15:29", "0730"),
        ("2026-03-02T15:29:59.999999", "0730"),
        ("2026-03-02T15:30", "1530"),
        ("2026-03-02T23:59", "2230"),
        ("2026-03-03T00:00", "2230"),
    ],
)
def test_a_dose_is_in_the_shift_in_which_it_was_given(at: str, shift: str) -> None:
    assert code(at) == shift


def test_a_shift_over_midnight_is_one() -> None:
    before = turn_of(local("2026-03-02T23:50"), HALF_HOURS, SHANGHAI)
    after = turn_of(local("2026-03-03T00:10"), HALF_HOURS, SHANGHAI)

    assert before == after
    assert (before.begins, before.ends) == (local("2026-03-02T22:30"), local("2026-03-03T07:30"))


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 8), ("2026-10-24", 10)])
def test_the_night_the_clock_changes_has_its_own_length(day: str, hours: int) -> None:
    turn = turn_of(local(f"{day}T23:00", BERLIN), HALF_HOURS, BERLIN)

    assert turn.ends - turn.begins == timedelta(hours=hours)


def test_a_border_that_the_clock_leaves_out_is_where_it_jumps() -> None:
    odd = shifts("02:30", "03:10", "12:00")
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)  # 02:00 becomes 03:00

    before = turn_of(jump - timedelta(seconds=1), odd, BERLIN)
    after = turn_of(jump, odd, BERLIN)

    assert (before.shift.code, before.ends) == ("1200", jump)
    assert (after.shift.code, after.begins) == ("0230", jump)
    assert after.ends == jump + timedelta(minutes=10)


def test_as_needed_counts_back_24_hours_whatever_shift_it_is() -> None:
    """A dose at 15:29 speaks against one in the next shift, and the next day until 15:29."""
    limits = DoseLimits(most=Decimal(1), unit="g", within=timedelta(hours=24))
    given = LedgerLine(
        Ref("MedicationAdministration/a"), local("2026-03-02T15:29"), Decimal(1), "g"
    )

    def against(at: str) -> bool:
        return bool(speaks_against(limits, (given,), local(at), Decimal(1), "g"))

    assert code("2026-03-02T15:31") != code("2026-03-02T15:29")
    assert against("2026-03-02T15:31")
    assert against("2026-03-03T15:28")
    assert not against("2026-03-03T15:30")


def test_the_shifts_of_the_pack_are_a_day() -> None:
    assert [(one.code, one.begins.hour) for one in ward_shifts()] == [
        ("day", 8),
        ("evening", 16),
        ("night", 0),
    ]
    assert are_a_day(ward_shifts())


def row(begins: str, ends: str) -> dict[str, str]:
    return {"code": begins, "name_zh": "班", "name_en": "", "begins": begins, "ends": ends}


@pytest.mark.parametrize(
    "table",
    [
        [],
        [row("08:00", "16:00"), row("16:00", "07:00")],
        [row("08:00", "16:00"), row("15:00", "08:00")],
        [row("08:00", "08:00"), row("08:00", "08:00")],
        [row("08:00", "noon")],
    ],
)
def test_what_is_no_day_is_no_table_of_shifts(table: list[dict[str, str]]) -> None:
    with pytest.raises(ValueError, match=r"shifts|isoformat"):
        read_shifts(table)


def test_without_shifts_nothing_can_be_said() -> None:
    with pytest.raises(ValueError, match="gap"):
        turn_of(local("2026-03-02T15:29"), (), SHANGHAI)


def test_one_shift_may_be_the_whole_day() -> None:
    whole = read_shifts([row("08:00", "08:00")])

    turn = turn_of(local("2026-03-02T07:59"), whole, SHANGHAI)

    assert turn.begins == local("2026-03-01T08:00")


_BORDERS = st.lists(st.integers(0, 24 * 60 - 1), min_size=1, max_size=5, unique=True).map(
    lambda found: shifts(*(f"{n // 60:02}:{n % 60:02}" for n in sorted(found)))
)
_TIMES = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)


@given(_BORDERS, _TIMES, st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("America/New_York")]))
def test_every_instant_is_in_one_shift_and_the_next_begins_where_it_ends(
    borders: tuple[Shift, ...], at: datetime, zone: ZoneInfo
) -> None:
    assert are_a_day(borders)

    turn = turn_of(at, borders, zone)

    assert turn.begins <= at < turn.ends
    following = turn_of(turn.ends, borders, zone)
    assert following.begins == turn.ends
