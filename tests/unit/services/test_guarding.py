"""What nobody may change here is not changed, whoever asks."""

from __future__ import annotations

import pytest

from app.connecting import merge_rules
from app.domain.terms import GroupId, PractitionerId
from app.fhir.document import Document, reference_to
from app.kernel.faults import AppError, FaultKind
from app.ports.acts import Act, Change
from app.services.guarding import GuardedActs
from tests.support.fake_acts import FakeActs
from tests.unit.services.kit import NOW

LOCATION: Document = {"resourceType": "Location", "id": "bed-1", "name": "1"}
RESULT: Document = {"resourceType": "Observation", "id": "o-1", "status": "final"}
TASK: Document = {"resourceType": "Task", "id": "t-1", "status": "requested"}


def changed(document: Document, **elements: str) -> tuple[FakeActs, Act]:
    acts = FakeActs()
    acts.download(document)
    held = acts.held(reference_to(document))  # type: ignore[arg-type]  # a reference is what it is
    assert held is not None
    change = Change({**document, **elements}, held.stamp)
    return acts, Act(GroupId("g"), "task.complete", None, PractitionerId("p"), NOW, (change,))


@pytest.mark.parametrize(
    "case",
    [changed(LOCATION, name="2"), changed(RESULT, note="x")],
    ids=["the hospital's own", "a final result"],
)
def test_what_the_hospital_owns_or_has_closed_is_not_rewritten(case: tuple[FakeActs, Act]) -> None:
    acts, act = case

    with pytest.raises(AppError) as refused:
        GuardedActs(acts, acts, merge_rules().may_edit).commit(act)

    assert refused.value.fault.kind is FaultKind.REFUSED
    assert refused.value.fault.message.code == "change.not-here"
    assert acts.committed == []


@pytest.mark.parametrize(
    "case",
    [changed(TASK, status="completed"), changed(RESULT, status="entered-in-error")],
    ids=["a task", "a result entered in error"],
)
def test_what_may_be_changed_is(case: tuple[FakeActs, Act]) -> None:
    acts, act = case

    GuardedActs(acts, acts, merge_rules().may_edit).commit(act)

    assert len(acts.committed) == 1


def test_what_is_new_or_not_here_any_more_is_for_the_cache_to_judge() -> None:
    acts = FakeActs()
    fresh = Act(GroupId("g"), "x", None, PractitionerId("p"), NOW, (Change(LOCATION),))
    gone = Act(
        GroupId("h"),
        "x",
        None,
        PractitionerId("p"),
        NOW,
        (Change({**LOCATION, "id": "bed-9"}, "stamp"),),
    )
    guarded = GuardedActs(acts, FakeActs(), merge_rules().may_edit)

    guarded.commit(fresh)
    with pytest.raises(AppError):
        guarded.commit(gone)

    assert len(acts.committed) == 1
