"""Decision support in order entry: warnings are answered by keys, and nothing else is signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from app.decision.findings import Moment
from app.domain.decision_events import Response
from app.domain.orders import OrderDraft
from app.domain.people import Role
from app.domain.remote_cards import Link, RemoteCard, Urgency
from app.domain.terms import Named, PractitionerId
from app.kernel.faults import Message
from app.ports.remote_checks import Asked, Came, ServiceAnswer
from tests.gui.pages.cards_driver import CardsDriver
from tests.gui.pages.orders_driver import OrdersDriver
from tests.support.basket_kit import RIGHT, orders_of
from tests.support.chart_kit import ChartHouse, an_order
from tests.support.decision_kit import (
    AGREES,
    NO_CREATININE,
    FakeJudge,
    never_so,
    too_slow_together,
    weak_kidneys,
)
from tests.support.page_kit import a_dressed_desk, opened, part, press, settle
from tests.unit.ui.orders.test_remote_question import Services as FakeServices
from ui.runtime.page import Page
from widgets.chips import Chip
from widgets.table import Table

SLOW = "metoprolol 25 mg po bid"
ALLERGIC = "amoxicillin 500 mg po tid"
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
K = Qt.Key


@pytest.fixture
def house(qapp: QApplication) -> Iterator[ChartHouse]:
    with a_dressed_desk(qapp) as desk:
        yield ChartHouse(desk)


@pytest.fixture
def judge() -> FakeJudge:
    return FakeJudge((too_slow_together, never_so, weak_kidneys), (NO_CREATININE,))


@pytest.fixture
def page(house: ChartHouse, judge: FakeJudge) -> Iterator[Page]:
    with opened(orders_of(house, judge=judge), house.visit(), house.desk) as shown:
        yield shown


def put(page: Page, *lines: str) -> OrdersDriver:
    orders = OrdersDriver(page)
    for line in lines:
        orders.begin()
        orders.type_line(line)
        orders.put()
    return orders


def warned(page: Page, *lines: str) -> CardsDriver:
    """The window of warnings about `lines`, as the key of the signature opens it."""
    put(page, *lines)
    press(page, K.Key_Return, CTRL_SHIFT)
    return CardsDriver(page)


def propose(house: ChartHouse) -> None:
    """An order of a trainee waits for the attending physician who is signed in."""
    house.role = Role.TRAINEE
    session = house.session()
    trainee = replace(session.clinician, id=PractitionerId("shi"), name=Named("石磊"))
    copied = an_order("a")
    draft = OrderDraft(copied.patient, copied.encounter, item=copied.item, dosage=copied.dosage)
    house.orders.propose_basket(replace(session, clinician=trainee), (draft,), ())
    house.role = Role.ATTENDING


def test_the_lead_suggestion_takes_one_key_and_changes_the_draft(
    page: Page, house: ChartHouse
) -> None:
    cards = warned(page, SLOW)
    assert cards.cards == ["Needs an answer before signing · Interaction: Metoprolol + Verapamil"]
    assert not cards.asks_for_signature

    cards.press(K.Key_Return)

    assert cards.keys <= 2
    assert cards.window is None
    assert cards.asks_for_signature
    orders = OrdersDriver(page)
    assert "12.5\N{NO-BREAK SPACE}mg" in orders.on_the_sheet[0]
    orders.give(RIGHT)
    assert [act.kind for act in house.acts.committed] == ["order.place"]


def test_a_warning_is_passed_by_two_keys_or_by_words_that_say_something(
    page: Page, house: ChartHouse
) -> None:
    cards = warned(page, SLOW, "metoprolol 50 mg po bid").press(K.Key_O, K.Key_3)
    assert cards.keys <= 3
    assert "1 of 2" in part(page, QLabel, "sheet.left").text()
    cards.press(K.Key_O, K.Key_6)

    cards.type("1111").press(K.Key_Return)
    assert not cards.asks_for_signature
    cards.type(" on telemetry").press(K.Key_Return)

    assert cards.asks_for_signature
    OrdersDriver(page).give(RIGHT)
    assert len(house.acts.committed) == 2


def test_escape_loses_nothing_and_answers_outlive_a_walk_away(
    house: ChartHouse, judge: FakeJudge
) -> None:
    with opened(orders_of(house, judge=judge), house.visit(), house.desk) as page:
        cards = warned(page, SLOW, "metoprolol 50 mg po bid").press(K.Key_O, K.Key_Escape)
        assert cards.window is not None
        cards.press(K.Key_O, K.Key_1)
        assert "does not apply" in cards.said(1, "answer")
        cards.press(K.Key_Escape)
        assert cards.window is None
        assert len(OrdersDriver(page).basket) == 2
        assert [one.response for one in judge.noted] == [Response.ABANDONED]

    with opened(orders_of(house, judge=judge), house.visit(), house.desk) as page:
        press(page, K.Key_Return, CTRL_SHIFT)
        assert CardsDriver(page).window is not None
        assert "1 of 2" in part(page, QLabel, "sheet.left").text()


def test_a_hard_stop_is_not_passed_alone_nor_with_anybody(page: Page, house: ChartHouse) -> None:
    cards = warned(page, ALLERGIC).press(K.Key_Return, K.Key_O, K.Key_3)
    assert not cards.asks_for_signature

    for who, passphrase in (("wang", AGREES), ("sun", AGREES), ("zhao", "something else")):
        cards.agree(who, passphrase)
        assert cards.fault
        assert not cards.asks_for_signature
    assert house.acts.committed == []


def test_a_hard_stop_is_passed_by_two_and_anew_after_a_walk_away(
    house: ChartHouse, judge: FakeJudge
) -> None:
    with opened(orders_of(house, judge=judge), house.visit(), house.desk) as page:
        cards = warned(page, ALLERGIC).press(K.Key_O, K.Key_3).agree("zhao", AGREES)
        assert cards.asks_for_signature

    with opened(orders_of(house, judge=judge), house.visit(), house.desk) as page:
        press(page, K.Key_Return, CTRL_SHIFT)
        cards = CardsDriver(page)
        assert not cards.asks_for_signature
        cards.press(K.Key_O, K.Key_3).agree("zhao", AGREES)
        OrdersDriver(page).give(RIGHT)
        assert len(house.acts.committed) == 1


def test_a_card_opens_to_its_rule_and_no_key_of_the_page_is_heard_under_it(page: Page) -> None:
    cards = warned(page, SLOW).press(K.Key_N, K.Key_G)

    cards.press(K.Key_F2)

    assert "onc-hp-07 in interactions@2026.11.1" in cards.facts
    assert "ONC high-priority list (2012)" in cards.facts
    cards.press(K.Key_Escape)
    assert cards.window is not None
    cards.press(K.Key_O, K.Key_3)
    assert page.findChild(Table, "order_sets.lines") is None
    assert cards.asks_for_signature


def test_the_strip_says_what_was_not_checked_and_signing_goes_on_with_that_said(
    page: Page, house: ChartHouse, judge: FakeJudge
) -> None:
    orders = put(page, "aspirin 100 mg po qd")
    orders.open_sheet()
    said = part(page, QLabel, "sheet.strip.said").text()
    assert said.startswith("11 checks done")
    assert "not checked: Renal function" in said
    press(part(page, QLineEdit, "sheet.form.passphrase"), K.Key_F2)
    rows = part(page, Table, "sheet.checks").rows
    assert len(rows) == 25
    assert rows[0].cells[0].text == "Renal function"
    cards = CardsDriver(page).press(K.Key_Escape)
    assert cards.asks_for_signature
    cards.press(K.Key_Escape)

    judge.fails = True
    orders.open_sheet()

    strips = page.findChildren(QLabel, "sheet.strip.said")
    assert [one.text()[:11] for one in strips if one.isVisible()] == ["Not checked"]
    field = page.window().focusWidget()
    assert isinstance(field, QLineEdit)
    field.setText(RIGHT)
    press(field, K.Key_Return)
    assert len(house.acts.committed) == 1


def test_warnings_stand_beside_the_form_and_in_the_basket_and_interrupt_nothing(
    page: Page, judge: FakeJudge
) -> None:
    orders = OrdersDriver(page)
    orders.begin()
    line = part(page, QLineEdit, "orders.writer.line.text")

    orders.type_line(ALLERGIC)

    chip = part(page, Chip, "orders.writer.chips.0")
    assert chip.isVisible()
    assert chip.text() == "Allergy: Amoxicillin"
    assert chip.accessibleDescription().startswith("Caution")
    assert "1 not checked" in part(page, QLabel, "orders.writer.chips.rest").text()
    assert line.text() == ALLERGIC
    assert {moment for moment, _ in judge.asked} == {Moment.SELECT}
    orders.put()
    assert "Allergy: Amoxicillin" in orders.basket[0]
    part(page, Table, "orders.basket.rows").setFocus()
    press(part(page, Table, "orders.basket.rows"), K.Key_F2)
    findings = part(page, Table, "sheet.findings").rows
    assert [row.cells[0].text for row in findings] == ["Caution", "Caution", "not checked"]
    assert findings[1].cells[2].second == "draft knowledge"


def test_a_countersigner_answers_what_is_new_and_is_the_second_person(house: ChartHouse) -> None:
    propose(house)
    with opened(orders_of(house, judge=FakeJudge((never_so,))), house.visit(), house.desk) as page:
        part(page, QPushButton, "orders.countersign.look").click()
        settle()

        CardsDriver(page).press(K.Key_O, K.Key_5)
        OrdersDriver(page).give(RIGHT)

        assert [act.kind for act in house.acts.committed] == ["order.propose", "order.countersign"]


def test_a_countersigner_who_leaves_a_warning_open_may_only_send_back(house: ChartHouse) -> None:
    propose(house)
    with opened(orders_of(house, judge=FakeJudge((never_so,))), house.visit(), house.desk) as page:
        part(page, QPushButton, "orders.countersign.look").click()
        settle()

        CardsDriver(page).press(K.Key_Escape)

        part(page, QLineEdit, "sheet.form.passphrase").setText(RIGHT)
        part(page, QLineEdit, "sheet.form.reason").setText("allergic to it")
        assert "1 warning has no answer" in part(page, QLabel, "sheet.open").text()
        assert not part(page, QPushButton, "sheet.sign").isEnabled()
        assert part(page, QPushButton, "sheet.refuse").isEnabled()


def test_what_services_of_the_hospital_say_stands_on_the_sheet_as_plain_text(
    house: ChartHouse,
) -> None:
    source = Link("PASS", "")
    card = RemoteCard("<b>Monitor</b> the <i>rate</i>", Urgency.WARNING, source)
    late = ServiceAnswer("lab", "LAB", Came.LATE, why=Message.of("cds.late", name="LAB"))
    quiet = ServiceAnswer("quiet", "QUIET", Came.ANSWERED)
    told = ServiceAnswer("pass", "PASS", Came.ANSWERED, (card,))
    services = FakeServices(Asked("q1", (told, late, quiet)))

    with opened(orders_of(house, remote=services), house.visit(), house.desk) as page:
        put(page, SLOW)
        press(page, K.Key_Return, CTRL_SHIFT)

        said = [
            one.text()
            for one in page.findChildren(QLabel)
            if one.objectName().startswith("remote.") and one.isVisible()
        ]
        assert said == [
            "PASS: <b>Monitor</b> the <i>rate</i>",
            "Remote check late: LAB.",
            "QUIET has checked, too, and says nothing.",
        ]
        OrdersDriver(page).sign(RIGHT)

    assert [len(one) for one in services.placed] == [1]
