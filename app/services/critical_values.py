"""Critical values of a ward: read back, taken note of, and handed up."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.critical_values import CriticalRules, CriticalValue, Stage, heard_right
from app.domain.people import Privilege, Role, Session
from app.domain.terms import GroupId, PatientId, Ref, WardId
from app.fhir.critical_values import write_escalation, write_read_back
from app.fhir.document import Document
from app.fhir.workflow import write_acknowledge_task, write_task_status
from app.kernel.faults import AppError, FaultKind, app_error
from app.ports.acts import Act, Acts, Change, Documents
from app.ports.critical_values import CriticalReads, CriticalWard
from app.services.act_making import ActMaker
from app.services.authority import needs, open_door

log = logging.getLogger(__name__)

_KINDS = frozenset({"task", "result", "census", "message"})
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:wardone:critical-value")

Open = Callable[[Session, PatientId | None], None]
"""Raises when the chart of a patient is not open to the session."""


def escalation_id(observation: Ref, role: Role) -> str:
    """One question for each value and role, whoever asks and however often."""
    return str(uuid.uuid5(_NAMESPACE, f"{observation} {role.value}"))


@dataclass(frozen=True, slots=True)
class CriticalValues:
    """What a nurse and a physician do about critical values; every act is on the record.

    Attributes:
        reads: What the page may show.
        watched: The same, also when the pages are closed because nobody has heard of the server for
            too long: what is overdue is handed up all the same.
    """

    reads: CriticalReads
    watched: CriticalReads
    acts: Acts
    documents: Documents
    maker: ActMaker
    rules: CriticalRules
    must_be_open: Open

    @needs(Privilege.SEE_WARD)
    def ward(self, session: Session, ward: WardId) -> CriticalWard:  # noqa: ARG002 - read by the guard
        """Those of a ward: what waits longest first, then what is done, newest first."""
        now = self.maker.clock.now()
        found = self.reads.ward(ward, now - self.rules.listed, now - self.rules.unflagged)
        ordered = sorted(found.values, key=self._rank)
        return CriticalWard(found.ward, tuple(ordered), found.as_of)

    @needs(Privilege.ACKNOWLEDGE_RESULT)
    def read_back(self, session: Session, found: CriticalValue, heard: str, reporter: str) -> None:
        """Record that the value was repeated to whoever reported it.

        Args:
            session: Who heard it.
            found: The value, as the page showed it.
            heard: As it was repeated, number and unit, or words.
            reporter: Who reported it.

        Raises:
            AppError: `REFUSED` when it was repeated otherwise than it is recorded, when nobody
                reported it, or when it was read back or taken note of already; `STORAGE` if it
                could not be written.
        """
        now = self._now_reading(session, found)
        if now.stage is not Stage.READ_BACK:
            raise app_error(FaultKind.REFUSED, "critical.read-back-already", now.stage.value)
        if not reporter.strip():
            raise app_error(FaultKind.REFUSED, "critical.no-reporter")
        if now.observed.value != found.observed.value:
            raise app_error(FaultKind.REFUSED, "critical.changed")
        if not heard_right(now.observed.value, heard):
            raise app_error(FaultKind.REFUSED, "critical.heard-otherwise")
        who = session.clinician
        document = write_read_back(
            now,
            message_id=self.maker.ids.new(),
            heard=" ".join(heard.split()),
            reporter=" ".join(reporter.split()),
            by=who.id,
            by_name=who.name.name,
            at=self.maker.clock.now(),
        )
        self._commit(session, "critical.read-back", now, Change(document))

    @needs(Privilege.ACKNOWLEDGE_RESULT)
    def acknowledge(self, session: Session, found: CriticalValue) -> None:
        """Record who took note of it; questions about it that are open are answered by that.

        Raises:
            AppError: `REFUSED` when somebody has, or when it reads otherwise than the page showed;
                `STORAGE` if it could not be written.
        """
        now = self._now_reading(session, found)
        if now.stage is Stage.DONE:
            raise app_error(FaultKind.REFUSED, "result.acknowledged-already", "has a task done")
        if now.observed.value != found.observed.value:
            raise app_error(FaultKind.REFUSED, "critical.changed")
        changes = (self._noted(session, now), *self._closed(session, now))
        self._commit(session, "critical.acknowledge", now, *changes)

    @needs(Privilege.ACKNOWLEDGE_RESULT)
    def escalate(self, session: Session, found: CriticalValue, role: Role, why: str) -> None:
        """Ask somebody higher by hand.

        Raises:
            AppError: `REFUSED` without a reason, when they have been asked, or when it is done.
        """
        now = self._now_reading(session, found)
        if now.stage is Stage.DONE:
            raise app_error(FaultKind.REFUSED, "result.acknowledged-already", "has a task done")
        if not why.strip():
            raise app_error(FaultKind.REFUSED, "critical.no-reason")
        if any(one.role == role.value for one in now.escalations):
            raise app_error(FaultKind.REFUSED, "critical.asked-already", role.value)
        self._commit(
            session, "critical.escalate", now, Change(self._question(session, now, role, why))
        )

    @open_door("a critical value that nobody answers for is no secret from those above")
    def look(self, session: Session, wards: Iterable[WardId]) -> int:
        """Ask the next level about everything whose time has passed; returns how many were new.

        Questions about what has been taken note of meanwhile, wherever, are closed.

        Raises:
            AppError: `STORAGE` if it could not be written.
        """
        at = self.maker.clock.now()
        asked = 0
        for ward in wards:
            found = self.watched.ward(ward, at - self.rules.listed, at - self.rules.unflagged)
            for one in found.values:
                try:
                    asked += self._look_at(session, one, at)
                except AppError as error:
                    if error.fault.kind is not FaultKind.CONFLICT:
                        raise
                    # A person decides about that task; the others are looked at all the same.
                    log.info("a question about a critical value is disputed")
        return asked

    def _look_at(self, session: Session, found: CriticalValue, at: datetime) -> bool:
        closed = self._closed(session, found) if found.stage is Stage.DONE else []
        if closed:
            self._commit(session, "critical.answered", found, *closed)
        return self._hand_up(session, found, at)

    def _hand_up(self, session: Session, found: CriticalValue, at: datetime) -> bool:
        level = found.next_level(self.rules, at)
        if level is None:
            return False
        task_id = escalation_id(found.ref, level.role)
        if self.documents.held(Ref(f"Task/{task_id}")) is not None:
            return False
        document = self._question(session, found, level.role, "")
        # The group follows from the task, as its id does: whoever notices second changes nothing.
        self.acts.commit(
            Act(
                group=GroupId(str(uuid.uuid5(_NAMESPACE, f"act {task_id}"))),
                kind="critical.hand-up",
                patient=found.patient.id,
                author=session.clinician.id,
                at=at,
                changes=(Change(document),),
                kinds=_KINDS,
            )
        )
        return True

    def _question(self, session: Session, found: CriticalValue, role: Role, why: str) -> Document:
        who = session.clinician
        return write_escalation(
            found,
            task_id=escalation_id(found.ref, role),
            role=role,
            by=who.id,
            by_name=who.name.name,
            at=self.maker.clock.now(),
            why=why.strip(),
        )

    def _closed(self, session: Session, found: CriticalValue) -> list[Change]:
        """Its open questions, answered."""
        at, who = self.maker.clock.now(), session.clinician
        changes: list[Change] = []
        for one in found.escalations:
            held = self.documents.held(one.task)
            if one.open and held is not None:
                done = write_task_status(
                    held.document, "completed", by=who.id, by_name=who.name.name, at=at
                )
                changes.append(Change(done, held.stamp))
        return changes

    def _noted(self, session: Session, found: CriticalValue) -> Change:
        at, who = self.maker.clock.now(), session.clinician
        held = self.documents.held(found.task) if found.task is not None else None
        if held is not None:
            done = write_task_status(
                held.document, "completed", by=who.id, by_name=who.name.name, at=at
            )
            return Change(done, held.stamp)
        return Change(
            write_acknowledge_task(
                task_id=self.maker.ids.new(),
                focus=found.ref,
                patient=found.patient.id,
                by=who.id,
                by_name=who.name.name,
                at=at,
            )
        )

    def _now_reading(self, session: Session, found: CriticalValue) -> CriticalValue:
        """The value as it is now, whatever the page still shows."""
        self.must_be_open(session, found.patient.id)
        now = self.reads.value(found.ref)
        if now is None:
            raise app_error(FaultKind.REFUSED, "critical.gone")
        return now

    def _commit(self, session: Session, kind: str, found: CriticalValue, *changes: Change) -> None:
        self.acts.commit(self.maker.make(kind, session, found.patient.id, changes, kinds=_KINDS))

    def _rank(self, found: CriticalValue) -> tuple[bool, float]:
        if found.acknowledged is not None:
            return True, -found.acknowledged.at.timestamp()
        due = found.due(self.rules)
        return False, due.timestamp() if due is not None else 0.0
