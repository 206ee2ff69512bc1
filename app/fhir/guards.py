"""What changes the meaning of a resource and is not understood here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.fhir.document import Json
from app.fhir.valuesets import KNOWN_MODIFIERS


def unknown_modifiers(document: Mapping[str, Json]) -> tuple[str, ...]:
    """Urls of every modifierExtension, at any depth, that this house does not understand.

    Such a resource is shown, flagged, and never edited (R4 §2.4.1 and §2.6.1.1). `implicitRules`
    counts too: whoever does not know the rules must not process the resource (R4 §2.27.4.3).
    An extension without a url counts as `?`.
    """
    found = list(_modifiers(document))
    rules = document.get("implicitRules")
    if isinstance(rules, str) and rules:
        found.append(rules)
    return tuple(dict.fromkeys(found))


def _modifiers(value: Json | Mapping[str, Json]) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "modifierExtension":
                yield from _urls(inner)
            if isinstance(inner, dict | list):
                yield from _modifiers(inner)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict | list):
                yield from _modifiers(inner)


def _urls(extensions: Json) -> Iterator[str]:
    for one in extensions if isinstance(extensions, list) else [extensions]:
        if one in (None, {}, [], ""):
            continue
        url = one.get("url") if isinstance(one, dict) else None
        if not isinstance(url, str) or url not in KNOWN_MODIFIERS:
            yield url if isinstance(url, str) and url else "?"
