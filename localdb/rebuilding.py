"""Derived tables made anew from the documents, whenever the program derives them differently."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from app.domain.terms import Ref
from localdb.engine import Cache
from localdb.projecting import Projector, project_all
from localdb.schema import meta, metadata, resource
from localdb.shelf import fetch, put_of, unsent_of

_NAME = "projection_version"
_TABLES = "projection_tables"
_PORTION = 500


def refresh_projections(cache: Cache, projectors: Sequence[Projector]) -> bool:
    """Rebuild if the tables or what is written into them differ from this program's."""
    wanted = projection_version(projectors)
    with cache.read() as connection:
        if connection.scalar(select(meta.c.value).where(meta.c.name == _NAME)) == wanted:
            return False
    with cache.write() as connection:
        rebuild(connection, projectors)
    return True


def rebuild(connection: Connection, projectors: Sequence[Projector]) -> None:
    """Drop every derived table, make this program's, and tell them all documents."""
    tables = [table for projector in projectors for table in projector.tables]
    _drop_old(connection, tables)
    metadata.create_all(connection, tables)
    for refs in _portions(connection):
        unsent = unsent_of(connection, refs)
        rows = fetch(connection, refs).values()
        puts = [put_of(row, unsent.get(row.ref, "")) for row in rows]
        project_all(connection, projectors, puts)
    _keep(connection, _TABLES, json.dumps([table.name for table in tables]))
    _keep(connection, _NAME, projection_version(projectors))


def projection_version(projectors: Sequence[Projector]) -> str:
    """A digest of what decides the rows: each projector, its version, and its tables."""
    said = hashlib.sha256()
    for projector in projectors:
        kind = type(projector)
        said.update(f"{kind.__module__}.{kind.__qualname__} {projector.version}\n".encode())
        said.update(" ".join(sorted(projector.rtypes)).encode())
        for table in projector.tables:
            for text in _definitions(table):
                said.update(text.encode())
    return said.hexdigest()


@functools.cache  # tables are made once, when their modules are loaded
def _definitions(table: Table) -> tuple[str, ...]:
    dialect = sqlite.dialect()
    indexes = sorted(table.indexes, key=lambda one: str(one.name))
    made: tuple[DDLElement, ...] = (CreateTable(table), *(CreateIndex(one) for one in indexes))
    return tuple(str(one.compile(dialect=dialect)) for one in made)


def _drop_old(connection: Connection, tables: Sequence[Table]) -> None:
    # Tables that this program does not know any more are known by the name they were made under.
    noted = connection.scalar(select(meta.c.value).where(meta.c.name == _TABLES))
    metadata.drop_all(connection, tables)
    for name in set(json.loads(noted or "[]")) - {table.name for table in tables}:
        quoted = str(name).replace('"', '""')
        connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{quoted}"')


def _portions(connection: Connection) -> Iterator[list[Ref]]:
    last = 0
    while True:
        rows = connection.execute(
            select(resource.c.pk, resource.c.ref)
            .where(resource.c.pk > last)
            .order_by(resource.c.pk)
            .limit(_PORTION)
        ).all()
        if not rows:
            return
        last = rows[-1].pk
        yield [row.ref for row in rows]


def _keep(connection: Connection, name: str, value: str) -> None:
    connection.execute(
        upsert(meta)
        .values(name=name, value=value)
        .on_conflict_do_update(index_elements=["name"], set_={"value": value})
    )
