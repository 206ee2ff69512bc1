"""`CriticalReads` over the projections, each from one snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, Connection, bindparam, select, text

from app.domain.census import Ward
from app.domain.critical_values import CriticalValue, Escalation, ReadBack
from app.domain.results import Acknowledged, Observed
from app.domain.terms import PatientId, PractitionerId, Ref, WardId
from app.fhir.critical_values import ESCALATED
from app.ports.critical_values import CriticalWard, Limit
from localdb.projections.flat import micros, moment
from localdb.projections.read_backs import READ_BACK, read_back_row
from localdb.projections.tables import RESULT, result_row, work_row
from localdb.reads.places import inside
from localdb.reads.results import Fetched
from localdb.reads.snapshots import DataAsOf, Snapshots, census_scope, persons, scopes_as_of
from localdb.reads.standing import WITHDRAWN
from localdb.reads.stays import Lying, in_places, of_patients

_PATIENTS: BindParameter[str] = bindparam("patients", expanding=True)
_REFS: BindParameter[str] = bindparam("refs", expanding=True)
_HEAD = (result_row.c.ref, result_row.c.unsent, result_row.c.flag.in_(("HH", "LL", "AA")))
_AT_RESULT = len(_HEAD)
_RESULTS = select(*_HEAD, *(result_row.c[name] for name in RESULT.names)).where(
    result_row.c.status.not_in(WITHDRAWN)
)
# Written out: SQLite uses a partial index only where its condition stands in the statement.
_FLAGGED = _RESULTS.where(
    result_row.c.patient.in_(_PATIENTS), text("result_row.flag IN ('HH', 'LL', 'AA')")
)
_UNFLAGGED = _RESULTS.where(
    result_row.c.patient.in_(_PATIENTS),
    text("result_row.category = 'laboratory'"),
    result_row.c.issued >= bindparam("since"),
    result_row.c.term_code.in_(bindparam("codes", expanding=True)),
)
_ONE = _RESULTS.where(result_row.c.ref.in_(_REFS))
_WORK = select(
    work_row.c.focus,
    work_row.c.ref,
    work_row.c.code,
    work_row.c.status,
    work_row.c.owner,
    work_row.c.owner_role,
    work_row.c.from_name,
    work_row.c.changed_at,
    work_row.c.authored_at,
    work_row.c.open,
    work_row.c.unsent,
).where(work_row.c.patient.in_(_PATIENTS), work_row.c.code.in_(("acknowledge-result", ESCALATED)))
_HEARD = (
    select(
        read_back_row.c.about,
        read_back_row.c.unsent,
        *(read_back_row.c[name] for name in READ_BACK.names),
    )
    .where(read_back_row.c.about.in_(_REFS))
    .order_by(read_back_row.c.at, read_back_row.c.ref)
)


@dataclass(slots=True)
class _Followed:
    """What was done about one observation."""

    task: Ref | None = None
    acknowledged: Acknowledged | None = None
    escalations: tuple[Escalation, ...] = ()
    read_back: ReadBack | None = None
    unsent: bool = False


class SqlCriticalReads:
    """`CriticalReads` over the encrypted cache."""

    def __init__(
        self, cache: Snapshots, limits: Sequence[Limit], data_as_of: DataAsOf = scopes_as_of
    ) -> None:
        self._cache = cache
        self._limits = {(one.system, one.code): one for one in limits}
        self._data_as_of = data_as_of

    def ward(self, ward: WardId, done_since: datetime, unflagged_since: datetime) -> CriticalWard:
        with self._cache.read() as connection:
            here = inside(connection, ward)
            lying = {one.patient.id: one for one in in_places(connection, here.places)}
            scope = census_scope(ward)
            as_of = self._data_as_of(connection, (scope,)).get(scope)
            asked = {"patients": list(lying), "since": micros(unflagged_since)}
            codes = [code for _, code in self._limits]
            rows = [
                *connection.execute(_FLAGGED, asked).all(),
                *connection.execute(_UNFLAGGED, asked | {"codes": codes}).all(),
            ]
            values = self._values(connection, rows, lying)
        occupied = len(lying) if as_of is not None else None
        listed = tuple(
            one for one in values if one.acknowledged is None or one.acknowledged.at >= done_since
        )
        return CriticalWard(Ward(ward, here.name, len(here.beds), occupied), listed, as_of)

    def value(self, observation: Ref) -> CriticalValue | None:
        with self._cache.read() as connection:
            rows = connection.execute(_ONE, {"refs": [observation]}).all()
            patients = [PatientId(str(row.patient)) for row in rows]
            lying = of_patients(connection, patients)
            return next(iter(self._values(connection, rows, lying)), None)

    def _values(
        self, connection: Connection, rows: Sequence[Fetched], lying: Mapping[PatientId, Lying]
    ) -> tuple[CriticalValue, ...]:
        found: dict[Ref, _Found] = {}
        for row in rows:
            observed = RESULT.unpack(row, _AT_RESULT)
            flagged = bool(row[2])
            if observed.patient in lying and (flagged or self._is_outside(observed)):
                found.setdefault(Ref(str(row[0])), _Found(observed, flagged, bool(row[1])))
        followed = _followed(connection, list(lying), list(found))
        return tuple(
            _value(
                lying[one.observed.patient],
                one,
                followed.get(ref, _Followed()),
                followed.get(one.observed.report or Ref(""), _Followed()),
            )
            for ref, one in found.items()
        )

    def _is_outside(self, observed: Observed) -> bool:
        value = observed.value
        limit = self._limits.get((observed.term.system, observed.term.code))
        if limit is None or value.number is None or value.unit_code != limit.unit:
            return False
        low = limit.low is not None and value.number < limit.low
        high = limit.high is not None and value.number > limit.high
        return (low and value.comparator in ("", "<", "<=")) or (
            high and value.comparator in ("", ">", ">=")
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """An observation, and whether the laboratory flagged it and it has not been sent."""

    observed: Observed
    flagged: bool
    unsent: bool


def _value(lying: Lying, found: _Found, done: _Followed, report: _Followed) -> CriticalValue:
    """`report`: what was done about the report it belongs to, which is about it, too."""
    return CriticalValue(
        patient=lying.patient,
        stay=lying.stay,
        observed=found.observed,
        flagged=found.flagged,
        read_back=done.read_back,
        acknowledged=done.acknowledged or report.acknowledged,
        task=done.task or report.task,
        escalations=done.escalations,
        unsent=found.unsent or done.unsent,
    )


def _followed(
    connection: Connection, patients: list[PatientId], refs: list[Ref]
) -> Mapping[Ref, _Followed]:
    found: defaultdict[Ref, _Followed] = defaultdict(_Followed)
    rows = connection.execute(_WORK, {"patients": patients}).all()
    names = persons(connection, [PractitionerId(str(row.owner)) for row in rows if row.owner])
    for row in rows:
        done = found[Ref(str(row.focus))]
        done.unsent = done.unsent or bool(row.unsent)
        ref = Ref(str(row.ref))
        authored = moment(row.authored_at) if row.authored_at is not None else None
        if row.code == ESCALATED:
            told = Escalation(ref, row.owner_role or "", authored, row.from_name, bool(row.open))
            done.escalations = (*done.escalations, told)
            continue
        done.task = ref
        at = moment(row.changed_at) if row.changed_at is not None else authored
        if row.status == "completed" and at is not None:
            who = names.get(PractitionerId(str(row.owner)))
            done.acknowledged = Acknowledged(who.name if who is not None else "", at)
    for heard in connection.execute(_HEARD, {"refs": refs}):
        done = found[Ref(str(heard[0]))]
        done.read_back = READ_BACK.unpack(heard, 2)
        done.unsent = done.unsent or bool(heard[1])
    return found
