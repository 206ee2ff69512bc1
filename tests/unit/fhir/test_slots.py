"""Slots as R4 Tasks, and what becomes of two of the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from app.domain.slots import Claim, DoseSlot, Outcome, SlotState, slot_id
from app.domain.terms import EncounterId, OrderId, PatientId, PractitionerId, Ref
from app.fhir.derived import combined
from app.fhir.document import Document
from app.fhir.slots import (
    combined_slot,
    read_slot,
    write_cancelled,
    write_claim,
    write_done,
    write_slot,
)
from tests.unit.fhir.validity import problems

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ORDER, PATIENT = OrderId("order-1"), PatientId("patient-1")
NURSE, COLLEAGUE = PractitionerId("nurse"), PractitionerId("colleague")
SLOT = DoseSlot(slot_id(ORDER, NOW), ORDER, PATIENT, EncounterId("stay-1"), NOW)
CLAIM = Claim(NURSE, "赵护士", "ws-1", NOW + timedelta(minutes=2))
GIVEN = Ref("MedicationAdministration/a-1")


T = TypeVar("T")


def some(value: T | None) -> T:
    """What is surely there."""
    assert value is not None
    return value


def done(outcome: Outcome = Outcome.GIVEN, by: PractitionerId = NURSE) -> Document:
    return write_done(
        write_claim(write_slot(SLOT), CLAIM),
        outcome,
        by=by,
        by_name="赵护士",
        at=NOW,
        recorded=NOW + timedelta(minutes=1),
        administration=GIVEN,
    )


# --- slots


def test_a_slot_reads_as_it_was_written_and_is_a_task_of_r4() -> None:
    document = write_slot(SLOT)

    assert read_slot(document) == SLOT
    assert problems(document) == []
    assert read_slot(write_slot(replace(SLOT, encounter=None))) == replace(SLOT, encounter=None)


def test_a_claim_is_put_on_replaced_and_taken_off() -> None:
    claimed = write_claim(write_slot(SLOT), CLAIM)
    other = replace(CLAIM, by=COLLEAGUE, by_name="")

    assert some(read_slot(claimed)).claim == CLAIM
    assert problems(claimed) == []
    assert some(read_slot(write_claim(claimed, other))).claim == other
    assert write_claim(claimed, None) == write_slot(SLOT)


def test_a_dealt_with_slot_says_when_by_whom_and_how_and_is_claimed_no_longer() -> None:
    slot = some(read_slot(done()))

    assert problems(done()) == []
    assert (slot.state, slot.outcome, slot.claim) == (SlotState.DONE, Outcome.GIVEN, None)
    assert (slot.done_at, slot.done_by, slot.done_by_name) == (NOW, NURSE, "赵护士")
    assert some(read_slot(done(Outcome.NOT_GIVEN))).outcome is Outcome.NOT_GIVEN


def test_a_cancelled_slot_is_due_no_longer() -> None:
    document = write_cancelled(write_claim(write_slot(SLOT), CLAIM), at=NOW)

    assert problems(document) == []
    assert some(read_slot(document)).state is SlotState.CANCELLED
    assert some(read_slot(document)).claim is None


@pytest.mark.parametrize(
    "odd",
    [
        {"code": {"text": "review"}},
        {"focus": {"reference": "ServiceRequest/1"}},
        {"restriction": {}},
        {"resourceType": "Communication"},
    ],
)
def test_another_task_and_one_that_does_not_say_enough_are_no_slots(odd: Document) -> None:
    assert read_slot(write_slot(SLOT) | odd) is None


@pytest.mark.parametrize("missing", ["by", "until"])
def test_a_claim_that_does_not_say_who_or_until_when_holds_nothing(missing: str) -> None:
    document = write_claim(write_slot(SLOT), CLAIM)
    claim = document["extension"][0]  # type: ignore[index,call-overload]  # as just written
    claim["extension"] = [one for one in claim["extension"] if one["url"] != missing]

    assert some(read_slot(document)).claim is None


# --- two of the same slot


def test_two_untouched_slots_are_one_and_a_claim_of_theirs_stays() -> None:
    claimed = write_claim(write_slot(SLOT), CLAIM)

    assert combined(write_slot(SLOT), claimed) == claimed
    assert combined(claimed, write_slot(SLOT)) == write_slot(SLOT)


def test_whoever_dealt_with_it_first_keeps_it() -> None:
    theirs = done(by=COLLEAGUE)

    assert combined(done(), theirs) == theirs
    assert combined(write_slot(SLOT), theirs) == theirs
    assert combined(write_cancelled(write_slot(SLOT), at=NOW), theirs) == theirs


def test_what_i_did_goes_onto_theirs_while_it_is_still_due() -> None:
    theirs = write_claim(write_slot(SLOT), replace(CLAIM, by=COLLEAGUE)) | {"priority": "routine"}

    both = some(combined(done(), theirs))

    assert read_slot(both) == read_slot(done())
    assert both["priority"] == "routine"


def test_other_documents_are_merged_as_ever() -> None:
    plain: Document = {"resourceType": "Task", "id": "t", "status": "requested"}

    assert combined(plain, plain) is None
    assert combined(write_slot(SLOT), plain) is None
    assert combined_slot(plain, write_slot(SLOT)) is None
