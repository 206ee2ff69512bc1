"""The administration pack: durations, and why a dose may not be given."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from app.domain.administration_limits import AdministrationLimits
from app.domain.terms import Term
from app.fhir.valuesets import NOT_GIVEN
from resources.reading import rows


@cache
def administration_limits() -> AdministrationLimits:
    """The durations that ship."""
    value = {row["name"]: int(row["value"]) for row in rows("administration", "limits")}
    return AdministrationLimits(
        claim=timedelta(seconds=value["claim_seconds"]),
        round_claim=timedelta(minutes=value["round_claim_minutes"]),
        early=timedelta(minutes=value["early_minutes"]),
        stale_online=timedelta(seconds=value["stale_online_seconds"]),
        stale_offline=timedelta(seconds=value["stale_offline_seconds"]),
        horizon=timedelta(hours=value["horizon_hours"]),
        temporary=timedelta(hours=value["temporary_hours"]),
        lay_out_every=timedelta(minutes=value["lay_out_minutes"]),
    )


@cache
def crossed_window() -> timedelta:
    """How long after the end of an order a dose of it is still looked for."""
    value = {row["name"]: int(row["value"]) for row in rows("administration", "limits")}
    return timedelta(days=value["crossed_days"])


@cache
def not_given_reasons() -> tuple[Term, ...]:
    """Why a dose was not given, coded."""
    return tuple(
        Term(row["name_zh"], NOT_GIVEN, row["code"], row["name_en"])
        for row in rows("administration", "not_given")
    )


def high_alert(item: Term) -> bool | None:
    """Whether the formulary calls the drug high-alert (ISMP); None where it does not know it.

    The column names the class of the list, or nothing. That a drug cannot be checked is said,
    never hidden.
    """
    found = (row for row in rows("formulary", "medicines") if row["code"] == item.code)
    drug = next(found, None)
    return None if drug is None else bool(drug["high_alert"])
