"""One small write that only one workstation can win, whatever becomes of its answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from app.connecting import merge_rules
from app.domain.terms import Ref
from app.fhir.document import Document
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import AppError, FaultKind
from app.ports.acts import Documents
from app.ports.claiming import Claims
from sync.claiming import RemoteClaims
from sync.transport import Answer, Lost, NoAnswer, Request
from tests.support.fake_acts import FakeActs
from tests.support.fake_claims import FakeClaims, FakeServer
from tests.sync.engine.desk import Desk, http
from tests.sync.engine.hospital import Hospital


class Cable:
    """A way to the server that loses answers, or is cut, when it is told to."""

    def __init__(self, base_url: str) -> None:
        self.http = http(base_url)
        self.base_url = base_url
        self.loses_answers = False
        self.is_cut = False

    def send(self, request: Request) -> Answer | NoAnswer:
        if self.is_cut:
            return NoAnswer(Lost.UNREACHABLE, "cut")
        answer = self.http.send(request)
        lost = self.loses_answers and request.method == "PUT"
        return NoAnswer(Lost.SILENCE, "lost") if lost else answer


@dataclass
class Grant:
    """A workstation that knows one task in version 1."""

    claims: Claims
    documents: Documents
    ref: Ref

    @property
    def document(self) -> Document:
        held = self.documents.held(self.ref)
        assert held is not None
        return held.document

    def edited(self, text: str) -> Document:
        return self.document | {"description": text}


@pytest.fixture
def cable(hospital: Hospital) -> Iterator[Cable]:
    made = Cable(hospital.base_url)
    yield made
    made.http.close()


@pytest.fixture
def heard() -> list[Changed]:
    return []


@pytest.fixture
def real(desk: Desk, cable: Cable, hospital: Hospital, heard: list[Changed]) -> Grant:
    feed = ChangeFeed()
    feed.listen(heard.append)
    claims = RemoteClaims(cable, desk.store, merge_rules(), desk.clock, feed)
    return Grant(claims, desk.opened.documents, hospital.task())


@pytest.fixture(params=["fake", "real"])
def grant(request: pytest.FixtureRequest, hospital: Hospital) -> Grant:
    del hospital  # the server starts before a test's own threads are counted
    if request.param == "real":
        found: Grant = request.getfixturevalue("real")
        return found
    acts, server = FakeActs(), FakeServer()
    server.put({"resourceType": "Task", "id": "t", "status": "requested"})
    ref = Ref("Task/t")
    claims = FakeClaims(server, acts)
    claims.look(ref)
    return Grant(claims, acts, ref)


def test_a_write_of_the_newest_version_wins_and_is_in_the_cache(grant: Grant) -> None:
    came = grant.claims.write(grant.ref, grant.edited("mine"), "1")

    assert came.won
    assert came.document is not None
    assert came.document["description"] == "mine"
    held = grant.documents.held(grant.ref)
    assert held is not None
    assert (held.document["description"], held.version, held.state) == ("mine", "2", "clean")


def test_a_write_of_an_older_version_loses_and_brings_the_newest(grant: Grant) -> None:
    grant.claims.write(grant.ref, grant.edited("theirs"), "1")

    came = grant.claims.write(grant.ref, grant.edited("mine"), "1")

    assert not came.won
    assert came.document is not None
    assert came.document["description"] == "theirs"
    assert grant.document["description"] == "theirs"


def test_what_the_server_does_not_have_is_gone(grant: Grant) -> None:
    nowhere = Ref("Task/never-was-there")

    assert grant.claims.look(nowhere) is None
    came = grant.claims.write(nowhere, {"resourceType": "Task", "id": "never-was-there"}, "1")
    assert came.document is None or not came.won


def test_a_lost_answer_is_looked_after_before_anything_is_said(
    real: Grant, cable: Cable, heard: list[Changed]
) -> None:
    cable.loses_answers = True

    came = real.claims.write(real.ref, real.edited("mine"), "1")

    assert came.won
    assert real.document["description"] == "mine"
    assert any("task" in one.kinds for one in heard)


def test_without_the_server_nobody_knows_of_a_claim(
    real: Grant, cable: Cable, hospital: Hospital
) -> None:
    cable.is_cut = True

    for work in (
        lambda: real.claims.write(real.ref, real.edited("mine"), "1"),
        lambda: real.claims.look(real.ref),
    ):
        with pytest.raises(AppError) as caught:
            work()
        assert caught.value.fault.kind is FaultKind.OFFLINE
    assert hospital.versions(real.ref) == 1
    assert real.document.get("description") != "mine"


def test_a_write_the_server_refuses_for_another_reason_is_told(
    real: Grant, hospital: Hospital
) -> None:
    nobody: Document = {"owner": {"reference": "Practitioner/never-was-there"}}

    with pytest.raises(AppError) as caught:
        real.claims.write(real.ref, real.document | nobody, "1")

    assert caught.value.fault.message.code == "sync.verdict.rejected"
    assert hospital.versions(real.ref) == 1
