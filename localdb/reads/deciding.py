"""`ChartedReads` over the projections: one patient, from one snapshot."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from sqlalchemy import BindParameter, Connection, and_, bindparam, func, or_, select, text

from app.domain.chart import Problem
from app.domain.orders import Order
from app.domain.patients import Allergy, PatientRecord, allergy_state
from app.domain.quantities import Quantity
from app.domain.skin_tests import SkinResult
from app.domain.terms import PatientId, Ref, Term
from app.fhir.elements import UNNAMED
from app.fhir.pregnancy import BREASTFEEDING, PREGNANCY, read_status
from app.ports.deciding import Charted, GivenDrug, Measurement, Reported, Stated, Wanted
from localdb.bodies import opened
from localdb.projections.flat import micros, moment
from localdb.projections.tables import (
    ALLERGY,
    ORDER,
    PATIENT,
    PROBLEM,
    administration_row,
    allergy_row,
    order_row,
    patient_row,
    problem_row,
    result_row,
)
from localdb.projections.verification_tables import SKIN, skin_row
from localdb.reads.papers import CURRENT, order_lines
from localdb.reads.snapshots import DataAsOf, Snapshots, patient_scope, scopes_as_of
from localdb.reads.standing import WITHDRAWN
from localdb.shelf import fetch_one

NEWEST = 3
"""Values of one kind that are told, newest first."""

_ANSWERED = (PREGNANCY, BREASTFEEDING)
"""What is answered by a code, which only the document has."""

_WHO: BindParameter[str] = bindparam("patient")
_PATIENT = select(*(patient_row.c[name] for name in PATIENT.names)).where(patient_row.c.id == _WHO)
_ALLERGIES = (
    select(*(allergy_row.c[name] for name in ALLERGY.names))
    .where(allergy_row.c.patient == _WHO)
    .order_by(allergy_row.c.sorted_at.desc(), allergy_row.c.ref)
)
_NUMBERED = (
    select(
        result_row.c.series,
        result_row.c.value_number,
        result_row.c.value_unit_code,
        result_row.c.value_unit,
        result_row.c.at,
        result_row.c.ref,
        func.row_number()
        .over(
            partition_by=result_row.c.series,
            order_by=(result_row.c.sorted_at.desc(), result_row.c.ref, result_row.c.n),
        )
        .label("place"),
    )
    .where(
        result_row.c.patient == _WHO,
        # As JSON: a list of some sixty parameters would be written into the statement each time.
        text("result_row.series IN (SELECT value FROM json_each(:codes))"),
        or_(result_row.c.value_number.is_not(None), result_row.c.series.in_(_ANSWERED)),
        result_row.c.status.not_in(WITHDRAWN),
    )
    .subquery()
)
_MEASURED = select(_NUMBERED).where(_NUMBERED.c.place <= NEWEST).order_by(_NUMBERED.c.place)
_ORDERS = (
    select(order_row.c.unsent, *(order_row.c[name] for name in ORDER.names))
    .where(
        order_row.c.patient == _WHO,
        text("order_row.order_class = 'medication'"),
        or_(
            order_row.c.status.in_(CURRENT),
            order_row.c.stopped_at >= bindparam("since"),
            and_(order_row.c.stopped_at.is_(None), order_row.c.sorted_at >= bindparam("since")),
        ),
    )
    .order_by(order_row.c.sorted_at.desc(), order_row.c.ref)
)
_GIVEN = (
    select(
        administration_row.c.item_text,
        administration_row.c.item_system,
        administration_row.c.item_code,
        administration_row.c.item_display,
        func.max(administration_row.c.at),
    )
    .where(
        administration_row.c.patient == _WHO,
        administration_row.c.status == "completed",
        administration_row.c.at < bindparam("before"),
    )
    .group_by(
        administration_row.c.item_system,
        administration_row.c.item_code,
        administration_row.c.item_text,
    )
    .order_by(administration_row.c.item_text)
)
_PROBLEMS = (
    select(*(problem_row.c[name] for name in PROBLEM.names))
    .where(problem_row.c.patient == _WHO)
    .order_by(problem_row.c.sorted_at.desc(), problem_row.c.ref)
)
_SKIN = (
    select(skin_row.c.ref, *(skin_row.c[name] for name in SKIN.names))
    .where(skin_row.c.patient == _WHO)
    .order_by(skin_row.c.ref)
)


_REPORTED = (
    select(result_row.c.patient, func.max(result_row.c.issued), func.count())
    .where(
        text("result_row.category = 'laboratory'"),  # as the partial index has it
        result_row.c.issued >= bindparam("since"),
        result_row.c.status.not_in(WITHDRAWN),
    )
    .group_by(result_row.c.patient)
    .order_by(result_row.c.patient)
)


class SqlReportedReads:
    """`ReportedReads`: looks over every patient that is here."""

    def __init__(self, cache: Snapshots) -> None:
        self._cache = cache

    def reported(self, since: datetime) -> tuple[Reported, ...]:
        with self._cache.read() as connection:
            rows = connection.execute(_REPORTED, {"since": micros(since)}).all()
        return tuple(
            Reported(PatientId(patient), moment(newest), count) for patient, newest, count in rows
        )


class SqlChartedReads:
    """`ChartedReads` over the encrypted cache."""

    def __init__(self, cache: Snapshots, data_as_of: DataAsOf = scopes_as_of) -> None:
        self._cache = cache
        self._data_as_of = data_as_of

    def charted(self, patient: PatientId, wanted: Wanted) -> Charted:
        with self._cache.read() as connection:
            scope = patient_scope(patient)
            as_of = self._data_as_of(connection, (scope,)).get(scope)
            allergies = _allergies(connection, patient)
            measured, answered = _measured(connection, patient, wanted.codes)
            return Charted(
                as_of=as_of,
                patient=_patient(connection, patient),
                allergy_state=allergy_state(allergies, available=as_of is not None),
                allergies=allergies,
                measured=measured,
                orders=_orders(connection, patient, wanted.ended_since),
                given=_given(connection, patient, wanted.given_before),
                problems=_problems(connection, patient),
                skin_tests=_skin_tests(connection, patient),
                pregnancy=_stated(connection, answered.get(PREGNANCY)),
                breastfeeding=_stated(connection, answered.get(BREASTFEEDING)),
            )


def _patient(connection: Connection, patient: PatientId) -> PatientRecord | None:
    row = connection.execute(_PATIENT, {"patient": patient}).first()
    return None if row is None else PATIENT.unpack(row)


def _allergies(connection: Connection, patient: PatientId) -> tuple[Allergy, ...]:
    rows = connection.execute(_ALLERGIES, {"patient": patient})
    return tuple(ALLERGY.unpack(row) for row in rows)


_Answer = tuple[Ref, datetime | None]
"""Where the newest answer stands, and its time."""


def _measured(
    connection: Connection, patient: PatientId, codes: tuple[str, ...]
) -> tuple[dict[str, tuple[Measurement, ...]], dict[str, _Answer]]:
    """The measurements, and where the newest answers are."""
    asked = {"patient": patient, "codes": json.dumps((*codes, *_ANSWERED))}
    found: defaultdict[str, list[Measurement]] = defaultdict(list)
    answered: dict[str, _Answer] = {}
    for series, number, code, unit, at, ref, _ in connection.execute(_MEASURED, asked):
        time = None if at is None else moment(at)
        if series in _ANSWERED:
            answered.setdefault(series, (Ref(ref), time))
        else:
            quantity = Quantity(Decimal(number), code or unit)
            found[series].append(Measurement(quantity, time))
    return {series: tuple(some) for series, some in found.items()}, answered


def _stated(connection: Connection, answer: _Answer | None) -> Stated | None:
    if answer is None:
        return None
    row = fetch_one(connection, answer[0])
    return Stated(None if row is None else read_status(opened(row.body)), answer[1])


def _orders(connection: Connection, patient: PatientId, since: datetime) -> tuple[Order, ...]:
    rows = connection.execute(_ORDERS, {"patient": patient, "since": micros(since)}).all()
    orders = tuple(ORDER.unpack(row, 1) for row in rows)
    if any(one.item == UNNAMED for one in orders):
        return tuple(line.order for line in order_lines(connection, rows))
    return orders


def _given(connection: Connection, patient: PatientId, before: datetime) -> tuple[GivenDrug, ...]:
    rows = connection.execute(_GIVEN, {"patient": patient, "before": micros(before)})
    return tuple(
        GivenDrug(Term(words, system, code, display), moment(last))
        for words, system, code, display, last in rows
    )


def _problems(connection: Connection, patient: PatientId) -> tuple[Problem, ...]:
    rows = connection.execute(_PROBLEMS, {"patient": patient})
    return tuple(PROBLEM.unpack(row) for row in rows)


def _skin_tests(connection: Connection, patient: PatientId) -> tuple[SkinResult, ...]:
    rows = connection.execute(_SKIN, {"patient": patient})
    return tuple(SKIN.unpack(row, 1, ref=Ref(str(row[0]))) for row in rows)
