"""Finding people as they are typed, and the searches that the bench compares (sync.md §9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from sqlalchemy import Connection, TextClause, bindparam, select, text

from app.domain.terms import PatientId, Ref
from app.ports.reading import PatientHit
from localdb.projections.names import fold, fold_label
from localdb.projections.tables import PATIENT, patient_row
from localdb.reads.stays import of_patients

_LAST = "\U0010ffff"

# Rank: all of a key, its beginning, or somewhere inside it. Inpatients go before everybody else.
_RANK = "CASE WHEN start > 0 THEN 2 WHEN length(part) > :length THEN 1 ELSE 0 END"
_TYPED = "part >= :typed AND part < :end AND :typed <> ''"
_FIND = text(
    f"""
    WITH hit(patient, kind, rank) AS (
        SELECT patient, kind, {_RANK} FROM patient_part WHERE {_TYPED}
        UNION ALL
        SELECT patient, kind, {_RANK} FROM stay_part WHERE {_TYPED}
        UNION ALL
        SELECT s.patient, 'bed',
            CASE instr(p.label_key, :label) WHEN 1 THEN p.label_key <> :label ELSE 2 END
        FROM place_row p JOIN stay_place s ON s.place = p.ref
        WHERE p.kind = 'bed' AND :label <> '' AND instr(p.label_key, :label) > 0
    ),
    best(patient, kind, rank) AS (
        SELECT patient, kind, min(rank * 10 + CASE kind
            WHEN 'bed' THEN 0 WHEN 'name' THEN 1 WHEN 'record' THEN 2 WHEN 'admission' THEN 3
            WHEN 'pinyin' THEN 4 WHEN 'initials' THEN 5 ELSE 6 END)
        FROM hit GROUP BY patient
    )
    SELECT b.patient, b.kind FROM best b JOIN patient_row r ON r.id = b.patient
    ORDER BY
        r.superseded_by IS NOT NULL,
        NOT EXISTS (
            SELECT 1 FROM stay_row s
            WHERE s.patient = b.patient AND s.current = 1 AND s.inpatient = 1),
        b.rank, r.name_key, r.id
    LIMIT :most
    """  # noqa: S608  # the parts put in are the two constants above
)
_PATIENTS = select(*(patient_row.c[name] for name in PATIENT.names)).where(
    patient_row.c.id.in_(bindparam("ids", expanding=True))
)


def find_people(connection: Connection, query: str, most: int = 50) -> tuple[PatientHit, ...]:
    """Best first; current inpatients before others. What folds to nothing finds nobody."""
    typed, label = fold(query), fold_label(query)
    if not typed and not label:
        return ()
    hits = connection.execute(
        _FIND,
        {"typed": typed, "end": typed + _LAST, "length": len(typed), "label": label, "most": most},
    ).all()
    ids = [PatientId(row[0]) for row in hits]
    known = {row[0]: PATIENT.unpack(row) for row in connection.execute(_PATIENTS, {"ids": ids})}
    lying = of_patients(connection, ids)
    return tuple(
        PatientHit(known[key], lying[key].stay if key in lying else None, kind)
        for key, (_, kind) in zip(ids, hits, strict=True)
    )


# --- The questions of the published benchmark. Each answers with references; none parses a
# document, and each walks one index.


def patients_by_birth_date(connection: Connection, most: int) -> tuple[Ref, ...]:
    """`Patient?_sort=birthdate`."""
    return _refs(
        connection,
        "SELECT ref FROM patient_row ORDER BY birth_date_text, ref LIMIT :most",
        most=most,
    )


def patients_by_name(connection: Connection, most: int) -> tuple[Ref, ...]:
    """`Patient?_sort=name`."""
    return _refs(
        connection, "SELECT ref FROM patient_row ORDER BY name_key, ref LIMIT :most", most=most
    )


def encounters_last_touched(connection: Connection, most: int) -> tuple[Ref, ...]:
    """By when this workstation last wrote them: a rewritten row goes to the end of its table."""
    return _refs(connection, "SELECT ref FROM stay_row ORDER BY rowid DESC LIMIT :most", most=most)


def patients_with_encounter_type(
    connection: Connection, system: str, code: str, most: int
) -> tuple[Ref, ...]:
    """`Patient?_has:Encounter:patient:type=system|code`."""
    return _refs(
        connection,
        "SELECT DISTINCT 'Patient/' || patient FROM ix_token"
        " WHERE name = 'Encounter.type' AND value = :code AND system = :system LIMIT :most",
        system=system,
        code=code,
        most=most,
    )


def patients_given(connection: Connection, given: Iterable[str]) -> tuple[Ref, ...]:
    """Bearers of any of these given names, each from its beginning."""
    found: dict[Ref, None] = {}
    for one in given:
        start = fold(one)
        rows = _refs(
            connection,
            "SELECT ref FROM ix_string WHERE name = 'Patient.given'"
            " AND value >= :start AND value < :end",
            start=start,
            end=start + _LAST,
        )
        found.update(dict.fromkeys(rows))
    return tuple(found)


def patients_named(connection: Connection, part: str, most: int) -> tuple[Ref, ...]:
    """Bearers of a name that holds `part` anywhere."""
    start = fold(part)
    return _refs(
        connection,
        "SELECT DISTINCT ref FROM patient_part"
        " WHERE part >= :start AND part < :end AND kind = 'name' LIMIT :most",
        start=start,
        end=start + _LAST,
        most=most,
    )


def with_identifier(connection: Connection, rtype: str, system: str, value: str) -> tuple[Ref, ...]:
    """`identifier=system|value` of Patient or Encounter."""
    return _refs(
        connection,
        "SELECT ref FROM ix_token WHERE name = :name AND value = :value AND system = :system",
        name=f"{rtype}.identifier",
        value=value,
        system=system,
    )


def born_between(connection: Connection, first: date, last: date, most: int) -> tuple[Ref, ...]:
    """`birthdate=ge…&birthdate=le…`; a date that is only a year or month counts from its first."""
    return _refs(
        connection,
        "SELECT ref FROM patient_row WHERE birth_date_text >= :first"
        " AND birth_date_text <= :last ORDER BY birth_date_text, ref LIMIT :most",
        first=first.isoformat(),
        last=last.isoformat(),
        most=most,
    )


def encounters_and_patients(
    connection: Connection, encounters: Sequence[Ref]
) -> tuple[tuple[Ref, Ref], ...]:
    """`Encounter?_id=…&_include=Encounter:patient`, as pairs."""
    rows = connection.execute(_INCLUDE, {"refs": list(encounters)})
    return tuple((Ref(row[0]), Ref(f"Patient/{row[1]}")) for row in rows)


def patients_and_encounters(
    connection: Connection, patients: Sequence[PatientId]
) -> tuple[tuple[Ref, Ref], ...]:
    """`Patient?_id=…&_revinclude=Encounter:patient`, as pairs."""
    rows = connection.execute(_REVERSE_INCLUDE, {"ids": list(patients)})
    return tuple((Ref(f"Patient/{row[1]}"), Ref(row[0])) for row in rows)


def observations_between(
    connection: Connection, code: str, low: Decimal, high: Decimal, most: int
) -> tuple[Ref, ...]:
    """`code=…&value-quantity=ge…&value-quantity=le…`."""
    return _refs(
        connection,
        "SELECT DISTINCT ref FROM result_row WHERE series = :code"
        " AND amount >= :low AND amount <= :high LIMIT :most",
        code=code,
        low=float(low),
        high=float(high),
        most=most,
    )


def risks_between(
    connection: Connection, low: Decimal, high: Decimal, most: int
) -> tuple[Ref, ...]:
    """`RiskAssessment?probability=ge…&probability=le…`."""
    return _refs(
        connection,
        "SELECT DISTINCT ref FROM ix_number WHERE name = 'RiskAssessment.probability'"
        " AND value >= :low AND value <= :high LIMIT :most",
        low=float(low),
        high=float(high),
        most=most,
    )


_INCLUDE = text("SELECT ref, patient FROM stay_row WHERE ref IN :refs").bindparams(
    bindparam("refs", expanding=True)
)
_REVERSE_INCLUDE = text(
    "SELECT ref, patient FROM stay_row WHERE patient IN :ids ORDER BY patient, admitted_at"
).bindparams(bindparam("ids", expanding=True))


def _refs(connection: Connection, statement: str, **values: str | float) -> tuple[Ref, ...]:
    return tuple(Ref(row[0]) for row in connection.execute(_prepared(statement), values))


@cache
def _prepared(statement: str) -> TextClause:
    """Built once: making one anew costs more than SQLite needs to answer it."""
    return text(statement)
