"""A workstation on the ward: real cache, real engine, real HTTP; only the clock is ours."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

from app.connecting import merge_rules
from app.domain.sending import QueueItem, SendingStatus
from app.domain.terms import GroupId, PatientId, PractitionerId, Ref
from app.fhir.document import Document, reference_to
from app.fhir.provenance import write_provenance
from app.kernel.changes import ChangeFeed
from app.kernel.clock import RandomIds
from app.kernel.tasks import CancelToken
from app.ports.acts import Act, Change, ReadSet
from app.ports.disputes import Decision
from app.settling import make_checking
from localdb.opening import Hazards, open_cache
from localdb.projections.all import all_projectors
from localdb.provenances import SqlProvenances
from localdb.reads.ward_places import SqlPlaces
from localdb.signing_keys import KeptSigningKeys
from resources.reading import path
from sync.engine import Engine
from sync.parts import EngineSettings, Follower, Parts
from sync.scopes import read_types
from sync.store_lane import LanedStore, at_once
from sync.transport import HttpRemote, Remote
from tests.support.cache_kit import KEY, SteppedClock
from tests.sync.engine.hospital import Names

DOCTOR = PractitionerId("dr-wang")
TYPES = frozenset(
    {
        "Location",
        "Practitioner",
        "Patient",
        "Encounter",
        "AllergyIntolerance",
        "MedicationRequest",
        "Observation",
        "Task",
        "DocumentReference",
    }
)
"""What this hospital has; the other types would only cost requests without an answer."""
PAGE = 2
_SMALL_PAGES = EngineSettings(page_size=PAGE)


class OwnClock:
    """The workstation's wall clock, right until somebody sets it wrong."""

    def __init__(self, right: SteppedClock) -> None:
        self._right = right
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        return self._right.now() + self._ahead

    def monotonic(self) -> float:
        return self._right.monotonic()

    def ahead(self, **by: float) -> None:
        self._ahead = timedelta(**by)


def http(base_url: str, *, timeout: float = 10.0, ca_bundle: str = "") -> HttpRemote:
    """The connection of the product, with small limits."""
    token, most = "a-bearer-token", 1024 * 1024
    return HttpRemote(
        base_url, lambda: token, timeout=timeout, ca_bundle=ca_bundle, most_bytes=most
    )


class Desk:
    """One workstation with Dr Wang in front of it."""

    def __init__(
        self,
        folder: Path,
        hospital: Names,
        *,
        base_url: str = "",
        remote: Remote | None = None,
        settings: EngineSettings = _SMALL_PAGES,
        lane: type[LanedStore] = LanedStore,
        hazards: Hazards | None = None,
        ca_bundle: str = "",
        rtypes: frozenset[str] = TYPES,
        looks: bool = False,
    ) -> None:
        self.folder = folder
        self.hospital = hospital
        self.clock = OwnClock(hospital.clock)
        self.opened = open_cache(
            folder, KEY, all_projectors(), self.clock, hazards=hazards or Hazards()
        )
        self.store = self.opened.sync_store
        self.pinned: set[PatientId] = set()
        self.followers: list[Follower] = []
        self._http = http(base_url or hospital.base_url, ca_bundle=ca_bundle)
        self.remote = remote or self._http
        types = read_types(path("packs/scopes/types.tsv"))
        self.feed = ChangeFeed()
        self.keys = KeptSigningKeys(self.opened.people, self.opened.documents)
        self.provenances = SqlProvenances(self.opened.cache)
        self.checking = make_checking(
            self.opened, self.keys, self.opened.acts, self.feed, self.clock
        )
        looking: dict[str, object] = {}
        if looks:  # as the product does; without, a round asks for nothing but its data
            looking = {"after_merge": self.checking.run, "unattributed": self.provenances}
        self.engine = Engine(
            Parts(
                remote=self.remote,
                store=lane(self.store, at_once),
                places=SqlPlaces(self.opened.cache),
                rules=merge_rules(),
                types=tuple(one for one in types if one.rtype in rtypes and one.kind != "mine"),
                clock=self.clock,
                ids=RandomIds(),
                feed=self.feed,
                pinned=lambda: frozenset(self.pinned),
                followers=lambda: tuple(self.followers),
                **looking,  # type: ignore[arg-type]  # the two that are named above
            ),
            settings,
            random.Random(1),  # noqa: S311 - jitter
        )
        self.engine.follow((hospital.ward,))

    def enrol(self) -> None:
        report = self.engine.enrol(self.remote.base_url)
        assert report.accepted, report.findings

    def round(self) -> SendingStatus:
        return self.engine.round(CancelToken())

    def later(self, **by: float) -> SendingStatus:
        """A round some time later; long enough for every pace and every cadence by default."""
        self.hospital.clock.step(**(by or {"minutes": 20}))
        return self.round()

    # --- what Dr Wang does

    def act(self, *changes: Change, kind: str = "note.sign", seen: ReadSet = ()) -> GroupId:
        """Commit one act, with the Provenance that every act of the product has."""
        now = self.hospital.clock.now()
        group = GroupId(RandomIds().new())
        provenance = write_provenance(
            provenance_id=RandomIds().new(),
            targets=tuple(Ref(reference_to(change.document)) for change in changes),
            author=DOCTOR,
            occurred=now,
            recorded=now,
            activity=kind,
            reason="",
        )
        patient = self.hospital.patient()
        act = Act(group, kind, patient, DOCTOR, now, changes, seen, provenance)
        self.opened.acts.commit(act)
        return group

    def new_group(self) -> GroupId:
        return GroupId(RandomIds().new())

    def sign_note(self, name: str, *, seen: ReadSet = (), **elements: object) -> GroupId:
        document: Document = {**self.hospital.a_note(name), **elements}  # type: ignore[dict-item]  # JSON of the test's choosing
        return self.act(Change(document), seen=seen)

    def edit(self, ref: Ref, **elements: object) -> GroupId:
        now = self.opened.documents.held(ref)
        assert now is not None
        document: Document = {**now.document, **elements}  # type: ignore[dict-item]  # JSON of the test's choosing
        return self.act(Change(document, now.stamp), kind="order.stop")

    def seen(self, *refs: Ref) -> ReadSet:
        return self.opened.documents.versions(refs)

    def decision(self) -> Decision:
        return Decision(DOCTOR, self.clock.now(), "seen with the patient")

    def keep_mine(self, ref: Ref) -> None:
        """Dr Wang lets the version here count, in the one dispute there is about `ref`."""
        (dispute,) = (one for one in self.opened.disputes.disputes() if one.ref == ref)
        decision = self.decision()
        provenance = write_provenance(
            provenance_id=RandomIds().new(),
            targets=(ref,),
            author=DOCTOR,
            occurred=decision.at,
            recorded=decision.at,
            activity="conflict.keep-mine",
        )
        act = Act(
            group=self.new_group(),
            kind="conflict.keep-mine",
            patient=self.hospital.patient(),
            author=DOCTOR,
            at=decision.at,
            changes=(),
            provenance=provenance,
        )
        self.opened.disputes.keep_mine(dispute.id, act, decision)

    # --- what there is

    def states(self) -> dict[GroupId, str]:
        return {one.group: one.state for one in self.store.pending()}

    def item(self, group: GroupId) -> QueueItem:
        return next(one for one in self.opened.queue.queue() if one.group == group)

    def disconnect(self) -> None:
        """Let go of the connection that is kept open between requests."""
        self._http.close()

    def close(self) -> None:
        self._http.close()
        self.opened.close()
