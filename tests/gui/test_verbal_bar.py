"""A physician answers for what a nurse wrote down in their name, from the line over the orders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from app.domain.orders import OrderDraft, OrderKind
from app.domain.people import Role
from app.domain.terms import Named, PractitionerId
from app.domain.verbal_orders import Spoken
from app.kernel.faults import FaultKind, app_error
from app.services.verbal_pack import situations
from tests.gui.pages.orders_driver import OrdersDriver
from tests.support.basket_kit import RIGHT, orders_of
from tests.support.chart_kit import ChartHouse, an_order
from tests.support.page_kit import a_dressed_desk, opened, part, settle
from ui.orders.answering import Waiting
from ui.orders.verbal_bar import VerbalBar
from ui.runtime.page import Page


@pytest.fixture
def house(qapp: QApplication) -> Iterator[ChartHouse]:
    """A nurse has written an order down in the name of whoever signs in."""
    with a_dressed_desk(qapp) as desk:
        house = ChartHouse(desk)
        physician = house.session().clinician
        house.role = Role.NURSE
        session = house.session()
        nurse = replace(session.clinician, id=PractitionerId("zhao"), name=Named("赵敏"))
        house.role = Role.ATTENDING
        said = an_order("a")
        spoken = Spoken(physician.id, physician.name.name, situations()[0].term, read_back=True)
        draft = OrderDraft(
            said.patient,
            said.encounter,
            kind=OrderKind.VERBAL,
            item=said.item,
            dosage=said.dosage,
            spoken=spoken,
            note="推注时间 5 分钟",
        )
        house.verbal.enter(replace(session, clinician=nurse), (draft,), ())
        yield house


@pytest.fixture
def page(house: ChartHouse) -> Iterator[Page]:
    with opened(orders_of(house), house.visit(), house.desk) as page:
        yield page


def kinds(house: ChartHouse) -> list[str]:
    return [act.kind for act in house.acts.committed]


def look(page: Page) -> None:
    part(page, QPushButton, "orders.verbal.look").click()
    settle()


def give(page: Page, passphrase: str, reason: str = "") -> None:
    part(page, QLineEdit, "sheet.form.passphrase").setText(passphrase)
    part(page, QLineEdit, "sheet.form.reason").setText(reason)


def test_it_is_confirmed_from_the_line_and_the_line_goes(house: ChartHouse, page: Page) -> None:
    said = part(page, QLabel, "orders.verbal.said")
    assert said.text().startswith("1 verbal order was written down in your name")
    look(page)
    assert "赵敏" in OrdersDriver(page).on_the_sheet[0]
    assert "rescue" in OrdersDriver(page).on_the_sheet[0]
    assert "推注时间 5 分钟" in OrdersDriver(page).on_the_sheet[0]  # nothing is signed unread
    assert not part(page, QPushButton, "sheet.confirm").isEnabled()

    give(page, RIGHT)
    part(page, QPushButton, "sheet.confirm").click()
    settle()

    assert kinds(house) == ["order.verbal", "order.verbal-confirm"]
    assert not said.isVisible()


def test_it_is_rejected_with_a_reason_and_only_with_one(house: ChartHouse, page: Page) -> None:
    look(page)
    give(page, RIGHT)
    assert not part(page, QPushButton, "sheet.reject").isEnabled()

    give(page, RIGHT, "not ordered")
    assert not part(page, QPushButton, "sheet.confirm").isEnabled()
    part(page, QPushButton, "sheet.reject").click()
    settle()

    assert kinds(house) == ["order.verbal", "order.verbal-reject"]


def test_a_wrong_passphrase_answers_nothing(house: ChartHouse, page: Page) -> None:
    look(page)
    give(page, "wrong")

    part(page, QPushButton, "sheet.confirm").click()
    settle()

    assert kinds(house) == ["order.verbal"]
    assert part(page, QLabel, "orders.verbal.said").isVisible()


def test_turning_away_answers_nothing(house: ChartHouse, page: Page) -> None:
    look(page)
    give(page, RIGHT)

    part(page, QPushButton, "sheet.back").click()
    settle()

    assert kinds(house) == ["order.verbal"]


def test_nobody_else_is_asked(house: ChartHouse) -> None:
    house.role = Role.NURSE
    with opened(orders_of(house), house.visit(), house.desk) as page:
        assert not part(page, QLabel, "orders.verbal.said").isVisible()


def test_that_it_is_not_known_whether_something_waits_is_said_and_nothing_is_called_unsaved(
    page: Page,
) -> None:
    fault = app_error(FaultKind.OFFLINE, "sync.verdict.silence", "").fault
    bar = part(page, VerbalBar, "orders.verbal")

    bar.show_state(Waiting(unread=fault))

    said = part(page, QLabel, "orders.verbal.said")
    assert said.isVisible()
    assert said.text().startswith("Whether verbal orders in your name wait")
    assert not part(page, QPushButton, "orders.verbal.look").isVisible()
    assert not part(page, QWidget, "orders.verbal.notice").isVisible()
