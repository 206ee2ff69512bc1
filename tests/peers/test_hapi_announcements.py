"""HAPI FHIR announces what the ward's workstation asked to be told of, over its own websocket."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from app.domain.sending import Announcing
from app.domain.terms import PatientId, Ref, WardId
from app.kernel.clock import SystemClock
from app.ports.sync_store import Enrolment, Scope
from resources.reading import path
from sync.announcements import Announcements, Listening
from sync.announcing import wishes
from sync.scopes import cohorts_for, read_types
from sync.transport import HttpRemote
from tests.cdr.contract.peer import Peer, fresh, observation, patient

pytestmark = pytest.mark.peers

_PATIENCE = 90.0
_TYPES = read_types(path("packs/scopes/types.tsv"))


class Following:
    """A workstation that follows one patient, as far as a listener asks it."""

    def __init__(self, base_url: str, who: str) -> None:
        self._enrolment = Enrolment(str(uuid.uuid4()), base_url, "1", 0, datetime.now(UTC))
        self._scopes = cohorts_for([PatientId(who)], (), 1)

    def enrolment(self) -> Enrolment:
        return self._enrolment

    def scopes(self) -> tuple[Scope, ...]:
        return self._scopes

    def places_of(self, ward: WardId) -> tuple[Ref, ...]:
        del ward
        return ()

    def names(self) -> list[str]:
        found = wishes(self._enrolment.workstation, self._scopes, _TYPES, self)
        return [f"Subscription/{one.id}" for one in found]


class Ear:
    """A listener of the product, and what it heard."""

    def __init__(self, base_url: str, following: Following) -> None:
        self.heard: list[frozenset[str]] = []
        self._remote = HttpRemote(base_url, lambda: None)
        self.announcements = Announcements(
            Listening(
                remote=self._remote,
                token=lambda: None,
                store=following,  # type: ignore[arg-type]  # the methods it uses
                places=following,
                types=_TYPES,
                clock=SystemClock(),
                websocket="/websocket",
            )
        )

    def close(self) -> None:
        self.announcements.close()
        self._remote.close()


@pytest.fixture
def following(hapi_peer: Peer, hapi_url: str) -> Following:
    who = fresh()
    hapi_peer.put(patient(who)).raise_for_status()
    return Following(hapi_url, who)


@pytest.fixture
def ear(hapi_url: str, following: Following) -> Iterator[Ear]:
    opened = Ear(hapi_url, following)
    yield opened
    opened.close()


def until(claim: Callable[[], bool]) -> float:
    """Wait for it; the seconds it took."""
    pause, began = threading.Event(), time.monotonic()
    while not claim():
        assert time.monotonic() - began < _PATIENCE, "it never came"
        pause.wait(0.01)
    return time.monotonic() - began


def test_an_observation_of_a_followed_patient_is_announced_and_nobody_elses(
    ear: Ear, following: Following, hapi_peer: Peer
) -> None:
    who = following.scopes()[0].target
    ear.announcements.start(ear.heard.append)
    until(lambda: ear.announcements.state is Announcing.HEARD and bool(ear.heard))
    ear.heard.clear()
    elsewhere = fresh()
    hapi_peer.put(patient(elsewhere)).raise_for_status()
    hapi_peer.put(observation(fresh(), elsewhere)).raise_for_status()

    hapi_peer.put(observation(fresh(), who)).raise_for_status()
    took = until(lambda: bool(ear.heard))

    assert ear.heard == [frozenset({"Observation"})]
    assert took < _PATIENCE / 3


def test_on_leaving_hapi_keeps_no_subscription_of_ours(
    ear: Ear, following: Following, hapi_peer: Peer
) -> None:
    ear.announcements.start(ear.heard.append)
    until(lambda: ear.announcements.state is Announcing.HEARD)
    assert all(hapi_peer.is_there(name) for name in following.names())

    ear.announcements.close()

    assert not any(hapi_peer.is_there(name) for name in following.names())
