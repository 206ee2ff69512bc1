"""A warning is passed at one workstation; the nurse at another reads why before the dose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.deciding import CardAnswer
from app.kernel.faults import AppError
from localdb.reads.chart import SqlChartReads
from tests.support.builders import a_practitioner
from tests.support.fake_deciding import FakeEngine, Rule
from tests.sync.engine.dosing import Nurse, later
from tests.sync.engine.hospital import Hospital

PAIR = Rule(("华法林", "阿司匹林"))
CARD = "rule-1/华法林/阿司匹林"


@pytest.fixture
def two(hospital: Hospital, tmp_path: Path) -> Iterator[tuple[Nurse, Nurse]]:
    """Two workstations with the same engine."""
    seated: list[Nurse] = []
    for name in ("zhao", "qian"):
        hospital.put(a_practitioner(name))
        nurse = Nurse(tmp_path / name, hospital, name, judge=FakeEngine(PAIR).judge)
        nurse.desk.enrol()
        nurse.round()
        seated.append(nurse)
    yield seated[0], seated[1]
    for nurse in seated:
        nurse.close()


def test_the_reason_travels_with_the_orders(hospital: Hospital, two: tuple[Nurse, Nurse]) -> None:
    one, other = two
    drafts = (one.draft(name="华法林"), one.draft(name="阿司匹林"))
    with pytest.raises(AppError) as refused:
        one.orders.sign_basket(one.doctor, drafts, ())
    assert refused.value.fault.message.code == "decision.unanswered"

    one.unplug()
    passed = CardAnswer(CARD, "mitigate-risk-negative-outcome", "每日复查 INR")
    orders = one.orders.sign_basket(one.doctor, drafts, (), None, (passed,))
    one.plug_in()
    later(hospital, one, other)

    lines = SqlChartReads(other.desk.opened.cache).orders(orders[0].patient)
    there = {line.order.id: line.order for line in lines}
    for order in orders:
        (override,) = there[order.id].overrides
        assert override == one.current(order).overrides[0]
        assert (override.by, override.reason.text) == (one.doctor.clinician.id, "将加强监测")
        assert "dose.warning-overridden" in other.hurdles(there[order.id])
    journal = one.desk.opened.decisions
    assert [event.reason for event in journal.events()] == ["mitigate-risk-negative-outcome"]
    assert journal.verify().intact
    assert not other.desk.opened.decisions.events()

    # Each workstation remembers its own answers; the other reads the reason on the order.
    again = replace(drafts[1], note="第二次")
    one.orders.sign_basket(one.doctor, (again,), ())
    with pytest.raises(AppError):
        other.orders.sign_basket(other.doctor, (again,), ())
