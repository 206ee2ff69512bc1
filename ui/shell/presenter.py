"""What finding, counting and remembering mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.census import Ward
from app.domain.people import Privilege
from app.domain.terms import PatientId
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import Failed, Fault, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.ports.reading import PatientHit
from app.ports.sync_store import QueueCounts
from ui.shell.parts import Counts, ShellParts
from ui.shell.session_now import SessionNow

_COUNT_KINDS = frozenset({"task", "message", "result", "census", "session"})


@dataclass(frozen=True, slots=True)
class Remembered:
    """What this person used last."""

    scenario: str = ""
    place: str = ""
    ward: str = ""


class ShellView(Protocol):
    def show_fault(self, fault: Fault) -> None: ...

    def show_counts(self, counts: Counts) -> None: ...

    def show_outbox(self, counts: QueueCounts | None) -> None: ...

    def show_wards(self, wards: tuple[Ward, ...]) -> None: ...

    def show_found(self, query: str, hits: tuple[PatientHit, ...]) -> None: ...

    def show_remembered(self, remembered: Remembered) -> None: ...


class ShellPresenter:
    """Finds, counts and remembers for the main window."""

    def __init__(
        self,
        view: ShellView,
        parts: ShellParts,
        session: SessionNow,
        tasks: TaskScope,
        feed: ChangeFeed,
    ) -> None:
        self._view = view
        self._parts = parts
        self._session = session
        self._tasks = tasks
        self._finding: CancelToken | None = None
        self._unlisten = feed.listen(self._heard)

    def close(self) -> None:
        self._unlisten()
        self._tasks.close()

    def begin(self) -> None:
        """Read what this person used last, their wards, and what waits for them."""
        self._tasks.read(lambda _: self._recall(), self._on_recalled)
        self._count()
        self._read_wards()

    def look_at(self, patient: PatientId | None) -> None:
        """Let the synchronisation fetch the patient in front first."""
        self._parts.look_at(patient)

    # -- finding

    def find(self, query: str) -> None:
        """Look for patients; a newer query replaces an older one."""
        if self._finding is not None:
            self._finding.cancel()
            self._finding = None
        session = self._session.value
        if not query.strip() or not session.can(Privilege.SEE_WARD):
            return
        self._finding = self._tasks.read(
            lambda _: self._parts.wards.find(session, query),
            lambda result: self._on_found(query, result),
        )

    # -- remembering

    def remember(self, name: str, value: str) -> None:
        who = self._session.value.clinician.id
        self._tasks.write(lambda: self._parts.people.remember(who, f"shell.{name}", value), _done)

    # -- answers

    def _on_found(self, query: str, result: Result[tuple[PatientHit, ...]]) -> None:
        match result:
            case Ok(hits):
                self._view.show_found(query, hits)
            case Failed(fault):
                self._view.show_fault(fault)

    def _on_recalled(self, result: Result[Remembered]) -> None:
        self._view.show_remembered(result.value if isinstance(result, Ok) else Remembered())

    def _on_wards(self, result: Result[tuple[Ward, ...]]) -> None:
        if isinstance(result, Ok):
            self._view.show_wards(result.value)

    def _on_outbox(self, result: Result[QueueCounts | None]) -> None:
        self._view.show_outbox(result.value if isinstance(result, Ok) else None)

    def _on_counts(self, result: Result[Counts]) -> None:
        self._view.show_counts(result.value if isinstance(result, Ok) else Counts())

    # -- news

    def _heard(self, changed: Changed) -> None:
        if changed.kinds & _COUNT_KINDS:
            self._count()
        if "outbox" in changed.kinds:
            self._tasks.read(lambda _: self._parts.outbox(), self._on_outbox)
        if "census" in changed.kinds:  # the first wards come with the first synchronisation
            self._read_wards()

    def _read_wards(self) -> None:
        session = self._session.value
        if session.can(Privilege.SEE_WARD):
            self._tasks.read(lambda _: self._parts.wards.wards(session), self._on_wards)

    def _count(self) -> None:
        session = self._session.value
        self._tasks.read(lambda _: self._parts.count(session), self._on_counts)

    def _recall(self) -> Remembered:
        who, people = self._session.value.clinician.id, self._parts.people
        kept = {
            name: people.preference(who, f"shell.{name}") or ""
            for name in ("scenario", "place", "ward")
        }
        return replace(Remembered(), **kept)


def _done(result: object) -> None:
    """What came of it is in the log; nothing on the screen depends on it."""
    del result
