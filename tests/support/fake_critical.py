"""`CriticalReads` over acts in memory, held to the same contract as the cache."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from app.domain.census import Ward
from app.domain.critical_values import CriticalValue, Escalation
from app.domain.results import Acknowledged
from app.domain.terms import Named, Ref, WardId
from app.fhir.critical_values import ESCALATED, is_read_back, read_read_back
from app.fhir.elements import ref_at
from app.fhir.workflow import read_task
from app.ports.critical_values import CriticalWard
from tests.support.fake_acts import FakeActs


class FakeCritical:
    """Knows some observations; what was done about them it reads out of the documents."""

    def __init__(
        self, acts: FakeActs, values: Iterable[CriticalValue], as_of: datetime | None = None
    ) -> None:
        self._acts = acts
        self.values = {one.ref: one for one in values}
        self._as_of = as_of

    def ward(self, ward: WardId, done_since: datetime, unflagged_since: datetime) -> CriticalWard:
        now = [self._now(one) for one in self.values.values() if one.stay.ward == ward]
        listed = tuple(
            one
            for one in now
            if (one.acknowledged is None or one.acknowledged.at >= done_since)
            and (one.flagged or (one.observed.issued or unflagged_since) >= unflagged_since)
        )
        return CriticalWard(Ward(ward, Named("七病区"), 1, 1), listed, self._as_of)

    def value(self, observation: Ref) -> CriticalValue | None:
        found = self.values.get(observation)
        return self._now(found) if found is not None else None

    def _now(self, value: CriticalValue) -> CriticalValue:
        found = value
        for document in self._acts.documents("Communication"):
            if is_read_back(document) and ref_at(document, "about", 0) == value.ref:
                found = replace(found, read_back=read_read_back(document), unsent=True)
        for document in self._acts.documents("Task"):
            task = read_task(document)
            if task.focus != value.ref:
                continue
            ref = Ref(f"Task/{task.id}")
            if task.code == ESCALATED:
                told = Escalation(ref, task.owner_role, task.authored_at, task.from_name, task.open)
                found = replace(found, escalations=(*found.escalations, told))
            elif task.status == "completed":
                at = task.changed_at or value.known_since
                assert at is not None
                done = Acknowledged(task.owner_name, at)
                found = replace(found, task=ref, acknowledged=done, unsent=True)
            else:
                found = replace(found, task=ref)
        return found
