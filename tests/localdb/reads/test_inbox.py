from __future__ import annotations

from app.domain.chart import WorkItem
from app.domain.people import Role
from app.domain.terms import PatientId, PractitionerId
from app.fhir.document import Json
from localdb.reads.inbox import SqlInboxReads
from tests.localdb.projections.kit import NOW, Shelf, long_walks
from tests.support import builders as b
from tests.support import order_builders as o
from tests.support.builders import coded

DOCTOR = PractitionerId("dr-wang")


def _inbox(shelf: Shelf, role: Role = Role.RESIDENT) -> tuple[WorkItem, ...]:
    return SqlInboxReads(shelf).inbox(DOCTOR, role)


def _ids(shelf: Shelf, role: Role = Role.RESIDENT) -> list[str]:
    return [item.id for item in _inbox(shelf, role)]


def test_the_inbox_holds_what_waits_for_me_or_for_my_role(shelf: Shelf) -> None:
    shelf.put(
        o.a_task("mine", owner="dr-wang"),
        o.a_task("of-residents", role="resident"),
        o.a_task("of-nurses", role="nurse"),
        o.a_task("taken", role="resident", owner="dr-li"),
        o.a_task("somebody", owner="dr-li"),
        o.a_message("to-me"),
        o.a_message("to-li", recipient="dr-li"),
    )

    assert set(_ids(shelf)) == {"mine", "of-residents", "to-me"}
    assert set(_ids(shelf, Role.NURSE)) == {"mine", "of-nurses", "to-me"}


def test_what_is_done_or_read_leaves_the_inbox(shelf: Shelf) -> None:
    shelf.put(o.a_task("t", owner="dr-wang"), o.a_message("m"))
    assert set(_ids(shelf)) == {"t", "m"}

    shelf.put(
        o.a_task("t", owner="dr-wang", status="completed"),
        o.a_message("m", received="2026-03-02T09:00:00Z"),
    )

    assert _ids(shelf) == []


def test_urgent_comes_first_then_what_is_due_then_what_waited_longest(shelf: Shelf) -> None:
    due: dict[str, Json] = {"period": {"end": "2026-03-03T08:00:00Z"}}
    shelf.put(
        o.a_task("young", owner="dr-wang", at="2026-03-02T09:00:00Z"),
        o.a_task("waiting", owner="dr-wang", at="2026-03-01T09:00:00Z"),
        o.a_task("due", owner="dr-wang", at="2026-03-02T11:00:00Z", restriction=due),
        o.a_message("urgent", priority="urgent", at="2026-03-02T11:30:00Z"),
    )

    assert _ids(shelf) == ["urgent", "due", "waiting", "young"]


def test_an_item_names_patient_and_sender_and_says_what_is_unsent(shelf: Shelf) -> None:
    shelf.put(b.a_patient(name="周全"), b.a_practitioner("nurse-zhao", "赵护士"))
    shelf.put(o.a_message(), unsent="conflict")

    (item,) = _inbox(shelf)

    assert (item.patient_name, item.from_name, item.unsent) == ("周全", "赵护士", "conflict")
    assert item.body == "请看一下检查结果"
    assert item.open


def test_a_task_about_a_patient_who_has_not_arrived_is_shown_all_the_same(shelf: Shelf) -> None:
    shelf.put(o.a_task("t", "not-here", owner="dr-wang"))

    assert [item.patient_name for item in _inbox(shelf)] == [""]


def test_the_inbox_walks_indexes_only(shelf: Shelf) -> None:
    shelf.put(o.a_task("t", owner="dr-wang"))

    with shelf.plans() as plans:
        _inbox(shelf)

    assert any("work_row" in plan for plan in plans)
    assert not long_walks(plans)


def test_what_asks_for_a_signature_under_orders_is_found_by_patient(shelf: Shelf) -> None:
    asked = {"code": coded("urn:wardone:task", "countersign-order")}
    shelf.put(
        o.a_task("mine") | asked,
        o.a_task("done", status="completed") | asked,
        o.a_task("other") | asked | {"for": {"reference": "Patient/somebody"}},
        o.a_task("result"),
    )

    assert [item.id for item in SqlInboxReads(shelf).asked(PatientId("li-ming"))] == ["mine"]


def test_what_a_person_let_pass_is_overdue_and_what_a_role_has_is_not(shelf: Shelf) -> None:
    def due(at: str) -> Json:
        return {"period": {"end": at}}

    code = {"code": coded("urn:wardone:task", "confirm-verbal-order")}
    shelf.put(
        o.a_task("late", owner="dr-li", restriction=due("2026-03-02T08:00:00Z")) | code,
        o.a_task("later", owner="dr-li", restriction=due("2026-03-02T07:00:00Z")) | code,
        o.a_task("now", owner="dr-li", restriction=due("2026-03-02T12:00:00Z")) | code,
        o.a_task("roles", role="resident", restriction=due("2026-03-02T07:00:00Z")) | code,
        o.a_task("other", owner="dr-li", restriction=due("2026-03-02T07:00:00Z")),
        o.a_task("open", owner="dr-li") | code,
        o.a_task("done", owner="dr-li", status="completed", restriction=due("2026-03-02T07:00:00Z"))
        | code,
    )

    found = SqlInboxReads(shelf).overdue("confirm-verbal-order", NOW)

    assert [item.id for item in found] == ["later", "late"]
