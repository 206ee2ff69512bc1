from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.domain.terms import PatientId, Ref
from app.fhir.document import Json
from app.ports.reading import PatientHit
from localdb.reads import search
from tests.localdb.projections.kit import Shelf, long_walks
from tests.support import builders as b


@pytest.fixture
def ward(shelf: Shelf) -> Shelf:
    shelf.put(
        b.a_ward(),
        b.a_bed("bed-12", "12"),
        b.a_bed("bed-3", "3E-07"),
        b.a_patient("li-ming", "李明", record_number="MR0012"),
        b.a_patient("li-min", "李敏", record_number="MR0013"),
        b.a_patient("lin-mei", "林梅", record_number="MR0014"),
        b.a_patient("shan", "单雄信"),
        b.a_patient("kubo", "久保 淳", phonetic="クボ アツシ"),
        b.a_patient("smith", "约翰·史密斯", english="John SMITH"),
        b.an_encounter("s1", "li-min", "bed-12", admission_number="ZY-88001"),
        b.an_encounter("s2", "shan", "bed-3"),
        b.an_encounter("s0", "li-ming", "bed-12", status="finished", admission_number="ZY-70001"),
    )
    return shelf


def _find(shelf: Shelf, query: str, most: int = 50) -> tuple[PatientHit, ...]:
    with shelf.read() as connection:
        return search.find_people(connection, query, most)


def _ids(shelf: Shelf, query: str, most: int = 50) -> list[str]:
    return [hit.patient.id for hit in _find(shelf, query, most)]


@pytest.mark.parametrize(
    ("query", "who", "matched"),
    [
        ("李明", "li-ming", "name"),
        ("明", "li-ming", "name"),
        ("liming", "li-ming", "pinyin"),
        ("Li Ming", "li-ming", "pinyin"),
        ("MR0012", "li-ming", "record"),
        ("0012", "li-ming", "record"),
        ("ZY-88001", "li-min", "admission"),
        ("88001", "li-min", "admission"),
        ("70001", "li-ming", "admission"),
        ("12床", "li-min", "bed"),
        ("3e-07", "shan", "bed"),
        ("sxx", "shan", "initials"),
        ("shanxiong", "shan", "pinyin"),
        ("dan", "shan", "pinyin"),
        ("くぼ", "kubo", "pinyin"),
        ("smith", "smith", "english"),
        ("约翰史密斯", "smith", "name"),
    ],
)
def test_somebody_is_found_by(ward: Shelf, query: str, who: str, matched: str) -> None:
    found = {hit.patient.id: hit.matched for hit in _find(ward, query)}

    assert found.get(PatientId(who)) == matched


def test_initials_find_everybody_who_has_them_with_name_and_record_number(ward: Shelf) -> None:
    hits = _find(ward, "lm")

    assert [(h.patient.name, h.patient.record_number) for h in hits] == [
        ("李敏", "MR0013"),
        ("李明", "MR0012"),
        ("林梅", "MR0014"),
    ]


def test_inpatients_come_first_and_with_their_bed(ward: Shelf) -> None:
    first, *others = _find(ward, "li")

    assert first.patient.name == "李敏"
    assert first.stay is not None and first.stay.bed == "12"
    assert all(hit.stay is None for hit in others)


def test_the_exact_name_comes_before_longer_ones(shelf: Shelf) -> None:
    shelf.put(
        b.a_patient("long", "李明阳"), b.a_patient("exact", "李明"), b.a_patient("in", "王李明")
    )

    assert _ids(shelf, "李明") == ["exact", "long", "in"]


def test_a_record_that_was_merged_away_comes_last(shelf: Shelf) -> None:
    link: list[Json] = [{"type": "replaced-by", "other": b.ref("Patient", "stays")}]
    shelf.put(b.a_patient("gone", "李明", link=link), b.a_patient("stays", "李明阳"))

    assert _ids(shelf, "李明") == ["stays", "gone"]


@pytest.mark.parametrize("query", ["", "   ", "·", "nobody"])
def test_nothing_to_look_for_finds_nobody(ward: Shelf, query: str) -> None:
    assert _find(ward, query) == ()


@pytest.mark.parametrize("query", ["%", "_", "*", '"', "' OR 1=1 --"])
def test_signs_that_mean_something_to_a_database_mean_nothing(ward: Shelf, query: str) -> None:
    assert _find(ward, query) == ()


def test_the_limit_holds(ward: Shelf) -> None:
    assert len(_find(ward, "l", 2)) == 2
    assert len(_find(ward, "l", 50)) > 2


def test_a_changed_name_is_found_and_the_former_is_not(ward: Shelf) -> None:
    ward.put(b.a_patient("li-ming", "张伟", record_number="MR0012"))

    assert _ids(ward, "zw") == ["li-ming"]
    assert "li-ming" not in _ids(ward, "liming")


def test_searching_walks_indexes_only(ward: Shelf) -> None:
    with ward.plans() as plans:
        _find(ward, "lm")

    assert any("ix_patient_part_part" in plan for plan in plans)
    assert not long_walks(plans)


def test_the_questions_of_the_benchmark_are_answered(shelf: Shelf) -> None:
    typed: list[Json] = [b.coded("urn:type", "routine")]
    risk: dict[str, Json] = {
        "resourceType": "RiskAssessment",
        "id": "risk",
        "subject": b.ref("Patient", "b"),
        "prediction": [{"probabilityDecimal": Decimal("0.25")}],
    }
    shelf.put(
        b.a_patient("a", "赵甲", birth_date="1990-01-01"),
        b.a_patient("b", "钱乙", birth_date="1950-05-05"),
        b.an_encounter("old", "a", type=typed),
        b.an_encounter("new", "b"),
        b.an_observation("k", "a", value="6.1"),
        risk,
    )
    shelf.put(b.an_encounter("old", "a", type=typed))
    patient_a, patient_b = Ref("Patient/a"), Ref("Patient/b")

    with shelf.read() as c:
        assert search.patients_by_birth_date(c, 1) == (patient_b,)
        assert search.patients_by_name(c, 2) == (patient_a, patient_b)
        assert search.encounters_last_touched(c, 1) == (Ref("Encounter/old"),)
        assert search.patients_with_encounter_type(c, "urn:type", "routine", 9) == (patient_a,)
        assert set(search.patients_given(c, ("甲", "乙"))) == {patient_a, patient_b}
        assert search.patients_named(c, "乙", 9) == (patient_b,)
        assert search.with_identifier(c, "Patient", "urn:wardone:mr", "MR-a") == (patient_a,)
        assert search.born_between(c, date(1950, 1, 1), date(1951, 1, 1), 9) == (patient_b,)
        assert search.encounters_and_patients(c, [Ref("Encounter/old")]) == (
            (Ref("Encounter/old"), patient_a),
        )
        assert search.patients_and_encounters(c, [PatientId("b")]) == (
            (patient_b, Ref("Encounter/new")),
        )
        assert search.observations_between(c, "2823-3", Decimal(6), Decimal(7), 9) == (
            Ref("Observation/k"),
        )
        assert search.risks_between(c, Decimal("0.2"), Decimal("0.3"), 9) == (
            Ref("RiskAssessment/risk"),
        )
        assert search.risks_between(c, Decimal("0.3"), Decimal("0.4"), 9) == ()
