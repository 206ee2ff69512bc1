"""Sends what waits: frozen batches, every ambiguous outcome resolved before the next."""

from __future__ import annotations

import enum
import random
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from app.domain.terms import GroupId, Ref
from app.fhir.document import to_bytes
from app.fhir.register import register_ref, write_register
from app.kernel.clock import Clock
from app.kernel.faults import AppError, FaultKind, Message
from app.kernel.tasks import CancelToken
from app.ports.sync_store import Enrolment, FrozenBatch, Rejection, SyncNote, SyncStore
from sync.adapting import freeze, group_of, made_by_anybody, sent_batch, urls_of
from sync.backoff import Backoff
from sync.batching import Batch, Halves, batch_of, bisect, halve
from sync.exchange import Exchanged, exchange
from sync.inquiry import Inquiry
from sync.link import GaugedLink
from sync.merge_rules import MergeRules
from sync.planner import plan
from sync.resolve import (
    Applied,
    Cause,
    Fenced,
    MustRead,
    NotApplied,
    Rebase,
    RegisterSeen,
    Resolution,
    Seen,
    ServerFault,
    TransientRace,
    Voided,
    resolve,
    void_mark,
)
from sync.transport import Request
from sync.verdicts import Attempt, Next, Verdict
from sync.versions import if_match

Overtaken = Callable[[Collection[GroupId]], bool]
_ENOUGH_TRIES = 2
"""Times the same bytes may get no answer of the server's own before they go in parts."""
_MOST_PLANS = 3
"""Plans that may be overtaken in one phase before the next round tries again."""
_HEADERS = {"Prefer": "return=minimal", "Content-Type": "application/fhir+json; charset=utf-8"}


class Step(enum.Enum):
    """How sending goes on after a batch."""

    ON = "on"
    STOP = "stop"
    CHANGED = "changed"  # others changed something: fetch and rebase before sending more


@dataclass(frozen=True, slots=True)
class SendingResult:
    """What a sending phase came to.

    Attributes:
        changed: Documents that others changed meanwhile: to be fetched and rebased now.
        deleted: Documents that are gone there.
        lost: Documents the server has gone back behind: a person must choose.
        verdict: What stopped it, if anything did.
    """

    confirmed: int = 0
    changed: frozenset[Ref] = frozenset()
    deleted: frozenset[Ref] = frozenset()
    lost: frozenset[Ref] = frozenset()
    verdict: Verdict | None = None


class Sender:
    """Uploads pending groups (sync.md §7.3, §7.4). Lives on the SYNC lane."""

    def __init__(
        self,
        remote: GaugedLink,
        store: SyncStore,
        rules: MergeRules,
        clock: Clock,
        draw: random.Random,
        backoff: Backoff | None = None,
    ) -> None:
        self._remote = remote
        self._inquiry = Inquiry(remote)
        self._store = store
        self._rules = rules
        self._clock = clock
        self._draw = draw
        self._backoff = backoff or Backoff()
        self._races: dict[str, int] = {}
        self._confirmed = 0
        self._changed: set[Ref] = set()
        self._deleted: set[Ref] = set()
        self._lost: set[Ref] = set()
        self._verdict: Verdict | None = None
        self._suspects: list[frozenset[GroupId]] = []

    def finish_open(self, token: CancelToken, overtaken: Overtaken) -> SendingResult:
        """Resolve every batch that a kill or a lost answer left open; sends nothing new.

        What is `overtaken` is not sent again: hours may have passed since it was packed, and its
        signer must look first (I13).
        """
        self._begin()
        for batch in self._store.open_batches():
            token.check()
            if self._is_early(batch):
                break
            stale = overtaken(batch.groups)
            if batch.state == "sent":
                step = self._resolve(batch, Cause.NO_ANSWER, None, stale=stale)
            elif stale:
                step = self._take_back(batch)
            else:
                step = self._try(batch)
            if step is not Step.ON:
                break
        return self._result()

    def send_all(self, token: CancelToken, waiting: frozenset[GroupId]) -> SendingResult:
        """Send until nothing eligible of `waiting` is left, or something stops it."""
        self._begin()
        step = Step.ON
        overtaken = 0
        while step is Step.ON and overtaken < _MOST_PLANS and not self._store.open_batches():
            token.check()
            batch = self._next(self._suspects[-1] & waiting if self._suspects else waiting)
            if batch is None:
                if not self._suspects:
                    break
                self._suspects.pop()
                continue
            frozen = self._frozen(batch)
            if frozen is None:
                overtaken += 1
                continue
            step = self._try(frozen)
        return self._result()

    def _begin(self) -> None:
        self._confirmed = 0
        self._changed.clear()
        self._deleted.clear()
        self._lost.clear()
        self._verdict = None
        # The suspects stay: a hunt for a poison that takes several rounds must not begin anew.

    def _result(self) -> SendingResult:
        return SendingResult(
            self._confirmed,
            frozenset(self._changed),
            frozenset(self._deleted),
            frozenset(self._lost),
            self._verdict,
        )

    def _enrolled(self) -> Enrolment:
        enrolment = self._store.enrolment()
        if enrolment is None:
            raise AssertionError("sending before enrolment")
        return enrolment

    def _next(self, only: frozenset[GroupId]) -> Batch | None:
        groups = [group_of(pending, self._rules) for pending in self._store.pending()]
        return plan(groups, link=self._remote.quality, only=only).batch

    def _frozen(self, batch: Batch) -> FrozenBatch | None:
        """The batch as it is kept; None when somebody's act came between plan and batch."""
        frozen = freeze(batch, self._enrolled())
        try:
            self._store.freeze(frozen)
        except AppError as error:
            if error.fault.kind is not FaultKind.CONFLICT:
                raise
            return None
        return frozen

    def _is_early(self, batch: FrozenBatch) -> bool:
        if batch.next_try_at is None:
            return False
        wait = (batch.next_try_at - self._clock.now()) / timedelta(seconds=1)
        # Nothing is ever postponed for longer: then it was the clock that was set back (I21).
        return 0 < wait <= self._backoff.most

    def _try(self, batch: FrozenBatch) -> Step:
        tried = replace(batch, attempts=batch.attempts + 1)
        if (wanted := made_by_anybody(batch)) and (step := self._look_for(wanted, tried)):
            return step
        self._store.mark_sent(batch.id, self._clock.now())
        urls = urls_of(batch, self._enrolled().workstation)
        headers = {**_HEADERS, "X-Request-ID": batch.id}
        seen = exchange(
            self._remote,
            Request("POST", "", headers, batch.payload),
            Attempt.TRANSACTION,
            urls=urls,
            tries=tried.attempts,
        )
        return self._after(tried, seen)

    def _look_for(self, wanted: tuple[Ref, ...], batch: FrozenBatch) -> Step | None:
        """What somebody else made first is taken over before anything goes on top of it."""
        there = self._inquiry.existing(wanted)
        if isinstance(there, Verdict):
            # A server that will not answer this question refuses the write itself, in its words.
            waits = there.next in (Next.RETRY, Next.SIGN_IN, Next.PAUSE)
            earlier = replace(batch, attempts=batch.attempts - 1)
            return self._postpone(earlier, there) if waits else None
        if not there:
            return None
        if not self._withdraw(batch):
            return Step.STOP
        self._changed |= there
        return Step.CHANGED

    def _after(self, batch: FrozenBatch, seen: Exchanged) -> Step:
        match seen.verdict.next:
            case Next.ACKNOWLEDGE if seen.versions is not None:
                versions = dict(seen.versions)
                register = versions.pop(register_ref(self._enrolled().workstation))
                return self._acknowledge(batch, versions, register)
            case Next.RETRY | Next.SIGN_IN | Next.PAUSE:
                return self._postpone(batch, seen.verdict)
            case Next.BISECT:
                refusal = _Refusal(seen.status, seen.verdict.message, seen.said)
                return self._cut(batch, refusal, too_large=False)
            case Next.HALVE:
                alone = Message.of("sync.too-large-alone")
                return self._cut(batch, _Refusal(seen.status, alone, seen.said), too_large=True)
            case _:
                cause = Cause.CONFLICT if seen.status in (409, 410, 412) else Cause.NO_ANSWER
                return self._resolve(batch, cause, seen.verdict)

    def _acknowledge(self, batch: FrozenBatch, versions: dict[Ref, str], register: str) -> Step:
        self._store.acknowledge(batch.id, versions, register, self._clock.now())
        self._confirmed += len(batch.groups)
        self._races.pop(batch.id, None)
        return Step.ON

    def _postpone(self, batch: FrozenBatch, verdict: Verdict) -> Step:
        delay = self._backoff.delay(batch.attempts, self._draw.random(), verdict.retry_after)
        next_try = self._clock.now() + timedelta(seconds=delay)
        self._store.postpone(batch.id, batch.attempts, next_try, verdict.message)
        self._verdict = verdict
        return Step.STOP

    def _resolve(
        self, batch: FrozenBatch, cause: Cause, verdict: Verdict | None, *, stale: bool = False
    ) -> Step:
        """Ask the register what became of the batch (sync.md §7.4)."""
        register = self._inquiry.register(self._enrolled().workstation)
        if isinstance(register, Verdict):
            return self._postpone(batch, register)
        seen: dict[Ref, Seen] = {}
        for _ in range(3):
            asked = sent_batch(batch, cause, self._races.get(batch.id, 0))
            resolution = resolve(asked, register, seen)
            if stale and isinstance(resolution, NotApplied):
                return self._take_back(replace(batch, attempts=batch.attempts + 1))
            if not isinstance(resolution, MustRead):
                return self._settle(batch, resolution, verdict)
            for ref in sorted(resolution.refs):
                found = self._inquiry.versions(ref)
                if isinstance(found, Verdict):
                    return self._postpone(batch, found)
                seen[ref] = found
        raise AssertionError("resolve asks for what it was given")

    def _settle(self, batch: FrozenBatch, resolution: Resolution, verdict: Verdict | None) -> Step:
        match resolution:
            case Applied(versions, overtaken, register_version):
                self._changed |= overtaken
                return self._acknowledge(batch, dict(versions), register_version)
            case Rebase(changed, deleted, lost):
                self._store.void(batch.id, None, self._clock.now())
                self._changed |= changed
                self._deleted |= deleted
                self._lost |= lost
                return Step.CHANGED
            case Voided(register_version):
                self._store.void(batch.id, register_version, self._clock.now())
                return Step.ON
            case ServerFault(message):
                return self._cut(batch, _Refusal(409, message, ""), too_large=False)
            case Fenced(message):
                return self.fence(message)
            case _:
                return self._again(batch, resolution, verdict)

    def _again(self, batch: FrozenBatch, resolution: Resolution, verdict: Verdict | None) -> Step:
        """It was not applied: the same bytes once more, now or after the backoff."""
        if isinstance(resolution, TransientRace):
            self._races[batch.id] = resolution.races
        elif verdict is not None:
            step = self._postpone(batch, verdict)
            if batch.attempts >= _ENOUGH_TRIES:
                self._lighten(batch)
            return step
        elif batch.attempts >= _ENOUGH_TRIES and self._lighten(batch):
            return Step.ON  # of an earlier round: nobody could be asked then
        return self._try(batch)

    def _lighten(self, batch: FrozenBatch) -> bool:
        """The server answers, but not to this: what the way does not take whole goes in parts.

        It may be too heavy for it, or hold one act that something on the way chokes on; neither
        may keep the others here (I18, I21). False when there is nothing to send instead.
        """
        halves = halve(self._whole(batch))
        others = frozenset(group.group for group in self._store.pending()).difference(batch.groups)
        if (halves is None and self._next(others) is None) or not self._withdraw(batch):
            return False
        if halves is not None:
            self._suspect(halves)
        else:
            self._suspects.append(others)
        return True

    def fence(self, message: Message) -> Step:
        """Stop sending for good, and say why; a person has to look at this machine (I19)."""
        self._store.mark_fenced()
        note = SyncNote(self._clock.now(), "fenced", ok=False, detail=message.code)
        self._store.write_down(note)
        return Step.STOP

    def _cut(self, batch: FrozenBatch, refusal: _Refusal, *, too_large: bool) -> Step:
        """Isolate what the server will not take, without holding up the rest (I18)."""
        whole = self._whole(batch)
        halves = halve(whole) if too_large else bisect(whole)
        if not self._withdraw(batch):
            return Step.STOP
        if halves is None:
            return self._reject(batch, refusal)
        self._suspect(halves)
        return Step.ON

    def _whole(self, batch: FrozenBatch) -> Batch:
        pending = [group for group in self._store.pending() if group.group in batch.groups]
        return batch_of(group_of(group, self._rules) for group in pending)

    def _suspect(self, halves: Halves) -> None:
        """The first half goes next, and then the rest."""
        self._suspects += [frozenset(halves.rest), frozenset(halves.first.ids)]

    def _reject(self, batch: FrozenBatch, why: _Refusal) -> Step:
        for group in batch.groups:
            now = self._clock.now()
            self._store.reject(Rejection(group, why.status, why.message, why.said, now))
        return Step.ON

    def _take_back(self, batch: FrozenBatch) -> Step:
        return Step.ON if self._withdraw(batch) else Step.STOP

    def _withdraw(self, batch: FrozenBatch) -> bool:
        """Void a batch; bump the register first when an earlier try may still arrive."""
        version: str | None = None
        if batch.attempts > 1:
            version = self._bump(batch)
            if version is None:
                return False
        self._store.void(batch.id, version, self._clock.now())
        return True

    def _bump(self, batch: FrozenBatch) -> str | None:
        enrolment = self._enrolled()
        body = to_bytes(
            write_register(enrolment.workstation, batch.register_seq, void_mark(batch.id))
        )
        headers = {**_HEADERS, "If-Match": if_match(batch.expect_register)}
        ref = register_ref(enrolment.workstation)
        seen = exchange(self._remote, Request("PUT", ref, headers, body), Attempt.READ)
        if seen.status in (200, 201):
            register = self._inquiry.register(enrolment.workstation)
            if isinstance(register, RegisterSeen):
                return register.version
        self._verdict = seen.verdict
        return None


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What the server said to a batch it will not take; `said` is for IT."""

    status: int
    message: Message
    said: str
