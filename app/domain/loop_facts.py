"""What is known to have been done towards a step of a closed loop."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.terms import Ref

_NO_REF = Ref("")
_NEVER = datetime.min.replace(tzinfo=UTC)


class Phase(enum.Enum):
    """How far a step has come."""

    BEGUN = "begun"
    DONE = "done"
    DECLINED = "declined"  # decided against, on record: nobody waits for it any more


@dataclass(frozen=True, slots=True)
class Fact:
    """Somebody did something towards a step, or a document says so.

    Attributes:
        at: Server time; None where the record has no time of day.
        client_at: By the clock of the workstation that wrote it.
        by: Who, as recorded; "" where nobody is named.
        ref: The document, and `version` of it.
        instance: What tells repetitions apart (the slot of a dose), or "".
        due: For when it was meant to be done, where the document says so.
        witnessed: A Provenance says so; otherwise only the state of the document does.
    """

    step: str
    phase: Phase
    at: datetime | None
    by: str = ""
    ref: Ref = _NO_REF
    version: str = ""
    client_at: datetime | None = None
    instance: str = ""
    due: datetime | None = None
    witnessed: bool = False


Known = Mapping[Phase, Mapping[str, tuple[Fact, ...]]]
"""The facts of each phase by step, oldest first; those without a time come before all others."""


def known(facts: Iterable[Fact]) -> Known:
    """Sort facts; one that is told twice counts once."""
    found: dict[Phase, dict[str, list[Fact]]] = {phase: {} for phase in Phase}
    for fact in facts:
        found[fact.phase].setdefault(fact.step, []).append(fact)
    return {
        phase: {step: _in_order(some) for step, some in steps.items()}
        for phase, steps in found.items()
    }


def _in_order(some: list[Fact]) -> tuple[Fact, ...]:
    return tuple(sorted(set(some), key=_age)) if len(some) > 1 else tuple(some)


def time_of(fact: Fact) -> datetime:
    """Its time, or the beginning of time."""
    return fact.at or _NEVER


def _age(fact: Fact) -> tuple[datetime, bool, str, str, str, datetime, str]:
    # Whole, so that the same facts stand in the same order however they came.
    due = fact.due or _NEVER
    said = "|".join(map(str, (fact.client_at, fact.by)))
    witness = not fact.witnessed
    return time_of(fact), witness, fact.ref, fact.version, fact.instance, due, said
