"""The demo hospital: one seeded, bilingual FHIR R4 feed that is always "now".

Nothing here is a real person, place or record.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from resources.demo import (
    chart,
    inbox,
    laboratory,
    medication,
    notes,
    orders,
    staff,
    studies,
    vitals,
)
from resources.demo.cast import PLANNED, Stay, assemble
from resources.demo.document import Json, Resource
from resources.demo.knowledge import Language


def generate(seed: int, as_of: datetime, language: Language = "zh") -> Iterator[Resource]:
    """Every resource of the hospital as it stands at `as_of`.

    The same arguments give the same bytes. A resource comes after everything it refers to, with
    one exception: `Encounter.diagnosis` names a Condition that follows it, since both point to
    each other. Long-term orders carry timings that go on beyond `as_of`; only planned admissions
    and the due dates of tasks lie in the future.

    Args:
        seed: Chooses people, beds, values. The hand-written patients are always there.
        as_of: The present of the hospital; aware.
        language: Of notes, reports and messages. With `zh` the patients who speak English still
            have English ones.

    Raises:
        ValueError: `as_of` has no time zone.
    """
    if as_of.tzinfo is None:
        raise ValueError("as_of must be an aware datetime")
    stays = assemble(seed, as_of.replace(microsecond=0), language)
    yield from staff.resources()
    for stay in stays:
        yield chart.patient(stay)
        yield chart.encounter(stay)
        yield from _record(stay)
    yield from inbox.resources(stays, language)


def _record(stay: Stay) -> Iterator[Resource]:
    yield from chart.problems(stay)
    yield from chart.allergies(stay)
    yield from chart.flags(stay)
    yield from orders.resources(stay)
    yield from medication.resources(stay)
    yield from laboratory.resources(stay)
    yield from studies.resources(stay)
    yield from notes.resources(stay)
    if stay.state != PLANNED:
        yield from vitals.resources(stay)


def write_ndjson(
    folder: Path, seed: int, as_of: datetime, language: Language = "zh"
) -> dict[str, int]:
    """Write one `<Type>.ndjson` per resource type; answer how many lines each has."""
    lines: dict[str, list[str]] = {}
    for found in generate(seed, as_of, language):
        lines.setdefault(str(found["resourceType"]), []).append(line(found))
    folder.mkdir(parents=True, exist_ok=True)
    for kind, written in lines.items():
        text = "\n".join(written) + "\n"
        (folder / f"{kind}.ndjson").write_text(text, encoding="utf-8", newline="\n")
    return {kind: len(written) for kind, written in lines.items()}


def line(found: Mapping[str, Json]) -> str:
    """One resource as one line of JSON; decimals keep their digits."""
    return "".join(_pieces(found))


def _pieces(value: Json | Mapping[str, Json]) -> Iterator[str]:
    match value:
        case Decimal():
            yield format(value, "f")
        case Mapping():
            yield "{"
            for n, (key, inner) in enumerate(value.items()):
                yield ("," if n else "") + json.dumps(key) + ":"
                yield from _pieces(inner)
            yield "}"
        case list():
            yield "["
            for n, inner in enumerate(value):
                if n:
                    yield ","
                yield from _pieces(inner)
            yield "]"
        case _:
            yield json.dumps(value, ensure_ascii=False)
