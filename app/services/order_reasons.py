"""The reasons pack: why an order is stopped, held, cancelled or struck, coded and in words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from app.domain.order_reasons import BESIDE, OrderReason
from app.domain.terms import Term
from app.fhir.valuesets import STATUS_REASON
from resources.reading import rows


def order_reasons(deed: str) -> tuple[OrderReason, ...]:
    """The reasons for a deed, in the order of the pack; none where none is asked."""
    return _reasons().get(deed, ())


def reason_in(language: str, why: str, recorded: str) -> str:
    """A recorded reason for a reader of `language`.

    Args:
        language: The reader's.
        why: The code that was recorded, or "".
        recorded: The words that were recorded, in the author's language.

    Words that the pack does not have under this code stay as they were recorded.
    """
    for name in _words().get(why, ()):
        for word in (name.text, name.display):
            if recorded == word:
                return name.shown(language)
            if recorded.startswith(f"{word}{BESIDE}"):
                return f"{name.shown(language)}{recorded.removeprefix(word)}"
    return recorded


@cache
def _reasons() -> Mapping[str, tuple[OrderReason, ...]]:
    found: dict[str, list[OrderReason]] = {}
    for row in rows("order_reasons", "reasons"):
        name = Term(row["name_zh"], STATUS_REASON, row["code"], row["name_en"])
        reason = OrderReason(row["deed"], name, row["needs_text"] == "yes")
        found.setdefault(reason.deed, []).append(reason)
    return MappingProxyType({deed: tuple(reasons) for deed, reasons in found.items()})


@cache
def _words() -> Mapping[str, tuple[Term, ...]]:
    """The words of every code; one code may be worded otherwise for another deed."""
    found: dict[str, list[Term]] = {}
    for reasons in _reasons().values():
        for reason in reasons:
            found.setdefault(reason.code, []).append(reason.name)
    return MappingProxyType({code: tuple(names) for code, names in found.items()})
