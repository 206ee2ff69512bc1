"""The override reasons pack: why a warning may be passed, in the order of their keys."""

from __future__ import annotations

from functools import cache

from app.domain.deciding import OverrideReason
from app.domain.terms import Term
from app.fhir.valuesets import OVERRIDE_REASON
from resources.reading import rows


@cache
def override_reasons() -> tuple[OverrideReason, ...]:
    """Every reason, by its key."""
    read = (
        OverrideReason(
            key=int(row["key"]),
            name=Term(row["name_zh"], OVERRIDE_REASON, row["code"], row["name_en"]),
            needs_text=row["needs_text"] == "yes",
            offers_monitoring=row["offers_monitoring"] == "yes",
        )
        for row in rows("override_reasons", "reasons")
    )
    return tuple(sorted(read, key=lambda one: one.key))


def reason_of(code: str) -> Term:
    """The words of a reason; a code that the pack has not any more stays a code."""
    found = next((one.name for one in override_reasons() if one.code == code), None)
    return found or Term(code, OVERRIDE_REASON, code)
