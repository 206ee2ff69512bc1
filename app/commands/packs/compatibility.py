"""The pack of compatibility: fluids that are called by one name each, pairs of things there are."""

from __future__ import annotations

from collections.abc import Iterator

from app.commands.packs.files import PackFiles
from app.commands.packs.findings import Finding
from app.commands.packs.subject_columns import (
    column_of,
    refused_as_it_is,
    unknown_routes,
    unknown_subjects,
    unknown_words,
)
from app.commands.packs.subjects import known_subjects
from app.commands.packs.substances import lacking
from app.decision.findings import Tier
from app.decision.knowledge.compatibility import FLUID
from app.services.compatibility_pack import COLUMNS, REACHES, TOGETHER, read_compatibility
from app.services.knowledge_rows import words_of

_TIERS = tuple(one.value for one in Tier)


def check_compatibility(pack: PackFiles) -> Iterator[Finding]:
    """What is wrong with `pack` beyond its columns, its keys and its languages."""
    found = list(lacking(pack, COLUMNS))
    if not found:
        found = [*_words(pack), *_subjects(pack), *_called(pack)]
    yield from found
    if not found and not pack.overlay:
        yield from refused_as_it_is(pack, lambda day: read_compatibility(pack.folder, None, day))


def _words(pack: PackFiles) -> Iterator[Finding]:
    yield from unknown_words(pack, "pairs", "tier", (*_TIERS, TOGETHER))
    yield from unknown_words(pack, "pairs", "apart", ("", *_TIERS))
    yield from unknown_words(pack, "pairs", "instead", ("", *column_of(pack, "fluids", "rule")))
    yield from unknown_words(pack, "reaches", "reach", REACHES)
    yield from unknown_routes(pack, "reaches", "route")


def _subjects(pack: PackFiles) -> Iterator[Finding]:
    fluids = {f"{FLUID}{code}" for code in ("any", *column_of(pack, "fluids", "rule"))}
    substances = known_subjects()
    yield from unknown_subjects(pack, "pairs", ("first", "second"), substances | fluids)
    yield from unknown_subjects(pack, "fluids", ("holds",), substances)


def _called(pack: PackFiles) -> Iterator[Finding]:
    """One word for two fluids: whoever writes it means one of them."""
    table, seen = pack.table("fluids"), dict[str, int]()
    for line in table.lines:
        for word in (*words_of(line.row["words_zh"]), *words_of(line.row["words_en"])):
            before = seen.setdefault(word.casefold(), line.number)
            if before != line.number:
                yield table.finding(line.number, "packs.twice", value=word, before=before)
