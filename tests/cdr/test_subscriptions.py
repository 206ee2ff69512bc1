"""The embedded CDR announces changes: R4 Subscriptions over a websocket, on real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from sync.cdr.directory import hash_password
from sync.cdr.serving import CdrSettings, EmbeddedCdr, World
from tests.cdr.kit import START, TickingClock, a_patient, an_encounter, entry

OPEN = CdrSettings(sign_in=False)
LONG = 10
"""Seconds after which a word that was to come has not come."""
WEBSOCKET = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket"


class Subscribe(Protocol):
    def __call__(self, criteria: str, id_: str = "sub-a", **more: object) -> requests.Response: ...


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock()


@pytest.fixture
def cdr(clock: TickingClock) -> Iterator[EmbeddedCdr]:
    with EmbeddedCdr(OPEN, World(clock=clock)) as started:
        yield started


@pytest.fixture
def http(cdr: EmbeddedCdr) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.put(f"{cdr.base_url}/Patient/p-one", json=a_patient())
        yield session


@pytest.fixture
def subscribe(cdr: EmbeddedCdr, http: requests.Session) -> Subscribe:
    def put(criteria: str, id_: str = "sub-a", **more: object) -> requests.Response:
        return http.put(f"{cdr.base_url}/Subscription/{id_}", json=wanted(criteria, id_) | more)

    return put


def wanted(criteria: str, id_: str = "sub-a") -> dict:
    return {
        "resourceType": "Subscription",
        "id": id_,
        "status": "requested",
        "reason": "test",
        "criteria": criteria,
        "channel": {"type": "websocket"},
    }


def address(cdr: EmbeddedCdr) -> str:
    rest = requests.get(f"{cdr.base_url}/metadata", timeout=LONG).json()["rest"][0]
    return next(e["valueUri"] for e in rest["extension"] if e["url"] == WEBSOCKET)


def bound(line: ClientConnection, id_: str = "sub-a") -> None:
    line.send(f"bind {id_}")
    assert line.recv(LONG) == f"bound {id_}"


def test_it_says_where_it_announces(cdr: EmbeddedCdr) -> None:
    types = {
        row["type"]
        for row in requests.get(f"{cdr.base_url}/metadata", timeout=LONG).json()["rest"][0][
            "resource"
        ]
    }

    assert address(cdr) == f"ws://127.0.0.1:{cdr.port}/websocket"
    assert "Subscription" in types


def test_what_is_asked_for_is_active_at_once(
    cdr: EmbeddedCdr, http: requests.Session, subscribe: Subscribe
) -> None:
    made = subscribe("Encounter?patient=Patient/p-one")

    assert (made.status_code, made.json()["status"]) == (201, "active")
    assert http.get(f"{cdr.base_url}/Subscription/sub-a").json()["status"] == "active"


@pytest.mark.parametrize(
    ("criteria", "channel"),
    [
        ("Encounter?patient=Patient/p-one", "rest-hook"),
        ("Encounter?nonsense=1", "websocket"),
        ("Nonsense?patient=Patient/p-one", "websocket"),
        ("", "websocket"),
    ],
    ids=["another channel", "unknown parameter", "unknown type", "nothing"],
)
def test_what_could_not_be_announced_is_refused(
    subscribe: Subscribe, criteria: str, channel: str
) -> None:
    assert subscribe(criteria, channel={"type": channel}).status_code in (400, 422)


def test_a_commit_that_fits_is_announced_and_another_is_not(
    cdr: EmbeddedCdr, http: requests.Session, subscribe: Subscribe
) -> None:
    http.put(f"{cdr.base_url}/Patient/p-two", json=a_patient("p-two"))
    subscribe("Encounter?patient=Patient/p-two")
    subscribe("Encounter?patient=Patient/p-one", "sub-b")

    with connect(address(cdr)) as line:
        bound(line)
        bound(line, "sub-b")
        http.put(f"{cdr.base_url}/Encounter/e-one", json=an_encounter())

        assert line.recv(LONG) == "ping sub-b"  # and sub-a, bound before it, has said nothing


def test_a_transaction_is_one_ping_after_its_commit(
    cdr: EmbeddedCdr, http: requests.Session, subscribe: Subscribe
) -> None:
    subscribe("Patient?family=Quarzhollin")
    subscribe("Encounter?patient=Patient/p-one", "sub-b")

    with connect(address(cdr)) as line:
        bound(line)
        bound(line, "sub-b")
        bundle = {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [
                entry(a_patient("p-two")),
                entry(a_patient("p-three")),
                entry(an_encounter()),
            ],
        }
        http.post(cdr.base_url, json=bundle)

        assert {line.recv(LONG), line.recv(LONG)} == {"ping sub-a", "ping sub-b"}
        assert http.get(f"{cdr.base_url}/Encounter/e-one").status_code == 200


def test_a_transaction_that_fails_is_not_announced(
    cdr: EmbeddedCdr, http: requests.Session, subscribe: Subscribe
) -> None:
    subscribe("Patient?family=Quarzhollin")

    with connect(address(cdr)) as line:
        bound(line)
        broken = an_encounter(subject={"reference": "Patient/nobody"})
        bundle = {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [entry(a_patient("p-two")), entry(broken)],
        }
        refused = http.post(cdr.base_url, json=bundle)
        with pytest.raises(TimeoutError):
            line.recv(0.2)
        http.put(f"{cdr.base_url}/Patient/p-four", json=a_patient("p-four"))

        assert refused.status_code == 400
        assert line.recv(LONG) == "ping sub-a"


def test_nobody_can_listen_to_what_is_not_there(cdr: EmbeddedCdr) -> None:
    with connect(address(cdr)) as line:
        line.send("bind nothing")

        with pytest.raises(ConnectionClosed):
            line.recv(LONG)


def test_one_that_is_over_is_deleted_and_the_line_is_closed(
    cdr: EmbeddedCdr, http: requests.Session, subscribe: Subscribe, clock: TickingClock
) -> None:
    end = START.replace(hour=9)
    subscribe("Encounter?patient=Patient/p-one", end=end.isoformat())

    with connect(address(cdr)) as line:
        bound(line)
        clock.move(minutes=59)
        assert http.get(f"{cdr.base_url}/Subscription/sub-a").status_code == 200
        clock.move(minutes=1)

        assert http.get(f"{cdr.base_url}/Subscription/sub-a").status_code == 410
        with pytest.raises(ConnectionClosed):
            line.recv(LONG)


def test_a_later_end_lets_it_live(
    cdr: EmbeddedCdr, http: requests.Session, subscribe: Subscribe, clock: TickingClock
) -> None:
    subscribe("Encounter?patient=Patient/p-one", end=START.replace(hour=9).isoformat())
    subscribe("Encounter?patient=Patient/p-one", end=START.replace(hour=10).isoformat())
    clock.move(hours=1, minutes=30)

    assert http.get(f"{cdr.base_url}/Subscription/sub-a").status_code == 200


def test_one_that_is_deleted_closes_the_line(
    cdr: EmbeddedCdr, http: requests.Session, subscribe: Subscribe
) -> None:
    subscribe("Encounter?patient=Patient/p-one")

    with connect(address(cdr)) as line:
        bound(line)
        http.delete(f"{cdr.base_url}/Subscription/sub-a")

        with pytest.raises(ConnectionClosed):
            line.recv(LONG)


def test_it_is_still_there_and_still_ends_after_a_restart(
    tmp_path: Path, clock: TickingClock
) -> None:
    settings = CdrSettings(database=tmp_path / "cdr.sqlite3", sign_in=False)
    with EmbeddedCdr(settings, World(clock=clock)) as cdr:
        document = wanted("Patient?gender=male") | {"end": START.replace(hour=9).isoformat()}
        requests.put(f"{cdr.base_url}/Subscription/sub-a", json=document, timeout=LONG)

    with EmbeddedCdr(settings, World(clock=clock)) as cdr:
        with connect(address(cdr)) as line:
            bound(line)
        clock.move(hours=2)

        gone = requests.get(f"{cdr.base_url}/Subscription/sub-a", timeout=LONG)
    assert gone.status_code == 410


@pytest.fixture
def guarded(clock: TickingClock) -> Iterator[EmbeddedCdr]:
    """A server with a sign-in, a patient, a subscription to him, and a token for it."""
    with EmbeddedCdr(CdrSettings(), World(clock=clock)) as started:
        started.directory.put_user("wang", hash_password("s"), "Practitioner/wang", "W", "nurse")
        yield started


def signed_in(cdr: EmbeddedCdr) -> dict[str, str]:
    form = {"username": "wang", "password": "s"}
    answer = requests.post(f"{cdr.origin}/auth/demo-sign-in", json=form, timeout=LONG).json()
    return {"Authorization": f"Bearer {answer['access_token']}"}


def test_who_has_not_signed_in_hears_nothing(guarded: EmbeddedCdr) -> None:
    with pytest.raises(InvalidStatus) as refused, connect(address(guarded)):
        pass
    bearer = signed_in(guarded)
    requests.put(
        f"{guarded.base_url}/Subscription/sub-a",
        json=wanted("Patient?gender=male"),
        headers=bearer,
        timeout=LONG,
    )

    with connect(address(guarded), additional_headers=bearer) as line:
        bound(line)

    assert refused.value.response.status_code == 401
    assert "Bearer" in refused.value.response.headers["WWW-Authenticate"]


def test_a_token_that_has_ended_closes_the_line_instead_of_announcing(
    guarded: EmbeddedCdr, clock: TickingClock
) -> None:
    bearer = signed_in(guarded)
    at, sub = f"{guarded.base_url}/Subscription/sub-a", wanted("Patient?_id=p-one")
    requests.put(at, json=sub, headers=bearer, timeout=LONG)

    with connect(address(guarded), additional_headers=bearer) as line:
        bound(line)
        clock.move(hours=2)
        fresh = signed_in(guarded)
        made = requests.put(
            f"{guarded.base_url}/Patient/p-one", json=a_patient(), headers=fresh, timeout=LONG
        )
        with pytest.raises(ConnectionClosed) as closed:
            line.recv(LONG)

    assert made.status_code == 201
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


def test_a_server_that_is_told_not_to_announce_offers_nothing(clock: TickingClock) -> None:
    with EmbeddedCdr(CdrSettings(sign_in=False, announces=False), World(clock=clock)) as cdr:
        made = requests.put(
            f"{cdr.base_url}/Subscription/sub-a", json=wanted("Patient?gender=male"), timeout=LONG
        )
        rest = requests.get(f"{cdr.base_url}/metadata", timeout=LONG).json()["rest"][0]

    assert made.status_code == 405
    assert "extension" not in rest
