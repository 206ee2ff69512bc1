"""Which ward and bed a place belongs to, by `Location.partOf`, whatever arrived first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, text

from app.domain.census import PlaceKind
from app.domain.terms import Named, Ref, WardId

BED = PlaceKind.BED.value
WARD = PlaceKind.WARD.value

# `UNION` drops what was seen before, so that a feed whose places contain each other ends too.
_INSIDE = text(
    "WITH RECURSIVE inside(ref) AS ("
    " SELECT :ward UNION SELECT p.ref FROM inside i JOIN place_row p ON p.part_of = i.ref)"
    " SELECT p.ref, p.kind, p.name, p.active, p.english"
    " FROM inside i JOIN place_row p ON p.ref = i.ref"
)
_ABOVE = text(
    "WITH RECURSIVE above(start, ref, depth) AS ("
    " SELECT p.ref, p.ref, 0 FROM place_row p WHERE p.ref IN :refs"
    " UNION SELECT a.start, p.part_of, a.depth + 1 FROM above a"
    " JOIN place_row p ON p.ref = a.ref WHERE p.part_of IS NOT NULL AND a.depth < 8)"
    " SELECT a.start, p.kind, p.id, p.name, p.english FROM above a"
    " JOIN place_row p ON p.ref = a.ref ORDER BY a.start, a.depth"
).bindparams(bindparam("refs", expanding=True))
_WARDS = text(
    "WITH RECURSIVE inside(ward, ref) AS ("
    " SELECT ref, ref FROM place_row WHERE kind = 'ward' AND active = 1"
    " UNION SELECT i.ward, p.ref FROM inside i JOIN place_row p ON p.part_of = i.ref)"
    " SELECT w.id, w.name, w.english,"
    " count(DISTINCT CASE WHEN p.kind = 'bed' AND p.active = 1 THEN p.ref END),"
    " count(DISTINCT s.patient)"
    " FROM inside i JOIN place_row w ON w.ref = i.ward JOIN place_row p ON p.ref = i.ref"
    " LEFT JOIN stay_place s ON s.place = p.ref"
    " GROUP BY w.ref ORDER BY w.name, w.id"
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a location lies. `bed` is "" when it is no bed; `ward` None when no ward is known."""

    ward: WardId | None = None
    ward_name: Named | None = None
    bed: str = ""


@dataclass(frozen=True, slots=True)
class WardLine:
    id: WardId
    name: Named
    beds: int
    occupied: int


def ward_ref(ward: WardId) -> Ref:
    """The ward as resources refer to it."""
    return Ref(f"Location/{ward}")


def wards(connection: Connection) -> tuple[WardLine, ...]:
    """Every ward with its beds and current inpatients."""
    return tuple(
        WardLine(WardId(row[0]), Named(row[1], row[2]), row[3], row[4])
        for row in connection.execute(_WARDS)
    )


@dataclass(frozen=True, slots=True)
class Inside:
    """A ward from within: all of its places, and the labels of its beds that are in use."""

    name: Named
    places: tuple[Ref, ...]
    beds: dict[Ref, str]


def inside(connection: Connection, ward: WardId) -> Inside:
    """The ward itself, its rooms and its beds, by `partOf` from below."""
    own = ward_ref(ward)
    rows = connection.execute(_INSIDE, {"ward": own}).all()
    names = (Named(row[2], row[4]) for row in rows if row[0] == own)
    beds = {Ref(row[0]): str(row[2]) for row in rows if row[1] == BED and row[3]}
    return Inside(next(names, Named(ward)), tuple(Ref(row[0]) for row in rows), beds)


def spots(connection: Connection, locations: Iterable[Ref | None]) -> dict[Ref, Spot]:
    """Bed and ward of each location that is known here."""
    wanted = sorted({one for one in locations if one})
    if not wanted:
        return {}
    found: dict[Ref, Spot] = {}
    for start, kind, key, name, english in connection.execute(_ABOVE, {"refs": wanted}):
        spot = found.get(start, Spot())
        if kind == BED and not spot.bed:
            spot = Spot(spot.ward, spot.ward_name, str(name))
        if kind == WARD and spot.ward is None:
            spot = Spot(WardId(key), Named(name, english), spot.bed)
        found[Ref(start)] = spot
    return found
