"""Where an order says how many doses its first day has."""

from __future__ import annotations

import pytest

from app.fhir.document import Document, Json
from app.fhir.first_days import read_first_day, write_first_day
from app.fhir.valuesets import FIRST_DAY
from tests.unit.fhir.kit import drug, service
from tests.unit.fhir.validity import problems

BID: Document = {"timing": {"code": {"text": "bid"}, "repeat": {"frequency": 2, "period": 1}}}


def counted(value: Json) -> Document:
    extension: Json = {"url": FIRST_DAY, "valueUnsignedInt": value}
    return drug(dosageInstruction=[{"timing": {"repeat": {"extension": [extension]}}}])


@pytest.mark.parametrize(("told", "read"), [(0, 0), (3, 3), (-1, None), ("3", None), (True, None)])
def test_only_a_count_is_read(told: Json, read: int | None) -> None:
    assert read_first_day(counted(told)) == read


def test_it_stands_on_the_timing_and_leaves_again_without_a_trace() -> None:
    document = drug(dosageInstruction=[BID], subject={"reference": "Patient/p"})
    before = dict(document)

    write_first_day(document, 2)

    assert read_first_day(document) == 2
    assert problems(document) == []
    write_first_day(document, None)
    assert document == before


@pytest.mark.parametrize(
    "document", [service(), drug(), drug(dosageInstruction=[BID, BID | {"sequence": 2}])]
)
def test_what_has_no_one_timing_has_no_first_day_and_is_left_alone(document: Document) -> None:
    before = dict(document)

    write_first_day(document, 2)

    assert document == before
    assert read_first_day(document) is None
