"""How much a click has printed, and what becomes of it."""

from __future__ import annotations

from app.domain.order_sheets import SheetKind
from app.domain.sheet_plans import CONTINUE, Refusal
from app.domain.sheet_runs import Mode
from app.kernel.faults import FaultKind, app_error
from tests.support.desk_kit import PatientRunner
from tests.support.sheet_builders import a_line
from tests.support.sheets_kit import PATIENT
from tests.unit.ui.order_sheets.kit import NEWS, Seat, seated


def printed(seat: Seat) -> Seat:
    seat.presenter.print_out()
    seat.presenter.begin()
    return seat


def test_a_first_print_needs_a_printer_and_no_reason() -> None:
    seat = printed(seated())

    assert (seat.screen.whys, seat.screen.printers) == (0, 1)
    (made,) = seat.screen.drawn
    assert "一级护理" in repr(made.pages)
    assert seat.state.waiting == made.run
    assert not seat.state.may_print


def test_the_answer_makes_the_next_print_go_on_below() -> None:
    seat = printed(seated())

    seat.presenter.answer((1,))

    assert [one.code for one in seat.screen.done] == ["order_sheet.counted"]
    assert seat.state.waiting is None
    assert seat.state.plan is not None
    assert seat.state.plan.refusal is Refusal.NOTHING
    seat.presenter.print_out()
    assert seat.screen.printers == 1


def test_nothing_came_out_and_the_next_print_begins_where_this_one_would_have() -> None:
    seat = printed(seated())

    seat.presenter.answer(())

    assert [one.code for one in seat.screen.done] == ["order_sheet.not-counted"]
    assert seat.state.may_print
    printed(seat)
    assert seat.screen.drawn[0].pages == seat.screen.drawn[1].pages


def test_a_printer_that_takes_nothing_leaves_no_question() -> None:
    seat = seated()
    seat.screen.takes = False

    printed(seat)

    assert [one.code for one in seat.screen.done] == ["order_sheet.no-ink"]
    assert seat.state.waiting is None
    assert seat.state.may_print


def test_what_is_printed_once_more_is_asked_about_first() -> None:
    seat = printed(seated())
    seat.presenter.answer((1,))
    seat.presenter.choose_mode(Mode.WHOLE, 1)

    seat.presenter.print_out()
    assert (seat.screen.whys, seat.screen.printers) == (1, 1)
    seat.presenter.give_reason("卡纸")
    seat.presenter.begin()

    assert seat.screen.printers == 2
    assert seat.room.acts()[-1] == ("sheet.print", PATIENT, "卡纸", "long-term whole 1")
    assert seat.state.wish == CONTINUE


def test_a_sheet_that_changed_meanwhile_is_not_printed_and_is_shown_anew() -> None:
    seat = seated()
    seat.presenter.print_out()
    seat.room.chart.order_list += (a_line("late", 9),)

    seat.presenter.begin()

    assert seat.fault_codes == ["order_sheet.changed"]
    assert seat.screen.drawn == []
    assert "late" in {one.order for one in seat.state.lines}


def test_an_answer_that_could_not_be_kept_is_asked_for_again() -> None:
    seat = printed(seated())
    seat.room.prints.refusing = app_error(FaultKind.STORAGE, "storage.full", "full")

    seat.presenter.answer((1,))

    assert seat.fault_codes == ["storage.full"]
    assert seat.state.waiting is not None
    seat.presenter.answer((1,))
    assert seat.state.waiting is None


def test_without_a_question_there_is_nothing_to_answer() -> None:
    seat = seated()

    seat.presenter.answer((1,))

    assert seat.screen.done == []


# --- how much ---------------------------------------------------------------------------------


def test_from_the_chosen_line_follows_the_choice_and_ends_with_it() -> None:
    seat = seated()
    seat.presenter.choose_line("care/0")
    assert seat.state.wish == CONTINUE

    seat.presenter.choose_mode(Mode.FROM_LINE, 1)
    assert seat.state.wish.line == "care/0"
    seat.presenter.choose_line("aspirin/0")
    assert seat.state.wish.line == "aspirin/0"
    seat.presenter.choose_line("")

    assert seat.state.wish == CONTINUE


def test_without_a_choice_the_line_that_is_suggested_is_chosen() -> None:
    seat = printed(seated())
    seat.presenter.answer((1,))
    seat.presenter.choose_mode(Mode.FROM_LINE, 1)
    assert (seat.state.wish, seat.state.chosen) == (CONTINUE, "")
    seat.room.chart.order_list += (a_line("late", 0),)
    seat.desk.feed.publish(NEWS)

    seat.presenter.choose_mode(Mode.FROM_LINE, 1)

    assert (seat.state.wish.line, seat.state.chosen) == ("late/0", "late/0")


def test_from_a_line_of_a_sheet_that_is_not_read_means_going_on() -> None:
    seat = seated(runner=PatientRunner())

    seat.presenter.choose_mode(Mode.FROM_LINE, 1)

    assert seat.state.wish == CONTINUE


def test_this_page_is_the_one_on_the_screen() -> None:
    seat = seated()
    seat.presenter.choose_page(2)
    assert seat.state.wish == CONTINUE

    seat.presenter.choose_mode(Mode.PAGE, 1)
    seat.presenter.choose_page(1)
    assert seat.state.wish.page == 1
    seat.presenter.choose_page(2)

    assert seat.state.wish.page == 2
    seat.presenter.choose_mode(Mode.WHOLE, 2)
    assert (seat.state.wish.mode, seat.state.wish.page) == (Mode.WHOLE, 0)


def test_the_preview_stays_when_the_other_sheet_is_looked_at() -> None:
    seat = seated()
    seat.presenter.show_preview(preview=True)
    shown = len(seat.screen.states)
    seat.presenter.show_preview(preview=True)
    assert len(seat.screen.states) == shown

    seat.presenter.choose_sheet(SheetKind.TEMPORARY)

    assert seat.state.preview
