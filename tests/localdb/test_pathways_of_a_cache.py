"""A pathway that ships, kept in the encrypted cache by the services as the program wires them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.config import load
from app.connecting import merge_rules
from app.domain.order_sets import Chosen
from app.domain.orders import Order, OrderClass, OrderDraft
from app.domain.pathway_grid import State
from app.domain.people import Clinician, Role, Session
from app.domain.terms import Named, OrderId, PatientId, PractitionerId, WardId
from app.dosing import Doing
from app.fhir.document import Document
from app.fhir.orders import write_order
from app.pathways import Pathways, make_pathways
from app.services.access import AccessPolicy
from app.services.act_making import ActMaker
from app.services.chart_reading import ChartReading
from app.services.guarding import GuardedActs
from app.services.pathway_keeping import ElementAt, Explanation
from app.services.roles import read_roles
from app.services.signing import SigningRules
from localdb.opening import OpenCache
from localdb.projections.all import all_projectors
from localdb.reads.chart import SqlChartReads
from resources.reading import path
from tests.support.builders import a_bed, a_condition, a_patient, a_ward, an_encounter
from tests.support.cache_kit import SteppedClock, a_cache, a_piece, enrol, incoming
from tests.unit.services.kit import Numbers

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
DAY = timedelta(days=1)
PATIENT, WARD = PatientId("li-ming"), WardId("ward-7")
ROLES = read_roles(path("packs/roles/privileges.tsv"))


@dataclass
class House:
    """One workstation with a physician and a nurse."""

    opened: OpenCache
    pathways: Pathways
    doctor: Session
    nurse: Session
    puts: int = 0

    def put(self, document: Document) -> None:
        self.puts += 1
        piece = a_piece(incoming(document, str(self.puts)), members=())
        self.opened.sync_store.apply(piece)

    def state(self, stage: str, element: str) -> State:
        grid = self.pathways.reading.view(self.doctor, PATIENT).grid
        column = grid.column(stage) if grid is not None else None
        cell = column.cell(element) if column is not None else None
        assert cell is not None
        return cell.state


def seated(key: str, role: Role) -> Session:
    who = Clinician(PractitionerId(key), key, Named(key), role, (WARD,))
    return Session(who, NOW, True, NOW + 30 * DAY, ROLES.of(role))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    clock = SteppedClock(NOW)
    settings = load({}, environment={}, policy_folders=[], folder=tmp_path / "told")
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        enrol(opened)
        policy = AccessPolicy(ROLES, opened.audit, clock)
        acts = GuardedActs(opened.acts, opened.documents, merge_rules().may_edit)
        rules, maker = SigningRules(clock, lambda: 0), ActMaker(clock, Numbers())
        reading = ChartReading(SqlChartReads(opened.cache), policy, clock)
        doing = Doing(acts, maker, rules, policy)
        made = make_pathways(opened, opened.cache, doing, reading, settings)
        doctor, nurse = seated("dr-wang", Role.ATTENDING), seated("nurse-zhao", Role.NURSE)
        at = House(opened, made, doctor, nurse)
        admitted = "2026-11-24T09:00:00+08:00"
        for one in (
            *(a_ward(), a_bed(), a_patient(PATIENT)),
            an_encounter("stay-1", PATIENT, "bed-12", admitted=admitted),
            a_condition(patient=PATIENT, code="J18.9", text="社区获得性肺炎"),
        ):
            at.put(one)
        yield at


def an_order_of(draft: OrderDraft, number: int) -> Document:
    """The draft as a colleague signed it."""
    assert draft.item is not None
    order = Order(
        id=OrderId(f"order-{number}"),
        patient=draft.patient,
        encounter=draft.encounter,
        order_class=draft.order_class,
        kind=draft.kind,
        item=draft.item,
        dosage=draft.dosage,
        status="active",
        authored_at=NOW,
    )
    return write_order(order, onto={})


def test_a_pathway_that_ships_is_suggested_kept_counted_and_left(house: House) -> None:
    reading, keeping = house.pathways.reading, house.pathways.keeping
    (suggestion,) = reading.suggest(house.doctor, PATIENT)
    assert suggestion.pathway.code == "cap"
    plan = keeping.enrol(house.doctor, PATIENT, "cap").id

    tick = keeping.tick(house.doctor, PATIENT, ElementAt(plan, "day-1", "history"))
    keeping.explain(
        house.nurse, PATIENT, ElementAt(plan, "day-1", "admission"), Explanation("system-holiday")
    )
    assert house.state("day-1", "history") is State.DONE
    assert house.state("day-1", "admission") is State.VARIANCE
    keeping.take_back(house.doctor, PATIENT, tick.ref, "点错了")
    assert house.state("day-1", "history") is State.OPEN

    (figures,) = reading.statistics(house.nurse, WARD, NOW, NOW + DAY).pathways
    assert (figures.enrolled, figures.varied.share) == (1, 1.0)
    (standing,) = reading.ward(house.nurse, WARD).patients
    assert (standing.patient, standing.bed, standing.grid.day) == (PATIENT, "12", 1)

    assert keeping.complete(house.doctor, PATIENT, plan)
    keeping.leave(house.doctor, PATIENT, plan, Explanation("exit-transfer"))
    (after,) = reading.statistics(house.nurse, WARD, NOW, NOW + DAY).pathways
    assert [(one.reason, one.enrolments.share) for one in after.exits] == [("exit-transfer", 1.0)]
    assert after.completion.share == 0.0


def test_what_a_stage_offers_meets_it_once_it_stands_on_the_record(house: House) -> None:
    reading, keeping = house.pathways.reading, house.pathways.keeping
    plan = keeping.enrol(house.doctor, PATIENT, "cap").id
    offered = reading.offer(house.doctor, PATIENT, plan, "day-1")
    chosen = Chosen(frozenset({"cbc/cbc", "level/level-2", "diet/regular-diet"}))
    made = reading.drafts(house.doctor, PATIENT, offered, chosen, "zh_CN")
    kinds = (OrderClass.LEVEL_OF_CARE, OrderClass.DIET, OrderClass.LABORATORY)
    assert {one.order_class for one in made} == set(kinds)
    keys = ("cbc", "level", "diet")
    assert [house.state("day-1", key) for key in keys] == [State.OPEN] * 3

    for number, draft in enumerate(made):
        house.put(an_order_of(draft, number))

    assert [house.state("day-1", key) for key in keys] == [State.MET] * 3
    again = reading.offer(house.doctor, PATIENT, plan, "day-1")
    assert not again.preselected & chosen.keys
