from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.domain.census import PlaceKind
from app.domain.patients import Sex
from app.domain.people import Role
from app.domain.terms import Named, PractitionerId, Term, WardId
from app.fhir.document import Document, Json
from app.fhir.encounters import is_inpatient, read_stay
from app.fhir.flags import read_flag
from app.fhir.patients import read_patient
from app.fhir.people import read_practitioner, read_role, write_practitioner, write_role
from app.fhir.places import read_location, read_organization
from app.fhir.valuesets import FLAG, ROLE, STAFF
from tests.unit.fhir.validity import problems

V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"


def identifier(kind: str, value: str, **more: Json) -> Document:
    return {"type": {"coding": [{"system": V2, "code": kind}]}, "value": value, **more}


def name(text: str, use: str = "", representation: str = "") -> Document:
    made: Document = {"text": text}
    if use:
        made["use"] = use
    if representation:
        made["extension"] = [{"url": REPRESENTATION, "valueCode": representation}]
    return made


def patient(**elements: Json) -> Document:
    return {"resourceType": "Patient", "id": "p", **elements}


def test_a_patient_is_read_whole() -> None:
    read = read_patient(
        patient(
            name=[
                {**name("李明", "official"), "family": "李", "given": ["明"]},
                name("lǐ míng", representation="SYL"),
                name("LI Ming", "usual"),
            ],
            gender="female",
            birthDate="1950-02-03",
            deceasedDateTime="2026-11-01T08:00:00+08:00",
            identifier=[
                identifier("MR", "old", use="old"),
                identifier("MR", "R1"),
                identifier("MR", "R2"),
                identifier("NI", "N1"),
                identifier("NNCHN", "N2"),
                {"system": "urn:x", "value": "other"},
                {"system": "urn:x"},
            ],
            link=[
                {"type": "seealso", "other": {"reference": "Patient/a"}},
                {"type": "replaced-by", "other": {"reference": "Patient/b"}},
            ],
        )
    )
    assert (read.id, read.name, read.phonetic, read.english) == ("p", "李明", "lǐ míng", "LI Ming")
    assert (read.family, read.given) == ("李", "明")
    assert read.sex is Sex.FEMALE
    assert (read.birth_date, read.birth_date_text) == (date(1950, 2, 3), "1950-02-03")
    assert read.deceased
    assert read.deceased_at == datetime(2026, 11, 1, tzinfo=UTC)
    assert (read.record_number, read.national_id) == ("R1", "N1")
    assert read.other_identifiers == ("R2", "N2", "old", "other")
    assert read.superseded_by == "b"


def test_what_a_patient_lacks_is_unknown() -> None:
    read = read_patient(patient(gender="m", birthDate="1950-02"))
    assert (read.name, read.phonetic, read.english) == ("", "", "")
    assert read.sex is None
    assert (read.birth_date, read.birth_date_text) == (None, "1950-02")
    assert not read.deceased
    assert read.superseded_by is None


@pytest.mark.parametrize(
    ("elements", "deceased"),
    [
        ({"deceasedBoolean": True}, True),
        ({"deceasedDateTime": "2026"}, True),
        ({"deceasedBoolean": False}, False),
        ({"deceasedBoolean": "true"}, False),
    ],
)
def test_death_is_only_what_the_record_says(elements: Document, *, deceased: bool) -> None:
    assert read_patient(patient(**elements)).deceased is deceased
    assert read_patient(patient(**elements)).deceased_at is None


def test_a_nickname_is_no_english_name() -> None:
    read = read_patient(patient(name=[name("Peter Chalmers", "official"), name("Jim", "usual")]))
    assert (read.name, read.english) == ("Peter Chalmers", "")


def test_a_name_in_alphabetic_representation_is_the_english_one() -> None:
    read = read_patient(
        patient(name=[name("久保", "official"), name("x", "usual"), name("KUBO", "", "ABC")])
    )
    assert read.english == "KUBO"
    assert read_patient(patient(name=[name("久保"), name("小淳", "usual")])).english == ""


def test_a_pinyin_name_is_a_reading_and_no_english_one() -> None:
    read = read_patient(patient(name=[name("李明"), name("Li Ming", "usual", "SYL")]))
    assert (read.phonetic, read.english) == ("Li Ming", "")


def test_the_name_in_use_goes_before_one_that_is_over() -> None:
    old = {**name("旧", "official"), "period": {"end": "2020"}}
    maiden = name("娘", "maiden")
    odd = name("奇", "nonsense")
    assert read_patient(patient(name=[old, maiden, odd])).name == "娘"
    assert read_patient(patient(name=[old, name("新", "usual")])).name == "新"


def test_a_reading_alone_is_better_than_no_name() -> None:
    read = read_patient(patient(name=[name("クボ", "official", "SYL")]))
    assert (read.name, read.phonetic) == ("クボ", "")


def test_a_name_without_text_has_the_family_first() -> None:
    row: Document = {"family": "van den Broek", "given": ["Eric", "", "J."]}
    assert read_patient(patient(name=[row])).name == "van den Broek Eric J."
    assert read_patient(patient(name=[{"family": "李", "given": "明"}])).name == "李"


def test_a_practitioner_is_read() -> None:
    read = read_practitioner(
        {
            "resourceType": "Practitioner",
            "id": "d",
            "active": True,
            "identifier": [{"system": "urn:x", "value": "1"}, {"system": STAFF, "value": "0042"}],
            "name": [name("王医生", "official"), name("Dr Wang", "usual")],
        }
    )
    assert read.name == Named("王医生", "Dr Wang")
    assert (read.id, read.staff_number, read.active) == ("d", "0042", True)
    assert read_practitioner({"resourceType": "Practitioner", "id": "d"}).active is None


def test_a_role_of_ours_and_a_foreign_one_are_told_apart() -> None:
    ours = read_role(
        {
            "resourceType": "PractitionerRole",
            "id": "r",
            "practitioner": {"reference": "Practitioner/d"},
            "organization": {"reference": "Organization/o"},
            "location": [{"reference": "Location/w"}, {"reference": "Organization/x"}],
            "code": [{"coding": [{"system": ROLE, "code": "head-nurse"}], "text": "护士长"}],
            "active": False,
        }
    )
    assert (ours.practitioner, ours.role, ours.wards) == ("d", Role.HEAD_NURSE, ("w",))
    assert ours.title == Term("护士长", ROLE, "head-nurse")
    assert (ours.organisation, ours.active) == ("Organization/o", False)
    theirs = read_role({"resourceType": "PractitionerRole", "code": [{}, {"text": "RP"}]})
    assert (theirs.role, theirs.title, theirs.practitioner) == (None, Term("RP"), None)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("wa", PlaceKind.WARD),
        ("ro", PlaceKind.ROOM),
        ("bd", PlaceKind.BED),
        ("bu", PlaceKind.OTHER),
        ("", PlaceKind.OTHER),
    ],
)
def test_a_place_is_what_its_physical_type_says(code: str, kind: PlaceKind) -> None:
    place = read_location(
        {
            "resourceType": "Location",
            "id": "l",
            "name": "内科病区",
            "alias": ["", "内科", "Medical ward"],
            "physicalType": {"coding": [{"code": code}]},
            "partOf": {"reference": "Location/w"},
            "status": "active",
        }
    )
    assert (place.ref, place.kind, place.part_of) == ("Location/l", kind, "Location/w")
    assert place.name == Named("内科病区", "Medical ward")
    assert place.status == "active"


def test_an_alias_of_an_english_name_is_no_translation() -> None:
    place = read_location({"resourceType": "Location", "name": "South Wing", "alias": ["SW"]})
    assert place.name == Named("South Wing")
    assert read_location({"resourceType": "Location", "name": "南"}).name == Named("南")


@pytest.mark.parametrize(
    ("code", "kind"), [("dept", "department"), ("prov", "hospital"), ("edu", "")]
)
def test_an_organisation_is_read(code: str, kind: str) -> None:
    read = read_organization(
        {
            "resourceType": "Organization",
            "id": "o",
            "name": "内科",
            "alias": ["Medicine"],
            "type": [{"coding": [{"code": code}]}],
            "active": True,
        }
    )
    assert (read.ref, read.kind, read.active) == ("Organization/o", kind, True)
    assert read.name == Named("内科", "Medicine")


def encounter(**elements: Json) -> Document:
    return {"resourceType": "Encounter", "id": "e", "status": "in-progress", **elements}


def location(ref: str, status: str = "", kind: str = "", **period: Json) -> Document:
    made: Document = {"location": {"reference": ref}, "period": period}
    if status:
        made["status"] = status
    if kind:
        made["physicalType"] = {"coding": [{"code": kind}]}
    return made


@pytest.mark.parametrize(("code", "inside"), [("IMP", True), ("ACUTE", True), ("AMB", False)])
def test_an_admission_is_an_inpatient_encounter(code: str, *, inside: bool) -> None:
    assert is_inpatient(encounter(**{"class": {"code": code}})) is inside
    assert not is_inpatient(encounter())


def test_a_stay_is_read_whole() -> None:
    stay = read_stay(
        encounter(
            subject={"reference": "Patient/p"},
            identifier=[identifier("VN", "old", use="old"), {}, identifier("VN", "Z1")],
            period={"start": "2026-11-01T00:00:00Z", "end": "2026-11-02T00:00:00Z"},
            location=[location("Location/w", "active"), location("Location/b", "active", "bd")],
            participant=[
                {"type": [{"coding": [{"code": "ADM"}]}]},
                {
                    "type": [{"coding": [{"code": "ATND"}]}],
                    "individual": {"reference": "Practitioner/gone"},
                    "period": {"end": "2026-11-01"},
                },
                {
                    "type": [{"coding": [{"code": "ATND"}]}],
                    "individual": {"reference": "Practitioner/d", "display": "王医生"},
                },
            ],
            serviceProvider={"reference": "Organization/o", "display": "内科"},
            diagnosis=[
                {"condition": {"reference": "Condition/x"}},
                {
                    "condition": {"reference": "Condition/c", "display": "肺炎"},
                    "use": {"coding": [{"code": "AD"}]},
                },
            ],
        )
    )
    assert (stay.id, stay.patient, stay.status) == ("e", "p", "in-progress")
    assert stay.admission_number == "Z1"
    assert stay.admitted_at == datetime(2026, 11, 1, tzinfo=UTC)
    assert stay.ended_at == datetime(2026, 11, 2, tzinfo=UTC)
    assert stay.location == "Location/b"
    assert stay.locations == ("Location/b", "Location/w")
    assert (stay.attending, stay.attending_name) == ("d", Named("王医生"))
    assert (stay.department_ref, stay.department) == ("Organization/o", Named("内科"))
    assert (stay.diagnosis, stay.diagnosis_ref) == ("肺炎", "Condition/c")


def test_what_a_stay_lacks_is_unknown() -> None:
    stay = read_stay(encounter())
    assert (stay.location, stay.locations, stay.attending) == (None, (), None)
    assert (stay.department, stay.attending_name) == (None, None)
    assert (stay.admission_number, stay.diagnosis, stay.patient) == ("", "", "")


def test_a_diagnosis_of_another_use_is_not_the_admission_diagnosis() -> None:
    rows: list[Json] = [
        {"condition": {"display": "x"}, "use": {"coding": [{"code": "CM"}]}},
        {"condition": {"display": "y"}},
    ]
    assert read_stay(encounter(diagnosis=rows)).diagnosis == "y"
    assert read_stay(encounter(diagnosis=rows[:1])).diagnosis == ""


def test_a_bed_that_was_left_is_not_where_the_patient_lies() -> None:
    left = [location("Location/b", "completed"), location("Location/c", end="2026-11-01")]
    assert read_stay(encounter(location=[*left])).location is None
    now = [*left, location("Location/d")]
    assert read_stay(encounter(location=[*now])).location == "Location/d"


def test_a_planned_bed_is_not_where_the_patient_lies() -> None:
    rows: list[Json] = [location("Location/b", "planned"), location("Location/r", "reserved")]
    assert read_stay(encounter(location=rows)).locations == ()


def test_a_finished_stay_ended_in_its_last_place() -> None:
    rows: list[Json] = [
        location("Location/a", "completed", start="2026-11-03"),
        location("Location/w", "completed", "wa", start="2026-11-04"),
        location("Location/b", "completed", "bd", start="2026-11-04"),
    ]
    assert read_stay(encounter(status="finished", location=rows)).location == "Location/b"
    undated: list[Json] = [location("Location/b"), location("Location/w")]
    undated = [{**row, "status": "completed"} for row in undated if isinstance(row, dict)]
    assert read_stay(encounter(status="finished", location=undated)).location == "Location/b"
    assert read_stay(encounter(status="finished")).location is None


def test_of_attendings_who_all_left_the_first_is_named() -> None:
    row: Document = {
        "type": [{"coding": [{"code": "ATND"}]}],
        "individual": {"reference": "Practitioner/d"},
        "period": {"end": "2026-11-01"},
    }
    assert read_stay(encounter(participant=[row])).attending == "d"


@pytest.mark.parametrize(("status", "active"), [("active", True), ("inactive", False), ("", None)])
def test_a_flag_holds_only_when_it_says_so(status: str, *, active: bool | None) -> None:
    flag = read_flag(
        {
            "resourceType": "Flag",
            "id": "f",
            "status": status,
            "category": [{"coding": [{"system": "x", "code": "y"}]}, {"coding": [_CODE_STATUS]}],
            "code": {"coding": [{"system": FLAG, "code": "dnar"}], "text": "不做心肺复苏"},
            "subject": {"reference": "Patient/p"},
            "period": {"start": "2026-11-01T00:00:00Z"},
        }
    )
    assert (flag.id, flag.patient, flag.category, flag.code) == ("f", "p", "code-status", "dnar")
    assert flag.term == Term("不做心肺复苏", FLAG, "dnar")
    assert flag.active is active
    assert flag.since == datetime(2026, 11, 1, tzinfo=UTC)
    assert flag.until is None


_CODE_STATUS: Json = {"system": FLAG, "code": "code-status"}


def test_a_foreign_flag_keeps_its_own_category() -> None:
    flag = read_flag({"resourceType": "Flag", "category": [{"coding": [{"code": "safety"}]}]})
    assert flag.category == "safety"
    assert read_flag({"resourceType": "Flag"}).category == ""


@pytest.mark.parametrize("name", [Named("田中"), Named("王奕", "WANG Yi")])
def test_somebody_who_is_new_reads_back_by_name(name: Named) -> None:
    made = write_practitioner(PractitionerId("staff-tanaka"), name)
    assert problems(made) == []
    read = read_practitioner(made)
    assert (read.id, read.name, read.active) == ("staff-tanaka", name, True)


def test_a_post_is_written_onto_what_else_it_says() -> None:
    onto: Document = {
        "resourceType": "PractitionerRole",
        "id": "post-1",
        "active": False,
        "organization": {"reference": "Organization/dept-1"},
        "code": [{"coding": [{"system": "urn:x", "code": "surgeon"}]}],
        "location": [{"reference": "Location/ward-1"}],
    }
    wards = (WardId("ward-7"), WardId("ward-9"))
    made = write_role("post-1", PractitionerId("tanaka"), Role.NURSE, wards, onto)

    assert problems(made) == []
    read = read_role(made)
    assert (read.role, read.wards, read.active) == (Role.NURSE, wards, True)
    assert (read.practitioner, read.organisation) == ("tanaka", "Organization/dept-1")
    assert {"coding": [{"system": "urn:x", "code": "surgeon"}]} in made["code"]


def test_a_post_without_a_ward_says_nothing_of_one() -> None:
    made = write_role("post-1", PractitionerId("tanaka"), Role.IT, (), {})
    assert "location" not in made
    assert read_role(made).wards == ()
