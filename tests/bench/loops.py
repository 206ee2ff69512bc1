"""Tracking the closed loops of a ward: what a refresh costs, beside computing everything anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.people import Clinician, Privilege, Role, Session
from app.domain.terms import Named, PractitionerId, Ref, WardId
from app.fhir.document import Document, reference_to, to_bytes
from app.ports.sync_store import Incoming, Piece, Scope
from app.services.loop_pack import LoopPack, read_loops
from app.services.loop_tracking import LoopTracking
from localdb.opening import OpenCache
from localdb.reads.loops import SqlLoopReads
from resources.reading import path
from tests.bench.figures import Alternative, Figure, Target, Watch, repeated
from tests.bench.stage import Stage
from tests.support.builders import a_patient, ref
from tests.support.loop_builders import (
    T0,
    a_dose,
    a_medication_order,
    a_provenance,
    a_task,
    at,
)

WARD = WardId("w3")
PER_PATIENT = 10
SCOPE = Scope("bench", "cohort", "")
_TARGET = (Target("p95", 100, source="issue: 500 active orders refresh in 100 ms"),)


@dataclass
class _Clock:
    at: datetime = T0 + timedelta(minutes=25)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


def tracking(stage: Stage) -> Iterator[Figure]:
    """A ward with 500 active orders, each with what followed it."""
    patients = stage.size(50, 5)
    orders = patients * PER_PATIENT
    opened = stage.cache()
    try:
        opened.sync_store.put_scopes((SCOPE,))
        documents = [one for n in range(patients) for one in _patient(n)]
        _apply(opened, [*_ward(patients), *documents])
        yield from _figures(stage, opened, orders, len(documents))
    finally:
        opened.close()


def _figures(stage: Stage, opened: OpenCache, orders: int, documents: int) -> Iterator[Figure]:
    pack = read_loops(path("packs/loops"))
    clock = _Clock()
    kept = _tracker(opened, pack, clock)
    runs = stage.size(40, 4)
    first = kept.board(SESSION, WARD)
    if len(first.loops) != orders or first.computed != orders:
        raise AssertionError((len(first.loops), first.computed))
    size = {"active orders": orders, "documents": documents}
    anew = repeated(stage.size(15, 2), lambda _: _tracker(opened, pack, clock).board(SESSION, WARD))
    naive = Alternative("every order read and computed at each refresh", anew.all)

    changed = Watch()
    for run in range(runs):
        _apply(opened, [_given(run % orders, run)])
        with changed.lap():
            found = kept.board(SESSION, WARD)
        if found.computed != 1:
            raise AssertionError(found.computed)
    yield Figure(
        "loops: refresh of a ward after a change of one order",
        "ms",
        changed.all,
        _TARGET,
        size,
        (naive,),
        processor=changed.used,
    )
    still = repeated(runs, lambda _: kept.board(SESSION, WARD))
    yield Figure(
        "loops: refresh of a ward without a change",
        "ms",
        still.all,
        _TARGET,
        size,
        (naive,),
        processor=still.used,
    )

    passing = Watch()
    for _ in range(stage.size(10, 2)):
        later = _tracker(opened, pack, clock)
        later.board(SESSION, WARD)
        clock.at += timedelta(minutes=10)
        with passing.lap():
            later.board(SESSION, WARD)
        clock.at -= timedelta(minutes=10)
    yield Figure(
        "loops: refresh of a ward when limits pass for every order",
        "ms",
        passing.all,
        _TARGET,
        size,
        (naive,),
        processor=passing.used,
    )
    yield Figure("loops: first refresh of a ward", "ms", anew.all, (), size, processor=anew.used)


def _tracker(opened: OpenCache, pack: LoopPack, clock: _Clock) -> LoopTracking:
    return LoopTracking(SqlLoopReads(opened.cache), lambda: pack, lambda *_: None, clock)


SESSION = Session(
    Clinician(PractitionerId("wang-yi"), "wang.yi", Named("王医生"), Role.RESIDENT, (WARD,)),
    T0,
    True,
    T0 + timedelta(days=1),
    frozenset({Privilege.SEE_WARD, Privilege.OPEN_CHART}),
)


def _ward(patients: int) -> Iterator[Document]:
    kind = "http://terminology.hl7.org/CodeSystem/location-physical-type"
    yield {
        "resourceType": "Location",
        "id": WARD,
        "status": "active",
        "name": "Ward 3",
        "physicalType": {"coding": [{"system": kind, "code": "wa"}]},
    }
    for n in range(patients):
        yield {
            "resourceType": "Location",
            "id": f"bed-{n}",
            "status": "active",
            "name": str(n),
            "partOf": ref("Location", WARD),
            "physicalType": {"coding": [{"system": kind, "code": "bd"}]},
        }


def _patient(n: int) -> Iterator[Document]:
    key = f"p{n}"
    yield a_patient(key, name=f"病人{n}")
    yield {
        "resourceType": "Encounter",
        "id": f"e{n}",
        "status": "in-progress",
        "class": {"code": "IMP"},
        "subject": ref("Patient", key),
        "location": [{"location": ref("Location", f"bed-{n}")}],
        "period": {"start": at(-600)},
    }
    for m in range(PER_PATIENT):
        yield from _order(f"o{n}-{m}", key)


def _order(key: str, patient: str) -> Iterator[Document]:
    """Signed, told, verified, picked and scanned; the dose is still to come."""
    order = a_medication_order(key, patient)
    yield order
    own = reference_to(order)
    yield a_provenance(f"{key}-signed", own, act="order.place")
    for place, (step, status) in enumerate(
        (("VERIFY", "completed"), ("PHREV", "completed"), ("SCAN", "ready"), ("PLAN", "requested"))
    ):
        task = a_task(f"{key}-{step.lower()}", own, patient, step=step, status=status)
        yield task
        yield a_provenance(f"{key}-{step.lower()}-p", reference_to(task), step=step, minutes=place)


def _given(n: int, run: int) -> Document:
    patient, order = divmod(n, PER_PATIENT)
    return a_dose(f"dose-{run}", f"o{patient}-{order}", f"p{patient}")


def _apply(opened: OpenCache, documents: list[Document]) -> None:
    made = [Incoming(Ref(reference_to(one)), to_bytes(one), "1", T0) for one in documents]
    for start in range(0, len(made), 40):
        piece = tuple(made[start : start + 40])
        opened.sync_store.apply(Piece(SCOPE.id, "MedicationRequest", 1, piece))
