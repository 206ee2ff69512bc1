"""What goes wrong: cables, processes, clocks, disks, tokens."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta

from sqlcipher3 import dbapi2

from app.kernel.faults import AppError
from localdb.failpoints import Failpoint
from tests.sync.simulation.checks import check_cursors, check_durability
from tests.sync.simulation.station import KEY, Killed, Station
from tests.sync.simulation.world import World

_UNLIMITED = 1_073_741_823


def strike(world: World, what: str, station: Station) -> None:
    world.say(station.name, "trouble", what)
    _TROUBLES[what](world, station)


def start(world: World, station: Station) -> None:
    """Start the program after it died. It may be killed while it starts, too."""
    if station.desk is not None:
        return
    if station.running:  # its last round has not noticed yet that it is dead
        world.timeline.after(1_000, lambda: start(world, station))
        return
    kill_at = 0 if world.quiet or world.draw.random() > 0.15 else world.draw.randint(1, 12)
    try:
        station.open(kill_at)
    except (Killed, AppError) as error:
        why = error.fault.message.code if isinstance(error, AppError) else "killed"
        world.say(station.name, "did not start", why)
        if isinstance(error, AppError) and world.now > world.spoilt.get(station.name, -1):
            world.complain(f"{station.name}: did not start: {why}")
        world.timeline.after(2_000, lambda: start(world, station))
        return
    world.seen.pop(station.name, None)
    world.say(station.name, "started")
    if station.desk is not None:
        check_durability(world, station, station.desk)
        check_cursors(world, station, station.desk)


def heal(world: World) -> None:
    """Nothing goes wrong any more; what is wrong with a clock may stay."""
    world.quiet = True
    for station in world.stations:
        station.cable.weather.clear()
        station.doom.spare()
        if world.plan.clocks_healed:
            station.clock.offset = timedelta(0)
        _free_disk(station)


def clone(world: World, leaves: Callable[[Station], Station]) -> None:
    """A copy of the disk is started beside the original (I19)."""
    station = world.stations[0]
    if station.desk is None or station.killed:
        return
    copy = leaves(station)
    shutil.copytree(station.folder, copy.folder)
    (copy.folder / "cache.lock").unlink(missing_ok=True)
    world.cloned = copy.name
    world.count("cloned")
    start(world, copy)


def _partition(world: World, station: Station) -> None:
    weather = station.cable.weather
    kind = world.draw.choice(("out", "into", "both"))
    weather.out, weather.into = kind in ("out", "both"), kind == "into"
    world.count(f"partition {kind}")
    weather.refuses = world.draw.random() < 0.5

    def mends() -> None:
        weather.out = weather.into = False

    world.timeline.after(world.draw.randint(2_000, 70_000), mends)


def _kill(world: World, station: Station) -> None:
    """Wherever it is: idle, or waiting for an answer."""
    world.count("killed waiting" if station.running else "killed idle")
    station.killed = True
    station.die()
    world.timeline.after(world.draw.randint(500, 40_000), lambda: start(world, station))


def _kill_at_step(world: World, station: Station) -> None:
    """After so many steps, or at one kind of step whenever it comes: the rare must have a turn."""
    if world.draw.random() < 0.5:
        station.doom.at = world.draw.choice(tuple(Failpoint))
    else:
        station.doom.left = world.draw.randint(1, 60)
    world.timeline.after(world.draw.randint(30_000, 60_000), lambda: start(world, station))


def _pause(world: World, station: Station) -> None:
    """SIGSTOP: the clock goes on, the program does not."""
    world.count("paused")
    station.paused_until = world.now + world.draw.randint(5_000, 100_000)


def _clock(world: World, station: Station) -> None:
    jump = timedelta(
        seconds=world.draw.choice((-172_800, -7_200, -250, -30, 30, 250, 7_200, 172_800))
    )
    station.clock.offset += jump
    days = abs(jump) >= timedelta(days=2)
    world.count(f"clock {'on' if jump > timedelta(0) else 'back'}{' two days' if days else ''}")


def _disk_full(world: World, station: Station) -> None:
    if station.desk is None or station.killed:
        return
    with station.desk.cache.cache.outside_transactions() as run:
        run("PRAGMA max_page_count = 1")  # no less than the file has already
    _excuse(world, station)
    world.timeline.after(world.draw.randint(2_000, 40_000), lambda: _free_disk(station))


def _free_disk(station: Station) -> None:
    if station.desk is not None and not station.killed:
        with station.desk.cache.cache.outside_transactions() as run:
            run(f"PRAGMA max_page_count = {_UNLIMITED}")


def _locked(world: World, station: Station) -> None:
    """Another program has the file, a backup tool say."""
    if station.desk is None or station.killed or world.now < world.locked.get(station.name, 0):
        return
    other = dbapi2.connect(str(station.folder / "cache.db"), isolation_level=None, timeout=0)
    other.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    other.execute("BEGIN IMMEDIATE")
    _excuse(world, station)

    def lets_go() -> None:
        other.execute("ROLLBACK")
        other.close()

    holds = world.draw.randint(500, 20_000)
    world.locked[station.name] = world.now + holds + 1
    world.timeline.after(holds, lets_go)


def _excuse(world: World, station: Station) -> None:
    world.spoilt[station.name] = world.now + 120_000


def _token(world: World, station: Station) -> None:
    station.cable.weather.signed_out = True

    def signs_in() -> None:
        station.cable.weather.signed_out = False

    world.timeline.after(world.draw.randint(5_000, 50_000), signs_in)


def _pages(world: World, station: Station) -> None:
    del station
    world.server.forget_pages()


_TROUBLES: dict[str, Callable[[World, Station], None]] = {
    "partition": _partition,
    "kill": _kill,
    "kill-at-step": _kill_at_step,
    "pause": _pause,
    "clock": _clock,
    "disk-full": _disk_full,
    "locked": _locked,
    "token": _token,
    "pages": _pages,
}
