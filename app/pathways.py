"""The part of the composition root that introduces the clinical pathways to the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from app.config import Settings
from app.domain.pathways import PathwayBook
from app.dosing import Doing
from app.ports.pathways import PathwayCharts
from app.services.order_set_pack import read_sets
from app.services.pathway_keeping import PathwayKeeping
from app.services.pathway_pack import Beside, own_items, read_pathways
from app.services.pathway_standing import PathwayStanding, once_a_day
from app.services.pathways import PathwayReading
from localdb.opening import OpenCache
from localdb.reads.pathways import SqlPathwayReads
from localdb.reads.snapshots import Snapshots
from resources.reading import path


@dataclass(frozen=True, slots=True)
class Pathways:
    """One of each of the services around clinical pathways."""

    reading: PathwayReading
    keeping: PathwayKeeping


def make_pathways(
    cache: OpenCache, seen: Snapshots, doing: Doing, charts: PathwayCharts, settings: Settings
) -> Pathways:
    """Wire them over one opened cache; `seen` are its snapshots while they may be looked at."""
    maker = doing.maker
    standing = PathwayStanding(
        book_of=once_a_day(lambda today: pathway_book(settings, today)),
        reads=SqlPathwayReads(seen),
        charts=charts,
        clock=maker.clock,
        zone=ZoneInfo(settings.string("time_zone")),
    )
    return Pathways(
        reading=PathwayReading(standing, maker.ids),
        keeping=PathwayKeeping(doing.acts, cache.documents, maker, doing.rules, standing),
    )


def pathway_book(settings: Settings, today: date) -> PathwayBook:
    """The pathways that ship, under those of the hospital where it has any."""
    told = settings.string("hospital_packs")
    folder = Path(told) if told else None
    sets = read_sets(
        path("packs/order_sets"), folder / "order_sets" if folder is not None else None, today
    )
    theirs = folder / "pathways" if folder is not None else None
    return read_pathways(path("packs/pathways"), theirs, today, Beside(sets, own_items(folder)))
