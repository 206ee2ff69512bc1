"""The files of a pack, read with line numbers, and what must hold in every pack."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.commands.packs.findings import Finding
from app.kernel.faults import Message, Parameter

MANIFEST = "manifest.toml"
STATUSES = frozenset({"draft", "sourced", "active", "hospital must review", "withdrawn"})
_STATED = ("id", "version", "source", "licence", "status", "valid_from")
_ALWAYS = ("source", "status", "valid_from")
_PAIRS = (("_zh", "_en"), ("_en", "_zh"))


@dataclass(frozen=True, slots=True)
class Line:
    """A row by column name, and the line it stands in."""

    number: int
    row: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the pack; rows whose cells do not fit the heading are left out."""

    file: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]

    def finding(self, line: int, code: str, /, **said: Parameter) -> Finding:
        return Finding(self.file, line, Message.of(code, **said))


@dataclass(frozen=True, slots=True)
class PackFiles:
    """A pack as it lies in its folder.

    Attributes:
        kind: What it is a pack of: the `id` of the manifest, "" where it has none.
        overlay: It lies over the pack of the same kind that ships, and need not be whole.
    """

    folder: Path
    kind: str
    overlay: bool
    tables: Mapping[str, Table]

    def table(self, name: str) -> Table:
        """The table, or an empty one where the pack has none of that name."""
        return self.tables.get(name) or Table(f"{name}.tsv", (), ())

    def rows(self, table: str) -> tuple[Line, ...]:
        return self.table(table).lines


@dataclass(frozen=True)
class Laid:
    """A pack, and below an overlay the pack of the same kind that ships."""

    pack: PackFiles
    shipped: PackFiles | None

    def rows(self, table: str) -> tuple[Line, ...]:
        """What the rows of the pack may refer to."""
        ours = self.shipped.rows(table) if self.shipped is not None else ()
        return (*ours, *self.pack.rows(table))


def read_pack(folder: Path) -> tuple[PackFiles, tuple[Finding, ...]]:
    """The pack in `folder`, and what is wrong with it whatever its kind."""
    manifest, found = _manifest(folder)
    tables: dict[str, Table] = {}
    for file in sorted(folder.glob("*.tsv")):
        table, wrong = _table(file)
        found += wrong
        tables[file.stem] = table
    found += _listed(manifest, tables)
    for table in tables.values():
        found += _always(table)
    kind, overlay = str(manifest.get("id", "")), manifest.get("overlay") is True
    return PackFiles(folder, kind, overlay, tables), tuple(found)


def is_pack(folder: Path) -> bool:
    """Whether somebody meant `folder` as a pack."""
    return (folder / MANIFEST).exists() or any(folder.glob("*.tsv"))


def _manifest(folder: Path) -> tuple[dict[str, object], list[Finding]]:
    file = folder / MANIFEST
    try:
        read: dict[str, object] = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, [Finding(MANIFEST, 0, Message.of("packs.no-manifest"))]
    except (OSError, ValueError) as error:
        why = Message.of("packs.not-toml", error=type(error).__name__)
        return {}, [Finding(MANIFEST, 0, why)]
    return read, list(_manifest_findings(folder, read))


def _manifest_findings(folder: Path, read: Mapping[str, object]) -> Iterator[Finding]:
    def finding(code: str, /, **said: Parameter) -> Finding:
        return Finding(MANIFEST, 0, Message.of(code, **said))

    for key in _STATED:
        if not read.get(key):
            yield finding("packs.manifest-lacks", key=key)
    if read.get("overlay") is not True and read.get("id") not in (None, folder.name):
        yield finding("packs.manifest-id", id=str(read.get("id")), folder=folder.name)
    if read.get("status") and read["status"] not in STATUSES:
        yield finding("packs.status", value=str(read["status"]))
    if read.get("valid_from") and not _is_date(str(read["valid_from"])):
        yield finding("packs.bad-date", column="valid_from", value=str(read["valid_from"]))


def _table(file: Path) -> tuple[Table, list[Finding]]:
    empty = Table(file.name, (), ())
    try:
        written = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return empty, [empty.finding(0, "packs.not-utf8")]
    told = [(n, text) for n, text in enumerate(written, start=1) if not text.startswith("#")]
    if not told:
        return empty, [empty.finding(0, "packs.no-heading")]
    (at, heading), *rest = told
    columns = tuple(heading.split("\t"))
    table = Table(file.name, columns, ())
    twice = sorted({one for one in columns if columns.count(one) > 1 or not one})
    found = [table.finding(at, "packs.heading", column=one) for one in twice]
    lines: list[Line] = []
    for number, text in rest:
        cells = text.split("\t")
        if len(cells) == len(columns):
            lines.append(Line(number, dict(zip(columns, cells, strict=True))))
        elif text:
            found.append(
                table.finding(number, "packs.cells", found=len(cells), wanted=len(columns))
            )
    return Table(file.name, columns, tuple(lines)), found


def _listed(manifest: Mapping[str, object], tables: Mapping[str, Table]) -> Iterator[Finding]:
    told = manifest.get("tables")
    if not isinstance(told, list):
        return
    for name in sorted({str(one) for one in told} - set(tables)):
        yield Finding(f"{name}.tsv", 0, Message.of("packs.table-missing"))
    for name in sorted(set(tables) - {str(one) for one in told}):
        yield Finding(f"{name}.tsv", 0, Message.of("packs.table-unlisted"))


def _always(table: Table) -> Iterator[Finding]:
    for line in table.lines:
        for column in _ALWAYS:
            if column in line.row and not line.row[column].strip():
                yield table.finding(line.number, "packs.empty", column=column)
        status = line.row.get("status", "")
        if status and status not in STATUSES:
            yield table.finding(line.number, "packs.status", value=status)
        yield from _dates(table, line)
        yield from _translations(table, line)


def _dates(table: Table, line: Line) -> Iterator[Finding]:
    told = {column: line.row.get(column, "") for column in ("valid_from", "valid_to")}
    bad = {column: text for column, text in told.items() if text and not _is_date(text)}
    for column, text in bad.items():
        yield table.finding(line.number, "packs.bad-date", column=column, value=text)
    if not bad and told["valid_to"] and told["valid_to"] < told["valid_from"]:
        yield table.finding(line.number, "packs.ends-before", value=told["valid_to"])


def _translations(table: Table, line: Line) -> Iterator[Finding]:
    for own, other in _PAIRS:
        for column in (one for one in table.columns if one.endswith(own)):
            twin = f"{column.removesuffix(own)}{other}"
            said, translated = line.row[column].strip(), line.row.get(twin, "there is no twin")
            if said and not translated.strip():
                yield table.finding(line.number, "packs.no-translation", column=twin)


def twice(table: Table, key: Iterable[str]) -> Iterator[Finding]:
    """A key that stands twice: one of the rows is never read."""
    columns = tuple(key)
    seen: dict[tuple[str, ...], int] = {}
    for line in table.lines:
        told = tuple(line.row.get(column, "") for column in columns)
        before = seen.setdefault(told, line.number)
        if before != line.number:
            said = " ".join(told)
            yield table.finding(line.number, "packs.twice", value=said, before=before)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
