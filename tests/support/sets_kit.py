"""The order sets that ship, for a patient of whom not everything is known."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from app.domain.patients import Allergy, AllergyState, Banner, Measured, PatientRecord, Sex, Stay
from app.domain.people import Session
from app.domain.results import Series
from app.domain.terms import EncounterId, PatientId, Term
from app.kernel.faults import AppError, Fault
from app.services.order_set_pack import read_sets
from app.services.order_sets import OrderSets
from resources.reading import path
from tests.support.desk_kit import NOW, StillClock
from tests.unit.services.kit import Numbers

LI = PatientId("li-ming")
BOOK = read_sets(path("packs/order_sets"), None, date(2026, 12, 1))
PENICILLIN = Allergy(
    "a",
    LI,
    Term("青霉素", "urn:wardone:allergen", "penicillin", "Penicillin"),
    checkable=True,
    none_known=False,
    active=True,
)


@dataclass
class SetRoom:
    """`OrderSets` for one patient; `fault` is raised by the next reading of the chart."""

    allergies: tuple[Allergy, ...] = ()
    weight: Measured | None = field(
        default_factory=lambda: Measured(Decimal("57.5"), "kg", NOW - timedelta(days=2))
    )
    fault: Fault | None = None

    def __post_init__(self) -> None:
        self.sets = OrderSets(lambda _: BOOK, self, StillClock(), Numbers())

    def banner(self, session: Session, patient: PatientId) -> Banner:
        del session
        if self.fault is not None:
            raise AppError(self.fault)
        person = PatientRecord(patient, "李明", sex=Sex.MALE, birth_date=date(1959, 3, 2))
        state = AllergyState.KNOWN if self.allergies else AllergyState.NONE_KNOWN
        found = Banner(person, Stay(EncounterId("stay"), patient, "in-progress"), state)
        return replace(found, allergies=self.allergies, weight=self.weight)

    def series(self, session: Session, patient: PatientId, code: str) -> Series | None:
        del session, patient, code
        return None
