"""Three versions of one document side by side, element by element, in words a reader knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.domain.disputes import ChangedBy, Difference
from app.fhir.document import Document, Json, canonical
from app.fhir.elements import at, concept_term, display_at, list_at, quantity_text, text_at

_SILENT = frozenset({"resourceType", "id", "meta", "text", "implicitRules", "contained"})
_EXTENSIONS = frozenset({"extension", "modifierExtension"})
_PEOPLE = ("requester", "recorder", "author", "performer", "asserter", "sender")


def differences(
    base: Document | None, mine: Document | None, theirs: Document | None
) -> tuple[Difference, ...]:
    """Elements in which not all three agree, in the order of the documents.

    Where words alone would make two versions look alike (one text over two codes), the elements
    are shown as they were sent.
    """
    found: list[Difference] = []
    sides = [_elements(one) for one in (base, mine, theirs)]
    for name in _names(*sides):
        values = [one.get(name) for one in sides]
        keys = [_key(value) for value in values]
        if keys[0] == keys[1] == keys[2]:
            continue
        said = [said_of(value) for value in values]
        if len(set(said)) < len(set(keys)):
            said = [key.removeprefix('{"of":').removesuffix("}") for key in keys]
        found.append(Difference(name, said[0], said[1], said[2], _by(keys)))
    return tuple(found)


def agreements(*sides: Document | None) -> tuple[tuple[str, str], ...]:
    """(element, value) in which all versions that exist agree."""
    there = [_elements(side) for side in sides if side is not None]
    return tuple(
        (name, said_of(there[0].get(name)))
        for name in _names(*there)
        if len({_key(side.get(name)) for side in there}) == 1
    )


def said_of(value: Json) -> str:
    """A value as a reader says it: a name for a code, a number with its unit; never left out."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(said_of(one) for one in value)
    if isinstance(value, dict):
        return _object(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def author_of(document: Document | None) -> str:
    """Whom the document itself names as its maker, or ""."""
    if document is None:
        return ""
    found = (_person(document.get(name)) for name in _PEOPLE)
    return next((one for one in found if one), "")


def _person(value: Json) -> str:
    first = value[0] if isinstance(value, list) and value else value
    return display_at(first) or display_at(at(first, "actor")) or text_at(first, "reference")


def _object(value: Document) -> str:
    if "coding" in value:
        term = concept_term(value)
        if term is not None:
            return term.text
    if told := text_at(value, "text"):
        return told
    if "reference" in value or "display" in value:
        return display_at(value) or text_at(value, "reference")
    if "value" in value:
        told = quantity_text(value)
        if told:
            return told
    if len(value) == 1 and (held := _held(value)) is not None:
        return said_of(held)
    parts = (f"{name} {said_of(inner)}" for name, inner in value.items())
    return ", ".join(part.strip() for part in parts)


def _held(value: Document) -> Json:
    """What an extension holds (value[x])."""
    choices = (name for name in value if name.startswith("value") and name != "value")
    return next((value[name] for name in choices), None)


def _elements(side: Document | None) -> Document:
    """What a side says, element by element; an extension stands under its own URL."""
    told: Document = {}
    for name, value in (side or {}).items():
        if name in _EXTENSIONS:
            for url, said in _extensions(value):
                told[url] = [*list_at(told, url), said]
        elif name not in _SILENT:
            told[name] = value
    return told


def _extensions(value: Json) -> Iterator[tuple[str, Json]]:
    for one in value if isinstance(value, list) else [value]:
        held: Document = one if isinstance(one, dict) else {"value": one}
        yield (
            text_at(held, "url") or "extension",
            {key: inner for key, inner in held.items() if key != "url"},
        )


def _names(*sides: Document) -> Iterable[str]:
    names: dict[str, None] = {}
    for side in sides:
        names |= dict.fromkeys(side)
    return names


def _key(value: Json) -> str:
    return "" if value is None else canonical({"of": value}).decode()


def _by(keys: list[str]) -> ChangedBy:
    base, mine, theirs = keys
    if base == theirs:
        return ChangedBy.MINE
    return ChangedBy.THEIRS if base == mine else ChangedBy.BOTH
