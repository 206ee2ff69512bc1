"""Inpatient stays with place, department and attending resolved, and who lies in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Row, bindparam, select, text

from app.domain.patients import PatientRecord, Stay
from app.domain.terms import PatientId, PractitionerId, Ref
from localdb.projections.tables import (
    PATIENT,
    STAY,
    patient_row,
    problem_row,
    stay_place,
    stay_row,
)
from localdb.reads.places import Spot, spots
from localdb.reads.snapshots import organizations, persons

_AT_STAY = 4
_AT_PATIENT = _AT_STAY + STAY.width

_BASE = (
    select(
        problem_row.c.term_text,
        patient_row.c.name_key,
        patient_row.c.sound,
        stay_row.c.current,
        *(stay_row.c[name] for name in STAY.names),
        *(patient_row.c[name] for name in PATIENT.names),
    )
    .select_from(stay_row)
    .outerjoin(patient_row, patient_row.c.id == stay_row.c.patient)
    .outerjoin(problem_row, problem_row.c.ref == stay_row.c.diagnosis_ref)
    .where(stay_row.c.inpatient == 1)
)
_NEWEST_FIRST = (stay_row.c.patient, stay_row.c.admitted_at.desc(), stay_row.c.ref)
_CURRENT = _BASE.where(stay_row.c.current == 1)
_IN_PLACES = _CURRENT.where(
    stay_row.c.ref.in_(
        select(stay_place.c.ref).where(stay_place.c.place.in_(bindparam("refs", expanding=True)))
    )
)
_OF_PATIENTS = _CURRENT.where(stay_row.c.patient.in_(bindparam("patients", expanding=True)))
_OF_ONE = _BASE.where(stay_row.c.patient == bindparam("patient"))
_BY_REF = _BASE.where(stay_row.c.ref.in_(bindparam("refs", expanding=True)))
# One index for each reason; a single condition with OR would walk through every stay there is.
_OF_CLINICIAN = text(
    "SELECT ref FROM stay_row WHERE attending = :clinician AND current = 1"
    " UNION SELECT s.ref FROM care_team_row t JOIN stay_row s ON s.patient = t.patient"
    "  WHERE t.practitioner = :clinician AND s.current = 1"
    " UNION SELECT s.ref FROM json_each(:marked) m JOIN stay_row s ON s.patient = m.value"
    "  WHERE s.current = 1"
)


@dataclass(frozen=True, slots=True)
class Lying:
    """An inpatient.

    Attributes:
        patient: With an empty name while only the stay has arrived.
        sound: Key that like-sounding names share, or "".
        name_key: Folded name, or "".
    """

    patient: PatientRecord
    stay: Stay
    current: bool
    sound: str = ""
    name_key: str = ""


def in_places(connection: Connection, places: Sequence[Ref]) -> tuple[Lying, ...]:
    """Who lies in one of these places now, one stay each."""
    rows = connection.execute(_IN_PLACES.order_by(*_NEWEST_FIRST), {"refs": list(places)}).all()
    return _one_each(_lying(connection, rows))


def of_patients(connection: Connection, patients: Iterable[PatientId]) -> dict[PatientId, Lying]:
    """The current stay of each that has one."""
    wanted = sorted(set(patients))
    rows = connection.execute(_OF_PATIENTS.order_by(*_NEWEST_FIRST), {"patients": wanted}).all()
    return {one.patient.id: one for one in _one_each(_lying(connection, rows))}


def of_clinician(
    connection: Connection, clinician: PractitionerId, marked: Iterable[PatientId]
) -> tuple[Lying, ...]:
    """Current inpatients whose attending or care team is `clinician`, and marked ones."""
    wanted = {"clinician": clinician, "marked": json.dumps(sorted(set(marked)))}
    refs = connection.execute(_OF_CLINICIAN, wanted).scalars().all()
    rows = connection.execute(_BY_REF.order_by(*_NEWEST_FIRST), {"refs": refs}).all()
    return _one_each(_lying(connection, rows))


def all_of(connection: Connection, patient: PatientId) -> tuple[Stay, ...]:
    """Every inpatient stay, the current one first, then the newest."""
    rows = connection.execute(_OF_ONE.order_by(*_NEWEST_FIRST), {"patient": patient}).all()
    found = _lying(connection, rows)
    return tuple(one.stay for one in sorted(found, key=lambda one: not one.current))


def _lying(connection: Connection, rows: Sequence[Row[*tuple[object, ...]]]) -> list[Lying]:
    bare = [STAY.unpack(row, _AT_STAY) for row in rows]
    places = spots(connection, (ref for stay in bare for ref in _places(stay)))
    people = persons(connection, (stay.attending for stay in bare))
    departments = organizations(connection, (stay.department_ref for stay in bare))
    found: list[Lying] = []
    for row, stay in zip(rows, bare, strict=True):
        whole = replace(
            _placed(stay, places),
            department=departments.get(stay.department_ref or "", stay.department),
            attending_name=people.get(stay.attending, stay.attending_name)
            if stay.attending
            else stay.attending_name,
            diagnosis=stay.diagnosis or str(row[0] or ""),
        )
        found.append(
            Lying(_patient(row, stay), whole, bool(row[3]), str(row[2] or ""), str(row[1] or ""))
        )
    return found


def _places(stay: Stay) -> tuple[Ref, ...]:
    alone = (stay.location,) if stay.location is not None else ()
    return tuple(dict.fromkeys((*alone, *stay.locations)))


def _placed(stay: Stay, places: Mapping[Ref, Spot]) -> Stay:
    """Bed and ward from whichever of its places knows them: a feed may name one or all."""
    known = [(ref, places[ref]) for ref in _places(stay) if ref in places]
    bed = next(((ref, spot.bed) for ref, spot in known if spot.bed), (stay.location, ""))
    ward = next((spot for _, spot in known if spot.ward is not None), Spot())
    return replace(stay, location=bed[0], bed=bed[1], ward=ward.ward, ward_name=ward.ward_name)


def _patient(row: Row[*tuple[object, ...]], stay: Stay) -> PatientRecord:
    if row[_AT_PATIENT] is None:
        return PatientRecord(stay.patient, "")
    return PATIENT.unpack(row, _AT_PATIENT)


def _one_each(found: Iterable[Lying]) -> tuple[Lying, ...]:
    first: dict[PatientId, Lying] = {}
    for one in found:
        first.setdefault(one.patient.id, one)
    return tuple(first.values())
