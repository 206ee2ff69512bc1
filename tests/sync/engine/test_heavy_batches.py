"""What the way to the server does not take whole goes in parts (I18, I21)."""

from __future__ import annotations

from app.domain.terms import Ref
from sync.cdr.misbehaviour import Fault, Rule
from sync.cdr.values import Request, Response
from tests.sync.engine.desk import Desk
from tests.sync.engine.faults import ALWAYS, sends
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_nothing_waits, assert_same

_MOST = 15_000
_ROUNDS = 12


def _too_heavy(request: Request) -> bool:
    """As a way that is too slow for it, or a proxy that has no patience: cut, without a word."""
    return sends(request) and len(request.body) > _MOST


def _sign(desk: Desk, *sizes: int) -> list[Ref]:
    signed: list[Ref] = []
    for number, size in enumerate(sizes):
        name = f"heavy-{number}"
        content = desk.hospital.a_note(name, text="x" * size)["content"]
        desk.sign_note(name, content=content)
        signed.append(Ref(f"DocumentReference/{desk.hospital.note_id(name)}"))
    return signed


def test_a_batch_that_never_gets_through_is_taken_apart(desk: Desk, hospital: Hospital) -> None:
    hospital.misbehaviour.add(Rule(Fault.DROP, when=_too_heavy, times=ALWAYS))
    notes = _sign(desk, *[3_000] * 6)
    status = desk.later()
    assert status.trouble is not None
    assert status.waiting == 6

    rounds = 0
    while desk.states() and rounds < _ROUNDS:
        status = desk.later()
        assert status.rejected == 0
        rounds += 1

    assert [hospital.versions(note) for note in notes] == [1] * 6
    assert_nothing_waits(desk)
    hospital.behave()
    desk.later()
    desk.later()
    assert_same(desk)


class _Flapping:
    """A way that goes away under a heavy batch, and is back only after the question about it."""

    def __init__(self) -> None:
        self._gone = False

    def __call__(self, request: Request) -> bool:
        if sends(request):
            self._gone = _too_heavy(request)
            return self._gone
        asks = request.method == "GET" and request.path.endswith("-outbox")
        drops, self._gone = self._gone and asks, self._gone and not asks
        return drops


def test_a_batch_whose_fate_is_heard_of_only_in_the_next_round_is_taken_apart_too(
    desk: Desk, hospital: Hospital
) -> None:
    """A flapping link: nobody answered, and nobody answers what became of it, either."""
    hospital.misbehaviour.add(Rule(Fault.DROP, when=_Flapping(), times=ALWAYS))
    notes = _sign(desk, *[3_000] * 6)

    for _ in range(_ROUNDS):
        status = desk.later()
        assert status.rejected == 0

    assert [hospital.versions(note) for note in notes] == [1] * 6
    assert_nothing_waits(desk)


def test_one_that_cannot_be_taken_apart_waits_and_is_refused_by_nobody(
    desk: Desk, hospital: Hospital
) -> None:
    hospital.misbehaviour.add(Rule(Fault.DROP, when=_too_heavy, times=ALWAYS))
    light, heavy = _sign(desk, 20, 30_000)

    for _ in range(_ROUNDS):
        status = desk.later()

    assert (status.waiting, status.rejected) == (1, 0)
    assert not status.all_sent
    assert hospital.versions(light) == 1
    assert hospital.versions(heavy) == 0

    hospital.behave()
    assert desk.later().all_sent
    assert hospital.versions(heavy) == 1


def test_one_act_that_a_proxy_chokes_on_keeps_nobody_else_here(
    desk: Desk, hospital: Hospital
) -> None:
    """A filter between us and the server answers in its place: that condemns no act, either."""
    light, choking, other = _sign(desk, 20, 25, 30)
    hospital.misbehaviour.add(
        Rule(
            Fault.CHANGED,
            when=lambda request: sends(request) and choking.encode() in request.body,
            times=ALWAYS,
            change=lambda _: Response(403, b"<html>blocked</html>", {"Content-Type": "text/html"}),
            unserved=True,
        )
    )

    for _ in range(_ROUNDS):
        status = desk.later()

    assert (status.waiting, status.rejected) == (1, 0)
    assert [hospital.versions(note) for note in (light, choking, other)] == [1, 0, 1]
