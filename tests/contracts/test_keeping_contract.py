"""`Drafts`, `AccessAudit` and `People`: fakes and the encrypted cache promise the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.people import Clinician, Role
from app.domain.terms import DraftId, Named, PatientId, PractitionerId, WardId
from app.kernel.faults import AppError, FaultKind
from app.ports.keeping import AccessAudit, AuditEntry, Draft, Drafts, People
from tests.support.cache_kit import DOCTOR, NOW, PATIENT, a_cache
from tests.support.fake_keeping import FakeAccessAudit, FakeDrafts, FakePeople

LATER = NOW + timedelta(minutes=1, microseconds=1)
DRAFT = Draft(DraftId("d1"), "note", PATIENT, DOCTOR, '{"text": "患者"}', NOW)
WANG = Clinician(
    DOCTOR, "wang", Named("王医生", "WANG"), Role.RESIDENT, (WardId("ward-7"),), NOW, active=True
)
OPENED = AuditEntry(NOW, DOCTOR, "王医生", "chart.open", PATIENT)
BROKEN = AuditEntry(LATER, DOCTOR, "王医生", "chart.break-glass", PatientId("p2"), "急诊会诊")


@dataclass(frozen=True)
class Grant:
    drafts: Drafts
    audit: AccessAudit
    people: People


@pytest.fixture(params=["fake", "encrypted cache"])
def grant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Grant]:
    if request.param == "fake":
        yield Grant(FakeDrafts(), FakeAccessAudit(), FakePeople())
        return
    with a_cache(tmp_path) as opened:
        yield Grant(opened.drafts, opened.audit, opened.people)


def test_a_draft_comes_back_as_it_was_saved(grant: Grant) -> None:
    grant.drafts.save(DRAFT)

    assert grant.drafts.get(DRAFT.id) == DRAFT


def test_a_draft_replaces_the_older_one_of_its_id(grant: Grant) -> None:
    grant.drafts.save(DRAFT)
    newer = replace(DRAFT, body="{}", saved_at=LATER)

    grant.drafts.save(newer)

    assert grant.drafts.open_for(DOCTOR) == (newer,)


def test_drafts_are_the_authors_own_newest_first_and_by_patient(grant: Grant) -> None:
    other = replace(DRAFT, id=DraftId("d2"), patient=PatientId("p2"), saved_at=LATER)
    foreign = replace(DRAFT, id=DraftId("d3"), author=PractitionerId("dr-li"))
    general = replace(DRAFT, id=DraftId("d4"), patient=None, saved_at=LATER + timedelta(hours=1))
    for draft in (DRAFT, other, foreign, general):
        grant.drafts.save(draft)

    assert grant.drafts.open_for(DOCTOR) == (general, other, DRAFT)
    assert grant.drafts.open_for(DOCTOR, PATIENT) == (DRAFT,)


def test_a_discarded_draft_is_gone_and_discarding_twice_is_fine(grant: Grant) -> None:
    grant.drafts.save(DRAFT)

    grant.drafts.discard(DRAFT.id)
    grant.drafts.discard(DRAFT.id)

    assert grant.drafts.get(DRAFT.id) is None


def test_audit_entries_get_their_place_in_the_chain(grant: Grant) -> None:
    grant.audit.record(OPENED)
    grant.audit.record(BROKEN)

    second, first = grant.audit.entries()

    assert (first.seq, first.previous) == (1, "")
    assert (second.seq, second.previous) == (2, first.digest)
    assert first.digest
    assert replace(second, seq=0, previous="", digest="") == BROKEN


def test_audit_entries_are_chosen_by_patient_action_and_number(grant: Grant) -> None:
    for entry in (OPENED, BROKEN, OPENED):
        grant.audit.record(entry)

    assert [e.seq for e in grant.audit.entries(newest=2)] == [3, 2]
    assert [e.seq for e in grant.audit.entries(patient=PATIENT)] == [3, 1]
    assert [e.seq for e in grant.audit.entries(action="chart.break-glass")] == [2]


def test_an_untouched_chain_is_intact_and_an_empty_one_too(grant: Grant) -> None:
    assert grant.audit.verify().intact

    grant.audit.record(OPENED)

    assert grant.audit.verify().entries == 1
    assert grant.audit.verify().intact


def test_a_review_marks_its_entry_and_is_one_itself(grant: Grant) -> None:
    grant.audit.record(BROKEN)

    grant.audit.review(1, "科主任", LATER)

    review, reviewed = grant.audit.entries()
    assert (reviewed.reviewed_by, reviewed.reviewed_at) == ("科主任", LATER)
    assert (review.action, review.detail, review.actor_name) == ("audit.review", "1", "科主任")
    assert grant.audit.verify().intact


def test_a_second_review_does_not_hide_the_first(grant: Grant) -> None:
    grant.audit.record(BROKEN)
    grant.audit.review(1, "科主任", LATER)

    grant.audit.review(1, "信息科", LATER)

    assert grant.audit.entries()[-1].reviewed_by == "科主任"
    assert len(grant.audit.entries()) == 3


def test_what_is_not_there_cannot_be_reviewed(grant: Grant) -> None:
    with pytest.raises(AppError) as caught:
        grant.audit.review(1, "科主任", LATER)

    assert caught.value.fault.kind is FaultKind.REFUSED


def test_entries_wait_to_be_sent_in_order_until_they_are_marked(grant: Grant) -> None:
    for _ in range(3):
        grant.audit.record(OPENED)

    assert [e.seq for e in grant.audit.unsent(limit=2)] == [1, 2]
    grant.audit.mark_sent(2)
    assert [e.seq for e in grant.audit.unsent()] == [3]
    grant.audit.mark_sent(1)
    assert [e.seq for e in grant.audit.unsent()] == [3]


def test_what_is_recorded_later_is_not_marked_in_advance(grant: Grant) -> None:
    grant.audit.record(OPENED)
    grant.audit.mark_sent(99)

    grant.audit.record(BROKEN)

    assert [e.seq for e in grant.audit.unsent()] == [2]


def test_people_are_found_by_username_and_listed_by_it(grant: Grant) -> None:
    li = replace(WANG, id=PractitionerId("dr-li"), username="li", wards=(), enrolled_at=None)
    grant.people.save(WANG)
    grant.people.save(li)

    assert grant.people.enrolled() == (li, WANG)
    assert grant.people.by_username("wang") == WANG
    assert grant.people.by_username("nobody") is None


def test_a_saved_person_replaces_the_former_self(grant: Grant) -> None:
    grant.people.save(WANG)

    grant.people.save(replace(WANG, role=Role.ATTENDING, active=False))

    (found,) = grant.people.enrolled()
    assert (found.role, found.active) == (Role.ATTENDING, False)


def test_preferences_are_each_persons_own(grant: Grant) -> None:
    grant.people.remember(DOCTOR, "theme", "dark")
    grant.people.remember(DOCTOR, "theme", "light")

    assert grant.people.preference(DOCTOR, "theme") == "light"
    assert grant.people.preference(PractitionerId("dr-li"), "theme") is None


def test_a_secret_is_kept_replaced_and_forgotten(grant: Grant) -> None:
    grant.people.keep_secret("refresh", b"\x00one")
    grant.people.keep_secret("refresh", b"\x00two")
    assert grant.people.secret("refresh") == b"\x00two"

    grant.people.keep_secret("refresh", None)
    assert grant.people.secret("refresh") is None
