"""Wires the tracker of closed loops."""

from __future__ import annotations

from pathlib import Path

from app.config import Settings
from app.kernel.clock import Clock
from app.services.chart_reading import ChartReading
from app.services.loop_pack import LoopPack, read_loops
from app.services.loop_tracking import LoopTracking
from localdb.reads.loops import SqlLoopReads
from localdb.reads.snapshots import Snapshots
from resources.reading import path
from sync.scopes import read_types


def make_tracking(
    cache: Snapshots, settings: Settings, charts: ChartReading, clock: Clock
) -> LoopTracking:
    """Follows the orders in `cache`; whose chart may not be read, his loops may not either."""
    return LoopTracking(
        SqlLoopReads(cache), lambda: loop_pack(settings), charts.banner, clock, fetched_types()
    )


def loop_pack(settings: Settings) -> LoopPack:
    """The closed loops that ship, under those of the hospital where it has any."""
    folder = settings.string("hospital_packs")
    return read_loops(path("packs/loops"), Path(folder) / "loops" if folder else None)


def fetched_types() -> frozenset[str]:
    """Types whose documents come to this workstation with a patient."""
    types = read_types(path("packs/scopes/types.tsv"))
    return frozenset(one.rtype for one in types if one.kind == "patient")
