"""What a workstation follows, and what is asked of the server for it."""

from __future__ import annotations

import csv
import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from app.domain.terms import PatientId, PractitionerId, Ref, WardId
from app.ports.sync_store import Scope
from sync.fetching import Query

_COHORT = 20
"""Most patients of one search (sync.md §7.5)."""
_PERSON = "Practitioner/"
PLACES = "Location"
_IN_BED = "in-progress,onleave,arrived,planned"


class Places(Protocol):
    """The beds and rooms of a ward, from the cache."""

    def places_of(self, ward: WardId) -> tuple[Ref, ...]:
        """The ward itself and every place inside it."""
        ...


class Pace(enum.Enum):
    """How soon a change of a type is to be seen here.

    What a workstation signs is asked for in every round: it is to be seen within 20 seconds.
    """

    SLOW = "slow"
    PROMPT = "prompt"
    ANNOUNCED = "announced"
    """As `PROMPT`, and the server is asked to say when there is something."""


@dataclass(frozen=True, slots=True)
class ScopeType:
    """A resource type of a kind of scope, and the parameter that confines it.

    Attributes:
        include: What comes along because the type means nothing without it (R4 `_include`).
    """

    kind: str
    rtype: str
    parameter: str
    target: str
    order: int
    include: str = ""
    pace: Pace = Pace.SLOW


def read_types(table: Path) -> tuple[ScopeType, ...]:
    """Read `types.tsv` of the scopes pack, in the order they are fetched."""
    with table.open(encoding="utf-8", newline="") as lines:
        rows = [
            ScopeType(
                r["scope"],
                r["rtype"],
                r["parameter"],
                r["target"],
                int(r["order"]),
                r["include"],
                Pace(r["pace"]),
            )
            for r in csv.DictReader(lines, delimiter="\t")
        ]
    return tuple(sorted(rows, key=lambda row: row.order))


def reference_scope() -> Scope:
    """Places, organisations and people: small, slow, needed first."""
    return Scope("reference", "reference", "", priority=5)


def census_scope(ward: WardId) -> Scope:
    """Who lies in a ward."""
    return Scope(f"census:{ward}", "census", ward, priority=2)


def mine_scope(practitioner: PractitionerId) -> Scope:
    """Tasks and messages addressed to one person."""
    return Scope(f"mine:{practitioner}", "mine", practitioner, priority=4)


def as_of_scope(patient: PatientId) -> Scope:
    """How complete one patient's chart is here, and until when it is kept."""
    return Scope(f"patient:{patient}", "as-of", patient, priority=9)


def without(cohort: Scope, patient: PatientId) -> Scope:
    """The cohort when `patient` is followed no longer. It never grows again."""
    return replace(cohort, target=",".join(p for p in members_of(cohort) if p != patient))


def attending_scope(practitioner: PractitionerId) -> Scope:
    """Whom one person looks after, wherever they lie, and in no ward at all."""
    target = f"{_PERSON}{practitioner}"
    return Scope(f"census:{target}", "census", target, priority=2)


def own_scopes(me: PractitionerId | None, wards: Iterable[WardId]) -> tuple[Scope, ...]:
    """What one person wants followed: who lies in their wards, whom they treat, their own work."""
    found = [census_scope(ward) for ward in wards]
    if me is not None:
        found += [attending_scope(me), mine_scope(me)]
    return tuple(found)


def is_of_a_ward(census: Scope) -> bool:
    """Whether a census asks by place; the other kind asks by who looks after the patient."""
    return not census.target.startswith(_PERSON)


def census_query(census: Scope, places: Places) -> Query | None:
    """Who lies in this ward or one of its beds, or is looked after by this person, as inpatients.

    None while the places of the ward are not here yet.
    """
    if not is_of_a_ward(census):
        confined = ("participant", census.target)
    else:
        beds = sorted(places.places_of(WardId(census.target)))
        confined = ("location", ",".join(beds))
    if not confined[1]:
        return None
    criteria = (confined, ("status", _IN_BED), ("_include", "Encounter:patient"))
    return Query(census.id, "Encounter", criteria, windowed=False)


def kind_of(scope: Scope) -> str:
    """The kind of a scope as `types.tsv` names it."""
    return "patient" if scope.kind == "cohort" else scope.kind


def queries(
    scope: Scope, types: Sequence[ScopeType], *, promptly: bool = False
) -> tuple[Query, ...]:
    """The searches of a scope, most important type first; `promptly` leaves the slow types out."""
    kind = kind_of(scope)
    found: list[Query] = []
    for one in types:
        if one.kind != kind or (promptly and one.pace is Pace.SLOW):
            continue
        criteria = ((one.parameter, _values(one, scope.target)),) if one.parameter else ()
        if one.include:
            criteria = (*criteria, ("_include", one.include))
        found.append(Query(scope.id, one.rtype, criteria))
    return tuple(found)


def members_of(scope: Scope) -> tuple[PatientId, ...]:
    """The patients of a cohort."""
    return tuple(PatientId(one) for one in scope.target.split(",") if one)


def patients_among(refs: Iterable[Ref]) -> set[PatientId]:
    """The patients in the list of a census."""
    return {PatientId(ref.partition("/")[2]) for ref in refs if ref.startswith("Patient/")}


def cohorts_for(
    wanted: Iterable[PatientId], existing: Sequence[Scope], number: int
) -> tuple[Scope, ...]:
    """New cohorts for patients nobody follows yet.

    A cohort never grows: a newcomer needs everything from the beginning, and the others do not.
    """
    followed = {patient for scope in existing for patient in members_of(scope)}
    fresh = sorted(set(wanted) - followed)
    return tuple(
        Scope(
            f"cohort:{number + at // _COHORT}",
            "cohort",
            ",".join(fresh[at : at + _COHORT]),
            priority=3,
        )
        for at in range(0, len(fresh), _COHORT)
    )


def next_cohort_number(existing: Iterable[Scope]) -> int:
    """A number no cohort has had."""
    numbers = [int(s.id.partition(":")[2]) for s in existing if s.kind == "cohort"]
    return max(numbers, default=0) + 1


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often each kind of scope is asked (sync.md §7.5)."""

    every: dict[str, timedelta]

    def is_due(self, kind: str, ago: timedelta) -> bool:
        """Whether a scope that was last asked for `ago` is to be asked again."""
        return ago >= self.every.get(kind, timedelta(0))


def cadence(poll_seconds: int) -> Cadence:
    """How often a scope is asked for all of its types; the prompt ones come in every round."""
    unit = timedelta(seconds=poll_seconds)
    return Cadence(
        {
            "patient": unit * 0,
            "census": unit * 0,
            "cohort": unit * 4,
            "mine": unit * 8,
            "reference": unit * 60,
        }
    )


def _values(one: ScopeType, target: str) -> str:
    if one.parameter == "_id" or not one.target:
        return target
    return ",".join(f"{one.target}/{part}" for part in target.split(","))
