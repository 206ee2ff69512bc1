"""What every journal of decision support does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.decision_events import DecisionEvent, Response
from app.domain.terms import PatientId
from app.ports.deciding import DecisionJournal, JournalVerdict
from tests.support.cache_kit import a_cache
from tests.support.decision_events import AT, WHO, an_event
from tests.support.fake_deciding import FakeDecisionJournal


@pytest.fixture(params=["fake", "cache"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DecisionJournal]:
    if request.param == "fake":
        yield FakeDecisionJournal()
        return
    with a_cache(tmp_path) as opened:
        yield opened.decisions


def plain(events: tuple[DecisionEvent, ...]) -> list[DecisionEvent]:
    """Without their places in the chain."""
    return [replace(one, seq=0, previous="", digest="") for one in events]


BARE = an_event(
    encounter=None, subjects=(), orders=(), reason="", text="", shown_ms=None, context="",
    response=Response.NOT_SHOWN, hidden="answered",
)  # fmt: skip
RELEASED = an_event(tier="hard-stop", witness="dr-li", witness_name="李主任")


def test_what_is_recorded_reads_back_in_its_order(journal: DecisionJournal) -> None:
    journal.record((an_event(), BARE))
    journal.record(())
    journal.record((RELEASED,))

    assert plain(journal.events()) == [an_event(), BARE, RELEASED]
    assert [one.seq for one in journal.events()] == [1, 2, 3]
    assert journal.verify() == JournalVerdict(3, intact=True)


def test_each_event_is_sealed_by_the_one_before_it(journal: DecisionJournal) -> None:
    journal.record((an_event(), an_event()))
    journal.record((an_event(),))

    kept = journal.events()

    assert [one.previous for one in kept] == ["", kept[0].digest, kept[1].digest]
    assert len({one.digest for one in kept}) == 3


def test_an_answer_is_an_override_of_what_interrupts(journal: DecisionJournal) -> None:
    ignored = an_event(response=Response.IGNORED)
    journal.record((an_event(), ignored, RELEASED, an_event(tier="inline")))
    journal.record((an_event(patient=PatientId("somebody-else")),))

    assert plain(journal.answered(WHO, AT)) == [an_event()]


def test_an_answer_is_forgotten(journal: DecisionJournal) -> None:
    journal.record((an_event(),))

    assert len(journal.answered(WHO, AT)) == 1
    assert journal.answered(WHO, AT + timedelta(microseconds=1)) == ()


def test_a_period_ends_before_its_end(journal: DecisionJournal) -> None:
    hour = timedelta(hours=1)
    journal.record(tuple(an_event(at=AT + n * hour, card=str(n)) for n in range(4)))

    found = journal.events(AT + hour, AT + 3 * hour)

    assert [one.card for one in found] == ["1", "2"]
