"""A score as an Observation, and read back as the chart reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from app.domain.quantities import Quantity
from app.domain.score_records import ScoreRecord
from app.domain.terms import EncounterId, PatientId, PractitionerId, Ref, Term
from app.fhir.observations import read_observed
from app.fhir.score_records import write_score

AT = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)


def a_record(**more: object) -> ScoreRecord:
    given: dict[str, object] = {
        "ref": Ref("Observation/s1"),
        "patient": PatientId("li"),
        "score": Term("国家早期预警评分2", "urn:wardone:score", "NEWS2", "NEWS2"),
        "version": "2017",
        "total": Decimal(7),
        "unit": "{score}",
        "band": Term("高危", "urn:wardone:score-band:NEWS2", "high", "high"),
        "parts": ((Term("呼吸", "urn:wardone:score-item", "breaths", "breaths"), Decimal(3)),),
        "answers": (
            (Term("吸氧", "urn:x", "oxygen"), Term("空气", "urn:y", "air", "air")),
            (Term("体重", "urn:x", "weight"), Quantity(Decimal("68.5"), "kg")),
        ),
        "derived": (Ref("Observation/v1"),),
        "at": AT,
        "by": PractitionerId("wang"),
        "by_name": "王奕",
        "encounter": EncounterId("stay-1"),
    }
    return ScoreRecord(**(given | more))  # type: ignore[arg-type]  # checked at run time


def test_a_score_reads_back_as_the_chart_shows_it() -> None:
    total, part, air, weight = read_observed(write_score(a_record()))

    assert (total.id, total.patient, total.performer) == ("s1", "li", "王奕")
    assert (total.value.number, total.value.unit_code, total.value.unit) == (7, "{score}", "score")
    assert (total.at, total.issued) == (AT, AT)
    assert (part.component, part.value.number) == ("breaths", 3)
    assert air.value.text == "空气"
    assert (weight.value.number, weight.value.unit) == (Decimal("68.5"), "kg")


def test_what_is_not_there_is_not_written() -> None:
    bare = a_record(band=None, version="", parts=(), answers=(), derived=(), encounter=None)
    document = write_score(bare)

    absent = {"interpretation", "method", "component", "derivedFrom", "encounter"}
    assert not absent & set(document)
    assert document["status"] == "final"
