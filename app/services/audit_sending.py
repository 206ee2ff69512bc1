"""Hands the access audit to the outbox, as FHIR AuditEvents."""

from __future__ import annotations

import uuid
from dataclasses import replace

from app.domain.people import Session
from app.domain.terms import GroupId
from app.fhir.audit import write_audit_event
from app.ports.acts import Acts, Change
from app.ports.keeping import AccessAudit
from app.services.act_making import ActMaker
from app.services.authority import open_door

_NAMESPACE = uuid.UUID("6f1c0a52-2f7e-4a53-9d6c-0d9e5f0b7a11")


class AuditSending:
    """Runs before a round of the synchronisation; needs somebody signed in to be its author."""

    def __init__(self, audit: AccessAudit, acts: Acts, maker: ActMaker) -> None:
        self._audit = audit
        self._acts = acts
        self._maker = maker

    @open_door("the audit leaves the workstation whoever works at it")
    def hand_over(self, session: Session) -> int:
        """Queue what has not been queued yet; returns how many entries."""
        entries = self._audit.unsent()
        if not entries:
            return 0
        changes = tuple(
            Change(
                write_audit_event(
                    event_id=str(uuid.uuid5(_NAMESPACE, entry.digest)),
                    action=entry.action,
                    recorded=entry.at,
                    agent=entry.actor,
                    agent_name=entry.actor_name,
                    patient=entry.patient,
                    reason=entry.reason,
                    digest=entry.digest,
                )
            )
            for entry in entries
        )
        act = self._maker.make("audit.upload", session, None, changes)
        # Ids follow from the chain: a kill between the two writes repeats the act, not its effect.
        span = f"{entries[0].digest}..{entries[-1].digest}"
        self._acts.commit(replace(act, group=GroupId(str(uuid.uuid5(_NAMESPACE, span)))))
        self._audit.mark_sent(entries[-1].seq)
        return len(entries)
