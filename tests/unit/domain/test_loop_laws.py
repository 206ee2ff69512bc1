"""What holds of the strip of any loop, whatever the facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.loop_facts import Fact, Phase
from app.domain.loop_strips import Course, NodeState, strip
from app.domain.loops import LimitKind, Loop, LoopLimit, LoopNode
from tests.unit.domain.loop_kit import a_loop, a_node, after, done, minutes

STEPS = ("A", "B", "C", "D", "E")
OFFSETS = st.one_of(st.none(), st.integers(-60, 240))
FACTS = st.lists(
    st.builds(
        done,
        st.sampled_from((*STEPS, "X")),
        OFFSETS,
        st.sampled_from(list(Phase)),
        instance=st.sampled_from(("", "Task/1", "Task/2")),
    ),
    max_size=12,
)


@st.composite
def loops(draw: st.DrawFn, *, undoing: bool = True) -> Loop:
    nodes: list[LoopNode] = []
    for place, step in enumerate(STEPS):
        undone = ""
        if undoing and place and draw(st.booleans()):
            undone = STEPS[draw(st.integers(0, place - 1))]
        nodes.append(
            a_node(
                step,
                draw(st.sampled_from(("Task", "Specimen"))),
                mandatory=draw(st.booleans()),
                parallel=draw(st.booleans()),
                undoes=undone,
            )
        )
    limits: list[LoopLimit] = []
    for kind in draw(st.lists(st.sampled_from(list(LimitKind)), max_size=4)):
        origin = draw(st.integers(0, 3))
        target = draw(st.integers(origin + (kind is not LimitKind.INTERVAL), 4))
        limits.append(
            LoopLimit(
                STEPS[origin],
                STEPS[target],
                kind,
                least=minutes(5) if kind in (LimitKind.MIN, LimitKind.WINDOW) else None,
                strict=draw(st.sampled_from((None, minutes(10)))),
                most=draw(st.sampled_from((None, minutes(30)))),
            )
        )
    return a_loop(*nodes, limits=tuple(limits))


COURSES = st.builds(Course, void=st.booleans(), known=st.sampled_from((None, frozenset({"Task"}))))


@given(loops(), FACTS, st.integers(-60, 500), COURSES)
def test_every_node_has_one_state_and_the_rates_are_rates(
    loop: Loop, facts: list[Fact], now: int, course: Course
) -> None:
    found = strip(loop, facts, after(now), course)

    assert [view.node for view in found.nodes] == list(loop.nodes)
    assert all(isinstance(view.state, NodeState) for view in found.nodes)
    assert all(view.reached == (view.fact is not None) for view in found.nodes)
    assert 0 <= found.reached <= found.mandatory
    assert 0 <= found.timely <= found.judged
    assert found.completion is None or 0 <= found.completion <= 1
    assert found.timeliness is None or 0 <= found.timeliness <= 1


@given(loops(), FACTS, st.randoms(use_true_random=False))
def test_the_order_of_the_facts_does_not_matter(
    loop: Loop, facts: list[Fact], shuffle: object
) -> None:
    other = [*facts, *facts[:2]]
    shuffle.shuffle(other)  # type: ignore[attr-defined]  # a `Random`

    assert strip(loop, other, after(200)) == strip(loop, facts, after(200))


@given(loops(undoing=False), FACTS, FACTS)
def test_a_fact_more_never_takes_a_node_back(
    loop: Loop, facts: list[Fact], more: list[Fact]
) -> None:
    before = {view.node.step for view in strip(loop, facts, after(200)).nodes if view.reached}
    later = {view.node.step for view in strip(loop, facts + more, after(200)).nodes if view.reached}

    assert before <= later


@given(loops(), FACTS, FACTS)
def test_only_a_reverse_node_takes_a_node_back(
    loop: Loop, facts: list[Fact], more: list[Fact]
) -> None:
    reverse = {node.step for node in loop.nodes if node.undoes}
    added = [fact for fact in more if fact.step not in reverse]
    before = {view.node.step for view in strip(loop, facts, after(200)).nodes if view.reached}
    later = {
        view.node.step for view in strip(loop, facts + added, after(200)).nodes if view.reached
    }

    assert before <= later


@given(loops(), FACTS, st.integers(0, 400), st.integers(0, 400))
def test_a_strip_holds_until_it_says(loop: Loop, facts: list[Fact], one: int, other: int) -> None:
    """Between now and `holds_until` time alone changes nothing: a board need not compute it."""
    now, later = after(min(one, other)), after(max(one, other))
    found = strip(loop, facts, now)

    if found.holds_until is None or later <= found.holds_until:
        assert strip(loop, facts, later) == found
