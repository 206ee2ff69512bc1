"""The pack of antimicrobial levels: every level has its right, every right its grade."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from app.commands.packs.drug_rules import refused
from app.commands.packs.files import PackFiles
from app.commands.packs.findings import Finding
from app.commands.packs.subjects import known_subjects
from app.commands.packs.substances import lacking
from app.decision.findings import Tier
from app.decision.knowledge.antimicrobials import Level
from app.decision.situation import VEIN
from app.services.antimicrobial_pack import COLUMNS, KEYS, read_antimicrobials
from app.services.knowledge_rows import words_of
from resources import reading


def check_antimicrobials(pack: PackFiles) -> Iterator[Finding]:
    """What is wrong with `pack` beyond its columns and its languages."""
    missing = list(lacking(pack, COLUMNS))
    if missing:
        yield from missing
        return
    found = [*_words(pack), *_subjects(pack), *_rights(pack)]
    yield from found
    if not found and not pack.overlay:
        days = [line.row["valid_from"] for name in COLUMNS for line in pack.rows(name)]
        last = date.fromisoformat(max(days, default=date.min.isoformat()))
        yield from refused(lambda: read_antimicrobials(pack.folder, None, last))


def _words(pack: PackFiles) -> Iterator[Finding]:
    levels, tiers = [one.value for one in Level], [one.value for one in Tier]
    grades = [line.row["grade"] for line in pack.rows("grades")]
    if pack.overlay:
        grades += [row["grade"] for row in reading.rows("antimicrobials", "grades")]
    for name, column, words in (
        ("levels", "level", levels),
        ("rights", "level", levels),
        ("rights", "tier", tiers),
        ("rights", "grade", grades),
    ):
        table = pack.table(name)
        for line in table.lines:
            told = line.row[column]
            if told not in words:
                known = ", ".join(words)
                yield table.finding(
                    line.number, "packs.unknown-word", column=column, value=told, known=known
                )


def _subjects(pack: PackFiles) -> Iterator[Finding]:
    subjects = known_subjects()
    routes = {VEIN, *(row["code"] for row in reading.rows("routes", "routes"))}
    table = pack.table("levels")
    for line in table.lines:
        for one in words_of(line.row["subjects"]):
            if one not in subjects:
                yield table.finding(line.number, "packs.rules.subject", value=one)
        for one in words_of(line.row["routes"]):
            if one not in routes:
                yield table.finding(line.number, "packs.rules.route", value=one)


def _rights(pack: PackFiles) -> Iterator[Finding]:
    """A level nobody is asked a grade for."""
    if pack.overlay:
        return
    told = {line.row[KEYS["rights"]] for line in pack.rows("rights")}
    for level in Level:
        if level.value not in told:
            yield pack.table("rights").finding(0, "packs.rules.no-right", value=level.value)
