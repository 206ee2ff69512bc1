"""What is followed, what is due, and who has left: the download half of a round."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.terms import PatientId, PractitionerId, WardId
from app.fhir.subject import patient_of
from app.kernel.tasks import CancelToken
from app.ports.sync_store import Piece, Scope
from sync.fetching import Fetcher, PassResult, Query
from sync.parts import EngineSettings, Parts
from sync.scopes import (
    PLACES,
    as_of_scope,
    attending_scope,
    cadence,
    census_query,
    census_scope,
    cohorts_for,
    is_of_a_ward,
    members_of,
    mine_scope,
    next_cohort_number,
    queries,
    reference_scope,
    without,
)

_FETCHED = frozenset({"reference", "census", "cohort", "mine"})
Heard = Callable[[PassResult], bool]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose data somebody here wants: the wards, the one on screen, and one's own work."""

    wards: tuple[WardId, ...] = ()
    me: PractitionerId | None = None
    front: PatientId | None = None


class Downloading:
    """Runs the passes that are due. Lives on the SYNC lane.

    `heard` is told of every pass and answers whether to go on.
    """

    def __init__(
        self, parts: Parts, settings: EngineSettings, fetcher: Fetcher, heard: Heard
    ) -> None:
        self._parts = parts
        self._store = parts.store
        self._retention = settings.retention
        self._fetcher = fetcher
        self._heard = heard
        self._cadence = cadence(settings.poll_seconds)
        self._asked: dict[str, float] = {}

    def run_due(self, wanted: Wanted, server_now: datetime, token: CancelToken) -> None:
        """Run what is due, most urgent first, until nothing is or `heard` says stop."""
        if not self._ensure_scopes(wanted, server_now, token):
            return
        asked: set[str] = set()
        going_on = True
        while going_on and (scope := self._next_due(asked, wanted)) is not None:
            token.check()
            asked.add(scope.id)
            going_on = self._fetch(scope, server_now, token)
        if going_on:
            self._see_who_left(wanted)

    def refresh(
        self, patients: Iterable[PatientId], server_now: datetime, token: CancelToken
    ) -> None:
        """Fetch these patients now, due or not."""
        asked_for = set(patients)
        for scope in self._store.scopes():
            concerned = scope.kind == "cohort" and not asked_for.isdisjoint(members_of(scope))
            if concerned and not self._fetch(scope, server_now, token):
                return

    def queries_of(self, scope: Scope) -> tuple[Query, ...]:
        return queries(scope, self._parts.types)

    def _ensure_scopes(self, wanted: Wanted, server_now: datetime, token: CancelToken) -> bool:
        """Reference data, the wards' census and my own work; cohorts come from the census."""
        scopes = [reference_scope(), *(census_scope(ward) for ward in wanted.wards)]
        if wanted.me is not None:
            scopes += [attending_scope(wanted.me), mine_scope(wanted.me)]
        known = {scope.id for scope in self._store.scopes()}
        self._store.put_scopes(tuple(s for s in scopes if s.id not in known))
        self._enlist(self._parts.pinned())
        if "reference" in known and self._places_are_here():
            return True
        return self._fetch(reference_scope(), server_now, token)

    def _places_are_here(self) -> bool:
        """The places have come whole at least once; the scope's own date may be another type's."""
        row = self._store.cursor(reference_scope().id, PLACES)
        return row is not None and row.watermark is not None

    def _next_due(self, asked: set[str], wanted: Wanted) -> Scope | None:
        """The most urgent scope of this round; a census may add cohorts while it runs."""
        due = (
            scope
            for scope in self._store.scopes()
            if scope.state == "active" and scope.kind in _FETCHED and scope.id not in asked
        )
        return min(
            (scope for scope in due if self._is_due(scope, wanted)),
            key=lambda scope: (scope.priority, scope.id),
            default=None,
        )

    def _is_due(self, scope: Scope, wanted: Wanted) -> bool:
        if scope.kind == "cohort":
            members = members_of(scope)
            if not members or wanted.front in members:
                return bool(members)
        last = self._asked.get(scope.id)
        if last is None:
            return True
        # Seconds that never step back: a clock set by two days must not stop the passes.
        ago = timedelta(seconds=self._parts.clock.monotonic() - last)
        return self._cadence.is_due(scope.kind, ago)

    def _fetch(self, scope: Scope, server_now: datetime, token: CancelToken) -> bool:
        if scope.kind == "census":
            return self._fetch_census(scope, server_now, token)
        return self._run_all(scope, server_now, token)

    def _is_done(self, scope: Scope) -> None:
        """Asked and answered whole; what was not is due again at once."""
        self._asked[scope.id] = self._parts.clock.monotonic()

    def _run_all(self, scope: Scope, server_now: datetime, token: CancelToken) -> bool:
        whole = True
        for query in self.queries_of(scope):
            result = self._fetcher.run(query, server_now, token)
            whole = whole and result.finished
            if not self._heard(result):
                return False
        if whole:
            self._is_done(scope)
        if whole and scope.kind == "cohort":
            self._stamp_patients(members_of(scope), server_now)
        return True

    def _stamp_patients(self, patients: tuple[PatientId, ...], server_now: datetime) -> None:
        """Every type of these patients is whole up to now: their charts may say so."""
        known = {scope.id for scope in self._store.scopes()}
        scopes = tuple(as_of_scope(one) for one in patients)
        self._store.put_scopes(tuple(scope for scope in scopes if scope.id not in known))
        for scope in scopes:
            self._store.apply(Piece(scope.id, "", 0, as_of=server_now))

    def _fetch_census(self, scope: Scope, server_now: datetime, token: CancelToken) -> bool:
        if is_of_a_ward(scope) and not self._places_are_here():
            return True  # asked about half of the beds, the others would look free
        query = census_query(scope, self._parts.places)
        if query is None:
            return True
        result = self._fetcher.run(query, server_now, token)
        going_on = self._heard(result)
        if result.finished:
            self._is_done(scope)
            found = (patient_of(encounter) for encounter in result.matches)
            self._enlist(PatientId(one) for one in found if one)
        return going_on

    def _enlist(self, patients: Iterable[PatientId]) -> None:
        existing = [scope for scope in self._store.scopes() if scope.kind == "cohort"]
        fresh = cohorts_for(patients, existing, next_cohort_number(existing))
        if fresh:
            self._store.put_scopes(fresh)

    # --- who has left

    def _see_who_left(self, wanted: Wanted) -> None:
        """Whoever lies in no ward of ours any more goes when the retention is over (§7.9).

        Leaving is decided by complete passes alone, of every census there is.
        """
        scopes = self._store.scopes()
        census = [scope for scope in scopes if scope.kind == "census"]
        if not census or not all(self._is_complete(scope) for scope in census):
            return
        staying = {wanted.front, *self._parts.pinned()}
        for scope in census:
            staying |= {
                PatientId(ref.partition("/")[2])
                for ref in self._store.members(scope.id)
                if ref.startswith("Patient/")
            }
        for scope in scopes:
            if scope.kind == "as-of":
                self._keep_or_leave(scope, stays=PatientId(scope.target) in staying)

    def _is_complete(self, census: Scope) -> bool:
        row = self._store.cursor(census.id, "Encounter")
        return row is not None and row.complete

    def _keep_or_leave(self, scope: Scope, *, stays: bool) -> None:
        now = self._parts.clock.now()
        if stays:
            if scope.expires_at is not None:
                self._store.put_scopes((replace(scope, expires_at=None),))
        elif scope.expires_at is None:
            self._store.put_scopes((replace(scope, expires_at=now + self._retention),))
        elif scope.expires_at <= now:
            self._leave(PatientId(scope.target))

    def _leave(self, patient: PatientId) -> None:
        """Local eviction, never a DELETE there; who has unsent work here stays whole (I17)."""
        cohorts = tuple(
            without(scope, patient)
            for scope in self._store.scopes()
            if scope.kind == "cohort" and patient in members_of(scope)
        )
        if self._store.leave_patient(patient, cohorts):
            for cohort in cohorts:
                if not cohort.target:
                    self._store.leave_scope(cohort.id)
