"""A service is asked as CDS Hooks says, and whatever it does, the ward goes on."""

from __future__ import annotations

import base64
import json
import logging
import threading
from dataclasses import replace

import pytest

from app.fhir.document import Document, Json
from app.kernel.faults import FaultKind, Message, app_error
from app.ports.remote_checks import Came
from sync.cds_hooks.allowed import AllowedService
from sync.cds_hooks.desk import FRESH_SECONDS
from sync.cds_hooks.exchange import MOST_BYTES
from tests.support.builders import a_patient
from tests.support.fake_remote import FakePrefetchReads
from tests.support.hook_house import A_CARD, Says, cards, says, services
from tests.sync.cds_hooks.kit import CALL, DISCOVERY, LI, a_call, a_desk

NAME = "合理用药"


def test_a_service_is_asked_and_its_cards_arrive() -> None:
    with a_desk() as desk:
        desk.house.answers[CALL] = cards(A_CARD)

        answer = desk.ask()

    assert (answer.service, answer.name, answer.came) == ("pass", NAME, Came.ANSWERED)
    assert [card.summary for card in answer.cards] == ["Look at the potassium."]
    assert answer.is_checked and answer.why is None


def test_the_request_is_what_the_hook_asks_for() -> None:
    with a_desk() as desk:
        desk.ask("order-select")
        (asked,) = desk.house.of(CALL)

    assert asked.method == "POST"
    assert (asked.body["hook"], asked.body["hookInstance"]) == ("order-select", "i-1")
    assert asked.body["context"] == a_call().context
    assert "prefetch" not in asked.body
    assert "fhirServer" not in asked.body and "fhirAuthorization" not in asked.body


def test_every_call_has_a_token_of_its_own_made_for_it() -> None:
    with a_desk() as desk:
        desk.ask()
        desk.ask()
        base = desk.house.base
        found, first, second = desk.house.asked

        assert desk.tokens.admits(found.token, f"{base}{DISCOVERY}")
        assert desk.tokens.admits(first.token, f"{base}{CALL}")
        assert not desk.tokens.admits(first.token, f"{base}{CALL}")  # once only
        assert not desk.tokens.admits(second.token, f"{base}{DISCOVERY}")
    header = json.loads(base64.urlsafe_b64decode(first.token.split(".")[0] + "=="))
    assert (header["alg"], header["typ"]) == ("ES384", "JWT")


def test_no_token_and_no_patient_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with a_desk() as desk:
        desk.house.answers[CALL] = says([])
        desk.ask()
        tokens = [one.token for one in desk.house.asked]

    assert len(tokens) == 2
    assert not any(token in caplog.text for token in tokens)


def test_a_service_sees_only_what_it_asked_for() -> None:
    """Data minimisation: its own keys, and of those the ones that can be answered."""
    templates = {
        "patient": "Patient/{{context.patientId}}",
        "tests": "Observation?patient={{context.patientId}}&_count=5",
        "notes": "DocumentReference?patient={{context.patientId}}",
    }
    with a_desk() as desk:
        desk.house.answers[DISCOVERY] = services("order-sign", prefetch=templates)
        desk.ask()
        (asked,) = desk.house.of(CALL)
        read = list(desk.reads.read)

    empty: Json = {"resourceType": "Bundle", "type": "searchset", "total": 0}
    assert asked.body["prefetch"] == {"patient": a_patient(), "tests": empty}
    assert read == ["Patient/li-ming", "Observation", "DocumentReference"]


def test_the_keys_of_one_service_are_not_those_of_another() -> None:
    with (
        a_desk() as other,
        a_desk(AllowedService(other.house.base, "cqf", "CQF", frozenset({"order-sign"}))) as desk,
    ):
        mine, theirs = {"p": "Patient/{{context.patientId}}"}, {"t": "Observation?patient=li-ming"}
        desk.house.answers[DISCOVERY] = services("order-sign", prefetch=mine)
        other.house.answers[DISCOVERY] = services("order-sign", prefetch=theirs, key="cqf")
        other.house.answers["/cds-services/cqf"] = cards()

        asked = desk.checks.ask(a_call())

        assert [one.came for one in asked.answers] == [Came.ANSWERED, Came.ANSWERED]
        (first,), (second,) = desk.house.of(CALL), other.house.of("/cds-services/cqf")
    assert set(first.body["prefetch"]) == {"p"} and set(second.body["prefetch"]) == {"t"}  # type: ignore[arg-type]


def test_only_services_of_the_hook_are_asked() -> None:
    with a_desk() as desk:
        assert desk.checks.ask(a_call("encounter-discharge")).answers == ()
        assert desk.house.asked == []


def test_what_is_offered_is_asked_for_once_an_hour_and_holds_without_a_network() -> None:
    with a_desk() as desk:
        desk.ask()
        desk.clock.step(seconds=FRESH_SECONDS - 1)
        desk.ask()
        assert len(desk.house.of(DISCOVERY)) == 1

        desk.clock.step(seconds=2)
        desk.house.answers[DISCOVERY] = Says(500)
        answer = desk.ask()
        desk.ask()

        assert len(desk.house.of(DISCOVERY)) == 2
        assert answer.came is Came.ANSWERED
        desk.clock.step(seconds=61)
        desk.house.answers[DISCOVERY] = says({"services": "none"})
        assert desk.ask().came is Came.ANSWERED
        desk.clock.step(seconds=61)
        desk.house.answers[DISCOVERY] = services("patient-view")
        assert desk.ask().why == Message.of("cds.not-offered", name=NAME)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Says(body=b"<html>Sign in to the network</html>", kind="text/html"), "cds.unreadable"),
        (Says(body=b"<html></html>"), "cds.unreadable"),
        (Says(body=b'{"cards": [', kind="application/json"), "cds.unreadable"),
        (says({"hello": "world"}), "cds.unreadable"),
        (says({"cards": None}), "cds.unreadable"),
        (Says(body=b'{"cards":' + b"[" * 5000 + b"]" * 5000 + b"}"), "cds.unreadable"),
        (Says(body=b" " * (MOST_BYTES + 1)), "cds.silent"),
        (Says(500), "cds.unreadable"),
        (Says(404), "cds.unreadable"),
        (Says(401), "cds.unreadable"),
        (cards(A_CARD, status=203), "cds.unreadable"),
    ],
)
def test_an_answer_that_cannot_be_used_is_told(answer: Says, code: str) -> None:
    with a_desk() as desk:
        desk.house.answers[CALL] = answer

        found = desk.ask()

    assert (found.came, found.cards) == (Came.FAILED, ())
    assert found.why == Message.of(code, name=NAME)
    assert not found.is_checked


@pytest.mark.parametrize("where", [DISCOVERY, CALL])
@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_is_not_followed(where: str, status: int) -> None:
    with a_desk() as elsewhere, a_desk() as desk:
        target = f"{elsewhere.house.base}{where}"
        desk.house.answers[where] = Says(status, headers={"Location": target})

        assert desk.ask().came is Came.FAILED
        assert elsewhere.house.asked == []


def test_a_discovery_that_cannot_be_used_is_told() -> None:
    with a_desk() as desk:
        desk.house.answers[DISCOVERY] = says({"services": "none"})
        assert desk.ask().why == Message.of("cds.unreadable", name=NAME)
        assert desk.house.of(CALL) == []


def test_a_service_that_lacks_data_says_so_and_has_not_failed() -> None:
    with a_desk() as desk:
        desk.house.answers[CALL] = Says(412)
        for _ in range(5):
            answer = desk.ask()
        assert len(desk.house.of(CALL)) == 5

    assert answer.came is Came.NO_DATA
    assert answer.why == Message.of("cds.no-data", name=NAME)


def test_a_card_that_breaks_a_rule_makes_the_check_incomplete() -> None:
    with a_desk() as desk:
        desk.house.answers[CALL] = cards(A_CARD, {**A_CARD, "indicator": "hard-stop"})
        answer = desk.ask()

    assert (len(answer.cards), answer.refused) == (1, ("indicator",))
    assert answer.why == Message.of("cds.partly", name=NAME)
    assert not answer.is_checked


def test_nobody_there_is_not_checked_remotely() -> None:
    with a_desk(
        AllowedService("http://127.0.0.1:1", "gone", "Gone", frozenset({"order-sign"}))
    ) as desk:
        here, gone = desk.checks.ask(a_call()).answers

    assert here.came is Came.ANSWERED
    assert (gone.came, gone.why) == (Came.OFFLINE, Message.of("cds.offline", name="Gone"))


def test_a_service_without_tls_is_never_called() -> None:
    plain = AllowedService("http://127.1.example", "plain", "Plain", frozenset({"order-sign"}))
    with a_desk(plain) as desk:
        _, found = desk.checks.ask(a_call()).answers
    assert found.came is Came.OFFLINE


def test_after_three_failures_it_is_left_alone_for_a_minute() -> None:
    with a_desk() as desk:
        desk.house.answers[CALL] = Says(500)
        for _ in range(3):
            assert desk.ask().came is Came.FAILED

        paused = desk.ask()
        assert (paused.came, paused.why) == (Came.PAUSED, Message.of("cds.paused", name=NAME))
        desk.clock.step(seconds=59)
        assert desk.ask().came is Came.PAUSED
        assert len(desk.house.of(CALL)) == 3

        desk.clock.step(seconds=1)
        assert desk.ask().came is Came.FAILED  # one is let through
        assert desk.ask().came is Came.PAUSED
        desk.clock.step(seconds=60)
        desk.house.answers[CALL] = cards()
        assert [desk.ask().came for _ in range(4)] == [Came.ANSWERED] * 4


def test_two_failures_and_an_answer_are_no_three() -> None:
    with a_desk() as desk:
        for broken in (True, True, False, True, True):
            desk.house.answers[CALL] = Says(500) if broken else cards()
            assert desk.ask().came is not Came.PAUSED


def test_a_slow_one_is_late_and_the_others_are_not() -> None:
    hold = threading.Event()
    with (
        a_desk() as other,
        a_desk(
            AllowedService(other.house.base, "cqf", "CQF", frozenset({"order-sign"})),
            soft_seconds=0.3,
        ) as desk,
    ):
        other.house.answers[DISCOVERY] = services("order-sign", key="cqf")
        other.house.answers["/cds-services/cqf"] = cards(A_CARD)
        desk.house.answers[CALL] = cards(A_CARD, hold=hold)

        slow, quick = desk.checks.ask(a_call()).answers

        assert (slow.came, slow.why) == (Came.LATE, Message.of("cds.late", name=NAME))
        assert quick.came is Came.ANSWERED
        assert not slow.is_checked and not slow.cards


def test_nothing_hangs_at_the_end_whatever_a_service_does() -> None:
    hold = threading.Event()
    with a_desk(soft_seconds=0.05) as desk:
        desk.house.answers[CALL] = cards(hold=hold)
        assert desk.ask().came is Came.LATE

        desk.checks.close()

        assert desk.checks.ask(a_call()).answers == ()
        desk.checks.nudge()
        assert desk.answers.late == {}
        hold.set()


def test_a_call_that_takes_too_long_is_given_up() -> None:
    hold = threading.Event()
    with a_desk(seconds=0.2) as desk:
        desk.house.answers[CALL] = cards(hold=hold)
        answer = desk.ask()
        hold.set()

    assert (answer.came, answer.why) == (Came.FAILED, Message.of("cds.silent", name=NAME))


@pytest.mark.expects_log("a remote check broke: KeyError")
def test_a_mistake_of_ours_is_a_check_that_was_not_made() -> None:
    class Broken(dict):  # type: ignore[type-arg]
        def get(self, *_: object) -> list[object]:
            raise KeyError(LI)

    with a_desk() as desk:
        templates = {"p": "Observation?patient={{context.patientId}}"}
        desk.house.answers[DISCOVERY] = services("order-sign", prefetch=templates)
        desk.reads.documents = Broken()
        answer = desk.ask()

    assert answer.came is Came.FAILED


def test_a_chart_that_may_not_be_read_is_a_check_that_was_not_made() -> None:
    class TooOld(FakePrefetchReads):
        def whole(self, *_: object) -> tuple[Document, ...] | None:
            raise app_error(FaultKind.OFFLINE, "sync.certificate", "not read")

    with a_desk() as desk:
        templates = {"p": "Observation?patient={{context.patientId}}"}
        desk.house.answers[DISCOVERY] = services("order-sign", prefetch=templates)
        desk.checks._parts = replace(desk.checks._parts, reads=TooOld())
        answer = desk.ask()

    assert (answer.came, answer.why) == (Came.FAILED, Message.of("sync.certificate"))


def test_a_list_with_a_mistake_is_told_where_it_is_signed() -> None:
    with a_desk() as desk:
        allowed = replace(desk.checks._parts.allowed, remarks=("service 2: name is missing",))
        desk.checks._parts = replace(desk.checks._parts, allowed=allowed)
        signed = desk.checks.ask(a_call()).answers
        chosen = desk.checks.ask(a_call("order-select")).answers

    assert [one.came for one in signed] == [Came.ANSWERED, Came.FAILED]
    assert signed[1].why == Message.of("cds.list-unreadable")
    assert [one.came for one in chosen] == [Came.ANSWERED]
