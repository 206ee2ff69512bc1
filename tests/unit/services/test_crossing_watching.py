"""A dose given after a stop: who stopped the order and who wrote it are told, once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.domain.crossings import Crossing, crossing_id
from app.domain.terms import PractitionerId, Ref, Term
from app.fhir.alerts import DOSE_AFTER_STOP, combined_alert
from app.fhir.workflow import read_task, write_task_status
from app.services.administration_pack import crossed_window
from app.services.crossing_watching import CrossingWatching
from tests.unit.services.dosing_kit import NOW, Station
from tests.unit.services.kit import PATIENT

LI, WANG = PractitionerId("dr-li"), PractitionerId("dr-wang")
CROSSED = Crossing(
    Ref("MedicationRequest/a"),
    Ref("MedicationAdministration/d"),
    PATIENT,
    Term("氯化钾"),
    NOW - timedelta(hours=2),
    NOW - timedelta(hours=1),
    stopped_by=LI,
    ordered_by=WANG,
)


@dataclass
class Found:
    """`CrossingReads`: what it was given, and since when it was asked for."""

    crossed: tuple[Crossing, ...] = (CROSSED,)
    asked: list[datetime] = field(default_factory=list)

    def crossings(self, since: datetime) -> tuple[Crossing, ...]:
        self.asked.append(since)
        return self.crossed


def a_watch(station: Station, reads: Found) -> CrossingWatching:
    window = timedelta(days=7)
    return CrossingWatching(station.acts, station.acts, station.maker, reads, window)


def test_who_stopped_and_who_ordered_are_told_and_nobody_twice() -> None:
    station, reads = Station("one"), Found()
    watch = a_watch(station, reads)

    told = [watch.look(station.nurse), watch.look(station.nurse)]

    items = [read_task(one) for one in station.acts.documents("Task")]
    assert told == [1, 0]
    assert {one.owner for one in items} == {LI, WANG}
    assert {(one.code, one.focus, one.urgent, one.body) for one in items} == {
        (DOSE_AFTER_STOP, CROSSED.order, True, "氯化钾")
    }
    assert reads.asked == [NOW - timedelta(days=7)] * 2


def test_two_workstations_make_the_same_alerts() -> None:
    made = []
    for name in ("one", "two"):
        station = Station(name)
        a_watch(station, Found()).look(station.nurse)
        made.append({str(one["id"]) for one in station.acts.documents("Task")})

    assert made[0] == made[1]
    assert len(made[0]) == 2


def test_what_one_has_answered_stays_answered_where_the_other_raises_it_again() -> None:
    one, two = Station("one"), Station("two")
    for station in (one, two):
        a_watch(station, Found(crossed=(replace(CROSSED, ordered_by=None),))).look(station.nurse)
    (mine,), (theirs,) = one.acts.documents("Task"), two.acts.documents("Task")
    read = write_task_status(theirs, "completed", by=LI, at=NOW)

    assert combined_alert(mine, read) == read
    assert combined_alert(read, mine) == read


def test_one_person_who_did_both_is_told_once() -> None:
    station = Station("one")
    a_watch(station, Found(crossed=(replace(CROSSED, ordered_by=LI),))).look(station.nurse)

    assert len(station.acts.documents("Task")) == 1


def test_where_nobody_is_named_the_attendings_are_told() -> None:
    station = Station("one")
    nameless = replace(CROSSED, ordered_by=None, stopped_by=None)
    a_watch(station, Found(crossed=(nameless,))).look(station.nurse)

    (task,) = (read_task(one) for one in station.acts.documents("Task"))
    assert (task.owner, task.owner_role) == (None, "attending")


def test_each_dose_is_an_alert_of_its_own() -> None:
    later = Ref("MedicationAdministration/e")

    assert crossing_id(CROSSED.order, CROSSED.dose, LI) != crossing_id(CROSSED.order, later, LI)


def test_nothing_crossed_is_told_to_nobody() -> None:
    station = Station("one")

    assert a_watch(station, Found(crossed=())).look(station.nurse) == 0
    assert station.acts.documents("Task") == ()


def test_how_long_it_is_looked_for_is_of_the_pack() -> None:
    assert crossed_window() == timedelta(days=7)
