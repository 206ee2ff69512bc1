"""The synchronisation: one round at a time, resumable after any line."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from app.domain.sending import Connection, SendingStatus
from app.domain.terms import GroupId, PatientId, PractitionerId, WardId
from app.fhir.document import to_bytes
from app.fhir.register import register_ref, write_register
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.clock import Clock, Ids
from app.kernel.faults import FaultKind, app_error
from app.kernel.tasks import CancelToken
from app.ports.sync_store import Enrolment, Piece, Scope, SyncStore
from app.ports.syncing import ProbeReport
from sync.exchange import exchange
from sync.fetching import Fetcher, PassResult
from sync.merge_rules import MergeRules
from sync.probe import Probe
from sync.read_sets import ReadSetCheck
from sync.rebasing import Rebasing
from sync.reconcile import clock_verdict
from sync.scopes import (
    Cadence,
    Places,
    ScopeType,
    cadence,
    census_query,
    census_scope,
    cohorts_for,
    members_of,
    mine_scope,
    next_cohort_number,
    queries,
    reference_scope,
)
from sync.sending import Sender, SendingResult
from sync.transport import Remote, Request
from sync.verdicts import Attempt, Next, Verdict
from sync.versions import version_of_etag

Heard = Callable[[SendingStatus], None]
_FETCHED = frozenset({"reference", "census", "cohort", "mine"})


@dataclass(frozen=True, slots=True)
class Parts:
    """What an engine is made of; only clock and remote differ in the simulator."""

    remote: Remote
    store: SyncStore
    places: Places
    rules: MergeRules
    types: tuple[ScopeType, ...]
    clock: Clock
    ids: Ids
    feed: ChangeFeed


@dataclass(frozen=True, slots=True)
class EngineSettings:
    overlap: timedelta = timedelta(seconds=125)
    page_size: int = 200
    poll_seconds: int = 15


@dataclass
class _State:
    """What the engine remembers between rounds; nothing of it is needed after a restart."""

    wards: tuple[WardId, ...] = ()
    front: PatientId | None = None
    me: PractitionerId | None = None
    asked: dict[str, datetime] = field(default_factory=dict)
    status: SendingStatus = field(default_factory=lambda: SendingStatus(Connection.OFFLINE))
    server_now: datetime | None = None
    verdict: Verdict | None = None
    passes_failed: int = 0
    passes_pending: int = 0


class Engine:
    """`Synchronisation`: one engine per database, on the SYNC lane."""

    def __init__(
        self,
        parts: Parts,
        settings: EngineSettings | None = None,
        draw: random.Random | None = None,
    ) -> None:
        self._remote = parts.remote
        self._store = parts.store
        self._places = parts.places
        self._types = parts.types
        self._clock = parts.clock
        self._ids = parts.ids
        self._feed = parts.feed
        chosen = settings or EngineSettings()
        store, rules = parts.store, parts.rules
        self._fetcher = Fetcher(
            parts.remote,
            store,
            Rebasing(store, rules, parts.clock),
            chosen.overlap,
            chosen.page_size,
        )
        lots = draw or random.SystemRandom()
        self._sender = Sender(parts.remote, store, rules, parts.clock, lots)
        self._read_sets = ReadSetCheck(store, rules)
        self._cadence: Cadence = cadence(chosen.poll_seconds)
        self._state = _State()
        self._listeners: list[Heard] = []

    def enrol(self, base_url: str) -> ProbeReport:
        """Probe the server and create this workstation's fencing register there."""
        report = Probe(self._remote, self._ids).run()
        if not report.accepted:
            failed = ", ".join(f.case for f in report.findings if not f.passed)
            raise app_error(FaultKind.REFUSED, "enrol.server-refused", failed, case=failed)
        workstation = self._ids.new()
        version = self._create_register(workstation)
        self._store.record_enrolment(
            Enrolment(workstation, base_url, version, 0, self._clock.now())
        )
        return report

    def follow(self, wards: tuple[WardId, ...], me: PractitionerId | None = None) -> None:
        """Follow these wards, and the tasks and messages of `me`."""
        self._state.wards = wards
        self._state.me = me

    def look_at(self, patient: PatientId | None) -> None:
        self._state.front = patient

    def retry(self, group: str) -> None:
        """A person wants this group tried again: the next round does."""
        self._store.release(GroupId(group))

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
        )

    def listen(self, heard: Heard) -> Callable[[], None]:
        self._listeners.append(heard)
        return lambda: self._listeners.remove(heard)

    def round(self, token: CancelToken) -> SendingStatus:
        """Resolve, fetch what matters for signing, send, fetch the rest; then say how it stands."""
        state = self._state
        state.verdict, state.passes_failed, state.passes_pending = None, 0, 0
        enrolment = self._store.enrolment()
        if enrolment is None:
            return self._say(Connection.NOT_ENROLLED)
        self._say(Connection.SYNCING)
        if not self._greet(enrolment):
            return self._say(self._disconnected())
        if not enrolment.fenced:
            self._send(token)
        self._fetch_due(token)
        self._send_after(token)
        good = state.verdict is None
        return self._say(Connection.ONLINE if good else self._disconnected())

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
        self._state.status = replace(self._state.status, last_contact=self._clock.now())
        return True

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
        self._took(self._sender.finish_open(token))
        if self._state.verdict is not None or not self._store.pending():
            return
        self._refresh_pending(token)
        if self._state.verdict is None:
            self._read_sets.hold_what_changed(self._clock.now())
            self._took(self._sender.send_all(token))

    def _send_after(self, token: CancelToken) -> None:
        """What was rebased during this round goes out in it, too."""
        enrolment = self._store.enrolment()
        if self._state.verdict is None and enrolment is not None and not enrolment.fenced:
            self._read_sets.hold_what_changed(self._clock.now())
            self._took(self._sender.send_all(token))

    def _took(self, result: SendingResult) -> None:
        if result.verdict is not None:
            self._state.verdict = result.verdict
        news = [*sorted(result.changed), *sorted(result.deleted)]
        if news and self._state.verdict is None:
            self._hear(self._fetcher.fetch(news, "conflicts"))
        if result.confirmed:
            now = self._clock.now()
            self._state.status = replace(self._state.status, last_sent=now)
            self._feed.publish(Changed(frozenset({"outbox", "order", "note", "result", "census"})))

    def _refresh_pending(self, token: CancelToken) -> None:
        """Fetch the patients of what waits, so that no signer is overtaken unseen (I13)."""
        signed = [group for group in self._store.pending() if group.read_set]
        seen = sorted({ref for group in signed for ref, _ in group.read_set})
        if seen:
            # Read one by one: a pass ends at the server's last whole second, and a colleague's
            # change of this very moment would lie beyond it.
            self._hear(self._fetcher.fetch(seen, "read-sets"))
        patients = {group.patient for group in signed}
        for scope in self._store.scopes():
            if scope.kind == "cohort" and not patients.isdisjoint(members_of(scope)):
                self._fetch_scope(scope, token)

    # --- fetching

    def _fetch_due(self, token: CancelToken) -> None:
        self._ensure_scopes()
        asked: set[str] = set()
        while self._state.verdict is None and (scope := self._next_due(asked)) is not None:
            token.check()
            asked.add(scope.id)
            self._fetch_scope(scope, token)

    def _next_due(self, asked: set[str]) -> Scope | None:
        """The most urgent scope of this round; a census may add cohorts while it runs."""
        due = (
            scope
            for scope in self._store.scopes()
            if scope.state == "active" and scope.kind in _FETCHED and scope.id not in asked
        )
        return min(
            (scope for scope in due if self._is_due(scope)),
            key=lambda scope: (scope.priority, scope.id),
            default=None,
        )

    def _ensure_scopes(self) -> None:
        """Reference data, the wards' census and my own work; cohorts come from the census."""
        wanted = [reference_scope(), *(census_scope(ward) for ward in self._state.wards)]
        if self._state.me is not None:
            wanted.append(mine_scope(self._state.me))
        known = {scope.id for scope in self._store.scopes()}
        self._store.put_scopes(tuple(s for s in wanted if s.id not in known))
        if "reference" not in known:
            self._fetch_scope(reference_scope(), CancelToken())

    def _is_due(self, scope: Scope) -> bool:
        front = self._state.front
        if scope.kind == "cohort" and front is not None and front in members_of(scope):
            return True
        last = self._state.asked.get(scope.id)
        return self._cadence.is_due(scope.kind, last, self._clock.now())

    def _fetch_scope(self, scope: Scope, token: CancelToken) -> None:
        if scope.kind == "census":
            self._fetch_census(WardId(scope.target), token)
        else:
            self._run_all(scope, token)
        if self._state.verdict is None:
            self._state.asked[scope.id] = self._clock.now()

    def _run_all(self, scope: Scope, token: CancelToken) -> None:
        whole = True
        for query in queries(scope, self._types):
            if self._state.verdict is not None:
                return
            result = self._fetcher.run(query, self._server_now(), token)
            whole = whole and result.finished
            self._hear(result)
            self._say(Connection.SYNCING)
        if whole and scope.kind == "cohort":
            self._stamp_patients(members_of(scope))

    def _stamp_patients(self, patients: tuple[PatientId, ...]) -> None:
        """Every type of these patients is whole up to now: their charts may say so."""
        now = self._server_now()
        scopes = tuple(Scope(f"patient:{one}", "as-of", one, priority=9) for one in patients)
        self._store.put_scopes(scopes)
        for one in scopes:
            self._store.apply(Piece(one.id, "", 0, as_of=now))

    def _fetch_census(self, ward: WardId, token: CancelToken) -> None:
        places = self._places.places_of(ward)
        if not places:
            return
        result = self._fetcher.run(census_query(ward, places), self._server_now(), token)
        self._hear(result)
        if result.finished:
            self._enlist(result)

    def _enlist(self, census: PassResult) -> None:
        """Follow everybody who lies there; those who left stay followed until they are purged."""
        patients: list[PatientId] = []
        for encounter in census.matches:
            subject = encounter.get("subject")
            reference = subject.get("reference") if isinstance(subject, dict) else None
            if isinstance(reference, str) and reference.startswith("Patient/"):
                patients.append(PatientId(reference.partition("/")[2]))
        existing = [scope for scope in self._store.scopes() if scope.kind == "cohort"]
        fresh = cohorts_for(patients, existing, next_cohort_number(existing))
        if fresh:
            self._store.put_scopes(fresh)

    def _hear(self, result: PassResult) -> None:
        if result.trouble is not None:
            self._state.passes_failed += 1
            if result.trouble.next in (Next.SIGN_IN, Next.PAUSE, Next.RETRY):
                self._state.verdict = result.trouble
        elif not result.finished:
            self._state.passes_pending += 1
        if result.kinds:
            self._feed.publish(Changed(result.kinds, result.patients))

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
        enrolment = self._store.enrolment()
        attention = bool(now.conflicts or now.rejected or now.held)
        fenced = enrolment is not None and enrolment.fenced
        if connection is Connection.ONLINE and (attention or fenced):
            connection = Connection.ATTENTION
        whole = connection in (Connection.ONLINE, Connection.ATTENTION)
        verdict = state.verdict
        status = replace(
            now,
            connection=connection,
            data_as_of=self._data_as_of() or state.status.data_as_of,
            last_pass_complete=whole and not (state.passes_failed or state.passes_pending),
            trouble=verdict.message if verdict else None,
            trouble_detail=verdict.detail if verdict else "",
        )
        if status != state.status:
            state.status = status
            for heard in tuple(self._listeners):
                heard(status)
        return status

    def _data_as_of(self) -> datetime | None:
        """How old the oldest census on screen is: never younger than the truth."""
        stamps = [self._store.data_as_of(f"census:{ward}") for ward in self._state.wards]
        known = [stamp for stamp in stamps if stamp is not None]
        return min(known) if known and len(known) == len(stamps) else None
