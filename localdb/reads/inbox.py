"""`InboxReads` over the projections: what waits for a person or a role."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import bindparam, select, text

from app.domain.chart import WorkItem
from app.domain.people import Role
from app.domain.terms import PatientId, PractitionerId
from app.fhir.countersigning import COUNTERSIGN_ORDER
from app.fhir.verbal_tasks import OF_VERBAL
from localdb.projections.flat import micros
from localdb.projections.tables import WORK, patient_row, work_row
from localdb.reads.snapshots import Snapshots, names_of, practitioner_ref

_LAST = datetime.max.replace(tzinfo=UTC)
SIGNED_FOR = (COUNTERSIGN_ORDER, *OF_VERBAL)

_INBOX = (
    select(
        work_row.c.unsent,
        work_row.c.sender,
        patient_row.c.name,
        *(work_row.c[name] for name in WORK.names),
    )
    .select_from(work_row)
    .outerjoin(patient_row, patient_row.c.id == work_row.c.patient)
    .where(text("work_row.open = 1"))  # as the partial indexes have it
)
_OF_PERSON = _INBOX.where(work_row.c.owner == bindparam("clinician"))
_OF_PATIENT = select(*(work_row.c[name] for name in WORK.names)).where(
    work_row.c.patient == bindparam("patient"),
    work_row.c.code.in_(SIGNED_FOR),
    text("work_row.open = 1"),
)
_OVERDUE = (
    select(*(work_row.c[name] for name in WORK.names))
    .where(
        text("work_row.open = 1"),
        work_row.c.owner.is_not(None),
        work_row.c.code == bindparam("code"),
        work_row.c.due_at < bindparam("now"),
    )
    .order_by(work_row.c.due_at, work_row.c.ref)
)
_OF_ROLE = _INBOX.where(work_row.c.owner.is_(None), work_row.c.owner_role == bindparam("role"))
_OF_OTHER = _OF_ROLE.where(work_row.c.code == bindparam("code"))


class SqlInboxReads:
    """`InboxReads`, from one snapshot; and what ordering asks about tasks."""

    def __init__(self, cache: Snapshots) -> None:
        self._cache = cache

    def inbox(
        self, clinician: PractitionerId, role: Role, also: tuple[tuple[Role, str], ...] = ()
    ) -> tuple[WorkItem, ...]:
        """Open tasks and unread messages of the person or the role, urgent first."""
        with self._cache.read() as connection:
            rows = [
                *connection.execute(_OF_PERSON, {"clinician": clinician}),
                *connection.execute(_OF_ROLE, {"role": role.value}),
            ]
            for other, code in also:
                rows += connection.execute(_OF_OTHER, {"role": other.value, "code": code})
            found = [WORK.unpack(row, 3, unsent=row[0]) for row in rows]
            whom = [(PractitionerId(row[1]) if row[1] else None) for row in rows]
            owners = (practitioner_ref(one.owner) for one in found)
            names = names_of(connection, (*map(practitioner_ref, whom), *owners))
        items = (
            replace(
                one,
                patient_name=row[2] or one.patient_name,
                from_name=one.from_name or names.get(practitioner_ref(sender), ""),
                owner_name=one.owner_name or names.get(practitioner_ref(one.owner), ""),
            )
            for one, row, sender in zip(found, rows, whom, strict=True)
        )
        return tuple(sorted(items, key=_urgency))

    def asked(self, patient: PatientId) -> tuple[WorkItem, ...]:
        """Open tasks of the patient in which somebody is asked to sign for orders."""
        with self._cache.read() as connection:
            rows = connection.execute(_OF_PATIENT, {"patient": patient})
            return tuple(WORK.unpack(row) for row in rows)

    def overdue(self, code: str, now: datetime) -> tuple[WorkItem, ...]:
        """Open tasks of that code whose person has let their time pass, the oldest first."""
        with self._cache.read() as connection:
            rows = connection.execute(_OVERDUE, {"code": code, "now": micros(now)})
            return tuple(WORK.unpack(row) for row in rows)


def _urgency(item: WorkItem) -> tuple[bool, datetime, datetime, str]:
    """Urgent first, then what is due first, then what has waited longest."""
    return (not item.urgent, item.due_at or _LAST, item.authored_at or _LAST, item.id)
