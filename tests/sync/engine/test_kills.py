"""Killed at any step of a round: what was signed arrives once, what was fetched is not missing."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from app.domain.terms import Ref
from localdb.failpoints import Failpoint
from sync.cdr.misbehaviour import Fault, Rule
from tests.localdb.children import ROOT
from tests.sync.engine.conftest import Open
from tests.sync.engine.faults import sends
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_nothing_waits, assert_same

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9")

NEVER = "100000"
SAMPLE = [
    (Failpoint.BATCH_FROZEN, 1),
    (Failpoint.BATCH_ACKNOWLEDGED, 1),
    (Failpoint.JOURNAL_TRIMMED, 1),
    (Failpoint.PIECE_DOCUMENTS, 1),
    (Failpoint.PIECE_CURSOR, 3),
    (Failpoint.COMMITTED, 4),
]
Process = subprocess.Popen[str]


class Victim:
    """A workstation that is up to date, and the process that goes on with it."""

    def __init__(self, hospital: Hospital, open_desk: Open) -> None:
        self._hospital = hospital
        self._open = open_desk
        desk = open_desk()
        desk.enrol()
        desk.round()
        desk.close()
        self.folder = desk.folder
        self._task = hospital.versions(hospital.task())
        hospital.clock.step(minutes=20)
        for number in range(3):
            hospital.write_note(f"theirs-{number}", "b")
        hospital.change(hospital.order(), note=[{"text": "x"}])
        hospital.clock.step(minutes=5)

    def work(self, point: Failpoint, nth: str) -> Process:
        hospital = self._hospital
        now = hospital.clock.now().isoformat()
        told = (hospital.base_url, str(hospital.number), now, point.value, nth)
        return subprocess.Popen(
            [sys.executable, "-m", "tests.sync.engine.child", str(self.folder), *told],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def survive(self, said: list[str]) -> None:
        """Open again: everything is there, once, and the hospital's changes are here."""
        hospital = self._hospital
        hospital.behave()
        desk = self._open()
        note = Ref(f"DocumentReference/{hospital.note_id('killed')}")
        signed = desk.opened.documents.held(note) is not None
        assert signed >= ("note" in said)
        told = desk.later()
        assert told.all_sent, told
        assert_nothing_waits(desk)
        desk.later()
        assert_same(desk)
        assert hospital.versions(note) == signed
        moved = hospital.versions(hospital.task()) - self._task
        assert moved in ((1,) if "task" in said else (0, 1))
        desk.close()


@pytest.fixture
def victim(hospital: Hospital, open_desk: Open) -> Victim:
    return Victim(hospital, open_desk)


def end_of(process: Process) -> tuple[int, list[str]]:
    out, err = process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGKILL), err
    return process.returncode, out.split()


@pytest.mark.parametrize(("point", "nth"), SAMPLE, ids=lambda one: getattr(one, "value", one))
def test_a_round_that_was_killed_is_taken_up_again(
    victim: Victim, point: Failpoint, nth: int
) -> None:
    code, said = end_of(victim.work(point, str(nth)))

    assert code == -signal.SIGKILL
    victim.survive(said)


def test_a_round_that_nobody_kills_comes_to_its_end(victim: Victim) -> None:
    code, said = end_of(victim.work(Failpoint.BEGUN, NEVER))

    assert (code, said) == (0, ["note", "task", "round"])
    victim.survive(said)


def test_a_process_killed_while_it_waits_for_the_answer_sends_nothing_twice(
    hospital: Hospital, victim: Victim
) -> None:
    """The transaction is applied after the sender is dead."""
    hospital.misbehaviour.add(Rule(Fault.SILENCE, when=sends))
    process = victim.work(Failpoint.BEGUN, NEVER)
    assert hospital.misbehaviour.silent.wait(60)
    process.kill()
    code, said = end_of(process)

    assert code == -signal.SIGKILL
    victim.survive(said)


# These lie in every write or every piece, so that a round comes by them some dozens of times.
OFTEN = (
    Failpoint.BEGUN,
    Failpoint.BEFORE_COMMIT,
    Failpoint.COMMITTED,
    Failpoint.PIECE_DOCUMENTS,
    Failpoint.PIECE_CURSOR,
)
AT_ONCE = 10
RANGES = [
    *((point, 1) for point in Failpoint if point not in OFTEN),
    *((point, first) for point in OFTEN for first in range(1, 100, AT_ONCE)),
]


@pytest.mark.soak
@pytest.mark.parametrize(("point", "first"), RANGES, ids=lambda one: getattr(one, "value", one))
def test_every_step_of_a_round_can_be_killed(
    hospital: Hospital, open_desk: Open, point: Failpoint, first: int
) -> None:
    """Each place as often as a round comes by it."""
    for nth in range(first, first + AT_ONCE):
        hospital.begin_anew()
        victim = Victim(hospital, open_named(open_desk, f"{point.value}-{nth}"))
        code, said = end_of(victim.work(point, str(nth)))
        victim.survive(said)
        if code == 0:
            return
    went_on = point in OFTEN and first != RANGES[-1][1]
    assert went_on, "a round comes by more often than was tried"


def open_named(open_desk: Open, name: str) -> Open:
    return lambda: open_desk(name)
