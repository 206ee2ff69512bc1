"""Each required case fails on the server it is there to keep out, and passes on a good one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from sync.cdr.serving import CdrSettings, EmbeddedCdr
from tests.cdr.contract import required
from tests.cdr.contract.peer import Peer
from tests.cdr.contract.required import CASES, Case


class IgnoresIfMatch(Peer):
    """As Firely Spark does inside transactions (FirelyTeam/spark#714)."""

    def transaction(self, *entries: dict, **headers: str) -> requests.Response:
        for entry in entries:
            entry["request"].pop("ifMatch", None)
        return super().transaction(*entries, **headers)


class KeepsTheRest(Peer):
    """Refuses the bad entry and keeps its neighbours, as a server without transactions."""

    def transaction(self, *entries: dict, **headers: str) -> requests.Response:
        bundle = {"resourceType": "Bundle", "type": "batch", "entry": list(entries)}
        answer = self.ask("POST", "", bundle, **headers)
        statuses = [e["response"]["status"] for e in answer.json()["entry"]]
        if any(status >= "400" for status in statuses):
            answer.status_code = 412
        return answer


class AnswersInItsOwnOrder(Peer):
    def transaction(self, *entries: dict, **headers: str) -> requests.Response:
        return super().transaction(*reversed(entries), **headers)


class GivesItsOwnIds(Peer):
    def put(self, document: dict, **headers: str) -> requests.Response:
        return self.ask("POST", str(document["resourceType"]), document, **headers)


class DropsExtensions(Peer):
    def put(self, document: dict, **headers: str) -> requests.Response:
        document = {key: value for key, value in document.items() if key != "extension"}
        return super().put(document, **headers)


@pytest.fixture
def base() -> Iterator[str]:
    with EmbeddedCdr(CdrSettings(sign_in=False)) as cdr:
        yield cdr.base_url


@pytest.mark.parametrize(
    ("kind", "case"),
    [
        (IgnoresIfMatch, required.refuses_a_stale_if_match_in_a_transaction),
        (IgnoresIfMatch, required.rolls_back_the_neighbours_of_a_stale_if_match),
        (KeepsTheRest, required.rolls_back_the_neighbours_of_a_stale_if_match),
        (AnswersInItsOwnOrder, required.answers_in_the_order_asked),
        (GivesItsOwnIds, required.creates_by_put_with_our_id),
        (DropsExtensions, required.keeps_a_basic_with_its_extensions),
    ],
)
def test_a_server_that_cannot_be_trusted_is_found_out(
    base: str, kind: type[Peer], case: Case
) -> None:
    bad, good = kind(base), Peer(base)

    assert not case(bad).good
    assert case(good).good
    bad.http.close()
    good.http.close()


def test_a_server_that_takes_no_if_match_at_all_is_found_out(base: str) -> None:
    class RefusesIfMatch(Peer):
        def transaction(self, *entries: dict, **headers: str) -> requests.Response:
            for entry in entries:
                if "ifMatch" in entry["request"]:
                    entry["request"]["ifMatch"] = 'W/"999"'
            return super().transaction(*entries, **headers)

    bad = RefusesIfMatch(base)

    assert not required.takes_a_current_if_match_in_a_transaction(bad).good
    bad.http.close()


def test_every_case_is_named_once() -> None:
    assert len({case.__name__ for case in CASES}) == len(CASES)
