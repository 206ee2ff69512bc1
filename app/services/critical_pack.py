"""The critical values pack: how long somebody may take, and who is asked next."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import cache

from app.domain.critical_values import CriticalRules, Level
from app.domain.people import Role
from app.fhir.valuesets import LOINC
from app.ports.critical_values import Limit
from resources.reading import rows


@cache
def critical_rules() -> CriticalRules:
    """The times of the pack, levels lowest first."""
    told = {row["name"]: int(row["value"]) for row in rows("critical_values", "rules")}
    levels = (
        Level(int(row["level"]), Role(row["role"]), timedelta(minutes=int(row["after_minutes"])))
        for row in rows("critical_values", "levels")
    )
    return CriticalRules(
        read_back=timedelta(minutes=told["read_back_minutes"]),
        handled=timedelta(minutes=told["handled_minutes"]),
        listed=timedelta(hours=told["listed_hours"]),
        unflagged=timedelta(hours=told["unflagged_hours"]),
        handed_up=timedelta(hours=told["handed_up_hours"]),
        levels=tuple(sorted(levels, key=lambda one: one.number)),
    )


@cache
def critical_limits() -> tuple[Limit, ...]:
    """The hospital's own table: analytes of the laboratory pack that have a critical limit."""
    return tuple(
        Limit(
            system=LOINC,
            code=row["loinc"],
            unit=row["ucum"],
            low=Decimal(row["critical_low"]) if row["critical_low"] else None,
            high=Decimal(row["critical_high"]) if row["critical_high"] else None,
        )
        for row in rows("laboratory", "analytes")
        if row["critical_low"] or row["critical_high"]
    )
