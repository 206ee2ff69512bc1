"""Documents of one patient, whole or not at all, for the queries of a remote service."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, or_, select

from app.domain.terms import PatientId, Ref
from app.fhir.document import Document
from localdb.bodies import opened
from localdb.reads.snapshots import DataAsOf, Snapshots, patient_scope, scopes_as_of
from localdb.schema import resource

_ALL = (
    select(resource.c.body)
    .where(resource.c.patient == bindparam("patient"), resource.c.rtype == bindparam("rtype"))
    .order_by(resource.c.ref)
)
_ONE = select(resource.c.body).where(
    resource.c.ref == bindparam("ref"),
    or_(resource.c.patient == bindparam("patient"), resource.c.patient.is_(None)),
)


class SqlPrefetchReads:
    """`PrefetchReads`. Documents as they read here: what is signed and waits is among them."""

    def __init__(
        self, cache: Snapshots, types: Collection[str], data_as_of: DataAsOf = scopes_as_of
    ) -> None:
        """Read from `cache`.

        Args:
            cache: Where the documents are.
            types: Those that are followed for each patient; of others we cannot have all.
            data_as_of: Until when a scope is complete.
        """
        self._cache = cache
        self._types = frozenset(types)
        self._data_as_of = data_as_of

    def whole(self, patient: PatientId, rtype: str) -> tuple[Document, ...] | None:
        if rtype not in self._types:
            return None
        scope = patient_scope(patient)
        with self._cache.read() as connection:
            if scope not in self._data_as_of(connection, (scope,)):
                return None
            bodies = list(connection.scalars(_ALL, {"patient": patient, "rtype": rtype}))
        return tuple(opened(body) for body in bodies)

    def one(self, patient: PatientId, ref: Ref) -> Document | None:
        with self._cache.read() as connection:
            body = connection.scalar(_ONE, {"patient": patient, "ref": ref})
        return None if body is None else opened(body)
