"""What was signed before, or in the middle of a round, is sent only after a look (I13)."""

from __future__ import annotations

from app.domain.terms import Ref
from sync.cdr.misbehaviour import Fault, Rule
from sync.transport import Answer, HttpRemote, NoAnswer, Request
from tests.sync.engine.conftest import Open
from tests.sync.engine.desk import Desk, http
from tests.sync.engine.faults import sends
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_nothing_waits


def is_there(hospital: Hospital, name: str) -> bool:
    return hospital.current(Ref(f"DocumentReference/{hospital.note_id(name)}")) is not None


def test_an_unanswered_batch_is_not_sent_again_once_its_signer_was_overtaken(
    hospital: Hospital, desk: Desk
) -> None:
    """Packed, lost on the way, and hours later the allergy is another one."""
    note = desk.sign_note("late", seen=desk.seen(hospital.allergy()))
    hospital.misbehaviour.add(Rule(Fault.DROP, when=sends))
    desk.round()
    hospital.change(hospital.allergy(), criticality="high")

    desk.later()

    assert desk.states()[note] == "held"
    assert not is_there(hospital, "late")
    desk.engine.retry(note)
    desk.later()
    assert is_there(hospital, "late")
    assert_nothing_waits(desk)


def test_an_unanswered_batch_is_sent_again_when_nothing_has_changed(
    hospital: Hospital, desk: Desk
) -> None:
    desk.sign_note("again", seen=desk.seen(hospital.allergy()))
    hospital.misbehaviour.add(Rule(Fault.DROP, when=sends))
    desk.round()

    desk.later()

    assert is_there(hospital, "again")
    assert_nothing_waits(desk)


class Signing:
    """`Remote` on which somebody signs while the first transaction of a round is on its way."""

    def __init__(self, remote: HttpRemote) -> None:
        self._remote = remote
        self.desk: Desk | None = None

    @property
    def base_url(self) -> str:
        return self._remote.base_url

    def send(self, request: Request) -> Answer | NoAnswer:
        desk, is_first = self.desk, request.method == "POST" and not request.path
        if desk is not None and is_first:
            self.desk = None
            desk.sign_note("during", seen=desk.seen(desk.hospital.allergy()))
        return self._remote.send(request)

    def close(self) -> None:
        self._remote.close()


def test_what_is_signed_during_a_round_is_not_sent_over_what_was_changed_before_it(
    hospital: Hospital, open_desk: Open
) -> None:
    remote = Signing(http(hospital.base_url))
    desk = open_desk("busy", remote=remote)
    desk.enrol()
    desk.round()
    desk.sign_note("first")
    hospital.change(hospital.allergy(), criticality="high")
    remote.desk = desk

    desk.round()

    assert is_there(hospital, "first")
    assert not is_there(hospital, "during")
    assert list(desk.states().values()) == ["held"]
    remote.close()


def test_what_is_signed_during_a_round_goes_with_it_when_nothing_has_changed(
    hospital: Hospital, open_desk: Open
) -> None:
    remote = Signing(http(hospital.base_url))
    desk = open_desk("busy", remote=remote)
    desk.enrol()
    desk.round()
    desk.sign_note("first")
    remote.desk = desk

    desk.round()

    assert is_there(hospital, "during")
    assert_nothing_waits(desk)
    remote.close()
