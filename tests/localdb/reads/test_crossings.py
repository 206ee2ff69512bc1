"""Doses that a stop has crossed, out of the projections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from app.domain.terms import PractitionerId
from app.fhir.orders import write_stop
from localdb.reads.crossings import SqlCrossingReads
from tests.localdb.projections.kit import Shelf
from tests.support import order_builders as o

STOPPED = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
AFTER, BEFORE = "2026-03-02T08:30:00+08:00", "2026-03-02T07:30:00+08:00"


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    li = PractitionerId("dr-li")
    stopped = write_stop(o.a_medication_request("gone"), at=STOPPED, by=li, reason="皮疹")
    not_given = o.an_administration("refused", order="gone", at=AFTER) | {"status": "not-done"}
    found = Shelf(
        stopped,
        o.a_medication_request("holds"),
        o.an_administration("crossed", order="gone", at=AFTER),
        o.an_administration("before", order="gone", at=BEFORE),
        o.an_administration("other", order="holds", at=AFTER),
        not_given,
    )
    yield found
    found.close()


def test_only_what_was_given_after_the_end_is_found(shelf: Shelf) -> None:
    (crossed,) = SqlCrossingReads(shelf).crossings(STOPPED)

    assert crossed.dose == "MedicationAdministration/crossed"
    assert crossed.order == "MedicationRequest/gone"
    assert crossed.people == ("dr-li", "dr-wang")
    assert (crossed.stopped_at, crossed.item.text) == (STOPPED, "阿司匹林")


def test_a_stop_of_long_ago_is_not_looked_at(shelf: Shelf) -> None:
    assert SqlCrossingReads(shelf).crossings(STOPPED.replace(hour=1)) == ()
