"""`LoopReads` over the projections: a ward's orders and what followed them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection, text

from app.domain.census import Ward, bed_order
from app.domain.loop_marks import Mark, Signature
from app.domain.terms import Named, PatientId, Ref, WardId
from app.ports.loops import Evidence, LoopWard, Stamp, WardPatient
from localdb.projections.loop_tables import MARK, SIGNATURE
from localdb.reads import papers
from localdb.reads.places import inside
from localdb.reads.snapshots import DataAsOf, Snapshots, census_scope, names_of, scopes_as_of
from localdb.reads.stays import in_places


def _columns(table: str, names: Iterable[str]) -> str:
    return ", ".join(f'{table}."{name}"' for name in names)


_STAMPS = text(
    "SELECT p.value,"
    " (SELECT count(*) FROM loop_mark m WHERE m.patient = p.value),"
    " (SELECT coalesce(sum(m.digest), 0) FROM loop_mark m WHERE m.patient = p.value),"
    " (SELECT count(*) || ' ' || coalesce(sum(s.digest), 0) FROM loop_mark m"
    "  JOIN loop_signature s ON s.target = m.ref WHERE m.patient = p.value)"
    " FROM json_each(:patients) p"
)
_MARKS = text(
    f"SELECT m.patient, m.ref, {_columns('m', MARK.names)}"  # noqa: S608  # our own names
    " FROM json_each(:patients) p JOIN loop_mark m ON m.patient = p.value ORDER BY m.ref"
)
_LINKS = text(
    "SELECT l.patient, l.ref, l.target"
    " FROM json_each(:patients) p JOIN loop_link l ON l.patient = p.value ORDER BY l.ref, l.target"
)
_SIGNATURES = text(
    f"SELECT m.patient, {_columns('s', SIGNATURE.names)}"  # noqa: S608  # our own names
    " FROM json_each(:patients) p JOIN loop_mark m ON m.patient = p.value"
    " JOIN loop_signature s ON s.target = m.ref ORDER BY s.ref, s.target"
)


class SqlLoopReads:
    """`LoopReads`."""

    def __init__(self, cache: Snapshots, data_as_of: DataAsOf = scopes_as_of) -> None:
        self._cache = cache
        self._data_as_of = data_as_of

    def ward(self, ward: WardId) -> LoopWard:
        """Who lies there, in bed order."""
        with self._cache.read() as connection:
            here = inside(connection, ward)
            lying = in_places(connection, here.places)
            scope = census_scope(ward)
            as_of = self._data_as_of(connection, (scope,)).get(scope)
        patients = tuple(
            WardPatient(one.patient.id, Named(one.patient.name, one.patient.english), one.stay.bed)
            for one in sorted(lying, key=lambda one: bed_order(one.stay.bed))
        )
        occupied = len(lying) if as_of is not None else None
        return LoopWard(Ward(ward, here.name, len(here.beds), occupied), patients, as_of)

    def stamps(self, patients: Iterable[PatientId]) -> Mapping[PatientId, Stamp]:
        with self._cache.read() as connection:
            rows = connection.execute(_STAMPS, _asked(patients)).all()
        return {PatientId(row[0]): (row[1], row[2], *map(int, str(row[3]).split())) for row in rows}

    def evidence(self, patients: Iterable[PatientId]) -> Mapping[PatientId, Evidence]:
        wanted = tuple(patients)
        with self._cache.read() as connection:
            marks = _marks(connection, wanted)
            links = _links(connection, wanted)
            signatures = _signatures(connection, wanted)
            return {
                patient: Evidence(
                    papers.orders(connection, patient),
                    tuple(marks[patient]),
                    {ref: tuple(found) for ref, found in links[patient].items()},
                    tuple(signatures[patient]),
                )
                for patient in wanted
            }


def _asked(patients: Iterable[PatientId]) -> dict[str, str]:
    return {"patients": json.dumps(list(patients))}


def _marks(
    connection: Connection, patients: tuple[PatientId, ...]
) -> Mapping[PatientId, list[Mark]]:
    found: defaultdict[PatientId, list[Mark]] = defaultdict(list)
    for row in connection.execute(_MARKS, _asked(patients)):
        found[PatientId(row[0])].append(MARK.unpack(row, 2, ref=Ref(row[1])))
    return found


def _links(
    connection: Connection, patients: tuple[PatientId, ...]
) -> Mapping[PatientId, dict[Ref, list[Ref]]]:
    found: defaultdict[PatientId, dict[Ref, list[Ref]]] = defaultdict(dict)
    for patient, ref, target in connection.execute(_LINKS, _asked(patients)):
        found[patient].setdefault(Ref(ref), []).append(Ref(target))
    return found


def _signatures(
    connection: Connection, patients: tuple[PatientId, ...]
) -> Mapping[PatientId, list[Signature]]:
    rows = connection.execute(_SIGNATURES, _asked(patients)).all()
    read = [(PatientId(row[0]), SIGNATURE.unpack(row, 1)) for row in rows]
    names = names_of(connection, (one.who for _, one in read if not one.by))
    found: defaultdict[PatientId, list[Signature]] = defaultdict(list)
    for patient, one in read:
        named = one if one.by else replace(one, by=names.get(one.who, ""))
        found[patient].append(named)
    return found
