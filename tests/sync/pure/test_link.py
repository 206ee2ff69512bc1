"""How good the connection is, and where a link of the server leads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from app.ports.sync_store import Scope
from sync.link import GaugedLink
from sync.links import ours
from sync.merge_tree import at_path
from sync.planner import Link
from sync.reconciling import Schedule
from sync.transport import Answer, Lost, NoAnswer, Request

BASE = "https://cdr.example/fhir"


@dataclass
class Line:
    """A remote and its clock: each answer takes as long as the test says."""

    answers: list[float | None] = field(default_factory=list)
    at: float = 0.0
    base_url: str = BASE
    dated: bool = False

    def send(self, request: Request) -> Answer | NoAnswer:
        del request
        seconds = self.answers.pop(0)
        self.at += seconds or 30.0
        return NoAnswer(Lost.SILENCE, "") if seconds is None else self._answer()

    def _answer(self) -> Answer:
        whole = self.now().replace(microsecond=0) if self.dated else None
        return Answer(200, b"", date=whole)

    def now(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=self.at)

    def monotonic(self) -> float:
        return self.at


@pytest.mark.parametrize(
    ("answers", "quality"),
    [
        ([], Link.GOOD),
        ([0.2, 0.1, 0.3], Link.GOOD),
        ([0.2, None, 0.3], Link.GOOD),
        ([None, 0.1, None], Link.POOR),
        ([4.0, 5.0, 0.1], Link.POOR),
        ([None, None, *[0.1] * 8], Link.GOOD),
    ],
    ids=["nothing yet", "quick", "one lost", "two lost", "slow", "two lost long ago"],
)
def test_two_lost_answers_or_slow_ones_make_a_poor_link(
    answers: list[float | None], quality: Link
) -> None:
    line = Line(list(answers))
    link = GaugedLink(line, line)

    for _ in answers:
        link.send(Request("GET", "metadata"))

    assert link.quality is quality
    assert link.base_url == BASE


def test_a_link_learns_when_the_servers_second_is_over() -> None:
    line = Line([0.02, 0.02, 0.02], at=99.95, dated=True)
    link = GaugedLink(line, line)

    for _ in range(3):
        link.send(Request("GET", "metadata"))

    assert 0.5 < link.second.until_next(100.4) < 0.7


@pytest.mark.parametrize(
    ("link", "followed"),
    [
        (f"{BASE}?_getpages=1", f"{BASE}?_getpages=1"),
        (f"{BASE}/Patient?page=2", f"{BASE}/Patient?page=2"),
        ("http://inner:8080/fhir/Patient?page=2", f"{BASE}/Patient?page=2"),
        ("http://inner:8080/fhir?_getpages=1", f"{BASE}?_getpages=1"),
    ],
)
def test_a_link_is_followed_at_the_address_we_know_and_at_no_other(
    link: str, followed: str
) -> None:
    assert ours(BASE, link) == followed


@pytest.mark.parametrize(
    ("path", "found"),
    [(("a", "1", "b"), "x"), (("a", "9"), None), (("a", "b"), None), (("z",), None), ((), ...)],
)
def test_a_path_that_ends_early_finds_nothing(path: tuple[str, ...], found: object) -> None:
    tree = {"a": [{}, {"b": "x"}]}

    assert at_path(tree, path) == (tree if found is ... else found)


def test_scopes_are_compared_in_turn_and_all_anew_after_a_doubt() -> None:
    scopes = [Scope("cohort:1", "cohort", "p"), Scope("census:w", "census", "w")]
    schedule = Schedule(timedelta(hours=6))

    assert schedule.next(scopes, 10.0) == scopes[0]
    schedule.tried("cohort:1", 10.0, finished=True)
    assert schedule.next(scopes, 20.0) is None
    assert schedule.next(scopes, 10.0 + 6 * 3600) == scopes[0]
    schedule.doubt_everything()
    assert schedule.next(scopes, 20.0) == scopes[0]


def test_a_scope_that_cannot_be_finished_lets_the_others_have_their_turn() -> None:
    scopes = [Scope(f"cohort:{n}", "cohort", "p") for n in (1, 2)]
    schedule = Schedule(timedelta(hours=6))

    schedule.tried("cohort:1", 10.0, finished=False)
    assert schedule.next(scopes, 20.0) == scopes[1]
    schedule.tried("cohort:2", 20.0, finished=True)

    assert schedule.next(scopes, 30.0) == scopes[0]
