"""The sign-in is silent, the hospital is silent for days, or the clock is wrong: what goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import requests

from app.commands.demo import PASSPHRASE, demo_settings
from app.config import load
from app.domain.people import Session
from app.domain.sending import Connection, SendingStatus
from app.domain.terms import PatientId
from app.fhir.document import Document, reference_to, to_bytes
from app.kernel.faults import AppError, Message
from app.main import Workstation
from app.ports.directory import Credentials
from app.services.signing_in import Newcomer
from sync.cdr.directory import hash_password
from sync.cdr.serving import CdrSettings, EmbeddedCdr, World
from sync.cdr.values import Request
from tests.journeys.stations import Station
from tests.support.builders import (
    a_bed,
    a_patient,
    a_practitioner,
    a_role,
    a_ward,
    an_encounter,
)
from tests.support.cache_kit import SteppedClock
from tests.support.relay import Relay
from tests.sync.engine.desk import OwnClock

_THERE = "at-the-hospital"
_SILENT = Message.of("sync.verdict.sign-in-silent")


@dataclass
class Two:
    """One server behind two cables: the sign-in comes through one, the repository the other."""

    clock: SteppedClock
    own: OwnClock
    sign_in: Relay
    repository: Relay
    station: Station

    def later(self, **by: float) -> SendingStatus:
        self.clock.step(**by)
        self.repository.asked.clear()
        return self.station.round()


def _put(cdr: EmbeddedCdr, *documents: Document) -> None:
    for document in documents:
        request = Request(
            "PUT",
            reference_to(document),
            headers={"content-type": "application/fhir+json"},
            body=to_bytes(document),
        )
        assert cdr.model.handle(request).status == 201


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    clock = SteppedClock()
    with EmbeddedCdr(CdrSettings(), World(clock=clock)) as cdr:
        requests.get(f"{cdr.base_url}/metadata", timeout=30).raise_for_status()
        _put(cdr, a_ward(), a_bed(), a_practitioner(), a_role(role="attending"), a_patient())
        _put(cdr, an_encounter(location="bed-12"))
        cdr.directory.put_user(
            "wang", hash_password(_THERE), "Practitioner/dr-wang", "王医生", "attending"
        )
        with Relay(cdr.port) as sign_in, Relay(cdr.port) as repository:
            plain = load({}, environment={}, policy_folders=[], folder=tmp_path)
            asked_at = f"http://127.0.0.1:{sign_in.port}/fhir"
            own = OwnClock(clock)
            work = Workstation(demo_settings(plain, tmp_path, asked_at), own)
            arrived = work.signing_in.at_the_hospital(Credentials("wang", _THERE), lambda: False)
            assert isinstance(arrived, Newcomer)
            session = work.signing_in.enrol(arrived, PASSPHRASE)
            enrolling = work.services()
            enrolling.tokens.attend(session)
            enrolling.engine.enrol(asked_at)
            enrolling.close()
            _move(work, f"http://127.0.0.1:{repository.port}/fhir")
            services = work.services()
            services.tokens.attend(session)
            services.engine.follow(session.clinician.wards, session.clinician.id)
            station = Station(work, services, session)
            try:
                yield Two(clock, own, sign_in, repository, station)
            finally:
                station.close()


def _move(work: Workstation, base_url: str) -> None:
    """The repository has another address than the sign-in."""
    assert work.door.opened is not None
    store = work.door.opened.sync_store
    enrolment = store.enrolment()
    assert enrolment is not None
    store.record_enrolment(replace(enrolment, base_url=base_url))


def test_nothing_is_asked_with_a_token_that_has_ended_and_it_goes_on_by_itself(two: Two) -> None:
    assert two.later(minutes=1).connection is Connection.ONLINE
    two.station.sign_note("患者一般情况可。")
    two.sign_in.pull()

    status = two.later(hours=2)

    assert (status.connection, status.trouble) == (Connection.OFFLINE, _SILENT)
    assert not two.repository.asked
    assert status.waiting > 0
    assert not status.all_sent

    two.sign_in.plug_in()
    status = two.later(minutes=1)

    assert (status.connection, status.trouble) == (Connection.ONLINE, None)
    assert status.waiting == 0


def test_a_token_that_still_holds_is_sent_although_the_sign_in_is_silent(two: Two) -> None:
    two.sign_in.pull()

    status = two.later(minutes=59, seconds=30)

    assert status.connection is Connection.ONLINE
    assert b"Bearer" in two.repository.asked


# --- and nobody heard for days


def _refusal(two: Two) -> str:
    """What whoever opens the ward, a chart or the inbox is told; "" when they open."""
    session, services = two.station.session, two.station.services
    asked = (
        lambda: services.wards.board(session, session.clinician.wards[0]),
        lambda: services.charts.open(session, PatientId("li-ming")),
        lambda: services.inbox.items(session),
    )
    codes = set()
    for ask in asked:
        try:
            ask()
        except AppError as error:
            codes.add(error.fault.message.code)
        else:
            codes.add("")
    (code,) = codes
    return code


def test_after_three_days_without_contact_only_the_outbox_is_shown_and_nothing_is_lost(
    two: Two,
) -> None:
    two.later(minutes=1)
    two.station.sign_note("患者一般情况可。")
    two.sign_in.pull()
    two.repository.pull()

    status = two.later(hours=71, minutes=59)
    assert (status.outbox_only, _refusal(two)) == (False, "")
    status = two.later(minutes=2)

    assert status.outbox_only
    assert _refusal(two) == "sync.offline-too-long"
    assert status.waiting > 0
    queue = two.station.services.queue.items(two.station.session)
    assert [one.act for one in queue if one.patient is not None] == ["note.sign"]

    two.sign_in.plug_in()
    two.repository.plug_in()
    signing_in = two.station.work.signing_in
    session = signing_in.at_the_hospital(Credentials("wang", _THERE), lambda: False)
    assert isinstance(session, Session)
    two.station.services.tokens.attend(session)
    status = two.later(minutes=1)

    assert (status.outbox_only, status.waiting) == (False, 0)
    assert _refusal(two) == ""
    assert two.station.notes() == ["患者一般情况可。"]


# --- and this PC's clock is wrong


@pytest.mark.parametrize("minutes", [-6])
def test_a_clock_that_is_off_stops_signing_and_nothing_else_until_it_is_right(
    two: Two, minutes: int
) -> None:
    two.later(minutes=1)
    two.own.ahead(minutes=minutes)
    status = two.later(minutes=1)
    assert abs(status.clock_skew_seconds) > 300

    with pytest.raises(AppError) as refused:
        two.station.sign_note("患者一般情况可。")
    assert refused.value.fault.message.code == "authority.clock-off"
    assert _refusal(two) == ""

    two.own.ahead(minutes=0)
    two.later(minutes=1)
    two.station.sign_note("患者一般情况可。")
    assert two.later(minutes=1).waiting == 0


def test_four_minutes_are_said_and_stop_nothing(two: Two) -> None:
    two.own.ahead(minutes=4)
    assert 200 < two.later(minutes=1).clock_skew_seconds < 300
    two.station.sign_note("患者一般情况可。")
    assert two.later(minutes=1).waiting == 0
