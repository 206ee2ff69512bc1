"""`CriticalReads`: fake and cache promise the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.critical_values import CriticalValue, Stage
from app.domain.patients import PatientRecord, Stay
from app.domain.people import Role
from app.domain.results import Flag, Observed, Value
from app.domain.terms import EncounterId, PatientId, PractitionerId, Ref, ResultId, Term, WardId
from app.fhir.critical_values import write_escalation, write_read_back
from app.fhir.document import Document
from app.fhir.valuesets import LOINC
from app.fhir.workflow import write_acknowledge_task
from app.ports.critical_values import CriticalReads
from app.services.critical_pack import critical_limits
from localdb.reads.critical_values import SqlCriticalReads
from tests.localdb.projections.kit import Shelf
from tests.support.builders import (
    a_bed,
    a_patient,
    a_practitioner,
    a_ward,
    an_encounter,
    an_observation,
)
from tests.support.fake_acts import FakeActs
from tests.support.fake_critical import FakeCritical

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WARD, PATIENT = WardId("ward-7"), PatientId("li-ming")
POTASSIUM = Term("钾", LOINC, "2823-3")
LI = PractitionerId("li")


@dataclass
class Grant:
    """The reads, and how documents come to them."""

    reads: CriticalReads
    put: Callable[[Document], None]


def _document(key: str, value: str, flag: str, issued: datetime) -> Document:
    return an_observation(key, PATIENT, "2823-3", value, at=issued.isoformat(), flag=flag)


def _value(key: str, value: str, flag: str, issued: datetime) -> CriticalValue:
    return CriticalValue(
        PatientRecord(PATIENT, "李明"),
        Stay(EncounterId("stay-1"), PATIENT, "in-progress", ward=WARD),
        Observed(
            ResultId(key),
            PATIENT,
            "laboratory",
            POTASSIUM,
            Value(Decimal(value), "mmol/L", "mmol/L"),
            issued,
            issued=issued,
            flag=Flag(flag) if flag else None,
        ),
        flagged=bool(flag),
    )


OBSERVED = (
    ("old", "7.1", "HH", NOW - 100 * HOUR),
    ("new", "6.9", "HH", NOW - HOUR),
    ("unflagged", "2.5", "", NOW - HOUR),
    ("unflagged-old", "2.5", "", NOW - 50 * HOUR),
)


def _fake() -> Grant:
    acts = FakeActs()
    values = [_value(*one) for one in OBSERVED]
    return Grant(FakeCritical(acts, values, NOW), acts.download)


def _real(shelf: Shelf) -> Grant:
    shelf.downloaded("census:ward-7", NOW)
    shelf.put(
        a_ward(),
        a_bed(),
        a_patient(PATIENT, "李明"),
        a_practitioner("li", "李护士"),
        an_encounter("stay-1", PATIENT, "bed-12"),
        *(_document(*one) for one in OBSERVED),
        _document("normal", "4.0", "", NOW - HOUR),
        _document("on-the-border", "6.2", "", NOW - HOUR),
        _document("in-another-unit", "40", "", NOW - HOUR)
        | {"valueQuantity": {"value": 40, "unit": "mg/dL", "code": "mg/dL"}},
        _document("wrong", "7.0", "HH", NOW - HOUR) | {"status": "entered-in-error"},
    )
    return Grant(SqlCriticalReads(shelf, critical_limits()), lambda one: _put(shelf, one))


def _put(shelf: Shelf, document: Document) -> None:
    shelf.put(document)


@pytest.fixture(params=["fake", "cache"])
def grant(request: pytest.FixtureRequest) -> Iterator[Grant]:
    if request.param == "fake":
        yield _fake()
        return
    shelf = Shelf()
    yield _real(shelf)
    shelf.close()


def _ids(grant: Grant) -> set[str]:
    found = grant.reads.ward(WARD, NOW - 12 * HOUR, NOW - 24 * HOUR)
    assert found.as_of == NOW
    return {str(one.observed.id) for one in found.values}


def _one(grant: Grant, key: str) -> CriticalValue:
    found = grant.reads.value(Ref(f"Observation/{key}"))
    assert found is not None
    return found


def test_what_waits_is_listed_however_old_and_what_was_not_flagged_when_it_is_new(
    grant: Grant,
) -> None:
    assert _ids(grant) == {"old", "new", "unflagged"}
    assert (_one(grant, "new").flagged, _one(grant, "unflagged").flagged) == (True, False)
    assert _one(grant, "new").stage is Stage.READ_BACK
    assert grant.reads.value(Ref("Observation/nobody")) is None


def test_what_was_done_about_it_is_read_back(grant: Grant) -> None:
    found = _one(grant, "new")
    at = NOW - HOUR / 2
    grant.put(
        write_read_back(
            found, message_id="c", heard="6.9", reporter="张", by=LI, by_name="李护士", at=at
        )
    )
    grant.put(write_escalation(found, task_id="e", role=Role.CHIEF, by=LI, by_name="李护士", at=at))

    heard = _one(grant, "new")

    assert heard.read_back is not None
    assert (heard.read_back.by, heard.read_back.at, heard.read_back.heard) == ("李护士", at, "6.9")
    (asked,) = heard.escalations
    assert (asked.task, asked.role, asked.at, asked.open) == ("Task/e", "chief", at, True)
    assert heard.stage is Stage.PHYSICIAN


@pytest.mark.parametrize(("hours", "listed"), [(1, True), (13, False)])
def test_what_was_taken_note_of_stays_listed_for_a_while(
    grant: Grant,
    hours: int,
    listed: bool,  # noqa: FBT001 - a table
) -> None:
    at = NOW - hours * HOUR
    grant.put(
        write_acknowledge_task(
            task_id="t",
            focus=Ref("Observation/old"),
            patient=PATIENT,
            by=LI,
            by_name="李护士",
            at=at,
        )
    )

    assert ("old" in _ids(grant)) is listed
    done = _one(grant, "old").acknowledged
    assert done is not None
    assert (done.by, done.at) == ("李护士", at)
    assert _one(grant, "old").task == "Task/t"


def test_another_ward_has_its_own(grant: Grant) -> None:
    found = grant.reads.ward(WardId("ward-9"), NOW, NOW)

    assert found.values == ()
