from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.orders import OrderClass
from app.domain.patients import AllergyState, Banner, CodeStatus, Measured
from app.domain.results import Acknowledged, ResultRow
from app.domain.terms import NoteId, PatientId, Ref
from app.fhir.document import Document, Json
from localdb.reads.chart import OVERVIEW_RESULTS, SqlChartReads
from localdb.reads.papers import CURRENT
from tests.localdb.projections.kit import NOW, Shelf, long_walks
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


def _result(shelf: Shelf, key: str) -> ResultRow:
    return next(row for row in _reads(shelf).results(PATIENT) if row.observed.id == key)


# --- banner


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


# --- results


def test_results_know_panel_and_previous_value(shelf: Shelf) -> None:
    shelf.put(
        b.an_observation("k1", value="3.9", at="2026-03-01T07:00:00Z"),
        b.an_observation("k0", value="9.9", at="2026-02-28T07:00:00Z", status="entered-in-error"),
        b.an_observation("k2", value="6.60", at="2026-03-02T07:00:00Z", flag="HH"),
        b.an_observation("na", code="2951-2", value="140", at="2026-03-01T08:00:00Z"),
        b.a_report(results=("k2",)),
        b.a_vital(),
    )

    rows = _reads(shelf).results(PATIENT)

    assert [row.observed.id for row in rows] == ["k2", "na", "k1", "k0"]
    newest = rows[0]
    assert newest.panel is not None and newest.panel.text == "电解质"
    assert newest.previous is not None and newest.previous.value.number == Decimal("3.9")
    assert newest.needs_acknowledgement
    assert [row.previous for row in rows[1:]] == [None, None, None]
    assert not any(row.needs_acknowledgement for row in rows[1:])


def test_the_overview_knows_the_same_previous_values(shelf: Shelf) -> None:
    shelf.put(b.a_patient())
    for n in range(OVERVIEW_RESULTS + 30):
        at = (NOW - timedelta(hours=n)).isoformat()
        shelf.put(b.an_observation(f"lab-{n}", code=f"c{n % 7}", value=str(n), at=at))

    overview = _reads(shelf).overview(PATIENT, WEEK)

    assert overview is not None
    assert overview.results == _reads(shelf).results(PATIENT)[:OVERVIEW_RESULTS]
    assert all(row.previous for row in overview.results)


def test_a_critical_result_stays_on_the_first_page_until_somebody_took_note(shelf: Shelf) -> None:
    shelf.put(b.a_patient(), b.an_observation("old", flag="LL", at="2020-01-01T08:00:00Z"))
    for n in range(OVERVIEW_RESULTS):
        shelf.put(b.an_observation(f"lab-{n}"))
    before = _reads(shelf).overview(PATIENT, WEEK)
    shelf.put(o.a_task("t", code="acknowledge-result", focus="Observation/old", status="completed"))
    after = _reads(shelf).overview(PATIENT, WEEK)

    assert before is not None and after is not None
    assert "old" in [row.observed.id for row in before.results]
    assert "old" not in [row.observed.id for row in after.results]


def test_who_took_note_of_a_result_and_when(shelf: Shelf) -> None:
    asked = o.a_task("t", code="acknowledge-result", focus="Observation/lab-1", role="resident")
    done = o.a_task(
        "t",
        code="acknowledge-result",
        focus="Observation/lab-1",
        owner="dr-wang",
        status="completed",
        lastModified="2026-03-02T09:30:00Z",
    )
    shelf.put(b.an_observation(flag="HH"), b.a_practitioner(), asked)
    waiting = _result(shelf, "lab-1")
    shelf.put(done, unsent="saved")
    local = _result(shelf, "lab-1")
    shelf.put(done)
    known = _result(shelf, "lab-1")

    assert waiting.needs_acknowledgement and waiting.acknowledged is None
    assert waiting.task == "Task/t" and not waiting.unsent
    assert not local.needs_acknowledgement and local.unsent
    assert local.acknowledged == Acknowledged("王医生", datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
    assert not known.unsent


def test_a_note_taken_of_the_report_counts_for_its_results(shelf: Shelf) -> None:
    task = o.a_task("t", code="acknowledge-result", focus="DiagnosticReport/report-1")
    shelf.put(b.an_observation(flag="HH"), b.a_report(), task)
    assert _result(shelf, "lab-1").needs_acknowledgement

    del task["for"]
    shelf.put(task | {"status": "completed"})

    assert not _result(shelf, "lab-1").needs_acknowledgement


def test_a_series_is_every_value_oldest_first_without_errors(shelf: Shelf) -> None:
    shelf.put(
        b.an_observation("b", value="4.0", at="2026-03-02T07:00:00Z"),
        b.an_observation("a", value="3.5", at="2026-03-01T07:00:00Z"),
        b.an_observation("x", value="99", at="2026-03-03T07:00:00Z", status="entered-in-error"),
        b.an_observation("other", "somebody-else"),
    )

    series = _reads(shelf).series(PATIENT, "2823-3")

    assert series is not None
    assert [str(point.value.number) for point in series.points] == ["3.5", "4.0"]
    assert _reads(shelf).series(PATIENT, "unknown") is None


def test_blood_pressure_is_two_series(shelf: Shelf) -> None:
    shelf.put(b.a_blood_pressure(), b.a_vital())

    vitals = {series.term.code: series for series in _reads(shelf).vitals(PATIENT, WEEK)}

    assert set(vitals) == {"8480-6", "8462-4", "8867-4"}
    assert vitals["8480-6"].points[0].value.number == Decimal(120)
    assert vitals["8462-4"].points[0].component == "8462-4"


def test_vitals_before_the_window_are_left_out(shelf: Shelf) -> None:
    shelf.put(b.a_vital("old", at="2026-01-01T07:00:00Z"), b.a_vital("new"))

    (pulse,) = _reads(shelf).vitals(PATIENT, WEEK)

    assert [point.id for point in pulse.points] == ["new"]


def test_scores_are_charted_at_the_bedside_and_are_no_results(shelf: Shelf) -> None:
    shelf.put(b.an_observation("braden", code="38227-5", category="survey"))

    assert _reads(shelf).results(PATIENT) == ()
    assert len(_reads(shelf).vitals(PATIENT, WEEK)) == 1


def test_a_result_of_no_known_category_is_a_result(shelf: Shelf) -> None:
    shelf.put(b.an_observation("odd", category="made-up"))

    assert [row.observed.id for row in _reads(shelf).results(PATIENT)] == ["odd"]


# --- orders, notes, reports


def test_orders_are_newest_first_named_and_marked_while_unsent(shelf: Shelf) -> None:
    shelf.put(o.a_medication_request("old"), b.a_practitioner())
    shelf.put(o.a_medication_request("new", at="2026-03-02T10:00:00Z"), unsent="saved")

    lines = _reads(shelf).orders(PATIENT)

    assert [(line.order.id, line.unsent) for line in lines] == [("new", "saved"), ("old", "")]
    assert lines[0].order.requester_name == "王医生"
    assert lines[0].order.dosage.dose == Decimal(100)
    assert lines[0].order.dosage.frequency is not None


def test_the_overview_holds_what_is_current_as_the_domain_defines_it(shelf: Shelf) -> None:
    statuses = ("active", "on-hold", "draft", "unknown", "stopped", "completed", "cancelled")
    shelf.put(b.a_patient(), o.a_service_request())
    for status in statuses:
        shelf.put(o.a_medication_request(f"m-{status}", status=status))
    shelf.put(o.a_medication_request("forbidden", doNotPerform=True))

    overview = _reads(shelf).overview(PATIENT, WEEK)

    assert overview is not None
    current = {line.order for line in _reads(shelf).orders(PATIENT) if line.order.current}
    shown = {line.order for line in (*overview.medications, *overview.other_orders)}
    assert shown == current
    assert {order.status for order in current} <= set(CURRENT)
    assert {line.order.order_class for line in overview.medications} == {OrderClass.MEDICATION}


def test_an_order_that_only_refers_to_a_medication_is_named_by_it(shelf: Shelf) -> None:
    order = o.a_medication_request()
    del order["medicationCodeableConcept"]
    order["medicationReference"] = b.ref("Medication", "aspirin")
    shelf.put(order)
    before = _reads(shelf).orders(PATIENT)[0].order.item.text
    shelf.put({"resourceType": "Medication", "id": "aspirin", "code": {"text": "阿司匹林肠溶片"}})
    after = _reads(shelf).orders(PATIENT)[0].order.item.text

    assert (before, after) == ("?", "阿司匹林肠溶片")


def test_notes_come_newest_first_with_their_texts_and_names(shelf: Shelf) -> None:
    shelf.put(o.a_note("old"), b.a_practitioner())
    shelf.put(
        o.a_note(
            "new",
            text="好转",
            at="2026-03-03T08:00:00Z",
            doc_status="preliminary",
            authenticator=b.ref("Practitioner", "dr-wang"),
        ),
        unsent="sent",
    )

    notes = _reads(shelf).notes(PATIENT)

    assert [(note.id, note.text, note.unsent) for note in notes] == [
        ("new", "好转", "sent"),
        ("old", "患者一般情况可。", ""),
    ]
    assert (notes[0].author_name, notes[0].countersigned_by) == ("王医生", "王医生")
    assert _reads(shelf).note(NoteId("old")) == notes[1]
    assert _reads(shelf).note(NoteId("nowhere")) is None


def test_a_replaced_note_is_kept_in_the_list_and_left_out_of_the_first_page(shelf: Shelf) -> None:
    shelf.put(b.a_patient(), o.a_note(), o.a_note("gone", status="superseded"))

    overview = _reads(shelf).overview(PATIENT, WEEK)

    assert {note.id for note in _reads(shelf).notes(PATIENT)} == {"note-1", "gone"}
    assert overview is not None and [note.id for note in overview.notes] == ["note-1"]


def test_reports_come_newest_first_and_name_who_made_them(shelf: Shelf) -> None:
    performer: list[Json] = [b.ref("Organization", "dept-1")]
    shelf.put(
        b.a_report("old", performer=performer),
        b.a_report("new", category="RAD", at="2026-03-03T08:00:00Z"),
        b.an_organization(name="检验科"),
    )

    reports = _reads(shelf).reports(PATIENT)

    assert [report.id for report in reports] == ["new", "old"]
    assert reports[1].performer == "检验科"


# --- overview


def test_the_timeline_tells_what_happened_in_its_order(shelf: Shelf) -> None:
    shelf.put(
        b.a_patient(),
        b.an_organization(),
        b.an_encounter(
            serviceProvider=b.ref("Organization", "dept-1"),
            period={"start": "2026-02-27T08:00:00Z", "end": "2026-03-02T11:00:00Z"},
        ),
        o.a_procedure(),
        b.an_imaging_study(),
        o.a_note(),
        o.a_medication_request(),
        b.a_report(),
        o.a_note("long-ago", at="2025-01-01T08:00:00Z"),
    )

    overview = _reads(shelf).overview(PATIENT, WEEK)

    assert overview is not None
    events = overview.events
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert {event.kind for event in events} == {
        "admission",
        "discharge",
        "operation",
        "imaging",
        "note",
        "order",
        "result",
    }
    assert all(event.title.text for event in events)
    assert next(e for e in events if e.kind == "admission").title.text == "心内科"
    assert Ref("DocumentReference/long-ago") not in [event.ref for event in events]
    operation = next(event for event in events if event.kind == "operation")
    assert operation.ends_at == datetime(2026, 3, 2, 3, tzinfo=UTC)


def test_the_read_set_is_what_may_not_change_behind_the_signer(shelf: Shelf) -> None:
    shelf.put(
        b.a_patient(),
        b.an_encounter(),
        b.an_observation(),
        b.a_condition(),
        b.an_allergy(),
        o.a_medication_request(),
        o.a_service_request(),
        o.a_flag(),
        o.a_procedure(),
        o.a_note(),
        o.a_note("draft", doc_status="preliminary"),
        b.a_report(),
        b.a_report("running", status="partial"),
        b.an_allergy("other", "somebody-else"),
        version="7",
    )
    shelf.put(b.an_allergy("only-ours"), unsent="saved", version="")

    overview = _reads(shelf).overview(PATIENT, WEEK)

    assert _reads(shelf).read_set(PATIENT) == tuple(
        (Ref(ref), "7")
        for ref in (
            "AllergyIntolerance/allergy-1",
            "DiagnosticReport/report-1",
            "DocumentReference/note-1",
            "Flag/flag-1",
            "MedicationRequest/med-1",
            "Procedure/operation-1",
            "ServiceRequest/order-1",
        )
    )
    assert overview is not None and overview.versions == _reads(shelf).read_set(PATIENT)


def test_the_read_set_follows_the_servers_version(shelf: Shelf) -> None:
    shelf.put(b.an_allergy(), version="1")
    shelf.put(b.an_allergy(), version="2")

    assert _reads(shelf).read_set(PATIENT) == ((Ref("AllergyIntolerance/allergy-1"), "2"),)


def test_what_was_not_understood_is_said(shelf: Shelf) -> None:
    shelf.put(o.a_procedure() | {"performedPeriod": None}, o.a_procedure("fine"))

    assert _reads(shelf).unreadable(PATIENT) == ((Ref("Procedure/operation-1"), "without a time"),)
    assert _reads(shelf).unreadable(PatientId("somebody-else")) == ()


def test_charts_walk_indexes_only(shelf: Shelf) -> None:
    shelf.put(b.a_patient(), b.an_encounter(location="bed-12"), b.a_bed(), b.a_ward())
    chart = _reads(shelf)

    with shelf.plans() as plans:
        chart.overview(PATIENT, WEEK)
        chart.results(PATIENT)
        chart.vitals(PATIENT, WEEK)
        chart.series(PATIENT, "x")
        chart.notes(PATIENT)
        chart.note(NoteId("x"))
        chart.orders(PATIENT)
        chart.reports(PATIENT)
        chart.unreadable(PATIENT)

    assert not long_walks(plans)
    assert len([plan for plan in plans if plan.startswith("SEARCH result_row")]) > 5
