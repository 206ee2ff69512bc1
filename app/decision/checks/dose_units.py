"""A dose that is a number without a unit: nobody gives 0.25 of anything.

The engine's own rule, whatever the packs say: a missing unit is always a hard stop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.decision.findings import (
    ENGINE,
    Answer,
    Check,
    Evidence,
    Finding,
    Gap,
    Origin,
    Saying,
    Tier,
)
from app.decision.situation import Line, Situation
from app.domain.quantities import number
from app.domain.terms import Named

ORIGIN = Origin(
    rule="dose-unit-missing",
    pack=ENGINE,
    source="ISMP Guidelines for Safe Communication of Medication Information",
    status="active",
)
_DOSE = Named("剂量", "dose")
_BARE = re.compile(r"[\s\d.,，\uff0e/+\-\uff0d—~\uff5e×xX*()（）一二三四五六七八九十百千万两半]+")
_ANY_NUMBER = re.compile(r"[\d一二三四五六七八九十百千万两半]")


class DoseUnitCheck:
    """Looks at the dose of every new line that has one."""

    def __call__(self, situation: Situation) -> tuple[Answer, ...]:
        """The answer for the new lines."""
        told = [line for line in situation.new if line.dose is not None or line.dose_text.strip()]
        findings = tuple(f for line in told for f in _findings(line))
        return (Answer(Check.DOSE_UNIT, findings, tuple(_gaps(told)), bool(told)),)


def _findings(line: Line) -> Iterator[Finding]:
    written = bare(line)
    if written:
        name = line.named if line.drug is None else line.drug.name
        yield Finding(
            check=Check.DOSE_UNIT,
            tier=Tier.HARD_STOP,
            lines=(line.key,),
            subjects=(name,),
            origin=ORIGIN,
            said=Saying.of("dose_units.missing", drug=name, written=written),
            evidence=(Evidence(_DOSE, written),),
        )


def _gaps(lines: list[Line]) -> Iterator[Gap]:
    for line in lines:
        if line.dose is None and not bare(line):
            why = Saying.of("dose_units.unreadable", drug=line.named, written=line.dose_text)
            yield Gap(Check.DOSE_UNIT, why, (line.key,))


def bare(line: Line) -> str:
    """The number that stands without a unit, or ""."""
    if line.dose is not None:
        return "" if line.dose.unit else number(line.dose.value)
    text = line.dose_text.strip()
    return text if _BARE.fullmatch(text) and _ANY_NUMBER.search(text) else ""
