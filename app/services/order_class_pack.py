"""The classes and kinds of orders: what follows from each, as the pack says it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from types import MappingProxyType

from app.domain.orders import OrderClass, OrderKind
from resources.reading import rows

_PACK = "order_items"


class Asked(enum.Enum):
    """Whether a class asks how often."""

    NO = "no"
    OFFERED = "offered"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class ClassRule:
    """What follows from the class of an order.

    Attributes:
        kinds: The kinds it may have, the usual ones first.
        default_kind: The kind a new order of the class begins with.
        exclusive: A new order of the class stops the one that holds (clinical norm: level of
            care, diet, condition).
        frequency: Whether it is asked how often.
        resource: FHIR R4 resource type of its documents.
        needs_reason: It cannot be signed without a reason, whatever its priority.
    """

    order_class: OrderClass
    kinds: tuple[OrderKind, ...]
    default_kind: OrderKind
    exclusive: bool
    frequency: Asked
    resource: str
    needs_reason: bool


@dataclass(frozen=True, slots=True)
class KindRule:
    """What follows from the kind of an order (病历书写基本规范, Art. 28).

    Attributes:
        long_term: It stands on the long-term sheet and holds until it is stopped.
        lapse: How long after signing it lapses by itself when it was not used; None for never.
        frequency: A medication of the kind needs a frequency.
        as_needed: It is given when needed, not at fixed times.
    """

    kind: OrderKind
    long_term: bool
    lapse: timedelta | None
    frequency: bool
    as_needed: bool


@cache
def class_rules() -> Mapping[OrderClass, ClassRule]:
    """Every class with its rule, in the order of the pack."""
    rules = (_class_rule(row) for row in rows(_PACK, "classes"))
    return MappingProxyType({rule.order_class: rule for rule in rules})


@cache
def kind_rules() -> Mapping[OrderKind, KindRule]:
    """Every kind with its rule, in the order of the pack."""
    rules = (_kind_rule(row) for row in rows(_PACK, "kinds"))
    return MappingProxyType({rule.kind: rule for rule in rules})


@cache
def exclusive_classes() -> frozenset[OrderClass]:
    """The classes of which one order holds at a time."""
    return frozenset(one for one, rule in class_rules().items() if rule.exclusive)


def lapse_of(kind: OrderKind) -> timedelta | None:
    """How long an unused order of `kind` holds: 12 h for sos; None where it does not lapse."""
    return kind_rules()[kind].lapse


def _class_rule(row: Mapping[str, str]) -> ClassRule:
    return ClassRule(
        order_class=OrderClass(row["order_class"]),
        kinds=tuple(OrderKind(one) for one in row["kinds"].split(",")),
        default_kind=OrderKind(row["default_kind"]),
        exclusive=row["exclusive"] == "yes",
        frequency=Asked(row["frequency"]),
        resource=row["resource"],
        needs_reason=row["reason"] == "yes",
    )


def _kind_rule(row: Mapping[str, str]) -> KindRule:
    hours = row["lapse_hours"]
    return KindRule(
        kind=OrderKind(row["kind"]),
        long_term=row["span"] == "long",
        lapse=timedelta(hours=int(hours)) if hours else None,
        frequency=row["frequency"] == "yes",
        as_needed=row["as_needed"] == "yes",
    )
