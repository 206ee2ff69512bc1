"""Tells every listener when an act has become durable."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.domain.disputes import ActNamed, Dispute
from app.domain.duplicates import Duplicate
from app.domain.sending import EVERY_KIND
from app.domain.sheet_runs import Run, RunId
from app.domain.terms import DraftId, GroupId, PatientId, PractitionerId, Ref
from app.fhir.document import Document
from app.kernel.changes import Changed, ChangeFeed
from app.ports.acts import Act, Acts
from app.ports.disputes import Decision, Disputes, Sides
from app.ports.doses import DuplicateActs
from app.ports.keeping import Draft, Drafts
from app.ports.printing import PrintRuns


class PublishedActs:
    """`Acts` that publishes what changed, after the commit and only then."""

    def __init__(self, acts: Acts, feed: ChangeFeed) -> None:
        self._acts = acts
        self._feed = feed

    def commit(self, act: Act) -> None:
        """Commit `act`, then say so; errors as `Acts.commit`."""
        self.commit_all((act,))

    def commit_all(self, acts: tuple[Act, ...]) -> None:
        """Commit them together, then say so once; errors as `Acts.commit_all`."""
        self._acts.commit_all(acts)
        kinds = {"outbox"}.union(*(act.kinds for act in acts))
        if any(act.draft is not None for act in acts):
            kinds.add("draft")
        patients = frozenset(act.patient for act in acts if act.patient is not None)
        self._feed.publish(Changed(frozenset(kinds), patients))


class PublishedDisputes:
    """`Disputes` that publishes a decision, after the commit and only then."""

    def __init__(self, disputes: Disputes, feed: ChangeFeed) -> None:
        self._disputes = disputes
        self._feed = feed

    def disputes(self) -> tuple[Dispute, ...]:
        return self._disputes.disputes()

    def sides(self, dispute: int) -> Sides | None:
        return self._disputes.sides(dispute)

    def resting_on(self, groups: Iterable[GroupId]) -> tuple[ActNamed, ...]:
        return self._disputes.resting_on(groups)

    def documents_of(self, groups: Iterable[GroupId]) -> tuple[Document, ...]:
        return self._disputes.documents_of(groups)

    def keep_mine(self, dispute: int, act: Act, decision: Decision) -> None:
        """Carry it out, then say so; errors as `Disputes.keep_mine`."""
        self._disputes.keep_mine(dispute, act, decision)
        self._feed.publish(Changed(EVERY_KIND))

    def discard(
        self, groups: tuple[GroupId, ...], decision: Decision, instead: Act | None = None
    ) -> tuple[Ref, ...]:
        """Carry it out, then say so; errors as `Disputes.discard`."""
        changed = self._disputes.discard(groups, decision, instead)
        self._feed.publish(Changed(EVERY_KIND))
        return changed


class PublishedDuplicates:
    """`DuplicateActs` that publishes a case that was opened or closed, after the commit."""

    def __init__(self, kept: DuplicateActs, feed: ChangeFeed) -> None:
        self._kept = kept
        self._feed = feed

    def open_duplicates(self) -> frozenset[tuple[Ref, Ref]]:
        return self._kept.open_duplicates()

    def keep_duplicates(
        self, found: tuple[Duplicate, ...], over: frozenset[tuple[Ref, Ref]], at: datetime
    ) -> bool:
        """Keep them, then say so if anything changed."""
        changed = self._kept.keep_duplicates(found, over, at)
        if changed:
            self._feed.publish(Changed(EVERY_KIND))
        return changed


class PublishedDrafts:
    """`Drafts` that publishes which patient has one; typing itself is no news."""

    def __init__(self, drafts: Drafts, feed: ChangeFeed) -> None:
        self._drafts = drafts
        self._feed = feed

    def save(self, draft: Draft) -> None:
        """Save `draft`; only the first time is news."""
        fresh = self._drafts.get(draft.id) is None
        self._drafts.save(draft)
        if fresh:
            self._tell(draft.patient)

    def open_for(
        self, author: PractitionerId, patient: PatientId | None = None
    ) -> tuple[Draft, ...]:
        return self._drafts.open_for(author, patient)

    def get(self, draft: DraftId) -> Draft | None:
        return self._drafts.get(draft)

    def discard(self, draft: DraftId) -> None:
        """Throw it away, and say so."""
        kept = self._drafts.get(draft)
        self._drafts.discard(draft)
        if kept is not None:
            self._tell(kept.patient)

    def _tell(self, patient: PatientId | None) -> None:
        patients = frozenset({patient}) if patient is not None else frozenset[str]()
        self._feed.publish(Changed(frozenset({"draft"}), patients))


class PublishedPrintRuns:
    """`PrintRuns` that publishes that a run waits for its answer, and the answer."""

    def __init__(self, runs: PrintRuns, feed: ChangeFeed) -> None:
        self._runs = runs
        self._feed = feed

    def begin(self, run: Run) -> None:
        """Keep it, then say so; errors as `PrintRuns.begin`."""
        self._runs.begin(run)
        self._feed.publish(Changed(frozenset({"sheet"}), frozenset({run.patient})))

    def unanswered(self, patient: PatientId) -> tuple[Run, ...]:
        return self._runs.unanswered(patient)

    def settle(self, run: RunId, act: Act | None) -> None:
        """End the waiting, then say so; errors as `PrintRuns.settle`."""
        self._runs.settle(run, act)
        kinds = {"sheet", "outbox"} if act is not None else {"sheet"}
        self._feed.publish(Changed(frozenset(kinds)))
