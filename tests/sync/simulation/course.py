"""The course of a run: some bad minutes, then the network heals, then everything is judged."""

from __future__ import annotations

import gc
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.sync.simulation import colleagues, troubles, watch
from tests.sync.simulation.checks import (
    check_convergence,
    check_cursors,
    check_doses,
    check_drained,
    check_durability,
    check_rejections,
    differences,
    undrained,
)
from tests.sync.simulation.clinicians import DOSES, WEIGHTS
from tests.sync.simulation.evidence import Evidence, examine
from tests.sync.simulation.plan import COLLEAGUES, Plan, doctors, plan_of, with_doses
from tests.sync.simulation.server import Server
from tests.sync.simulation.station import PRODUCT, Build, Desk, Station
from tests.sync.simulation.template import a_folder, template
from tests.sync.simulation.versions import check_history, check_read_sets
from tests.sync.simulation.virtual import Timeline, Trace
from tests.sync.simulation.world import World

DRAIN_ROUNDS = 14
_MOST_DECISIONS = 20
DRAIN_STEP_MS = 65_000
"""Longer than the cadence of a cohort, so that every round of the end fetches everything."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run came to.

    Attributes:
        sha256: Of the trace: the same seed gives the same one, always.
        wrong: Invariants that did not hold.
        tally: How often everything happened.
    """

    seed: int
    sha256: str
    events: int
    requests: int
    acts: int
    drained_in: int
    wrong: tuple[str, ...]
    lines: tuple[str, ...] = ()
    tally: Counter[str] = field(default_factory=Counter)


def run(
    seed: int,
    build: Build = PRODUCT,
    *,
    keep: bool = False,
    planned: Callable[[Plan], Plan] = lambda plan: plan,
) -> Report:
    """Run one seed from beginning to end.

    `keep` keeps the trace; `planned` may alter what the seed has in store.
    """
    draw = random.Random(f"simulation {seed}")
    plan = planned(with_doses(plan_of(draw), seed))
    begins = template(synced=plan.synced, doses=plan.doses)
    timeline = Timeline(begins.ms)
    trace = Trace(keep=keep)
    server = Server(timeline, begins.store.copy(), plan.policy, seed)
    world = World(seed, plan, build, a_folder(), draw, timeline, trace, server)
    rounds = 0
    try:
        with _collecting_at_the_end():
            for index, doctor in enumerate(doctors(plan)):
                station = _added(world, doctor, doctor)
                begins.unpack(index, station.folder)
                station.open()
            _stir(world)
            timeline.run_until(timeline.ms + int(plan.minutes * 60_000))
            rounds = _end(world)
    finally:
        for station in world.stations:
            station.running = False
            station.die()
        shutil.rmtree(world.folder)
    return Report(
        seed,
        trace.sha256,
        trace.count,
        sum(one.cable.sent for one in world.stations),
        len(world.ledger.entries),
        rounds,
        tuple(world.wrong),
        tuple(trace.lines),
        trace.tally + world.ledger.decided,
    )


@contextmanager
def _collecting_at_the_end() -> Iterator[None]:
    """One look for garbage a run: a run makes little of it, and every look goes over it all."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _added(world: World, name: str, doctor: str) -> Station:
    station = world.add(name, doctor, lambda one, request: watch.a_request(world, one, request))
    station.between = lambda: _in_between(world, station)
    return station


def _in_between(world: World, station: Station) -> None:
    """A click that comes in the middle of a round goes before the engine's next write."""
    if not world.quiet and world.draw.random() < 0.01:
        _deed(world, station)


def _deed(world: World, station: Station) -> None:
    deeds = (*WEIGHTS, *DOSES) if world.plan.doses else WEIGHTS
    names, weights = zip(*deeds, strict=True)
    if world.now >= station.paused_until:
        watch.an_act(world, station, world.draw.choices(names, weights)[0])


def _stir(world: World) -> None:
    """Put everything that will go wrong, and everything that is done, on the timeline."""
    draw, length = world.draw, int(world.plan.minutes * 60_000)
    calm = world.plan.harm == 0.0 and draw.random() < 0.5
    for station in world.stations:
        station.cable.weather.harm = world.plan.harm
        _keep_going(world, station)
        for _ in range(draw.randint(3, 8)):
            world.later(draw.randint(0, length), lambda s=station: _deed(world, s))  # type: ignore[misc]
        for _ in range(0 if calm else draw.randint(0, world.plan.most_troubles)):
            names, weights = zip(*world.plan.troubles, strict=True)
            what = draw.choices(names, weights)[0]
            world.later(
                draw.randint(0, length),
                lambda s=station, w=what: troubles.strike(world, w, s),  # type: ignore[misc]
            )
    for _ in range(draw.randint(2, 8)):
        names, weights = zip(*COLLEAGUES, strict=True)
        what = draw.choices(names, weights)[0]
        world.later(
            draw.randint(0, length),
            lambda w=what: colleagues.write(world, w),  # type: ignore[misc]
        )
    _stir_whole(world, length)


def _stir_whole(world: World, length: int) -> None:
    """What happens to the whole hospital at most once."""
    draw, plan = world.draw, world.plan
    if plan.deletes:
        world.later(draw.randint(0, length), lambda: colleagues.delete(world))
    if plan.restores:
        when = draw.randint(0, length // 2)
        world.later(when, lambda: _back_up(world))
        world.later(when + draw.randint(1, length // 2), lambda: _restore(world))
    if plan.clones:
        world.later(draw.randint(0, length // 2), lambda: _clone(world))


def _back_up(world: World) -> None:
    world.backup = world.server.store.copy()
    world.say("server", "backup")


def _restore(world: World) -> None:
    if world.backup is not None:
        world.server.restore(world.backup)
        world.count("restored")
        world.say("server", "restored")


def _clone(world: World) -> None:
    original = world.stations[0]
    troubles.clone(
        world, lambda one: _added(world, f"{one.name}-copy", one.session.clinician.username)
    )
    if world.cloned:
        copy = world.stations[-1]
        copy.cable.weather.harm = original.cable.weather.harm
        copy.clock.offset = original.clock.offset
        _keep_going(world, copy)
        for _ in range(3):
            world.later(world.draw.randint(1_000, 60_000), lambda: _deed(world, copy))


def _keep_going(world: World, station: Station) -> None:
    """Synchronise every now and then, while the program runs."""

    def ticks() -> None:
        if station.desk is not None and not station.running and not station.killed:
            if world.now >= station.paused_until:
                watch.a_round(world, station)
            if station.killed or station.desk is None:
                world.later(world.draw.randint(500, 20_000), lambda: troubles.start(world, station))
        world.later(world.draw.randint(8_000, 40_000), ticks)

    world.later(world.draw.randint(500, 15_000), ticks)


def _end(world: World) -> int:
    """Heal, let everything late arrive, drain, judge; how many rounds the draining took."""
    troubles.heal(world)
    world.say("healed")
    world.timeline.run_until(world.now + 125_000)
    for station in world.stations:
        _be_running(world, station)
    rounds = _drain(world)
    for station in world.stations:
        if station.desk is not None:
            _judge(world, station, station.desk)
    check_history(world)
    check_read_sets(world)
    return rounds


def _be_running(world: World, station: Station) -> None:
    """Everything that is late has come; a program that is down is started."""
    for _ in range(5):
        if station.desk is None or station.killed:
            station.die()
            troubles.start(world, station)
    if station.desk is None:
        world.complain(f"{station.name}: does not start any more")


def _drain(world: World) -> int:
    """Rounds until nothing is left to do (I21); a person decides whatever waits for one.

    A workstation that has nothing to do is not asked again before another has written something.
    """
    comparable = not world.server.restored and not world.plan.deletes
    for n in range(DRAIN_ROUNDS):
        world.timeline.run_until(world.now + DRAIN_STEP_MS)
        idle = True
        for station in world.stations:
            if n and (comparable or n > 1) and _is_done(world, station):
                continue
            idle = False
            _be_running(world, station)
            watch.a_round(world, station)
            _decide_all(world, station)
        if idle:
            return n
    return DRAIN_ROUNDS


def _is_done(world: World, station: Station) -> bool:
    """Nothing to send, nothing to decide, and everything here that is followed."""
    if station.desk is None:
        return False
    fenced = _is_fenced(station.desk)
    found, counts = examine(station.desk), station.desk.cache.sync_store.counts()
    busy = bool(counts.held or counts.conflicts or undrained(world, found)) and not fenced
    comparable = not world.server.restored and not world.plan.deletes
    return not busy and not (comparable and differences(world, found, fenced=fenced))


def _is_fenced(desk: Desk) -> bool:
    enrolment = desk.cache.sync_store.enrolment()
    return enrolment is not None and enrolment.fenced


def _decide_all(world: World, station: Station) -> None:
    """A person looks at every conflict and at what changed since they signed."""
    for _ in range(_MOST_DECISIONS):
        if station.desk is None or not station.desk.disputes.disputes(station.session):
            return
        watch.an_act(world, station, "decide")


def _judge(world: World, station: Station, desk: Desk) -> None:
    found: Evidence = examine(desk)
    check_durability(world, station, desk)
    check_cursors(world, station, desk)
    fenced = _is_fenced(desk)
    world.count("fenced" if fenced else "not fenced")
    if fenced and not (world.server.restored or world.cloned):
        world.complain(f"I19 {station.name}: fenced, and there is no other copy of it")
    if not fenced:
        check_drained(world, station, found)
    check_rejections(world, station, found)
    if world.plan.doses:
        check_doses(world, station, desk, fenced=fenced)
    if not world.server.restored and not world.plan.deletes:
        check_convergence(world, station, found, fenced=fenced)
