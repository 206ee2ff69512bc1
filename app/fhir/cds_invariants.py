"""Whether a CDS Hooks response keeps the rules of HL7: for our own cards, and for what comes in.

`cds-resp-1` to `-7` are the invariants of HL7's logical model `CDSHooksResponse`; the other names
are ours, for what the specification demands in prose (CDS Hooks 2.0.1, CDS Service Response).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from app.fhir.document import Document, Json
from app.fhir.elements import dicts_at, text_at

LONGEST_SUMMARY = 139
"""Characters: the summary is shorter than 140."""
URGENCIES = ("info", "warning", "critical")
SELECTIONS = ("at-most-one", "any")
ACTION_SELECTIONS = ("all", "any", "at-most-one")
ACTIONS = ("create", "update", "delete")
LINKS = ("absolute", "smart")

_PREFETCH = "prefetch"


def response_faults(value: Json) -> tuple[str, ...]:
    """The names of the rules that a response breaks; nothing means that it is valid."""
    if not isinstance(value, dict):
        return ("not-an-object",)
    cards = value.get("cards")
    if not isinstance(cards, list) or not all(isinstance(one, dict) for one in cards):
        return ("no-cards",)
    found = [*emptiness(value)]
    for card in dicts_at(value, "cards"):
        found += card_faults(card)
    for action in dicts_at(value, "systemActions"):
        found += _action_faults(action)
    return tuple(dict.fromkeys(found))


def card_faults(card: Document) -> tuple[str, ...]:
    """The names of the rules that a card breaks."""
    found = [name for name, holds in _CARD if not holds(card)]
    for suggestion in dicts_at(card, "suggestions"):
        found += [name for name, holds in _SUGGESTION if not holds(suggestion)]
        for action in dicts_at(suggestion, "actions"):
            found += _action_faults(action)
    for link in dicts_at(card, "links"):
        found += [name for name, holds in _LINK if not holds(link)]
    return tuple(dict.fromkeys(found))


def emptiness(value: Json, key: str = "") -> Iterator[str]:
    """`null`, empty arrays, objects and strings are forbidden, but `cards: []` (2.0.1, Overview).

    A prefetch value may be null: the query ran, and there is no data.
    """
    if value is None:
        yield "null"
    elif isinstance(value, str) and not value.strip():
        yield "empty-string"
    elif isinstance(value, dict):
        yield from () if value else ("empty-object",)
        kept = {name: one for name, one in value.items() if key != _PREFETCH or one is not None}
        yield from chain.from_iterable(emptiness(one, name) for name, one in kept.items())
    elif isinstance(value, list):
        yield from () if value or key == "cards" else ("empty-array",)
        yield from chain.from_iterable(map(emptiness, value))


def _action_faults(action: Document) -> list[str]:
    return [name for name, holds in _ACTION if not holds(action)]


def _recommends_once(card: Document) -> bool:
    many = [one for one in dicts_at(card, "suggestions") if one.get("isRecommended") is True]
    return card.get("selectionBehavior") != "at-most-one" or len(many) <= 1


def _deletes_by_id(action: Document) -> bool:
    named = "resourceId" in action and "resource" not in action
    return action.get("type") != "delete" or named


def _reasons_are_displayed(card: Document) -> bool:
    return all(text_at(one, "display") for one in dicts_at(card, "overrideReasons"))


def _one_of(key: str, choices: tuple[str, ...]) -> Callable[[Document], bool]:
    return lambda element: element.get(key) in choices


def _none_or_one_of(key: str, choices: tuple[str, ...]) -> Callable[[Document], bool]:
    return lambda element: key not in element or element.get(key) in choices


def _said(*path: str) -> Callable[[Document], bool]:
    return lambda element: bool(text_at(element, *path))


_Rules = tuple[tuple[str, Callable[[Document], bool]], ...]

_CARD: _Rules = (
    ("summary", lambda card: 0 < len(text_at(card, "summary")) <= LONGEST_SUMMARY),
    ("indicator", _one_of("indicator", URGENCIES)),
    ("source", _said("source", "label")),
    ("selection", _none_or_one_of("selectionBehavior", SELECTIONS)),
    ("cds-resp-1", _recommends_once),
    ("cds-resp-4", _reasons_are_displayed),
    ("cds-resp-6", lambda card: not card.get("suggestions") or "selectionBehavior" in card),
)
_SUGGESTION: _Rules = (
    ("suggestion", _said("label")),
    ("cds-resp-7", _none_or_one_of("actionSelectionBehavior", ACTION_SELECTIONS)),
)
_ACTION: _Rules = (
    ("action", _one_of("type", ACTIONS)),
    ("cds-resp-2", _deletes_by_id),
    ("cds-resp-5", _said("description")),
)
_LINK: _Rules = (
    ("link", lambda link: bool(text_at(link, "label") and text_at(link, "url"))),
    ("link-type", _one_of("type", LINKS)),
    ("cds-resp-3", lambda link: link.get("type") == "smart" or "appContext" not in link),
)
