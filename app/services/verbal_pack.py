"""The verbal orders pack: in which situations, confirmed how soon, and who is asked otherwise."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from app.domain.people import Role
from app.domain.terms import Term
from app.domain.verbal_orders import Situation
from app.fhir.valuesets import VERBAL_SITUATION
from resources.reading import rows


@cache
def situations() -> tuple[Situation, ...]:
    """Every situation, in the order of the pack."""
    return tuple(
        Situation(
            term=Term(row["name_zh"], VERBAL_SITUATION, row["code"], row["name_en"]),
            within=timedelta(minutes=int(row["confirm_minutes"])),
            lead=Role(row["lead"]),
        )
        for row in rows("verbal_orders", "situations")
    )


def situation_of(term: Term | None) -> Situation | None:
    """The situation a term names; None where the pack has none of that code."""
    if term is None or term.system != VERBAL_SITUATION:
        return None
    return next((one for one in situations() if one.term.code == term.code), None)
