"""A cache in memory, filled with documents the way the store fills it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, create_engine, event, insert
from sqlalchemy.pool import StaticPool

# WORKAROUND(sqlcipher3 ships no type information, until it does): its names are untyped here.
from sqlcipher3 import dbapi2  # type: ignore[import-untyped]

from app.domain.terms import Ref
from app.fhir.document import Document, reference_to
from app.fhir.subject import patient_of
from localdb.projecting import Put, project_all
from localdb.projections.all import all_projectors
from localdb.schema import change_group, conflict, metadata, scope

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Shelf:
    """What the projections see of the store: documents come, change and go."""

    def __init__(self, *documents: Document) -> None:
        self._engine = create_engine(
            "sqlite://",
            module=dbapi2,
            creator=lambda: dbapi2.connect(":memory:", check_same_thread=False),
            poolclass=StaticPool,
        )
        self.projectors = all_projectors()
        metadata.create_all(self._engine)
        self.put(*documents)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            yield connection

    def put(self, *documents: Document, unsent: str = "", version: str = "1") -> frozenset[str]:
        return self._project([a_put(d, unsent=unsent, version=version) for d in documents])

    def remove(self, *refs: str) -> None:
        self._project([Put(Ref(ref), ref.partition("/")[0], None) for ref in refs])

    def downloaded(self, scope_id: str, as_of: datetime = NOW) -> None:
        """The scope came whole."""
        kind, _, target = scope_id.partition(":")
        values = {"id": scope_id, "kind": kind, "target": target, "priority": 0, "state": "active"}
        with self.read() as connection:
            connection.execute(insert(scope).values(values | {"as_of": as_of}))

    def group(self, name: str, patient: str, state: str) -> None:
        values = {"group_id": name, "kind": "order.place", "patient": patient, "state": state}
        rest = {"author": "dr-wang", "at": NOW, "reason": "", "read_set": "[]", "provenance": ""}
        with self.read() as connection:
            connection.execute(insert(change_group).values(values | rest))

    def conflict(self, ref: str, patient: str) -> None:
        values = {"ref": ref, "kind": "update-update", "patient": patient, "opened_at": NOW}
        with self.read() as connection:
            connection.execute(
                insert(conflict).values(values | {"remote_version": "2", "paths": "[]"})
            )

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every derived table."""
        tables = [table for projector in self.projectors for table in projector.tables]
        with self.read() as connection:
            return {
                table.name: sorted(map(tuple, connection.execute(table.select())), key=repr)
                for table in tables
            }

    @contextmanager
    def plans(self) -> Iterator[list[str]]:
        """Collect how SQLite goes about every statement that is run meanwhile."""
        found: list[str] = []

        def explain(
            connection: Connection, _cursor: object, statement: str, parameters: object, *_: object
        ) -> None:
            if not statement.startswith("EXPLAIN"):
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]  # handed on as they came
                found.extend(str(row[3]) for row in rows)

        event.listen(self._engine, "before_cursor_execute", explain)
        try:
            yield found
        finally:
            event.remove(self._engine, "before_cursor_execute", explain)

    def close(self) -> None:
        self._engine.dispose()

    def _project(self, puts: Iterable[Put]) -> frozenset[str]:
        with self.read() as connection:
            return project_all(connection, self.projectors, list(puts))


def a_put(document: Document, *, unsent: str = "", version: str = "1") -> Put:
    ref, rtype = Ref(reference_to(document)), str(document["resourceType"])
    return Put(ref, rtype, document, unsent, version, patient_of(document))


def long_walks(plans: Iterable[str]) -> list[str]:
    """Plans that go through a table row by row, where the table grows with the patients.

    Left out are the queries' own intermediate results, constants, and the open change groups
    and conflicts, which are what a partial index holds.
    """
    harmless = re.compile(
        r"SCAN (CONSTANT ROW|\(subquery-\d+\)|[aimbp]$|[mp] VIRTUAL TABLE|hit$"
        r"|(change_group|conflict) USING INDEX ix_\w+_open)"
    )
    return [plan for plan in plans if plan.startswith("SCAN") and not harmless.match(plan)]
