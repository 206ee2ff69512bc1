"""When charts close because nobody has heard the server, and that they open again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.faults import AppError, FaultKind
from sync.contact import Contact

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
LONGEST = timedelta(hours=72)


@dataclass
class Clock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return 0.0


@dataclass
class Kept:
    """What survives a restart."""

    last: datetime | None = None
    writes: list[datetime] = field(default_factory=list)

    def note_contact(self, at: datetime) -> None:
        self.last = at
        self.writes.append(at)

    def last_contact(self) -> datetime | None:
        return self.last


def test_before_the_first_contact_nothing_is_closed() -> None:
    contact = Contact(Kept(), Clock(), LONGEST)
    contact.check()
    assert contact.last is None


def test_after_the_limit_nothing_is_shown_until_the_server_is_heard() -> None:
    clock = Clock()
    contact = Contact(Kept(), clock, LONGEST)
    contact.made()
    clock.at += LONGEST
    contact.check()
    clock.at += timedelta(seconds=1)

    with pytest.raises(AppError) as refused:
        contact.check()
    assert refused.value.fault.kind is FaultKind.REFUSED
    assert dict(refused.value.fault.message.parameters) == {"hours": 72}

    contact.made()
    contact.check()


def test_a_restart_forgets_nothing() -> None:
    kept, clock = Kept(), Clock()
    Contact(kept, clock, LONGEST).made()
    clock.at += timedelta(hours=100)
    assert Contact(kept, clock, LONGEST).is_too_long_ago


def test_a_clock_set_back_is_noted_too() -> None:
    """Else the former note, which lies ahead now, would keep charts open for days."""
    kept, clock = Kept(), Clock()
    contact = Contact(kept, clock, LONGEST)
    contact.made()
    clock.at -= timedelta(days=2)
    contact.made()
    assert kept.last == clock.at


@given(st.lists(st.integers(0, 3600), max_size=30))
def test_what_is_kept_is_at_most_ten_minutes_old_and_rarely_written(pauses: list[int]) -> None:
    kept, clock = Kept(), Clock()
    contact = Contact(kept, clock, LONGEST)
    contact.made()
    for pause in pauses:
        clock.at += timedelta(seconds=pause)
        contact.made()
        assert kept.last is not None
        assert clock.at - kept.last < timedelta(minutes=10)
    gaps = [b - a for a, b in zip(kept.writes, kept.writes[1:], strict=False)]
    assert all(gap >= timedelta(minutes=10) for gap in gaps)
