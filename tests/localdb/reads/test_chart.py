from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.domain.orders import OrderClass
from app.domain.terms import NoteId, PatientId, PractitionerId, Ref
from app.domain.verbal_orders import Spoken
from app.fhir.document import Json
from app.fhir.spoken import write_confirmed, write_spoken
from app.services.verbal_pack import situations
from localdb.reads.chart import SqlChartReads
from localdb.reads.papers import CURRENT
from tests.localdb.projections.kit import NOW, Shelf, long_walks
from tests.support import builders as b
from tests.support import order_builders as o

PATIENT = PatientId("li-ming")
WEEK = NOW - timedelta(days=7)


def _reads(shelf: Shelf) -> SqlChartReads:
    return SqlChartReads(shelf)


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


def test_an_order_by_word_of_mouth_names_who_wrote_it_until_it_is_confirmed(shelf: Shelf) -> None:
    heard = o.a_medication_request()
    requester = heard["requester"]
    assert isinstance(requester, dict)
    by = PractitionerId(str(requester["reference"]).partition("/")[2])
    writer = PractitionerId("zhao")
    said = Spoken(by, "王医生", situations()[0].term, True, writer, "赵敏")
    write_spoken(heard, said)

    shelf.put(heard)
    before = _reads(shelf).orders(PATIENT)[0].order
    write_confirmed(heard, NOW)
    shelf.put(heard)
    after = _reads(shelf).orders(PATIENT)[0].order

    assert before.spoken == replace(said, by_name=before.requester_name)
    assert (before.unconfirmed, after.unconfirmed) == (True, False)


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

    assert _reads(shelf).unreadable(PATIENT) == (
        (Ref("Procedure/operation-1"), "unread.no-time Procedure"),
    )
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
