"""What every read needs: a snapshot of the cache, and how old its data are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, bindparam, select

from app.domain.terms import Named, PractitionerId, Ref
from localdb.projections.tables import organization_row, person_row
from localdb.schema import scope


class Snapshots(Protocol):
    def read(self) -> AbstractContextManager[Connection]:
        """One consistent state of the cache, never written through."""
        ...


class CheckedSnapshots:
    """Snapshots that are given only while `check` lets pass."""

    def __init__(self, cache: Snapshots, check: Callable[[], None]) -> None:
        self._cache = cache
        self._check = check

    def read(self) -> AbstractContextManager[Connection]:
        """As `Snapshots.read`.

        Raises:
            AppError: As `check`.
        """
        self._check()
        return self._cache.read()


DataAsOf = Callable[[Connection, Sequence[str]], Mapping[str, datetime]]
"""Scope id → until when its data are complete; a scope that never came whole is missing."""

_AS_OF = select(scope.c.id, scope.c.as_of).where(
    scope.c.id.in_(bindparam("ids", expanding=True)), scope.c.as_of.is_not(None)
)
_PERSONS = select(person_row.c.id, person_row.c.name, person_row.c.english).where(
    person_row.c.id.in_(bindparam("ids", expanding=True))
)
_ORGANIZATIONS = select(
    organization_row.c.ref, organization_row.c.name, organization_row.c.english
).where(organization_row.c.ref.in_(bindparam("ids", expanding=True)))


def scopes_as_of(connection: Connection, scopes: Sequence[str]) -> Mapping[str, datetime]:
    """`DataAsOf` from what the download noted with its last whole pass."""
    return {str(row[0]): row[1] for row in connection.execute(_AS_OF, {"ids": list(scopes)})}


def patient_scope(patient: str) -> str:
    """Id of the scope that follows one patient (`app.ports.sync_store.Scope`)."""
    return f"patient:{patient}"


def census_scope(ward: str) -> str:
    """Id of the scope that follows the inpatients of a ward."""
    return f"census:{ward}"


def persons(
    connection: Connection, ids: Iterable[PractitionerId | None]
) -> dict[PractitionerId, Named]:
    """Names of those practitioners whose document is here."""
    wanted = sorted({one for one in ids if one})
    if not wanted:
        return {}
    rows = connection.execute(_PERSONS, {"ids": wanted})
    return {PractitionerId(row[0]): Named(row[1], row[2]) for row in rows if row[1] or row[2]}


def organizations(connection: Connection, refs: Iterable[str | None]) -> dict[str, Named]:
    """Names of those organisations whose document is here."""
    wanted = sorted({one for one in refs if one})
    if not wanted:
        return {}
    rows = connection.execute(_ORGANIZATIONS, {"ids": wanted})
    return {str(row[0]): Named(row[1], row[2]) for row in rows if row[1] or row[2]}


def names_of(connection: Connection, refs: Iterable[Ref | None]) -> dict[Ref | None, str]:
    """Recorded names of people and organisations, for documents that only point at them."""
    wanted = {ref for ref in refs if ref}
    people = {ref: ref.partition("/")[2] for ref in wanted if ref.startswith("Practitioner/")}
    known = persons(connection, (PractitionerId(key) for key in people.values()))
    found: dict[Ref | None, str] = {
        ref: known[PractitionerId(key)].name for ref, key in people.items() if key in known
    }
    bodies = organizations(connection, (r for r in wanted if r.startswith("Organization/")))
    return found | {Ref(ref): named.name for ref, named in bodies.items()}


def practitioner_ref(key: PractitionerId | None) -> Ref | None:
    """A practitioner as resources refer to one."""
    return Ref(f"Practitioner/{key}") if key else None
