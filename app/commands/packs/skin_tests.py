"""The pack of skin tests: every rule names drugs, reagents and classes that exist."""

from __future__ import annotations

from collections.abc import Iterator

from app.commands.packs.files import PackFiles
from app.commands.packs.findings import Finding
from app.commands.packs.subjects import known_subjects
from app.commands.packs.substances import lacking
from app.decision.findings import Tier
from app.decision.substances import CLASS
from app.services.knowledge_rows import words_of
from app.services.skin_test_pack import COLUMNS
from resources import reading


def check_skin_tests(pack: PackFiles) -> Iterator[Finding]:
    """What is wrong with `pack` beyond its columns and its languages."""
    missing = list(lacking(pack, COLUMNS))
    if missing:
        yield from missing
        return
    subjects, table = known_subjects(), pack.table("tests")
    routes = {row["code"] for row in reading.rows("routes", "routes")}
    tiers = [one.value for one in Tier]
    for line in table.lines:
        named = [
            one for column in ("subjects", "but", "reagents") for one in words_of(line.row[column])
        ]
        named += [f"{CLASS}{one}" for one in words_of(line.row["severe"])]
        for one in named:
            if one not in subjects:
                yield table.finding(line.number, "packs.rules.subject", value=one)
        for one in words_of(line.row["routes"]):
            if one not in routes:
                yield table.finding(line.number, "packs.rules.route", value=one)
        if line.row["tier"] not in tiers:
            told, known = line.row["tier"], ", ".join(tiers)
            yield table.finding(
                line.number, "packs.unknown-word", column="tier", value=told, known=known
            )
