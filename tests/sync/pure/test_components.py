"""Order of travel: what is needed goes first, circles go together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.components import components
from tests.sync.pure.cases import MANY


def test_what_is_needed_stands_before_what_needs_it() -> None:
    needs = {"note": {"encounter"}, "encounter": {"patient"}, "patient": set()}

    assert components(tuple(needs), needs) == (("patient",), ("encounter",), ("note",))


def test_a_circle_is_one_component() -> None:
    needs = {"a": {"b"}, "b": {"a"}, "c": {"a"}}

    assert components(("a", "b", "c"), needs) == (("a", "b"), ("c",))


def test_what_is_independent_keeps_its_order() -> None:
    needs: dict[str, set[str]] = {"c": set(), "a": set(), "b": set()}

    assert components(tuple(needs), needs) == (("c",), ("a",), ("b",))


def test_a_chain_of_twenty_thousand_acts_is_no_deeper_than_the_stack() -> None:
    needs = {n: {n - 1} if n else set() for n in range(20_000)}

    assert len(components(tuple(needs), needs)) == 20_000


_GRAPHS = st.integers(1, 8).flatmap(
    lambda n: st.lists(st.sets(st.integers(0, n - 1)), min_size=n, max_size=n)
)


def _reach(needs: dict[int, set[int]], node: int) -> set[int]:
    found: set[int] = set()
    waiting = [node]
    while waiting:
        fresh = needs[waiting.pop()] - found
        found |= fresh
        waiting.extend(fresh)
    return found


@MANY
@given(_GRAPHS)
def test_two_nodes_share_a_component_exactly_when_each_needs_the_other(
    edges: list[set[int]],
) -> None:
    needs = dict(enumerate(edges))

    parts = components(tuple(needs), needs)

    assert sorted(one for part in parts for one in part) == sorted(needs)
    place = {one: n for n, part in enumerate(parts) for one in part}
    for one, wanted in needs.items():
        for other in needs:
            mutual = one == other or (other in _reach(needs, one) and one in _reach(needs, other))
            assert (place[one] == place[other]) is mutual
        assert all(place[other] <= place[one] for other in wanted)
