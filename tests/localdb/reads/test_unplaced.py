"""What is followed and has no page is counted on the chart, and listed for IT."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.fhir.document import Document
from localdb.opening import OpenCache
from localdb.projections.all import all_projectors
from localdb.projections.indexes import Indexes
from localdb.projections.unplaced import NO_PAGE
from localdb.reads.chart import SqlChartReads
from localdb.reads.oddities import SqlOddityReads
from resources.reading import path
from sync.scopes import read_types
from tests.support.builders import a_patient
from tests.support.cache_kit import NOW, PATIENT, a_cache, a_piece, incoming

_SUBJECT: Document = {"reference": f"Patient/{PATIENT}"}
_OURS: Document = {"coding": [{"system": "urn:wardone:basic", "code": "prn-ledger"}]}
_NAMING = {"Consent", "FamilyMemberHistory", "Immunization", "NutritionOrder", "DetectedIssue"}


def a(rtype: str, key: str) -> Document:
    whose = "patient" if rtype in _NAMING else "subject"
    return {"resourceType": rtype, "id": key, "status": "completed", whose: _SUBJECT}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenCache]:
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        opened.sync_store.apply(
            a_piece(
                incoming(a_patient()),
                incoming(a("Immunization", "one")),
                incoming(a("Immunization", "two")),
                incoming(a("CarePlan", "plan")),
                incoming(a("Basic", "theirs")),
                incoming({**a("Basic", "ours"), "code": _OURS}),
                incoming({"resourceType": "Basic", "id": "of-nobody", "code": {"text": "x"}}),
                incoming({**a("Immunization", "other"), "patient": {"reference": "Patient/other"}}),
            )
        )
        yield opened


def test_a_chart_counts_them_by_kind(opened: OpenCache) -> None:
    overview = SqlChartReads(opened.cache).overview(PATIENT, NOW - timedelta(days=7))
    assert overview is not None
    assert overview.unplaced == (("Immunization", 2), ("Basic", 1), ("CarePlan", 1))


def test_it_lists_each_with_its_reason(opened: OpenCache) -> None:
    found = SqlOddityReads(opened.cache).oddities()
    assert [(one.ref, one.reason, one.shown) for one in found] == [
        (ref, "unread.no-page", False)
        for ref in (
            "Basic/theirs",
            "CarePlan/plan",
            "Immunization/one",
            "Immunization/other",
            "Immunization/two",
        )
    ]


def test_nobody_signs_in_front_of_them_and_they_are_no_doubt_about_the_chart(
    opened: OpenCache,
) -> None:
    reads = SqlChartReads(opened.cache)
    assert reads.read_set(PATIENT) == ()
    assert reads.unreadable(PATIENT) == ()


def test_whatever_is_followed_has_a_page_or_is_counted() -> None:
    shown = {
        rtype for one in all_projectors() if not isinstance(one, Indexes) for rtype in one.rtypes
    }
    types = read_types(path("packs/scopes/types.tsv"))
    followed = {one.rtype for one in types if one.kind == "patient"}
    assert followed <= shown
    assert followed >= NO_PAGE
