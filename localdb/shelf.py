"""Rows of the document table: fetched, described, and told to the projections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, select, text

from app.domain.terms import Ref
from app.fhir.document import Document
from localdb.bodies import opened
from localdb.projecting import Projector, Put, project_all
from localdb.schema import change, change_group, resource

_CHUNK = 500
_UNSENT = {"saved": "saved", "packed": "saved", "held": "saved", "sent": "sent"}
_STRONGEST = ("conflict", "rejected", "saved", "sent", "")


@dataclass(frozen=True, slots=True)
class Shelved:
    """A row of `resource`; bodies are still packed."""

    pk: int
    ref: Ref
    rtype: str
    patient: str | None
    state: str
    version: str
    updated: datetime | None
    local_seq: int
    body_hash: str
    body: bytes
    base: bytes | None


_SHELVED = (
    resource.c.pk,
    resource.c.ref,
    resource.c.rtype,
    resource.c.patient,
    resource.c.state,
    resource.c.server_version,
    resource.c.server_updated,
    resource.c.local_seq,
    resource.c.body_hash,
    resource.c.body,
    resource.c.base,
)

# Statements are built once: making one anew costs several times what SQLite needs to answer it.
# The refs travel as one JSON array, so that the text is the same however many there are.
AMONG = text("SELECT value FROM json_each(:refs)")
_FETCH = select(*_SHELVED).where(resource.c.ref.in_(AMONG))
_UNSENT_OF = (
    select(change.c.ref, change_group.c.state)
    .join(change_group, change_group.c.group_id == change.c.group_id)
    .where(change.c.ref.in_(AMONG), change.c.acked_version.is_(None))
)


def among(refs: Iterable[Ref]) -> dict[str, str]:
    """The parameter of a statement that asks for refs `AMONG` these."""
    return {"refs": orjson.dumps(list(refs)).decode()}


def chunks(refs: Iterable[Ref]) -> Iterator[list[Ref]]:
    """Distinct refs in portions that fit one statement."""
    wanted = list(dict.fromkeys(refs))
    for start in range(0, len(wanted), _CHUNK):
        yield wanted[start : start + _CHUNK]


def fetch(connection: Connection, refs: Iterable[Ref]) -> dict[Ref, Shelved]:
    """The rows of those that are in the cache."""
    found: dict[Ref, Shelved] = {}
    for some in chunks(refs):
        for row in connection.execute(_FETCH, among(some)):
            shelved = Shelved(*row)
            found[shelved.ref] = shelved
    return found


def fetch_one(connection: Connection, ref: Ref) -> Shelved | None:
    """The row of one document, or None."""
    return fetch(connection, (ref,)).get(ref)


def rtype_of(ref: Ref) -> str:
    """`Type` of `Type/id`."""
    return ref.partition("/")[0]


def unsent_of(connection: Connection, refs: Iterable[Ref]) -> dict[Ref, str]:
    """How far the unconfirmed changes of each document have got; confirmed ones are left out."""
    found: dict[Ref, str] = {}
    for some in chunks(refs):
        for ref, state in connection.execute(_UNSENT_OF, among(some)):
            said = _UNSENT.get(state, state)
            found[ref] = min(said, found.get(ref, ""), key=_STRONGEST.index)
    return found


def put_of(row: Shelved, unsent: str, document: Document | None = None) -> Put:
    """The row as projections hear of it."""
    whole = document if document is not None else opened(row.body)
    return Put(row.ref, row.rtype, whole, unsent, row.version, row.patient)


def reproject(
    connection: Connection, projectors: Sequence[Projector], refs: Iterable[Ref]
) -> frozenset[str]:
    """Tell the projections how these documents now stand; returns the kinds that changed."""
    rows = fetch(connection, refs)
    unsent = unsent_of(connection, rows)
    heard = frozenset[str]().union(*(projector.rtypes for projector in projectors))
    puts = [put_of(r, unsent.get(ref, "")) for ref, r in rows.items() if r.rtype in heard]
    return project_all(connection, projectors, puts)
