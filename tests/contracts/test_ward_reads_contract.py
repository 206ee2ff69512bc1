"""`WardReads`: the fake of the page tests and the projections of the cache promise the same.

The fake is filled with what the real one says of each ward, out of order; every question is then
put to both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.domain.terms import PatientId, PractitionerId, WardId
from app.ports.reading import WardReads
from localdb.reads.ward import SqlWardReads
from tests.localdb.projections.kit import NOW, Shelf
from tests.support import builders as b
from tests.support.fake_reads import FakeWardReads

KNOWN, UNKNOWN = WardId("ward-7"), WardId("ward-8")
DOCTOR = PractitionerId("dr-wang")
MARKED = (PatientId("b"),)
PEOPLE = (
    ("a", "赵甲", "Zhao Jia", "bed-10", "dr-wang"),
    ("b", "钱乙", "Qian Yi", "bed-2", "dr-li"),
    ("c", "孙丙", "Sun Bing", "bed-x", "dr-li"),
)


def _marks(clinician: PractitionerId) -> tuple[PatientId, ...]:
    return MARKED if clinician == DOCTOR else ()


def _real(shelf: Shelf) -> SqlWardReads:
    return SqlWardReads(shelf, lambda: NOW, _marks)


def _fake(real: SqlWardReads) -> FakeWardReads:
    boards = {}
    for ward in reversed(real.wards()):
        board = real.board(ward.id)
        # A fake is given counts that nobody knows; it must not say them.
        told = replace(board.ward, occupied=len(board.rows))
        boards[ward.id] = (told, tuple(reversed(board.rows)), board.as_of)
    return FakeWardReads(boards, _marks)


@pytest.fixture(params=["fake", "projections"])
def reads(request: pytest.FixtureRequest) -> Iterator[WardReads]:
    shelf = Shelf(
        b.a_ward(),
        b.a_ward("ward-8", "八病区", ""),
        *(b.a_bed(f"bed-{label}", label) for label in ("10", "2", "3")),
        b.a_bed("bed-extra", "+1"),
        b.a_bed("bed-x", "1", "ward-8"),
        b.a_bed("bed-y", "2", "ward-8"),
    )
    for key, name, spoken, bed, doctor in PEOPLE:
        shelf.put(
            b.a_patient(key, name, phonetic=spoken, record_number=f"MR-{key}"),
            b.an_encounter(f"stay-{key}", key, bed, attending=doctor, admission_number=f"ZY-{key}"),
        )
    shelf.downloaded(f"census:{KNOWN}")
    real = _real(shelf)
    yield real if request.param == "projections" else _fake(real)
    shelf.close()


def _beds(reads: WardReads, ward: WardId) -> list[tuple[str, str]]:
    return [(r.bed, r.patient.id if r.patient else "") for r in reads.board(ward).rows]


def test_how_many_lie_in_a_ward_is_known_once_it_came_whole(reads: WardReads) -> None:
    # The free beds of the fake are rows, too: it is told too many, and only where it knows.
    occupied = {ward.id: ward.occupied is None for ward in reads.wards()}

    assert occupied == {KNOWN: False, UNKNOWN: True}
    assert {ward.id: ward.beds for ward in reads.wards()} == {KNOWN: 4, UNKNOWN: 2}


def test_beds_stand_in_order_and_free_ones_are_there_when_that_is_known(reads: WardReads) -> None:
    assert _beds(reads, KNOWN) == [("2", "b"), ("3", ""), ("10", "a"), ("+1", "")]
    assert _beds(reads, UNKNOWN) == [("1", "c")]
    assert reads.board(KNOWN).as_of == NOW
    assert reads.board(UNKNOWN).as_of is None
    assert reads.board(UNKNOWN).ward.occupied is None


def test_a_ward_nobody_heard_of_has_no_beds_and_no_age(reads: WardReads) -> None:
    board = reads.board(WardId("nowhere"))

    assert (board.rows, board.as_of, board.ward.beds) == ((), None, 0)


def test_ones_own_are_those_one_attends_and_those_one_marked(reads: WardReads) -> None:
    mine = {row.patient.id for row in reads.patients_of(DOCTOR) if row.patient}

    assert mine == {"a", "b"}
    assert reads.patients_of(PractitionerId("nobody")) == ()


@pytest.mark.parametrize(
    ("query", "found", "by"),
    [
        ("赵甲", "a", "name"),
        ("甲", "a", "name"),
        ("zhaojia", "a", "pinyin"),
        ("zj", "a", "initials"),
        ("MR-b", "b", "record"),
        ("ZY-c", "c", "admission"),
    ],
)
def test_people_are_found_by_what_is_known_of_them(
    reads: WardReads, query: str, found: str, by: str
) -> None:
    hits = reads.find(query)

    assert [hit.patient.id for hit in hits] == [found]
    assert hits[0].matched == by


def test_a_bed_finds_those_who_lie_in_a_bed_of_that_label(reads: WardReads) -> None:
    assert [(hit.patient.id, hit.matched) for hit in reads.find("10")] == [("a", "bed")]


def test_an_empty_query_finds_nobody_and_a_limit_holds(reads: WardReads) -> None:
    assert reads.find("") == ()
    assert reads.find("没有这个人") == ()
    assert len(reads.find("ZY-", limit=2)) == 2
