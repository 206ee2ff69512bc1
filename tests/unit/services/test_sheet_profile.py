"""The paper that ships: both sheets, and every place a line needs."""

from __future__ import annotations

import re

from app.domain.order_sheets import Column, Ink, SheetKind
from app.services.sheet_profile import sheet_profile
from resources.reading import manifest

NEVER_A_COLUMN = {Column.RULE}


def test_every_column_lies_on_the_sheet_that_needs_it() -> None:
    profile = sheet_profile()

    held = {kind: {one.column for one in profile.forms[kind].columns} for kind in SheetKind}
    assert held[SheetKind.LONG_TERM] | held[SheetKind.TEMPORARY] == set(Column) - NEVER_A_COLUMN
    assert Column.END_NURSE in held[SheetKind.LONG_TERM] - held[SheetKind.TEMPORARY]
    assert Column.DONE_BY in held[SheetKind.TEMPORARY] - held[SheetKind.LONG_TERM]


def test_columns_with_a_heading_do_not_overlap() -> None:
    for form in sheet_profile().forms.values():
        starts = [one.x for one in form.columns if one.heading]

        assert starts == sorted(set(starts))


def test_the_lines_end_above_the_edge_of_the_paper() -> None:
    profile = sheet_profile()

    assert profile.top + profile.lines * profile.row + 6 < profile.height


def test_it_says_its_version_its_colours_and_its_words() -> None:
    profile = sheet_profile()

    assert profile.id == f"order_sheets|{manifest('order_sheets')['version']}"
    assert all(re.fullmatch("#[0-9A-F]{6}", profile.colours[ink]) for ink in Ink)
    assert profile.words.reissued == "重整医嘱"
    assert profile.forms[SheetKind.TEMPORARY].title == "临时医嘱单"
