"""What a nurse takes over reaches the steps of the closed loop, on the board and by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

from app.domain.loop_strips import NodeState, NodeView
from app.domain.orders import Dosage, OrderDraft
from app.domain.patients import Banner
from app.domain.people import Role, Session
from app.domain.skin_tests import Reaction
from app.domain.terms import PatientId, Ref, Term
from app.fhir.document import Document, reference_to
from app.fhir.orders import order_ref
from app.fhir.valuesets import ROUTE
from app.services.loop_pack import read_loops
from app.services.loop_tracking import LoopTracking
from app.tracking import fetched_types
from localdb.projecting import Put
from localdb.projections.all import all_projectors
from localdb.reads.loops import SqlLoopReads
from resources.reading import path
from tests.localdb.projections.kit import Shelf
from tests.support.builders import a_practitioner
from tests.support.order_builders import a_service_request
from tests.unit.services.kit import PATIENT, a_banner
from tests.unit.services.verifying_kit import Desk, a_desk, a_draft, later, signed

PACK = read_loops(path("packs/loops"))
BY_MOUTH = Term("口服", ROUTE, "po")
MORPHINE = Term("吗啡", "urn:wardone:formulary", "neml2026-073")


@contextmanager
def board(desk: Desk, *more: Document) -> Iterator[LoopTracking]:
    """The tracker over what was committed at the desk, and over what was downloaded."""
    with closing(Shelf(a_practitioner("wang", "王奕"))) as shelf:
        for act in desk.station.acts.committed:
            documents = [change.document for change in act.changes]
            documents += [act.provenance] if act.provenance is not None else []
            puts = [
                Put(Ref(reference_to(one)), str(one["resourceType"]), one, "saved", "", act.patient)
                for one in documents
            ]
            with shelf.read() as connection:
                for projector in all_projectors():
                    wanted = [put for put in puts if put.rtype in projector.rtypes]
                    projector.project(connection, wanted)
        for document in more:
            shelf.put(document)
        yield LoopTracking(
            SqlLoopReads(shelf), lambda: PACK, _open, desk.station.clock, fetched_types()
        )


def _open(session: Session, patient: PatientId) -> Banner:
    del session, patient
    return a_banner()


def nodes(desk: Desk, order: Ref, *more: Document) -> dict[str, NodeView]:
    with board(desk, *more) as tracking:
        found = {one.ref: one.strip for one in tracking.of_patient(desk.nurse, PATIENT)}
    strip = found[order]
    assert strip is not None
    return {view.node.step: view for view in strip.nodes}


def by_mouth(item: Term | None = None) -> OrderDraft:
    drug = item or Term("布洛芬", "urn:wardone:formulary", "neml2026-054")
    dosage = a_draft().dosage
    oral = Dosage(dosage.dose, dosage.unit, "", BY_MOUTH, dosage.frequency)
    return a_draft(item=drug, dosage=oral)


def test_an_order_that_was_verified_has_reached_its_step_signed_by_the_nurse() -> None:
    desk = a_desk()
    (order,) = signed(desk, by_mouth())
    assert nodes(desk, order_ref(order))["VERIFY"].state is not NodeState.REACHED

    later(desk, minutes=3)
    desk.verify_all()

    view = nodes(desk, order_ref(order))["VERIFY"]
    assert view.state is NodeState.REACHED
    assert view.fact is not None
    assert (view.fact.by, view.fact.witnessed) == ("zhao", True)
    assert view.since == timedelta(minutes=3)


def test_a_narcotic_that_two_have_checked_has_reached_the_step_of_two() -> None:
    desk = a_desk(alert=True)
    (order,) = signed(desk, by_mouth(MORPHINE))

    desk.verify_all(desk.second())

    assert nodes(desk, order_ref(order))["VERIFY2"].state is NodeState.REACHED


def test_one_nurse_alone_does_not_reach_the_step_of_two() -> None:
    desk = a_desk(alert=False)
    (order,) = signed(desk, by_mouth(MORPHINE))

    desk.verify_all()

    assert nodes(desk, order_ref(order))["VERIFY2"].state is not NodeState.REACHED


def test_a_stop_that_was_acknowledged_has_reached_its_step() -> None:
    desk = a_desk()
    (order,) = signed(desk, by_mouth())
    desk.verify_all()
    later(desk, minutes=5)
    doctor = desk.station.who(Role.ATTENDING, "wang")
    desk.station.changing.stop(doctor, order, "改药", ())
    assert nodes(desk, order_ref(order))["STOPACK"].state is not NodeState.REACHED

    desk.verify_all()

    assert nodes(desk, order_ref(order))["STOPACK"].state is NodeState.REACHED


def test_a_skin_test_that_was_read_has_reached_its_step_of_the_test() -> None:
    desk = a_desk()
    (drug,) = signed(desk, a_draft(skin_test="required"))
    drug_ref = order_ref(drug)
    named = ["urn:wardone:loop:MED-008"]
    test = a_service_request(
        "skin", PATIENT, "treatment", basedOn=[{"reference": drug_ref}], instantiatesUri=[*named]
    )
    desk.station.acts.download(test)

    desk.testing.record(desk.nurse, drug_ref, Reaction.NEGATIVE)

    view = nodes(desk, Ref("ServiceRequest/skin"), test)["READTEST"]
    assert view.fact is not None
    assert (view.reached, view.fact.by) == (True, "zhao")
