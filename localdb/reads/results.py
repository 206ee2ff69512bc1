"""Results of one patient: with panel, previous value, and who took note of the critical ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    String,
    bindparam,
    cast,
    literal_column,
    or_,
    select,
    text,
)

from app.domain.results import Acknowledged, Observed, Report, ResultRow, Series
from app.domain.terms import Named, PatientId, PractitionerId, Ref, Term
from localdb.projections.flat import micros, moment
from localdb.projections.tables import (
    REPORT,
    RESULT,
    RESULT_PROPER,
    report_result,
    report_row,
    result_row,
    work_row,
)
from localdb.reads.snapshots import names_of, persons
from localdb.reads.standing import WITHDRAWN

_PATIENT: BindParameter[str] = bindparam("patient")
_RESULT = [result_row.c[name] for name in RESULT.names]
_AT_RESULT = 4
_BASE = select(
    result_row.c.ref, result_row.c.series, result_row.c.n, result_row.c.sorted_at, *_RESULT
).where(result_row.c.patient == _PATIENT)
_NEWEST_FIRST = (result_row.c.sorted_at.desc(), result_row.c.ref, result_row.c.n)
_OLDEST_FIRST = (result_row.c.sorted_at, result_row.c.ref, result_row.c.n)
_RESULTS = _BASE.where(result_row.c.bedside == RESULT_PROPER).order_by(*_NEWEST_FIRST)
_LATEST = _RESULTS.limit(bindparam("most"))
# Written out: SQLite uses a partial index only where its condition stands in the statement, and
# the plus keeps it from taking the index by time instead.
_CRITICAL = _BASE.where(
    text("result_row.flag IN ('HH', 'LL', 'AA')"), text(f"+result_row.bedside = {RESULT_PROPER}")
).order_by(*_NEWEST_FIRST)
_SERIES = _BASE.where(
    result_row.c.series == bindparam("series"), result_row.c.status.not_in(WITHDRAWN)
).order_by(*_OLDEST_FIRST)
_BEDSIDE = _BASE.where(
    result_row.c.bedside.in_(bindparam("kinds", expanding=True)),
    result_row.c.sorted_at >= bindparam("since"),
    result_row.c.status.not_in(WITHDRAWN),
).order_by(*_OLDEST_FIRST)
_OLDER = result_row.alias("older")
_BEFORE = select(
    result_row.c.ref,
    result_row.c.n,
    select(_OLDER.c.ref + literal_column("' '") + cast(_OLDER.c.n, String))
    .where(
        _OLDER.c.patient == result_row.c.patient,
        _OLDER.c.series == result_row.c.series,
        _OLDER.c.sorted_at < result_row.c.sorted_at,
        _OLDER.c.status.not_in(WITHDRAWN),
    )
    .order_by(_OLDER.c.sorted_at.desc(), _OLDER.c.ref, _OLDER.c.n)
    .limit(1)
    .correlate(result_row)
    .scalar_subquery(),
).where(
    result_row.c.patient == _PATIENT,
    result_row.c.ref.in_(bindparam("refs", expanding=True)),
    result_row.c.status.not_in(WITHDRAWN),
)
_BY_REF = _BASE.where(result_row.c.ref.in_(bindparam("refs", expanding=True)))
_PANELS = (
    select(
        report_result.c.result,
        report_row.c.ref,
        *(report_row.c[f"term_{name}"] for name in ("text", "system", "code", "display")),
    )
    .join(report_row, report_row.c.ref == report_result.c.ref)
    .where(report_result.c.patient == _PATIENT)
    .order_by(report_result.c.result, report_row.c.sorted_at, report_row.c.ref)
)
_NOTED = (
    select(
        work_row.c.focus,
        work_row.c.ref,
        work_row.c.status,
        work_row.c.owner,
        work_row.c.changed_at,
        work_row.c.authored_at,
        work_row.c.unsent,
    )
    .where(
        # A foreign task may not say whom it is about; its focus does.
        or_(work_row.c.patient == _PATIENT, work_row.c.patient.is_(None)),
        work_row.c.code == "acknowledge-result",
    )
    .order_by(work_row.c.focus, work_row.c.changed_at, work_row.c.ref)
)
_REPORTS = (
    select(*(report_row.c[name] for name in REPORT.names))
    .where(report_row.c.patient == _PATIENT)
    .order_by(report_row.c.sorted_at.desc(), report_row.c.ref)
)


@dataclass(frozen=True, slots=True)
class _Note:
    """The `acknowledge-result` task about one result or report."""

    task: Ref
    done: bool
    acknowledged: Acknowledged | None
    unsent: bool


@dataclass(frozen=True, slots=True)
class _Around:
    """What the rows of one patient are completed with."""

    panels: Mapping[str, tuple[Ref, Term]]
    notes: Mapping[str, _Note]

    def row(self, ref: Ref, observed: Observed, previous: Observed | None) -> ResultRow:
        report, panel = self.panels.get(ref, (observed.report, None))
        note = self.notes.get(ref) or (self.notes.get(report) if report else None)
        noted = note is not None and note.done
        critical = observed.flag is not None and observed.flag.critical
        return ResultRow(
            observed,
            panel=panel,
            previous=previous,
            acknowledged=note.acknowledged if note else None,
            task=note.task if note else None,
            needs_acknowledgement=critical and observed.status not in WITHDRAWN and not noted,
            unsent=note.unsent if note else False,
        )


Fetched = Row[*tuple[object, ...]]


def all_results(connection: Connection, patient: PatientId) -> tuple[ResultRow, ...]:
    """Everything but what is charted at the bedside, newest first."""
    rows = connection.execute(_RESULTS, {"patient": patient}).all()
    around = _around(connection, patient)
    observed = _named(connection, rows)
    before = _previous(rows, observed)
    return tuple(
        around.row(Ref(str(row[0])), one, earlier)
        for row, one, earlier in zip(rows, observed, before, strict=True)
    )


def latest_results(connection: Connection, patient: PatientId, most: int) -> tuple[ResultRow, ...]:
    """The newest few, and every critical one that nobody took note of, however old."""
    wanted = {"patient": patient}
    around = _around(connection, patient)
    newest = connection.execute(_LATEST, wanted | {"most": most}).all()
    listed = {(row[0], row[2]) for row in newest}
    critical = connection.execute(_CRITICAL, wanted).all()
    every = [*newest, *(row for row in critical if (row[0], row[2]) not in listed)]
    shown: list[tuple[Fetched, ResultRow]] = []
    for row, observed in zip(every, _named(connection, every), strict=True):
        one = around.row(Ref(str(row[0])), observed, None)
        if (row[0], row[2]) in listed or one.needs_acknowledgement:
            shown.append((row, one))
    before = _before(connection, patient, [str(row[0]) for row, _ in shown])
    return tuple(replace(one, previous=before.get((row[0], row[2]))) for row, one in shown)


def bedside(
    connection: Connection, patient: PatientId, since: datetime, *kinds: int
) -> tuple[Series, ...]:
    """What is charted at the bedside, by code, each oldest first."""
    rows = connection.execute(
        _BEDSIDE, {"patient": patient, "since": micros(since), "kinds": kinds}
    ).all()
    grouped: dict[object, list[Observed]] = defaultdict(list)
    for row, observed in zip(rows, _named(connection, rows), strict=True):
        grouped[row[1]].append(observed)
    return tuple(Series(points[-1].term, tuple(points)) for points in grouped.values())


def series(connection: Connection, patient: PatientId, code: str) -> Series | None:
    """Every value of one code, oldest first; those entered in error are no values."""
    rows = connection.execute(_SERIES, {"patient": patient, "series": code}).all()
    points = tuple(_named(connection, rows))
    return Series(points[-1].term, points) if points else None


def reports(connection: Connection, patient: PatientId) -> tuple[Report, ...]:
    """Newest first."""
    rows = connection.execute(_REPORTS, {"patient": patient})
    found = [REPORT.unpack(row) for row in rows]
    names = names_of(connection, (one.performer_ref for one in found if not one.performer))
    return tuple(
        replace(one, performer=names[one.performer_ref])
        if not one.performer and one.performer_ref in names
        else one
        for one in found
    )


def _named(connection: Connection, rows: Sequence[Fetched]) -> list[Observed]:
    found = [RESULT.unpack(row, _AT_RESULT) for row in rows]
    names = names_of(connection, (one.performer_ref for one in found if not one.performer))
    if not names:
        return found
    return [
        replace(one, performer=names[one.performer_ref])
        if not one.performer and one.performer_ref in names
        else one
        for one in found
    ]


def _previous(rows: Sequence[Fetched], newest_first: Sequence[Observed]) -> list[Observed | None]:
    """For each, the nearest older value of the same code."""
    found: list[Observed | None] = [None] * len(newest_first)
    waiting: dict[object, list[int]] = defaultdict(list)
    for n, (row, one) in enumerate(zip(rows, newest_first, strict=True)):
        code, at = row[1], row[3]
        if at is None or one.status in WITHDRAWN:
            continue
        still: list[int] = []
        for newer in waiting[code]:
            if rows[newer][3] == at:
                still.append(newer)
            else:
                found[newer] = one
        waiting[code] = [*still, n]
    return found


def _before(
    connection: Connection, patient: PatientId, refs: Sequence[str]
) -> dict[tuple[object, object], Observed]:
    """As `_previous`, for a few rows whose older neighbours have not been fetched."""
    wanted = {"patient": patient, "refs": sorted(set(refs))}
    older = {
        (row[0], row[1]): str(row[2]).rpartition(" ")
        for row in connection.execute(_BEFORE, wanted)
        if row[2] is not None
    }
    found = {"patient": patient, "refs": sorted({ref for ref, _, _ in older.values()})}
    rows = connection.execute(_BY_REF, found).all()
    values = {
        (row[0], str(row[2])): one for row, one in zip(rows, _named(connection, rows), strict=True)
    }
    return {key: values[ref, n] for key, (ref, _, n) in older.items()}


def _around(connection: Connection, patient: PatientId) -> _Around:
    wanted = {"patient": patient}
    panels = {
        str(row[0]): (Ref(row[1]), Term(row[2], row[3], row[4], row[5]))
        for row in connection.execute(_PANELS, wanted)
    }
    tasks = connection.execute(_NOTED, wanted).all()
    names = persons(connection, (PractitionerId(row[3]) for row in tasks if row[3]))
    notes: dict[str, _Note] = {}
    for row in tasks:
        known = notes.get(row[0])
        if known is None or not known.done:
            notes[row[0]] = _note(row, names)
    return _Around(panels, notes)


def _note(row: Fetched, names: Mapping[PractitionerId, Named]) -> _Note:
    done = row[2] == "completed"
    at = row[4] or row[5]
    taken: Acknowledged | None = None
    if done and at is not None:
        owner = PractitionerId(str(row[3] or ""))
        taken = Acknowledged(names[owner].name if owner in names else owner, moment(at))
    return _Note(Ref(str(row[1])), done, taken, done and bool(row[6]))
