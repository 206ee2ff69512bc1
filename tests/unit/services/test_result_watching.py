"""A result that speaks against a running drug: who ordered the drug is told, once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from app.decision.findings import Check, Evidence, Moment, Tier
from app.domain.chart import WorkItem
from app.domain.decision_events import Response
from app.domain.orders import Order
from app.domain.quantities import Quantity
from app.domain.terms import Named, PractitionerId
from app.fhir.alerts import RESULT_WARNING, combined_alert
from app.fhir.orders import order_ref
from app.fhir.workflow import read_task, write_task_status
from app.ports.deciding import Reported
from app.services.result_watching import ResultWatching
from tests.support.fake_deciding import Rule
from tests.unit.services.deciding_house import Warned
from tests.unit.services.dosing_kit import NOW
from tests.unit.services.kit import PATIENT
from tests.unit.services.ordering_kit import drug

HOUR = timedelta(hours=1)
POTASSIUM = Evidence(Named("钾", "potassium"), Quantity(Decimal("5.9"), "mmol/L"), NOW - HOUR)
HIGH = Rule(
    ("螺内酯",),
    Tier.INTERRUPTIVE,
    Check.LABORATORY,
    rule="lab-k",
    evidence=(POTASSIUM, Evidence(Named("诊断"), Named("心衰"))),
    advice=Named("停药并复查血钾", "stop it and repeat potassium"),
)


@dataclass
class Came:
    """`ReportedReads`: what has come in."""

    reported_now: tuple[Reported, ...] = (Reported(PATIENT, NOW - HOUR, 1),)
    asked: list[datetime] = field(default_factory=list)

    def reported(self, since: datetime) -> tuple[Reported, ...]:
        self.asked.append(since)
        return self.reported_now


class Laboratory(Warned):
    """A desk at which results come in, with one order of spironolactone."""

    def __init__(self, *rules: Rule) -> None:
        super().__init__()
        self.came = Came()
        (self.order,) = self.signed(drug("螺内酯"))
        self.engine.rules = rules
        self.watch = self.another()

    def another(self) -> ResultWatching:
        """A second workstation, or the program after a restart."""
        station = self.station
        return ResultWatching(
            self.acts, self.acts, station.maker, self.engine.judge, self.building, self.came
        )

    def tasks(self) -> list[WorkItem]:
        found = (read_task(one) for one in self.acts.documents("Task"))
        return [one for one in found if one.code == RESULT_WARNING]


def test_who_ordered_the_drug_gets_a_task_with_the_result_and_the_advice() -> None:
    house = Laboratory(HIGH)

    assert house.watch.look(house.station.nurse) == 1

    (task,) = house.tasks()
    assert (task.owner, task.owner_role) == (house.doctor.clinician.id, "")
    assert (task.focus, task.urgent) == (order_ref(house.order), True)
    assert task.body == "螺内酯; 钾 5.9 mmol/L\n停药并复查血钾"
    assert house.came.asked == [NOW - timedelta(days=1)]
    assert house.engine.judged[-1].moment is Moment.RESULT
    (event,) = house.acts.committed[-1].decisions
    assert (event.response, event.hook) == (Response.IGNORED, "wardone-result")
    assert event.orders == (house.order.id,)


def test_it_is_said_once_whoever_looks() -> None:
    house = Laboratory(HIGH)

    told = [house.watch.look(house.station.nurse) for _ in range(2)]
    again = house.another().look(house.station.who(house.doctor.clinician.role, "li"))

    assert (told, again) == ([1, 0], 0)
    assert len(house.tasks()) == 1


def test_a_chart_is_judged_again_only_when_more_has_come() -> None:
    house = Laboratory(HIGH)
    house.watch.look(house.station.nurse)
    before = len(house.engine.judged)

    house.watch.look(house.station.nurse)
    assert len(house.engine.judged) == before
    house.came.reported_now = (Reported(PATIENT, NOW, 2),)
    house.watch.look(house.station.nurse)
    assert len(house.engine.judged) == before + 1


def test_another_result_is_another_task() -> None:
    house = Laboratory(HIGH)
    house.watch.look(house.station.nurse)

    worse = replace(POTASSIUM, value=Quantity(Decimal("6.3"), "mmol/L"), at=NOW)
    house.engine.rules = (replace(HIGH, evidence=(worse,)),)
    house.came.reported_now = (Reported(PATIENT, NOW, 2),)

    assert house.watch.look(house.station.nurse) == 1
    assert len(house.tasks()) == 2


def test_what_informs_is_no_urgent_task() -> None:
    house = Laboratory(replace(HIGH, tier=Tier.INLINE, advice=None))

    house.watch.look(house.station.nurse)

    (task,) = house.tasks()
    assert (task.urgent, task.body) == (False, "螺内酯; 钾 5.9 mmol/L")


@pytest.mark.parametrize(
    "rule",
    [
        replace(HIGH, tier=Tier.DRAWER),
        replace(HIGH, drugs=("华法林",)),
        replace(HIGH, evidence=(replace(POTASSIUM, at=NOW - timedelta(days=3)),)),
        replace(HIGH, evidence=(replace(POTASSIUM, at=None),)),
        replace(HIGH, evidence=(Evidence(Named("钾"), "高", None),)),
    ],
)
def test_nothing_new_is_nothing_to_tell(rule: Rule) -> None:
    house = Laboratory(rule)

    assert house.watch.look(house.station.nurse) == 0
    assert not house.tasks()


def test_words_are_told_as_they_were_recorded() -> None:
    told = (
        Evidence(Named("培养"), Named("MRSA"), NOW),
        Evidence(Named("意识"), "嗜睡", NOW),
        Evidence(Named("INR"), Quantity(Decimal("6.35"), "1"), NOW),
    )
    house = Laboratory(replace(HIGH, evidence=told, advice=None))

    house.watch.look(house.station.nurse)

    assert house.tasks()[0].body == "螺内酯; 培养 MRSA; 意识 嗜睡; INR 6.35"


def test_an_order_that_left_this_workstation_is_nobodys_task() -> None:
    house = Laboratory(HIGH)
    orders: tuple[Order, ...] = (house.now(house.order),)
    house.chart.acts = None
    house.chart.chart = replace(house.chart.chart, orders=orders)
    house.acts.forget(order_ref(house.order))

    assert house.watch.look(house.station.nurse) == 0


def test_where_nobody_is_named_the_attendings_are_told() -> None:
    house = Laboratory(HIGH)
    held = house.acts.held(order_ref(house.order))
    assert held is not None
    house.acts.download({k: v for k, v in held.document.items() if k != "requester"})

    house.watch.look(house.station.nurse)

    (task,) = house.tasks()
    assert (task.owner, task.owner_role) == (None, "attending")


def test_two_workstations_that_say_it_at_once_have_said_it_once() -> None:
    house = Laboratory(HIGH)
    house.watch.look(house.station.nurse)
    (ours,) = [one for one in house.acts.documents("Task") if read_task(one).code == RESULT_WARNING]
    read = write_task_status(ours, "completed", by=PractitionerId("li"), by_name="李", at=NOW)

    assert combined_alert(ours, read) == read
