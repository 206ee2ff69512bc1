"""A run over an order sheet, as a document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order_sheets import Cell, Column, Ink, SheetKind
from app.domain.sheet_layout import LeafId
from app.domain.sheet_runs import InkedLine, Mode, RunPage
from app.fhir.document import Document, Json, parse, to_bytes
from app.fhir.elements import dicts_at, extension
from app.fhir.sheet_prints import is_run, read_run, run_ref, write_run
from app.fhir.subject import patient_of
from app.fhir.valuesets import SHEET_PRINT
from app.kernel.faults import AppError
from tests.support.sheet_builders import A_RUN as RUN

WORD = st.text("药品静滴 abc┓(-)", min_size=1, max_size=6).filter(lambda text: not text.isspace())
CELL = st.builds(Cell, st.sampled_from(Column), WORD, st.sampled_from(Ink))
LINE = st.builds(
    InkedLine,
    st.integers(0, 30),
    WORD,
    st.sampled_from(["", "2026-11-24"]),
    st.lists(CELL, max_size=3).map(tuple),
    st.booleans(),
)
PAGE = st.builds(
    RunPage,
    st.integers(1, 9),
    WORD.map(LeafId),
    st.lists(LINE, max_size=3).map(tuple),
    st.booleans(),
)


@given(
    st.lists(PAGE, max_size=3).map(tuple),
    st.lists(WORD.map(LeafId), max_size=2).map(tuple),
    st.sampled_from(Mode),
    st.sampled_from(SheetKind),
    st.sampled_from(["", "ws-1"]),
)
def test_a_run_reads_as_it_was_written(
    pages: tuple[RunPage, ...],
    replaces: tuple[LeafId, ...],
    mode: Mode,
    sheet: SheetKind,
    station: str,
) -> None:
    run = replace(RUN, pages=pages, replaces=replaces, mode=mode, sheet=sheet, station=station)
    run = replace(run, reason=station)

    assert read_run(parse(to_bytes(write_run(run)))) == run


def test_it_is_a_basic_about_the_patient_under_the_id_of_the_run() -> None:
    document = write_run(RUN)

    assert run_ref(RUN.id) == "Basic/run-1"
    assert is_run(document)
    assert patient_of(document) == "li-ming"
    assert not is_run(document | {"resourceType": "Observation"})
    assert not is_run(document | {"code": {"coding": [{"code": "order-sheet-print"}]}})


def said(document: Document) -> list[Json]:
    found = extension(document, SHEET_PRINT)["extension"]
    assert isinstance(found, list)
    return found


def without(url: str) -> Callable[[Document], None]:
    def spoil(document: Document) -> None:
        said(document)[:] = [
            one for one in dicts_at({"e": said(document)}, "e") if one["url"] != url
        ]

    return spoil


def head(key: str) -> Callable[[Document], None]:
    def spoil(document: Document) -> None:
        del document[key]

    return spoil


def within(*path: str, url: str, key: str, value: Json) -> Callable[[Document], None]:
    """Give the extension `url` below `path` another value, or none."""

    def spoil(document: Document) -> None:
        at = extension(document, SHEET_PRINT)
        for step in path:
            at = extension(at, step)
        one = extension(at, url)
        one.pop(key)
        if value is not None:
            one[key] = value

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        without("at"),
        without("encounter"),
        without("form"),
        without("sheet"),
        head("author"),
        head("subject"),
        head("code"),
        within(url="mode", key="valueCode", value="sideways"),
        within("page", url="number", key="valuePositiveInt", value=None),
        within("page", url="number", key="valuePositiveInt", value=0),
        within("page", url="leaf", key="valueString", value=None),
        within("page", url="came-out", key="valueBoolean", value="yes"),
        within("page", "line", url="row", key="valueUnsignedInt", value=-1),
        within("page", "line", url="row", key="valueUnsignedInt", value=None),
        within("page", "line", url="key", key="valueString", value=None),
        within("page", "line", url="taken", key="valueBoolean", value=None),
        within("page", "line", "cell", url="text", key="valueString", value=None),
        within("page", "line", "cell", url="ink", key="valueCode", value="green"),
        within("page", "line", "cell", url="column", key="valueCode", value="margin"),
    ],
)
def test_half_a_run_is_no_run(spoil: Callable[[Document], None]) -> None:
    document = write_run(RUN)
    assert read_run(document) == RUN

    spoil(document)

    with pytest.raises(AppError):
        read_run(document)
