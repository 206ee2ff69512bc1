"""The server says that something has changed, over a real websocket; no round depends on it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from app.domain.sending import Announcing
from app.domain.terms import Ref
from app.ports.directory import Withheld
from localdb.reads.ward_places import SqlPlaces
from resources.reading import path
from sync.announcements import Announcements, Listening
from sync.announcing import wishes
from sync.backoff import Backoff
from sync.cdr.directory import hash_password
from sync.cdr.misbehaviour import Fault, Rule
from sync.cdr.serving import CdrSettings, EmbeddedCdr
from sync.cdr.values import Policy, Request
from sync.scopes import read_types
from sync.transport import BearerToken, HttpRemote
from tests.support.builders import a_bed
from tests.support.relay import Relay
from tests.sync.engine.conftest import Open
from tests.sync.engine.desk import Desk
from tests.sync.engine.faults import ALWAYS
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.tls import Authority, Tunnel

TYPES = read_types(path("packs/scopes/types.tsv"))
PATIENCE = 20.0
AT_ONCE = Backoff(first=0.02, longest=0.1)


def until(claim: Callable[[], bool]) -> None:
    """Wait for what another thread brings about."""
    pause, end = threading.Event(), time.monotonic() + PATIENCE
    while not claim():
        assert time.monotonic() < end, "it never came"
        pause.wait(0.01)


class Ear:
    """What one workstation hears."""

    def __init__(
        self, desk: Desk, base_url: str, *, token: BearerToken = lambda: None, ca_bundle: str = ""
    ) -> None:
        self.desk = desk
        self.times = 0
        self.types: list[frozenset[str]] = []
        self.remote = HttpRemote(base_url, token, timeout=5.0, ca_bundle=ca_bundle)
        self.places = SqlPlaces(desk.opened.cache)
        parts = Listening(
            remote=self.remote,
            token=token,
            store=desk.store,
            places=self.places,
            types=TYPES,
            clock=desk.clock,
            ca_bundle=ca_bundle,
        )
        self.announcements = Announcements(
            parts, backoff=AT_ONCE, draw=lambda: 1.0, look_seconds=0.05
        )

    @property
    def state(self) -> Announcing:
        return self.announcements.state

    def names(self) -> list[Ref]:
        enrolment = self.desk.store.enrolment()
        assert enrolment is not None
        found = wishes(enrolment.workstation, self.desk.store.scopes(), TYPES, self.places)
        return [Ref(f"Subscription/{one.id}") for one in found]

    def listen(self) -> None:
        self.announcements.start(self._heard)

    def ready(self) -> None:
        """Listen until the line stands, and forget that this was news."""
        self.listen()
        until(lambda: self.state is Announcing.HEARD and self.times > 0)
        self.times = 0

    def close(self) -> None:
        self.announcements.close()
        self.remote.close()

    def _heard(self, rtypes: frozenset[str]) -> None:
        self.types.append(rtypes)
        self.times += 1


@pytest.fixture
def ears() -> Iterator[list[Ear]]:
    opened: list[Ear] = []
    yield opened
    for ear in opened:
        ear.close()


@pytest.fixture
def ear(ears: list[Ear], desk: Desk, hospital: Hospital) -> Ear:
    ears.append(Ear(desk, hospital.base_url))
    return ears[-1]


def asked(hospital: Hospital, path: str) -> int:
    return sum(at == path for _, at in hospital.misbehaviour.seen)


def test_a_change_of_a_patient_on_the_ward_is_announced(ear: Ear, hospital: Hospital) -> None:
    ear.ready()

    hospital.write_note("theirs")

    until(lambda: ear.times == 1)
    hospital.change(hospital.task(), priority="urgent")
    until(lambda: ear.times == 2)
    assert ear.types[-2:] == [frozenset({"DocumentReference"}), frozenset({"Task"})]


def test_a_change_elsewhere_is_not(ear: Ear, hospital: Hospital) -> None:
    ear.ready()
    other = {"resourceType": "Patient", "id": f"elsewhere-{hospital.number}"}
    hospital.put(other)
    hospital.put(hospital.a_note("x") | {"subject": {"reference": f"Patient/{other['id']}"}})

    hospital.write_note("theirs")

    until(lambda: ear.times > 0)
    assert ear.times == 1


def test_who_comes_to_the_ward_is_announced_and_asked_for_from_then_on(
    ear: Ear, hospital: Hospital, desk: Desk
) -> None:
    ear.ready()
    hospital.put(a_bed(f"bed-c-{hospital.number}", "c", hospital.ward))
    desk.later()
    until(lambda: watched(ear, hospital, f"Location/bed-c-{hospital.number}") and ear.times > 0)
    before = ear.times

    hospital.admit("c")

    until(lambda: ear.times > before)
    desk.later()
    newcomer = f"Patient/{hospital.patient('c')}"
    until(lambda: watched(ear, hospital, newcomer) and ear.state is Announcing.HEARD)
    before = ear.times
    hospital.write_note("newcomer", "c")
    until(lambda: ear.times > before)


def watched(ear: Ear, hospital: Hospital, reference: str) -> bool:
    return any(reference in str(hospital.content(one)["criteria"]) for one in ear.names())


def test_on_leaving_nothing_stays_at_the_server(ear: Ear, hospital: Hospital) -> None:
    ear.ready()
    there = [hospital.current(name) for name in ear.names()]

    ear.close()

    assert there
    assert all(one is not None and not one.deleted for one in there)
    gone = [hospital.current(name) for name in ear.names()]
    assert all(one is not None and one.deleted for one in gone)
    assert ear.state is Announcing.OFF


def test_they_are_renewed_long_before_they_end(ear: Ear, hospital: Hospital) -> None:
    ear.ready()
    name = ear.names()[0]
    first = hospital.content(name)["end"]

    hospital.clock.step(hours=7)

    until(lambda: hospital.content(name)["end"] > first)  # type: ignore[operator]  # both are text
    until(lambda: ear.state is Announcing.HEARD)


def test_a_line_that_is_cut_is_opened_again_and_what_was_missed_is_asked_for(
    ears: list[Ear], desk: Desk, hospital: Hospital
) -> None:
    with Relay(hospital.cdr.port) as cable:
        ear = Ear(desk, f"http://127.0.0.1:{cable.port}/fhir")
        ears.append(ear)
        ear.ready()

        cable.pull()
        until(lambda: ear.state is Announcing.TRYING)
        hospital.write_note("unheard")
        missed = ear.times
        cable.plug_in()

        until(lambda: ear.state is Announcing.HEARD and ear.times > missed)
        ear.close()


def test_without_a_network_leaving_takes_no_time(
    ears: list[Ear], desk: Desk, hospital: Hospital
) -> None:
    with Relay(hospital.cdr.port) as cable:
        ear = Ear(desk, f"http://127.0.0.1:{cable.port}/fhir")
        ears.append(ear)
        ear.ready()
        cable.pull()
        until(lambda: ear.state is Announcing.TRYING)

        began = time.monotonic()
        ear.close()

        assert time.monotonic() - began < PATIENCE / 2
        assert ear.state is Announcing.OFF


@pytest.mark.parametrize("status", [400, 403, 405, 422])
def test_a_server_that_takes_no_subscription_is_left_alone(
    ear: Ear, hospital: Hospital, status: int
) -> None:
    def subscribes(request: Request) -> bool:
        return request.method == "PUT" and request.path.startswith("Subscription/")

    hospital.misbehaviour.add(Rule(Fault.STATUS, when=subscribes, times=ALWAYS, status=status))
    before = asked(hospital, "metadata")
    ear.listen()

    until(lambda: ear.state is Announcing.NOT_OFFERED)
    assert (asked(hospital, "metadata") - before, ear.times) == (1, 0)


def test_a_server_without_announcements_is_asked_once_and_polling_goes_on(
    ears: list[Ear], desk: Desk
) -> None:
    with EmbeddedCdr(CdrSettings(sign_in=False, announces=False)) as plain:
        ear = Ear(desk, plain.base_url)
        ears.append(ear)
        ear.listen()

        until(lambda: ear.state is Announcing.NOT_OFFERED)
        assert plain.store.counts().get("Subscription", 0) == 0
        ear.close()
    assert desk.later().all_sent


@pytest.mark.parametrize("status", [401, 500, 503])
def test_a_server_in_trouble_is_asked_again(ear: Ear, hospital: Hospital, status: int) -> None:
    def about_it(request: Request) -> bool:
        return request.path.startswith("Subscription/")

    hospital.misbehaviour.add(Rule(Fault.STATUS, when=about_it, times=3, status=status))
    before = asked(hospital, "metadata")

    ear.ready()

    assert asked(hospital, "metadata") - before == 4


def test_one_line_is_enough_for_all_of_them(ear: Ear, hospital: Hospital) -> None:
    with Relay(hospital.cdr.port) as cable:
        ear.remote.close()
        other = Ear(ear.desk, f"http://127.0.0.1:{cable.port}/fhir")
        other.ready()
        other.close()

        assert len(other.names()) > 1
        assert cable.asked.count(b"GET /websocket") == 1


def test_where_a_line_takes_one_there_is_a_line_for_each(tmp_path: Path) -> None:
    hospital = Hospital(Policy(one_bind_per_line=True))
    hospital.start()
    desk = Desk(tmp_path / "desk", hospital)
    try:
        desk.enrol()
        desk.round()
        with Relay(hospital.cdr.port) as cable:
            ear = Ear(desk, f"http://127.0.0.1:{cable.port}/fhir")
            ear.ready()
            hospital.write_note("theirs")
            until(lambda: ear.times == 1)
            hospital.change(hospital.task(), priority="urgent")
            until(lambda: ear.times == 2)
            ear.close()

            assert cable.asked.count(b"GET /websocket") == len(ear.names())
    finally:
        desk.close()
        hospital.cdr.stop()


def test_the_token_goes_along_and_a_new_one_opens_a_new_line(
    ears: list[Ear], desk: Desk, hospital: Hospital
) -> None:
    tokens = ["first"]
    with Relay(hospital.cdr.port) as cable:
        ear = Ear(desk, f"http://127.0.0.1:{cable.port}/fhir", token=lambda: tokens[-1])
        ears.append(ear)
        ear.ready()

        tokens.append("second")

        until(lambda: lines_with(cable, b"Bearer second") == 1)
        assert lines_with(cable, b"Bearer first") == 1
        ear.close()


def lines_with(cable: Relay, bearer: bytes) -> int:
    openings = bytes(cable.asked).split(b"GET /websocket")[1:]
    return sum(bearer in one.partition(b"\r\n\r\n")[0] for one in openings)


def test_whose_sign_in_has_ended_listens_again_when_it_is_renewed(
    ears: list[Ear], desk: Desk
) -> None:
    tokens: list[str | Withheld | None] = [Withheld("silent"), None, "nonsense"]
    with EmbeddedCdr(CdrSettings()) as guarded:
        guarded.directory.put_user("wang", hash_password("s"), "Practitioner/wang", "W", "nurse")
        ear = Ear(desk, guarded.base_url, token=lambda: tokens[0])
        ears.append(ear)
        ear.listen()
        until(lambda: ear.state is Announcing.TRYING)
        for _ in range(2):
            tokens.pop(0)
        form = {"username": "wang", "password": "s"}
        answer = requests.post(f"{guarded.origin}/auth/demo-sign-in", json=form, timeout=PATIENCE)

        assert ear.times == 0
        tokens[0] = str(answer.json()["access_token"])

        until(lambda: ear.state is Announcing.HEARD)
        ear.close()


@pytest.mark.parametrize("believed", [True, False])
def test_the_line_is_as_encrypted_as_the_requests(
    ears: list[Ear], desk: Desk, hospital: Hospital, tmp_path: Path, *, believed: bool
) -> None:
    authority = Authority(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    bundle = authority.bundle if believed else Authority(other).bundle
    with Tunnel(hospital.cdr.port, authority.certificate()).serving() as front:
        ear = Ear(desk, front.base_url, ca_bundle=str(bundle))
        ears.append(ear)
        ear.listen()

        if believed:
            until(lambda: ear.state is Announcing.HEARD)
            hospital.write_note("theirs")
            until(lambda: ear.times > 1)
        else:
            until(lambda: ear.state is Announcing.TRYING)
            assert ear.times == 0
        ear.close()


def test_who_follows_nothing_yet_waits_without_a_word(
    ears: list[Ear], open_desk: Open, hospital: Hospital
) -> None:
    desk = open_desk("fresh")
    ear = Ear(desk, hospital.base_url)
    ears.append(ear)

    ear.listen()
    ear.close()

    assert ear.times == 0
