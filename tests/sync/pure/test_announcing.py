"""What is asked to be announced, where, and when a round is brought forward for it."""

from __future__ import annotations

import itertools
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.terms import PatientId, PractitionerId, Ref, WardId
from app.ports.sync_store import Scope
from resources.reading import path
from sync.announcing import REST, Hastening, websocket_address, wishes
from sync.scopes import (
    attending_scope,
    census_scope,
    cohorts_for,
    mine_scope,
    read_types,
    reference_scope,
)

TYPES = read_types(path("packs/scopes/types.tsv"))
SETTLE = 0.7
STATION = "5f0c1f0e-0000-4000-8000-000000000001"
WARD = WardId("w-1")
ME = PractitionerId("dr-wang")


class Places:
    def __init__(self, *places: str) -> None:
        self._places = tuple(Ref(one) for one in places)

    def places_of(self, ward: WardId) -> tuple[Ref, ...]:
        del ward
        return self._places


BEDS = Places("Location/w-1", "Location/bed-1")


def criteria(*scopes: Scope, places: Places = BEDS) -> set[str]:
    return {one.criteria for one in wishes(STATION, scopes, TYPES, places)}


def cohort(*patients: str) -> Scope:
    return cohorts_for([PatientId(one) for one in patients], (), 1)[0]


def test_who_comes_to_a_ward_is_asked_for_by_its_places() -> None:
    assert criteria(census_scope(WARD)) == {"Encounter?location=Location/bed-1,Location/w-1"}


def test_a_ward_whose_places_are_not_here_yet_asks_for_nothing() -> None:
    assert criteria(census_scope(WARD), places=Places()) == set()


def test_patients_elsewhere_and_own_work_are_asked_for_by_person() -> None:
    assert criteria(attending_scope(ME), mine_scope(ME)) == {
        "Encounter?participant=Practitioner/dr-wang",
        "Task?owner=Practitioner/dr-wang",
        "Communication?recipient=Practitioner/dr-wang",
    }


def test_all_patients_stand_in_one_criterion_for_each_type() -> None:
    found = criteria(cohort("b"), cohort("a"))

    assert "MedicationRequest?patient=Patient/a,Patient/b" in found
    assert len({one.partition("?")[0] for one in found}) == len(found)
    assert not any("_" in one for one in found)


@pytest.mark.parametrize(
    "scope",
    [
        reference_scope(),
        Scope("cohort:1", "cohort", "", priority=3),
        Scope("cohort:1", "cohort", "a", priority=3, state="left"),
    ],
    ids=["slow", "empty", "left"],
)
def test_nothing_is_asked_for_what_is_not_followed(scope: Scope) -> None:
    assert criteria(scope) == set()


def test_the_same_question_has_the_same_id_whoever_is_in_the_ward() -> None:
    before = wishes(STATION, [cohort("a")], TYPES, BEDS)
    after = wishes(STATION, [cohort("a", "b")], TYPES, BEDS)
    other = wishes(str(uuid.UUID(int=2)), [cohort("a")], TYPES, BEDS)

    assert [one.id for one in before] == [one.id for one in after]
    assert len({one.id for one in before}) == len(before)
    assert {one.id for one in before}.isdisjoint(one.id for one in other)
    assert before != after


@pytest.mark.parametrize(
    ("base", "offered", "address"),
    [
        ("http://h:8080/fhir", "/websocket", "ws://h:8080/websocket"),
        ("https://h/fhir", "/websocket", "wss://h/websocket"),
        ("https://h/fhir", "websocket", "wss://h/fhir/websocket"),
        ("https://h/fhir", "wss://h/ws?a=b#c", "wss://h/ws?a=b"),
        ("https://h/fhir", "ws://h/ws", "wss://h/ws"),
        ("https://h/fhir", "wss://h:443/ws", "wss://h/ws"),
        ("http://h/fhir", "ws://h:80/ws", "ws://h/ws"),
        ("http://h:1/fhir", "ws://h:2/ws", ""),
        ("https://h/fhir", "wss://other/ws", ""),
        ("https://h/fhir", "//other/ws", ""),
        ("https://h/fhir", "", ""),
    ],
)
def test_the_line_goes_to_the_server_itself_as_encrypted_as_it_is(
    base: str, offered: str, address: str
) -> None:
    assert websocket_address(base, offered) == address


def test_a_ping_waits_until_the_second_is_over() -> None:
    assert Hastening().announced(100.0, SETTLE).wait(100.0) == pytest.approx(SETTLE)


def test_what_is_signed_is_sent_at_once() -> None:
    assert Hastening().announced(100.0, SETTLE).signed(100.2).wait(100.2) == 0.0
    assert Hastening().wait(5.0) is None


def test_a_ping_that_its_round_may_come_too_early_for_has_another() -> None:
    begun = Hastening().announced(100.0, SETTLE).announced(100.6, SETTLE).begun(100.8)

    assert begun.wait(100.8) == pytest.approx(REST)
    assert begun.begun(102.8).wait(102.8) is None


@given(
    st.lists(
        st.tuples(st.sampled_from(("announced", "signed", "poll")), st.floats(0.001, 5.0)),
        max_size=40,
    )
)
def test_every_news_gets_a_round_late_enough_and_pings_are_never_followed_in_a_rush(
    course: list[tuple[str, float]],
) -> None:
    now, hastening = 0.0, Hastening()
    begun: list[tuple[float, str]] = []
    heard: list[float] = []
    for what, pause in [*course, ("end", 10.0)]:
        if what == "announced":
            hastening = hastening.announced(now, SETTLE)
            heard.append(now)
        elif what == "signed":
            hastening = hastening.signed(now)
        elif what == "poll":
            hastening = hastening.begun(now)
            begun.append((now, "poll"))
        until = now + pause
        while (wait := hastening.wait(now)) is not None and now + wait <= until:
            now += wait
            signed = what == "signed" and wait == 0.0
            hastening = hastening.begun(now)
            begun.append((now, "signed" if signed else "brought forward"))
        now = until

    assert all(any(at >= news + SETTLE - 1e-6 for at, _ in begun) for news in heard)
    for (before, _), (at, why) in itertools.pairwise(begun):
        assert why != "brought forward" or at - before >= REST - 1e-6
