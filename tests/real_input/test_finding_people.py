"""Patients of foreign feeds are found by what a person would type."""

from __future__ import annotations

import pytest

from app.domain.census import BedRow
from app.domain.terms import WardId
from tests.real_input.conftest import EDGES, JP, US, Hospital


@JP
@pytest.mark.parametrize(
    ("typed", "matched"),
    [
        ("松浦 優", "name"),
        ("浦優", "name"),
        ("マツウラ", "pinyin"),
        ("まつうらゆう", "pinyin"),
        ("ﾏﾂｳﾗ", "pinyin"),  # half width, as older terminals send it
        ("spy", "initials"),
        ("POP-008518", "record"),
        ("008518", "record"),
        ("4W-02", "bed"),
    ],
)
def test_a_japanese_patient_is_found(hospital: Hospital, typed: str, matched: str) -> None:
    assert found(hospital, typed).get("pt-5b8b61826853") == matched


@JP
def test_who_has_left_is_not_found_by_the_bed(hospital: Hospital) -> None:
    assert "pt-0e78bbefc6f7" in found(hospital, "工藤 千代")
    assert "pt-0e78bbefc6f7" not in found(hospital, "4W-09")


@US
@pytest.mark.parametrize(
    ("typed", "matched"),
    [("Simmons", "name"), ("cynthia", "name"), ("sc", "initials"), ("POP-005507", "record")],
)
def test_an_american_patient_is_found(hospital: Hospital, typed: str, matched: str) -> None:
    assert found(hospital, typed).get("pt-202f2080dd9a") == matched


@EDGES
@pytest.mark.parametrize(
    ("typed", "matched"),
    [
        ("oyj", "initials"),  # 欧阳静
        ("ouyangjing", "pinyin"),
        ("Jing Ouyang", "english"),
        ("阳静", "name"),
        ("7A", "bed"),
        ("0001", "record"),
    ],
)
def test_a_chinese_patient_is_found(hospital: Hospital, typed: str, matched: str) -> None:
    assert found(hospital, typed).get("in-bed") == matched


@EDGES
@pytest.mark.parametrize("typed", ["shanguoqiang", "danguoqiang", "sgq", "dgq"])
def test_a_surname_of_two_readings_is_found_by_both(hospital: Hospital, typed: str) -> None:
    assert "no-bed" in found(hospital, typed)


@EDGES
def test_a_patient_without_a_name_is_found_by_number_and_place(hospital: Hospital) -> None:
    assert found(hospital, "E-0003") == {"no-name": "record"}
    lying = {row.patient.id for row in board(hospital) if row.patient is not None}
    assert "no-name" in lying


@EDGES
def test_a_record_merged_away_comes_after_the_one_that_survived(hospital: Hospital) -> None:
    assert list(found(hospital, "欧阳静")) == ["in-bed", "merged-away"]


def found(hospital: Hospital, typed: str) -> dict[str, str]:
    """Who is found, best first, and by what."""
    reader = hospital.reader
    return {
        hit.patient.id: hit.matched for hit in reader.services.wards.find(reader.session, typed)
    }


def board(hospital: Hospital) -> tuple[BedRow, ...]:
    reader = hospital.reader
    return reader.services.wards.board(reader.session, WardId("ward-e")).rows
