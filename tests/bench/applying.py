"""Taking over what was downloaded, with every projection; the anchor's way beside it."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.terms import Ref
from app.ports.sync_store import Incoming, Piece, Scope
from localdb.opening import OpenCache
from sync.fetching import _PIECE as PIECE
from tests.bench.anchor import Anchor, Prepared, prepared
from tests.bench.figures import Alternative, Figure, Target, Watch
from tests.bench.hospital import AS_OF, lines, own_id
from tests.bench.stage import KEY, Stage

PAGE = 200
SCOPE = Scope("bench", "cohort", "")


def bulk_apply(stage: Stage) -> Iterator[Figure]:
    """Real pieces of the demo hospital into an empty cache, then again as new versions."""
    count = stage.size(10_000, 600)
    documents = [_incoming(rtype, text) for rtype, text in lines(count)]
    fresh, newer, slices = Watch(1e6), Watch(1e6), Watch()
    opened = stage.cache()
    try:
        opened.sync_store.put_scopes((SCOPE,))
        apply_all(opened, documents, fresh, slices)
        apply_all(opened, [_again(one) for one in documents], newer, slices)
    finally:
        opened.close()
    ready = [prepared(one) for one in documents]
    first, second, alone = Watch(1e6), Watch(1e6), Watch(1e6)
    anchor = Anchor(stage.folder / "anchor.db", KEY)
    try:
        _download(anchor, ready, first)
        _download(anchor, ready, second)
    finally:
        anchor.close()
    some = stage.size(1500, 100)
    lonely = Anchor(stage.folder / "anchor-alone.db", KEY)
    try:
        for at, one in enumerate(ready[:some]):
            with alone.lap():
                lonely.create((one,), at)
    finally:
        lonely.close()
    whole = Watch(1e6)
    working = Anchor(stage.folder / "anchor-whole.db", KEY)
    try:
        for at, received in enumerate(documents[:some]):
            with whole.lap():  # as ours, from the bytes that came to what searches read
                working.create((prepared(received),), at)
    finally:
        working.close()
    size = {"resources": count, "piece": PIECE}
    yield Figure(
        "apply: new resource",
        "us",
        fresh.all,
        (Target("median", 1000), Target("median", 500, source="sync.md §9, stretch")),
        size,
        (
            Alternative("android-fhir port, one transaction per page of 200", first.all),
            Alternative("android-fhir port, one transaction per resource", alone.all),
            Alternative(
                "android-fhir port, one transaction per resource, its index values drawn, too",
                whole.all,
            ),
        ),
        processor=fresh.used,
    )
    yield Figure(
        "apply: newer version",
        "us",
        newer.all,
        (Target("median", 1000),),
        size,
        (Alternative("android-fhir port, one transaction per page of 200", second.all),),
        processor=newer.used,
    )
    yield Figure(
        "apply: one commit of a piece",
        "ms",
        slices.all,
        (Target("p95", 20, source="architecture.md, Threads"),),
        size,
    )


def apply_all(
    opened: OpenCache, documents: list[Incoming], each: Watch, whole: Watch | None = None
) -> None:
    """Apply in pieces, as a page comes in."""
    for at in range(0, len(documents), PIECE):
        some = tuple(documents[at : at + PIECE])
        members = tuple((one.ref, one.version) for one in some)
        piece = Piece(SCOPE.id, "", 1, some, members)
        with each.lap(len(some)):
            opened.sync_store.apply(piece)
        if whole is not None:
            whole.samples.append(each.samples[-1] * len(some) / 1000)


def _download(anchor: Anchor, ready: list[Prepared], watch: Watch) -> None:
    for at in range(0, len(ready), PAGE):
        page = ready[at : at + PAGE]
        with watch.lap(len(page)):
            anchor.download(page)


def _incoming(rtype: str, text: str) -> Incoming:
    """A document of the demo as a page holds it: with version and time."""
    stamped = f'{{"meta":{{"versionId":"1","lastUpdated":"2026-11-24T08:00:00Z"}},{text[1:]}'
    return Incoming(Ref(f"{rtype}/{own_id(text)}"), stamped.encode(), "1", AS_OF)


def _again(one: Incoming) -> Incoming:
    """The same document in its next version."""
    body = one.body.replace(b'"versionId":"1"', b'"versionId":"2"', 1)
    return Incoming(one.ref, body, "2", AS_OF)
