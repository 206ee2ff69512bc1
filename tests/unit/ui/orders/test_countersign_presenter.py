from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.orders import OrderDraft
from app.domain.people import Role
from app.domain.terms import Named, PractitionerId
from tests.support.basket_kit import RIGHT, confirm, inbox, presented
from tests.support.chart_kit import PATIENT, SEEN, STAY, ChartHouse, Screen, an_order
from tests.support.desk_kit import a_desk
from ui.orders.answering import AnswerServices
from ui.orders.copying import Copying
from ui.orders.countersign_presenter import CountersignPresenter


@pytest.fixture
def at() -> ChartHouse:
    """One order of a trainee waits."""
    house = ChartHouse(a_desk())
    house.place(an_order("a"))
    copies = presented(house, "MedicationRequest/a")
    copies.page.copy(Copying.REORDER)
    (draft,) = copies.basket.state.basket.drafts
    _propose(house, replace(draft, encounter=STAY))
    return house


def _propose(house: ChartHouse, draft: OrderDraft) -> None:
    house.role = Role.TRAINEE
    session = house.session()
    who = replace(session.clinician, id=PractitionerId("shi"), name=Named("石"))
    house.orders.propose_basket(replace(session, clinician=who), (draft,), ())
    house.role = Role.ATTENDING


def opened(at: ChartHouse) -> CountersignPresenter:
    services = AnswerServices(at.charts, inbox(at), confirm, at.desk.feed)
    return CountersignPresenter(
        Screen().show_state, at.visit(), PATIENT, services, at.countersigning, at.desk.scope()
    )


def kinds(at: ChartHouse) -> list[str]:
    return [act.kind for act in at.acts.committed]


def test_what_waits_is_counted_with_its_orders(at: ChartHouse) -> None:
    page = opened(at)

    assert page.state.count == 1
    assert page.state.waiting[0].orders[0].status == "draft"
    assert page.state.seen == SEEN


def test_signed_it_holds_and_waits_no_longer(at: ChartHouse) -> None:
    page = opened(at)

    page.sign(page.state.waiting[0], page.state.seen, RIGHT)

    assert kinds(at) == ["order.propose", "order.countersign"]
    assert page.state.count == 0
    assert page.state.notice is not None
    assert page.state.notice.code == "basket.countersigned"


def test_a_wrong_passphrase_signs_nothing(at: ChartHouse) -> None:
    page = opened(at)

    page.sign(page.state.waiting[0], page.state.seen, "not it")

    assert kinds(at) == ["order.propose"]
    assert page.state.count == 1
    assert page.state.fault is not None


def test_it_is_sent_back_for_a_reason(at: ChartHouse) -> None:
    page = opened(at)
    asking = page.state.waiting[0]

    page.send_back(asking, page.state.seen, " ")
    assert kinds(at) == ["order.propose"]
    assert page.state.fault is not None
    page.send_back(asking, page.state.seen, "剂量过大")

    assert kinds(at) == ["order.propose", "order.send-back"]
    assert page.state.count == 0


def test_who_may_not_countersign_sees_nothing_of_it(at: ChartHouse) -> None:
    at.role = Role.TRAINEE

    assert opened(at).state.waiting == ()
