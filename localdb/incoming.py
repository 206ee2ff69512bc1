"""Resources as the server sent them, made ready for their rows, and told apart by what is here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from app.domain.terms import Ref
from app.fhir.document import Document, parse, reference_to, references
from app.fhir.frame import id_of
from app.fhir.subject import patient_of
from app.kernel.faults import AppError, FaultKind, app_error
from app.ports.sync_store import Incoming, Unreadable
from localdb.bodies import content_hash, pack
from localdb.schema import resource, tombstone
from localdb.shelf import AMONG, among, chunks, rtype_of

_STANDINGS = select(
    resource.c.ref,
    resource.c.pk,
    resource.c.state,
    resource.c.server_version,
    resource.c.server_updated,
    resource.c.local_seq,
).where(resource.c.ref.in_(AMONG))
_OWNERS = select(resource.c.ref, resource.c.patient).where(
    resource.c.ref.in_(AMONG), resource.c.patient.is_not(None)
)
_BURIED = select(tombstone.c.ref, tombstone.c.version).where(
    tombstone.c.ref.in_(AMONG), tombstone.c.cause == "deleted"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides the fate of an incoming document: the row without its bodies."""

    pk: int
    state: str
    version: str
    updated: datetime | None
    local_seq: int


@dataclass(frozen=True, slots=True)
class Ready:
    """An incoming document with everything its row needs."""

    source: Incoming
    document: Document
    body_hash: str
    packed: bytes
    patient: str | None

    @property
    def row(self) -> dict[str, object]:
        return {
            "ref": self.source.ref,
            "rtype": rtype_of(self.source.ref),
            "patient": self.patient,
            "state": "clean",
            "server_version": self.source.version,
            "server_updated": self.source.updated,
            "local_seq": 0,
            "body_hash": self.body_hash,
            "body": self.packed,
        }


@dataclass(frozen=True, slots=True)
class Sorted:
    """Incoming documents by what is to be done with them."""

    fresh: tuple[Incoming, ...]
    newer: tuple[tuple[int, Incoming], ...]
    unchanged: int
    stale: tuple[Ref, ...]
    regressed: tuple[Ref, ...]


def standings(connection: Connection, refs: Iterable[Ref]) -> dict[Ref, Standing]:
    """How the documents stand that are in the cache."""
    found: dict[Ref, Standing] = {}
    for some in chunks(refs):
        for ref, *values in connection.execute(_STANDINGS, among(some)):
            found[ref] = Standing(*values)
    return found


def sort_out(
    connection: Connection,
    documents: Iterable[Incoming],
    here: Mapping[Ref, Standing],
    decided: frozenset[Ref],
) -> Sorted:
    """Decide what becomes of each document; `decided` ones come as a rebase or a conflict."""
    # A ref that comes twice in a piece counts once, in the version that came last.
    wanted = {one.ref: one for one in documents}
    buried = _buried(connection, (ref for ref in wanted if ref not in here))
    fresh: list[Incoming] = []
    newer: list[tuple[int, Incoming]] = []
    stale: list[Ref] = []
    regressed: list[Ref] = []
    unchanged = 0
    for ref, one in wanted.items():
        row = here.get(ref)
        if row is None:
            if ref in buried and not is_newer(one.version, buried[ref]):
                unchanged += 1
            else:
                fresh.append(one)
        elif row.version == one.version:
            unchanged += 1
        elif is_older(one.version, one.updated, row):
            regressed.append(ref)
        elif row.state == "clean":
            newer.append((row.pk, one))
        elif ref not in decided:
            stale.append(ref)
    return Sorted(tuple(fresh), tuple(newer), unchanged, tuple(stale), tuple(regressed))


def make_ready(documents: Iterable[Incoming]) -> tuple[list[Ready], list[Unreadable]]:
    """Parse and pack; what cannot be taken as the resource it claims to be is kept aside."""
    good: list[Ready] = []
    bad: list[Unreadable] = []
    for one in documents:
        try:
            good.append(_ready(one))
        except AppError as error:
            bad.append(Unreadable(one.ref, error.fault.message.code, one.body))
    return good, bad


def _ready(one: Incoming) -> Ready:
    document = parse(one.body)
    if not id_of(document) or reference_to(document) != one.ref:
        raise app_error(FaultKind.REFUSED, "storage.another-resource", rtype_of(one.ref))
    try:
        body_hash = content_hash(document)
    except UnicodeEncodeError as error:
        # JSON may spell half a surrogate pair, which is no text and can be stored nowhere.
        raise app_error(FaultKind.REFUSED, "storage.bad-text", rtype_of(one.ref)) from error
    return Ready(one, document, body_hash, pack(one.body), patient_of(document))


def adopted(connection: Connection, ready: Iterable[Ready]) -> list[Ready]:
    """Each with its patient: a Provenance that names none belongs to that of its first target here.

    Without one it would stay when its patient is evicted.
    """
    all_of = list(ready)
    lone = {
        one.source.ref: [Ref(target) for target in references(one.document)]
        for one in all_of
        if one.patient is None and rtype_of(one.source.ref) == "Provenance"
    }
    targets = {ref for named in lone.values() for ref in named}
    owners: dict[Ref, str] = {}
    for some in chunks(targets):
        owners.update((ref, patient) for ref, patient in connection.execute(_OWNERS, among(some)))
    found = {
        ref: next((owners[one] for one in named if one in owners), None)
        for ref, named in lone.items()
    }
    return [
        replace(one, patient=found[one.source.ref]) if one.source.ref in found else one
        for one in all_of
    ]


def is_older(version: str, updated: datetime | None, row: Standing) -> bool:
    """Whether the server has gone back behind what it already gave us (I9)."""
    if version.isdecimal() and row.version.isdecimal():
        return int(version) < int(row.version)
    return updated is not None and row.updated is not None and updated < row.updated


def is_newer(version: str, than: str) -> bool:
    """Whether a buried document has been brought back (a PUT resurrects, sync.md Q8)."""
    if version.isdecimal() and than.isdecimal():
        return int(version) > int(than)
    return version != than


def _buried(connection: Connection, refs: Iterable[Ref]) -> dict[Ref, str]:
    """Version last seen of those the server deleted; access may return, so others do not count."""
    found: dict[Ref, str] = {}
    for some in chunks(refs):
        rows = connection.execute(_BURIED, among(some))
        found.update((ref, version) for ref, version in rows)
    return found
