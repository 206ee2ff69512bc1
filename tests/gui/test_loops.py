"""What a clinician sees of the closed loops of a ward, and of one patient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.terms import PatientId
from app.kernel.changes import Changed
from app.kernel.faults import Fault, FaultKind, Message
from app.ports.loops import Evidence
from resources.styles.tokens import Tone
from tests.gui.pages.loops_driver import LoopsDriver
from tests.support.desk_kit import NOW, Diary, a_visit
from tests.support.loops_kit import LI, PACK, LoopRoom, a_dose
from tests.support.page_kit import a_dressed_desk, opened, press, settle
from ui.loops.wiring import loops_workspace, patient_loops_workspace
from ui.runtime.desk import Desk
from widgets.bar_list import Bar
from widgets.node_strip import Fill

ORDERS = Changed(frozenset({"order"}))


@dataclass
class House:
    desk: Desk
    room: LoopRoom
    diary: Diary

    def ward(self, focus: str = "") -> Iterator[LoopsDriver]:
        room = self.room
        workspace = loops_workspace(self.desk, room.tracking, room.wards, room.clock)
        with opened(workspace, a_visit(self.diary, focus=focus), self.desk) as page:
            yield LoopsDriver(page)

    def chart(self, focus: str = "", patient: PatientId | None = LI) -> Iterator[LoopsDriver]:
        room = self.room
        workspace = patient_loops_workspace(self.desk, room.tracking, room.wards, room.clock)
        visit = replace(a_visit(self.diary, focus=focus), patient=patient)
        with opened(workspace, visit, self.desk) as page:
            yield LoopsDriver(page)


@pytest.fixture
def house(qapp: QApplication) -> Iterator[House]:
    with a_dressed_desk(qapp) as desk:
        yield House(desk, LoopRoom(), Diary())


@pytest.fixture
def ward(house: House) -> Iterator[LoopsDriver]:
    yield from house.ward()


@pytest.fixture
def chart(house: House) -> Iterator[LoopsDriver]:
    yield from house.chart("MedicationRequest/given")


def test_the_board_lists_the_worst_first_and_says_what_each_waits_for(ward: LoopsDriver) -> None:
    rows = ward.rows()

    assert list(rows)[:2] == ["MedicationRequest/late", "ServiceRequest/cbc"]
    assert rows["MedicationRequest/late"][:4] == ["12", "LI Ming", "Overdue", "Morphine injection"]
    assert rows["MedicationRequest/late"][5] == "Dose given"
    late = next(row for row in ward.table.rows if row.key == "MedicationRequest/late")
    assert late.cells[5].second == "overdue by 1 h 5 min"
    assert late.tone is Tone.DANGER
    assert rows["ServiceRequest/bed"][2:] == ["No loop", "Lying flat", "—", "—", "—"]


def test_a_critical_result_is_followed_beside_the_orders(ward: LoopsDriver) -> None:
    row = ward.rows()["Observation/k"]

    assert row[:5] == ["3", "ZHANG Wei", "In progress", "Event", "Laboratory critical value"]


def test_the_head_says_how_complete_and_how_timely_the_ward_is(ward: LoopsDriver) -> None:
    assert "Nodes reached: 45 % (18 of 40)" in ward.rates
    assert "Limits kept: 50 % (1 of 2)" in ward.rates
    assert "1 node before its predecessor" in ward.rates
    assert ward.notice == ""


def test_a_board_of_a_ward_that_did_not_come_whole_says_so(house: House) -> None:
    house.room.whole = False

    for ward in house.ward():
        assert "not been downloaded whole" in ward.notice
        assert ward.state == "content"


def test_each_part_lists_its_own(ward: LoopsDriver) -> None:
    listed = {}
    for key in ("late", "missing", "running", "unmatched", "all"):
        ward.list_part(key)
        listed[key] = set(ward.rows())

    assert listed["late"] == {"MedicationRequest/late"}
    assert listed["missing"] == {"ServiceRequest/cbc"}
    assert listed["unmatched"] == {"ServiceRequest/bed"}
    assert "MedicationRequest/fresh" in listed["running"]
    assert len(listed["all"]) == 6


def test_the_strip_shows_who_when_how_long_and_what_is_late(ward: LoopsDriver) -> None:
    nodes = ward.nodes()

    assert ward.heading == "Stat medication (MED-003, sourced)"
    assert nodes["SIGN"].lines == ("王建国", "12:27")
    assert (nodes["SIGN"].fill, nodes["SIGN"].tone) == (Fill.FULL, Tone.GOOD)
    assert nodes["VERIFY"].before == "+15 min"
    assert (nodes["GIVE"].fill, nodes["GIVE"].tone) == (Fill.HOLLOW, Tone.DANGER)
    assert nodes["GIVE"].state == "overdue"
    assert (nodes["DONE"].fill, nodes["DONE"].tone) == (Fill.HOLLOW, Tone.PLAIN)
    assert (nodes["CDS"].fill, nodes["CDS"].state) == (Fill.DASHED, "not known here")


def test_a_missing_node_is_grey_and_a_wrong_time_is_a_caution(ward: LoopsDriver) -> None:
    ward.go_to("ServiceRequest/cbc")

    nodes = ward.nodes()

    assert (nodes["LABEL"].tone, nodes["LABEL"].state) == (Tone.UNKNOWN, "missing")
    assert (nodes["IDCHECK"].tone, nodes["IDCHECK"].before) == (Tone.CAUTION, "−5 min")
    assert nodes["SEND"].foreign
    assert not nodes["LABEL"].foreign


def test_the_strip_is_walked_by_keyboard_and_says_everything_of_a_node(ward: LoopsDriver) -> None:
    assert ward.strip.current == "GIVE"
    assert "Dose given (GIVE)" in ward.facts()
    assert "overdue; alert nurse+physician" in ward.facts()

    ward.step_on(Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Right)

    assert ward.strip.current == "SIGN"
    assert "Order signed" in ward.strip.accessibleDescription()
    facts = ward.facts()
    assert "a signed record of who did it" in facts
    assert "MedicationRequest/late, version 1" in facts
    assert "24-Nov-2026 12:27:38" in facts  # by the clock of the workstation
    ward.step_on(Qt.Key.Key_End, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Up)
    assert ward.strip.current == "EFFECT"


def test_a_click_on_a_node_goes_there_and_its_tip_says_all(ward: LoopsDriver) -> None:
    middle = ward.strip.box_of(4).center().toPoint()

    QTest.mouseClick(ward.strip, Qt.MouseButton.LeftButton, pos=middle)
    settle()

    assert ward.strip.current == "VERIFY"
    assert "the state of the document; nobody signed this step" in ward.facts()
    assert "Done by: 孙莉" in ward.nodes()["VERIFY"].hover


def test_an_order_without_a_loop_says_why_it_has_no_strip(ward: LoopsDriver) -> None:
    ward.go_to("ServiceRequest/bed")

    assert ward.why_no_strip == "No loop of the catalogue is for this kind of order."
    assert ward.facts() == []


def test_loops_that_fit_equally_are_told(house: House) -> None:
    rule = next(rule for rule in PACK.matching if rule.loop == "MED-003")
    rules = (*PACK.matching, replace(rule, loop="MED-002"))
    house.room.pack = replace(PACK, matching=rules)

    for ward in house.ward():
        ward.go_to("MedicationRequest/late")
        row = ward.rows()["MedicationRequest/late"]
        assert row[2] == "Several fit"
        assert row[4] == "2 loops fit equally"
        assert "must say in its pack" in ward.why_no_strip


def test_news_of_an_order_moves_its_loop_on(house: House) -> None:
    for ward in house.ward():
        old = house.room.known[LI]
        order = next(mark for mark in old.marks if mark.ref == "MedicationRequest/late")
        dose = a_dose(order, 0)
        links = {**(old.links or {}), dose.ref: (order.ref,)}
        house.room.known[LI] = replace(old, marks=(*old.marks, dose), links=links)

        house.desk.feed.publish(ORDERS)
        settle()

        assert ward.rows()["MedicationRequest/late"][2] != "Overdue"
        ward.go_to("MedicationRequest/late")
        assert ward.nodes()["GIVE"].state == "outside its limit"
        assert ward.nodes()["GIVE"].tone is Tone.DANGER


def test_time_alone_makes_a_loop_late(house: House) -> None:
    for ward in house.ward():
        assert ward.rows()["MedicationRequest/fresh"][2] == "In progress"

        house.room.clock.at = NOW + timedelta(minutes=26)
        ward.page.pass_time()  # type: ignore[attr-defined]  # `FollowsTime`
        settle()

        assert ward.rows()["MedicationRequest/fresh"][2] == "Overdue"


def test_enter_and_the_button_lead_to_the_order(house: House) -> None:
    for ward in house.ward():
        ward.open_order()
        ward.go_to("Observation/k")
        ward.table.opened.emit(ward.table.current)
        settle()

    assert house.diary.patients == [("li-ming", "orders", "late"), ("zhang-wei", "orders", "")]


def test_another_ward_is_another_board(house: House) -> None:
    for ward in house.ward("no-such-ward"):
        names = [board.id for board in house.room.wards.wards(a_visit(house.diary).session())]
        ward.choose_ward(str(names[-1]))
        assert ward.state == "content"
        ward.page.focus_on(str(names[0]))  # type: ignore[attr-defined]  # `TakesFocus`
        settle()
        assert len(ward.rows()) == 6


def test_the_slowest_steps_are_drawn_and_read_out(ward: LoopsDriver) -> None:
    bars = ward.bars.bars

    assert [bar.label for bar in bars][:2] == ["Specimen received in lab", "Dose given"]
    assert bars[0].value >= bars[1].value
    ward.bars.setFocus()
    press(ward.bars, Qt.Key.Key_Down)
    assert ward.bars.read_out.startswith("Dose given: median 18 min")
    assert ward.bars.accessibleDescription() == ward.bars.read_out
    press(ward.bars, Qt.Key.Key_Up)
    press(ward.bars, Qt.Key.Key_Home)
    QTest.mouseClick(ward.bars, Qt.MouseButton.LeftButton, pos=QPoint(40, 60))
    assert ward.bars.read_out == bars[2].said or ward.bars.read_out == bars[1].said


def test_bars_of_nothing_say_so(ward: LoopsDriver) -> None:
    ward.bars.show_bars((), "No step has been measured yet.")

    assert ward.bars.read_out == "No step has been measured yet."
    assert not ward.bars.grab().isNull()
    press(ward.bars, Qt.Key.Key_Down)
    ward.bars.show_bars((Bar("One", 0.0, "none"),), "")
    assert not ward.bars.grab().isNull()


# --- the four states ------------------------------------------------------------------------------


def test_an_empty_ward_says_what_will_come(house: House) -> None:
    house.room.known = {LI: Evidence()}

    for ward in house.ward():
        assert ward.state == "empty"
        assert "Nodes reached: none yet" in ward.rates


def test_a_failure_says_what_is_safe_and_is_tried_again(house: House) -> None:
    house.room.fault = Fault(FaultKind.STORAGE, Message.of("loops.pack-unreadable"), "x line 3")

    for ward in house.ward():
        assert ward.state == "failed"
        house.room.fault = None
        house.desk.feed.publish(ORDERS)
        settle()
        assert ward.state == "content"


# --- one patient ----------------------------------------------------------------------------------


def test_a_chart_opens_on_the_loop_of_the_order_it_was_asked_for(chart: LoopsDriver) -> None:
    assert chart.table.current == "MedicationRequest/given"
    assert chart.nodes()["GIVE"].state == "reached"
    assert next(iter(chart.rows())) == "MedicationRequest/late"
    assert not chart.bars.isVisible()


def test_a_bare_order_id_is_enough_and_another_may_follow(house: House) -> None:
    for chart in house.chart("cbc"):
        assert chart.table.current == "ServiceRequest/cbc"
        chart.page.focus_on("fresh")  # type: ignore[attr-defined]  # `TakesFocus`
        settle()
        assert chart.table.current == "MedicationRequest/fresh"


def test_a_chart_needs_a_patient(house: House) -> None:
    with pytest.raises(ValueError):
        next(house.chart(patient=None))


def test_both_languages_name_the_steps(house: House) -> None:
    for ward in house.ward():
        house.desk.languages.switch("zh_CN")
        settle()

        assert ward.nodes()["GIVE"].title == PACK.book.steps["GIVE"].name
        assert ward.rows()["MedicationRequest/late"][2] == "超时"
        assert "节点完成率" in ward.rates


def test_nothing_is_drawn_outside_an_empty_strip(ward: LoopsDriver) -> None:
    ward.strip.show_nodes((), "")

    assert ward.strip.current == ""
    press(ward.strip, Qt.Key.Key_Right)
    assert not ward.strip.grab().isNull()
    assert ward.strip.box_of(0).contains(QPointF(1, 1))
