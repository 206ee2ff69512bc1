"""A server that asks for time gets it; one bad question does not end the others."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.sending import Connection
from app.domain.terms import Ref
from sync.cdr.misbehaviour import Fault, Rule
from sync.cdr.values import Request, Response
from tests.sync.engine.desk import Desk
from tests.sync.engine.faults import ALWAYS, asks_cohort, changed, follows_link, greets, says
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_same


def requests(hospital: Hospital) -> int:
    return len(hospital.misbehaviour.seen)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("asked", ["120", "Mon, 02 Mar 2099 08:00:00 GMT"])
def test_nothing_is_asked_before_the_time_the_server_wants(
    hospital: Hospital, desk: Desk, status: int, asked: str
) -> None:
    hospital.clock.step(minutes=5)
    busy = Rule(Fault.STATUS, when=asks_cohort, status=status, headers={"Retry-After": asked})
    hospital.misbehaviour.add(busy)
    told = desk.round()
    assert told.connection is Connection.OFFLINE
    before = requests(hospital)

    still = desk.later(seconds=119)

    assert requests(hospital) == before
    assert (still.trouble, still.connection) == (told.trouble, told.connection)
    assert desk.later(minutes=61).all_sent
    assert requests(hospital) > before


def test_somebody_who_asks_is_not_kept_waiting(hospital: Hospital, desk: Desk) -> None:
    group = desk.sign_note("n")
    busy = Rule(Fault.STATUS, when=greets, status=503, headers={"Retry-After": "900"})
    hospital.misbehaviour.add(busy)
    desk.round()

    desk.engine.retry(group)

    assert desk.later(seconds=1).all_sent


@pytest.mark.parametrize("status", [403, 400, 500])
def test_one_type_that_the_server_will_not_give_does_not_hold_up_the_rest(
    hospital: Hospital, desk: Desk, status: int
) -> None:
    hospital.write_note("theirs")
    hospital.change(hospital.order(), note=[{"text": "x"}])
    hospital.clock.step(minutes=5)
    refused = changed(says(status, "processing"))
    refused.when, refused.times = asks_cohort, ALWAYS
    hospital.misbehaviour.add(refused)

    told = desk.round()

    assert desk.opened.documents.held(Ref(f"DocumentReference/{hospital.note_id('theirs')}"))
    assert (told.connection, told.all_sent) == (Connection.ATTENTION, False)
    assert told.trouble is not None
    hospital.behave()
    assert desk.later(seconds=15).all_sent  # not only when the cohort would be due again
    assert_same(desk)


def test_a_server_that_breaks_at_everything_is_soon_left_alone(
    hospital: Hospital, desk: Desk
) -> None:
    def searches(request: Request) -> bool:
        return request.path.endswith("/_search")

    hospital.clock.step(minutes=30)
    hospital.misbehaviour.add(Rule(Fault.STATUS, when=searches, times=ALWAYS, status=500))
    before = requests(hospital)

    told = desk.round()

    assert told.connection is Connection.OFFLINE
    assert requests(hospital) - before <= 6


def test_documents_of_one_moment_that_fill_a_page_exactly_are_the_end(
    hospital: Hospital, desk: Desk
) -> None:
    """A bulk load stamps hundreds of documents alike; a full page without a link proves nothing."""
    for number in range(2):
        hospital.write_note(f"n{number}")

    told = desk.later()

    assert told.all_sent
    assert_same(desk)


@pytest.mark.parametrize("how_many", [2, 3, 5, 8, 9])
def test_a_server_without_links_and_counts_still_gives_everything(
    hospital: Hospital, desk: Desk, how_many: int
) -> None:
    def without_links(answer: Response) -> Response:
        body = json.loads(answer.body)
        body.pop("total", None)
        body["link"] = [one for one in body.get("link", ()) if one["relation"] != "next"]
        return replace(answer, body=json.dumps(body).encode())

    def lists_notes(request: Request) -> bool:
        return request.path == "DocumentReference/_search" and b"patient=" in request.body

    for number in range(how_many):
        hospital.write_note(f"n{number}")
    rule = changed(without_links)
    rule.when, rule.times = lists_notes, ALWAYS
    hospital.misbehaviour.add(rule)

    told = desk.later()

    assert told.trouble is None
    assert_same(desk)


def test_documents_asked_for_by_id_come_in_as_many_pages_as_the_server_likes(
    hospital: Hospital, desk: Desk
) -> None:
    """`_count` is a wish (sync.md Q5); what was listed and not given must not be passed over."""

    def only_one(answer: Response) -> Response:
        body = json.loads(answer.body)
        body["entry"] = body["entry"][:1]
        return replace(answer, body=json.dumps(body).encode())

    def by_id(request: Request) -> bool:
        return request.path == "DocumentReference/_search" and b"_id=" in request.body

    for number in range(4):
        hospital.write_note(f"n{number}")
    rule = changed(only_one)
    rule.when, rule.times = by_id, ALWAYS
    hospital.misbehaviour.add(rule)

    told = desk.later()

    assert told.trouble is None
    assert_same(desk)


def test_a_server_that_repeats_a_page_is_told_and_made_good(hospital: Hospital, desk: Desk) -> None:
    for number in range(5):
        hospital.write_note(f"n{number}")
    again = Rule(Fault.SAME_PAGE, when=follows_link, times=ALWAYS)
    hospital.misbehaviour.add(again)

    told = desk.later()

    assert told.trouble is not None
    assert told.trouble.code == "sync.verdict.circles"
    assert (told.connection, told.all_sent) == (Connection.ATTENTION, False)
    hospital.behave()
    assert desk.later().all_sent
    assert_same(desk)
