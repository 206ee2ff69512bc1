"""`Acts` and `Documents` in memory, held to the same contract as the encrypted cache."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.chart import WorkItem
from app.domain.orders import Order
from app.domain.terms import GroupId, PatientId, Ref
from app.fhir.document import Document, canonical, reference_to
from app.fhir.guards import unknown_modifiers
from app.fhir.orders import REQUESTS, read_order
from app.fhir.workflow import read_task
from app.kernel.faults import AppError, FaultKind, app_error
from app.ports.acts import Act, Change, Held, ReadSet
from app.ports.keeping import Drafts


@dataclass(frozen=True)
class _Kept:
    document: Document
    version: str
    state: str


class FakeActs:
    """Commits to a dictionary.

    Attributes:
        committed: Every act that stored something, with the changes that were left of it.
        refusing: Raised by the next commit, once, as a full disk would.
    """

    def __init__(self, drafts: Drafts | None = None) -> None:
        self.committed: list[Act] = []
        self.refusing: AppError | None = None
        self._drafts = drafts
        self._kept: dict[Ref, _Kept] = {}
        self._groups: set[GroupId] = set()

    def download(self, document: Document, version: str = "1") -> None:
        """Put a document here as the server would."""
        self._kept[Ref(reference_to(document))] = _Kept(document, version, "clean")

    def forget(self, ref: Ref) -> None:
        """Evict a document, as when its patient left."""
        del self._kept[ref]

    def dispute(self, ref: Ref) -> None:
        """Put a document into conflict."""
        kept = self._kept[ref]
        self._kept[ref] = _Kept(kept.document, kept.version, "conflict")

    def commit(self, act: Act) -> None:
        self.commit_all((act,))

    def commit_all(self, acts: tuple[Act, ...]) -> None:
        if self.refusing is not None:
            refusing, self.refusing = self.refusing, None
            raise refusing
        before = (self._kept.copy(), self._groups.copy(), self.committed.copy())
        try:
            for act in acts:
                self._commit(act)
        except AppError:
            self._kept, self._groups, self.committed = before
            raise

    def _commit(self, act: Act) -> None:
        wanted = _wanted(act)
        if act.group in self._groups:
            return
        kept = [change for change in wanted if self._alters(change)]
        if any(change.document != act.provenance for change in kept):
            self._store(act, kept)
        if act.draft is not None and self._drafts is not None:
            self._drafts.discard(act.draft)

    def held(self, ref: Ref) -> Held | None:
        kept = self._kept.get(ref)
        if kept is None:
            return None
        return Held(ref, kept.document, _stamp(kept.document), kept.version, kept.state)

    def documents(self, rtype: str) -> tuple[Document, ...]:
        """Every document of a type, as it reads now."""
        kept = self._kept.items()
        return tuple(one.document for ref, one in kept if ref.startswith(f"{rtype}/"))

    def orders(self, patient: PatientId) -> tuple[Order, ...]:
        """The patient's orders, as they read now."""
        found = (read_order(one) for kind in REQUESTS for one in self.documents(kind))
        return tuple(one for one in found if one is not None and one.patient == patient)

    def asked(self, patient: PatientId) -> tuple[WorkItem, ...]:
        """The patient's open tasks."""
        found = (read_task(one) for one in self.documents("Task"))
        return tuple(one for one in found if one.patient == patient and one.open)

    def versions(self, refs: tuple[Ref, ...]) -> ReadSet:
        return tuple(
            (ref, self._kept[ref].version) for ref in dict.fromkeys(refs) if ref in self._kept
        )

    def _store(self, act: Act, kept: list[Change]) -> None:
        for change in kept:
            ref = Ref(reference_to(change.document))
            version = self._kept[ref].version if ref in self._kept else ""
            self._kept[ref] = _Kept(change.document, version, "dirty")
        self._groups.add(act.group)
        self.committed.append(act)

    def _alters(self, change: Change) -> bool:
        kept = self._kept.get(Ref(reference_to(change.document)))
        if kept is None:
            if change.stamp is not None:
                raise app_error(FaultKind.CONFLICT, "change.gone")
            return True
        now = _stamp(kept.document)
        if now == _stamp(change.document):
            return False
        if unknown_modifiers(kept.document):
            raise app_error(FaultKind.REFUSED, "change.modifier")
        if kept.state == "conflict":
            raise app_error(FaultKind.CONFLICT, "change.in-conflict")
        if change.stamp != now:
            code = "change.exists" if change.stamp is None else "change.stale"
            raise app_error(FaultKind.CONFLICT, code)
        return True


def _wanted(act: Act) -> list[Change]:
    wanted = [*act.changes]
    if act.provenance is not None:
        wanted.append(Change(act.provenance))
    for change in wanted:
        if unknown_modifiers(change.document):
            raise app_error(FaultKind.REFUSED, "change.modifier")
    return wanted


def _stamp(document: Document) -> str:
    return canonical({"whole": document}).decode()
