"""What a repository holds against what a workstation keeps, and projections against themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, Table

from app.domain.terms import Ref
from app.fhir.document import Document, canonical, parse, to_bytes
from localdb.bodies import opened
from localdb.opening import OpenCache
from localdb.projections.all import all_projectors
from localdb.rebuilding import rebuild
from sync.cdr.store import Store

_AT_ONCE = 500


def stored_documents(store: Store) -> Iterator[Document]:
    """Every current resource of a repository, as it serves it."""
    for rtype in sorted(store.counts()):
        keys = store.search(rtype, ())
        for at in range(0, len(keys), _AT_ONCE):
            for version in store.load(keys[at : at + _AT_ONCE]):
                yield parse(version.body)


def digests(document: Document) -> tuple[str, str]:
    """Of every byte, and of the canonical form alone."""
    whole = hashlib.sha256(to_bytes(document)).hexdigest()
    return whole, hashlib.sha256(canonical(document)).hexdigest()


def altered(
    kept: Mapping[Ref, bytes], served: Mapping[Ref, tuple[str, str]]
) -> tuple[list[Ref], list[Ref]]:
    """Documents that differ by a byte from what was served, and by their canonical form."""
    by_byte: list[Ref] = []
    by_meaning: list[Ref] = []
    for ref, body in kept.items():
        if ref in served:
            whole, meaning = digests(opened(body))
            if whole != served[ref][0]:
                by_byte.append(ref)
            if meaning != served[ref][1]:
                by_meaning.append(ref)
    return by_byte, by_meaning


def tables_that_changed(cache: OpenCache) -> list[str]:
    """Projections that hold other rows after they were dropped and made again."""
    projectors = all_projectors()
    tables = [table for projector in projectors for table in projector.tables]
    with cache.cache.read() as connection:
        before = {table.name: _rows(connection, table) for table in tables}
    with cache.cache.write() as connection:
        rebuild(connection, projectors)
        after = {table.name: _rows(connection, table) for table in tables}
    return [name for name, rows in before.items() if rows != after[name]]


def _rows(connection: Connection, table: Table) -> list[str]:
    """The rows as text, in an order of their own."""
    return sorted(repr(tuple(row)) for row in connection.execute(table.select()))
