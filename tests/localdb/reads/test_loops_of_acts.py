"""What our own acts leave behind moves the loop of the order on: services, tables, tracker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.loop_limits import Verdict
from app.domain.loop_strips import NodeState, NodeView
from app.domain.orders import Dosage, OrderClass, OrderDraft, OrderKind
from app.domain.terms import EncounterId, Term
from app.fhir.document import reference_to
from app.services.loop_pack import read_loops
from app.services.loop_tracking import LoopTracking
from app.tracking import fetched_types
from localdb.projecting import Put
from localdb.projections.all import all_projectors
from localdb.reads.loops import SqlLoopReads
from resources.reading import path
from tests.localdb.projections.kit import Shelf
from tests.support.builders import a_practitioner
from tests.support.chart_kit import NOW, PATIENT, ChartHouse
from tests.support.desk_kit import a_desk
from tests.support.loop_builders import a_dose, a_task

PACK = read_loops(path("packs/loops"))
IBUPROFEN = Term("布洛芬", "urn:wardone:formulary", "neml2026-054")


@dataclass
class House:
    chart: ChartHouse
    shelf: Shelf
    told: int = 0

    def keep(self) -> None:
        """Put what was committed since last time onto the shelf, as the store would."""
        for act in self.chart.acts.committed[self.told :]:
            documents = [change.document for change in act.changes]
            documents += [act.provenance] if act.provenance is not None else []
            puts = [
                Put(reference_to(one), str(one["resourceType"]), one, "saved", "", act.patient)  # type: ignore[arg-type]  # a `Ref`
                for one in {reference_to(one): one for one in documents}.values()
            ]
            with self.shelf.read() as connection:
                for projector in all_projectors():
                    projector.project(
                        connection, [put for put in puts if put.rtype in projector.rtypes]
                    )
        self.told = len(self.chart.acts.committed)

    def nodes(self) -> dict[str, NodeView]:
        self.keep()
        tracking = LoopTracking(
            SqlLoopReads(self.shelf),
            lambda: PACK,
            self.chart.charts.banner,
            self.chart.clock,
            fetched_types(),
        )
        (found,) = tracking.of_patient(self.chart.session(), PATIENT)
        assert found.strip is not None
        return {view.node.step: view for view in found.strip.nodes}


@pytest.fixture
def house() -> Iterator[House]:
    with closing(Shelf(a_practitioner("wang", "王奕"))) as shelf:
        yield House(ChartHouse(a_desk()), shelf)


def a_draft(kind: OrderKind) -> OrderDraft:
    route = Term("口服", "urn:wardone:route", "po", "oral")
    frequency = Term("每日三次", "urn:wardone:frequency", "tid", "three times daily")
    dosage = Dosage(Decimal(200), "mg", route=route, frequency=frequency)
    stay = EncounterId("stay-1")
    return OrderDraft(PATIENT, stay, OrderClass.MEDICATION, kind, IBUPROFEN, dosage)


def test_signing_an_order_reaches_its_node_with_name_and_server_time(house: House) -> None:
    house.chart.orders.sign(house.chart.session(), a_draft(OrderKind.STAT), ())

    signed = house.nodes()["SIGN"]

    assert signed.state is NodeState.REACHED
    assert signed.fact is not None
    assert (signed.fact.by, signed.fact.at, signed.fact.witnessed) == ("王奕", NOW, True)


def test_the_dose_that_is_given_closes_what_was_overdue(house: House) -> None:
    order = house.chart.orders.sign(house.chart.session(), a_draft(OrderKind.STAT), ())
    house.chart.clock.at = NOW + timedelta(minutes=45)
    waiting = house.nodes()["GIVE"]
    at = (NOW + timedelta(minutes=44)).isoformat()

    house.shelf.put(a_dose("d1", str(order.id), PATIENT, effectiveDateTime=at))

    assert waiting.state is NodeState.OVERDUE
    assert house.nodes()["GIVE"].state is NodeState.OFF_TIME


def test_doses_laid_out_at_signing_are_planned_and_each_has_its_window(house: House) -> None:
    house.chart.orders.sign(house.chart.session(), a_draft(OrderKind.LONG_TERM), ())

    nodes = house.nodes()

    assert nodes["PLAN"].reached
    assert nodes["PLAN"].times > 1
    assert nodes["GIVE"].state is NodeState.NOT_YET
    assert len(nodes["GIVE"].limits) >= nodes["PLAN"].times


def test_stopping_an_order_reaches_its_node_and_leaves_the_nurse_to_acknowledge(
    house: House,
) -> None:
    session = house.chart.session()
    order = house.chart.orders.sign(session, a_draft(OrderKind.LONG_TERM), ())
    house.keep()
    house.chart.clock.at = NOW + timedelta(minutes=5)

    house.chart.changing.stop(session, order, "改用其他药", ())
    nodes = house.nodes()

    assert nodes["STOP"].fact is not None
    assert nodes["STOP"].fact.at == NOW + timedelta(minutes=5)
    assert nodes["GIVE"].state is NodeState.MISSING
    assert nodes["STOPACK"].state is NodeState.NOT_YET
    house.chart.clock.at = NOW + timedelta(days=3)
    later = house.nodes()
    assert not any(one.verdict is Verdict.OVERDUE for one in later["GIVE"].limits)


def test_a_nurse_who_verified_the_order_is_seen_by_the_code_of_the_task(house: House) -> None:
    order = house.chart.orders.sign(house.chart.session(), a_draft(OrderKind.STAT), ())
    own = f"MedicationRequest/{order.id}"
    at = (NOW + timedelta(minutes=3)).isoformat()

    house.shelf.put(a_task("v1", own, PATIENT, code="verify-orders", lastModified=at))

    verified = house.nodes()["VERIFY"]
    assert verified.state is NodeState.REACHED
    assert verified.since == timedelta(minutes=3)
