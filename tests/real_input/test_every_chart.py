"""Every chart of every feed opens; what was not understood is exactly what is told."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from app.domain.terms import Ref
from localdb.projections.all import UNREAD, all_projectors
from localdb.reads.oddities import SqlOddityReads
from localdb.schema import resource
from tests.real_input.conftest import Hospital
from tests.real_input.workstation import open_chart

Found = dict[tuple[bool, str, str], int]

# (shown, type, reason): how many documents. False: it is on no page.
NOT_UNDERSTOOD: dict[str, Found] = {
    # A rate without a dose, and times, in elements that R4 does not have there.
    "jp": {(True, "MedicationAdministration", "incomplete.foreign-dose"): 17},
    "us": {
        (True, "MedicationAdministration", "incomplete.foreign-dose"): 18,
        # Radiology reports with an empty code, display and text.
        (True, "DiagnosticReport", "incomplete.no-name"): 3,
    },
    "synthea": {},
    "examples": {
        (False, "Procedure", "unread.no-time Procedure"): 4,
        (True, "DocumentReference", "incomplete.no-text"): 1,
        (True, "Observation", "incomplete.foreign-value"): 1,
        (True, "Patient", "incomplete.no-name"): 4,
        (True, "Procedure", "incomplete.no-name"): 1,
        (True, "ServiceRequest", "incomplete.modifier"): 1,
    },
    "edges": {
        (False, "Procedure", "unread.no-time Procedure"): 1,
        (True, "AllergyIntolerance", "incomplete.no-name"): 1,
        (True, "Condition", "incomplete.no-name"): 1,
        (True, "DocumentReference", "incomplete.no-text"): 1,
        (True, "Encounter", "incomplete.no-class"): 1,
        (True, "MedicationAdministration", "incomplete.foreign-dose"): 1,
        (True, "MedicationRequest", "incomplete.foreign-dose"): 1,
        (True, "MedicationRequest", "incomplete.foreign-status"): 1,
        (True, "MedicationRequest", "incomplete.modifier"): 2,
        (True, "MedicationRequest", "incomplete.no-name"): 2,
        (True, "Observation", "incomplete.foreign-value"): 1,
        (True, "Observation", "incomplete.modifier"): 1,
        (True, "Patient", "incomplete.modifier"): 1,
        (True, "Patient", "incomplete.no-name"): 1,
    },
}
WITHOUT_A_PAGE: dict[str, dict[str, int]] = {
    "jp": {
        "ClinicalImpression": 36,
        "DeviceUseStatement": 3,
        "FamilyMemberHistory": 18,
        "Immunization": 35,
    },
    "us": {"ClinicalImpression": 17, "FamilyMemberHistory": 12, "Immunization": 33},
    "synthea": {"CarePlan": 4, "Goal": 2, "Immunization": 36},
    "examples": {"Immunization": 5},
    "edges": {},
}
"""Documents of kinds that are followed and that no page shows yet, all of the sample."""

LEAST = {
    "jp": {"problems": 10, "results": 50, "vitals": 100, "notes": 30, "orders": 50, "reports": 10},
    "us": {"problems": 10, "results": 50, "vitals": 50, "notes": 30, "medications": 10},
    "synthea": {"problems": 5, "results": 50, "vitals": 50, "notes": 5, "reports": 5},
    "examples": {"problems": 8, "results": 50, "orders": 20, "medications": 5},
    "edges": {"results": 4, "orders": 7, "notes": 2, "medications": 4},
}
"""A share of what each sample shows in all; a page that lost its rows would fall below."""


def test_every_patient_is_here_and_every_chart_opens(hospital: Hospital) -> None:
    everybody = {ref for ref in hospital.served if ref.startswith("Patient/")}

    opened = [open_chart(hospital.reader, patient) for patient in hospital.reader.patients()]

    assert {f"Patient/{one.patient}" for one in opened} == everybody
    shown = Counter[str]()
    for one in opened:
        shown.update(one.counts)
    assert {
        name: shown[name] for name, least in LEAST[hospital.feed].items() if shown[name] < least
    } == {}


def test_what_was_not_understood_is_exactly_what_is_reported(hospital: Hospital) -> None:
    reader = hospital.reader

    found = SqlOddityReads(reader.cache.cache).oddities()

    told = Counter((one.shown, one.ref.partition("/")[0], one.reason) for one in found)
    unplaced = {key[1]: told.pop(key) for key in list(told) if key[2] == "unread.no-page"}
    assert dict(told) == NOT_UNDERSTOOD[hospital.feed]
    assert unplaced == WITHOUT_A_PAGE[hospital.feed]
    charts = [
        ref
        for patient in reader.patients()
        for ref, _ in reader.services.charts.unreadable(reader.session, patient)
    ]
    aside = [one for one in found if not one.shown and one.reason != "unread.no-page"]
    assert sorted(charts) == sorted(one.ref for one in aside)


def test_no_document_vanishes_between_the_cache_and_the_pages(hospital: Hospital) -> None:
    assert silent(hospital) == SILENT.get(hospital.feed, set())


SILENT: dict[str, set[Ref]] = {
    # Observations that only gather others, which are shown; a plan asks for nothing yet.
    "examples": {
        Ref("Observation/example-genetics-4"),
        Ref("Observation/obr-2"),
        Ref("Observation/obr-3"),
        Ref("Observation/org1"),
        Ref("Observation/vitals-panel"),
        Ref("ServiceRequest/benchpress"),
    },
    "edges": {Ref("MedicationRequest/o-proposal")},
}
"""Documents that rightly have no row of their own."""

_ON_NO_PAGE = frozenset({"CareTeam", "Basic"})
"""Only a team at work is asked for, to find one's own patients; it is never shown itself. Of
the rest ours are machinery, and of the others' none is in the samples."""


def silent(hospital: Hospital) -> set[Ref]:
    """Documents here whose subjects have neither a row for them nor a reason."""
    heard: set[str] = set()
    spoken: set[Ref] = set()
    with hospital.reader.cache.cache.read() as connection:
        for subject in all_projectors():
            if subject.kinds:  # indexes and read-sets show nothing
                heard |= subject.rtypes
                for table in subject.tables:
                    spoken.update(map(Ref, connection.scalars(select(table.c.ref))))
        for table in UNREAD:
            spoken.update(map(Ref, connection.scalars(select(table.c.ref))))
        rows = connection.execute(select(resource.c.ref, resource.c.rtype)).all()
    heard -= _ON_NO_PAGE
    return {Ref(ref) for ref, rtype in rows if rtype in heard and ref not in spoken}
