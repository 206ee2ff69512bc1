"""The local engine on 127.0.0.1: asked by our own client, and by whoever may not ask."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from app.fhir.cds_hooks import read_services
from app.fhir.cds_invariants import response_faults
from app.fhir.document import Document
from app.kernel.changes import ChangeFeed
from app.kernel.clock import RandomIds
from app.kernel.faults import AppError
from app.ports.remote_checks import Came
from sync.cds_hooks import serving
from sync.cds_hooks.allowed import AllowedService, AllowList
from sync.cds_hooks.checks import HookChecks, Parts
from sync.cds_hooks.exchange import Exchange
from sync.cds_hooks.serving import HookDoor, HookServer
from sync.cds_hooks.tokens import ServiceKey, ServiceTokens, TokenCheck
from sync.store_lane import at_once
from tests.support.builders import a_patient
from tests.support.cache_kit import SteppedClock
from tests.support.fake_remote import FakePrefetchReads, FakeRemoteAnswers
from tests.sync.cds_hooks.kit import LI, a_call
from tests.unit.services.test_hook_answering import SIGN, WHOLE, Asking

BODY: Document = {
    "hook": "order-sign",
    "hookInstance": "i-1",
    "context": a_call().context,
    "prefetch": WHOLE,
}


@contextmanager
def a_server(door: HookDoor | None = None) -> Iterator[tuple[HookServer, HookDoor]]:
    chosen = door or HookDoor.of_this_start()
    with HookServer(Asking().service, chosen) as server:
        yield server, chosen


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[HookServer, HookDoor]]:
    with a_server() as started:
        # Its threads start with the first request, and must not look like a test's own.
        requests.get(f"{started[0].base_url}/cds-services", timeout=30).close()
        yield started


def post(
    server: HookServer, token: str, path: str, body: object, **headers: str
) -> requests.Response:
    data = body if isinstance(body, bytes) else json.dumps(body, default=float).encode()
    told = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
    url = f"{server.base_url}/cds-services{path}"
    with requests.post(url, data=data, headers=told, timeout=10) as answer:
        assert answer.content is not None
        return answer


def test_it_listens_on_this_machine_only(server: tuple[HookServer, HookDoor]) -> None:
    it, _ = server
    assert it.base_url.startswith("http://127.0.0.1:")
    port = int(it.base_url.rpartition(":")[2])
    with socket.socket() as other:
        other.settimeout(1)
        with pytest.raises(OSError):
            other.connect(("127.0.0.2", port))  # this machine, too, and another address of it


def test_it_says_what_it_offers_and_answers_with_cards(server: tuple[HookServer, HookDoor]) -> None:
    it, door = server
    head = {"Authorization": f"bearer {door.token}"}
    with requests.get(f"{it.base_url}/cds-services", headers=head, timeout=10) as found:
        assert len(read_services(found.json())) == 7
    answer = post(it, door.token, f"/{SIGN}", BODY)

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert response_faults(answer.json()) == () and len(answer.json()["cards"]) == 1


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", "Basic {}", "Bearer é", "{}"])
def test_nobody_asks_without_the_token_of_this_start(
    server: tuple[HookServer, HookDoor], header: str
) -> None:
    it, door = server
    told = {"Authorization": header.format(door.token).encode(), "Content-Type": "application/json"}
    for method, path in (("GET", ""), ("POST", f"/{SIGN}"), ("POST", f"/{SIGN}/feedback")):
        url = f"{it.base_url}/cds-services{path}"
        with requests.request(method, url, headers=told, data=b"{}", timeout=10) as answer:
            assert (answer.status_code, answer.content) == (401, b"")
            assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_token_is_made_anew_at_every_start() -> None:
    assert HookDoor.of_this_start().token != HookDoor.of_this_start().token


def test_a_page_under_a_name_of_its_own_does_not_reach_it(
    server: tuple[HookServer, HookDoor],
) -> None:
    it, door = server
    assert post(it, door.token, f"/{SIGN}", BODY, Host="spy.example").status_code == 400
    form = {"Content-Type": "text/plain"}
    assert post(it, door.token, f"/{SIGN}", BODY, **form).status_code == 415


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/other", BODY, 404),
        (f"/{SIGN}", {**BODY, "hook": "order-select"}, 400),
        (f"/{SIGN}", {**BODY, "prefetch": {}}, 412),
        (f"/{SIGN}", b"<html>", 400),
        (f"/{SIGN}", b"[" * 500 + b"]" * 500, 400),
        (f"/{SIGN}", [], 400),
        (f"/{SIGN}/feedback", {"feedback": []}, 200),
        (f"/{SIGN}/feedback", b"{", 400),
    ],
)
def test_what_it_does_not_answer_it_says_by_the_status(
    server: tuple[HookServer, HookDoor], path: str, body: object, status: int
) -> None:
    it, door = server
    answer = post(it, door.token, path, body)
    assert answer.status_code == status
    if status == 412:
        assert answer.json() == {"missing": ["patient", "medications"]}


def test_a_flood_is_not_read_to_its_end(server: tuple[HookServer, HookDoor]) -> None:
    it, door = server
    port = int(it.base_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(
            f"POST /cds-services/{SIGN} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {door.token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {serving.MOST_BYTES * 4}\r\n\r\n".encode()
        )
        piece, sent = b" " * 1_000_000, 0
        while sent <= serving.MOST_BYTES:
            line.sendall(piece)
            sent += len(piece)
        assert line.recv(64).startswith(b"HTTP/1.1 413")


def test_a_port_that_is_taken_is_told(server: tuple[HookServer, HookDoor]) -> None:
    it, door = server
    port = int(it.base_url.rpartition(":")[2])
    with pytest.raises(OSError):
        HookServer(Asking().service, door, port).bind()


def test_our_client_asks_our_engine_by_tokens_of_its_key() -> None:
    clock, kept = SteppedClock(), dict[str, bytes]()
    key = ServiceKey(kept.get, kept.__setitem__)
    check = TokenCheck.of(json.dumps(key.public()).encode(), clock)
    tokens = ServiceTokens(key, "us", clock, RandomIds())
    with a_server(HookDoor.of_this_start(check)) as (server, door):
        service = AllowedService(server.base_url, SIGN, "WardOne", frozenset({"order-sign"}))
        documents = {LI: [a_patient()]}
        checks = HookChecks(
            Parts(
                AllowList((service,)),
                Exchange(tokens.bearer, seconds=5, ca_bundle=""),
                FakePrefetchReads(documents, complete={LI}),
                FakeRemoteAnswers(),
                clock,
                at_once,
                ChangeFeed(),
                5.0,
            )
        )
        try:
            (answer,) = checks.ask(a_call()).answers
        finally:
            checks.close()
        # Where keys are known, the token of the start opens nothing.
        assert post(server, door.token, f"/{SIGN}", BODY).status_code == 401

        token = tokens.bearer(f"{server.base_url}/cds-services/{SIGN}")
        clock.step(seconds=120)
        assert post(server, token, f"/{SIGN}", BODY).status_code == 401  # it has ended

    assert answer.came is Came.ANSWERED and len(answer.cards) == 1


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"keys": 1}', b'{"keys": [{"kty": "XX"}]}'])
def test_keys_that_cannot_be_read_stop_the_start(text: bytes) -> None:
    with pytest.raises(AppError) as caught:
        TokenCheck.of(text, SteppedClock())
    assert caught.value.fault.message.code == "cds.keys-unreadable"
