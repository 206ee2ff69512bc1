"""What was merged without a person is checked before it is sent, and whom it concerns is told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.people import Role
from app.domain.terms import PatientId, PractitionerId, Ref
from app.fhir.document import Document
from app.fhir.workflow import read_task
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import Message
from app.ports.acts import Act
from app.ports.merging import AutomaticMerge
from app.services.act_making import ActMaker
from app.services.merge_checking import EveryRecheck, MergeChecking, SigningRechecks
from app.services.note_writing import NoteWriting
from app.services.sealing import Sealing
from app.services.signing import SigningRules
from tests.support.disputes_kit import two_orders
from tests.support.fake_acts import FakeActs
from tests.support.fake_keeping import FakeAccessAudit
from tests.support.fake_signatures import FakeProvenances, FakeSigningKeys
from tests.support.order_builders import a_note
from tests.unit.services.kit import PATIENT, Numbers, OneChart, Watch, clinician, session
from tests.unit.services.test_sealing import DRAFT

ALERT = Message.of("order.missing-dose")
NOTE = Ref("DocumentReference/note-1")
LI = PractitionerId("li")


@dataclass
class Waiting:
    """`Merges` of one document."""

    merge: AutomaticMerge | None = None
    settled: list[tuple[int, tuple[Message, ...]]] = field(default_factory=list)

    def unchecked(self) -> tuple[AutomaticMerge, ...]:
        return () if self.merge is None else (self.merge,)

    def settle(self, merge: int, findings: tuple[Message, ...], at: datetime) -> None:
        del at
        self.settled.append((merge, findings))
        self.merge = None


@dataclass(frozen=True)
class Alerting:
    """What the decision support will be: it knows the patient."""

    asked: list[PatientId | None] = field(default_factory=list)

    def findings(self, patient: PatientId | None, document: Document) -> tuple[Message, ...]:
        del document
        self.asked.append(patient)
        return (ALERT,)


@dataclass
class Desk:
    waiting: Waiting
    rechecks: EveryRecheck = field(default_factory=lambda: EveryRecheck((SigningRechecks(),)))

    def __post_init__(self) -> None:
        self.acts, self.keys, self.audit = FakeActs(), FakeSigningKeys(), FakeAccessAudit()
        self.news: list[Changed] = []
        feed, watch = ChangeFeed(), Watch()
        feed.listen(self.news.append)
        self.checking = MergeChecking(
            self.waiting,
            self.rechecks,
            FakeProvenances(self.acts),
            self.keys,
            self.acts,
            self.audit,
            feed,
            watch,
        )
        maker = ActMaker(watch, Numbers(), Sealing(self.keys, lambda: 0))
        rules = SigningRules(watch, lambda: 0)
        self.chart = OneChart()
        self.notes = NoteWriting(self.acts, self.acts, self.chart, maker, rules)

    def told(self) -> list[Act]:
        return [act for act in self.acts.committed if act.kind == "signature.superseded"]


def merged(document: Document | None, author: PractitionerId | None = LI) -> AutomaticMerge:
    ref = NOTE if document is None else Ref(f"{document['resourceType']}/{document['id']}")
    return AutomaticMerge(5, ref, PATIENT, document, ("description",), author)


def test_a_merge_without_a_finding_goes_its_way() -> None:
    desk = Desk(Waiting(merged(a_note())))

    assert desk.checking.run() == 1
    assert desk.waiting.settled == [(5, ())]
    assert desk.checking.run() == 0


def test_every_merge_is_on_the_audit_without_values() -> None:
    desk = Desk(Waiting(merged(a_note())))
    desk.checking.run()

    (entry,) = desk.audit.entries()
    assert (entry.action, entry.actor, entry.patient) == ("merge.automatic", None, PATIENT)
    assert entry.detail == f"{NOTE} description"


def test_a_note_that_could_not_be_signed_waits_for_a_person() -> None:
    empty = a_note(text=" ")
    desk = Desk(Waiting(merged(empty)))
    desk.checking.run()

    ((_, findings),) = desk.waiting.settled
    assert [one.code for one in findings] == ["note.missing-text"]
    assert desk.news


def test_an_order_that_could_not_be_signed_waits_for_a_person() -> None:
    whole = two_orders().mine
    assert whole is not None
    spoilt: Document = {**whole, "dosageInstruction": [{"text": "按医嘱"}]}
    fine, wrong = Desk(Waiting(merged(whole))), Desk(Waiting(merged(spoilt)))
    fine.checking.run()
    wrong.checking.run()

    assert fine.waiting.settled == [(5, ())]
    assert "order.missing-dose" in {one.code for one in wrong.waiting.settled[0][1]}


def test_what_is_no_note_and_no_standing_order_is_not_judged() -> None:
    task: Document = {"resourceType": "Task", "id": "t"}
    stopped: Document = {"resourceType": "ServiceRequest", "id": "s", "status": "revoked"}
    scan: Document = a_note() | {"content": [{"attachment": {"contentType": "image/png"}}]}

    for document in (task, stopped, scan):
        assert SigningRechecks().findings(PATIENT, document) == ()


def test_the_decision_support_is_asked_behind_the_same_port() -> None:
    alerting = Alerting()
    desk = Desk(Waiting(merged(a_note())), EveryRecheck((SigningRechecks(), alerting, alerting)))
    desk.checking.run()

    assert desk.waiting.settled == [(5, (ALERT,))]
    assert alerting.asked == [PATIENT, PATIENT]


def test_both_signers_are_told_that_their_signature_no_longer_holds() -> None:
    desk = Desk(Waiting())
    note = desk.notes.sign(session(clinician(Role.TRAINEE, "xiao")), DRAFT, ())
    desk.chart.kept_notes = (note,)
    desk.notes.countersign(session(), note.id, ())
    held = desk.acts.held(Ref(f"DocumentReference/{note.id}"))
    assert held is not None
    desk.waiting.merge = merged({**held.document, "description": "mixed"})

    desk.checking.run()

    (act,) = desk.told()
    tasks = [read_task(change.document) for change in act.changes]
    assert [task.owner for task in tasks] == ["xiao", "wang"]
    assert {(task.code, task.focus, task.urgent) for task in tasks} == {
        ("signature-superseded", f"DocumentReference/{note.id}", True)
    }


def test_the_same_merge_checked_twice_tells_once() -> None:
    desk = Desk(Waiting())
    note = desk.notes.sign(session(), DRAFT, ())
    held = desk.acts.held(Ref(f"DocumentReference/{note.id}"))
    assert held is not None
    merge = merged({**held.document, "description": "mixed"})
    for _ in range(2):  # killed between telling and settling
        desk.waiting.merge = merge
        desk.checking.run()

    assert len(desk.told()) == 1


def test_a_signature_that_still_holds_worries_nobody() -> None:
    desk = Desk(Waiting())
    note = desk.notes.sign(session(), DRAFT, ())
    held = desk.acts.held(Ref(f"DocumentReference/{note.id}"))
    assert held is not None
    desk.waiting.merge = merged({**held.document, "meta": {"versionId": "7"}})

    desk.checking.run()

    assert desk.told() == []


def test_what_has_gone_or_been_settled_meanwhile_is_only_written_down() -> None:
    for merge in (merged(None), replace(merged(a_note(text=" ")), author=None)):
        desk = Desk(Waiting(merge))
        desk.checking.run()

        assert desk.waiting.settled == [(5, ())]
        assert len(desk.audit.entries()) == 1
