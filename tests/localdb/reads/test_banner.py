from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.patients import AllergyState, Banner, CodeStatus, Measured
from app.domain.terms import PatientId
from app.fhir.document import Document
from localdb.reads.chart import SqlChartReads
from tests.localdb.projections.kit import NOW, Shelf
from tests.support import builders as b
from tests.support import order_builders as o

PATIENT = PatientId("li-ming")
WEEK = NOW - timedelta(days=7)


def _reads(shelf: Shelf) -> SqlChartReads:
    return SqlChartReads(shelf)


def _banner(shelf: Shelf) -> Banner:
    found = _reads(shelf).banner(PATIENT)
    assert found is not None
    return found


def test_nobody_has_no_banner_and_no_overview(shelf: Shelf) -> None:
    assert _reads(shelf).banner(PATIENT) is None
    assert _reads(shelf).overview(PATIENT, WEEK) is None


def test_a_patient_of_whom_nothing_is_known_has_blanks(shelf: Shelf) -> None:
    shelf.put(b.a_patient())

    banner = _banner(shelf)

    assert banner.stay is None and banner.weight is None and banner.as_of is None
    assert banner.allergy_state is AllergyState.UNAVAILABLE
    assert banner.code_status is CodeStatus.NOT_RECORDED
    assert (banner.level_of_care, banner.severity, banner.isolation, banner.flags) == (
        "",
        "",
        (),
        (),
    )


@pytest.mark.parametrize(
    ("documents", "state"),
    [
        ((), AllergyState.NOT_RECORDED),
        ((b.no_known_allergy(),), AllergyState.NONE_KNOWN),
        ((b.an_allergy(),), AllergyState.KNOWN),
        ((b.no_known_allergy(), b.an_allergy()), AllergyState.KNOWN),
        ((b.an_allergy(verification="refuted"),), AllergyState.NOT_RECORDED),
    ],
)
def test_allergies_of_a_patient_downloaded_whole(
    shelf: Shelf, documents: tuple[Document, ...], state: AllergyState
) -> None:
    shelf.put(b.a_patient(), *documents)
    assert _banner(shelf).allergy_state is AllergyState.UNAVAILABLE

    shelf.downloaded("patient:li-ming")

    assert _banner(shelf).allergy_state is state
    assert _banner(shelf).as_of == NOW


def test_who_recorded_an_allergy_is_named_though_the_document_only_points_there(
    shelf: Shelf,
) -> None:
    recorder = b.ref("Practitioner", "dr-wang")
    shelf.put(b.a_patient(), b.an_allergy(recorder=recorder), b.a_practitioner())

    assert [one.recorded_by for one in _banner(shelf).allergies] == ["王医生"]


def test_the_newest_weight_stands_in_the_banner_with_its_unit_and_time(shelf: Shelf) -> None:
    wrong = b.a_weight("w4", value="705", at="2026-03-02T07:00:00Z") | {
        "status": "entered-in-error"
    }
    shelf.put(
        b.a_patient(),
        b.a_weight("w1", value="70.50", at="2026-03-01T07:00:00Z"),
        b.a_weight("w2", value="69", at="2026-02-01T07:00:00Z"),
        b.a_weight("w3", "somebody-else", "80", at="2026-03-02T07:00:00Z"),
        wrong,
    )

    weight = _banner(shelf).weight

    assert weight == Measured(Decimal("70.50"), "kg", datetime(2026, 3, 1, 7, tzinfo=UTC))
    assert str(weight.value) == "70.50"


def test_resuscitation_status_comes_from_its_flag_and_is_no_other_warning(shelf: Shelf) -> None:
    shelf.put(b.a_patient(), o.a_flag("f1", code="full"), o.a_flag("f2", code="falls"))
    assert _banner(shelf).code_status is CodeStatus.FULL

    shelf.put(o.a_flag("f3", code="dnar"))
    assert _banner(shelf).code_status is CodeStatus.DNAR
    assert _banner(shelf).flags == ("falls",)

    shelf.put(o.a_flag("f3", code="dnar", status="inactive"))
    assert _banner(shelf).code_status is CodeStatus.FULL


def test_a_stopped_order_does_not_set_the_level_of_care(shelf: Shelf) -> None:
    shelf.put(
        b.a_patient(),
        o.a_service_request("old", code="2", at="2026-03-01T08:00:00Z"),
        o.a_service_request("new", code="special", at="2026-03-02T08:00:00Z"),
    )
    assert _banner(shelf).level_of_care == "special"

    shelf.put(
        o.a_service_request("new", code="special", at="2026-03-02T08:00:00Z", status="revoked")
    )

    assert _banner(shelf).level_of_care == "2"


def test_what_must_not_be_done_is_not_a_standing_order(shelf: Shelf) -> None:
    shelf.put(
        b.a_patient(),
        o.a_service_request("no", order_class="isolation", code="contact", doNotPerform=True),
        o.a_service_request("yes", order_class="isolation", code="droplet"),
    )

    assert _banner(shelf).isolation == ("droplet",)


def test_an_element_that_changes_meaning_guards_the_record(shelf: Shelf) -> None:
    shelf.put(b.a_patient())
    assert not _banner(shelf).guarded

    shelf.put(b.a_patient(modifierExtension=[{"url": "urn:x", "valueBoolean": True}]))

    assert _banner(shelf).guarded


def test_the_current_stay_stands_before_a_later_planned_or_former_one(shelf: Shelf) -> None:
    shelf.put(
        b.a_patient(),
        b.an_encounter("former", admitted="2025-01-01T08:00:00Z", status="finished"),
        b.an_encounter("now", admitted="2026-02-01T08:00:00Z"),
        b.an_encounter("planned", admitted="2026-05-01T08:00:00Z", status="planned"),
    )

    stay = _banner(shelf).stay

    assert stay is not None and stay.id == "now"
