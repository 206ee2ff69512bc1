"""Which change groups must travel together, and in which order."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def components(
    nodes: Sequence[Node], needs: Mapping[Node, AbstractSet[Node]]
) -> tuple[tuple[Node, ...], ...]:
    """The strongly connected components of `needs`, what is needed before what needs it.

    Kosaraju's two passes with explicit stacks: a queue of thousands of acts that build on one
    another is deeper than Python's own. Otherwise the order of `nodes` is kept.
    """
    position = {node: n for n, node in enumerate(nodes)}
    needed_by: dict[Node, list[Node]] = {node: [] for node in nodes}
    backwards = tuple(reversed(nodes))
    for node in backwards:
        for other in needs[node]:
            needed_by[other].append(node)
    last_first = tuple(reversed(tuple(_finished(backwards, needed_by))))
    found: list[tuple[Node, ...]] = []
    placed: set[Node] = set()
    for root in last_first:
        if root not in placed:
            members = _reachable(root, needs, placed)
            placed |= members
            found.append(tuple(sorted(members, key=position.__getitem__)))
    return tuple(found)


def _finished(nodes: Sequence[Node], edges: Mapping[Node, Sequence[Node]]) -> Iterator[Node]:
    """Depth first; yields a node when everything beyond it has been yielded."""
    entered: set[Node] = set()
    for root in nodes:
        if root in entered:
            continue
        entered.add(root)
        stack = [(root, iter(edges[root]))]
        while stack:
            node, onward = stack[-1]
            following = next((other for other in onward if other not in entered), None)
            if following is None:
                stack.pop()
                yield node
            else:
                entered.add(following)
                stack.append((following, iter(edges[following])))


def _reachable(
    root: Node, edges: Mapping[Node, AbstractSet[Node]], barred: AbstractSet[Node]
) -> set[Node]:
    found = {root}
    waiting = [root]
    while waiting:
        fresh = {n for n in edges[waiting.pop()] if n not in barred and n not in found}
        found |= fresh
        waiting.extend(fresh)
    return found
