"""Notes, orders, results, inbox: what is committed, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.notes import Note, NoteDraft, NoteKind, NoteStatus
from app.domain.orders import Dosage, Order, OrderClass, OrderDraft, OrderKind, Priority
from app.domain.people import Role
from app.domain.results import Acknowledged, Observed, ResultRow, Value
from app.domain.terms import DraftId, NoteId, OrderId, PractitionerId, Ref, ResultId, TaskId, Term
from app.fhir.notes import read_note
from app.fhir.orders import order_ref, read_order
from app.fhir.workflow import read_communication, read_task
from app.kernel.faults import AppError, FaultKind, app_error
from app.ports.keeping import Draft
from app.services.inbox_keeping import InboxKeeping
from app.services.note_writing import NoteWriting
from app.services.order_changing import OrderChanging
from app.services.order_entry import OrderEntry
from app.services.results_review import ResultsReview
from tests.support.fake_doses import planning
from tests.support.order_builders import a_message, a_task
from tests.support.order_kit import an_order_desk, was_executed
from tests.unit.services.kit import (
    NOW,
    PATIENT,
    STAY,
    Bench,
    OneChart,
    clinician,
    item,
    session,
)

SEEN = ((Ref("AllergyIntolerance/a"), "3"),)
NOTE = NoteDraft(PATIENT, STAY, title=" 查房 ", text="一般情况可")
LAB = OrderDraft(
    PATIENT, STAY, OrderClass.LABORATORY, OrderKind.TEMPORARY, Term("血常规", "urn:x", "cbc")
)


def _code(refused: pytest.ExceptionInfo[AppError]) -> str:
    return refused.value.fault.message.code


def _notes(bench: Bench, chart: OneChart | None = None) -> NoteWriting:
    return NoteWriting(bench.acts, bench.acts, chart or OneChart(), bench.maker, bench.rules)


def _orders(bench: Bench) -> OrderEntry:
    return OrderEntry(an_order_desk(bench.acts, bench.maker, bench.rules, planning(bench.acts)))


def _changing(bench: Bench) -> OrderChanging:
    desk = an_order_desk(bench.acts, bench.maker, bench.rules, planning(bench.acts))
    return OrderChanging(desk, lambda order: was_executed(bench.acts, order))


def test_a_signed_note_is_final_and_takes_its_draft_with_it() -> None:
    bench = Bench()
    bench.drafts.save(Draft(DraftId("d"), "note", PATIENT, PractitionerId("wang"), "{}", NOW))

    note = _notes(bench).sign(session(), NOTE, SEEN, DraftId("d"))

    act = bench.acts.committed[0]
    assert (note.status, note.title) == (NoteStatus.FINAL, "查房")
    assert read_note(act.changes[0].document).text == "一般情况可"
    assert act.read_set == SEEN
    assert bench.drafts.get(DraftId("d")) is None


def test_a_trainees_note_waits_for_a_countersignature() -> None:
    bench = Bench()
    trainee = session(clinician(Role.TRAINEE, "pei"))

    note = _notes(bench).sign(trainee, NOTE, SEEN)

    task = read_task(bench.acts.committed[0].changes[1].document)
    assert note.status is NoteStatus.PRELIMINARY
    assert (task.code, task.focus) == ("countersign", f"DocumentReference/{note.id}")


def test_an_empty_note_is_not_signed() -> None:
    bench = Bench()
    with pytest.raises(AppError) as refused:
        _notes(bench).sign(session(), replace(NOTE, text="  "), SEEN)
    assert _code(refused) == "note.missing-text"
    assert bench.acts.committed == []


def test_nothing_is_signed_after_the_lease_and_the_draft_stays() -> None:
    bench = Bench()
    bench.drafts.save(Draft(DraftId("d"), "note", PATIENT, PractitionerId("wang"), "{}", NOW))
    with pytest.raises(AppError) as refused:
        _notes(bench).sign(session(lease=timedelta(seconds=-1)), NOTE, SEEN, DraftId("d"))
    assert refused.value.fault.kind is FaultKind.SIGNED_OUT
    assert bench.drafts.get(DraftId("d")) is not None


@pytest.mark.parametrize(
    ("skew", "signs"),
    [(300, True), (-300, True), (301, False), (-301, False)],
)
def test_nothing_is_signed_by_a_clock_that_is_more_than_five_minutes_off(
    skew: int, *, signs: bool
) -> None:
    bench = Bench(skew=skew)
    if signs:
        assert _notes(bench).sign(session(), NOTE, SEEN).status is NoteStatus.FINAL
        return
    with pytest.raises(AppError) as refused:
        _notes(bench).sign(session(), NOTE, SEEN)
    assert _code(refused) == "authority.clock-off"


def _preliminary(bench: Bench) -> Note:
    return _notes(bench).sign(session(clinician(Role.TRAINEE, "pei")), NOTE, SEEN)


def test_a_preliminary_note_is_countersigned_by_somebody_else() -> None:
    bench = Bench()
    note = _preliminary(bench)

    _notes(bench, OneChart(kept_notes=(note,))).countersign(session(), note.id, SEEN)

    signed = read_note(bench.acts.committed[-1].changes[0].document)
    assert signed.status is NoteStatus.FINAL


@pytest.mark.parametrize("why", ["unknown", "final", "own", "gone"])
def test_what_cannot_be_countersigned(why: str) -> None:
    bench = Bench()
    note = _preliminary(bench)
    own = replace(note, author=PractitionerId("wang"))
    final = replace(note, status=NoteStatus.FINAL)
    kept = {"unknown": (), "final": (final,), "own": (own,), "gone": (note,)}[why]
    empty = Bench()
    with pytest.raises(AppError) as refused:
        _notes(empty, OneChart(kept_notes=kept)).countersign(session(), note.id, SEEN)
    wanted = "note.not-own-countersign" if why == "own" else "note.nothing-to-countersign"
    assert _code(refused) == wanted


def test_an_order_is_signed_as_it_was_written() -> None:
    bench = Bench()
    dosage = Dosage(
        Decimal("0.25"),
        "g",
        "g",
        Term("口服", "urn:wardone:route", "po"),
        Term("每日三次", "urn:wardone:frequency", "tid"),
        "阿莫西林 0.25 g 口服 每日三次",
    )
    draft = OrderDraft(PATIENT, STAY, item=Term("阿莫西林", "urn:f", "amx"), dosage=dosage)

    order = _orders(bench).sign(session(), draft, SEEN)

    written = read_order(bench.acts.committed[0].changes[0].document)
    assert written is not None
    assert written.dosage.dose == Decimal("0.25")
    assert (written.item.text, written.requester) == ("阿莫西林", "wang")
    assert order_ref(order) == f"MedicationRequest/{order.id}"


def test_an_order_without_a_dose_is_not_signed() -> None:
    bench = Bench()
    draft = OrderDraft(PATIENT, STAY, item=Term("阿莫西林"))
    with pytest.raises(AppError) as refused:
        _orders(bench).sign(session(), draft, SEEN)
    assert _code(refused) == "order.missing-dose"


def test_a_full_disk_leaves_the_draft_of_an_order() -> None:
    bench = Bench()
    bench.drafts.save(Draft(DraftId("d"), "order", PATIENT, PractitionerId("wang"), "{}", NOW))
    bench.acts.refusing = app_error(FaultKind.STORAGE, "storage.full")
    with pytest.raises(AppError):
        _orders(bench).sign(session(), LAB, SEEN, DraftId("d"))
    assert bench.drafts.get(DraftId("d")) is not None


def test_an_order_is_stopped_with_a_reason() -> None:
    bench = Bench()
    order = _orders(bench).sign(session(), LAB, SEEN)

    _changing(bench).stop(session(), order, " 已不需要 ", SEEN)

    act = bench.acts.committed[-1]
    stopped = read_order(act.changes[0].document)
    assert stopped is not None
    assert not stopped.current
    assert act.reason == "已不需要"
    assert order_ref(order) == f"ServiceRequest/{order.id}"


@pytest.mark.parametrize(
    ("change", "reason", "code"),
    [
        ({}, " ", "order.missing-stop-reason"),
        ({"id": OrderId("elsewhere")}, "不需要", "order.not-here"),
    ],
)
def test_what_cannot_be_stopped(change: dict[str, str], reason: str, code: str) -> None:
    bench = Bench()
    order: Order = replace(_orders(bench).sign(session(), LAB, SEEN), **change)
    with pytest.raises(AppError) as refused:
        _changing(bench).stop(session(), order, reason, SEEN)
    assert _code(refused) == code


def test_what_has_been_stopped_is_not_stopped_again() -> None:
    bench = Bench()
    order = _orders(bench).sign(session(), LAB, SEEN)
    _changing(bench).stop(session(), order, "不需要", SEEN)
    with pytest.raises(AppError) as refused:
        _changing(bench).stop(session(), order, "不需要", SEEN)
    assert _code(refused) == "order.not-current"


def _result(task: Ref | None = None, done: Acknowledged | None = None) -> ResultRow:
    observed = Observed(
        ResultId("k"), PATIENT, "laboratory", Term("钾"), Value(Decimal("6.8"), "mmol/L"), NOW
    )
    return ResultRow(observed, task=task, acknowledged=done)


def test_an_open_task_is_completed_by_the_acknowledgement() -> None:
    bench = Bench()
    bench.acts.download(a_task("t1", focus="Observation/k"), "4")
    review = ResultsReview(bench.acts, bench.acts, bench.maker)

    review.acknowledge(session(), _result(Ref("Task/t1")), SEEN)

    task = read_task(bench.acts.committed[0].changes[0].document)
    assert (task.id, task.status, task.owner) == ("t1", "completed", "wang")


@pytest.mark.parametrize("task", [None, Ref("Task/purged")])
def test_a_result_without_a_task_gets_a_completed_one(task: Ref | None) -> None:
    bench = Bench()
    review = ResultsReview(bench.acts, bench.acts, bench.maker)

    review.acknowledge(session(), _result(task), SEEN)

    made = read_task(bench.acts.committed[0].changes[0].document)
    assert (made.code, made.status, made.focus) == (
        "acknowledge-result",
        "completed",
        "Observation/k",
    )


def test_a_result_is_acknowledged_once() -> None:
    bench = Bench()
    review = ResultsReview(bench.acts, bench.acts, bench.maker)
    with pytest.raises(AppError) as refused:
        review.acknowledge(session(), _result(done=Acknowledged("李", NOW)), SEEN)
    assert _code(refused) == "result.acknowledged-already"


class _Items:
    def inbox(self, *_: object) -> tuple[object, ...]:
        return (item(),)


def _inbox(bench: Bench) -> InboxKeeping:
    return InboxKeeping(_Items(), bench.acts, bench.acts, bench.maker)  # type: ignore[arg-type]  # one method


def test_a_task_is_completed_and_a_message_is_read() -> None:
    bench = Bench()
    bench.acts.download(a_task("t1"), "1")
    bench.acts.download(a_message("m1"), "1")
    inbox = _inbox(bench)

    inbox.complete(session(), item(id=TaskId("t1")))
    inbox.complete(session(), item(id=TaskId("m1"), kind="message", status="unread"))

    task, message = (act.changes[0].document for act in bench.acts.committed)
    assert read_task(task).status == "completed"
    assert not read_communication(message).open
    assert [i.id for i in inbox.items(session())] == ["task-1"]


@pytest.mark.parametrize(
    ("one", "code"),
    [(item(status="completed"), "inbox.not-open"), (item(id=TaskId("x")), "inbox.not-here")],
)
def test_what_cannot_be_completed(one: object, code: str) -> None:
    with pytest.raises(AppError) as refused:
        _inbox(Bench()).complete(session(), one)  # type: ignore[arg-type]  # a WorkItem
    assert _code(refused) == code


def test_only_a_signature_or_a_refusal_ends_the_task_to_countersign() -> None:
    bench = Bench()
    bench.acts.download(a_task("t1", code="countersign-order"), "1")
    with pytest.raises(AppError) as refused:
        _inbox(bench).complete(session(), item(id=TaskId("t1"), code="countersign-order"))
    assert _code(refused) == "inbox.countersign-first"
    assert bench.acts.committed == []


def test_only_the_physicians_word_ends_the_task_to_confirm_a_verbal_order() -> None:
    bench = Bench()
    bench.acts.download(a_task("t1", code="confirm-verbal-order"), "1")
    with pytest.raises(AppError) as refused:
        _inbox(bench).complete(session(), item(id=TaskId("t1"), code="confirm-verbal-order"))
    assert _code(refused) == "inbox.confirm-verbal-first"
    assert bench.acts.committed == []


def test_a_message_is_sent_and_an_empty_one_is_not() -> None:
    bench = Bench()
    _inbox(bench).send(session(), PractitionerId("li"), " 请复查钾 ", PATIENT, urgent=True)
    sent = read_communication(bench.acts.committed[0].changes[0].document)
    assert (sent.body, sent.urgent, sent.owner) == ("请复查钾", True, "li")

    with pytest.raises(AppError) as refused:
        _inbox(bench).send(session(), PractitionerId("li"), " ")
    assert _code(refused) == "inbox.empty-message"


def test_a_stat_order_without_a_reason_is_not_signed() -> None:
    bench = Bench()
    with pytest.raises(AppError) as refused:
        _orders(bench).sign(session(), replace(LAB, priority=Priority.STAT), SEEN)
    assert _code(refused) == "order.missing-reason"
    assert (
        _orders(bench)
        .sign(session(), replace(LAB, priority=Priority.STAT, reason="胸痛"), SEEN)
        .priority
        is Priority.STAT
    )


def test_kinds_of_notes_are_kept() -> None:
    note = _notes(Bench()).sign(session(), replace(NOTE, kind=NoteKind.HANDOVER), SEEN)
    assert note.kind is NoteKind.HANDOVER
    assert note.id == NoteId(note.id)
