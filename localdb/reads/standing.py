"""What stands over a patient: allergies, warnings, level of care, weight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import BindParameter, Connection, bindparam, select, text

from app.domain.patients import Allergy, CodeStatus, Measured
from app.domain.terms import PatientId
from localdb.projections.flat import moment
from localdb.projections.tables import ALLERGY, allergy_row, flag_row, order_row, result_row
from localdb.reads.snapshots import names_of

WEIGHT = "29463-7"
WITHDRAWN = ("entered-in-error", "cancelled")

_PATIENTS: BindParameter[list[str]] = bindparam("patients", expanding=True)
_ALLERGIES = (
    select(*(allergy_row.c[name] for name in ALLERGY.names))
    .where(allergy_row.c.patient.in_(_PATIENTS))
    .order_by(allergy_row.c.patient, allergy_row.c.sorted_at.desc(), allergy_row.c.ref)
)
_FLAGS = (
    select(flag_row.c.patient, flag_row.c.category, flag_row.c.code)
    .where(flag_row.c.patient.in_(_PATIENTS), flag_row.c.active == 1)
    .order_by(flag_row.c.patient, flag_row.c.code)
)
_ORDERS = (
    select(
        order_row.c.patient,
        order_row.c.order_class,
        order_row.c.item_code,
        order_row.c.item_text,
    )
    .where(
        order_row.c.patient.in_(_PATIENTS),
        order_row.c.order_class.in_(("level-of-care", "condition", "isolation")),
        text("order_row.status = 'active'"),  # as the partial index has it
        order_row.c.prohibited == 0,
    )
    .order_by(order_row.c.patient, order_row.c.sorted_at.desc(), order_row.c.ref.desc())
)
_WEIGHT = (
    select(
        result_row.c.value_number,
        result_row.c.value_unit_code,
        result_row.c.value_unit,
        result_row.c.sorted_at,
    )
    .where(
        result_row.c.patient == bindparam("patient"),
        result_row.c.series == WEIGHT,
        result_row.c.sorted_at.is_not(None),
        result_row.c.value_number.is_not(None),
        result_row.c.status.not_in(WITHDRAWN),
    )
    .order_by(result_row.c.sorted_at.desc(), result_row.c.ref.desc())
    .limit(1)
)
_CODE_STATUS = {"dnar": CodeStatus.DNAR, "full": CodeStatus.FULL}


@dataclass(frozen=True, slots=True)
class Standing:
    """Newest active orders of the classes that a bed card shows, and active warnings."""

    level_of_care: str = ""
    severity: str = ""
    isolation: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    code_status: CodeStatus = CodeStatus.NOT_RECORDED

    def with_order(self, order_class: str, code: str) -> Standing:
        """Take in an active order; the newest comes first and stands, isolations add up."""
        if order_class == "isolation":
            return replace(self, isolation=tuple(dict.fromkeys((*self.isolation, code))))
        if order_class == "condition":
            return replace(self, severity=self.severity or code)
        return replace(self, level_of_care=self.level_of_care or code)

    def with_flag(self, category: str, code: str) -> Standing:
        """Take in a warning. "No resuscitation" outweighs its opposite: both may be active."""
        known = _CODE_STATUS.get(code) if category == "code-status" else None
        if known is None:
            return replace(self, flags=tuple(dict.fromkeys((*self.flags, code))))
        if self.code_status is CodeStatus.DNAR:
            return self
        return replace(self, code_status=known)


def standing(
    connection: Connection, patients: Sequence[PatientId]
) -> defaultdict[PatientId, Standing]:
    """For each patient; one of whom nothing is recorded stands with blanks."""
    found: defaultdict[PatientId, Standing] = defaultdict(Standing)
    wanted = {"patients": list(patients)}
    for patient, order_class, code, words in connection.execute(_ORDERS, wanted):
        key = PatientId(patient)
        found[key] = found[key].with_order(order_class, code or words)
    for patient, category, code in connection.execute(_FLAGS, wanted):
        key = PatientId(patient)
        found[key] = found[key].with_flag(category, code)
    return found


def allergies(
    connection: Connection, patients: Sequence[PatientId]
) -> defaultdict[PatientId, tuple[Allergy, ...]]:
    """What is recorded for each, newest first, refuted entries included."""
    found: defaultdict[PatientId, tuple[Allergy, ...]] = defaultdict(tuple)
    rows = connection.execute(_ALLERGIES, {"patients": list(patients)})
    recorded = [ALLERGY.unpack(row) for row in rows]
    names = names_of(connection, (one.recorder for one in recorded if not one.recorded_by))
    for one in recorded:
        by = one.recorded_by or names.get(one.recorder, "")
        found[one.patient] = (*found[one.patient], replace(one, recorded_by=by))
    return found


def weight(connection: Connection, patient: PatientId) -> Measured | None:
    """The newest body weight (LOINC 29463-7) with its unit and time."""
    row = connection.execute(_WEIGHT, {"patient": patient}).first()
    if row is None:
        return None
    return Measured(Decimal(row[0]), row[1] or row[2], moment(row[3]))
