"""One loop of one order: the state of every node."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.loop_facts import Phase
from app.domain.loop_limits import Verdict
from app.domain.loop_strips import Course, Strip, strip
from app.domain.loops import BIRTH, LimitKind, LoopLimit, duration
from tests.unit.domain.loop_kit import a_limit, a_loop, a_node, after, done, minutes

ORDERED = a_loop("SIGN", "VERIFY", "GIVE", limits=(a_limit("SIGN", "GIVE", 30),))


def states(found: Strip) -> list[str]:
    return [view.state.value for view in found.nodes]


def test_nothing_done_is_nothing_reached() -> None:
    found = strip(ORDERED, (), after(0))

    assert states(found) == ["not-yet", "not-yet", "not-yet"]
    assert (found.completion, found.timeliness) == (0, None)
    assert found.current is found.nodes[0]
    assert found.holds_until is None


def test_a_strip_says_who_when_and_how_long_after() -> None:
    found = strip(
        ORDERED, (done("SIGN", 0), done("VERIFY", 10, by="Nurse"), done("GIVE", 25)), after(60)
    )

    assert states(found) == ["reached"] * 3
    verified = found.nodes[1]
    assert verified.fact is not None
    assert (verified.fact.by, verified.since) == ("Nurse", minutes(10))
    assert (found.completion, found.timeliness, found.closed) == (1, 1, True)
    assert found.current is None


def test_a_mandatory_node_that_was_overtaken_is_missing_an_optional_one_does_not_apply() -> None:
    loop = a_loop("SIGN", a_node("CHECK"), a_node("TELL", mandatory=False), "GIVE")

    found = strip(loop, (done("SIGN"), done("GIVE", 5)), after(9))

    assert states(found) == ["reached", "missing", "not-applicable", "reached"]
    assert found.completion == pytest.approx(2 / 3)


def test_a_node_waits_then_is_overdue_then_was_late() -> None:
    signed = (done("SIGN"), done("VERIFY", 5))

    waiting = strip(ORDERED, signed, after(30))
    overdue = strip(ORDERED, signed, after(31))
    late = strip(ORDERED, (*signed, done("GIVE", 40)), after(60))

    assert (states(waiting)[2], waiting.nodes[2].due, waiting.holds_until) == (
        "not-yet",
        after(30),
        after(30),
    )
    assert (states(overdue)[2], overdue.timeliness, overdue.nodes[2].over_limit) == (
        "overdue",
        0,
        True,
    )
    assert (states(late)[2], late.timeliness, late.closed) == ("off-time", 0, True)


def test_a_node_that_is_begun_is_in_progress() -> None:
    found = strip(ORDERED, (done("SIGN"), done("VERIFY", 1, Phase.BEGUN)), after(2))

    assert states(found) == ["reached", "in-progress", "not-yet"]
    assert found.current is found.nodes[1]


def test_a_time_before_the_predecessor_is_told_as_a_fault() -> None:
    found = strip(ORDERED, (done("SIGN", 10), done("VERIFY", 5), done("GIVE", 12)), after(20))

    assert states(found) == ["reached", "out-of-order", "reached"]
    assert found.nodes[1].since == -minutes(5)
    assert found.completion == 1


def test_a_fact_without_a_time_reaches_and_measures_nothing() -> None:
    found = strip(ORDERED, (done("SIGN", None), done("VERIFY", 5)), after(20))

    assert states(found) == ["reached", "reached", "not-yet"]
    assert found.nodes[1].since is None
    assert found.judged == 0


def test_what_was_undone_is_not_reached_until_it_is_done_again() -> None:
    loop = a_loop("SIGN", "LOCK", a_node("UNLOCK", undoes="LOCK"), "USE")
    taken = (done("SIGN"), done("LOCK", 1), done("UNLOCK", 2))

    undone = strip(loop, taken, after(9))
    again = strip(loop, (*taken, done("LOCK", 3)), after(9))
    never = strip(loop, taken[:2], after(9))

    assert states(undone)[1:3] == ["missing", "reached"]
    assert states(again)[1:3] == ["reached", "reached"]
    assert states(never) == ["reached", "reached", "not-applicable", "not-yet"]
    assert never.mandatory == 3


def test_parallel_nodes_are_taken_in_any_order() -> None:
    loop = a_loop("SIGN", a_node("A", parallel=True), a_node("B", parallel=True), "GIVE")

    half = strip(loop, (done("SIGN"), done("B", 3)), after(9))
    whole = strip(loop, (done("SIGN"), done("B", 3), done("A", 5), done("GIVE", 6)), after(9))
    passed = strip(loop, (done("SIGN"), done("B", 3), done("GIVE", 6)), after(9))

    assert states(half) == ["reached", "not-yet", "reached", "not-yet"]
    assert states(whole) == ["reached"] * 4
    assert whole.nodes[3].since == minutes(1)
    assert states(passed)[1] == "missing"


def test_serial_twins_of_these_nodes_would_miss_one() -> None:
    found = strip(a_loop("SIGN", "A", "B", "GIVE"), (done("SIGN"), done("B", 3)), after(9))

    assert states(found) == ["reached", "missing", "reached", "not-yet"]


def test_a_cancelled_order_waits_for_nothing() -> None:
    found = strip(ORDERED, (done("SIGN"),), after(99), Course(void=True))

    assert states(found) == ["reached", "not-applicable", "not-applicable"]
    assert (found.completion, found.timeliness, found.closed) == (1, None, True)


def test_what_never_comes_to_this_workstation_is_not_called_missing() -> None:
    loop = a_loop("SIGN", a_node("SAMPLE", "Specimen", "available"), "GIVE")
    facts = (done("SIGN"), done("GIVE", 3))

    here = strip(loop, facts, after(9), Course(known=frozenset({"Task"})))
    everywhere = strip(loop, facts, after(9))
    seen = strip(loop, (*facts, done("SAMPLE", 1)), after(9), Course(known=frozenset({"Task"})))

    assert states(here)[1] == "not-known"
    assert here.completion == 1
    assert states(everywhere)[1] == "missing"
    assert states(seen)[1] == "reached"


def test_an_order_between_nodes_is_broken_when_the_first_came_later_or_never() -> None:
    before = LoopLimit("CONSENT", "CUT", LimitKind.ORDER)
    loop = a_loop("CONSENT", "WASH", "CUT", limits=(before,))

    kept = strip(loop, (done("CONSENT"), done("WASH", 1), done("CUT", 2)), after(9))
    late = strip(loop, (done("CONSENT", 5), done("WASH", 1), done("CUT", 2)), after(9))
    never = strip(loop, (done("WASH", 1), done("CUT", 2)), after(9))

    assert kept.timeliness == 1
    assert states(late)[2] == states(never)[2] == "out-of-order"
    assert late.timeliness == never.timeliness == 0


def test_an_order_is_not_broken_by_what_cannot_be_known_here() -> None:
    before = LoopLimit("CONSENT", "CUT", LimitKind.ORDER)
    loop = a_loop(a_node("CONSENT", "Consent", "active"), "CUT", limits=(before,))

    found = strip(loop, (done("CUT", 2),), after(9), Course(known=frozenset({"Task"})))

    assert states(found) == ["not-known", "reached"]


def test_each_slot_of_a_dose_is_judged_by_its_own_due_time() -> None:
    window = LoopLimit("PLAN", "GIVE", LimitKind.WINDOW, least=minutes(60), most=minutes(60))
    loop = a_loop("PLAN", "GIVE", limits=(window,))
    slots = [
        done("PLAN", None, instance=f"Task/{n}", due=after(480 * n), ref=f"Task/{n}")
        for n in (1, 2, 3)
    ]
    given = done("GIVE", 470, instance="Task/1")
    unlinked = done("GIVE", 990)
    early = done("GIVE", 890, instance="Task/2")

    one = strip(loop, (*slots, given), after(1000))
    other = strip(loop, (*slots, given, unlinked), after(1100))
    hasty = strip(loop, (*slots, given, early), after(1100))

    assert [j.verdict for j in one.nodes[1].limits] == [
        Verdict.ON_TIME,
        Verdict.WAITING,
        Verdict.WAITING,
    ]
    assert one.nodes[1].due == after(1020)
    assert other.timeliness == 1
    assert [j.verdict for j in hasty.nodes[1].limits][1] is Verdict.EARLY
    assert states(hasty)[1] == "off-time"


def test_a_dose_that_was_decided_against_is_not_waited_for() -> None:
    window = LoopLimit("PLAN", "GIVE", LimitKind.WINDOW, least=minutes(60), most=minutes(60))
    loop = a_loop("PLAN", "GIVE", limits=(window,))
    slot = done("PLAN", 0, instance="Task/1", due=after(30))
    refused = done("GIVE", 40, Phase.DECLINED, instance="Task/1")
    unlinked = done("GIVE", 40, Phase.DECLINED)
    before = done("GIVE", -5, Phase.DECLINED)

    assert states(strip(loop, (slot, refused), after(999)))[1] == "not-yet"
    assert states(strip(loop, (slot, unlinked), after(999)))[1] == "not-yet"
    assert states(strip(loop, (slot, before), after(999)))[1] == "overdue"


def test_an_interval_is_judged_between_all_its_times_and_until_the_next_node() -> None:
    every = LoopLimit("VITAL", "VITAL", LimitKind.INTERVAL, most=minutes(5))
    loop = a_loop("START", a_node("VITAL", repeats=True), "END", limits=(every,))
    facts = (done("START"), done("VITAL", 1), done("VITAL", 5), done("VITAL", 12))

    running = strip(loop, facts, after(16))
    silent = strip(loop, facts, after(18))
    ended = strip(loop, (*facts, done("END", 13)), after(99))

    assert (running.timely, running.judged, running.nodes[1].times) == (1, 2, 3)
    assert running.holds_until == after(17)
    assert silent.judged == 3
    assert (ended.timely, ended.judged) == (1, 2)


def test_an_interval_from_another_node_begins_there() -> None:
    every = LoopLimit("START", "ROUND", LimitKind.INTERVAL, most=minutes(120))
    loop = a_loop("START", a_node("ROUND", repeats=True), limits=(every,))

    found = strip(loop, (done("START"), done("ROUND", 100)), after(150))
    empty = strip(loop, (), after(150))

    assert [j.verdict for j in found.nodes[1].limits] == [Verdict.ON_TIME, Verdict.WAITING]
    assert empty.nodes[1].limits == ()


def test_a_limit_that_depends_says_so_between_its_bounds() -> None:
    limit = a_limit("SCORE", "SEEN", 60, strict=30)
    loop = a_loop("SCORE", "SEEN", limits=(limit,))
    scored = done("SCORE")

    early = strip(loop, (scored,), after(20))
    between = strip(loop, (scored,), after(40))
    over = strip(loop, (scored,), after(61))
    seen = strip(loop, (scored, done("SEEN", 40)), after(90))

    assert (early.holds_until, between.holds_until, over.holds_until) == (
        after(30),
        after(60),
        None,
    )
    assert states(between)[1] == "not-yet"
    assert states(over)[1] == "overdue"
    assert (states(seen)[1], seen.judged) == ("reached", 0)


def test_a_limit_without_a_bound_for_everybody_is_never_late() -> None:
    limit = a_limit("REACT", "STOP", None, strict=0)
    loop = a_loop("REACT", "STOP", limits=(limit,))

    waiting = strip(loop, (done("REACT"),), after(600))
    stopped = strip(loop, (done("REACT"), done("STOP", 3)), after(600))

    assert (states(waiting)[1], waiting.judged, waiting.holds_until) == ("not-yet", 0, None)
    assert stopped.judged == 0


def test_a_shortest_time_is_kept_or_not_and_never_overdue() -> None:
    limit = LoopLimit("JAB", "LEAVE", LimitKind.MIN, least=minutes(30))
    loop = a_loop("JAB", "LEAVE", limits=(limit,))

    waiting = strip(loop, (done("JAB"),), after(99))
    hasty = strip(loop, (done("JAB"), done("LEAVE", 10)), after(99))
    patient = strip(loop, (done("JAB"), done("LEAVE", 31)), after(99))

    assert (states(waiting)[1], waiting.nodes[1].limits) == ("not-yet", ())
    assert (hasty.timeliness, patient.timeliness) == (0, 1)
    assert hasty.nodes[1].over_limit is False


def test_a_limit_may_be_counted_from_birth() -> None:
    limit = a_limit(BIRTH, "JAB", 24 * 60)
    loop = a_loop("SIGN", "JAB", limits=(limit,))

    assert states(strip(loop, (done(BIRTH), done("SIGN", 5)), after(24 * 60 + 1)))[1] == "overdue"
    assert states(strip(loop, (done("SIGN", 5),), after(24 * 60 + 1)))[1] == "not-yet"


def test_an_order_limit_without_times_decides_nothing() -> None:
    loop = a_loop("A", "B", limits=(LoopLimit("A", "B", LimitKind.ORDER),))

    assert strip(loop, (done("A", None), done("B", 3)), after(9)).judged == 0
    assert strip(loop, (done("A", 3), done("B", None)), after(9)).judged == 0


def test_a_durations_text_is_read_strictly() -> None:
    assert duration("P1DT2H3M4S") == timedelta(days=1, hours=2, minutes=3, seconds=4)
    for text in ("", "P", "PT", "30 min", "-PT5M", "P1W", "PT1.5H"):
        with pytest.raises(ValueError):
            duration(text)
