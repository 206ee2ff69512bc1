"""The ward board, my patients, and finding somebody."""

from __future__ import annotations

import json

from app.domain.census import BedRow, Ward, WardBoard
from app.domain.people import Privilege, Session
from app.domain.terms import PatientId, PractitionerId, WardId
from app.ports.keeping import People
from app.ports.reading import PatientHit, WardReads
from app.services.authority import needs

MARKED = "marked-patients"


class WardViewing:
    """What a clinician sees before a chart is open."""

    def __init__(self, reads: WardReads, people: People) -> None:
        self._reads = reads
        self._people = people

    @needs(Privilege.SEE_WARD)
    def wards(self, session: Session) -> tuple[Ward, ...]:
        """All wards, the clinician's own first."""
        mine = session.clinician.wards
        return tuple(sorted(self._reads.wards(), key=lambda ward: (ward.id not in mine, ward.id)))

    @needs(Privilege.SEE_WARD)
    def board(self, session: Session, ward: WardId) -> WardBoard:  # noqa: ARG002 - the guard reads it
        return self._reads.board(ward)

    @needs(Privilege.SEE_WARD)
    def my_patients(self, session: Session) -> tuple[BedRow, ...]:
        return self._reads.patients_of(session.clinician.id)

    @needs(Privilege.SEE_WARD)
    def find(self, session: Session, query: str) -> tuple[PatientHit, ...]:  # noqa: ARG002
        return self._reads.find(query.strip())

    @needs(Privilege.SEE_WARD)
    def mark(self, session: Session, patient: PatientId, *, marked: bool) -> None:
        """Put a patient on the clinician's own list, or take them off."""
        kept = set(marked_patients(self._people, session.clinician.id))
        kept = kept | {patient} if marked else kept - {patient}
        self._people.remember(session.clinician.id, MARKED, json.dumps(sorted(kept)))


def marked_patients(people: People, clinician: PractitionerId) -> tuple[PatientId, ...]:
    """The patients a clinician marked by hand."""
    kept = people.preference(clinician, MARKED)
    return tuple(PatientId(one) for one in json.loads(kept)) if kept else ()
