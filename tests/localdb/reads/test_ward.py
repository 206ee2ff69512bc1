from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.census import BedRow, Pending
from app.domain.patients import AllergyState
from app.domain.terms import Named, PatientId, PractitionerId, WardId
from app.fhir.document import Json
from localdb.reads.ward import SqlWardReads
from tests.localdb.projections.kit import NOW, Shelf, long_walks
from tests.support import builders as b
from tests.support import order_builders as o

WARD = WardId("ward-7")
DOCTOR = PractitionerId("dr-wang")


def _reads(shelf: Shelf, *marked: str) -> SqlWardReads:
    return SqlWardReads(shelf, lambda: NOW, lambda _: [PatientId(key) for key in marked])


def _row(shelf: Shelf, patient: str) -> BedRow:
    rows = _reads(shelf).board(WARD).rows
    return next(row for row in rows if row.patient and row.patient.id == patient)


def _a_ward_with(shelf: Shelf, *patients: tuple[str, str]) -> None:
    shelf.downloaded("census:ward-7")
    shelf.put(b.a_ward())
    for n, (key, name) in enumerate(patients, start=1):
        shelf.put(
            b.a_bed(f"bed-{n}", str(n)),
            b.a_patient(key, name),
            b.an_encounter(f"stay-{key}", key, f"bed-{n}"),
        )


def test_the_board_of_a_golden_ward(shelf: Shelf) -> None:
    shelf.put(
        b.a_ward(),
        b.a_room(),
        b.a_bed("bed-12", "12"),
        b.a_bed("bed-3", "3", "room-1"),
        b.a_bed("bed-extra", "+1"),
        b.a_bed("bed-elsewhere", "1", "ward-8"),
        b.an_organization(english="Cardiology"),
        b.a_practitioner(english="Dr WANG"),
        b.a_patient("zhao", "赵一鸣", record_number="MR-77"),
        b.a_condition("ami", "zhao", "急性心肌梗死", code="I21"),
        b.an_encounter(
            "stay-zhao",
            "zhao",
            "bed-12",
            attending="dr-wang",
            admission_number="ZY-1001",
            serviceProvider=b.ref("Organization", "dept-1"),
            diagnosis=[{"condition": b.ref("Condition", "ami"), "use": b.coded(b.CLINICAL, "AD")}],
        ),
        o.a_service_request("care", "zhao", "level-of-care", "1", text="一级护理"),
        o.a_service_request("care-old", "zhao", "level-of-care", "3", at="2026-02-01T08:00:00Z"),
        o.a_service_request("care-gone", "zhao", "level-of-care", "special", status="completed"),
        o.a_service_request("ill", "zhao", "condition", "critical"),
        o.a_service_request("iso", "zhao", "isolation", "contact"),
        o.a_service_request("iso-2", "zhao", "isolation", "droplet"),
        o.a_flag("falls", "zhao"),
        o.a_flag("old-flag", "zhao", "vte", status="inactive"),
        b.an_allergy(patient="zhao"),
    )
    shelf.downloaded("census:ward-7")
    shelf.downloaded("patient:zhao")

    board = _reads(shelf).board(WARD)

    assert board.as_of == NOW
    assert (board.ward.name, board.ward.beds, board.ward.occupied) == (
        Named("心内科七病区", "Cardiology 7"),
        3,
        1,
    )
    assert [(row.bed, row.patient is None) for row in board.rows] == [
        ("3", True),
        ("12", False),
        ("+1", True),
    ]
    zhao = board.rows[1]
    assert zhao.patient is not None and zhao.stay is not None
    assert (zhao.patient.name, zhao.patient.record_number) == ("赵一鸣", "MR-77")
    assert (zhao.level_of_care, zhao.severity) == ("1", "critical")
    assert set(zhao.isolation) == {"contact", "droplet"}
    assert zhao.flags == ("falls",)
    assert zhao.allergy_state is AllergyState.KNOWN
    assert zhao.stay.admission_number == "ZY-1001"
    assert (zhao.stay.ward, zhao.stay.bed) == (WARD, "12")
    assert zhao.stay.ward_name == Named("心内科七病区", "Cardiology 7")
    assert zhao.stay.department == Named("心内科", "Cardiology")
    assert zhao.stay.attending_name == Named("王医生", "Dr WANG")
    assert zhao.stay.diagnosis == "急性心肌梗死"


def test_the_order_of_arrival_does_not_matter(shelf: Shelf) -> None:
    shelf.put(b.an_encounter(location="bed-12", attending="dr-wang"))
    assert _reads(shelf).board(WARD).rows == ()

    shelf.put(b.a_bed())
    shelf.put(b.a_ward())
    without_patient = _reads(shelf).board(WARD).rows
    shelf.put(b.a_practitioner(), b.a_patient(name="周全"))
    whole = _reads(shelf).board(WARD).rows

    assert [(r.bed, r.patient and r.patient.name) for r in without_patient] == [("12", "")]
    assert [(r.bed, r.patient and r.patient.name) for r in whole] == [("12", "周全")]
    assert whole[0].stay and whole[0].stay.attending_name == Named("王医生")


def test_beds_stand_in_the_order_of_their_numbers_and_extra_beds_last(shelf: Shelf) -> None:
    labels = ("10", "2", "+2", "1", "加1", "12")
    shelf.downloaded("census:ward-7")
    shelf.put(b.a_ward(), *(b.a_bed(f"bed-{n}", label) for n, label in enumerate(labels)))

    order = [row.bed for row in _reads(shelf).board(WARD).rows]

    assert order[:4] == ["1", "2", "10", "12"]
    assert set(order[4:]) == {"+2", "加1"}


@pytest.mark.parametrize("place", ["ward-7", "room-1"])
def test_a_stay_in_a_ward_or_room_is_on_the_board_without_a_bed(shelf: Shelf, place: str) -> None:
    shelf.downloaded("census:ward-7")
    shelf.put(b.a_ward(), b.a_room(), b.a_bed(), b.a_patient(), b.an_encounter(location=place))

    row = _row(shelf, "li-ming")

    assert row.bed == ""
    assert row.stay is not None and row.stay.ward == WARD
    assert [r.bed for r in _reads(shelf).board(WARD).rows] == ["12", ""]


def test_a_feed_that_names_ward_and_bed_shows_the_bed(shelf: Shelf) -> None:
    both: list[Json] = [
        {"location": b.ref("Location", "ward-7"), "status": "active"},
        {"location": b.ref("Location", "bed-12"), "status": "active"},
    ]
    shelf.put(b.a_ward(), b.a_bed(), b.a_patient(), b.an_encounter() | {"location": both})

    rows = _reads(shelf).board(WARD).rows

    assert [(row.bed, row.patient is None) for row in rows] == [("12", False)]


def test_places_that_contain_each_other_do_not_hang_the_board(shelf: Shelf) -> None:
    shelf.put(
        b.a_location("ward-7", "七病区", "wa", part_of="bed-12"),
        b.a_bed(),
        b.a_patient(),
        b.an_encounter(location="bed-12"),
    )

    assert _row(shelf, "li-ming").bed == "12"


def test_a_bed_out_of_use_is_not_offered_but_its_patient_stays(shelf: Shelf) -> None:
    closed = b.a_bed() | {"status": "inactive"}
    shelf.put(b.a_ward(), closed)
    assert _reads(shelf).board(WARD).rows == ()

    shelf.put(b.a_patient(), b.an_encounter(location="bed-12"))

    assert _row(shelf, "li-ming").bed == "12"


@pytest.mark.parametrize("status", ["finished", "cancelled", "planned", "entered-in-error"])
def test_who_is_not_in_is_not_on_the_board(shelf: Shelf, status: str) -> None:
    shelf.downloaded("census:ward-7")
    shelf.put(b.a_ward(), b.a_bed(), b.a_patient(), b.an_encounter(location="bed-12"))
    assert _row(shelf, "li-ming").bed == "12"

    shelf.put(b.an_encounter(location="bed-12", status=status))

    assert [row.patient for row in _reads(shelf).board(WARD).rows] == [None]


def test_an_outpatient_visit_is_not_on_the_board(shelf: Shelf) -> None:
    shelf.downloaded("census:ward-7")
    visit = b.an_encounter(location="bed-12") | {"class": {"code": "AMB"}}
    shelf.put(b.a_ward(), b.a_bed(), b.a_patient(), visit)

    assert [row.patient for row in _reads(shelf).board(WARD).rows] == [None]


def test_namesakes_and_those_who_sound_alike_are_marked(shelf: Shelf) -> None:
    _a_ward_with(shelf, ("a", "李明"), ("b", "李明"), ("c", "黎鸣"), ("d", "单雄信"), ("e", "王芳"))

    marked = {key: _row(shelf, key).namesake for key in "abcde"}

    assert marked == {"a": True, "b": True, "c": True, "d": False, "e": False}


def test_a_namesake_on_another_ward_is_no_namesake_here(shelf: Shelf) -> None:
    _a_ward_with(shelf, ("a", "李明"))
    shelf.put(
        b.a_ward("ward-8"),
        b.a_bed("bed-80", "1", "ward-8"),
        b.a_patient("z", "李明"),
        b.an_encounter("stay-z", "z", "bed-80"),
    )

    assert not _row(shelf, "a").namesake


def test_the_four_things_a_board_may_say_about_allergies(shelf: Shelf) -> None:
    _a_ward_with(shelf, ("known", "赵甲"), ("none", "钱乙"), ("silent", "孙丙"), ("away", "李丁"))
    shelf.put(
        b.an_allergy(patient="known"),
        b.no_known_allergy(patient="none"),
        b.an_allergy("allergy-2", "away"),
    )
    for key in ("known", "none", "silent"):
        shelf.downloaded(f"patient:{key}")

    said = {key: _row(shelf, key).allergy_state for key in ("known", "none", "silent", "away")}

    assert said == {
        "known": AllergyState.KNOWN,
        "none": AllergyState.NONE_KNOWN,
        "silent": AllergyState.NOT_RECORDED,
        "away": AllergyState.UNAVAILABLE,
    }


def test_what_waits_for_a_patient_is_counted(shelf: Shelf) -> None:
    _a_ward_with(shelf, ("a", "赵甲"), ("b", "钱乙"))
    now, old = NOW.isoformat(), (NOW - timedelta(days=3)).isoformat()
    shelf.put(
        b.an_observation("critical", "a", flag="HH", at=old),
        b.an_observation("noted", "a", flag="LL", at=old),
        b.an_observation("in-panel", "a", flag="AA", at=old),
        b.an_observation("wrong", "a", flag="HH", at=old, status="entered-in-error"),
        b.an_observation("fresh", "a", at=now),
        b.an_observation("high", "a", flag="H", at=old),
        b.a_vital("pulse", "a"),
        b.a_report("panel", "a", ("in-panel",)),
        o.a_task("t1", "a", "acknowledge-result", focus="Observation/critical"),
        o.a_task("t2", "a", "acknowledge-result", focus="Observation/noted", status="completed"),
        o.a_task(
            "t3", "a", "acknowledge-result", focus="DiagnosticReport/panel", status="completed"
        ),
        o.a_task("t4", "a"),
        o.a_task("t5", "a", status="completed"),
        o.a_message("m1", "a"),
    )
    shelf.group("g1", "a", "saved")
    shelf.group("g2", "a", "rejected")
    shelf.group("g3", "a", "confirmed")
    shelf.group("g4", "b", "conflict")
    shelf.conflict("Encounter/x", "b")

    assert _row(shelf, "a").pending == Pending(critical_results=1, new_results=1, tasks=1, unsent=2)
    assert _row(shelf, "b").pending == Pending(conflicts=1)


def test_my_patients_are_mine_by_attending_by_team_or_by_mark(shelf: Shelf) -> None:
    _a_ward_with(shelf, ("mine", "赵甲"), ("team", "钱乙"), ("marked", "孙丙"), ("other", "李丁"))
    shelf.put(
        b.an_encounter("stay-mine", "mine", "bed-1", attending="dr-wang"),
        b.a_care_team(patient="team"),
        b.a_care_team("former", "other", status="inactive"),
    )

    rows = _reads(shelf, "marked", "nobody").patients_of(DOCTOR)

    assert [row.patient and row.patient.id for row in rows] == ["mine", "team", "marked"]


def test_a_patient_who_left_is_not_mine_any_more(shelf: Shelf) -> None:
    _a_ward_with(shelf, ("mine", "赵甲"))
    shelf.put(b.an_encounter("stay-mine", "mine", "bed-1", attending="dr-wang"))
    assert len(_reads(shelf).patients_of(DOCTOR)) == 1

    shelf.put(b.an_encounter("stay-mine", "mine", "bed-1", attending="dr-wang", status="finished"))

    assert _reads(shelf, "mine").patients_of(DOCTOR) == ()


def test_every_ward_is_listed_with_its_beds_and_patients(shelf: Shelf) -> None:
    _a_ward_with(shelf, ("a", "赵甲"), ("b", "钱乙"))
    shelf.put(b.a_bed("bed-9", "9"), b.a_ward("ward-8", "八病区", ""))

    shelf.downloaded("census:ward-8")

    wards = {ward.id: (ward.beds, ward.occupied) for ward in _reads(shelf).wards()}

    assert wards == {"ward-7": (3, 2), "ward-8": (0, 0)}


def test_nobody_knows_how_many_lie_in_a_ward_that_never_came_whole(shelf: Shelf) -> None:
    shelf.put(b.a_ward(), b.a_bed("bed-1", "1"), b.a_bed("bed-2", "2"))
    shelf.put(b.a_patient(), b.an_encounter(location="bed-2"))

    (ward,) = _reads(shelf).wards()
    board = _reads(shelf).board(WARD)
    assert (ward.beds, ward.occupied, board.ward.occupied) == (2, None, None)
    assert [row.bed for row in board.rows] == ["2"]

    shelf.downloaded("census:ward-7")
    (ward,) = _reads(shelf).wards()
    assert ward.occupied == 1
    assert [row.bed for row in _reads(shelf).board(WARD).rows] == ["1", "2"]


def test_a_ward_that_was_never_downloaded_has_no_age(shelf: Shelf) -> None:
    board = _reads(shelf).board(WardId("unknown"))

    assert (board.rows, board.as_of) == ((), None)


def test_a_patient_with_two_open_stays_lies_in_the_later_one(shelf: Shelf) -> None:
    _a_ward_with(shelf, ("a", "赵甲"))
    later = datetime(2026, 3, 2, tzinfo=UTC).isoformat()
    shelf.put(b.a_bed("bed-2", "2"), b.an_encounter("again", "a", "bed-2", admitted=later))

    rows = _reads(shelf).board(WARD).rows

    assert [(row.bed, row.stay and row.stay.id) for row in rows if row.patient] == [("2", "again")]


def test_boards_walk_indexes_only(shelf: Shelf) -> None:
    _a_ward_with(shelf, ("a", "赵甲"))
    shelf.put(b.an_observation(patient="a", flag="HH"), b.a_care_team(patient="a"))

    with shelf.plans() as plans:
        board = _reads(shelf).board(WARD)
        mine = _reads(shelf, "a").patients_of(DOCTOR)

    assert not long_walks(plans)
    assert any("ix_result_row_critical" in plan for plan in plans)
    assert len(board.rows) == len(mine) == 1
