"""`PathwayReads` over documents in memory, held to the same contract as the cache."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.domain.census import bed_order
from app.domain.chart import Problem
from app.domain.orders import OrderLine
from app.domain.pathways import Enrolment, PathwayFact
from app.domain.patients import Stay
from app.domain.terms import Named, PatientId, WardId
from app.fhir.conditions import read_problem
from app.fhir.pathway_facts import read_pathway_fact
from app.fhir.pathways import read_enrolment
from app.fhir.valuesets import STAY_OPEN
from app.ports.pathways import LyingPathways, PathwayRecord, PathwaysOfNow, WardPathways
from tests.support.fake_acts import FakeActs


@dataclass
class FakePathwayReads:
    """Everything is in `acts`, but for the stays.

    Attributes:
        stays: The current one of a patient first.
        lines: Orders beside those in `acts`, the newest first.
        as_of: When the data of the patients came whole; None if never.
    """

    acts: FakeActs
    stays: tuple[Stay, ...] = ()
    lines: tuple[OrderLine, ...] = ()
    as_of: datetime | None = None
    ward_name: Named = field(default_factory=lambda: Named("心内科"))
    patient_name: Named = field(default_factory=lambda: Named("李明", "LI Ming"))

    def patient(self, patient: PatientId) -> PathwayRecord:
        stays = tuple(one for one in self.stays if one.patient == patient)
        orders = (OrderLine(one) for one in self.acts.orders(patient))
        return PathwayRecord(
            patient=patient,
            current=next((one for one in stays if one.status in STAY_OPEN), None),
            stays=stays,
            problems=self._problems(patient),
            orders=(*self.lines, *orders),
            enrolments=self._enrolments(patient),
            facts=self._facts(patient),
            as_of=self.as_of,
        )

    def ward(self, ward: WardId, since: datetime, until: datetime) -> WardPathways:
        patients = dict.fromkeys(one.patient for one in self.stays)
        records = [self.patient(one) for one in patients]
        found = [
            (record, one)
            for record in records
            for one in record.enrolments
            if one.began_at is not None and since <= one.began_at < until
            if (stay := record.stay(one.encounter)) is not None and stay.ward == ward
        ]
        ordered = tuple(sorted(found, key=lambda pair: (_began(pair[1]), pair[1].id)))
        whole = {record.patient for record, _ in ordered if record.as_of is None}
        return WardPathways(ward, self.ward_name, ordered, self.as_of, len(whole))

    def lying(self, ward: WardId) -> PathwaysOfNow:
        here = [one for one in self.stays if one.ward == ward and one.status in STAY_OPEN]
        ordered = sorted(here, key=lambda one: bed_order(one.bed))
        records = [(self.patient(one.patient), one.bed) for one in ordered]
        inside = [one for one in records if any(plan.active for plan in one[0].enrolments)]
        return PathwaysOfNow(
            ward=ward,
            name=self.ward_name,
            patients=tuple(LyingPathways(one, self.patient_name, bed) for one, bed in inside),
            as_of=self.as_of,
            partial=sum(one.as_of is None for one, _ in records),
        )

    def _enrolments(self, patient: PatientId) -> tuple[Enrolment, ...]:
        read = (read_enrolment(one) for one in self.acts.documents("CarePlan"))
        found = [one for one in read if one is not None and one.patient == patient]
        standing = [one for one in found if not one.void]
        standing.sort(key=lambda one: one.id)
        return tuple(sorted(standing, key=_began, reverse=True))

    def _facts(self, patient: PatientId) -> tuple[PathwayFact, ...]:
        read = (read_pathway_fact(one) for one in self.acts.documents("Observation"))
        return tuple(one for one in read if one is not None and one.patient == patient)

    def _problems(self, patient: PatientId) -> tuple[Problem, ...]:
        read = (read_problem(one) for one in self.acts.documents("Condition"))
        return tuple(one for one in read if one.patient == patient)


def _began(enrolment: Enrolment) -> float:
    return enrolment.began_at.timestamp() if enrolment.began_at is not None else 0.0
