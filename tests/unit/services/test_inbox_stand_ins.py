"""A chief finds in the inbox what waits for the countersignature of the attendings."""

from __future__ import annotations

from dataclasses import replace

from app.domain.chart import WorkItem
from app.domain.people import Role
from app.domain.terms import TaskId
from app.fhir.countersigning import COUNTERSIGN_ORDER
from app.services.inbox_keeping import InboxKeeping
from tests.support.fake_reads import FakeInboxReads
from tests.unit.services.dosing_kit import Station
from tests.unit.services.kit import clinician, session

TASK = WorkItem(
    TaskId("sign"), "task", COUNTERSIGN_ORDER, "", "requested", None, owner_role="attending"
)


def inbox_of(role: Role, *items: WorkItem) -> list[str]:
    station = Station("one")
    reads = FakeInboxReads(list(items))
    keeping = InboxKeeping(reads, station.acts, station.acts, station.maker)
    return [item.id for item in keeping.items(session(clinician(role)))]


def test_orders_to_countersign_are_seen_by_attendings_and_by_the_chief() -> None:
    assert inbox_of(Role.ATTENDING, TASK) == ["sign"]
    assert inbox_of(Role.CHIEF, TASK) == ["sign"]
    assert inbox_of(Role.RESIDENT, TASK) == []


def test_what_another_attending_took_over_or_is_other_work_is_not_the_chiefs() -> None:
    review = replace(TASK, code="review")

    assert inbox_of(Role.ATTENDING, review) == ["sign"]
    assert inbox_of(Role.CHIEF, review) == []
