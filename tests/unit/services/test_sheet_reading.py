"""What stands on the order sheets of a chart: orders, and the hands that signed for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.order_sheets import Caution, Column, SheetKind
from app.domain.order_verification import Acknowledgement
from app.domain.sheet_layout import Placed
from app.domain.skin_tests import Reaction, SkinResult
from app.domain.terms import EncounterId, PractitionerId, Ref, Term
from app.domain.verbal_orders import Spoken
from app.services.order_printing import SheetView
from tests.support.sheet_builders import MORNING, a_line
from tests.support.sheets_kit import PATIENT, PrintRoom, changed, given, said

LONG, SHORT = SheetKind.LONG_TERM, SheetKind.TEMPORARY


def view(room: PrintRoom, which: SheetKind = LONG) -> SheetView:
    return room.printing.sheet(room.session(), PATIENT, which)


def texts(room: PrintRoom, which: SheetKind = LONG) -> dict[str | None, str]:
    found: dict[str | None, str] = {}
    for one in view(room, which).sheet.lines:
        found[one.order] = found.get(one.order, "") + one.text(Column.TEXT)
    return found


def line(room: PrintRoom, key: str, which: SheetKind = LONG) -> Placed:
    return next(one for one in view(room, which).sheet.lines if one.key == f"{key}/0")


def skin(reaction: Reaction, *orders: str) -> SkinResult:
    ref = Ref(f"Observation/{reaction.value}")
    return SkinResult(ref, PATIENT, Term("青霉素"), reaction, None, orders)


# --- what stands on a sheet -------------------------------------------------------------------


def test_each_order_stands_on_its_own_sheet_in_the_order_of_its_beginning() -> None:
    room = PrintRoom()

    assert list(texts(room)) == ["kcl", "nacl", "care", "aspirin"]
    assert list(texts(room, SHORT)) == ["cef", "stat", "off"]


def test_a_group_says_its_route_and_frequency_once_and_its_amounts_each() -> None:
    room = PrintRoom()

    said_of = texts(room)

    assert said_of["kcl"] == "氯化钾注射液  0.5\N{NO-BREAK SPACE}g"
    assert "250\N{NO-BREAK SPACE}mL  40\N{NO-BREAK SPACE}滴/分钟" in said_of["nacl"]
    assert said_of["nacl"].endswith(("静脉滴注 每日一次", "静滴 每日一次"))


def test_what_waits_for_a_countersignature_is_shown_and_not_on_the_paper() -> None:
    found = view(PrintRoom())

    assert {one.order for one in found.sheet.withheld} == {"wait"}
    assert Caution.AWAITS_COUNTERSIGNATURE in found.sheet.withheld[0].cautions
    assert "呋塞米" not in repr(found.pages)


def test_the_sheet_says_whose_it_is() -> None:
    said_above = repr(view(PrintRoom()).pages[0])

    for whose in ("李明", "Z2026001", "0012345", "1961-04-02", "心内科", "12"):
        assert whose in said_above


def test_orders_of_other_stays_and_those_without_a_place_are_counted_not_shown() -> None:
    room = PrintRoom()
    old = a_line("old", 1, encounter=EncounterId("stay-0"))
    room.chart.order_list += (old, a_line("free", 2, encounter=None), a_line("odd", 3, kind=None))

    found = view(room)

    assert (found.of_other_stays, found.apart) == (1, 2)
    assert {"old", "free", "odd"}.isdisjoint({one.order for one in found.sheet.lines})


def test_without_a_stay_nothing_is_put_on_a_sheet() -> None:
    room = PrintRoom()
    assert room.chart.banner_now is not None
    room.chart.banner_now = replace(room.chart.banner_now, stay=None)

    session = room.session()
    anywhere = replace(session, clinician=replace(session.clinician, wards=()))
    found = room.printing.sheet(anywhere, PATIENT, LONG)

    assert (found.sheet.lines, found.of_other_stays) == ((), 8)


def test_signs_that_the_font_lacks_are_named() -> None:
    room = PrintRoom()
    assert view(room).lacking == ""
    room.chart.order_list += (a_line("rare", 9, item=Term("㐂")),)

    assert view(room).lacking == "㐂"


def test_who_gave_and_who_wrote_down_a_verbal_order_is_told_until_it_is_confirmed() -> None:
    room = PrintRoom()
    told = Spoken(PractitionerId("li"), "李红", written_by_name="赵敏")
    room.chart.order_list += (
        a_line("open", 9, spoken=told),
        a_line("done", 9, spoken=replace(told, confirmed_at=MORNING)),
    )

    assert view(room).heard == {"open": told}
    assert view(room, SHORT).heard == {}


# --- hands ------------------------------------------------------------------------------------


def test_nurses_stand_where_they_signed() -> None:
    room = PrintRoom()
    room.nurses.know(
        said("aspirin", Acknowledgement.VERIFY, 5, second_name="钱丽"),
        said("aspirin", Acknowledgement.STOP, 305, by="旧"),
        said("aspirin", Acknowledgement.STOP, 310, by="周敏"),
        said("aspirin", Acknowledgement.STOP, 0, by="无时", at=None),
        said("elsewhere", Acknowledgement.VERIFY, 5, by="别人"),
    )

    found = line(room, "aspirin")

    assert found.text(Column.NURSE) == "孙莉/钱丽"
    assert found.text(Column.END_NURSE) == "周敏"
    assert Caution.NOT_VERIFIED in line(room, "care").cautions


def test_who_stopped_it_is_named_by_the_order_or_by_the_record() -> None:
    room = PrintRoom()

    assert line(room, "aspirin").text(Column.END_PHYSICIAN) == "李红"
    assert line(room, "off", SHORT).text(Column.DONE_BY) == "王建国"
    room.chart.order_list = tuple(
        changed(one, stopped_by=None) if one.order.id == "aspirin" else one
        for one in room.chart.order_list
    )
    assert line(room, "aspirin").text(Column.END_PHYSICIAN) == ""


def test_the_first_dose_carries_out_an_order_of_the_temporary_sheet() -> None:
    room = PrintRoom()
    room.doses = {"stat": (given("stat", 20), given("stat", 40)), "care": (given("care", 1),)}

    assert line(room, "stat", SHORT).text(Column.DONE_BY) == "赵芳"
    assert line(room, "stat", SHORT).text(Column.DONE_AT) == "11-24 09:20"
    assert line(room, "cef", SHORT).text(Column.DONE_BY) == ""


@pytest.mark.parametrize(
    ("results", "written"),
    [
        ((), ""),
        ((skin(Reaction.NEGATIVE, "MedicationRequest/cef"),), "(-)"),
        (
            (
                skin(Reaction.POSITIVE, "MedicationRequest/cef"),
                skin(Reaction.NEGATIVE, "MedicationRequest/cef"),
            ),
            "(+)",
        ),
        ((skin(Reaction.POSITIVE, "MedicationRequest/other"),), ""),
    ],
)
def test_the_skin_test_of_this_order_is_written_beside_it(
    results: tuple[SkinResult, ...], written: str
) -> None:
    room = PrintRoom()
    room.nurses.know(skin=results)

    assert line(room, "cef", SHORT).text(Column.SKIN) == written


def test_a_patient_whose_verifications_are_not_here_is_said_to_be_so() -> None:
    room = PrintRoom()
    assert view(room).verifications_known
    room.nurses.recorded = None

    assert not view(room).verifications_known
    assert line(room, "care").text(Column.NURSE) == ""


def test_a_chart_that_never_came_whole_is_said_to_be_so() -> None:
    room = PrintRoom()
    assert view(room).whole
    assert room.chart.banner_now is not None
    room.chart.banner_now = replace(room.chart.banner_now, as_of=None)

    assert not view(room).whole


def test_a_stop_by_somebody_unknown_leaves_the_field_free() -> None:
    room = PrintRoom()
    room.chart.order_list = tuple(
        changed(one, stopped_by=PractitionerId("who")) for one in room.chart.order_list
    )

    assert line(room, "aspirin").text(Column.END_PHYSICIAN) == ""
    assert line(room, "aspirin").text(Column.END_DATE) == "2026-11-24"
