"""The pack of substances: every medicine has its ingredients, every name means one thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.commands.packs.files import Laid, Line, PackFiles, read_pack
from app.commands.packs.findings import Finding
from app.decision.knowledge.spelling import key_of, tokens_of
from app.services.substance_pack import COLUMNS, ROLES
from resources.reading import path, rows

Composition = tuple[str, ...]


def check_substances(pack: PackFiles) -> Iterator[Finding]:
    """What is wrong with `pack` beyond its columns, its keys and its languages."""
    found = list(lacking(pack, COLUMNS))
    if not found:
        laid = Laid(pack, shipped("substances") if pack.overlay else None)
        found = [
            *_wording(pack),
            *_contents(laid),
            *_references(laid),
            *_members(laid),
            *_names(laid),
        ]
        if not pack.overlay:
            found += _undescribed(pack)
    yield from found


def lacking(pack: PackFiles, columns: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    """Columns the loader reads that are not there."""
    for name, wanted in columns.items():
        table = pack.table(name)
        for column in wanted:
            if table.lines and column not in table.columns:
                yield table.finding(1, "packs.no-column", column=column)


def shipped(name: str) -> PackFiles:
    """The pack that ships, below an overlay."""
    return read_pack(path(f"packs/{name}"))[0]


def _wording(pack: PackFiles) -> Iterator[Finding]:
    table = pack.table("wording")
    for line in table.lines:
        role, place = line.row["role"], line.row["place"]
        column, told, known = "role", role, tuple(ROLES)
        if role in ROLES:
            column, told, known = "place", place, ROLES[role]
        if told not in known:
            yield table.finding(
                line.number,
                "packs.unknown-word",
                column=column,
                value=told,
                known=", ".join(known),
            )


def _contents(laid: Laid) -> Iterator[Finding]:
    """What is said to be in a medicine or a mixture."""
    substances = {line.row["code"] for line in laid.rows("substances")}
    for table in ("drugs", "mixtures"):
        for line in laid.pack.rows(table):
            for one in line.row["substances"].split("|"):
                if one not in substances:
                    yield _nowhere(laid, table, line, "substances", one, "substances.tsv")


def _references(laid: Laid) -> Iterator[Finding]:
    known = {
        "substance": {line.row["code"] for line in laid.rows("substances")},
        "class": {line.row["code"] for line in laid.rows("classes")},
    }
    medicines = {row["code"] for row in rows("formulary", "medicines")}
    for line in () if laid.pack.overlay else laid.pack.rows("drugs"):
        if line.row["code"] not in medicines:
            yield _nowhere(laid, "drugs", line, "code", line.row["code"], "formulary")
    for line in laid.pack.rows("members"):
        for column, codes in known.items():
            told = line.row[column]
            if told not in codes:
                where = {"substance": "substances.tsv", "class": "classes.tsv"}[column]
                yield _nowhere(laid, "members", line, column, told, where)


def _nowhere(laid: Laid, table: str, line: Line, column: str, told: str, where: str) -> Finding:
    return laid.pack.table(table).finding(
        line.number, "packs.not-in-pack", column=column, value=told, pack=where
    )


def _members(laid: Laid) -> Iterator[Finding]:
    filled = {line.row["class"] for line in laid.rows("members")}
    table = laid.pack.table("classes")
    for line in table.lines:
        if line.row["code"] not in filled:
            yield table.finding(line.number, "packs.substances.no-members")


def _undescribed(pack: PackFiles) -> Iterator[Finding]:
    table = pack.table("drugs")
    told = {line.row["code"] for line in table.lines}
    for row in rows("formulary", "medicines"):
        if row["code"] not in told:
            yield table.finding(0, "packs.substances.undescribed", medicine=row["code"])


def _names(laid: Laid) -> Iterator[Finding]:
    """Names of two drugs that hold different things: such a name is understood by nobody."""
    holds: dict[str, Composition] = {}
    for key, composition in _formulary_names(laid):
        holds.setdefault(key, composition)
    for name, line, key, composition in _told(laid):
        before = holds.setdefault(key, composition)
        if before != composition:
            yield laid.pack.table(name).finding(
                line.number, "packs.substances.shared", name=key, other="|".join(before)
            )


def _formulary_names(laid: Laid) -> Iterator[tuple[str, Composition]]:
    within = {line.row["code"]: line.row["substances"] for line in laid.rows("drugs")}
    for row in rows("formulary", "medicines"):
        if row["code"] in within:
            for name in (row["name_zh"], row["name_en"]):
                yield key_of(tokens_of(name)), tuple(within[row["code"]].split("|"))


def _told(laid: Laid) -> Iterator[tuple[str, Line, str, Composition]]:
    """Every name the pack gives: its table and line, how it is compared, what is in it."""
    for line in laid.pack.rows("drugs"):
        for alias in filter(None, line.row["aliases"].split("|")):
            yield "drugs", line, key_of(tokens_of(alias)), tuple(line.row["substances"].split("|"))
    for line in laid.pack.rows("mixtures"):
        row, within = line.row, tuple(line.row["substances"].split("|"))
        for name in filter(None, (row["name_zh"], row["name_en"], *row["aliases"].split("|"))):
            yield "mixtures", line, key_of(tokens_of(name)), within
    for line in laid.pack.rows("substances"):
        row = line.row
        for name in filter(None, (row["name_zh"], row["name_en"], *row["aliases"].split("|"))):
            yield "substances", line, key_of(tokens_of(name)), (row["code"],)
