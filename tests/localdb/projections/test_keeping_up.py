"""Kept step by step or made anew: the rows are the same."""

from __future__ import annotations

from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st

from app.fhir.document import Document, reference_to
from tests.localdb.projections.kit import Shelf
from tests.support import builders as b
from tests.support import order_builders as o
from tests.unit.fhir.samples import feed, json_values

OWN: tuple[Document, ...] = (
    b.a_patient(phonetic="Xuān Xīnmiǎo", english="XUAN Xinmiao"),
    b.a_patient("wang-fang", "王芳"),
    b.a_ward(),
    b.a_room(),
    b.a_bed(),
    b.a_bed("bed-3", "3", "room-1"),
    b.an_organization(),
    b.a_practitioner(english="Dr WANG"),
    b.a_care_team(),
    b.an_encounter(location="bed-12", attending="dr-wang"),
    b.an_encounter("stay-2", "wang-fang", "bed-3"),
    b.an_allergy(),
    b.no_known_allergy(),
    b.a_condition(),
    o.a_flag(),
    o.a_flag("flag-2", code="dnar"),
    o.a_medication_request(),
    o.a_service_request(),
    o.an_administration(),
    b.an_observation(flag="HH"),
    b.a_blood_pressure(),
    b.a_weight(),
    b.a_report(),
    b.an_imaging_study(),
    o.a_procedure(),
    o.a_note(),
    o.a_task(focus="Observation/lab-1"),
    o.a_message(),
)
REPLACED: tuple[Document, ...] = (
    b.a_patient(name="王五六"),
    b.an_encounter(location="bed-3", status="finished"),
    b.an_encounter("stay-2", "wang-fang", "bed-12"),
    b.a_care_team(members=("dr-li", "nurse-zhao")),
    b.an_observation(value="6.9"),
    b.a_blood_pressure(systolic="90"),
    b.a_report(results=("lab-2", "lab-3")),
    o.a_medication_request(status="stopped"),
    o.a_note(doc_status="preliminary"),
)
EVERYTHING = (*OWN, *REPLACED, *feed())

steps = st.lists(
    st.tuples(
        st.integers(0, len(EVERYTHING) - 1),
        st.sampled_from(("put", "put", "put", "remove")),
        st.sampled_from(("", "saved", "sent", "conflict")),
    ),
    max_size=60,
)


@given(steps)
@settings(max_examples=20, deadline=None)
def test_rows_kept_up_are_the_rows_made_anew(history: list[tuple[int, str, str]]) -> None:
    now: dict[str, tuple[Document, str]] = {}
    with closing(Shelf()) as kept, closing(Shelf()) as fresh:
        for n, what, unsent in history:
            document = EVERYTHING[n]
            if what == "put":
                kept.put(document, unsent=unsent)
                now[reference_to(document)] = (document, unsent)
            else:
                kept.remove(reference_to(document))
                now.pop(reference_to(document), None)
        for document, unsent in reversed(now.values()):
            fresh.put(document, unsent=unsent)

        assert kept.rows() == fresh.rows()


def test_removing_every_document_leaves_no_row(shelf: Shelf) -> None:
    shelf.put(*feed(), *OWN)
    assert sum(map(len, shelf.rows().values())) > 500

    shelf.remove(*{reference_to(document) for document in (*feed(), *OWN)})

    assert not any(shelf.rows().values())


def test_what_changed_is_told_by_its_kind(shelf: Shelf) -> None:
    assert shelf.put(o.a_medication_request()) == {"order"}
    assert "vital" in shelf.put(b.a_weight())
    assert shelf.put(b.a_location("x", "x", "wa")) == {"census"}


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_no_document_however_strange_stops_the_others(shelf: Shelf, data: st.DataObject) -> None:
    strange = dict(data.draw(st.sampled_from(EVERYTHING)))
    spoilt = data.draw(st.lists(st.sampled_from(sorted(strange)), max_size=4))
    for key in spoilt:
        if key not in ("resourceType", "id"):
            strange[key] = data.draw(json_values())
    try:
        shelf.put(strange, b.an_allergy("beside-it"))
        rows = shelf.rows()
    finally:
        # A shelf of its own would be most of the work; an emptied one is as good as new (above).
        shelf.remove(reference_to(strange), "AllergyIntolerance/beside-it")

    assert any(row[0] == "AllergyIntolerance/beside-it" for row in rows["allergy_row"])
    assert not any(shelf.rows().values())


def test_the_whole_frozen_feed_is_understood(shelf: Shelf) -> None:
    shelf.put(*feed())

    strange = {
        (str(row[0]), str(row[2]))
        for name, rows in shelf.rows().items()
        if name.endswith("_unread")
        for row in rows
    }
    assert {reason.partition(" ")[0] for _, reason in strange} <= {
        "unread.no-patient",
        "unread.no-time",
    }
    assert strange, "the R4 examples hold documents about no patient"


def test_half_a_character_is_noted_and_harms_nobody(shelf: Shelf) -> None:
    shelf.put(o.a_note(text="好"), o.a_note("note-2") | {"description": "half \ud83d"})

    rows = shelf.rows()
    assert [row[0] for row in rows["note_row"]] == ["DocumentReference/note-1"]
    assert rows["note_unread"] == [
        ("DocumentReference/note-2", "li-ming", "unread.strange UnicodeEncodeError")
    ]


def test_a_document_understood_at_last_leaves_the_list_of_strange_ones(shelf: Shelf) -> None:
    shelf.put(o.a_procedure() | {"performedPeriod": {}})
    assert shelf.rows()["event_unread"] == [
        ("Procedure/operation-1", "li-ming", "unread.no-time Procedure")
    ]

    shelf.put(o.a_procedure())

    assert not shelf.rows()["event_unread"]
    assert len(shelf.rows()["event_row"]) == 1
