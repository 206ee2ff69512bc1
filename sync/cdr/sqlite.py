"""The store in one SQLite file: compressed bodies, index tables, WAL."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import zstandard

from sync.cdr.clauses import Clause, Compare, SortKey, Updated
from sync.cdr.definitions import Definitions
from sync.cdr.indexing import Index, index
from sync.cdr.outcome import Refusal
from sync.cdr.sqlite_query import Names, order_sql, search_sql
from sync.cdr.values import Version
from sync.cdr.wire import read

_SCHEMA = """
CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parameter (
  number INTEGER PRIMARY KEY, type TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (type, name));
CREATE TABLE IF NOT EXISTS resource (
  key INTEGER PRIMARY KEY, type TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL,
  updated INTEGER NOT NULL, deleted INTEGER NOT NULL, UNIQUE (type, id));
CREATE INDEX IF NOT EXISTS resource_updated ON resource (type, deleted, updated, id);
CREATE TABLE IF NOT EXISTS version (
  sequence INTEGER PRIMARY KEY, key INTEGER NOT NULL, number INTEGER NOT NULL,
  updated INTEGER NOT NULL, method TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (key, number));
"""
_TABLES = {
    "token_row": "parameter INTEGER, code TEXT, system TEXT",
    "text_row": "parameter INTEGER, folded TEXT, exact TEXT",
    "link_row": "parameter INTEGER, target TEXT",
    "range_row": "parameter INTEGER, low NUMERIC, high NUMERIC, system TEXT, code TEXT",
}
_ORDER = {
    "token_row": "parameter, code, key, system",
    "text_row": "parameter, folded, key, exact",
    "link_row": "target, parameter, key",
    "range_row": "parameter, key, low, high, system, code",
}
_NEAR = {"token_row": (0, 1), "text_row": (0, 1), "link_row": (1, 0), "range_row": (0, 0)}
"""The columns by which rows lie near each other in the tree of their table."""
_LOADED = (
    "SELECT r.type, r.id, v.number, v.updated, v.method, v.body, v.sequence, v.key "
    "FROM version v JOIN resource r ON r.key = v.key "
)
Loaded = tuple[str, str, int, int, str, bytes, int, int]
Row = tuple[object, ...]


class SqliteStore:
    """`Store` in a file. One connection; the caller serialises its calls."""

    def __init__(self, path: Path | None, definitions: Definitions) -> None:
        self._base = sqlite3.connect(
            path or ":memory:", isolation_level=None, check_same_thread=False
        )
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-65536"):
            self._base.execute(f"PRAGMA {pragma}")
        self._base.executescript(_SCHEMA)
        for table in _TABLES:
            self._base.execute(_create(table))
        found = self._base.execute("SELECT type, name, number FROM parameter")
        self._names: dict[tuple[str, str], int] = {(t, n): number for t, n, number in found}
        self._inside = False
        self._waiting: dict[str, list[Row]] = {}
        self._pack, self._unpack = zstandard.ZstdCompressor(1), zstandard.ZstdDecompressor()
        self._reindex_if_older(definitions)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        try:
            self._base.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            # another process loads a data set into the same file
            raise Refusal(503, "lock-error", "cdr.busy") from error
        known = dict(self._names)
        self._inside = True
        try:
            yield
            self._settle()
        except BaseException:
            self._base.execute("ROLLBACK")
            self._waiting.clear()
            self._names = known
            raise
        else:
            self._base.execute("COMMIT")
        finally:
            self._inside = False

    def current(self, type_: str, id_: str) -> Version | None:
        return self._one(
            _LOADED + "WHERE r.type = ? AND r.id = ? AND v.number = r.number", (type_, id_)
        )

    def version(self, type_: str, id_: str, number: int) -> Version | None:
        return self._one(
            _LOADED + "WHERE r.type = ? AND r.id = ? AND v.number = ?", (type_, id_, number)
        )

    def write(self, version: Version, gone: Index, come: Index) -> None:
        if not self._inside:
            with self.atomic():
                self._write(version, gone, come)
        else:
            self._write(version, gone, come)

    def search(
        self, type_: str, clauses: Sequence[Clause], sort: Sequence[SortKey] = ()
    ) -> list[int]:
        self._settle()
        names = Names(type_, self._known_number)
        joins, order, first = order_sql(sort, names)
        where, rest = search_sql(clauses, names)
        # a pull of changes walks the changes, however many patients it asks for
        way = " INDEXED BY resource_updated" if _pulls(clauses) else ""
        sql = "SELECT r.key FROM resource r" + way + joins + " WHERE r.type = ? AND r.deleted = 0"  # noqa: S608 - pieces are ours, values are bound
        sql += where + " ORDER BY " + order
        return [key for (key,) in self._base.execute(sql, [*first, type_, *rest])]

    def load(self, keys: Sequence[int]) -> list[Version]:
        found = self._many(
            _LOADED + "WHERE r.key IN (SELECT value FROM json_each(?)) "  # noqa: S608 - the text is constant
            "AND v.number = r.number AND r.deleted = 0",
            (json.dumps(list(keys)),),
        )
        by_key = {version.key: version for version in found}
        return [by_key[key] for key in keys if key in by_key]

    def linked(self, type_: str, parameter: str, keys: Sequence[int]) -> list[str]:
        sql = (
            "SELECT DISTINCT target FROM link_row WHERE parameter = ? "
            "AND key IN (SELECT value FROM json_each(?)) ORDER BY target"
        )
        self._settle()
        number = self._known_number(type_, parameter)
        return [t for (t,) in self._base.execute(sql, (number, json.dumps(list(keys))))]

    def referrers(self, targets: Sequence[str], limit: int) -> list[int]:
        sql = (
            "SELECT DISTINCT key FROM link_row WHERE target IN (SELECT value FROM json_each(?)) "
            "ORDER BY key LIMIT ?"
        )
        self._settle()
        return [k for (k,) in self._base.execute(sql, (json.dumps(list(targets)), limit))]

    def history(
        self, type_: str = "", id_: str = "", *, since: int = 0, before: int = 0, limit: int
    ) -> list[Version]:
        where, values = ["v.updated >= ?"], [since]
        sql, more = _LOADED, [type_, id_]
        if before:
            where.append("v.sequence < ?")
            values.append(before)
        where += [
            f"r.{name} = ?" for name, value in zip(("type", "id"), more, strict=True) if value
        ]
        sql += f"WHERE {' AND '.join(where)} ORDER BY v.sequence DESC LIMIT ?"
        return self._many(sql, (*values, *(value for value in more if value), limit))

    def counts(self) -> dict[str, int]:
        sql = "SELECT type, count(*) FROM resource WHERE deleted = 0 GROUP BY type ORDER BY type"
        return dict(self._base.execute(sql).fetchall())

    def close(self) -> None:
        self._base.execute("PRAGMA optimize")
        self._base.close()

    def _write(self, version: Version, gone: Index, come: Index) -> None:
        where = (version.type, version.id)
        state = (version.number, version.updated, int(version.deleted))
        key = version.key
        if not key:
            added = self._base.execute(
                "INSERT INTO resource (type, id, number, updated, deleted) VALUES (?, ?, ?, ?, ?)",
                (*where, *state),
            )
            key = added.lastrowid or 0
        else:
            self._base.execute(
                "UPDATE resource SET number = ?, updated = ?, deleted = ? WHERE key = ?",
                (*state, key),
            )
        body = self._pack.compress(version.body) if version.body else b""
        self._base.execute(
            "INSERT INTO version (key, number, updated, method, body) VALUES (?, ?, ?, ?, ?)",
            (key, version.number, version.updated, version.method, body),
        )
        self._each_row(version.type, key, gone, self._drop)
        self._each_row(version.type, key, come, self._add)

    def _each_row(
        self,
        type_: str,
        key: int,
        rows: Index,
        step: Callable[[str, list[Row]], None],
    ) -> None:
        for table, found in (
            ("token_row", rows.tokens),
            ("text_row", rows.texts),
            ("link_row", rows.links),
            ("range_row", rows.ranges),
        ):
            if found:
                step(table, [(self._number(type_, row[0]), *row[1:], key) for row in found])

    def _add(self, table: str, rows: list[Row]) -> None:
        self._waiting.setdefault(table, []).extend(rows)

    def _settle(self) -> None:
        """Insert the rows that wait: together and near each other in the tree, twice as fast."""
        for table, rows in self._waiting.items():
            marks = ", ".join("?" for _ in rows[0])
            sql = f"INSERT OR IGNORE INTO {table} VALUES ({marks})"  # noqa: S608 - table names are ours
            first, second = _NEAR[table]
            rows.sort(key=lambda row: (str(row[first]), str(row[second])))
            self._base.executemany(sql, rows)
        self._waiting.clear()

    def _drop(self, table: str, rows: list[Row]) -> None:
        self._settle()
        columns = [column.split()[0] for column in _TABLES[table].split(", ")] + ["key"]
        where = " AND ".join(f"{column} = ?" for column in columns)
        self._base.executemany(f"DELETE FROM {table} WHERE {where}", rows)  # noqa: S608 - table names are ours

    def _number(self, type_: str, name: str) -> int:
        number = self._known_number(type_, name)
        if not number:
            added = self._base.execute(
                "INSERT INTO parameter (type, name) VALUES (?, ?)", (type_, name)
            )
            number = self._names[(type_, name)] = added.lastrowid or 0
        return number

    def _known_number(self, type_: str, name: str) -> int:
        """The number of a parameter, which another process may have given; 0 for none."""
        number = self._names.get((type_, name), 0)
        if not number:
            row: tuple[int] | None = self._base.execute(
                "SELECT number FROM parameter WHERE type = ? AND name = ?", (type_, name)
            ).fetchone()
            if row is not None:
                number = self._names[(type_, name)] = row[0]
        return number

    def _one(self, sql: str, values: tuple[object, ...]) -> Version | None:
        row: Loaded | None = self._base.execute(sql, values).fetchone()
        return self._version(row) if row else None

    def _many(self, sql: str, values: tuple[object, ...]) -> list[Version]:
        return [self._version(row) for row in self._base.execute(sql, values)]

    def _version(self, row: Loaded) -> Version:
        type_, id_, number, updated, method, body, sequence, key = row
        plain = self._unpack.decompress(body) if body else b""
        return Version(type_, id_, number, updated, method, plain, sequence, key)

    def _reindex_if_older(self, definitions: Definitions) -> None:
        """Draw the index anew when the parameters changed since the file was written.

        Rows are removed by drawing them again from the former body, so they must match.
        """
        row = self._base.execute("SELECT value FROM mark WHERE name = 'parameters'").fetchone()
        if row == (definitions.mark,):
            return
        with self.atomic():
            for table in _TABLES:
                self._base.execute(f"DROP TABLE {table}")
                self._base.execute(_create(table))
            for (key,) in self._base.execute(
                "SELECT key FROM resource WHERE deleted = 0"
            ).fetchall():
                for version in self.load([key]):
                    rows = index(read(version.body), version.type, definitions)
                    self._each_row(version.type, key, rows, self._add)
            self._base.execute(
                "INSERT OR REPLACE INTO mark VALUES ('parameters', ?)", (definitions.mark,)
            )


def _pulls(clauses: Sequence[Clause]) -> bool:
    after = (Compare.GE, Compare.GT, Compare.SA)
    leaves = [clause.any_of[0] for clause in clauses if len(clause.any_of) == 1]
    return any(isinstance(leaf, Updated) and leaf.compare in after for leaf in leaves)


def _create(table: str) -> str:
    return (
        f"CREATE TABLE IF NOT EXISTS {table} ({_TABLES[table]}, key INTEGER, "
        f"PRIMARY KEY ({_ORDER[table]})) WITHOUT ROWID"
    )
