"""One durable act: everything it writes, one commit with `synchronous=FULL`, and the journal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from app.domain.terms import PatientId, Ref
from app.fhir.document import Document, reference_to, to_bytes
from app.ports.acts import Act, Change
from app.ports.sync_store import Incoming
from localdb.opening import OpenCache
from tests.bench.acts import ActMaker
from tests.bench.anchor import Anchor, Prepared, prepared
from tests.bench.applying import SCOPE, apply_all
from tests.bench.figures import Alternative, Figure, Target, Watch, repeated
from tests.bench.hospital import AS_OF
from tests.bench.population import Population
from tests.bench.stage import KEY, Stage

_PORT = "android-fhir port, note and Provenance in one transaction"
_IN_GROUP = 20
_ANCHOR_MS = {"create": 4.7, "update": 12.29, "delete": 8.08}


def durable_acts(stage: Stage) -> Iterator[Figure]:
    """Sign a note, change it, and remove what is not needed any more, over a filled cache."""
    population = Population(stage.size(2_000, 100))
    runs = stage.size(200, 20)
    maker = ActMaker(tuple(f"p{n}" for n in range(population.people)))
    documents = list(population.incoming())
    opened = stage.cache()
    anchor = Anchor(stage.folder / "anchor.db", KEY)
    try:
        opened.sync_store.put_scopes((SCOPE,))
        apply_all(opened, documents, Watch())
        anchor.download(prepared(one) for one in documents)
        size = {"resources": population.count, "documents per act": 2}
        yield _create(opened, anchor, maker, runs, size)
        yield _update(opened, anchor, maker, runs, size)
        yield _together(opened, maker, stage.size(30, 4))
        yield _bury(opened, anchor, runs, population)
        yield _evict(opened, stage.size(60, 5), population)
    finally:
        anchor.close()
        opened.close()


def _create(
    opened: OpenCache, anchor: Anchor, maker: ActMaker, runs: int, size: dict[str, int]
) -> Figure:
    acts = [maker.create(number) for number in range(runs + 2)]
    theirs = [_as_prepared(act) for act in acts]
    ours = repeated(runs, lambda n: opened.acts.commit(acts[n + 2]))
    beside = repeated(runs, lambda n: anchor.create(theirs[n + 2], n + 2))
    return Figure(
        "durable act: sign a new note",
        "ms",
        ours.all,
        (Target("median", 10), Target("p95", 25)),
        size,
        (Alternative(_PORT, beside.all),),
        {"published anchor ms (Pixel 7, one resource)": _ANCHOR_MS["create"]},
        ours.used,
    )


def _update(
    opened: OpenCache, anchor: Anchor, maker: ActMaker, runs: int, size: dict[str, int]
) -> Figure:
    acts = []
    for number in range(runs + 2):
        held = opened.documents.held(Ref(f"DocumentReference/bench-note-{number}"))
        assert held is not None
        changed: Document = {**held.document, "description": "amended"}
        acts.append(maker.act(number, Change(changed, held.stamp), kind="note.amend"))
    theirs = [_as_prepared(act) for act in acts]
    ours = repeated(runs, lambda n: opened.acts.commit(acts[n + 2]))
    beside = repeated(runs, lambda n: anchor.update(theirs[n + 2], n + 2))
    return Figure(
        "durable act: change a note",
        "ms",
        ours.all,
        (Target("median", 10), Target("p95", 25)),
        size,
        (Alternative(_PORT, beside.all),),
        {"published anchor ms (Pixel 7, one resource)": _ANCHOR_MS["update"]},
        ours.used,
    )


def _together(opened: OpenCache, maker: ActMaker, runs: int) -> Figure:
    watch = Watch()
    for run in range(runs):
        first = 100_000 + run * _IN_GROUP
        notes = (Change(maker.note(number)) for number in range(first, first + _IN_GROUP))
        act = maker.act(first, *notes)
        with watch.lap(_IN_GROUP + 1):
            opened.acts.commit(act)
    return Figure(
        "durable act: per document in a group of 21",
        "ms",
        watch.all,
        (Target("median", 1.5),),
        {"documents per act": _IN_GROUP + 1},
        processor=watch.used,
    )


def _bury(opened: OpenCache, anchor: Anchor, runs: int, population: Population) -> Figure:
    refs = [one.ref for one in islice(population.incoming(), 0, (runs + 2) * 5, 5)]

    def theirs(number: int) -> None:
        rtype, _, rid = refs[number + 2].partition("/")
        anchor.delete(rtype, rid)

    ours = repeated(runs, lambda n: opened.sync_store.bury(refs[n + 2], "deleted", AS_OF))
    beside = repeated(runs, theirs)
    return Figure(
        "remove one document here (tombstone, projections)",
        "ms",
        ours.all,
        (Target("median", 8),),
        {"resources": population.count},
        (Alternative("android-fhir port, purge", beside.all),),
        {"published anchor ms (Pixel 7)": _ANCHOR_MS["delete"]},
        ours.used,
    )


def _evict(opened: OpenCache, runs: int, population: Population) -> Figure:
    last = population.people - 1

    def leave(number: int) -> None:
        assert opened.sync_store.leave_patient(PatientId(f"p{last - 2 - number}"), ())

    took = repeated(runs, leave)
    return Figure(
        "evict a patient: rows, freed pages, write-ahead log",
        "ms",
        took.all,
        size={"resources": population.count, "documents of the patient": 5},
        processor=took.used,
    )


def _as_prepared(act: Act) -> list[Prepared]:
    assert act.provenance is not None
    documents = [*(change.document for change in act.changes), act.provenance]
    return [
        prepared(Incoming(Ref(reference_to(one)), to_bytes(one), "1", AS_OF)) for one in documents
    ]
