"""The synchronisation: one round at a time, resumable after any line."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from app.domain.sending import EVERY_KIND, Connection, SendingStatus
from app.domain.terms import GroupId, PatientId, PractitionerId, Ref, WardId
from app.fhir.document import to_bytes
from app.fhir.register import register_ref, write_register
from app.kernel.changes import Changed
from app.kernel.faults import FaultKind, Message, app_error
from app.kernel.tasks import CancelToken
from app.ports.sync_store import Enrolment
from app.ports.syncing import ProbeReport
from sync.absences import Absences, Settled
from sync.backoff import Backoff
from sync.contact import Contact
from sync.downloading import Downloading, Wanted
from sync.exchange import exchange
from sync.fetching import Fetcher, PassResult
from sync.link import GaugedLink
from sync.parts import EngineSettings, Parts
from sync.probe import Probe
from sync.provenances import ProvenanceFetching
from sync.read_sets import ReadSetCheck
from sync.rebasing import Rebasing
from sync.reconcile import clock_verdict
from sync.reconciling import Reconciling, Schedule
from sync.sending import Sender, SendingResult
from sync.transport import Request
from sync.verdicts import Attempt, Next, Verdict
from sync.versions import version_of_etag

Heard = Callable[[SendingStatus], None]
_REGRESSED = Message.of("sync.server-regressed")
_ANOTHER_COPY = "sync.fenced.another-copy"
_MOST_UNANSWERED = 3
"""Questions of a round that may go wrong by themselves before the server is left alone."""


@dataclass
class _State:
    """What the engine remembers between rounds; nothing of it is needed after a restart."""

    wanted: Wanted = field(default_factory=Wanted)
    status: SendingStatus = field(default_factory=lambda: SendingStatus(Connection.OFFLINE))
    server_now: datetime | None = None
    verdict: Verdict | None = None
    unanswered: Verdict | None = None
    not_before: float = float("-inf")
    passes_failed: int = 0
    passes_pending: int = 0
    regressed: set[Ref] = field(default_factory=set)


class Engine:
    """`Synchronisation`: one engine per database, on the SYNC lane."""

    def __init__(
        self,
        parts: Parts,
        settings: EngineSettings | None = None,
        draw: random.Random | None = None,
    ) -> None:
        link = GaugedLink(parts.remote, parts.clock)
        parts = replace(parts, remote=link)
        self._remote = link
        self._store = parts.store
        self._clock = parts.clock
        self._ids = parts.ids
        self._feed = parts.feed
        chosen = settings or EngineSettings()
        self._absences = Absences(link, parts.store, parts.clock)
        rebasing = Rebasing(parts.store, parts.rules, parts.clock)
        self._fetcher = Fetcher(
            link,
            parts.store,
            rebasing,
            chosen.overlap,
            self._absences,
            chosen.page_size,
        )
        lots = draw or random.SystemRandom()
        self._sender = Sender(link, parts.store, parts.rules, parts.clock, lots)
        self._read_sets = ReadSetCheck(parts.store, parts.rules)
        self._reconciling = Reconciling(link, parts.store, self._fetcher, parts.clock)
        self._schedule = Schedule(chosen.reconcile_every)
        self._downloading = Downloading(parts, chosen, self._fetcher, self._hear)
        self.look_first = self._downloading.look_first
        self.server_second = link.second
        self._makers = ProvenanceFetching(
            link, parts.store, parts.unattributed, rebasing, parts.clock, parts.feed
        )
        self._after_merge = parts.after_merge
        self.contact = Contact(parts.store, parts.clock, chosen.longest_offline)
        self._state = _State()
        self._listeners: list[Heard] = []

    def enrol(self, base_url: str) -> ProbeReport:
        """Probe the server and create a fencing register there; what was under way begins anew."""
        report = Probe(self._remote, self._ids).run()
        if not report.accepted:
            failed = ", ".join(f.case for f in report.findings if not f.passed)
            raise app_error(FaultKind.REFUSED, "enrol.server-refused", failed, case=failed)
        workstation = self._ids.new()
        version = self._create_register(workstation)
        for batch in self._store.open_batches():
            self._store.void(batch.id, None, self._clock.now())
        self._store.record_enrolment(
            Enrolment(workstation, base_url, version, 0, self._clock.now())
        )
        self.contact.made()
        return report

    def follow(self, wards: tuple[WardId, ...], me: PractitionerId | None = None) -> None:
        """Follow these wards, and the tasks and messages of `me`."""
        self._state.wanted = replace(self._state.wanted, wards=wards, me=me)

    def look_at(self, patient: PatientId | None) -> None:
        self._state.wanted = replace(self._state.wanted, front=patient)

    def retry(self, group: str) -> None:
        """A person wants this group tried again: the next round does."""
        self._store.release(GroupId(group))
        self._state.not_before = float("-inf")

    def status(self) -> SendingStatus:
        """How it stands now: what waits is counted anew, never remembered from a round (I24)."""
        counts = self._store.counts()
        return replace(
            self._state.status,
            waiting=counts.waiting,
            oldest_waiting=counts.oldest_waiting,
            conflicts=counts.conflicts,
            rejected=counts.rejected,
            held=counts.held,
            last_contact=self.contact.last,
            outbox_only=self.contact.is_too_long_ago,
        )

    def listen(self, heard: Heard) -> Callable[[], None]:
        self._listeners.append(heard)
        return lambda: self._listeners.remove(heard)

    def round(self, token: CancelToken) -> SendingStatus:
        """Resolve, fetch what matters for signing, send, fetch the rest; then say how it stands.

        A server that asked us to wait is not asked before that (RFC 9110 §10.2.3).
        """
        state = self._state
        if self._clock.monotonic() < state.not_before:
            return self.status()
        state.verdict = state.unanswered = None
        state.passes_failed = state.passes_pending = 0
        enrolment = self._store.enrolment()
        if enrolment is None:
            return self._say(Connection.NOT_ENROLLED)
        self._say(Connection.SYNCING)
        if not self._greet(enrolment):
            return self._end()
        self._look_again()
        if not self._is_fenced() and state.verdict is None:
            self._send(token)
        if state.verdict is None:
            self._downloading.run_due(state.wanted, self._server_now(), token)
        self._send_after(token)
        if state.verdict is None:
            self._makers.run(token)
        self._reconcile_one(token)
        return self._end()

    def _end(self) -> SendingStatus:
        verdict = self._state.verdict
        if verdict is not None and verdict.retry_after is not None:
            seconds = min(verdict.retry_after, Backoff().longest_asked)
            self._state.not_before = self._clock.monotonic() + seconds
        return self._say(Connection.ONLINE if verdict is None else self._disconnected())

    # --- the beginning of a round

    def _greet(self, enrolment: Enrolment) -> bool:
        """Read the register: is the server there, what time is it, are we the only one of us?"""
        began = self._clock.now()
        request = Request("GET", register_ref(enrolment.workstation), {"Cache-Control": "no-cache"})
        seen = exchange(self._remote, request, Attempt.READ)
        if seen.status not in (200, 404, 410) or seen.document is None:
            self._state.verdict = seen.verdict
            return False
        middle = began + (self._clock.now() - began) / 2
        self._state.server_now = seen.date or self._clock.now().astimezone(UTC)
        if seen.date is not None:
            ahead = clock_verdict(seen.date, middle).ahead
            skew = round(ahead / timedelta(seconds=1))
            self._state.status = replace(self._state.status, clock_skew_seconds=skew)
        self.contact.made()
        if seen.status != 200:
            # A server may create what If-Match names and it lacks: nothing would stop us (I19).
            self._sender.fence(Message.of("sync.fenced.register-missing"))
        return True

    def _is_fenced(self) -> bool:
        enrolment = self._store.enrolment()
        return enrolment is not None and enrolment.fenced

    def _create_register(self, workstation: str) -> str:
        body = to_bytes(write_register(workstation, 0, ""))
        headers = {"Content-Type": "application/fhir+json; charset=utf-8"}
        ref = register_ref(workstation)
        made = exchange(self._remote, Request("PUT", ref, headers, body), Attempt.READ)
        version = version_of_etag(made.etag)
        if made.status in (200, 201) and not version:
            version = version_of_etag(
                exchange(self._remote, Request("GET", ref), Attempt.READ).etag
            )
        if made.status not in (200, 201) or not version:
            fault = made.verdict.fault_kind or FaultKind.REFUSED
            raise app_error(fault, "enrol.no-register", made.verdict.detail)
        return version

    # --- sending

    def _send(self, token: CancelToken) -> None:
        """Open batches first; then, with fresh eyes on what signers saw, everything that waits."""
        if self._store.open_batches():
            self._refresh_read_sets()
        if self._state.verdict is None:
            self._took(self._sender.finish_open(token, self._read_sets.is_overtaken))
        if self._state.verdict is not None or not self._store.pending():
            return
        self._refresh_patients(token)
        self._send_what_waits(token)

    def _send_after(self, token: CancelToken) -> None:
        """What was rebased during this round goes out in it, too."""
        if not self._is_fenced():
            self._send_what_waits(token)

    def _send_what_waits(self, token: CancelToken) -> None:
        """Send what waits now. Whoever signs from here on waits: nobody has looked for them yet."""
        self._after_merge()
        waiting = frozenset(group.group for group in self._store.pending())
        if self._state.verdict is None and waiting:
            self._refresh_read_sets()
        if self._state.verdict is None and waiting:
            self._read_sets.hold_what_changed(self._clock.now())
            self._took(self._sender.send_all(token, waiting))

    def _took(self, result: SendingResult) -> None:
        if result.verdict is not None:
            self._state.verdict = result.verdict
        if result.changed and self._state.verdict is None:
            self._hear(self._fetcher.fetch(sorted(result.changed), "conflicts"))
        if result.lost and self._state.verdict is None:
            self._hear(self._fetcher.fetch(sorted(result.lost), "conflicts", lost=True))
        if result.deleted and self._state.verdict is None:
            self._see_gone(self._absences.settle(sorted(result.deleted), CancelToken()))
        if result.confirmed:
            now = self._clock.now()
            self._state.status = replace(self._state.status, last_sent=now)
            self._feed.publish(Changed(frozenset({"outbox", "order", "note", "result", "census"})))

    def _refresh_read_sets(self) -> None:
        """Read what the signers of what waits had on the screen (I13)."""
        seen = sorted({ref for group in self._store.pending() for ref, _ in group.read_set})
        if seen:
            # Read one by one: a pass ends at the server's last whole second, and a colleague's
            # change of this very moment would lie beyond it.
            found = self._fetcher.fetch(seen, "read-sets")
            self._hear(found)
            # Whatever it concerns: what a signer saw must be known before anything is sent (I13).
            self._state.verdict = self._state.verdict or found.trouble

    def _refresh_patients(self, token: CancelToken) -> None:
        """Fetch the patients of what waits to be sent and was signed in front of something."""
        signed = [group for group in self._store.pending() if group.read_set]
        patients = {PatientId(group.patient) for group in signed if group.patient}
        if self._state.verdict is None:
            self._downloading.refresh(patients, self._server_now(), token)

    # --- what came, and what has gone

    def _reconcile_one(self, token: CancelToken) -> None:
        """Compare one scope a round, when nothing else is to be done: it may take a while."""
        state = self._state
        if state.verdict is not None or state.passes_failed or state.passes_pending:
            return
        scope = self._schedule.next(self._store.scopes(), self._clock.monotonic())
        if scope is None:
            return
        found = self._reconciling.run(scope, self._downloading.queries_of(scope), token)
        for fetched in found.fetched:
            self._hear(fetched)
        self._see_gone(Settled([*found.buried], [*found.disputed], trouble=found.trouble))
        self._schedule.tried(scope.id, self._clock.monotonic(), finished=found.finished)

    def _see_gone(self, settled: Settled) -> None:
        self._weigh(settled.trouble)
        if settled.buried or settled.disputed:
            self._feed.publish(Changed(EVERY_KIND))

    def _hear(self, result: PassResult) -> bool:
        """Take a pass into account; answers whether to go on with this round."""
        self._weigh(result.trouble)
        if result.trouble is None and not result.finished:
            self._state.passes_pending += 1
        if result.regressed - self._state.regressed:
            self._schedule.doubt_everything()
            self._state.regressed |= result.regressed
        if result.kinds:
            self._feed.publish(Changed(result.kinds, result.patients))
        if result.gone:
            self._feed.publish(Changed(EVERY_KIND))
        if self._state.verdict is None and result.is_news:
            self._say(Connection.SYNCING)
        return self._state.verdict is None

    def _weigh(self, trouble: Verdict | None) -> None:
        """Whether the server is to be left alone, or only this one question."""
        if trouble is None:
            return
        self._state.passes_failed += 1
        if trouble.concerns_one_question and self._state.passes_failed <= _MOST_UNANSWERED:
            self._state.unanswered = self._state.unanswered or trouble
        else:
            self._state.verdict = self._state.verdict or trouble

    def _look_again(self) -> None:
        """Whether the server still shows older versions than it once did (I9)."""
        doubted = sorted(self._state.regressed)
        if doubted:
            self._state.regressed.clear()
            found = self._fetcher.fetch(doubted, "regressed")
            self._state.regressed |= found.regressed if found.trouble is None else set(doubted)
            self._hear(found)

    def _server_now(self) -> datetime:
        return self._state.server_now or self._clock.now()

    # --- saying how it stands

    def _disconnected(self) -> Connection:
        verdict = self._state.verdict
        if verdict is None:
            return Connection.OFFLINE
        if verdict.next is Next.SIGN_IN:
            return Connection.SIGNED_OUT
        return (
            Connection.OFFLINE
            if verdict.fault_kind is FaultKind.OFFLINE
            else (Connection.ATTENTION)
        )

    def _say(self, connection: Connection) -> SendingStatus:
        state = self._state
        now = self.status()
        attention = bool(
            now.conflicts or now.rejected or now.held or state.regressed or state.unanswered
        )
        if connection is Connection.ONLINE and (attention or self._is_fenced()):
            connection = Connection.ATTENTION
        whole = connection in (Connection.ONLINE, Connection.ATTENTION)
        trouble, detail = self._trouble()
        status = replace(
            now,
            connection=connection,
            data_as_of=self._data_as_of() or state.status.data_as_of,
            last_pass_complete=whole and not (state.passes_failed or state.passes_pending),
            trouble=trouble,
            trouble_detail=detail,
        )
        if status.outbox_only != state.status.outbox_only:
            self._feed.publish(Changed(EVERY_KIND))  # every page reads again, or no longer
        if status != state.status:
            state.status = status
            for heard in tuple(self._listeners):
                heard(status)
        return status

    def _trouble(self) -> tuple[Message | None, str]:
        if self._is_fenced():
            told = [note.detail for note in self._store.diary() if note.kind == "fenced"]
            return Message.of(told[0] if told else _ANOTHER_COPY), "fenced"
        verdict = self._state.verdict or self._state.unanswered
        if verdict is not None:
            return verdict.message, verdict.detail
        if self._state.regressed:
            return _REGRESSED, f"older={len(self._state.regressed)}"
        return None, ""

    def _data_as_of(self) -> datetime | None:
        """How old the oldest census on screen is: never younger than the truth."""
        stamps = [self._store.data_as_of(f"census:{ward}") for ward in self._state.wanted.wards]
        known = [stamp for stamp in stamps if stamp is not None]
        return min(known) if known and len(known) == len(stamps) else None
