"""The Provenances about a document, and what is still to be asked about."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from app.domain.terms import Ref
from app.fhir.document import Document
from localdb.bodies import opened
from localdb.engine import Cache
from localdb.projections.provenances import provenance_row
from localdb.schema import conflict, resource

_NOTES = ("Composition", "DocumentReference")


class SqlProvenances:
    """`Provenances` over the encrypted cache."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def versions(self) -> Iterator[tuple[Ref, str]]:
        """(ref, server version) of what is in dispute, then of the notes here, newest first."""
        with self._cache.read() as connection:
            disputed = connection.execute(
                select(conflict.c.ref, conflict.c.remote_version)
                .where(conflict.c.resolved_at.is_(None), conflict.c.remote_version != "")
                .order_by(conflict.c.id)
            ).all()
            notes = connection.execute(
                select(resource.c.ref, resource.c.server_version)
                .where(resource.c.rtype.in_(_NOTES), resource.c.server_version != "")
                .order_by(resource.c.server_updated.desc())
            ).all()
        return ((row[0], row[1]) for row in (*disputed, *notes))

    def about(self, ref: Ref) -> tuple[Document, ...]:
        with self._cache.read() as connection:
            bodies = connection.scalars(
                select(resource.c.body)
                .join(provenance_row, provenance_row.c.ref == resource.c.ref)
                .where(provenance_row.c.target == ref)
                .order_by(provenance_row.c.recorded, resource.c.pk)
            )
            return tuple(opened(body) for body in bodies)


def told_there(connection: Connection, ref: Ref) -> tuple[Document, ...]:
    """The Provenances about a document that the hospital has, the oldest first."""
    bodies = connection.scalars(
        select(resource.c.body)
        .join(provenance_row, provenance_row.c.ref == resource.c.ref)
        .where(provenance_row.c.target == ref, resource.c.state == "clean")
        .order_by(provenance_row.c.recorded, resource.c.pk)
    )
    return tuple(opened(body) for body in bodies)
