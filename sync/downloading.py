"""What is followed, what is due, and who has left: the download half of a round."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
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
    Pace,
    as_of_scope,
    cadence,
    census_query,
    cohorts_for,
    is_of_a_ward,
    kind_of,
    members_of,
    next_cohort_number,
    own_scopes,
    patients_among,
    queries,
    reference_scope,
    without,
)

_FETCHED = frozenset({"reference", "census", "cohort", "mine"})
_OWNED = frozenset({"census", "mine"})
"""Followed because somebody wants it; the others follow from these."""
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
        self._prompt = frozenset(one.kind for one in parts.types if one.pace is not Pace.SLOW)
        self._asked: dict[str, float] = {}
        self._first: frozenset[str] = frozenset()

    def run_due(self, wanted: Wanted, server_now: datetime, token: CancelToken) -> None:
        """Run what is due, most urgent first, until nothing is or `heard` says stop."""
        self._let_go(wanted)
        if not self._ensure_scopes(wanted, server_now, token):
            return
        asked: set[str] = set()
        looked: set[Query] = set()
        going_on = self._look_at_news(looked, server_now, token)
        while going_on and (scope := self._next_due(asked, wanted)) is not None:
            token.check()
            asked.add(scope.id)
            whole = self._is_whole_due(scope, wanted)
            going_on = self._fetch(scope, server_now, token, whole=whole, but=looked)
        if going_on:
            self._see_who_left(wanted)

    def look_first(self, rtypes: frozenset[str]) -> None:
        """The next round begins with these types; it asks for what it would have asked anyway.

        May be called on any thread: at worst the order is lost.
        """
        self._first |= rtypes

    def _look_at_news(self, looked: set[Query], server_now: datetime, token: CancelToken) -> bool:
        """What is new by announcement; what was asked for is added to `looked`."""
        first, self._first = self._first, frozenset()
        for scope in self._store.scopes() if first else ():
            if scope.state != "active" or scope.id not in self._asked:
                continue
            for query in queries(scope, self._parts.types, promptly=True):
                if query.rtype in first and scope.target:
                    token.check()
                    looked.add(query)
                    if not self._heard(self._fetcher.run(query, server_now, token)):
                        return False
        return True

    def refresh(
        self, patients: Iterable[PatientId], server_now: datetime, token: CancelToken
    ) -> None:
        """Fetch these patients now, due or not: what can be signed of them, as somebody waits."""
        asked_for = set(patients)
        for scope in self._store.scopes():
            concerned = scope.kind == "cohort" and not asked_for.isdisjoint(members_of(scope))
            if concerned and not self._fetch(scope, server_now, token, whole=False):
                return

    def queries_of(self, scope: Scope) -> tuple[Query, ...]:
        return queries(scope, self._parts.types)

    def _ensure_scopes(self, wanted: Wanted, server_now: datetime, token: CancelToken) -> bool:
        """Reference data, the wards' census and my own work; cohorts come from the census."""
        scopes = (reference_scope(), *own_scopes(wanted.me, wanted.wards))
        known = {scope.id for scope in self._store.scopes() if scope.state == "active"}
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
        """Prompt types are due in every round; a cohort that nobody is left in never is."""
        if scope.kind == "cohort" and not members_of(scope):
            return False
        return kind_of(scope) in self._prompt or self._is_whole_due(scope, wanted)

    def _is_whole_due(self, scope: Scope, wanted: Wanted) -> bool:
        if scope.kind == "cohort" and wanted.front in members_of(scope):
            return True
        last = self._asked.get(scope.id)
        if last is None:
            return True
        # Seconds that never step back: a clock set by two days must not stop the passes.
        ago = timedelta(seconds=self._parts.clock.monotonic() - last)
        return self._cadence.is_due(scope.kind, ago)

    def _fetch(
        self,
        scope: Scope,
        server_now: datetime,
        token: CancelToken,
        *,
        whole: bool = True,
        but: Collection[Query] = (),
    ) -> bool:
        if scope.kind == "census":
            return self._fetch_census(scope, server_now, token)
        if whole:
            return self._run_all(scope, server_now, token)
        every = queries(scope, self._parts.types, promptly=True)
        prompt = (one for one in every if one not in but)
        return all(self._heard(self._fetcher.run(one, server_now, token)) for one in prompt)

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

    # --- what nobody wants any more, and who has left

    def _let_go(self, wanted: Wanted) -> None:
        """Leave the wards and the people whom nobody enrolled here follows any more (§7.9).

        Their patients leave at once unless another census has them; what is unsent stays (I17).
        """
        kept = {scope.id for scope in own_scopes(wanted.me, wanted.wards)}
        for one in self._parts.followers():
            kept |= {scope.id for scope in own_scopes(one.me, one.wards)}
        if not kept:
            return  # nobody has said yet what they follow
        for scope in self._store.scopes():
            if scope.kind in _OWNED and scope.id not in kept and self._may_leave(scope):
                self._asked[scope.id] = self._parts.clock.monotonic()
                self._expire(patients_among(self._store.members(scope.id)))
                self._store.leave_scope(scope.id)

    def _may_leave(self, scope: Scope) -> bool:
        """What unsent work holds here is tried again, but not with every round."""
        last = self._asked.get(scope.id)
        if last is None or scope.state == "active":
            return True
        ago = timedelta(seconds=self._parts.clock.monotonic() - last)
        return self._cadence.is_due("mine", ago)

    def _expire(self, patients: Iterable[PatientId]) -> None:
        """Let these go as soon as every census says that they lie in no ward of ours."""
        now = self._parts.clock.now()
        self._store.put_scopes(
            tuple(replace(as_of_scope(one), expires_at=now) for one in sorted(patients))
        )

    def _see_who_left(self, wanted: Wanted) -> None:
        """Whoever lies in no ward of ours any more goes when the retention is over (§7.9).

        Leaving is decided by complete passes alone, of every census there is.
        """
        scopes = self._store.scopes()
        census = [s for s in scopes if s.kind == "census" and s.state == "active"]
        if not census or not all(self._is_complete(scope) for scope in census):
            return
        staying = {wanted.front, *self._parts.pinned()}
        for scope in census:
            staying |= patients_among(self._store.members(scope.id))
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
