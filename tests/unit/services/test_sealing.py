"""Signing puts a signature there; reading says what it is worth; keys become public."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.notes import NoteDraft
from app.domain.orders import OrderClass, OrderDraft
from app.domain.people import Role
from app.domain.signatures import SignatureState, SignerRole, standing
from app.domain.terms import NoteId, Ref, Term
from app.fhir.document import Document
from app.fhir.signatures import read_signatures
from app.fhir.signing_keys import read_signing_key
from app.ports.acts import Change
from app.services.act_making import ActMaker
from app.services.note_writing import NoteWriting
from app.services.order_entry import OrderEntry
from app.services.sealing import KeyPublishing, Sealing, SignatureReading
from app.services.signing import SigningRules
from tests.support.fake_acts import FakeActs
from tests.support.fake_doses import planning
from tests.support.fake_signatures import FakeProvenances, FakeSigningKeys
from tests.support.order_kit import an_order_desk
from tests.unit.services.kit import PATIENT, STAY, Numbers, OneChart, Watch, clinician, session

DRAFT = NoteDraft(PATIENT, STAY, text="体温正常")
TRAINEE = session(clinician(Role.TRAINEE, "xiao"))


@dataclass
class Desk:
    """Services that sign with keys of their own."""

    acts: FakeActs = field(default_factory=FakeActs)
    keys: FakeSigningKeys = field(default_factory=FakeSigningKeys)
    chart: OneChart = field(default_factory=OneChart)

    def __post_init__(self) -> None:
        watch = Watch()
        self.maker = ActMaker(watch, Numbers(), Sealing(self.keys, lambda: 3))
        rules = SigningRules(watch, lambda: 0)
        self.notes = NoteWriting(self.acts, self.acts, self.chart, self.maker, rules)
        self.orders = OrderEntry(an_order_desk(self.acts, self.maker, rules, planning(self.acts)))
        self.reading = SignatureReading(self.acts, FakeProvenances(self.acts), self.keys)
        self.publishing = KeyPublishing(self.keys, self.acts, self.acts, self.maker)

    def edit(self, ref: Ref, **elements: str) -> None:
        """Somebody changes a document without signing anything."""
        held = self.acts.held(ref)
        assert held is not None
        self.acts.download({**held.document, **elements})


def test_a_signed_note_is_signed_until_it_reads_otherwise() -> None:
    desk = Desk()
    note = desk.notes.sign(session(), DRAFT, ())

    assert standing(desk.reading.of_note(session(), note.id)) is SignatureState.VALID

    desk.edit(Ref(f"DocumentReference/{note.id}"), description="改过")
    assert standing(desk.reading.of_note(session(), note.id)) is SignatureState.SUPERSEDED


def test_a_senior_countersigns_what_the_trainee_wrote() -> None:
    desk = Desk()
    note = desk.notes.sign(TRAINEE, DRAFT, ())
    desk.chart.kept_notes = (note,)
    desk.notes.countersign(session(), note.id, ())

    signed = desk.reading.of_note(session(), note.id)

    assert [(one.role, one.state) for one in signed] == [
        (SignerRole.AUTHOR, SignatureState.VALID),
        (SignerRole.COUNTERSIGNER, SignatureState.VALID),
    ]


def test_an_order_is_signed_and_its_task_is_not() -> None:
    desk = Desk()
    draft = OrderDraft(PATIENT, STAY, OrderClass.NURSING, item=Term("1", "urn:x", "一级护理"))
    order = desk.orders.sign(session(), draft, ())

    provenance = desk.acts.committed[-1].provenance
    assert provenance is not None
    targets = [one.target for one in read_signatures(provenance)]
    assert targets == [f"ServiceRequest/{order.id}"]


def test_an_act_without_notes_and_orders_needs_no_key() -> None:
    desk = Desk()
    task: Document = {"resourceType": "Task", "id": "t"}
    act = desk.maker.make("task.complete", session(), PATIENT, (Change(task),))

    assert act.provenance is not None
    assert list(read_signatures(act.provenance)) == []
    assert desk.keys.own(session().clinician.id) is None


def test_what_is_not_here_has_no_signatures() -> None:
    assert Desk().reading.of_note(session(), NoteId("gone")) == ()


def test_a_foreign_composition_is_looked_for_too() -> None:
    desk = Desk()
    desk.acts.download({"resourceType": "Composition", "id": "c"})

    assert standing(desk.reading.of_note(session(), NoteId("c"))) is SignatureState.UNSIGNED


def test_who_may_sign_nothing_needs_no_key() -> None:
    desk = Desk()

    assert not desk.publishing.publish(session(clinician(Role.CODER)))
    assert desk.acts.committed == []


def test_a_key_is_published_once_and_is_the_one_that_signs() -> None:
    desk = Desk()

    assert desk.publishing.publish(session())
    assert not desk.publishing.publish(session())
    published = desk.acts.committed[-1]
    assert (published.kind, published.patient) == ("key.publish", None)
    key = read_signing_key(published.changes[0].document)
    desk.notes.sign(session(), DRAFT, ())
    assert key == desk.keys.own(session().clinician.id)


def test_of_several_notes_those_are_named_that_changed_since() -> None:
    desk = Desk()
    kept = desk.notes.sign(session(), DRAFT, ())
    changed = desk.notes.sign(session(), DRAFT, ())
    desk.edit(Ref(f"DocumentReference/{changed.id}"), description="改过")
    asked = (kept.id, changed.id, NoteId("gone"))

    assert desk.reading.voided(session(), asked) == {changed.id}
