"""A domain value that went into columns comes out as it went in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar

import pytest

from app.domain.deciding import Override
from app.domain.patients import Stay
from app.domain.results import Observed
from app.domain.terms import Named, Term
from app.fhir.administrations import read_administration
from app.fhir.allergies import read_allergy
from app.fhir.conditions import read_problem
from app.fhir.document import Document
from app.fhir.encounters import read_stay
from app.fhir.notes import read_note
from app.fhir.observations import read_observed
from app.fhir.orders import read_order
from app.fhir.patients import read_patient
from app.fhir.reports import read_report
from app.fhir.workflow import read_communication, read_task
from localdb.projections import tables as t
from localdb.projections.flat import Flat, micros, moment
from tests.support import builders as b
from tests.support import order_builders as o
from tests.unit.fhir.samples import of_type

T = TypeVar("T")
Check = Callable[[], int]


def _case(
    flat: Flat[T], read: Callable[[Document], T | tuple[T, ...] | None], *kinds: str
) -> Check:
    """Send every such document of the feeds through the columns; returns how many came back."""

    def check() -> int:
        read_all = [read(document) for document in of_type(*kinds)]
        values = [one for it in read_all for one in (it if isinstance(it, tuple) else (it,))]
        found = [value for value in values if value is not None]
        for value in found:
            cells = flat.cells(value)
            assert len(cells) == flat.width == len(flat.names)
            assert flat.unpack(("before", *cells, "behind"), 1) == value
        return len(found)

    return check


CASES: dict[str, Check] = {
    "patients": _case(t.PATIENT, read_patient, "Patient"),
    "stays": _case(t.STAY, read_stay, "Encounter"),
    "allergies": _case(t.ALLERGY, read_allergy, "AllergyIntolerance"),
    "problems": _case(t.PROBLEM, read_problem, "Condition"),
    "orders": _case(t.ORDER, read_order, "MedicationRequest", "ServiceRequest"),
    "doses": _case(t.DOSE, read_administration, "MedicationAdministration"),
    "notes": _case(t.NOTE, read_note, "Composition", "DocumentReference"),
    "results": _case(t.RESULT, read_observed, "Observation"),
    "reports": _case(t.REPORT, read_report, "DiagnosticReport"),
    "tasks": _case(t.WORK, read_task, "Task"),
    "messages": _case(t.WORK, read_communication, "Communication"),
}


@pytest.mark.parametrize("subject", CASES)
def test_every_value_of_the_feeds_survives_its_columns(subject: str) -> None:
    assert CASES[subject]() > 0


def test_digits_and_microseconds_are_kept() -> None:
    at = datetime(2026, 3, 2, 7, 0, 0, 123457, tzinfo=UTC)
    (read,) = read_observed(b.an_observation(value="72.50"))
    precise = replace(read, at=at)

    back: Observed = t.RESULT.unpack(tuple(t.RESULT.cells(precise)))

    assert str(back.value.number) == "72.50"
    assert back.at == at == moment(micros(at))
    assert isinstance(back.value.number, Decimal)


def test_what_is_resolved_when_reading_is_filled_in() -> None:
    stay = read_stay(b.an_encounter())

    whole: Stay = t.STAY.unpack(tuple(t.STAY.cells(stay)), bed="12", ward_name=Named("七病区"))

    assert whole == replace(stay, bed="12", ward_name=Named("七病区"))


def test_a_list_of_values_is_one_column() -> None:
    at = datetime(2026, 3, 2, 7, 0, 0, 123457, tzinfo=UTC)
    subjects = (Named("华法林", "warfarin"), Named("阿司匹林"))
    passed = Override("ddi", "interruptive", "r@p", subjects, Term("其他"), at=at)
    order = read_order(o.a_medication_request())
    assert order is not None
    whole = replace(order, overrides=(passed, replace(passed, at=None, subjects=())))

    cells = t.ORDER.cells(whole)

    assert t.ORDER.unpack(tuple(cells)) == whole
    assert len(cells) == t.ORDER.width
