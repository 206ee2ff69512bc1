"""A day goes by at the hospital: what changed comes, and the workstation holds what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from app.domain.terms import PatientId, Ref, WardId
from app.fhir.document import reference_to
from sync.cdr.load import load
from tests.real_input.conftest import Hospital, open_hospital
from tests.real_input.feeds import NEXT_DAY, documents
from tests.real_input.lossless import altered, digests, stored_documents, tables_that_changed

MOST_ROUNDS = 20
OURS = frozenset({"AuditEvent", "Basic", "Provenance"})
"""What the workstation itself writes with every round."""


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """The American hospital for these tests alone: they change it."""
    with ExitStack() as stack:
        yield open_hospital("us", tmp_path_factory.mktemp("evening"), stack)


def test_the_next_day_of_a_feed_arrives_whole(evening: Hospital) -> None:
    reader, delta = evening.reader, {reference_to(one) for one in documents(NEXT_DAY)}
    before = reader.refs()
    ward = lying(evening, "loc-ward-4W")
    loaded = load([NEXT_DAY], evening.cdr.store)
    served = {
        Ref(reference_to(one)): digests(one)
        for one in stored_documents(evening.cdr.store)
        if one["resourceType"] not in OURS
    }

    rounds_until_same(evening, served)

    kept = reader.refs()
    fresh = kept.keys() - before.keys()
    changed = {ref for ref in before if before[ref] != kept[ref]}
    types = {ref.partition("/")[0] for ref in kept} - OURS
    assert (loaded.created, loaded.updated) == (154, 23)
    assert {ref for ref in fresh | changed if ref.partition("/")[0] in types} == {
        ref for ref in delta if ref.partition("/")[0] in types
    }
    assert altered(kept, served) == ([], [])
    assert tables_that_changed(reader.cache) == []
    # One of them went home: the generator ended that stay during the day.
    assert ward - lying(evening, "loc-ward-4W") == {"pt-6e5ffdf96bb6"}


def rounds_until_same(hospital: Hospital, served: dict[Ref, tuple[str, str]]) -> None:
    """A pass ends at the server's last whole second: what was written in it comes with the next."""
    for _ in range(MOST_ROUNDS):
        hospital.reader.round()
        kept = hospital.reader.refs()
        types = {ref.partition("/")[0] for ref in kept}
        missing = {ref for ref in served if ref.partition("/")[0] in types} - kept.keys()
        if altered(kept, served) == ([], []) and not missing:
            return
    raise AssertionError(f"{len(missing)} documents never came")


def lying(hospital: Hospital, ward: str) -> set[PatientId]:
    reader = hospital.reader
    board = reader.services.wards.board(reader.session, WardId(ward))
    return {row.patient.id for row in board.rows if row.patient is not None}
