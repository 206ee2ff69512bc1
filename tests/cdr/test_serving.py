"""The server on a real socket."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from sync.cdr.misbehaviour import Fault, Misbehaviour, Rule
from sync.cdr.serving import CdrSettings, EmbeddedCdr, World, serve, start_in_thread
from tests.cdr.kit import TickingClock, a_patient, an_encounter, entry

OPEN = CdrSettings(sign_in=False)


@pytest.fixture
def misbehaviour() -> Misbehaviour:
    return Misbehaviour()


@pytest.fixture
def cdr(misbehaviour: Misbehaviour) -> Iterator[EmbeddedCdr]:
    with EmbeddedCdr(OPEN, World(clock=TickingClock(), misbehaviour=misbehaviour)) as started:
        yield started


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def bundle(*entries: dict) -> dict:
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}


def test_it_serves_on_a_free_port_of_this_machine_alone(
    cdr: EmbeddedCdr, http: requests.Session
) -> None:
    made = http.put(f"{cdr.base_url}/Patient/p-one", json=a_patient())

    assert cdr.base_url.startswith("http://127.0.0.1:")
    assert made.status_code == 201
    assert made.headers["Location"] == f"{cdr.base_url}/Patient/p-one/_history/1"
    assert made.headers["Date"] == "Sun, 01 Mar 2026 08:00:00 GMT"
    assert (
        http.get(f"{cdr.base_url}/Patient/p-one")
        .headers["Content-Type"]
        .startswith("application/fhir+json")
    )
    assert cdr.settings.database is None


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_transaction_is_posted_to_the_base(
    cdr: EmbeddedCdr, http: requests.Session, slash: str
) -> None:
    done = http.post(cdr.base_url + slash, json=bundle(entry(a_patient()), entry(an_encounter())))

    assert done.status_code == 200
    assert http.get(f"{cdr.base_url}/Encounter?patient=p-one").json()["total"] == 1


def test_bodies_travel_compressed_both_ways(cdr: EmbeddedCdr, http: requests.Session) -> None:
    document = json.dumps(a_patient(contact=[{"gender": "male"}] * 200)).encode()
    packed = {"Content-Encoding": "gzip"}

    http.put(f"{cdr.base_url}/Patient/p-one", data=gzip.compress(document), headers=packed)
    answer = http.get(f"{cdr.base_url}/Patient/p-one")
    plain = http.get(f"{cdr.base_url}/Patient/p-one", headers={"Accept-Encoding": "identity"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert answer.json() == plain.json()
    assert len(answer.json()["contact"]) == 200


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"x" * 5000, {}, 413),
        (gzip.compress(b" " * 5000, mtime=0), {"Content-Encoding": "gzip"}, 413),
        (b"not gzip", {"Content-Encoding": "gzip"}, 400),
        (b"{}", {}, 400),
    ],
    ids=["too large", "too large once unpacked", "not gzip", "not a resource"],
)
def test_a_body_too_large_or_not_what_it_says_is_refused(
    http: requests.Session, body: bytes, headers: dict[str, str], status: int
) -> None:
    with EmbeddedCdr(CdrSettings(sign_in=False, largest_body=4000)) as cdr:
        answer = http.put(f"{cdr.base_url}/Patient/p-one", data=body, headers=headers)

    assert answer.status_code == status
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_a_page_under_another_name_cannot_reach_it(
    cdr: EmbeddedCdr, http: requests.Session
) -> None:
    rebound = http.get(f"{cdr.base_url}/metadata", headers={"Host": "evil.example"})

    assert rebound.status_code == 400
    assert http.get(f"{cdr.base_url}/metadata").status_code == 200


def test_head_answers_without_a_body(cdr: EmbeddedCdr, http: requests.Session) -> None:
    http.put(f"{cdr.base_url}/Patient/p-one", json=a_patient())

    answer = http.head(f"{cdr.base_url}/Patient/p-one")

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["ETag"] == 'W/"1"'


def test_what_was_written_is_there_after_a_restart(tmp_path: Path, http: requests.Session) -> None:
    settings = CdrSettings(database=tmp_path / "cdr.db", sign_in=False)
    with EmbeddedCdr(settings) as cdr:
        http.put(f"{cdr.base_url}/Patient/p-one", json=a_patient())

    with EmbeddedCdr(settings) as cdr:
        assert http.get(f"{cdr.base_url}/Patient/p-one").json()["meta"]["versionId"] == "1"


def test_stopping_twice_is_once_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    cdr = start_in_thread(OPEN)

    cdr.stop()
    cdr.stop()

    assert set(threading.enumerate()) == before


def test_a_taken_port_is_said_at_the_start(cdr: EmbeddedCdr) -> None:
    second = EmbeddedCdr(CdrSettings(port=cdr.port, sign_in=False))

    with pytest.raises(OSError, match="ddress already in use"):
        second.start()
    second.stop()


def test_serve_tells_where_it_is_and_ends_when_stopped(http: requests.Session) -> None:
    said: list[str] = []

    def ready(cdr: EmbeddedCdr) -> None:
        def visit() -> None:
            said.append(http.get(f"{cdr.base_url}/metadata").json()["resourceType"])
            cdr.ask_to_stop()

        threading.Thread(target=visit).start()

    serve(OPEN, ready=ready)

    assert said == ["CapabilityStatement"]


def test_requests_of_many_threads_are_all_kept(cdr: EmbeddedCdr) -> None:
    def write(n: int) -> None:
        for m in range(10):
            patient = a_patient(f"p{n}-{m}")
            requests.put(f"{cdr.base_url}/Patient/p{n}-{m}", json=patient, timeout=10)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert cdr.store.counts() == {"Patient": 80}


@pytest.mark.parametrize(
    ("rule", "status", "kind", "body"),
    [
        (Rule(Fault.HTML), 200, "text/html", "<!doctype html>"),
        (Rule(Fault.WRONG_JSON), 200, "application/fhir+json", '{"hello"'),
        (Rule(Fault.BROKEN_JSON), 200, "application/fhir+json", '{"resourceType"'),
        (Rule(Fault.HUGE, size=100_000), 200, "application/fhir+json", '{"resourceType"'),
        (Rule(Fault.WRONG_TYPE), 200, "text/plain", '{"resourceType"'),
        (Rule(Fault.STATUS, status=401), 401, "application/fhir+json", '{"resourceType"'),
        (Rule(Fault.STATUS, status=503), 503, "application/fhir+json", '{"resourceType"'),
    ],
    ids=lambda value: value.fault.name if isinstance(value, Rule) else None,
)
def test_an_answer_can_be_spoilt_once(
    cdr: EmbeddedCdr,
    http: requests.Session,
    misbehaviour: Misbehaviour,
    rule: Rule,
    *,
    status: int,
    kind: str,
    body: str,
) -> None:
    http.put(f"{cdr.base_url}/Patient/p-one", json=a_patient())
    misbehaviour.add(rule)

    spoilt = http.get(f"{cdr.base_url}/Patient/p-one")

    assert spoilt.status_code == status
    assert spoilt.headers["Content-Type"].startswith(kind)
    assert spoilt.text.startswith(body)
    assert rule.fault is not Fault.HUGE or len(spoilt.text) > 100_000
    assert http.get(f"{cdr.base_url}/Patient/p-one").json()["id"] == "p-one"


def test_a_rule_waits_and_chooses_its_requests(
    cdr: EmbeddedCdr, http: requests.Session, misbehaviour: Misbehaviour
) -> None:
    http.put(f"{cdr.base_url}/Patient/p-one", json=a_patient())
    later = {"Retry-After": "7"}
    misbehaviour.add(
        Rule(
            Fault.STATUS,
            when=lambda request: request.path.startswith("Patient"),
            times=2,
            skip=1,
            status=429,
            headers=later,
        )
    )

    answers = [http.get(f"{cdr.base_url}/Patient/p-one") for _ in range(4)]
    other = http.get(f"{cdr.base_url}/metadata")

    assert [answer.status_code for answer in answers] == [200, 429, 429, 200]
    assert answers[1].headers["Retry-After"] == "7"
    assert other.status_code == 200
    assert misbehaviour.seen[-1] == ("GET", "metadata")


@pytest.mark.parametrize(
    ("fault", "kept"),
    [
        (Fault.DROP, False),
        (Fault.STATUS, False),
        (Fault.DROP_AFTER, True),
        (Fault.CUT_BODY, True),
        (Fault.STATUS_AFTER, True),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else None,
)
def test_a_write_that_was_not_answered_may_have_been_done(
    cdr: EmbeddedCdr,
    http: requests.Session,
    misbehaviour: Misbehaviour,
    fault: Fault,
    *,
    kept: bool,
) -> None:
    misbehaviour.add(Rule(fault))
    address = f"{cdr.base_url}/Patient/p-one"

    if fault in (Fault.STATUS, Fault.STATUS_AFTER):
        assert http.put(address, json=a_patient()).status_code == 500
    else:
        with pytest.raises(requests.exceptions.RequestException):
            http.put(address, json=a_patient())

    assert http.get(address).status_code == (200 if kept else 404)


def test_the_same_page_can_come_again_and_again(
    cdr: EmbeddedCdr, http: requests.Session, misbehaviour: Misbehaviour
) -> None:
    http.post(cdr.base_url, json=bundle(*(entry(a_patient(f"p{n}")) for n in range(6))))
    misbehaviour.add(Rule(Fault.SAME_PAGE, times=99))
    address = f"{cdr.base_url}/Patient?_count=2"

    first = http.get(address).json()
    following = next(link["url"] for link in first["link"] if link["relation"] == "next")
    second = http.get(following).json()
    third = http.get(following).json()

    assert third["entry"] == second["entry"]
    assert second["entry"] != first["entry"]


def test_a_silence_ends_when_it_is_released(
    cdr: EmbeddedCdr, http: requests.Session, misbehaviour: Misbehaviour
) -> None:
    misbehaviour.add(Rule(Fault.SILENCE))
    with pytest.raises(requests.exceptions.ReadTimeout):
        http.get(f"{cdr.base_url}/metadata", timeout=0.2)
    assert misbehaviour.silent.wait(5)

    misbehaviour.release.set()

    assert http.get(f"{cdr.base_url}/metadata", timeout=5).status_code == 200


def test_a_silence_does_not_outlive_the_server(misbehaviour: Misbehaviour) -> None:
    with EmbeddedCdr(OPEN, World(misbehaviour=misbehaviour)) as cdr:
        misbehaviour.add(Rule(Fault.SILENCE))
        with socket.create_connection(("127.0.0.1", cdr.port)) as line:
            line.sendall(b"GET /fhir/metadata HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert misbehaviour.silent.wait(5)


def test_nothing_misbehaves_unless_a_test_built_it_in(http: requests.Session) -> None:
    with EmbeddedCdr(OPEN) as cdr:
        answer = http.get(f"{cdr.base_url}/metadata?misbehave=1", headers={"X-Misbehave": "1"})

    assert answer.json()["resourceType"] == "CapabilityStatement"
