"""One workstation that goes from fault to fault as long as it comes out of each one whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

from app.domain.sending import SendingStatus
from app.domain.terms import GroupId, Ref
from app.fhir.document import parse
from resources.catalogue import LANGUAGES, Catalogue
from sync.cdr.misbehaviour import Fault, Rule, Test
from sync.parts import EngineSettings
from sync.transport import Answer, NoAnswer, Request
from tests.support.phi_guard import leaks
from tests.sync.engine.desk import PAGE, Desk, http
from tests.sync.engine.faults import ALWAYS, Trouble
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_nothing_waits, assert_same

_NEVER_COMPARED = EngineSettings(page_size=PAGE, reconcile_every=timedelta(days=1000))
"""What a fault did must be made good without the comparison of whole scopes."""
IMPATIENT = 0.2
"""Seconds after which a silence is one, when a test wants to see it."""


class Patience:
    """The real connection twice: one that gives a busy machine its time, one that gives up soon."""

    def __init__(self, base_url: str) -> None:
        self._patient, self._impatient = http(base_url), http(base_url, timeout=IMPATIENT)
        self.is_short = False

    @property
    def base_url(self) -> str:
        return self._patient.base_url

    def send(self, request: Request) -> Answer | NoAnswer:
        return (self._impatient if self.is_short else self._patient).send(request)

    def close(self) -> None:
        self._patient.close()
        self._impatient.close()


class Steady:
    """Opens a workstation at the first test and again after one that failed.

    Its laws are those of every fault: what was typed and what a colleague wrote is there
    afterwards, once.
    """

    def __init__(self, folder: Path, hospital: Hospital) -> None:
        self._folder = folder
        self._hospital = hospital
        self._desk: Desk | None = None
        self._names = (f"{number}" for number in count(1))
        self._expected: dict[Ref, int] = {}
        self._groups: list[GroupId] = []
        self._whole = False

    @property
    def desk(self) -> Desk:
        assert self._desk is not None
        return self._desk

    def begin(self) -> Iterator[Steady]:
        """Around one test."""
        self._hospital.behave()
        if self._desk is None:
            self._hospital.begin_anew()
            self._patience = Patience(self._hospital.base_url)
            folder = self._folder / next(self._names)
            self._desk = Desk(
                folder, self._hospital, remote=self._patience, settings=_NEVER_COMPARED
            )
            self._desk.enrol()
            self._desk.round()
        self._whole = False
        yield self
        if not self._whole:
            self.close()

    def close(self) -> None:
        self._hospital.behave()
        if self._desk is not None:
            self._desk.close()
            self._patience.close()
        self._desk = None

    def work(self, *, seconds_apart: int = 30) -> None:
        """I write a note and move a task on; colleagues write notes and change an order.

        Three notes are more than a page; `seconds_apart` 0 gives them one moment, as a bulk load
        does, and then nothing but the server's link leads to the third.
        """
        hospital, name = self._hospital, next(self._names)
        hospital.clock.step(minutes=20)
        before = hospital.versions(hospital.task())
        self._groups = [
            self.desk.sign_note(f"mine-{name}", seen=self.desk.seen(hospital.allergy())),
            self.desk.edit(hospital.task(), description=f"第{name}次"),
        ]
        self._expected = {
            Ref(f"DocumentReference/{hospital.note_id(f'mine-{name}')}"): 1,
            hospital.task(): before + 1,
        }
        for number in range(3):
            hospital.clock.step(seconds=seconds_apart)
            hospital.write_note(f"theirs-{name}-{number}", "b")
        hospital.change(hospital.order(0, "b"), note=[{"text": f"第{name}次"}])
        hospital.clock.step(minutes=5)

    def meet(self, rule: Rule, when: Test, *, times: int = ALWAYS) -> None:
        """Let the server go wrong from now on."""
        self._patience.is_short = rule.fault in (Fault.SILENCE, Fault.DRIP)
        rule.when, rule.times = when, times
        self._hospital.misbehaviour.add(rule)

    def assert_told(self, status: SendingStatus, trouble: Trouble) -> None:
        """The sentence is in both languages, and the detail names nobody."""
        assert status.trouble is not None
        told = (status.trouble.code, status.connection, status.all_sent)
        expected = (f"sync.verdict.{trouble.code}", trouble.connection, False)
        assert told == expected, f"told {told}, expected {expected}: {status.trouble_detail}"
        for language in LANGUAGES:
            assert Catalogue.load(language).sentence(status.trouble.code)
        assert status.trouble_detail
        assert not leaks(status.trouble_detail)
        assert self._hospital.patient() not in status.trouble_detail

    def assert_kept(self) -> None:
        """Whatever has not been confirmed is still here, whole."""
        for group in self._groups:
            state = self.desk.states().get(group, "confirmed")
            assert state in ("saved", "packed", "sent", "confirmed"), state
        for ref in self._expected:
            assert self.desk.opened.documents.held(ref) is not None

    def recover(self) -> SendingStatus:
        """The next healthy round brings everything in order, and nothing twice."""
        self._hospital.behave()
        self._patience.is_short = False
        status = self.desk.later()
        self.assert_recovered(status)
        return status

    def assert_recovered(self, status: SendingStatus) -> None:
        assert status.all_sent, status
        assert status.trouble is None
        assert_nothing_waits(self.desk)
        # What was written in this very second lies beyond the window of this round.
        self.desk.later()
        assert_same(self.desk)
        for ref, versions in self._expected.items():
            assert self._hospital.versions(ref) == versions, ref
            assert parse(self._hospital.current(ref).body)["id"]  # type: ignore[union-attr]  # it has versions
        self._whole = True
