"""The order sheets of a chart: what stands on them, and how they come to paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.order_sheets import SheetKind
from app.domain.order_verification import Acknowledgement
from app.domain.people import Role
from app.domain.sheet_plans import CONTINUE, Refusal, Wish
from app.domain.sheet_runs import Mode
from app.domain.terms import PatientId, Term, WardId
from app.kernel.faults import AppError, FaultKind, app_error
from app.services.order_printing import Asked, SheetView
from tests.support.sheet_builders import a_line
from tests.support.sheets_kit import PATIENT, STAY, PrintRoom, said

LONG, SHORT = SheetKind.LONG_TERM, SheetKind.TEMPORARY
FILE = Path("sheet.pdf")
WHOLE = Wish(Mode.WHOLE)


def from_line(key: str) -> Wish:
    return Wish(Mode.FROM_LINE, line=key)


def view(room: PrintRoom, which: SheetKind = LONG) -> SheetView:
    return room.printing.sheet(room.session(), PATIENT, which)


def drawn(room: PrintRoom, wish: Wish = CONTINUE, which: SheetKind = LONG, reason: str = "") -> str:
    """Every word that a run hands to the printer."""
    asked = room.asked(wish, which, reason)
    made = room.printing.begin(room.session(), PATIENT, asked)
    room.printing.settle(room.session(), PATIENT, made.run.id, made.run.printed)
    return repr(made.pages)


# --- paper ------------------------------------------------------------------------------------


def refusal(do: Callable[[], object]) -> str:
    with pytest.raises(AppError) as refused:
        do()
    return refused.value.fault.message.code


def test_everything_is_printed_and_the_audit_says_so() -> None:
    room = PrintRoom()

    made = drawn(room)

    assert "一级护理" in made
    assert "长期医嘱单" in made
    assert "李明" in made
    assert room.acts() == [
        ("sheet.print", PATIENT, "", "long-term continue 1"),
        ("sheet.on-paper", PATIENT, "", "long-term continue 1"),
    ]


def test_a_run_that_came_out_becomes_part_of_the_record_without_the_name_of_the_patient() -> None:
    room = PrintRoom()

    run = room.print_out()

    (act,) = room.prints.acts
    assert (act.kind, act.patient, act.kinds) == ("sheet.print", PATIENT, {"sheet"})
    (kept,) = room.prints.printed(PATIENT, STAY).runs
    assert (kept, kept.station, kept.by_name) == (run, "ws-1", "王建国")
    assert "李明" not in repr(act.changes)


def test_a_run_is_dated_as_exactly_as_a_server_keeps_it() -> None:
    room = PrintRoom()
    room.clock.at = room.clock.at.replace(microsecond=123456)

    assert room.print_out().at == room.clock.at.replace(microsecond=123000)


def test_going_on_prints_what_the_paper_lacks_and_no_frame() -> None:
    room = PrintRoom()
    room.print_out()
    room.chart.order_list += (a_line("late", 0, item=Term("迟到的医嘱")),)
    room.nurses.know(said("care", Acknowledgement.VERIFY, 5))

    made = drawn(room)

    assert "迟到的医嘱" in made
    assert "孙莉" in made
    assert "一级护理" not in made
    assert "长期医嘱单" not in made


def test_from_a_line_on_only_what_stands_there_is_printed() -> None:
    room = PrintRoom()

    made = drawn(room, from_line("care/0"))

    assert "一级护理" in made
    assert "氯化钾" not in made
    assert "长期医嘱单" not in made
    assert room.acts()[0][3] == "long-term from-line 1"


def test_a_group_is_printed_whole_whichever_of_its_lines_was_chosen() -> None:
    assert "氯化钾" in drawn(PrintRoom(), from_line("nacl/0"))


def test_a_line_that_is_gone_prints_nothing_and_leaves_no_trace() -> None:
    room = PrintRoom()

    assert refusal(lambda: drawn(room, from_line("gone/0"))) == "order_sheet.line-gone"
    assert (room.acts(), room.prints.waiting) == ([], {})


def test_an_empty_sheet_is_not_printed() -> None:
    room = PrintRoom()
    room.chart.order_list = ()

    assert refusal(lambda: drawn(room)) == "order_sheet.nothing"
    assert room.acts() == []


def test_without_a_stay_there_is_nothing_to_print() -> None:
    room = PrintRoom()
    assert room.chart.banner_now is not None
    room.chart.banner_now = replace(room.chart.banner_now, stay=None)
    session = replace(room.session(), clinician=replace(room.session().clinician, wards=()))
    asked = Asked(LONG, CONTINUE, "")

    assert refusal(lambda: room.printing.begin(session, PATIENT, asked)) == "order_sheet.nothing"


def test_what_has_changed_since_it_was_shown_is_not_printed() -> None:
    room = PrintRoom()
    asked = room.asked()
    room.chart.order_list += (a_line("late", 9),)

    assert (
        refusal(lambda: room.printing.begin(room.session(), PATIENT, asked))
        == "order_sheet.changed"
    )
    assert (room.acts(), room.prints.waiting) == ([], {})
    assert "药品late" in drawn(room)


def test_what_is_on_paper_is_printed_once_more_for_a_reason_only() -> None:
    room = PrintRoom()
    room.print_out()

    assert refusal(lambda: drawn(room, WHOLE)) == "order_sheet.reason-missing"
    assert "一级护理" in drawn(room, WHOLE, reason=" 卡纸 ")
    assert room.acts()[-2:] == [
        ("sheet.print", PATIENT, "卡纸", "long-term whole 1"),
        ("sheet.on-paper", PATIENT, "卡纸", "long-term whole 1"),
    ]
    assert room.prints.acts[-1].reason == "卡纸"


def test_a_run_that_nobody_answered_for_counts_as_nothing_and_holds_up_the_next() -> None:
    room = PrintRoom()
    run = room.printing.begin(room.session(), PATIENT, room.asked()).run

    assert (view(room).which, view(room, SHORT).which) == (LONG, SHORT)
    assert view(room).profile == room.profile
    assert view(room).waiting == run
    assert view(room, SHORT).waiting is None
    assert view(room).stock.plan(CONTINUE).refusal is None
    assert refusal(lambda: drawn(room)) == "order_sheet.unanswered"
    assert "地西泮" in drawn(room, which=SHORT)


def test_the_answer_survives_the_workstation() -> None:
    room = PrintRoom()
    run = room.printing.begin(room.session(), PATIENT, room.asked()).run
    later = PrintRoom(chart=room.chart, prints=room.prints)

    later.printing.settle(later.session(), PATIENT, run.id, run.printed)

    assert later.view().waiting is None
    assert later.view().stock.plan(CONTINUE).refusal is Refusal.NOTHING


def test_nothing_came_out_leaves_the_sheet_as_it_was() -> None:
    room = PrintRoom()

    room.print_out(pages=())

    assert room.prints.acts == []
    assert [one[0] for one in room.acts()] == ["sheet.print", "sheet.print-refused"]
    assert "一级护理" in drawn(room)


def test_a_run_is_answered_for_once() -> None:
    room = PrintRoom()
    run = room.print_out()

    def again() -> None:
        room.printing.settle(room.session(), PATIENT, run.id, run.printed)

    assert refusal(again) == "order_sheet.answered"


def test_an_answer_that_could_not_be_kept_is_asked_for_again() -> None:
    room = PrintRoom()
    run = room.printing.begin(room.session(), PATIENT, room.asked()).run
    room.prints.refusing = app_error(FaultKind.STORAGE, "storage.full", "full")

    def answer() -> None:
        room.printing.settle(room.session(), PATIENT, run.id, run.printed)

    assert refusal(answer) == "storage.full"
    assert view(room).waiting == run
    answer()
    assert view(room).waiting is None


def test_while_the_paper_is_not_known_well_enough_nothing_is_added_to_it() -> None:
    room = PrintRoom()
    room.print_out()
    room.prints.unreadable = True
    room.chart.order_list += (a_line("late", 9),)

    assert refusal(lambda: drawn(room)) == "order_sheet.troubled"
    room.prints.unreadable = False
    assert "药品late" in drawn(room)


def test_what_another_workstation_printed_is_not_printed_again() -> None:
    room = PrintRoom()
    room.print_out()
    other = PrintRoom(chart=room.chart, prints=room.prints, station="ws-2")

    paper = other.view().stock.paper

    assert other.view().stock.plan(CONTINUE).refusal is Refusal.NOTHING
    assert paper.last is not None
    assert (paper.last.station, other.view().station) == ("ws-1", "ws-2")


def test_a_sheet_is_saved_for_a_reason_and_waits_for_its_answer() -> None:
    room = PrintRoom()

    run = room.printing.save(room.session(), PATIENT, room.asked(CONTINUE, SHORT, " 归档 "), FILE)

    assert "地西泮" in room.files[FILE].decode()
    assert room.acts() == [("sheet.print", PATIENT, "归档", "temporary continue 1")]
    assert view(room, SHORT).waiting == run


def test_without_a_reason_nothing_is_saved() -> None:
    room = PrintRoom()
    asked = room.asked(reason="  ")

    assert (
        refusal(lambda: room.printing.save(room.session(), PATIENT, asked, FILE))
        == "order_sheet.reason-missing"
    )
    assert (room.files, room.acts(), room.prints.waiting) == ({}, [], {})


def test_a_file_that_cannot_be_written_is_said_and_on_the_audit() -> None:
    room = PrintRoom(full=True)

    with pytest.raises(AppError) as refused:
        room.printing.save(room.session(), PATIENT, room.asked(reason="归档"), FILE)

    assert refused.value.fault.kind is FaultKind.STORAGE
    assert [one[0] for one in room.acts()] == ["sheet.print", "sheet.print-refused"]
    assert view(room).waiting is None


def test_a_sign_the_font_lacks_is_drawn_as_missing_on_whatever_printer() -> None:
    room = PrintRoom()
    room.chart.order_list += (a_line("rare", 9, item=Term("㐂")),)

    made = drawn(room)

    assert "〓" in made
    assert "㐂" not in made


# --- whose chart ------------------------------------------------------------------------------


def test_a_chart_of_another_ward_is_neither_shown_nor_printed() -> None:
    room = PrintRoom()
    far = room.session(Role.NURSE, WardId("ward-9"))
    near = room.session(Role.NURSE)

    assert room.printing.sheet(near, PATIENT, LONG).sheet.lines
    asked = room.asked()
    for ask in (
        lambda: room.printing.sheet(far, PATIENT, LONG),
        lambda: room.printing.begin(far, PATIENT, asked),
    ):
        with pytest.raises(AppError) as refused:
            ask()
        assert refused.value.fault.kind is FaultKind.REFUSED
    assert room.acts() == []


def test_nobody_prints_a_patient_who_is_not_here() -> None:
    room = PrintRoom()

    with pytest.raises(AppError):
        room.printing.sheet(room.session(), PatientId("nobody"), LONG)
