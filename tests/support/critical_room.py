"""A ward with critical values, behind the real service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from app.domain.critical_values import CriticalValue
from app.domain.people import Privilege, Role, Session
from app.domain.results import Flag, Observed, Value
from app.domain.terms import PatientId, Ref, ResultId, Term, WardId
from app.fhir.valuesets import LOINC
from app.kernel.faults import AppError, Fault
from app.ports.critical_values import CriticalWard
from app.services.act_making import ActMaker
from app.services.critical_pack import critical_rules
from app.services.critical_values import CriticalValues
from app.services.ward_viewing import WardViewing
from tests.support.believable import boards
from tests.support.desk_kit import NOW, WANG
from tests.support.fake_acts import FakeActs
from tests.support.fake_critical import FakeCritical
from tests.support.fake_keeping import FakePeople
from tests.support.fake_reads import FakeWardReads
from tests.unit.services.kit import Numbers, Watch, clinician, session
from ui.critical.presenter import CriticalSources

MINUTE = timedelta(minutes=1)
WARD = WardId("ward-3")
_FOUND = (
    # patient, code, words, value, unit, flag, minutes ago
    ("li-ming", "2823-3", ("钾", "Potassium"), Value(Decimal("6.9"), "mmol/L", "mmol/L"), "HH", 6),
    (
        "ouyang",
        "777-3",
        ("血小板计数", "Platelets"),
        Value(Decimal(14), "×10⁹/L", "10*9/L"),
        "LL",
        22,
    ),
    ("guli", "2345-7", ("葡萄糖", "Glucose"), Value(Decimal("1.9"), "mmol/L", "mmol/L"), "", 3),
    ("sun", "600-7", ("血培养", "Blood culture"), Value(text="革兰阴性杆菌生长"), "AA", 40),
)


@dataclass
class CriticalRoom:
    """One workstation on the first ward of the believable ones.

    Attributes:
        known: There are critical values at all.
        as_of: When the ward came whole.
        fault: Why nothing can be read, while it is set.
    """

    known: bool = True
    as_of: datetime | None = NOW
    fault: Fault | None = None
    nurse: Session = field(default_factory=lambda: session(clinician(Role.NURSE, "li", WARD)))

    def __post_init__(self) -> None:
        self.watch, self.acts = Watch(NOW), FakeActs()
        self.reads = FakeCritical(self.acts, _values() if self.known else (), self.as_of)
        self.service = CriticalValues(
            self,
            self,
            self.acts,
            self.acts,
            ActMaker(self.watch, Numbers()),
            critical_rules(),
            _open,
        )

    @property
    def sources(self) -> CriticalSources:
        wards = WardViewing(FakeWardReads(boards()), FakePeople(WANG))
        return CriticalSources(self.service, wards, self.watch)

    def onlooker(self) -> Session:
        """Somebody who may look and not act."""
        may = self.nurse.may - {Privilege.ACKNOWLEDGE_RESULT}
        return replace(self.nurse, may=may)

    def ward(self, ward: WardId, done_since: datetime, unflagged_since: datetime) -> CriticalWard:
        """As `CriticalReads`; fails while there is a fault."""
        if self.fault is not None:
            raise AppError(self.fault)
        return self.reads.ward(ward, done_since, unflagged_since)

    def value(self, observation: Ref) -> CriticalValue | None:
        """As `CriticalReads`."""
        return self.reads.value(observation)


def _open(session: Session, patient: PatientId | None) -> None:
    """Every chart is."""
    del session, patient


def _values() -> Iterator[CriticalValue]:
    _, rows, _ = boards()[WARD]
    lying = {row.patient.id: row for row in rows if row.patient is not None}
    for key, code, (chinese, english), value, flag, ago in _FOUND:
        row = next(row for patient, row in lying.items() if patient == key)
        assert row.patient is not None
        assert row.stay is not None
        at = NOW - ago * MINUTE
        observed = Observed(
            ResultId(f"{key}-{code}"),
            row.patient.id,
            "laboratory",
            Term(chinese, LOINC, code, english),
            value,
            at,
            issued=at,
            flag=Flag(flag) if flag else None,
        )
        yield CriticalValue(row.patient, row.stay, observed, flagged=bool(flag))
