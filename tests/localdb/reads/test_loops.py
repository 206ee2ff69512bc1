"""What the tracker of closed loops reads, from real tables."""

from __future__ import annotations

from contextlib import closing

from app.domain.loop_marks import Signature
from app.domain.terms import Named, PatientId, WardId
from localdb.reads.loops import SqlLoopReads
from tests.localdb.projections.kit import NOW, Shelf, long_walks
from tests.support import builders as b
from tests.support.loop_builders import a_dose, a_medication_order, a_provenance, a_task

LI, WANG = PatientId("li-ming"), PatientId("wang-fang")
PEOPLE = (
    b.a_patient(),
    b.a_patient("wang-fang", "王芳", english="WANG Fang"),
    b.a_ward(),
    b.a_room(),
    b.a_bed(),
    b.a_bed("bed-3", "3", "room-1"),
    b.an_encounter(location="bed-12"),
    b.an_encounter("stay-2", "wang-fang", "bed-3"),
    b.a_practitioner("wang-yi", "王奕"),
)
FOLLOWED = (
    a_medication_order("o1"),
    a_task("t1", "MedicationRequest/o1", step="VERIFY"),
    a_dose("d1", "o1", supportingInformation=[{"reference": "Task/t1"}]),
    a_provenance("p1", "MedicationRequest/o1", act="order.place"),
)


def test_who_lies_in_the_ward_in_bed_order(shelf: Shelf) -> None:
    shelf.put(*PEOPLE)

    before = SqlLoopReads(shelf).ward(WardId(str(b.a_ward()["id"])))
    shelf.downloaded(f"census:{b.a_ward()['id']}")
    found = SqlLoopReads(shelf).ward(WardId(str(b.a_ward()["id"])))

    assert [(one.id, one.bed) for one in found.patients] == [(WANG, "3"), (LI, "12")]
    assert found.patients[0].name == Named("王芳", "WANG Fang")
    assert (before.as_of, before.ward.occupied) == (None, None)
    assert (found.as_of, found.ward.occupied) == (NOW, 2)


def test_what_is_known_of_a_patient(shelf: Shelf) -> None:
    shelf.put(*PEOPLE, *FOLLOWED)

    found = SqlLoopReads(shelf).evidence([LI, WANG])

    mine = found[LI]
    assert [line.order.id for line in mine.orders] == ["o1"]
    assert [mark.ref for mark in mine.marks] == [
        "MedicationAdministration/d1",
        "MedicationRequest/o1",
        "Task/t1",
    ]
    assert mine.marks[0].instance == "Task/t1"
    assert mine.marks[2].steps == ("VERIFY",)
    assert mine.links == {
        "MedicationAdministration/d1": ("MedicationRequest/o1", "Task/t1"),
        "Task/t1": ("MedicationRequest/o1",),
    }
    (signed,) = mine.signatures
    assert isinstance(signed, Signature)
    assert (signed.act, signed.by) == ("order.place", "王奕")
    assert found[WANG].marks == ()


def test_a_name_that_was_recorded_is_not_looked_up(shelf: Shelf) -> None:
    signed = a_provenance("p1", "MedicationRequest/o1", act="order.place")
    shelf.put(
        *PEOPLE,
        a_medication_order("o1"),
        signed | {"agent": [{"who": {"reference": "Practitioner/wang-yi", "display": "Dr WANG"}}]},
    )

    assert SqlLoopReads(shelf).evidence([LI])[LI].signatures[0].by == "Dr WANG"


def test_a_stamp_changes_with_every_document_that_matters_and_with_no_other(shelf: Shelf) -> None:
    reads = SqlLoopReads(shelf)
    shelf.put(*PEOPLE)
    seen = [reads.stamps([LI])[LI]]
    for one in FOLLOWED:
        shelf.put(one)
        seen.append(reads.stamps([LI])[LI])
    shelf.put(a_medication_order("o1", status="stopped"), version="2")
    seen.append(reads.stamps([LI])[LI])
    shelf.put(a_medication_order("o1", status="stopped"), version="2", unsent="saved")
    seen.append(reads.stamps([LI])[LI])
    shelf.remove("Task/t1")
    seen.append(reads.stamps([LI])[LI])

    assert len(set(seen)) == len(seen)
    shelf.put(b.an_observation(), b.an_allergy())
    assert reads.stamps([LI, WANG]) == {LI: seen[-1], WANG: (0, 0, 0, 0)}


def test_a_change_that_is_not_sent_yet_has_no_version(shelf: Shelf) -> None:
    shelf.put(a_medication_order("o1"), version="3")
    sent = SqlLoopReads(shelf).evidence([LI])[LI].marks[0]
    shelf.put(a_medication_order("o1"), version="3", unsent="saved")
    unsent = SqlLoopReads(shelf).evidence([LI])[LI].marks[0]

    assert (sent.version, unsent.version) == ("3", "")


def test_rows_made_anew_are_the_rows_that_were_kept(shelf: Shelf) -> None:
    shelf.put(a_medication_order("o1", status="draft"), a_task("t1", "MedicationRequest/o2"))
    shelf.put(*reversed(FOLLOWED))
    shelf.put(a_dose("d2", "o1"))
    shelf.remove("MedicationAdministration/d2")

    with closing(Shelf(*FOLLOWED)) as fresh:
        assert shelf.rows() == fresh.rows()
        assert fresh.rows()["loop_link"]


def test_every_question_goes_through_an_index(shelf: Shelf) -> None:
    shelf.put(*PEOPLE, *FOLLOWED)
    reads = SqlLoopReads(shelf)

    with shelf.plans() as plans:
        reads.stamps([LI])
        reads.evidence([LI])

    assert plans
    assert long_walks(plans) == []
