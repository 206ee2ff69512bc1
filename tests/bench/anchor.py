"""The published open-source engine of this field, its way of storing, ported for comparison.

What is ported is the algorithm of android-fhir (Open Health Stack FHIR Engine, Room schema 10):
one row per resource and nine index tables with a cascading key; an update REPLACEs the resource
row, which drops every index row, and inserts each of them again; a download is one transaction
per page, a local change one transaction per call; searches filter by `resourceUuid IN (…)` and
sort over joins without a covering index. It runs on the same SQLCipher, key, journal mode and
`synchronous=FULL` as ours.

Two things are in its favour: index values are drawn from the documents before any clock starts
(`prepared`), and a local update keeps the whole document where the original computes a patch.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

# WORKAROUND(sqlcipher3 ships no type information, until it does): its names are untyped here.
from sqlcipher3 import dbapi2  # type: ignore[import-untyped]

from app.fhir.document import Document, parse
from app.ports.sync_store import Incoming
from sync.cdr.definitions import official
from sync.cdr.indexing import Index, RangeRow, index

_DAY = 86_400_000_000
_BY_DAY = frozenset({"birthdate"})
"""Date parameters over elements without a time of day; all others have their own table."""

# Name of the index table, its value columns, and the indexes beside the one on `resourceUuid`.
TABLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "StringIndexEntity": (
        ("index_value TEXT NOT NULL COLLATE NOCASE",),
        ("resourceType, index_name, index_value",),
    ),
    "ReferenceIndexEntity": (
        ("index_value TEXT NOT NULL",),
        ("resourceType, index_name, index_value",),
    ),
    "TokenIndexEntity": (
        ("index_system TEXT", "index_value TEXT NOT NULL"),
        ("resourceType, index_name, index_value, resourceUuid",),
    ),
    "QuantityIndexEntity": (
        ("index_system TEXT NOT NULL", "index_code TEXT NOT NULL", "index_value REAL NOT NULL"),
        ("resourceType, index_name, index_value, index_code",),
    ),
    "UriIndexEntity": (
        ("index_value TEXT NOT NULL",),
        ("resourceType, index_name, index_value",),
    ),
    "DateIndexEntity": (
        ("index_from INTEGER NOT NULL", "index_to INTEGER NOT NULL"),
        (
            "resourceType, index_name, resourceUuid, index_from, index_to",
            "resourceUuid, index_name, index_from",
        ),
    ),
    "DateTimeIndexEntity": (
        ("index_from INTEGER NOT NULL", "index_to INTEGER NOT NULL"),
        (
            "resourceType, index_name, resourceUuid, index_from, index_to",
            "resourceUuid, index_name, index_from",
        ),
    ),
    "NumberIndexEntity": (
        ("index_value REAL NOT NULL",),
        ("resourceType, index_name, index_value",),
    ),
    "PositionIndexEntity": (
        ("index_latitude REAL NOT NULL", "index_longitude REAL NOT NULL"),
        ("resourceType, index_latitude, index_longitude",),
    ),
}

Cells = tuple[str | int | float | None, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A resource with its index values: (table, parameter, values)."""

    rtype: str
    rid: str
    body: bytes
    version: str
    updated: datetime | None
    rows: tuple[tuple[str, str, Cells], ...]


def prepared(incoming: Incoming) -> Prepared:
    """Draw every R4 search parameter's values, as the original's indexer does."""
    document = parse(incoming.body)
    rtype, _, rid = incoming.ref.partition("/")
    found = index(document, rtype, official())
    rows = tuple(_rows(rtype, found, incoming.updated))
    return Prepared(rtype, rid, incoming.body, incoming.version, incoming.updated, rows)


def _rows(rtype: str, found: Index, updated: datetime | None) -> Iterator[tuple[str, str, Cells]]:
    for token in found.tokens:
        yield "TokenIndexEntity", token.parameter, (token.system, token.code)
    for text in found.texts:
        yield "StringIndexEntity", text.parameter, (text.exact,)
    for link in found.links:
        yield "ReferenceIndexEntity", link.parameter, (link.target,)
    for span in found.ranges:
        yield _ranged(rtype, span)
    if updated is not None:
        stamp = int(updated.timestamp() * 1000)
        yield "DateTimeIndexEntity", "_lastUpdated", (stamp, stamp)


def _ranged(rtype: str, span: RangeRow) -> tuple[str, str, Cells]:
    parameter = official().parameter(rtype, span.parameter)
    kind = parameter.kind if parameter is not None else ""
    middle = (span.low + span.high) / 2
    if kind == "quantity":
        return "QuantityIndexEntity", span.parameter, (span.system, span.code, middle)
    if kind == "number":
        return "NumberIndexEntity", span.parameter, (middle,)
    if span.parameter in _BY_DAY:
        days = (int(span.low // _DAY), int(span.high // _DAY))
        return "DateIndexEntity", span.parameter, days
    millis = (_millis(span.low), _millis(span.high))
    return "DateTimeIndexEntity", span.parameter, millis


def _millis(micros: float) -> int:
    return int(max(min(micros, 2**62), -(2**62)) // 1000)


class Anchor:
    """The ported engine over one encrypted file."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.connection = dbapi2.connect(str(path), isolation_level=None, cached_statements=256)
        run = self.connection.execute
        run(f"PRAGMA key = \"x'{key.hex()}'\"")
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            run(f"PRAGMA {pragma}").fetchall()
        for statement in _schema():
            run(statement)
        self._inserts = {name: _insert(name, columns) for name, (columns, _) in TABLES.items()}

    def close(self) -> None:
        self.connection.close()

    # --- writing

    def download(self, page: Iterable[Prepared]) -> None:
        """Take over one page, as a synchronisation does: one transaction."""
        with self._transaction():
            for one in page:
                self._insert_remote(one)

    def create(self, some: Iterable[Prepared], at: int) -> None:
        """A local create: resources, index rows and local changes in one transaction."""
        with self._transaction():
            for one in some:
                self._insert(one, None, local_at=at)
                self._log(one, "INSERT", at)

    def update(self, some: Iterable[Prepared], at: int) -> None:
        """A local update: entities are read, replaced, indexed anew, and logged."""
        with self._transaction():
            for one in some:
                known = self._entity(one.rtype, one.rid)
                self._insert(one, known, local_at=at)
                self._log(one, "UPDATE" if known else "INSERT", at)

    def delete(self, rtype: str, rid: str) -> None:
        """A local purge: the row, and by cascade every index row."""
        with self._transaction():
            self._entity(rtype, rid)
            self.connection.execute(
                "DELETE FROM ResourceEntity WHERE resourceId = ? AND resourceType = ?", (rid, rtype)
            )

    # --- reading

    def get(self, rtype: str, rid: str) -> Document:
        with self._transaction():
            row = self.connection.execute(
                "SELECT serializedResource FROM ResourceEntity"
                " WHERE resourceId = ? AND resourceType = ?",
                (rid, rtype),
            ).fetchone()
        return parse(row[0])

    def search(self, statement: str, values: Sequence[object]) -> list[Document]:
        """Run a query whose last column is the document, and read what it finds."""
        with self._transaction():
            rows = self.connection.execute(statement, values).fetchall()
        return [parse(row[-1]) for row in rows]

    # --- parts

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def _insert_remote(self, one: Prepared) -> None:
        self._insert(one, self._entity(one.rtype, one.rid))

    def _entity(self, rtype: str, rid: str) -> bytes | None:
        """The uuid of a row; the original reads the whole of it."""
        row = self.connection.execute(
            "SELECT * FROM ResourceEntity WHERE resourceId = ? AND resourceType = ?", (rid, rtype)
        ).fetchone()
        return row[2] if row else None

    def _insert(self, one: Prepared, known: bytes | None, local_at: int | None = None) -> None:
        resource_uuid = known or uuid.uuid4().bytes
        # The original holds an object and writes it out again; reading and writing JSON is the
        # least that costs.
        text = orjson.dumps(orjson.loads(one.body)).decode()
        updated = int(one.updated.timestamp() * 1000) if one.updated else None
        self.connection.execute(
            "INSERT OR REPLACE INTO ResourceEntity (resourceType, resourceUuid, resourceId,"
            " serializedResource, versionId, lastUpdatedRemote, lastUpdatedLocal)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (one.rtype, resource_uuid, one.rid, text, one.version, updated, local_at),
        )
        for table, name, cells in one.rows:
            statement = self._inserts[table]
            self.connection.execute(statement, (resource_uuid, one.rtype, name, *cells))
        if local_at is not None:
            stamp = (resource_uuid, one.rtype, "local_lastUpdated", local_at, local_at)
            self.connection.execute(self._inserts["DateTimeIndexEntity"], stamp)

    def _log(self, one: Prepared, kind: str, at: int) -> None:
        made = self.connection.execute(
            "INSERT INTO LocalChangeEntity (resourceType, resourceId, timestamp, type, payload,"
            " versionId) VALUES (?, ?, ?, ?, ?, ?)",
            (one.rtype, one.rid, at, kind, one.body.decode(), one.version),
        )
        for table, name, cells in one.rows:
            if table == "ReferenceIndexEntity":
                self.connection.execute(
                    "INSERT INTO LocalChangeResourceReferenceEntity (localChangeId,"
                    " resourceReferenceValue, resourceReferencePath) VALUES (?, ?, ?)",
                    (made.lastrowid, cells[0], name),
                )


def _schema() -> Iterator[str]:
    yield """
        CREATE TABLE ResourceEntity (
            id INTEGER PRIMARY KEY AUTOINCREMENT, resourceType TEXT NOT NULL,
            resourceUuid BLOB NOT NULL, resourceId TEXT NOT NULL, serializedResource TEXT NOT NULL,
            versionId TEXT, lastUpdatedRemote INTEGER, lastUpdatedLocal INTEGER)"""
    yield "CREATE UNIQUE INDEX ix_uuid ON ResourceEntity (resourceUuid)"
    yield "CREATE UNIQUE INDEX ix_type_id ON ResourceEntity (resourceType, resourceId)"
    for name, (columns, indexes) in TABLES.items():
        listed = ", ".join(columns)
        yield f"""
            CREATE TABLE {name} (
                id INTEGER PRIMARY KEY AUTOINCREMENT, resourceUuid BLOB NOT NULL,
                resourceType TEXT NOT NULL, index_name TEXT NOT NULL, {listed},
                FOREIGN KEY (resourceUuid) REFERENCES ResourceEntity (resourceUuid)
                    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED)"""
        yield f"CREATE INDEX ix_{name}_uuid ON {name} (resourceUuid)"
        for n, over in enumerate(indexes):
            yield f"CREATE INDEX ix_{name}_{n} ON {name} ({over})"
    yield """
        CREATE TABLE LocalChangeEntity (
            id INTEGER PRIMARY KEY AUTOINCREMENT, resourceType TEXT NOT NULL,
            resourceId TEXT NOT NULL, timestamp INTEGER NOT NULL, type TEXT NOT NULL,
            payload TEXT NOT NULL, versionId TEXT)"""
    yield "CREATE INDEX ix_change ON LocalChangeEntity (resourceType, resourceId)"
    yield """
        CREATE TABLE LocalChangeResourceReferenceEntity (
            id INTEGER PRIMARY KEY AUTOINCREMENT, localChangeId INTEGER NOT NULL,
            resourceReferenceValue TEXT NOT NULL, resourceReferencePath TEXT,
            FOREIGN KEY (localChangeId) REFERENCES LocalChangeEntity (id) ON DELETE CASCADE)"""
    yield "CREATE INDEX ix_change_ref ON LocalChangeResourceReferenceEntity (localChangeId)"


def _insert(name: str, columns: tuple[str, ...]) -> str:
    names = ["resourceUuid", "resourceType", "index_name"]
    names += [column.partition(" ")[0] for column in columns]
    gaps = ", ".join("?" * len(names))
    return f"INSERT OR REPLACE INTO {name} ({', '.join(names)}) VALUES ({gaps})"  # noqa: S608  # our own names
