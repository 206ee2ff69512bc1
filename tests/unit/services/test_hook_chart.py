"""The chart as somebody else sent it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.domain.patients import AllergyState
from app.domain.quantities import Quantity
from app.domain.skin_tests import Reaction
from app.domain.terms import PatientId, Term
from app.fhir.document import Document
from app.fhir.skin_tests import write_skin_result
from app.ports.deciding import Charted, Measurement, Wanted
from app.services.hook_chart import ALLERGIES, PROBLEMS, SentChart
from tests.support.builders import a_condition, a_patient, an_allergy, an_observation
from tests.support.order_builders import a_medication_request, an_administration
from tests.unit.fhir.test_skin_tests import RESULT

LI = PatientId("li-ming")
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
POTASSIUM = "2823-3"
WANTED = Wanted((POTASSIUM,), NOW - 7 * DAY, NOW - DAY)
ALL = frozenset({ALLERGIES, PROBLEMS})


def charted(*documents: Document, given: frozenset[str] = ALL) -> Charted:
    return SentChart(LI, documents, given, NOW).charted(LI, WANTED)


def test_what_did_not_come_is_unknown() -> None:
    found = charted(given=frozenset())

    assert (found.as_of, found.patient) == (None, None)
    assert found.allergy_state is AllergyState.UNAVAILABLE


def test_what_came_empty_is_empty() -> None:
    found = charted(a_patient())

    assert found.as_of == NOW and found.problems == ()
    assert found.patient is not None and found.patient.id == LI
    assert found.allergy_state is AllergyState.NOT_RECORDED


def test_only_what_is_of_this_patient_counts() -> None:
    own = (an_allergy(), a_condition(), a_medication_request(), an_observation())
    foreign = (
        a_patient("zhao"),
        an_allergy("a-9", "zhao"),
        a_condition("c-9", "zhao"),
        a_medication_request("m-9", "zhao"),
        an_observation("o-9", "zhao", value="9"),
        an_administration("d-9", "zhao", at="2026-02-01T08:00:00Z"),
        write_skin_result(RESULT) | {"subject": {"reference": "Patient/zhao"}},
    )
    found = charted(*own, *foreign)

    assert found.patient is None and found.given == () and found.skin_tests == ()
    assert found.allergy_state is AllergyState.KNOWN
    assert [one.id for one in found.allergies] == ["allergy-1"]
    assert [one.term.text for one in found.problems] == ["高血压"]
    assert [one.id for one in found.orders] == ["med-1"]
    assert [one.quantity.value for one in found.measured[POTASSIUM]] == [Decimal("4.1")]


def test_the_newest_three_of_each_kind_come_first_and_what_has_no_time_last() -> None:
    found = charted(
        an_observation("o1", value="1", at="2026-03-01"),
        *(an_observation(f"o{n}", value=str(n), at=f"2026-02-0{n}T08:00:00Z") for n in (2, 4)),
        an_observation("o5", value="5", at="2026-02-05T08:00:00Z"),
        an_observation("o6", value="6", status="entered-in-error"),
        an_observation("o7", value="7", code="2160-0"),
        an_observation("o8", valueQuantity=None, valueString="haemolytic"),
    )

    assert [one.quantity.value for one in found.measured[POTASSIUM]] == [5, 4, 2]
    (alone,) = charted(an_observation("o1", value="1", at="2026-03-01")).measured[POTASSIUM]
    assert alone == Measurement(Quantity(Decimal(1), "mmol/L"), None)


def test_orders_that_hold_and_those_that_ended_lately() -> None:
    found = charted(
        a_medication_request("running", at="2025-01-01T08:00:00Z"),
        a_medication_request("lately", status="stopped", at="2026-02-28T08:00:00Z"),
        a_medication_request("long-ago", status="stopped", at="2026-01-01T08:00:00Z"),
        {**a_medication_request("undated", status="stopped"), "authoredOn": None},
        a_medication_request("planned", intent="plan"),
    )

    assert [one.id for one in found.orders] == ["running", "lately", "undated"]


def test_a_dose_proves_something_when_it_was_given_long_enough_ago() -> None:
    found = charted(
        an_administration("d1", at="2026-02-20T08:00:00Z"),
        an_administration("d2", at="2026-02-25T08:00:00Z"),
        an_administration("d3", at="2026-02-22T08:00:00Z"),
        an_administration("d4", at="2026-03-02T07:00:00Z"),
        {**an_administration("d5", at="2026-02-26T08:00:00Z"), "status": "not-done"},
        an_administration("d6", at="2026-02-26"),
    )

    ((item, last),) = ((one.item, one.last) for one in found.given)
    assert (item, last) == (Term("阿司匹林"), datetime(2026, 2, 25, 8, tzinfo=UTC))


def test_a_skin_test_is_read() -> None:
    document = write_skin_result(RESULT) | {"subject": {"reference": "Patient/li-ming"}}
    (one,) = charted(document).skin_tests
    assert one.reaction in (Reaction.POSITIVE, Reaction.NEGATIVE)
