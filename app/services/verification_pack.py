"""The verification pack: what a hospital decides about the verification of orders."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from types import MappingProxyType

from app.domain.dose_gates import Gate, Gates
from app.domain.order_verification import VerificationRules
from app.domain.orders import OrderClass, OrderKind
from resources.reading import rows


@cache
def verification_rules() -> VerificationRules:
    """The rules that ship."""
    value = {row["name"]: int(row["value"]) for row in rows("verification", "rules")}
    return VerificationRules(
        most=value["batch_most"],
        review_required=bool(value["review_required"]),
        skin_valid=timedelta(hours=value["skin_valid_hours"]),
        skin_second_reader=bool(value["skin_second_reader"]),
        stops_listed=timedelta(hours=value["stops_listed_hours"]),
    )


@cache
def dose_gates() -> Gates:
    """What is asked for before a dose, by class and kind of the order."""
    return MappingProxyType(
        {
            (OrderClass(row["order_class"]), OrderKind(row["kind"])): Gate(
                verify=row["verify"] == "yes", review=row["review"] == "yes"
            )
            for row in rows("verification", "gates")
        }
    )
