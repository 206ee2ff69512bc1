"""Keeps doses laid out as time goes on; any workstation may, and the second one changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.people import Privilege, Session
from app.domain.terms import OrderId, PatientId, Ref
from app.fhir.orders import read_order
from app.fhir.subject import patient_of
from app.ports.acts import Act, Acts, Change
from app.services.act_making import ActMaker
from app.services.authority import needs, open_door
from app.services.slot_planning import SlotPlanning

_MOMENT = timedelta(microseconds=1)


class SlotKeeping:
    """Lays doses out further, and cancels those whose order was stopped elsewhere."""

    def __init__(self, acts: Acts, maker: ActMaker, planning: SlotPlanning) -> None:
        self._acts = acts
        self._maker = maker
        self._planning = planning
        self._looked: float | None = None
        self._lock = threading.Lock()

    @open_door("the program lays out what was ordered; it decides nothing")
    def carry_on(self, session: Session) -> int:
        """Lay out what is missing, as one act per patient; answers how many slots.

        Nothing is done more often than the pack says, nor before half of the horizon is used up.
        Doses are laid out in nobody's name: only a session that may see wards carries them along.

        Raises:
            AppError: `STORAGE` if it could not be written.
        """
        if not session.can(Privilege.SEE_WARD) or not self._is_time():
            return 0
        made: dict[PatientId, list[Change]] = {}
        for patient, change in (*self._missing(), *self._left_behind()):
            made.setdefault(patient, []).append(change)
        for patient, changes in made.items():
            self._acts.commit(replace(self._act(session, patient, changes), provenance=None))
        return sum(map(len, made.values()))

    @needs(Privilege.ADMINISTER)
    def lay_out(self, session: Session, orders: tuple[OrderId, ...]) -> int:
        """Lay out orders that come from elsewhere, when a nurse has verified them; from now on.

        What was due before is nobody's to make up. Answers how many slots were made.

        Raises:
            AppError: `STORAGE` if it could not be written.
        """
        now = self._maker.clock.now()
        made: dict[PatientId, list[Change]] = {}
        for order in orders:
            for patient, change in self._of(Ref(f"MedicationRequest/{order}"), now):
                made.setdefault(patient, []).append(change)
        for patient, changes in made.items():
            self._acts.commit(self._act(session, patient, changes))
        return sum(map(len, made.values()))

    def _act(self, session: Session, patient: PatientId, changes: list[Change]) -> Act:
        kinds = frozenset({"slot"})
        return self._maker.make("dose.lay-out", session, patient, tuple(changes), kinds=kinds)

    def _is_time(self) -> bool:
        now = self._maker.clock.monotonic()
        every = self._planning.limits.lay_out_every.total_seconds()
        with self._lock:
            if self._looked is not None and now - self._looked < every:
                return False
            self._looked = now
            return True

    def _missing(self) -> Iterator[tuple[PatientId, Change]]:
        planning, now = self._planning, self._maker.clock.now()
        for ref, last in planning.reads.ending_before(now + planning.limits.horizon / 2):
            yield from self._of(ref, last + _MOMENT)

    def _of(self, ref: Ref, since: datetime) -> Iterator[tuple[PatientId, Change]]:
        held = self._planning.documents.held(ref)
        order = read_order(held.document) if held is not None else None
        if held is not None and order is not None:
            now = self._maker.clock.now()
            for change in self._planning.further(order, held.document, since, now):
                yield order.patient, change

    def _left_behind(self) -> Iterator[tuple[PatientId, Change]]:
        now = self._maker.clock.now()
        for change in self._planning.cancelled(self._planning.reads.left_behind(now), now):
            patient = patient_of(change.document)
            if patient is not None:
                yield patient, change
