"""The strengths of a formulary: which of them the program cannot compute with."""

from __future__ import annotations

from collections.abc import Iterator

from app.commands.packs.files import PackFiles
from app.commands.packs.findings import Finding
from app.domain.portions import Division
from app.domain.strengths import read_strength
from app.kernel.faults import Message
from app.services.formulary_import import FORMS, MEDICINES
from resources.reading import rows

_DRAFT = "draft"


def check_formulary(pack: PackFiles) -> Iterator[Finding]:
    """Every strength that is not understood.

    Of a row that is a draft it is only remarked: such a strength is not computed with, and the
    order form says so.
    """
    table = pack.table("forms")
    for line in table.lines:
        written = line.row.get("strength", "")
        if written and read_strength(written) is None:
            draft = line.row.get("status") == _DRAFT
            why = Message.of("packs.strength-unread", value=written)
            yield Finding(table.file, line.number, why, remark=draft)


def check_dispensing(pack: PackFiles) -> Iterator[Finding]:
    """Words that the program does not know in the rules of how a piece is parted."""
    table = pack.table("pieces")
    known = {"division": {one.value for one in Division}, "liquid": {"", "yes", "no"}}
    for line in table.lines:
        for column, words in known.items():
            told = line.row.get(column, "")
            if told not in words:
                yield table.finding(
                    line.number,
                    "packs.unknown-word",
                    column=column,
                    value=told,
                    known=", ".join(sorted(words - {""})),
                )


def check_import_words(pack: PackFiles) -> Iterator[Finding]:
    """Headings of columns and names of forms that the formulary does not have."""
    known = {
        "headings": ("column", frozenset(MEDICINES) | frozenset(FORMS)),
        "forms": ("form", frozenset(row["form"] for row in rows("formulary", "forms"))),
    }
    for name, (column, words) in known.items():
        table = pack.table(name)
        for line in table.lines:
            told = line.row.get(column, "")
            if told and told not in words:
                yield table.finding(
                    line.number,
                    "packs.unknown-word",
                    column=column,
                    value=told,
                    known=", ".join(sorted(words)),
                )
