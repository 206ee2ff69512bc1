"""The pack of duplicates: rules about something, exemptions from rules that there are."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

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
from app.decision.expressions import amount
from app.decision.findings import Check, Tier
from app.decision.knowledge.duplicates import Reach
from app.domain.quantities import Quantity, measure
from app.services.duplicate_pack import COLUMNS, read_duplicates

_TIERS = tuple(one.value for one in Tier)


def check_duplicates(pack: PackFiles) -> Iterator[Finding]:
    """What is wrong with `pack` beyond its columns, its keys and its languages."""
    found = list(lacking(pack, COLUMNS))
    if not found:
        found = [*_words(pack), *_subjects(pack), *_amounts(pack)]
    yield from found
    if not found and not pack.overlay:
        yield from refused_as_it_is(pack, lambda day: read_duplicates(pack.folder, None, day))


def _words(pack: PackFiles) -> Iterator[Finding]:
    checks = (Check.DUPLICATE.value, Check.DUPLICATE_CLASS.value)
    yield from unknown_words(pack, "rules", "check", checks)
    yield from unknown_words(pack, "rules", "reach", [one.value for one in Reach])
    yield from unknown_words(pack, "rules", "tier", _TIERS)
    yield from unknown_words(pack, "rules", "quieter", _TIERS)
    yield from unknown_words(pack, "exempt", "as_needed", ("yes", "no"))
    yield from unknown_words(
        pack, "exempt", "rules", column_of(pack, "rules", "rule"), several=True
    )
    for table, column in (("exempt", "routes"), ("lesser", "routes"), ("local", "route")):
        yield from unknown_routes(pack, table, column)


def _subjects(pack: PackFiles) -> Iterator[Finding]:
    known = known_subjects()
    yield from unknown_subjects(pack, "rules", ("subjects",), known)
    yield from unknown_subjects(pack, "exempt", ("first", "second"), known)
    yield from unknown_subjects(pack, "lesser", ("subjects",), known)


def _amounts(pack: PackFiles) -> Iterator[Finding]:
    """Doses that nothing can be compared with."""
    table = pack.table("lesser")
    for line in table.lines:
        told = line.row["daily"]
        if not _is_dose(told):
            yield table.finding(line.number, "packs.duplicates.dose", value=told)


def _is_dose(text: str) -> bool:
    try:
        told = amount(text)
    except ValueError:
        return False
    return told.value > 0 and measure(Quantity(Decimal(1), told.unit)) is not None
