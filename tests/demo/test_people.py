from __future__ import annotations

from collections import Counter
from datetime import date

from resources.demo.document import Json
from resources.demo.people import UNASSIGNED_AREA, check_digit
from resources.demo.staff import ROLES, users
from tests.demo.feed import Feed, at, code, items, text

MAPPING_ROLES = {
    "resident", "attending", "chief", "trainee", "nurse", "head-nurse", "pharmacist",
    "anaesthetist", "theatre-nurse", "coder", "qc", "it",
}  # fmt: skip


def identifiers(patient: Json, kind: str) -> list[str]:
    return [
        text(found, "value")
        for found in items(patient, "identifier")
        if code(at(found, "type")) == kind
    ]


def test_there_are_enough_wards_beds_and_people(feed: Feed) -> None:
    kinds = Counter(code(place["physicalType"]) for place in feed.of("Location"))
    extra = [p for p in feed.of("Location") if text(p, "name").startswith("+")]
    assert kinds["wa"] == 4
    assert kinds["bd"] >= 90
    assert len(extra) >= 4
    assert len(feed.in_bed()) >= 72
    assert Counter(text(e, "status") for e in feed.of("Encounter"))["planned"] == 3


def test_every_patient_in_bed_has_one_admission_and_a_bed_alone(feed: Feed) -> None:
    patients = Counter(text(e, "subject", "reference") for e in feed.in_bed())
    beds = Counter(text(e, "location", 0, "location", "reference") for e in feed.in_bed())
    assert set(patients.values()) == {1}
    assert set(beds.values()) == {1}
    for encounter in feed.in_bed():
        bed = feed.by_reference[text(encounter, "location", 0, "location", "reference")]
        ward = text(bed, "partOf", "reference").removeprefix("Location/ward-")
        assert text(encounter, "location", 0, "status") == "active"
        assert bed["status"] == "active"
        assert text(encounter, "serviceProvider", "reference") == f"Organization/dept-{ward}"


def test_national_ids_have_a_right_checksum_and_belong_to_nobody(hospital: Feed) -> None:
    found = [(p, n) for p in hospital.of("Patient") for n in identifiers(p, "NI")]

    assert len(found) >= 80
    assert len({n for _, n in found}) == len(found)
    for patient, number in found:
        assert number[:6] == UNASSIGNED_AREA
        assert number[6:14] == text(patient, "birthDate").replace("-", "")
        assert (int(number[16]) % 2 == 1) == (patient["gender"] == "male")
        assert number[17] == check_digit(number[:17])


def test_the_checksum_is_the_one_of_the_standard() -> None:
    assert check_digit("11010519491231002") == "X"  # the example of GB 11643-1999
    assert check_digit("44052418800101001") == "4"


def test_every_patient_has_a_record_number_and_every_stay_an_admission_number(
    hospital: Feed,
) -> None:
    records = [n for p in hospital.of("Patient") for n in identifiers(p, "MR")]
    visits = [n for e in hospital.of("Encounter") for n in identifiers(e, "VN")]

    assert len(set(records)) == len(hospital.of("Patient"))
    assert len(set(visits)) == len(hospital.of("Encounter"))


def test_the_names_that_break_programs_are_there(hospital: Feed) -> None:
    names = [text(p, "name", 0, "text") for p in hospital.of("Patient")]

    for name in ("陈㛃", "杨𬭎", "买买提·艾力", "欧阳文静", "James HARTLEY", "Robert O'NEILL",
                 "Anna KOVÁCS"):  # fmt: skip
        assert name in names
    assert names.count("王秀英") == 2


def test_the_two_of_one_name_lie_on_one_ward(hospital: Feed) -> None:
    wards = {
        text(e, "serviceProvider", "reference")
        for e in hospital.in_bed()
        if text(e, "subject", "display") == "王秀英"
    }

    assert wards == {"Organization/dept-cardiology"}


def test_a_chinese_name_comes_with_its_pinyin(hospital: Feed) -> None:
    for patient in hospital.of("Patient"):
        spoken = [
            n for n in items(patient, "name") if text(n, "extension", 0, "valueCode") == "SYL"
        ]
        assert len(spoken) == (0 if identifiers(patient, "PPN") else 1)
        assert all(text(n, "text").isprintable() and text(n, "text")[0].isascii() for n in spoken)


def test_ages_reach_from_a_child_to_a_centenarian(hospital: Feed) -> None:
    born = [date.fromisoformat(text(p, "birthDate")) for p in hospital.of("Patient")]
    ages = sorted((hospital.as_of.date() - day).days // 365.25 for day in born)

    assert ages[0] < 6
    assert ages[-1] >= 100
    assert sum(age >= 90 for age in ages) >= 3


def test_one_patient_has_died_and_some_have_gone_home(hospital: Feed) -> None:
    gone = [e for e in hospital.of("Encounter") if e["status"] == "finished"]
    ways = Counter(code(at(e, "hospitalization", "dischargeDisposition")) for e in gone)
    dead = [p for p in hospital.of("Patient") if "deceasedDateTime" in p]

    assert ways == {"home": 8, "exp": 1}
    assert len(dead) == 1


def test_allergies_are_known_none_unconfirmed_or_never_asked(hospital: Feed) -> None:
    stated = {text(a, "patient", "reference"): a for a in hospital.of("AllergyIntolerance")}
    in_bed = [text(e, "subject", "reference") for e in hospital.in_bed()]
    none = [a for a in stated.values() if code(a["code"]) == "716186003"]
    known = [a for a in stated.values() if "reaction" in a]
    unsure = [a for a in stated.values() if code(a["verificationStatus"]) == "unconfirmed"]

    assert len(none) >= 20
    assert len(known) >= 8
    assert unsure
    assert [p for p in in_bed if p not in stated]
    assert all(a["criticality"] and at(a, "reaction", 0, "manifestation") for a in known)
    assert all(a["recordedDate"] and a["recorder"] for a in stated.values())


def test_every_role_has_a_person_and_an_account(hospital: Feed) -> None:
    given = {code(at(r, "code", 0)) for r in hospital.of("PractitionerRole")}

    assert given == MAPPING_ROLES == set(ROLES) == {u.role for u in users()}
    for user in users():
        assert f"Practitioner/{user.practitioner}" in hospital.by_reference
    named = {u.username: u for u in users()}
    assert named["wang.yi"].role == "attending"
    assert named["wang.yi"].display.zh.startswith("王")


def test_the_wards_show_levels_of_care_severity_isolation_and_limits(hospital: Feed) -> None:
    active = [r for r in hospital.of("ServiceRequest") if r["status"] == "active"]
    system = "urn:wardone:order-class"
    by_class = Counter(
        (code(at(r, "category", 0), system), code(r["code"]))
        for r in active
        if code(at(r, "category", 0), system) in ("level-of-care", "condition", "isolation")
    )
    dnar = [f for f in hospital.of("Flag") if code(f["code"]) == "dnar"]

    assert {key for kind, key in by_class if kind == "level-of-care"} == {"special", "1", "2", "3"}
    assert sum(n for (kind, _), n in by_class.items() if kind == "level-of-care") == len(
        hospital.in_bed()
    )
    assert by_class["condition", "critical"] >= 3
    assert by_class["condition", "serious"] >= 5
    assert by_class["isolation", "droplet"] >= 1
    assert 3 <= len(dnar) <= 6
