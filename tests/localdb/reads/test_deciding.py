"""What decision support is told of a chart, out of the projections."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from app.domain.patients import AllergyState
from app.domain.quantities import Quantity
from app.domain.terms import PatientId
from app.fhir.document import Document
from app.fhir.orders import write_stop
from app.fhir.valuesets import SNOMED
from app.ports.deciding import Stated, Wanted
from localdb.projections.all import all_projectors
from localdb.reads.deciding import NEWEST, SqlChartedReads, SqlReportedReads
from tests.localdb.projections.kit import NOW, Shelf
from tests.support import builders as b
from tests.support import order_builders as o
from tests.support.cache_kit import a_cache, an_act

WHO = PatientId("li-ming")
WANTED = Wanted(("2823-3", "29463-7"), NOW - timedelta(days=56), NOW - timedelta(days=1))


def at(day: int, hour: int = 7) -> str:
    return f"2026-03-{day:02}T{hour:02}:00:00+08:00"


def test_a_chart_of_which_nothing_came_is_not_known(shelf: Shelf) -> None:
    found = SqlChartedReads(shelf).charted(WHO, WANTED)

    assert found.as_of is None
    assert found.patient is None
    assert found.allergy_state is AllergyState.UNAVAILABLE
    assert not found.orders
    assert not found.measured


def test_a_chart_is_read_from_one_snapshot(shelf: Shelf) -> None:
    shelf.put(b.a_patient(), b.a_condition(), b.no_known_allergy(), o.a_medication_request())
    shelf.put(b.a_weight(), b.an_observation())
    shelf.downloaded("patient:li-ming")

    found = SqlChartedReads(shelf).charted(WHO, WANTED)

    assert found.as_of == NOW
    assert found.patient is not None
    assert found.patient.id == WHO
    assert found.allergy_state is AllergyState.NONE_KNOWN
    assert [one.term.code for one in found.problems] == ["I10"]
    assert [one.id for one in found.orders] == ["med-1"]
    assert found.measured["2823-3"][0].quantity == Quantity(Decimal("4.1"), "mmol/L")
    (weight,) = found.measured["29463-7"]
    assert (weight.quantity.unit, weight.at) == ("kg", None)


def test_of_one_kind_the_newest_few_are_told_newest_first(shelf: Shelf) -> None:
    shelf.put(*(b.an_observation(f"k{n}", value=f"{n}.5", at=at(1, n + 1)) for n in range(6)))
    shelf.put(b.an_observation("wrong", value="9.9", at=at(2)) | {"status": "entered-in-error"})
    shelf.put(b.an_observation("other", patient="wang-fang", value="8.8", at=at(2)))
    shelf.put(b.an_observation("words", at=at(2)) | {"valueQuantity": {"unit": "mmol/L"}})

    found = SqlChartedReads(shelf).charted(WHO, WANTED).measured["2823-3"]

    assert [str(one.quantity.value) for one in found] == ["5.5", "4.5", "3.5"]
    assert len(found) == NEWEST


def test_orders_that_ended_lately_are_told_and_older_ones_are_not(shelf: Shelf) -> None:
    for key, days in (("late", 3), ("long-ago", 90)):
        ended = NOW - timedelta(days=days)
        shelf.put(write_stop(o.a_medication_request(key), at=ended, by=None, reason="-"))
    shelf.put(o.a_medication_request("done", status="completed"))
    shelf.put(o.a_medication_request("old", status="completed", at="2025-03-01T10:00:00+08:00"))
    shelf.put(o.a_service_request(), o.a_medication_request("hers", patient="wang-fang"))

    found = SqlChartedReads(shelf).charted(WHO, WANTED).orders

    assert {one.id for one in found} == {"late", "done"}


def test_of_a_drug_that_was_given_the_last_dose_counts(shelf: Shelf) -> None:
    shelf.put(o.an_administration("one", at=at(1, 1)), o.an_administration("two", at=at(1, 6)))
    shelf.put(o.an_administration("fresh", at=at(2, 20)))
    shelf.put(o.an_administration("not", at=at(1, 8)) | {"status": "not-done"})

    (found,) = SqlChartedReads(shelf).charted(WHO, WANTED).given

    assert found.item.text == "阿司匹林"
    assert found.last == datetime(2026, 2, 28, 22, tzinfo=UTC)


def test_patients_are_named_for_whom_results_came_in(shelf: Shelf) -> None:
    shelf.put(b.an_observation("old", at=at(1, 1)), b.an_observation("new", at=at(2, 9)))
    shelf.put(b.an_observation("newest", at=at(2, 10)), b.a_weight(at=at(2, 11)))
    shelf.put(b.an_observation("wrong", "wang-fang", at=at(2)) | {"status": "entered-in-error"})

    (found,) = SqlReportedReads(shelf).reported(datetime(2026, 3, 2, tzinfo=UTC))

    assert (found.patient, found.count) == (WHO, 2)
    assert found.newest == datetime(2026, 3, 2, 2, tzinfo=UTC)


def test_of_an_answer_in_a_code_the_newest_counts(tmp_path: Path) -> None:
    def asked(key: str, code: str, when: str, answer: str) -> Document:
        found = b.an_observation(key, code=code, at=when, text="?")
        del found["valueQuantity"]
        return found | {"valueCodeableConcept": b.coded(SNOMED, answer)}

    documents = (
        asked("p1", "82810-3", at(1), "77386006"),
        asked("p2", "82810-3", at(2), "60001007"),
        asked("b1", "63895-7", at(2), "999"),
    )
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        opened.acts.commit(an_act("g1", *documents))
        found = SqlChartedReads(opened.cache).charted(WHO, WANTED)

    assert found.pregnancy == Stated(answer=False, at=datetime(2026, 3, 1, 23, tzinfo=UTC))
    assert found.breastfeeding is not None
    assert found.breastfeeding.answer is None


def test_a_document_that_is_gone_answers_nothing(shelf: Shelf) -> None:
    shelf.put(b.an_observation("p1", code="82810-3"))

    found = SqlChartedReads(shelf).charted(WHO, WANTED)

    assert found.pregnancy is not None
    assert found.pregnancy.answer is None
    assert found.breastfeeding is None
