"""A ward whose orders wait for a nurse, behind the real services."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from app.domain.orders import Dosage, OrderDraft
from app.domain.people import Session
from app.domain.terms import Term
from app.fhir.valuesets import FREQUENCY, ROUTE
from app.kernel.faults import AppError, Fault, FaultKind, Message
from app.services.ward_viewing import WardViewing
from tests.support.believable import boards
from tests.support.desk_kit import WANG
from tests.support.fake_keeping import FakePeople
from tests.support.fake_reads import FakeWardReads
from tests.unit.services.verifying_kit import OTHER, Desk, a_desk, a_draft, a_lab, signed
from ui.verifying.presenter import VerifyingSources

RIGHT = "rounds-at-eight"
WRONG = Fault(FaultKind.REFUSED, Message.of("vault.wrong-passphrase"))


def infusion(*items: str) -> tuple[OrderDraft, ...]:
    """Drugs that run together, once a day, at 60 mL an hour."""
    dosage = Dosage(
        Decimal(100),
        "mL",
        "mL",
        Term("静脉滴注", ROUTE, "ivgtt", "IV infusion"),
        Term("每日一次", FREQUENCY, "qd", "once daily"),
        rate=Decimal(60),
        rate_unit="mL/h",
    )
    return tuple(
        a_draft(item=Term(item, "urn:x", item), dosage=dosage, group="first") for item in items
    )


def penicillin() -> OrderDraft:
    """A drug whose skin test is still to be read."""
    return a_draft(OTHER, skin_test="required")


@dataclass
class VerifyingRoom:
    """One nurse's workstation with what a physician signed.

    Attributes:
        reads: The wards that are known here, and why they cannot be read.
    """

    desk: Desk = field(default_factory=a_desk)
    drafts: tuple[OrderDraft, ...] = field(
        default_factory=lambda: (*infusion("氯化钠注射液", "氯化钾注射液"), a_lab())
    )
    others: tuple[OrderDraft, ...] = field(default_factory=lambda: (penicillin(),))
    reads: FakeWardReads = field(default_factory=lambda: FakeWardReads(boards()))

    def __post_init__(self) -> None:
        if self.drafts:
            signed(self.desk, *self.drafts)
        for one in self.others:
            signed(self.desk, one)
        self.lie_wholly()

    @property
    def nurse(self) -> Session:
        return self.desk.nurse

    @property
    def sources(self) -> VerifyingSources:
        wards = WardViewing(self.reads, FakePeople(WANG))
        return VerifyingSources(
            self.desk.verifying,
            self.desk.testing,
            wards,
            self,  # type: ignore[arg-type]  # the one method it uses
            self.desk.station.clock,
        )

    def second_person(self, username: str, passphrase: str) -> Session:
        if passphrase != RIGHT:
            raise AppError(WRONG)
        return self.desk.second(key=username)

    def lie_partly(self) -> None:
        """One chart came in part, and the census not whole."""
        self.lie_wholly()
        first, *rest = self.desk.reads.lying
        self.desk.reads.lying = (replace(first, as_of=None), *rest)
        self.desk.reads.as_of = None

    def lie_wholly(self) -> None:
        """Every chart came whole, and names its record."""
        at = self.desk.station.clock.at
        self.desk.reads.lying = tuple(
            replace(one, as_of=at, record_number=f"MR-00{one.bed}") for one in self.desk.reads.lying
        )
