"""What a seed has in store: how bad the network is, and what goes wrong when."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import timedelta

from sync.cdr.values import Policy
from tests.sync.simulation.hospital import ALWAYS, DOCTORS, OF_DOSES, SOMETIMES

Weights = tuple[tuple[str, int], ...]
_DOSES = 0.2
"""The share of seeds in which doses are given."""
TROUBLES: Weights = (
    ("partition", 4),
    ("kill", 4),
    ("kill-at-step", 10),
    ("pause", 2),
    ("clock", 2),
    ("disk-full", 2),
    ("locked", 2),
    ("token", 2),
    ("pages", 2),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The frame of one run.

    Attributes:
        stations: How many workstations.
        types: What is fetched by scope; the fewer, the more of a run is spent on what they do.
        minutes: How long things go wrong, in virtual minutes.
        harm: Chance that a request does not simply go well.
        synced: Whether the workstations begin in step with the server.
        deletes: Somebody deletes documents at the server.
        restores: The server comes back from a backup in the middle.
        clones: A copy of a workstation's disk is started beside it.
        clocks_healed: Wrong clocks are put right in the end; otherwise it must go without.
        doses: Doses are claimed and given.
        troubles: What may go wrong at one workstation, with weights.
        most_troubles: How often at most.
    """

    stations: int
    types: frozenset[str]
    minutes: float
    harm: float
    skews: tuple[timedelta, ...]
    policy: Policy
    synced: bool
    deletes: bool
    restores: bool
    clones: bool
    clocks_healed: bool
    doses: bool = False
    troubles: Weights = TROUBLES
    most_troubles: int = 4


def plan_of(draw: random.Random) -> Plan:
    kind = draw.random()
    return Plan(
        stations=3 if draw.random() < 0.15 else 2,
        types=frozenset((*ALWAYS, *draw.sample(SOMETIMES, 2))),
        minutes=draw.choice((0.5, 1.0, 1.5)),
        harm=draw.choice((0.0, 0.1, 0.25, 0.5)),
        skews=tuple(timedelta(seconds=draw.uniform(-5, 5)) for _ in range(2)),
        policy=Policy(
            stale_status=draw.choice((409, 412)),
            max_page=draw.choice((2, 5, 1000, 1000, 1000)),
            reuse_searches=timedelta(seconds=draw.choice((0, 60))),
            page_lifetime=timedelta(seconds=draw.choice((5, 3600))),
        ),
        synced=kind >= 0.08,
        deletes=0.08 <= kind < 0.2,
        restores=0.2 <= kind < 0.27,
        clones=0.27 <= kind < 0.34,
        clocks_healed=draw.random() < 0.5,
    )


def with_doses(plan: Plan, seed: int) -> Plan:
    """In some seeds doses are given; which, is drawn apart, so that all others stay as they are."""
    if random.Random(f"doses {seed}").random() >= _DOSES:
        return plan
    return replace(plan, doses=True, types=frozenset((*ALWAYS, *OF_DOSES)))


COLLEAGUES: Weights = (
    ("result", 5),
    ("allergy", 5),
    ("their-note", 3),
    ("their-description", 2),
    ("move", 2),
)


def doctors(plan: Plan) -> tuple[str, ...]:
    return DOCTORS[: plan.stations]
