"""What changes the meaning of a resource and is not understood here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.fhir.document import Json
from app.fhir.valuesets import KNOWN_MODIFIERS

_CONTAINERS = (dict, list)


def unknown_modifiers(
    document: Mapping[str, Json], known: frozenset[str] = KNOWN_MODIFIERS
) -> tuple[str, ...]:
    """Urls of every modifierExtension, at any depth, that this house does not understand.

    Such a resource is shown, flagged, and never edited (R4 extensibility.html#modifierExtension).
    `implicitRules` counts too: whoever does not know the rules must not process the resource
    (R4 resource.html#implicitRules). An extension without a url counts as `?`.
    """
    found: list[str] = []
    waiting: list[dict[str, Json] | list[Json]] = [dict(document)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "modifierExtension" in value:
                found.extend(url for url in _urls(value["modifierExtension"]) if url not in known)
            waiting += [one for one in value.values() if isinstance(one, _CONTAINERS)]
        else:
            waiting += [one for one in value if isinstance(one, _CONTAINERS)]
    rules = document.get("implicitRules")
    if isinstance(rules, str) and rules:
        found.append(rules)
    return tuple(dict.fromkeys(found))


def _urls(extensions: Json) -> Iterator[str]:
    for one in extensions if isinstance(extensions, list) else [extensions]:
        if one in (None, {}, [], ""):
            continue
        url = one.get("url") if isinstance(one, dict) else None
        yield url if isinstance(url, str) and url else "?"
