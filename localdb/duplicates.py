"""Doses given twice, put before a person: both administrations stay, a report ends the case."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from app.domain.duplicates import Duplicate
from app.domain.terms import Ref
from localdb.engine import Cache
from localdb.schema import conflict
from localdb.settling import DUPLICATE
from localdb.shelf import fetch

_OPEN = select(conflict.c.id, conflict.c.ref, conflict.c.paths).where(
    conflict.c.kind == DUPLICATE, conflict.c.resolved_at.is_(None)
)


class SqlDuplicateActs:
    """`DuplicateActs` over the encrypted cache."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def open_duplicates(self) -> frozenset[tuple[Ref, Ref]]:
        with self._cache.read() as connection:
            return frozenset(_open(connection))

    def keep_duplicates(
        self, found: tuple[Duplicate, ...], over: frozenset[tuple[Ref, Ref]], at: datetime
    ) -> bool:
        known = self.open_duplicates()
        fresh = [one for one in found if one.pair not in known]
        if not fresh and known.isdisjoint(over):
            return False
        with self._cache.write() as connection:
            here = _open(connection)
            for pair in over & here.keys():
                connection.execute(
                    update(conflict).where(conflict.c.id == here[pair]).values(resolved_at=at)
                )
            for one in fresh:
                if one.pair not in here:
                    _put(connection, one, at)
        return True


def _open(connection: Connection) -> dict[tuple[Ref, Ref], int]:
    rows = connection.execute(_OPEN)
    return {(Ref(json.loads(row.paths)[0]), row.ref): row.id for row in rows}


def _put(connection: Connection, found: Duplicate, at: datetime) -> None:
    first, second = found.pair
    rows = fetch(connection, (first, second))
    connection.execute(
        insert(conflict).values(
            ref=second,
            kind=DUPLICATE,
            group_id=None,
            patient=found.second.patient,
            base=None,
            local=rows[second].body if second in rows else None,
            remote=rows[first].body if first in rows else None,
            remote_version="",
            paths=json.dumps([first, found.why.value]),
            opened_at=at,
        )
    )
