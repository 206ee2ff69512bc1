"""What a click on the order sheets means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.order_sheets import SheetKind
from app.domain.sheet_plans import CONTINUE
from app.domain.sheet_runs import Mode
from app.kernel.changes import Changed
from tests.support.desk_kit import PatientRunner
from tests.support.sheets_kit import PrintRoom
from tests.unit.ui.order_sheets.kit import NEWS, seated


def test_it_opens_on_the_long_term_sheet() -> None:
    seat = seated()

    assert seat.screen.states[0].shown is None
    assert seat.state.which is SheetKind.LONG_TERM
    assert next(one.order for one in seat.state.lines) == "kcl"
    assert not seat.state.is_empty


def test_a_sheet_never_stands_under_the_tab_of_the_other_one() -> None:
    runner = PatientRunner()
    seat = seated(runner=runner)
    runner.go_on()
    seat.presenter.choose_line("care/0")

    seat.presenter.choose_sheet(SheetKind.TEMPORARY)

    assert seat.state.shown is None
    assert (seat.state.lines, seat.state.chosen, seat.state.is_empty) == ((), "", False)
    runner.go_on()
    assert {one.order for one in seat.state.lines} == {"cef", "stat", "off"}


def test_the_same_tab_again_keeps_the_chosen_line() -> None:
    seat = seated()
    seat.presenter.choose_line("care/0")

    seat.presenter.choose_sheet(SheetKind.LONG_TERM)

    assert seat.state.chosen == "care/0"


def test_printing_begins_with_the_group_of_the_chosen_line() -> None:
    seat = seated()
    seat.presenter.choose_line("nacl/0")
    seat.presenter.choose_mode(Mode.FROM_LINE, 1)

    assert seat.state.plan is not None
    assert seat.state.plan.first is not None
    assert seat.state.plan.first.order == "kcl"


def test_a_line_that_is_not_there_cannot_be_chosen() -> None:
    seat = seated()
    seat.presenter.choose_line("care/0")

    seat.presenter.choose_line("nobody/0")

    assert (seat.state.chosen, seat.state.line) == ("", None)


def test_steps_stay_on_the_sheet() -> None:
    seat = seated()
    keys = [one.key for one in seat.state.lines]

    seat.presenter.step(1)
    assert seat.state.chosen == keys[0]
    seat.presenter.step(-1)
    assert seat.state.chosen == keys[0]
    seat.presenter.step(1)
    assert seat.state.chosen == keys[1]
    seat.presenter.step(99)
    assert seat.state.chosen == keys[-1]


def test_an_empty_sheet_has_nothing_to_choose_and_nothing_to_save() -> None:
    room = PrintRoom()
    room.chart.order_list = ()
    seat = seated(room)

    seat.presenter.step(1)
    seat.presenter.save()
    seat.presenter.confirm_save("归档", "a.pdf")

    assert seat.state.is_empty
    assert (seat.state.chosen, seat.screen.asked) == ("", 0)
    assert room.files == {}


def test_news_of_this_patient_are_read_and_those_of_others_are_not() -> None:
    seat = seated()
    seat.presenter.choose_line("care/0")
    seat.room.chart.order_list = seat.room.chart.order_list[:2]

    seat.desk.feed.publish(Changed(NEWS.kinds, frozenset({"zhang-wei"})))
    assert seat.state.chosen == "care/0"
    seat.desk.feed.publish(NEWS)

    assert {one.order for one in seat.state.lines} == {"kcl", "nacl"}
    assert seat.state.chosen == ""


def test_a_chosen_line_stays_chosen_while_it_is_there() -> None:
    seat = seated()
    seat.presenter.choose_line("care/0")

    seat.desk.feed.publish(NEWS)

    assert seat.state.chosen == "care/0"


def test_a_sheet_that_cannot_be_read_again_stays_and_is_not_saved() -> None:
    seat = seated()
    assert seat.state.may_print
    seat.room.chart.banner_now = None

    seat.desk.feed.publish(NEWS)

    assert seat.state.fault is not None
    assert seat.state.lines
    assert not seat.state.may_print


def test_what_was_shown_is_saved_for_the_reason_that_was_given() -> None:
    seat = seated()
    seat.presenter.choose_line("care/0")
    seat.presenter.choose_mode(Mode.FROM_LINE, 1)

    seat.presenter.save()
    seat.presenter.confirm_save("续打", "a.pdf")

    assert seat.screen.asked == 1
    assert [one.code for one in seat.screen.done] == ["export.done"]
    assert "氯化钾" not in seat.room.files[Path("a.pdf")].decode()
    assert seat.room.acts()[-1][2:] == ("续打", "long-term from-line 1")
    assert not seat.state.busy
    assert seat.state.waiting is not None


def test_a_line_that_went_while_the_file_was_named_prints_nothing() -> None:
    """Without it everything would be printed onto paper that is printed already."""
    seat = seated()
    seat.presenter.choose_line("care/0")
    seat.presenter.choose_mode(Mode.FROM_LINE, 1)
    seat.presenter.save()
    seat.room.chart.order_list = seat.room.chart.order_list[:2]
    seat.desk.feed.publish(NEWS)
    assert seat.state.wish == CONTINUE

    seat.presenter.confirm_save("续打", "a.pdf")

    assert seat.fault_codes == ["order_sheet.line-gone"]
    assert (seat.room.files, seat.room.acts()) == ({}, [])


def test_nothing_is_saved_that_was_not_asked_for() -> None:
    seat = seated()

    seat.presenter.confirm_save("续打", "a.pdf")
    seat.presenter.begin()
    seat.presenter.give_reason("卡纸")

    assert (seat.room.files, seat.screen.drawn, seat.screen.printers) == ({}, [], 0)


def test_while_a_file_is_written_no_other_one_is_asked_for() -> None:
    runner = PatientRunner()
    seat = seated(runner=runner)
    runner.go_on()
    seat.presenter.save()
    seat.presenter.confirm_save("归档", "a.pdf")

    seat.presenter.save()
    seat.presenter.print_out()

    assert (seat.screen.asked, seat.screen.printers, seat.state.busy) == (1, 0, True)
    runner.go_on()
    assert not seat.state.busy


def test_a_full_disk_is_said() -> None:
    seat = seated(PrintRoom(full=True))
    seat.presenter.save()

    seat.presenter.confirm_save("归档", "a.pdf")

    assert seat.fault_codes == ["order_sheet.not-written"]
    assert seat.screen.done == []
    assert seat.state.may_print


def test_a_closed_page_hears_no_news() -> None:
    seat = seated()
    seat.presenter.close()
    shown = len(seat.screen.states)

    seat.desk.feed.publish(NEWS)

    assert len(seat.screen.states) == shown


@pytest.mark.parametrize("chosen", ["", "care/0"])
def test_a_state_without_a_sheet_has_nothing_to_print(chosen: str) -> None:
    state = replace(seated().state, view=None, plan=None, chosen=chosen)

    assert (state.waiting, state.line, state.may_print) == (None, None, False)
