"""What a nurse and a physician do about critical values, and whom the program asks next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.critical_values import CriticalValue, Stage
from app.domain.people import Role, Session
from app.domain.results import Flag, Observed, Value
from app.domain.terms import PatientId, Ref, ResultId, Term
from app.fhir.alerts import combined_alert
from app.fhir.critical_values import ESCALATED, read_read_back, write_escalation
from app.fhir.document import Document
from app.fhir.valuesets import LOINC
from app.fhir.workflow import read_task, write_task
from app.kernel.faults import AppError, FaultKind, app_error
from app.services.act_making import ActMaker
from app.services.critical_pack import critical_limits, critical_rules
from app.services.critical_values import CriticalValues
from app.services.inbox_keeping import InboxKeeping
from tests.support.fake_acts import FakeActs
from tests.support.fake_critical import FakeCritical
from tests.support.fake_reads import FakeInboxReads
from tests.unit.services.kit import (
    ELSEWHERE,
    NOW,
    PATIENT,
    WARD,
    Numbers,
    Watch,
    a_banner,
    clinician,
    session,
)

MINUTE = timedelta(minutes=1)
VALUE = Value(Decimal("6.9"), "mmol/L", "mmol/L")


def a_value(key: str = "k", **more: object) -> CriticalValue:
    banner = a_banner()
    assert banner.stay is not None
    term = Term("钾", LOINC, "2823-3", "Potassium")
    observed = Observed(
        ResultId(key), PATIENT, "laboratory", term, VALUE, NOW, issued=NOW, flag=Flag.CRITICAL_HIGH
    )
    return replace(CriticalValue(banner.patient, banner.stay, observed), **more)  # type: ignore[arg-type]  # fields of it


@dataclass
class Desk:
    """A workstation at which critical values are looked after."""

    values: tuple[CriticalValue, ...] = field(default_factory=lambda: (a_value(),))
    closed: bool = False

    def __post_init__(self) -> None:
        self.watch, self.acts = Watch(), FakeActs()
        self.reads = FakeCritical(self.acts, self.values, NOW)
        self.service = CriticalValues(
            self.reads,
            self.reads,
            self.acts,
            self.acts,
            ActMaker(self.watch, Numbers()),
            critical_rules(),
            self._must_be_open,
        )
        self.nurse = session(clinician(Role.NURSE, "li"))
        self.physician = session()

    @property
    def found(self) -> CriticalValue:
        (one, *_) = self.service.ward(self.nurse, WARD).values
        return one

    def step(self, minutes: float) -> None:
        self.watch.at += minutes * MINUTE

    def tasks(self) -> list[tuple[str, str, str]]:
        read = [read_task(one) for one in self.acts.documents("Task")]
        return [(one.code, one.owner_role, one.status) for one in read]

    def _must_be_open(self, session: Session, patient: PatientId | None) -> None:
        del session, patient
        if self.closed:
            raise app_error(FaultKind.REFUSED, "access.not-granted")


def refused(act: Callable[[], None]) -> str:
    with pytest.raises(AppError) as caught:
        act()
    assert caught.value.fault.kind is FaultKind.REFUSED
    return caught.value.fault.message.code


def test_a_read_back_is_on_the_record_and_the_physician_is_waited_for() -> None:
    desk = Desk()
    desk.step(3)

    desk.service.read_back(desk.nurse, desk.found, " 6.9  mmol/L", "检验科  张")

    (document,) = desk.acts.documents("Communication")
    heard = read_read_back(document)
    assert heard is not None
    assert (heard.by, heard.at, heard.reporter, heard.heard) == (
        "王奕",
        NOW + 3 * MINUTE,
        "检验科 张",
        "6.9 mmol/L",
    )
    assert document["about"] == [{"reference": "Observation/k"}]
    assert desk.found.stage is Stage.PHYSICIAN
    assert desk.acts.committed[-1].kind == "critical.read-back"


def test_what_was_heard_otherwise_is_not_recorded() -> None:
    desk = Desk()

    code = refused(lambda: desk.service.read_back(desk.nurse, desk.found, "9.6", "张"))

    assert code == "critical.heard-otherwise"
    assert desk.acts.committed == []


def test_a_read_back_needs_somebody_who_reported() -> None:
    desk = Desk()

    assert refused(lambda: desk.service.read_back(desk.nurse, desk.found, "6.9", " ")) == (
        "critical.no-reporter"
    )


def test_it_is_read_back_once() -> None:
    desk = Desk()
    seen = desk.found
    desk.service.read_back(desk.nurse, seen, "6.9", "张")

    assert refused(lambda: desk.service.read_back(desk.nurse, seen, "6.9", "张")) == (
        "critical.read-back-already"
    )


def test_a_value_that_was_corrected_meanwhile_is_not_taken_note_of_unseen() -> None:
    desk = Desk()
    seen = desk.found
    other = replace(seen.observed, value=replace(VALUE, number=Decimal("4.9")))
    desk.reads.values[seen.ref] = replace(seen, observed=other)

    assert refused(lambda: desk.service.acknowledge(desk.physician, seen)) == "critical.changed"
    assert refused(lambda: desk.service.read_back(desk.nurse, seen, "6.9", "张")) == (
        "critical.changed"
    )
    desk.service.acknowledge(desk.physician, desk.found)
    assert desk.found.stage is Stage.DONE


def test_a_closed_chart_stays_closed() -> None:
    desk = Desk()
    seen = desk.found
    desk.closed = True

    assert refused(lambda: desk.service.acknowledge(desk.physician, seen)) == "access.not-granted"


def test_a_value_that_left_is_gone() -> None:
    desk = Desk()
    seen = desk.found
    desk.reads.values.clear()

    assert refused(lambda: desk.service.acknowledge(desk.physician, seen)) == "critical.gone"


def test_a_physician_takes_note_once() -> None:
    desk = Desk()
    seen = desk.found
    desk.step(4)

    desk.service.acknowledge(desk.physician, seen)

    assert desk.tasks() == [("acknowledge-result", "", "completed")]
    assert desk.found.acknowledged is not None
    assert desk.found.acknowledged.at == NOW + 4 * MINUTE
    assert refused(lambda: desk.service.acknowledge(desk.physician, seen)) == (
        "result.acknowledged-already"
    )


def test_the_task_of_the_laboratory_is_completed_where_there_is_one() -> None:
    desk = Desk()
    asked = write_task(
        task_id="t",
        code="acknowledge-result",
        patient=PATIENT,
        focus=Ref("Observation/k"),
        requester=desk.physician.clinician.id,
        authored=NOW,
    )
    desk.acts.download(asked)

    desk.service.acknowledge(desk.physician, desk.found)

    (done,) = desk.acts.documents("Task")
    assert (done["id"], done["status"]) == ("t", "completed")


def test_taking_note_answers_the_questions_that_were_put_higher() -> None:
    desk = Desk()
    desk.service.escalate(desk.nurse, desk.found, Role.CHIEF, "主管医师手术中")
    assert desk.tasks() == [(ESCALATED, "chief", "requested")]

    desk.service.acknowledge(desk.physician, desk.found)

    assert (ESCALATED, "chief", "completed") in desk.tasks()


def test_a_question_about_a_value_is_not_ticked_off_in_the_inbox() -> None:
    desk = Desk()
    desk.service.escalate(desk.nurse, desk.found, Role.CHIEF, "无人应答")
    (task,) = (read_task(one) for one in desk.acts.documents("Task"))
    inbox = InboxKeeping(FakeInboxReads(), desk.acts, desk.acts, ActMaker(desk.watch, Numbers()))

    code = refused(lambda: inbox.complete(desk.physician, task))

    assert code == "inbox.critical-first"
    assert desk.tasks() == [(ESCALATED, "chief", "requested")]


def test_asking_higher_needs_a_reason_and_happens_once_for_each_role() -> None:
    desk = Desk()

    assert refused(lambda: desk.service.escalate(desk.nurse, desk.found, Role.CHIEF, " ")) == (
        "critical.no-reason"
    )
    desk.service.escalate(desk.nurse, desk.found, Role.CHIEF, "无人应答")
    (task,) = (read_task(one) for one in desk.acts.documents("Task"))
    assert (task.body, task.urgent, task.focus) == ("无人应答", True, "Observation/k")
    assert refused(lambda: desk.service.escalate(desk.nurse, desk.found, Role.CHIEF, "x")) == (
        "critical.asked-already"
    )
    desk.service.escalate(desk.nurse, desk.found, Role.ATTENDING, "x")
    desk.service.acknowledge(desk.physician, desk.found)
    assert refused(lambda: desk.service.escalate(desk.nurse, desk.found, Role.CHIEF, "x")) == (
        "result.acknowledged-already"
    )


def test_the_program_asks_the_next_level_by_itself_and_nobody_twice() -> None:
    desk = Desk()

    asked = []
    for minutes in (15, 1, 1, 9, 60):
        desk.step(minutes)
        asked.append(desk.service.look(desk.nurse, [WARD]))

    assert asked == [0, 1, 0, 1, 0]
    assert [role for _, role, _ in desk.tasks()] == ["attending", "chief"]


def test_another_workstation_that_notices_asks_the_same_question() -> None:
    one, two = Desk(), Desk()
    for desk in (one, two):
        desk.step(16)
        desk.service.look(desk.nurse, [WARD])

    assert [d["id"] for d in one.acts.documents("Task")] == [
        d["id"] for d in two.acts.documents("Task")
    ]
    assert one.acts.committed[-1].group == two.acts.committed[-1].group


def test_a_question_that_came_from_elsewhere_is_not_put_again() -> None:
    one, two = Desk(), Desk()
    one.step(16)
    one.service.look(one.nurse, [WARD])
    (theirs,) = one.acts.documents("Task")
    two.acts.download(theirs)
    two.step(16)
    # The projection of the other workstation has not read it yet.
    forgetful = replace(two.service, watched=FakeCritical(FakeActs(), [a_value()], NOW))

    assert forgetful.look(two.nurse, [WARD]) == 0


def test_what_was_taken_note_of_elsewhere_closes_the_questions_here() -> None:
    desk = Desk()
    desk.step(16)
    desk.service.look(desk.nurse, [WARD])
    done = write_task(
        task_id="t",
        code="acknowledge-result",
        patient=PATIENT,
        focus=Ref("Observation/k"),
        requester=desk.physician.clinician.id,
        authored=NOW,
    ) | {"status": "completed", "lastModified": "2026-11-24T08:17:00Z"}
    desk.acts.download(done)

    desk.service.look(desk.nurse, [WARD])
    before = len(desk.acts.committed)
    desk.service.look(desk.nurse, [WARD])

    assert (ESCALATED, "attending", "completed") in desk.tasks()
    assert len(desk.acts.committed) == before


def test_a_task_in_dispute_stops_nothing_but_its_own_question() -> None:
    desk = Desk((a_value("k"), a_value("other")))
    desk.step(16)
    desk.acts.refusing = app_error(FaultKind.CONFLICT, "change.in-conflict", "Task")

    assert desk.service.look(desk.nurse, [WARD]) == 1
    desk.acts.refusing = app_error(FaultKind.STORAGE, "storage.failed")
    with pytest.raises(AppError):
        desk.service.look(desk.nurse, [WARD])


def a_question(desk: Desk, why: str, status: str = "requested") -> Document:
    asked = write_escalation(
        desk.found,
        task_id="e",
        role=Role.CHIEF,
        by=desk.nurse.clinician.id,
        by_name=desk.nurse.clinician.name.name,
        at=NOW,
        why=why,
    )
    return asked | {"status": status}


def test_a_question_that_two_have_put_is_one_and_an_answer_or_a_reason_is_kept() -> None:
    desk = Desk()
    bare, why = a_question(desk, ""), a_question(desk, "无人应答")
    other, done = a_question(desk, "换班"), a_question(desk, "", status="completed")

    assert combined_alert(bare, bare) == bare
    assert combined_alert(why, bare) == why
    assert combined_alert(bare, why) == why
    assert combined_alert(why, why) == why
    assert combined_alert(why, other) is None, "two reasons are two people's words"
    assert combined_alert(done, why) == done
    assert combined_alert(why, done) == done
    assert combined_alert(done, done) == done


def test_the_list_has_first_what_is_due_first_and_last_what_is_done() -> None:
    late = replace(a_value("late").observed, issued=NOW - 9 * MINUTE)
    undated = replace(a_value("undated").observed, issued=None, at=None)
    values = (
        a_value("new"),
        a_value("late", observed=late),
        a_value("done"),
        a_value("undated", observed=undated),
    )
    desk = Desk(values)
    done = next(v for v in desk.service.ward(desk.nurse, WARD).values if v.observed.id == "done")
    desk.service.acknowledge(desk.physician, done)

    listed = desk.service.ward(desk.nurse, WARD)

    assert [str(one.observed.id) for one in listed.values] == ["undated", "late", "new", "done"]
    assert desk.service.ward(desk.nurse, ELSEWHERE).values == ()


def test_the_pack_has_its_times_its_levels_and_limits_that_mean_something() -> None:
    rules = critical_rules()
    limits = {one.code: one for one in critical_limits()}

    assert (rules.read_back, rules.handled) == (15 * MINUTE, 10 * MINUTE)
    assert [one.number for one in rules.levels] == sorted(one.number for one in rules.levels)
    assert (limits["2823-3"].low, limits["2823-3"].high) == (Decimal("2.8"), Decimal("6.2"))
    assert limits["718-7"].high is None
    assert all(one.low is not None or one.high is not None for one in limits.values())
