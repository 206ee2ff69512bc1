"""Reading a feed in tests: by type, by reference, codes and times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from resources.demo.document import Json, Resource


@dataclass(frozen=True)
class Feed:
    resources: tuple[Resource, ...]
    as_of: datetime

    def of(self, kind: str) -> list[Resource]:
        return self._by_kind.get(kind, [])

    @cached_property
    def _by_kind(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(str(resource["resourceType"]), []).append(resource)
        return found

    @cached_property
    def by_reference(self) -> dict[str, Resource]:
        return {f"{r['resourceType']}/{r['id']}": r for r in self.resources}

    def in_bed(self) -> list[Resource]:
        return [e for e in self.of("Encounter") if e["status"] == "in-progress"]


def text(value: Json, *path: str | int) -> str:
    """The string at `path`, or "" where the path ends early."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return "" if value is None else str(value)


def number(value: Json, *path: str | int) -> Decimal:
    return Decimal(text(value, *path))


def code(value: Json, system: str = "") -> str:
    """The code of the first coding in a CodeableConcept, or of the one in `system`."""
    codings = value.get("coding") if isinstance(value, dict) else None
    for coding in codings if isinstance(codings, list) else []:
        if not system or text(coding, "system") == system:
            return text(coding, "code")
    return ""


def category(resource: Resource, system: str) -> str:
    return code(at(resource, "category", 0), system)


def at(value: Json, *path: str | int) -> Json:
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def items(value: Json, *path: str | int) -> list[Json]:
    """The list at `path`, or an empty one."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def parts(observation: Resource) -> list[Json]:
    """The components of an Observation, or the whole if it has none."""
    return items(observation, "component") or [observation]


def references(value: Json) -> Iterator[str]:
    match value:
        case dict():
            for key, inner in value.items():
                if key == "reference" and isinstance(inner, str):
                    yield inner
                else:
                    yield from references(inner)
        case list():
            for inner in value:
                yield from references(inner)


def instants(value: Json, key: str = "") -> Iterator[tuple[str, datetime]]:
    """Every element that is a date and time, with the name of its key."""
    match value:
        case dict():
            for name, inner in value.items():
                yield from instants(inner, name)
        case list():
            for inner in value:
                yield from instants(inner, key)
        case str() if len(value) == 25 and value[10] == "T" and value[4] == "-":
            yield key, datetime.fromisoformat(value)
