"""What a physician sees of the orders that were written down in their name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.orders import OrderDraft, OrderKind
from app.domain.people import Role
from app.domain.terms import Named, PractitionerId
from app.domain.verbal_orders import Spoken
from app.kernel.faults import FaultKind, app_error
from app.services.verbal_pack import situations
from tests.support.basket_kit import RIGHT, confirm, inbox
from tests.support.chart_kit import PATIENT, SEEN, ChartHouse, Screen, an_order
from tests.support.desk_kit import a_desk
from ui.orders.answering import AnswerServices
from ui.orders.verbal_presenter import VerbalPresenter
from ui.orders.verbal_state import VerbalChoices, VerbalForm


@pytest.fixture
def at() -> ChartHouse:
    """One order was written down in the name of whoever signs in."""
    house = ChartHouse(a_desk())
    physician, said = house.session().clinician, an_order("a")
    house.role = Role.NURSE
    session = house.session()
    nurse = replace(session.clinician, id=PractitionerId("zhao"), name=Named("赵敏"))
    house.role = Role.ATTENDING
    spoken = Spoken(physician.id, physician.name.name, situations()[0].term, read_back=True)
    draft = OrderDraft(said.patient, said.encounter, kind=OrderKind.VERBAL, item=said.item)
    draft = replace(draft, dosage=said.dosage, spoken=spoken)
    house.verbal.enter(replace(session, clinician=nurse), (draft,), ())
    return house


def shown(at: ChartHouse) -> VerbalPresenter:
    services = AnswerServices(at.charts, inbox(at), confirm, at.desk.feed)
    return VerbalPresenter(
        Screen().show_state, at.visit(), PATIENT, services, at.verbal, at.desk.scope()
    )


def kinds(at: ChartHouse) -> list[str]:
    return [act.kind for act in at.acts.committed]


def test_what_waits_is_shown_with_who_wrote_it_down(at: ChartHouse) -> None:
    page = shown(at)

    assert (page.state.count, page.state.seen) == (1, SEEN)
    assert page.state.waiting[0].by == "赵敏"


def test_confirmed_it_waits_no_longer(at: ChartHouse) -> None:
    page = shown(at)

    page.confirm(page.state.waiting[0], page.state.seen, RIGHT)

    assert kinds(at) == ["order.verbal", "order.verbal-confirm"]
    assert page.state.count == 0
    assert page.state.notice is not None
    page.read_notice()
    assert page.state.notice is None


def test_a_wrong_passphrase_neither_confirms_nor_rejects(at: ChartHouse) -> None:
    page = shown(at)

    page.confirm(page.state.waiting[0], page.state.seen, "no")
    page.reject(page.state.waiting[0], page.state.seen, "no", "未下达")

    assert kinds(at) == ["order.verbal"]
    assert page.state.fault is not None
    page.reject(page.state.waiting[0], page.state.seen, RIGHT, "未下达")
    assert kinds(at) == ["order.verbal", "order.verbal-reject"]


def test_who_may_not_order_is_asked_nothing(at: ChartHouse) -> None:
    at.role = Role.NURSE

    assert shown(at).state.waiting == ()


def test_what_cannot_be_read_is_said(at: ChartHouse) -> None:
    def broken(_: object) -> tuple[()]:
        raise app_error(FaultKind.STORAGE, "localdb.unreadable", "")

    services = AnswerServices(at.charts, broken, confirm, at.desk.feed)
    page = VerbalPresenter(
        Screen().show_state, at.visit(), PATIENT, services, at.verbal, at.desk.scope()
    )

    assert page.state.unread is not None
    assert page.state.fault is None  # nothing was being written


def test_only_what_was_offered_makes_a_verbal_order(at: ChartHouse) -> None:
    at.role = Role.ANAESTHETIST
    session = at.session()
    other = replace(session.clinician, id=PractitionerId("sun"))
    may = VerbalChoices(at.verbal.physicians(replace(session, clinician=other)), situations())
    whole = VerbalForm(str(may.physicians[0].id), "rescue", read_back=True)

    assert whole.spoken(may) is not None
    for left_out in (replace(whole, by="x"), replace(whole, situation=""), VerbalForm()):
        assert left_out.spoken(may) is None
    assert replace(whole, read_back=False).spoken(may) is None
