"""The pack of allergies: every word means something, every rule is about something."""

from __future__ import annotations

from collections.abc import Iterator

from app.commands.packs.files import PackFiles
from app.commands.packs.findings import Finding
from app.commands.packs.subject_columns import (
    column_of,
    refused_as_it_is,
    unknown_subjects,
    unknown_words,
)
from app.commands.packs.subjects import known_subjects
from app.commands.packs.substances import lacking
from app.decision.findings import Tier
from app.decision.knowledge.allergies import Degree
from app.decision.substances import CLASS
from app.services.allergy_pack import COLUMNS, read_allergies
from app.services.knowledge_rows import words_of

_TIERS = tuple(one.value for one in Tier)
_DEGREES = tuple(one.value for one in Degree)
_YES_OR_NO = ("yes", "no")


def check_allergies(pack: PackFiles) -> Iterator[Finding]:
    """What is wrong with `pack` beyond its columns, its keys and its languages."""
    found = list(lacking(pack, COLUMNS))
    if not found:
        found = [*_words(pack), *_subjects(pack), *_ambiguous(pack)]
    yield from found
    if not found and not pack.overlay:
        yield from refused_as_it_is(pack, lambda day: read_allergies(pack.folder, None, day))


def _words(pack: PackFiles) -> Iterator[Finding]:
    yield from unknown_words(pack, "reactions", "degree", _DEGREES)
    yield from unknown_words(pack, "of_class", "members", _YES_OR_NO)
    yield from unknown_words(pack, "crosses", "both", _YES_OR_NO)
    reactions = column_of(pack, "reactions", "rule")
    yield from unknown_words(pack, "crosses", "reactions", reactions, several=True)
    for table in ("of_class", "crosses"):
        for column in ("severe", "unknown", "mild"):
            yield from unknown_words(pack, table, column, _TIERS)


def _subjects(pack: PackFiles) -> Iterator[Finding]:
    """What is no drug is known by the words of the pack itself."""
    named = (code for cell in column_of(pack, "words", "codes") for code in words_of(cell))
    known = known_subjects() | {f"{CLASS}{code}" for code in named}
    for table in ("crosses", "nones"):
        yield from unknown_subjects(pack, table, ("first", "second"), known)
    classes = {one.removeprefix(CLASS) for one in known if one.startswith(CLASS)}
    yield from unknown_subjects(pack, "of_class", ("class",), classes)


def _ambiguous(pack: PackFiles) -> Iterator[Finding]:
    """A word of two reactions: one of them would be read into every record of the other."""
    table, seen = pack.table("reactions"), dict[str, int]()
    for line in table.lines:
        for word in (*words_of(line.row["words_zh"]), *words_of(line.row["words_en"])):
            before = seen.setdefault(word.casefold(), line.number)
            if before != line.number:
                yield table.finding(line.number, "packs.twice", value=word, before=before)
