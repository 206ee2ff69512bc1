"""What stands in the lines of the order sheets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order_sheets import (
    Caution,
    Cell,
    Column,
    Hands,
    Ink,
    SheetKind,
    Signed,
    Unit,
    sheet_of,
    units,
)
from app.domain.orders import Ending, OrderKind, OrderLine
from app.domain.reissues import reissues
from app.domain.terms import OrderId, PractitionerId, Ref
from app.domain.text_breaking import wrapped
from app.domain.verbal_orders import Spoken
from tests.support.sheet_builders import MORNING, a_line, a_writer

NOON = MORNING + timedelta(hours=3)
SUN = Signed("孙莉", NOON)
HEARD = Spoken(PractitionerId("li"), "李明远")


def long_term(*lines: OrderLine, **hands: Hands) -> tuple[Unit, ...]:
    given = {OrderId(key): value for key, value in hands.items()}
    return units(SheetKind.LONG_TERM, lines, given, a_writer())


def temporary(line: OrderLine, by: Hands | None = None) -> Unit:
    order = replace(line.order, kind=OrderKind.TEMPORARY)
    hands = {order.id: by} if by is not None else {}
    (found,) = units(SheetKind.TEMPORARY, [replace(line, order=order)], hands, a_writer())
    return found


def cells(unit: Unit, line: int = 0) -> dict[Column, Cell]:
    return {cell.column: cell for cell in unit.lines[line].cells}


@pytest.mark.parametrize("kind", OrderKind)
def test_every_kind_has_its_sheet(kind: OrderKind) -> None:
    assert sheet_of(a_line("a", kind=kind).order) in SheetKind


def test_an_order_that_does_not_say_how_long_it_holds_stands_on_neither_sheet() -> None:
    line = a_line("a", kind=None)

    assert sheet_of(line.order) is None
    assert long_term(line) == ()


def test_an_order_says_when_who_and_what() -> None:
    (unit,) = long_term(a_line("a"), a=Hands(verified=SUN, second=Signed("李丽")))

    found = {column: cell.text for column, cell in cells(unit).items()}
    assert found == {
        Column.START_DATE: "2026-11-24",
        Column.START_TIME: "01:00",
        Column.PHYSICIAN: "王建国",
        Column.NURSE: "孙莉/李丽",
        Column.TEXT: "药品a  静滴 每日一次",
    }
    assert unit.lines[0].text(Column.BRACKET) == ""
    assert unit.lines[0].text(Column.TEXT) == "药品a  静滴 每日一次"


def test_a_group_has_brackets_and_says_the_route_once() -> None:
    lines = [a_line(key, group="g", place=n) for n, key in enumerate("cab")]

    (unit,) = long_term(*reversed(lines))

    texts = [line.text(Column.TEXT) for line in unit.lines]
    assert texts == ["药品c", "药品a", "药品b  静滴 每日一次"]
    assert [line.text(Column.BRACKET) for line in unit.lines] == ["┓", "┃", "┛"]
    assert [line.text(Column.PHYSICIAN) for line in unit.lines] == ["王建国", "", ""]


def test_a_stop_is_signed_in_its_own_columns() -> None:
    stopped = a_line("a", status="stopped", ending=Ending.STOPPED, stopped_at=NOON)

    (unit,) = long_term(stopped, a=Hands(verified=SUN, stop_taken=SUN, stopped_by="陈主任"))

    found = cells(unit)
    assert found[Column.END_DATE] == Cell(Column.END_DATE, "2026-11-24")
    assert found[Column.END_TIME].text == "04:00"
    assert found[Column.END_PHYSICIAN].text == "陈主任"
    assert found[Column.END_NURSE].text == "孙莉"
    assert Column.MARK not in found
    assert unit.lines[0].cautions == ()


def test_a_stop_that_no_nurse_has_taken_note_of_is_said() -> None:
    stopped = a_line("a", status="stopped", stopped_at=NOON)

    (unit,) = long_term(stopped, a=Hands(verified=SUN))

    assert unit.lines[0].cautions == (Caution.STOP_NOT_TAKEN,)


def test_what_goes_on_has_no_end_whatever_was_acknowledged_of_it_before() -> None:
    (unit,) = long_term(a_line("a"), a=Hands(stop_taken=SUN, stopped_by="陈主任"))

    assert cells(unit).keys().isdisjoint({Column.END_NURSE, Column.END_PHYSICIAN})


def test_what_ran_to_its_set_end_was_ended_by_who_set_it() -> None:
    (unit,) = long_term(a_line("a", status="completed", ends_at=NOON))

    assert cells(unit)[Column.END_TIME].text == "04:00"
    assert cells(unit)[Column.END_PHYSICIAN].text == "王建国"


@pytest.mark.parametrize(
    ("status", "ending", "word"),
    [
        ("cancelled", None, "取消"),
        ("revoked", Ending.CANCELLED, "取消"),
        ("entered-in-error", None, "作废"),
        ("stopped", Ending.LAPSED, "未用"),
        ("stopped", Ending.STOPPED, "停止"),
    ],
)
def test_what_was_taken_back_stays_readable_with_a_red_word_and_a_red_signature(
    status: str, ending: Ending | None, word: str
) -> None:
    line = a_line("a", status=status, ending=ending, stopped_at=NOON)

    found = cells(temporary(line, Hands(stopped_by="陈主任")))

    assert found[Column.TEXT] == Cell(Column.TEXT, "药品a  静滴 每日一次")
    assert found[Column.MARK] == Cell(Column.MARK, word, Ink.RED)
    assert found[Column.DONE_AT] == Cell(Column.DONE_AT, "11-24 04:00", Ink.RED)
    assert found[Column.DONE_BY] == Cell(Column.DONE_BY, "陈主任", Ink.RED)


def test_a_withdrawn_long_term_order_is_signed_in_red_even_without_a_time() -> None:
    (unit,) = long_term(a_line("a", status="entered-in-error"), a=Hands(stopped_by="陈主任"))

    found = cells(unit)
    assert found[Column.END_PHYSICIAN] == Cell(Column.END_PHYSICIAN, "陈主任", Ink.RED)
    assert Column.END_DATE not in found


def test_who_carried_it_out_and_when() -> None:
    found = cells(temporary(a_line("a"), Hands(executed=SUN)))

    assert found[Column.DONE_AT] == Cell(Column.DONE_AT, "11-24 04:00")
    assert found[Column.DONE_BY] == Cell(Column.DONE_BY, "孙莉")
    assert Column.DONE_BY not in cells(temporary(a_line("a")))


@pytest.mark.parametrize(("read", "shown"), [("-", "(-)"), ("+", "(+)")])
def test_what_the_skin_showed_is_red(read: str, shown: str) -> None:
    found = cells(temporary(a_line("a"), Hands(skin=read)))

    assert found[Column.SKIN] == Cell(Column.SKIN, shown, Ink.RED)


@pytest.mark.parametrize(
    ("line", "caution"),
    [
        (a_line("a", status="draft"), Caution.AWAITS_COUNTERSIGNATURE),
        (a_line("a", unsent="conflict"), Caution.CONFLICT),
        (a_line("a", unsent="rejected"), Caution.REJECTED),
        (a_line("a", prohibited=True), Caution.PROHIBITED),
        (a_line("a", guarded=True), Caution.NOT_UNDERSTOOD),
    ],
)
def test_what_is_not_settled_is_withheld(line: OrderLine, caution: Caution) -> None:
    (unit,) = long_term(line)

    assert unit.withheld
    assert caution in unit.lines[0].cautions


@pytest.mark.parametrize(
    ("line", "caution"),
    [
        (a_line("a"), Caution.NOT_VERIFIED),
        (a_line("a", unsent="saved"), Caution.UNSENT),
        (a_line("a", status="on-hold"), Caution.HELD),
        (a_line("a", spoken=HEARD), Caution.BY_WORD),
    ],
)
def test_what_is_only_said_on_the_screen_is_not_withheld(line: OrderLine, caution: Caution) -> None:
    (unit,) = long_term(line)

    assert not unit.withheld
    assert caution in unit.lines[0].cautions


@pytest.mark.parametrize(
    "line",
    [
        a_line("a", spoken=replace(HEARD, confirmed_at=MORNING)),
        a_line("a", spoken=HEARD, status="entered-in-error"),
        a_line("a"),
    ],
)
def test_what_was_confirmed_or_struck_waits_for_no_word(line: OrderLine) -> None:
    (unit,) = long_term(line)

    assert Caution.BY_WORD not in unit.lines[0].cautions


def test_orders_stand_by_their_beginning_and_those_without_one_last() -> None:
    found = long_term(
        a_line("never", authored_at=None), a_line("late", 9), a_line("set", 20, starts_at=MORNING)
    )

    assert [unit.lines[0].order for unit in found] == ["set", "late", "never"]
    assert Column.START_DATE not in cells(found[-1])


def written_anew(*, survivor: bool = False, replacing: bool = True) -> list[OrderLine]:
    old = [
        a_line(key, status="stopped", ending=Ending.REPLACED, stopped_at=NOON) for key in ("a", "b")
    ]
    new = a_line("c", 180, replaces=Ref("MedicationRequest/a") if replacing else None)
    going = [a_line("d")] if survivor else [a_line("d", status="entered-in-error")]
    return [*old, new, *going, a_line("e", prohibited=True), a_line("f", status="draft")]


def test_a_re_issue_stands_under_a_red_line_before_what_begins_with_it() -> None:
    found = long_term(*written_anew())

    place = next(n for n, unit in enumerate(found) if unit.lines[0].order is None)
    line = found[place].lines[0]
    assert line.text(Column.TEXT) == "重整医嘱"
    assert {cell.ink for cell in line.cells} == {Ink.RED}
    assert line.text(Column.RULE)
    assert [unit.lines[0].order for unit in found[place + 1 :]] == ["c"]


def test_a_single_revision_is_no_re_issue() -> None:
    for lines in (written_anew(survivor=True), written_anew(replacing=False), written_anew()[1:]):
        assert reissues([line.order for line in lines]) == ()


@given(st.text(alphabet="药静滴ab1 .\N{NO-BREAK SPACE}", max_size=60), st.integers(1, 12))
def test_breaking_a_text_loses_nothing_and_keeps_to_the_width(text: str, width: int) -> None:
    found = wrapped(text, width, len)

    assert "".join(found) == text
    assert all(len(line.rstrip(" ")) <= width for line in found)


def test_a_number_is_not_parted_from_its_unit() -> None:
    assert wrapped("头孢曲松 2\N{NO-BREAK SPACE}g", 6, len) == ("头孢曲松 ", "2\N{NO-BREAK SPACE}g")
