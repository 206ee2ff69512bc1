"""`WardReads` over the projections: the board, my patients, and finding somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from app.domain.census import BedRow, Pending, Ward, WardBoard, bed_order
from app.domain.patients import allergy_state
from app.domain.terms import PatientId, PractitionerId, WardId
from app.ports.reading import PatientHit
from localdb.reads.pending import pending
from localdb.reads.places import inside, wards
from localdb.reads.search import find_people
from localdb.reads.snapshots import (
    DataAsOf,
    Snapshots,
    census_scope,
    patient_scope,
    scopes_as_of,
)
from localdb.reads.standing import allergies, standing
from localdb.reads.stays import Lying, in_places, of_clinician

Marked = Callable[[PractitionerId], Iterable[PatientId]]
"""The patients a clinician marked as their own."""


class SqlWardReads:
    """`WardReads`. Every answer comes from one snapshot.

    Attributes of the constructor:
        now: Wall clock, for what still counts as a new result.
        marked: Patients a clinician marked.
        data_as_of: Until when a scope is complete.
    """

    def __init__(
        self,
        cache: Snapshots,
        now: Callable[[], datetime],
        marked: Marked,
        data_as_of: DataAsOf = scopes_as_of,
    ) -> None:
        self._cache = cache
        self._now = now
        self._marked = marked
        self._data_as_of = data_as_of

    def wards(self) -> tuple[Ward, ...]:
        with self._cache.read() as connection:
            lines = wards(connection)
            whole = self._data_as_of(connection, tuple(census_scope(line.id) for line in lines))
            return tuple(
                Ward(
                    line.id,
                    line.name,
                    line.beds,
                    line.occupied if census_scope(line.id) in whole else None,
                )
                for line in lines
            )

    def board(self, ward: WardId) -> WardBoard:
        """Beds in bed order, the empty ones once the census is whole; one query for the counts."""
        with self._cache.read() as connection:
            here = inside(connection, ward)
            lying = in_places(connection, here.places)
            scope = census_scope(ward)
            as_of = self._data_as_of(connection, (scope,)).get(scope)
            taken = {ref for one in lying for ref in (one.stay.location, *one.stay.locations)}
            free = here.beds.items() if as_of is not None else ()
            empty = (BedRow(label) for ref, label in free if ref not in taken)
            rows = (*self._occupied(connection, lying, lying), *empty)
            return WardBoard(
                Ward(ward, here.name, len(here.beds), len(lying) if as_of is not None else None),
                tuple(sorted(rows, key=_bed_and_stay)),
                as_of,
            )

    def patients_of(self, clinician: PractitionerId) -> tuple[BedRow, ...]:
        """Current inpatients whose attending or care team is `clinician`, or whom they marked."""
        marked = tuple(self._marked(clinician))
        with self._cache.read() as connection:
            mine = of_clinician(connection, clinician, marked)
            around: list[Lying] = []
            for ward in sorted({one.stay.ward for one in mine if one.stay.ward}):
                around.extend(in_places(connection, inside(connection, ward).places))
            rows = self._occupied(connection, mine, around)
        return tuple(sorted(rows, key=_ward_and_bed))

    def find(self, query: str, limit: int = 50) -> tuple[PatientHit, ...]:
        """By name (any part), full pinyin or initials, bed, record or admission number."""
        with self._cache.read() as connection:
            return find_people(connection, query, limit)

    def _occupied(
        self, connection: Connection, lying: Sequence[Lying], around: Sequence[Lying]
    ) -> tuple[BedRow, ...]:
        ids = tuple(one.patient.id for one in lying)
        above = standing(connection, ids)
        recorded = allergies(connection, ids)
        waiting = pending(connection, ids, self._now())
        whole = self._data_as_of(connection, tuple(patient_scope(key) for key in ids))
        alike = namesakes(lying, around)
        return tuple(
            BedRow(
                bed=one.stay.bed,
                patient=one.patient,
                stay=one.stay,
                level_of_care=above[key].level_of_care,
                severity=above[key].severity,
                isolation=above[key].isolation,
                flags=above[key].flags,
                allergy_state=allergy_state(recorded[key], available=patient_scope(key) in whole),
                pending=waiting.get(key, Pending()),
                namesake=key in alike,
            )
            for key, one in zip(ids, lying, strict=True)
        )


def namesakes(lying: Iterable[Lying], around: Iterable[Lying] = ()) -> frozenset[PatientId]:
    """Those who share a list or a ward, and a name or its sound, with somebody else."""
    listed = {one.patient.id: one for one in lying}
    everybody = {one.patient.id: one for one in around} | listed
    heard: Counter[tuple[str, ...]] = Counter(
        ("", *key) for one in listed.values() for key in _keys(one)
    )
    heard.update((one.stay.ward or "?", *key) for one in everybody.values() for key in _keys(one))
    return frozenset(
        key
        for key, one in listed.items()
        if any(heard["", *k] > 1 or heard[one.stay.ward or "?", *k] > 1 for k in _keys(one))
    )


def _keys(one: Lying) -> frozenset[tuple[str, str]]:
    keys = (("name", one.name_key), ("sound", one.sound))
    return frozenset(key for key in keys if key[1])


def _bed_and_stay(row: BedRow) -> tuple[tuple[int, int, str], str]:
    return bed_order(row.bed), row.stay.id if row.stay else ""


def _ward_and_bed(row: BedRow) -> tuple[str, tuple[int, int, str], str]:
    ward = row.stay.ward_name.name if row.stay and row.stay.ward_name else ""
    return ward, *_bed_and_stay(row)
