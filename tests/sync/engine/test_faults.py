"""Every fault at every stage: told in words, nothing lost, and whole again in the next round."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product

import pytest

from sync.cdr.misbehaviour import Fault, Rule
from tests.sync.engine.faults import (
    ANSWERS,
    ANY,
    LISTS,
    READING,
    asks_history,
    greets,
    sends,
    told_while_reading,
    told_while_sending,
)
from tests.sync.engine.hospital import Hospital
from tests.sync.engine.oracle import assert_same
from tests.sync.engine.steady import Steady

Make = Callable[[], Rule]
Pair = tuple[str, str]

# Links that lead nowhere: the pass goes on from the last document it has, without them.
DEAD_ENDS = ("a link to itself", "400", "404", "410")
READS: list[Pair] = [
    (stage, name)
    for stage in READING
    for name in (ANY if stage == "greet" else ANY | LISTS)
    # By id, a link is followed only as long as something is missing.
    if (stage, name) not in {("by-id", "a link to itself"), ("read-set", "a link to itself")}
    if not (stage == "next-link" and name in DEAD_ENDS)
]
ASKS: list[Pair] = list(product(("register", "history"), ANY))


def sample(pairs: Iterable[Pair]) -> list[Pair]:
    """Every stage several times and every fault at least once, in a fifth of the time."""
    found = list(pairs)
    return [pair for n, pair in enumerate(found) if n % 5 == 0]


@pytest.fixture(scope="module")
def one(server: Hospital, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Steady]:
    steady = Steady(tmp_path_factory.mktemp("steady"), server)
    yield steady
    steady.close()


@pytest.fixture
def steady(one: Steady) -> Iterator[Steady]:
    yield from one.begin()


def read_through(steady: Steady, stage: str, name: str) -> None:
    steady.work()
    steady.meet((ANY | LISTS)[name][0](), READING[stage])

    status = steady.desk.round()

    steady.assert_told(status, told_while_reading(stage, name))
    steady.assert_kept()
    steady.recover()


@pytest.mark.parametrize(("stage", "name"), sample(READS))
def test_a_fault_while_reading_is_told_and_the_next_round_is_whole(
    steady: Steady, stage: str, name: str
) -> None:
    read_through(steady, stage, name)


@pytest.mark.soak
@pytest.mark.parametrize(("stage", "name"), READS)
def test_every_fault_at_every_stage_of_reading(steady: Steady, stage: str, name: str) -> None:
    read_through(steady, stage, name)


@pytest.mark.parametrize("name", ANY)
def test_a_fault_before_a_transaction_was_applied(steady: Steady, name: str) -> None:
    steady.work()
    rule = ANY[name][0]()
    rule.unserved = rule.fault is not Fault.SILENCE
    steady.meet(rule, sends)

    status = steady.desk.round()

    steady.assert_told(status, told_while_sending(name))
    steady.assert_kept()
    assert status.waiting == 2
    steady.recover()


APPLIED: dict[str, Make] = ANSWERS | {
    name: make
    for name, (make, _) in ANY.items()
    if make().fault not in (Fault.STATUS, Fault.DROP, Fault.SILENCE)
}


@pytest.mark.parametrize("name", APPLIED)
def test_a_fault_after_a_transaction_was_applied_is_seen_through(steady: Steady, name: str) -> None:
    """The register tells at once that it arrived; nothing waits and nothing is sent again."""
    steady.work()
    steady.meet(APPLIED[name](), sends)

    status = steady.desk.round()

    assert status.waiting == 0
    steady.assert_kept()
    steady.recover()


def ask_through(steady: Steady, stage: str, name: str) -> None:
    steady.work()
    steady.meet(Rule(Fault.DROP_AFTER), sends, times=1)
    rule = ANY[name][0]()
    rule.skip = 1 if stage == "register" else 0  # the first reading is the greeting
    steady.meet(rule, greets if stage == "register" else asks_history)

    status = steady.desk.round()

    # Where the history cannot be read, the newest version alone may be enough.
    assert status.waiting == (2 if stage == "register" else 0)
    if status.waiting:
        steady.assert_told(status, ANY[name][1])
    steady.assert_kept()
    steady.recover()


@pytest.mark.parametrize(("stage", "name"), sample(ASKS))
def test_a_fault_while_asking_what_became_of_it(steady: Steady, stage: str, name: str) -> None:
    ask_through(steady, stage, name)


@pytest.mark.soak
@pytest.mark.parametrize(("stage", "name"), ASKS)
def test_every_fault_while_asking_what_became_of_it(steady: Steady, stage: str, name: str) -> None:
    ask_through(steady, stage, name)


@pytest.mark.parametrize("name", DEAD_ENDS)
def test_a_link_that_leads_nowhere_is_done_without(steady: Steady, name: str) -> None:
    """An expired list (sync.md Q4) is searched again from where the pass had come to."""
    steady.work()
    steady.meet(LISTS[name][0](), READING["next-link"])

    status = steady.desk.round()

    assert status.all_sent, status
    assert_same(steady.desk)
    steady.recover()


@pytest.mark.parametrize("name", DEAD_ENDS)
def test_where_only_a_dead_link_leads_further_it_is_told_and_made_good(
    steady: Steady, name: str
) -> None:
    steady.work(seconds_apart=0)
    steady.meet(LISTS[name][0](), READING["next-link"])

    status = steady.desk.round()

    steady.assert_told(status, told_while_reading("next-link", name))
    steady.assert_kept()
    steady.recover()


def test_no_fault_at_all_is_no_trouble(steady: Steady) -> None:
    steady.work()

    steady.recover()
