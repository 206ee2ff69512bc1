"""After a merge the engine looks again before it sends; and it asks who made what (§7.6, §7.7)."""

from __future__ import annotations

import pytest

from app.domain.disputes import DisputeKind
from app.domain.signatures import SignatureState, SignerRole, standing
from app.domain.terms import PractitionerId, Ref
from app.fhir.document import Document
from app.fhir.provenance import maker_of, read_provenance, write_provenance
from app.fhir.signatures import seal_of, verify, write_signature
from app.fhir.signing_keys import write_signing_key
from sync.cdr.misbehaviour import Fault, Rule
from sync.cdr.values import Request
from tests.support.fake_signatures import FakeSigningKeys
from tests.sync.engine.conftest import Open
from tests.sync.engine.desk import Desk
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_nothing_waits, assert_same

CHEN = PractitionerId("dr-chen")
CHEN_THERE: Document = {"resourceType": "Practitioner", "id": CHEN}


@pytest.fixture
def desk(open_desk: Open) -> Desk:
    """A workstation that looks again, as the product does."""
    desk = open_desk(looks=True)
    desk.enrol()
    desk.round()
    return desk


def asks_provenance(request: Request) -> bool:
    return request.path == "Provenance/_search"


def questions(hospital: Hospital) -> int:
    return hospital.misbehaviour.seen.count(("POST", "Provenance/_search"))


def draft(hospital: Hospital) -> Ref:
    note = hospital.a_note("draft") | {"docStatus": "preliminary"}
    hospital.put(note)
    return Ref(f"DocumentReference/{note['id']}")


def test_a_merge_that_passes_its_check_is_sent_and_on_the_audit(
    hospital: Hospital, desk: Desk
) -> None:
    note = draft(hospital)
    desk.later()
    desk.edit(note, description="标题")
    hospital.change(note, language="zh-CN")

    desk.later()

    now = hospital.content(note)
    assert (now["description"], now["language"]) == ("标题", "zh-CN")
    assert_nothing_waits(desk)
    (entry,) = desk.opened.audit.entries(action="merge.automatic")
    assert entry.detail == f"{note} language"


def test_a_merge_that_does_not_pass_waits_for_a_person(hospital: Hospital, desk: Desk) -> None:
    note = draft(hospital)
    desk.later()
    desk.edit(note, description="标题")
    hospital.change(note, context={})  # and belongs to no stay any more

    desk.later()

    assert "context" not in hospital.content(note) or hospital.content(note)["context"] == {}
    assert hospital.content(note)["description"] != "标题"
    (dispute,) = desk.opened.disputes.disputes()
    assert dispute.kind is DisputeKind.CHECK_AFTER_MERGE
    sides = desk.opened.disputes.sides(dispute.id)
    assert sides is not None
    assert [one.code for one in sides.findings] == ["note.missing-encounter"]

    desk.keep_mine(note)
    desk.later()
    assert hospital.content(note)["description"] == "标题"
    assert_nothing_waits(desk)
    assert_same(desk)


def signed_by_chen(hospital: Hospital, keys: FakeSigningKeys) -> Document:
    """A colleague's note, with Provenance and published key, as their workstation sends them."""
    note = hospital.a_note("of-chen")
    ref = Ref(f"DocumentReference/{note['id']}")
    key = keys.make(CHEN)
    now = hospital.clock.now()
    told = write_provenance(
        provenance_id=f"told-{note['id']}",
        targets=(ref,),
        author=CHEN,
        author_name="陈国栋",
        occurred=now,
        recorded=now,
        activity="note.sign",
        reason="补记",
    )
    seal = seal_of(note, key=key.id, role=SignerRole.AUTHOR, at=now, skew=0)
    hospital.put(CHEN_THERE)
    hospital.put(note)
    hospital.put(write_signing_key(key, now))
    hospital.put(write_signature(told, seal, keys.sign(CHEN, seal.message), CHEN))
    return note


def state_of(desk: Desk, ref: Ref) -> SignatureState:
    held = desk.opened.documents.held(ref)
    assert held is not None
    return standing(verify(held.document, desk.provenances.about(ref), desk.keys.fits))


def test_a_colleagues_signature_can_be_tried_here(hospital: Hospital, desk: Desk) -> None:
    ref = Ref(f"DocumentReference/{signed_by_chen(hospital, FakeSigningKeys())['id']}")

    desk.later()
    assert state_of(desk, ref) is SignatureState.VALID

    hospital.change(ref, description="changed by somebody who did not sign")
    desk.later()
    assert state_of(desk, ref) is SignatureState.SUPERSEDED


def test_a_key_published_later_is_asked_for_again(hospital: Hospital, desk: Desk) -> None:
    keys = FakeSigningKeys()
    note = signed_by_chen(hospital, keys)
    hospital.delete(keys.make(CHEN).ref)
    ref = Ref(f"DocumentReference/{note['id']}")
    desk.later()
    assert state_of(desk, ref) is SignatureState.UNKNOWN_KEY

    hospital.put(write_signing_key(keys.make(CHEN), hospital.clock.now()))
    hospital.change(ref, meta={"tag": [{"code": "x"}]})
    desk.later()

    assert state_of(desk, ref) is SignatureState.VALID


def test_the_maker_of_a_disputed_version_is_asked_for(hospital: Hospital, desk: Desk) -> None:
    order = hospital.order(1)
    desk.edit(order, status="stopped")
    hospital.clock.step(minutes=5)
    hospital.change(order, status="on-hold")
    now = hospital.clock.now()
    hospital.put(CHEN_THERE)
    hospital.put(
        write_provenance(
            provenance_id=f"hold-{hospital.number}",
            targets=(order,),
            author=CHEN,
            author_name="陈国栋",
            occurred=now,
            recorded=now,
            activity="order.hold",
            reason="明日手术",
        )
    )

    desk.later()

    sides = desk.opened.disputes.sides(desk.opened.disputes.disputes()[0].id)
    assert sides is not None
    assert sides.theirs is not None
    told = maker_of(sides.theirs, sides.base, sides.provenances)
    assert told is not None
    assert (told.author_name, told.reason) == ("陈国栋", "明日手术")
    assert {read_provenance(one).activity for one in sides.provenances} == {"order.hold"}


def test_every_version_is_asked_about_once(hospital: Hospital, desk: Desk) -> None:
    draft(hospital)
    desk.later()
    asked = questions(hospital)
    assert asked

    desk.later()

    assert questions(hospital) == asked


def test_what_was_not_answered_is_asked_again_and_is_no_trouble(
    hospital: Hospital, desk: Desk
) -> None:
    hospital.misbehaviour.add(Rule(Fault.STATUS, when=asks_provenance, status=500))
    ref = Ref(f"DocumentReference/{signed_by_chen(hospital, FakeSigningKeys())['id']}")

    told = desk.later()
    assert told.all_sent
    assert state_of(desk, ref) is SignatureState.UNSIGNED

    desk.later()
    assert state_of(desk, ref) is SignatureState.VALID
