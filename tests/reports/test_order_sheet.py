"""The PDF of an order sheet, read back: its words, and where they stand."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from pypdf import PdfReader

from app.domain.order_sheets import Hands, Ink, SheetKind
from app.domain.orders import Ending, OrderLine
from app.domain.sheet_layout import PrintPage
from app.domain.sheet_plans import CONTINUE
from app.domain.sheet_scene import POINT, Scene, Writing, baseline, scene
from app.reports import fonts
from app.reports.order_sheet import PdfPress
from app.services.sheet_profile import sheet_profile
from tests.support.paper_kit import a_run, a_stock, of
from tests.support.sheet_builders import MORNING, a_line

PROFILE = sheet_profile()
PRESS = PdfPress()
LACKED = (
    "☉ɑǹɡ〾⿰⿱⿲⿳⿴⿵⿶⿷⿸⿹⿺⿻⺁⺄㑳㑇⺈⺋㖞㘚㘎⺌⺗㥮㤘㧏㧟㩳㧐㭎㱮㳠⺧⺪䁖䅟⺮䌷⺳⺶⺷䎱䎬⺻䏝䓖䙡䙌䜣䜩䝼䞍⻊"
    "䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮"
)


def everything(*lines: OrderLine) -> tuple[PrintPage, ...]:
    return a_stock(of(*lines), profile=PROFILE).plan(CONTINUE).printed


def printed(pages: Sequence[PrintPage]) -> PdfReader:
    scenes = [scene(page, PROFILE, SheetKind.LONG_TERM, "李明  12 床") for page in pages]
    return PdfReader(io.BytesIO(PRESS.pdf(scenes, PROFILE.colours)))


def words(reader: PdfReader, page: int = 0) -> dict[str, tuple[float, float]]:
    """Each piece of text and where it begins, in millimetres from the upper left corner."""
    found: dict[str, tuple[float, float]] = {}

    def visit(text: str, _cm: object, tm: list[float], *_: object) -> None:
        if text.strip():
            found.setdefault(text.strip(), (tm[4] * POINT, PROFILE.height - tm[5] * POINT))

    reader.pages[page].extract_text(visitor_text=visit)
    return found


def test_the_sheet_says_in_chinese_what_it_is_whose_and_what_was_ordered() -> None:
    found = words(printed(everything(a_line("a"))))

    assert {"长期医嘱单", "医嘱内容", "停止日期", "第 1 页", "王建国"} <= found.keys()
    assert any("李明" in text for text in found)
    assert any("药品a" in text for text in found)


def test_a_line_stands_at_the_same_height_in_a_full_and_a_continued_print() -> None:
    lines = [a_line(f"{n:02}", n) for n in range(4)]
    first = a_stock(of(*lines[:2]), profile=PROFILE)
    again = a_stock(of(*lines), [a_run(first, "r1", 5)], PROFILE)

    full = words(printed(a_stock(of(*lines), profile=PROFILE).plan(CONTINUE).printed))
    going_on = words(printed(again.plan(CONTINUE).printed))

    text = next(text for text in going_on if "药品03" in text)
    assert going_on[text] == pytest.approx(full[text])
    assert going_on[text][1] == pytest.approx(baseline(PROFILE, 3), abs=0.01)
    assert not any("药品00" in text or text == "长期医嘱单" for text in going_on)


def test_a_later_stop_is_printed_alone_into_its_line() -> None:
    lines = [a_line(f"{n:02}", n) for n in range(2)]
    first = a_run(a_stock(of(*lines), profile=PROFILE), "r1", 5)
    order = replace(
        lines[1].order,
        status="stopped",
        ending=Ending.STOPPED,
        stopped_at=MORNING + timedelta(hours=1),
    )
    now = of(lines[0], OrderLine(order), **{"01": Hands(stopped_by="陈主任")})

    found = words(printed(a_stock(now, [first], PROFILE).plan(CONTINUE).printed))

    assert found.keys() == {"2026-11-24", "02:00", "陈主任"}
    for _, y in found.values():
        assert y == pytest.approx(baseline(PROFILE, 1), abs=0.01)


def test_what_was_cancelled_is_red_on_the_paper() -> None:
    cancelled = a_line("a", status="cancelled", stopped_at=MORNING)
    reader = printed(everything(cancelled))

    content = reader.pages[0].get_contents()

    assert content is not None
    assert b".752941 0 0 rg" in content.get_data()
    assert "取消" in words(reader)


def test_the_font_is_embedded_as_a_subset_and_the_pdf_names_nobody() -> None:
    reader = printed(everything(a_line("a")))

    used = reader.pages[0]["/Resources"]["/Font"]
    files = [font.get_object().get("/FontDescriptor") for font in used.values()]
    assert any(one is not None and "/FontFile2" in one.get_object() for one in files)
    assert "李明" not in str(reader.metadata)


def test_the_same_pages_make_the_same_bytes() -> None:
    page = Scene(1, 210, 297, (Writing(10, 10, "医嘱", 9),))

    assert PRESS.pdf([page], PROFILE.colours) == PRESS.pdf([page], PROFILE.colours)


def two_byte_signs() -> str:
    """Every sign of two bytes in GB18030 outside of the private areas."""
    trails = [*range(0x40, 0x7F), *range(0x80, 0xFF)]
    signs = (
        bytes((lead, trail)).decode("gb18030", "ignore")
        for lead in range(0x81, 0xFF)
        for trail in trails
    )
    return "".join(s for s in signs if len(s) == 1 and not 0xE000 <= ord(s) <= 0xF8FF)


def test_the_font_has_the_two_byte_signs_of_gb18030_but_for_those_named_here() -> None:
    signs = two_byte_signs()

    assert len(signs) == 21872
    assert set(PRESS.lacking(signs)) == set(LACKED)
    assert PRESS.lacking("".join(s for s in signs if s not in LACKED)) == ""


def test_a_sign_the_font_lacks_is_said_and_drawn_as_missing() -> None:
    page = Scene(1, 210, 297, (Writing(10, 10, "张䶮䶮", 9),))

    found = words(PdfReader(io.BytesIO(PRESS.pdf([page], PROFILE.colours))))

    assert PRESS.lacking("张䶮䶮") == "䶮"
    assert found.keys() == {f"张{fonts.MISSING}{fonts.MISSING}"}


@pytest.mark.parametrize("kind", SheetKind)
def test_the_columns_hold_what_stands_in_them(kind: SheetKind) -> None:
    form = PROFILE.forms[kind]
    longest = {
        "start-date": "2026-12-28",
        "start-time": "23:59",
        "end-date": "2026-12-28",
        "end-time": "23:59",
        "done-at": "12-28 23:59",
        "physician": "欧阳建国",
        "end-physician": "王建国",
        "end-nurse": "王建国",
        "mark": "取消",
        "skin": "(+)",
        "bracket": "┓",
    }
    for one in form.columns:
        assert one.x >= 0
        assert one.x + one.width <= PROFILE.width
        said = longest.get(one.column.value, one.heading)
        assert PRESS.width(said, PROFILE.size) <= one.width, one.column
    assert set(PROFILE.colours) == set(Ink)
