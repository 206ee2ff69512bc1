"""`VerificationReads` over the documents of `FakeActs`, held to the contract of the cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.domain.census import Ward, bed_order
from app.domain.order_verification import Bedside, Recorded
from app.domain.orders import Order, OrderLine
from app.domain.skin_tests import SkinResult
from app.domain.terms import Named, PatientId, Ref, WardId
from app.fhir.document import Document, reference_to
from app.fhir.order_tasks import read_review, read_verification
from app.fhir.orders import read_order
from app.fhir.skin_tests import read_skin_result
from app.fhir.subject import patient_of
from app.ports.verifying import WardRecord
from tests.support.fake_acts import FakeActs

_ORDERS = ("MedicationRequest", "ServiceRequest", "NutritionOrder")
_HOLDING = ("active", "on-hold")
_ENDED = ("stopped", "cancelled", "revoked", "entered-in-error")
_UNSENT = {"dirty": "saved", "conflict": "conflict"}


@dataclass
class FakeVerifications:
    """Reads what was committed or downloaded.

    Attributes:
        lying: Who lies in the one ward there is.
        as_of: Until when its census is whole.
    """

    acts: FakeActs
    lying: tuple[Bedside, ...] = ()
    name: Named = field(default_factory=lambda: Named("心内科", "Cardiology"))
    as_of: datetime | None = None

    def ward(self, ward: WardId, since: datetime) -> WardRecord:
        known = len(self.lying) if self.as_of is not None else None
        patients = tuple(self._recorded(one, since) for one in self._in_order())
        return WardRecord(Ward(ward, self.name, len(self.lying), known), patients, self.as_of)

    def patients(self, patients: tuple[PatientId, ...], since: datetime) -> tuple[Recorded, ...]:
        return tuple(self._recorded(one, since) for one in self._in_order() if one.id in patients)

    def skin_tests(self, patient: PatientId) -> tuple[SkinResult, ...]:
        read = (read_skin_result(one) for one in self._of(("Observation",), patient))
        return tuple(sorted((one for one in read if one is not None), key=lambda one: one.ref))

    def _in_order(self) -> list[Bedside]:
        return sorted(self.lying, key=lambda one: (bed_order(one.bed), one.id))

    def _recorded(self, bedside: Bedside, since: datetime) -> Recorded:
        tasks = sorted(self._of(("Task",), bedside.id), key=lambda one: str(one["id"]))
        done = tuple(v for one in tasks if (v := read_verification(one)) is not None)
        reviews = tuple(r for one in tasks if (r := read_review(one)) is not None)
        acknowledged = {one.order for one in done}
        orders = [
            (Ref(reference_to(one)), order)
            for one in self._of(_ORDERS, bedside.id)
            if (order := read_order(one)) is not None
        ]
        wanted = [(ref, o) for ref, o in orders if _is_listed(ref, o, since, acknowledged)]
        wanted.sort(key=lambda one: (one[1].authored_at or _NEVER, one[1].group, one[1].place))
        lines = tuple((ref, OrderLine(order, self._unsent(ref))) for ref, order in wanted)
        return Recorded(bedside, lines, done, reviews, self.skin_tests(bedside.id))

    def _unsent(self, ref: Ref) -> str:
        held = self.acts.held(ref)
        return _UNSENT.get(held.state, "") if held is not None else ""

    def _of(self, rtypes: tuple[str, ...], patient: PatientId) -> Iterator[Document]:
        for rtype in rtypes:
            for one in self.acts.documents(rtype):
                if patient_of(one) == patient:
                    yield one


_NEVER = datetime.min.replace(tzinfo=UTC)


def _is_listed(ref: Ref, order: Order, since: datetime, acknowledged: set[Ref]) -> bool:
    if order.status in _HOLDING:
        return True
    fresh = order.stopped_at is not None and order.stopped_at >= since
    return order.status in _ENDED and (fresh or ref in acknowledged)
