"""The chart of a patient as far as somebody else sent it: what did not come is unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.orders import Order, OrderClass
from app.domain.patients import allergy_state
from app.domain.quantities import Quantity
from app.domain.results import Observed
from app.domain.terms import PatientId, Term
from app.fhir.administrations import read_administration
from app.fhir.allergies import read_allergy
from app.fhir.conditions import read_problem
from app.fhir.document import Document, reference_to
from app.fhir.observations import read_observed
from app.fhir.orders import read_order
from app.fhir.patients import read_patient
from app.fhir.skin_tests import read_skin_result
from app.ports.deciding import Charted, GivenDrug, Measurement, Wanted

PATIENT, MEDICATIONS, ALLERGIES = "patient", "medications", "allergies"
PROBLEMS, RESULTS, GIVEN = "problems", "results", "given"

_NEWEST = 3
_WITHDRAWN = ("entered-in-error", "cancelled")
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SentChart:
    """`ChartedReads` over the resources of one call.

    Attributes:
        given: Which parts came; a part that did not is not empty, it is unknown.
    """

    patient: PatientId
    documents: tuple[Document, ...]
    given: frozenset[str]
    now: datetime

    def charted(self, patient: PatientId, wanted: Wanted) -> Charted:
        allergies = tuple(
            one
            for one in map(read_allergy, self._of("AllergyIntolerance"))
            if one.patient == patient
        )
        return Charted(
            # The engine takes it for "the problem list is known"; the other parts speak of
            # themselves.
            as_of=self.now if PROBLEMS in self.given else None,
            patient=next(
                (one for one in map(read_patient, self._of("Patient")) if one.id == patient), None
            ),
            allergy_state=allergy_state(allergies, available=ALLERGIES in self.given),
            allergies=allergies,
            measured=_measured(self._observed(patient), frozenset(wanted.codes)),
            orders=tuple(self._orders(patient, wanted.ended_since)),
            given=tuple(self._given(patient, wanted.given_before)),
            problems=tuple(
                one for one in map(read_problem, self._of("Condition")) if one.patient == patient
            ),
            skin_tests=tuple(
                one
                for one in map(read_skin_result, self._of("Observation"))
                if one is not None and one.patient == patient
            ),
        )

    def _of(self, rtype: str) -> tuple[Document, ...]:
        return tuple(one for one in self.documents if reference_to(one).partition("/")[0] == rtype)

    def _observed(self, patient: PatientId) -> Iterator[Observed]:
        for document in self._of("Observation"):
            for one in read_observed(document):
                if one.patient == patient and one.status not in _WITHDRAWN:
                    yield one

    def _orders(self, patient: PatientId, since: datetime) -> Iterator[Order]:
        for order in map(read_order, self._of("MedicationRequest")):
            if order is None or order.patient != patient:
                continue
            at = order.stopped_at or order.authored_at
            if order.order_class is OrderClass.MEDICATION and (
                order.current or at is None or at >= since
            ):
                yield order

    def _given(self, patient: PatientId, before: datetime) -> Iterator[GivenDrug]:
        last: dict[Term, datetime] = {}
        for one in map(read_administration, self._of("MedicationAdministration")):
            if one.patient != patient or one.status != "completed" or one.at is None:
                continue
            if one.at < before:
                last[one.item] = max(one.at, last.get(one.item, _LONG_AGO))
        for item, at in last.items():
            yield GivenDrug(item, at)


def _measured(
    observed: Iterable[Observed], codes: frozenset[str]
) -> dict[str, tuple[Measurement, ...]]:
    """The newest of each kind, newest first; what has no time counts as the oldest."""
    found: defaultdict[str, list[Measurement]] = defaultdict(list)
    for one in observed:
        code, number = one.term.code, one.value.number
        if code in codes and number is not None:
            unit = one.value.unit_code or one.value.unit
            found[code].append(Measurement(Quantity(number, unit), one.at))
    return {
        code: tuple(sorted(some, key=lambda one: one.at or _LONG_AGO, reverse=True)[:_NEWEST])
        for code, some in found.items()
    }
