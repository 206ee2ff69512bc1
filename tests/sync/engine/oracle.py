"""Server and workstation side by side: every document of the scope, in content and version."""

from __future__ import annotations

from sqlalchemy import select

from app.domain.terms import Ref
from app.fhir.document import canonical_hash, parse
from localdb.bodies import opened
from localdb.schema import resource
from tests.sync.engine.desk import TYPES, Desk
from tests.sync.engine.hospital import Hospital

Copy = tuple[str, str]


def on_the_server(hospital: Hospital) -> dict[Ref, Copy]:
    """(version, content) of everything a workstation follows."""
    return {
        ref: (str(version.number), canonical_hash(parse(version.body)))
        for ref, version in hospital.everything().items()
        if version.type in TYPES
    }


def on_the_workstation(desk: Desk) -> dict[Ref, Copy]:
    """(version, content) of everything in the cache, whatever its state."""
    with desk.opened.cache.read() as connection:
        rows = connection.execute(
            select(resource.c.ref, resource.c.rtype, resource.c.server_version, resource.c.body)
        ).all()
    return {
        row.ref: (row.server_version, canonical_hash(opened(row.body)))
        for row in rows
        if row.rtype in TYPES
    }


def assert_same(desk: Desk) -> None:
    """Convergence (I22): nothing is missing, nothing is too much, nothing differs."""
    assert isinstance(desk.hospital, Hospital)
    there, here = on_the_server(desk.hospital), on_the_workstation(desk)
    missing = sorted(there.keys() - here.keys())
    extra = sorted(here.keys() - there.keys())
    differing = sorted(ref for ref in there.keys() & here.keys() if there[ref] != here[ref])
    told = f"missing {missing}, too much {extra}, different {differing}"
    assert not (missing or extra or differing), told


def assert_nothing_waits(desk: Desk) -> None:
    """The outbox is empty, and so are quarantine and conflicts (I21)."""
    assert desk.states() == {}
    assert desk.store.open_batches() == ()
    counts = desk.store.counts()
    assert (counts.waiting, counts.conflicts, counts.rejected, counts.held) == (0, 0, 0, 0)
