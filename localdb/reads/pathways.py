"""`PathwayReads` over the projections, each from one snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import BindParameter, Connection, bindparam, select

from app.domain.census import bed_order
from app.domain.pathways import Enrolment, PathwayFact
from app.domain.patients import PatientRecord, Stay
from app.domain.terms import Named, PatientId, Ref, WardId
from app.fhir.valuesets import STAY_OPEN
from app.ports.pathways import LyingPathways, PathwayRecord, PathwaysOfNow, WardPathways
from localdb.projections.flat import micros
from localdb.projections.pathway_tables import ENROLMENT, FACT, enrolment_row, pathway_fact_row
from localdb.reads import papers, stays
from localdb.reads.papers import Fetched
from localdb.reads.places import inside
from localdb.reads.snapshots import (
    DataAsOf,
    Snapshots,
    census_scope,
    names_of,
    patient_scope,
    practitioner_ref,
    scopes_as_of,
)

_PATIENT: BindParameter[str] = bindparam("patient")
_ENROLMENTS = select(
    enrolment_row.c.unsent, *(enrolment_row.c[name] for name in ENROLMENT.names)
).where(enrolment_row.c.status != "entered-in-error")
_OF_PATIENT = _ENROLMENTS.where(enrolment_row.c.patient == _PATIENT).order_by(
    enrolment_row.c.began_at.desc(), enrolment_row.c.ref
)
_BEGUN = _ENROLMENTS.where(
    enrolment_row.c.began_at >= bindparam("since"), enrolment_row.c.began_at < bindparam("until")
).order_by(enrolment_row.c.began_at, enrolment_row.c.ref)
_ACTIVE = select(enrolment_row.c.patient).where(
    enrolment_row.c.patient.in_(bindparam("patients", expanding=True)),
    enrolment_row.c.status == "active",
)
_FACTS = (
    select(
        pathway_fact_row.c.ref,
        pathway_fact_row.c.unsent,
        *(pathway_fact_row.c[name] for name in FACT.names),
    )
    .where(pathway_fact_row.c.patient == _PATIENT)
    .order_by(pathway_fact_row.c.at, pathway_fact_row.c.ref)
)


class SqlPathwayReads:
    """`PathwayReads` over the encrypted cache."""

    def __init__(self, cache: Snapshots, data_as_of: DataAsOf = scopes_as_of) -> None:
        self._cache = cache
        self._data_as_of = data_as_of

    def patient(self, patient: PatientId) -> PathwayRecord:
        with self._cache.read() as connection:
            return self._record(connection, patient)

    def ward(self, ward: WardId, since: datetime, until: datetime) -> WardPathways:
        with self._cache.read() as connection:
            here = inside(connection, ward)
            scope = census_scope(ward)
            as_of = self._data_as_of(connection, (scope,)).get(scope)
            asked = {"since": micros(since), "until": micros(until)}
            begun = _named(connection, connection.execute(_BEGUN, asked).all())
            records: dict[PatientId, PathwayRecord] = {}
            for patient in dict.fromkeys(one.patient for one in begun):
                records[patient] = self._record(connection, patient)
        enrolled = [
            (records[one.patient], one)
            for one in begun
            if _ward_of(records[one.patient].stay(one.encounter)) == ward
        ]
        partial = {record.patient for record, _ in enrolled if record.as_of is None}
        return WardPathways(ward, here.name, tuple(enrolled), as_of, len(partial))

    def lying(self, ward: WardId) -> PathwaysOfNow:
        with self._cache.read() as connection:
            here = inside(connection, ward)
            found = stays.in_places(connection, here.places)
            ids = [one.patient.id for one in found]
            scopes = [census_scope(ward), *(patient_scope(one) for one in ids)]
            whole = self._data_as_of(connection, scopes)
            active = set(connection.execute(_ACTIVE, {"patients": ids}).scalars())
            records = {one: self._record(connection, one) for one in ids if one in active}
        ordered = sorted(found, key=lambda one: (bed_order(one.stay.bed), one.patient.id))
        return PathwaysOfNow(
            ward=ward,
            name=here.name,
            patients=tuple(
                LyingPathways(records[one.patient.id], _name(one.patient), one.stay.bed)
                for one in ordered
                if one.patient.id in records
            ),
            as_of=whole.get(census_scope(ward)),
            partial=sum(patient_scope(one) not in whole for one in ids),
        )

    def _record(self, connection: Connection, patient: PatientId) -> PathwayRecord:
        found = stays.all_of(connection, patient)
        current = next((stay for stay in found if stay.status in STAY_OPEN), None)
        enrolments = connection.execute(_OF_PATIENT, {"patient": patient}).all()
        facts = connection.execute(_FACTS, {"patient": patient}).all()
        scope = patient_scope(patient)
        return PathwayRecord(
            patient=patient,
            current=current,
            stays=found,
            problems=papers.problems(connection, patient),
            orders=papers.orders(connection, patient),
            enrolments=_named(connection, enrolments),
            facts=_signed(connection, facts),
            as_of=self._data_as_of(connection, (scope,)).get(scope),
        )


def _named(connection: Connection, rows: Sequence[Fetched]) -> tuple[Enrolment, ...]:
    found = [ENROLMENT.unpack(row, 1, unsent=row[0]) for row in rows]
    names = names_of(connection, (practitioner_ref(one.by) for one in found if not one.by_name))
    return tuple(
        one if one.by_name else replace(one, by_name=names.get(practitioner_ref(one.by), ""))
        for one in found
    )


def _signed(connection: Connection, rows: Sequence[Fetched]) -> tuple[PathwayFact, ...]:
    found = [FACT.unpack(row, 2, ref=Ref(str(row[0])), unsent=row[1]) for row in rows]
    names = names_of(connection, (practitioner_ref(one.by) for one in found if not one.by_name))
    return tuple(
        one if one.by_name else replace(one, by_name=names.get(practitioner_ref(one.by), ""))
        for one in found
    )


def _name(patient: PatientRecord) -> Named:
    return Named(patient.name, patient.english)


def _ward_of(stay: Stay | None) -> WardId | None:
    """Where it goes on, or where it ended."""
    return stay.ward if stay is not None else None
