"""The closed loops of a ward, each with the order it follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.census import Ward
from app.domain.loop_matching import Choice
from app.domain.loop_rates import LoopFigures, SlowStep
from app.domain.loop_strips import Strip
from app.domain.orders import Order
from app.domain.terms import Named, PatientId, Ref


@dataclass(frozen=True, slots=True)
class TrackedLoop:
    """One order, or one event, and how its loop stands.

    Attributes:
        ref: The order, or the document that began it.
        order: None for what is no order.
        choice: What the matching rules say; `strip` is None unless they choose one loop.
        refreshed: The strip was computed for this answer, not kept from an earlier one.
    """

    ref: Ref
    patient: PatientId
    patient_name: Named
    bed: str
    order: Order | None
    choice: Choice
    strip: Strip | None
    refreshed: bool = False


@dataclass(frozen=True, slots=True)
class LoopBoard:
    """Every loop of a ward that is open or ended lately.

    Attributes:
        ward: None where this workstation knows no such ward.
        as_of: Until when the census of the ward is complete.
        now: At which time the limits were judged.
        computed: How many strips had to be computed; the others were kept.
    """

    ward: Ward | None
    as_of: datetime | None
    now: datetime
    loops: tuple[TrackedLoop, ...]
    figures: LoopFigures
    slowest: tuple[SlowStep, ...]
    computed: int = 0
