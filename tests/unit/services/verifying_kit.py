"""A nurse's desk for orders: what a physician signed waits, without a database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from app.domain.order_verification import Awaiting, Bedside, VerificationRules
from app.domain.orders import Dosage, Order, OrderClass, OrderDraft, OrderKind
from app.domain.patients import Banner
from app.domain.people import Role, Session
from app.domain.terms import Named, PatientId, Ref, Term, WardId
from app.domain.verification_batch import OrderObjection
from app.fhir.document import Document, Json
from app.fhir.valuesets import FREQUENCY, ROUTE
from app.services.access import AccessPolicy
from app.services.order_verifying import OrderVerifying, VerifyingParts
from app.services.skin_testing import SkinTesting
from tests.support.fake_verifications import FakeVerifications
from tests.unit.domain.verifying_kit import RULES
from tests.unit.services.dosing_kit import Station
from tests.unit.services.kit import PATIENT, ROLES, STAY, a_banner

ROOM = WardId("ward-3")
OTHER = PatientId("patient-2")
DRUG = Term("青霉素", "urn:wardone:formulary", "neml2026-001")


@dataclass
class Desk:
    """The services of verifying on one station.

    Attributes:
        alert: What the formulary says of every drug.
    """

    station: Station
    alert: bool | None = False
    rules: VerificationRules = RULES

    def __post_init__(self) -> None:
        station = self.station
        lying = (Bedside(OTHER, Named("张伟"), "3"), Bedside(PATIENT, Named("李明"), "12"))
        self.reads = FakeVerifications(station.acts, lying, as_of=station.clock.at)
        self.near = {PATIENT, OTHER}
        policy = AccessPolicy(ROLES, station.audit, station.clock)

        def banner(patient: PatientId) -> Banner | None:
            return a_banner() if patient in self.near else None

        parts = VerifyingParts(
            reads=self.reads,
            documents=station.acts,
            planning=station.planning,
            policy=policy,
            banner=banner,
            high_alert=lambda _: self.alert,
            limits=self.rules,
        )
        self.verifying = OrderVerifying(station.acts, station.maker, station.rules, parts)
        self.testing = SkinTesting(
            station.acts,
            station.acts,
            station.maker,
            station.rules,
            self.reads,
            policy,
            banner,
            self.rules,
        )
        self.nurse = station.nurse

    def second(self, role: Role = Role.NURSE, key: str = "qian") -> Session:
        return self.station.who(role, key)

    def waiting(self) -> list[Awaiting]:
        found = self.verifying.ward(self.nurse, ROOM)
        return [one for patient in found.patients for one in patient.orders]

    def verify(self, *asked: Awaiting, second: Session | None = None) -> tuple[OrderObjection, ...]:
        return self.verifying.verify(self.nurse, asked, second)

    def verify_all(self, second: Session | None = None) -> None:
        assert self.verify(*self.waiting(), second=second) == ()

    def document(self, ref: Ref) -> Document:
        held = self.station.acts.held(ref)
        assert held is not None
        return held.document

    def tasks(self, code: str) -> list[Document]:
        found = self.station.acts.documents("Task")
        return [one for one in found if code in str(one["code"])]

    def change(self, order_ref: Ref, **elements: Json) -> None:
        """The document reads otherwise now, as it came from the server."""
        document = self.document(order_ref) | elements
        self.station.acts.download(document, "9")


def a_draft(patient: PatientId = PATIENT, **more: object) -> OrderDraft:
    dosage = Dosage(
        Decimal(1), "g", "g", Term("静滴", ROUTE, "ivgtt"), Term("tid", FREQUENCY, "tid")
    )
    draft = OrderDraft(patient, STAY, kind=OrderKind.LONG_TERM, item=DRUG, dosage=dosage)
    return replace(draft, **more)  # type: ignore[arg-type]  # a test may override any field


def signed(desk: Desk, *drafts: OrderDraft) -> tuple[Order, ...]:
    doctor = desk.station.who(Role.ATTENDING, "wang")
    return desk.station.orders.sign_basket(doctor, drafts or (a_draft(),), ())


def a_lab(patient: PatientId = PATIENT) -> OrderDraft:
    item = Term("血常规", "urn:x", "cbc")
    return a_draft(patient, order_class=OrderClass.LABORATORY, item=item, dosage=Dosage())


def a_desk(**more: object) -> Desk:
    return replace(Desk(Station("zhao")), **more)  # type: ignore[arg-type]  # a test may override any field


def later(desk: Desk, **by: float) -> None:
    desk.station.clock.at += timedelta(**by)
