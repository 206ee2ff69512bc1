"""Three-way merge of JSON trees: elements, coupled groups, keyed lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.fhir.document import Json
from sync.merge_rules import ListRule, MergeRules, Unit

Node = dict[str, Json]
Key = tuple[str, ...]


def same(one: Json, other: Json) -> bool:
    """Equal in value: 72.5 is 72.50, `true` is not 1, the order of names means nothing."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
        case list(), list():
            return len(one) == len(other) and all(map(same, one, other))
        case (bool(), _) | (_, bool()):
            return one is other
        case ((int() | Decimal()), (int() | Decimal())):
            return one == other
        case _:
            return type(one) is type(other) and one == other


@dataclass(slots=True)
class Trail:
    """What a merge did, by path. Paths hold element names and positions, never a value."""

    local: set[str] = field(default_factory=set)
    remote: set[str] = field(default_factory=set)
    conflicts: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the resource we are: its type, the element names down to here, and for people."""

    rtype: str
    at: tuple[str, ...] = ()
    path: str = ""

    def below(self, name: str) -> Place:
        return Place(self.rtype, (*self.at, name), f"{self.path}.{name}" if self.path else name)

    def item(self, position: str) -> Place:
        return Place(self.rtype, self.at, f"{self.path}[{position}]")


class TreeMerge:
    """Merges the elements of one resource whose both sides have changed."""

    def __init__(self, rules: MergeRules) -> None:
        self._rules = rules
        self.trail = Trail()

    def objects(self, place: Place, base: Node, local: Node, remote: Node) -> Node:
        """Merge two objects element by element; the remote order of names leads."""
        merged: Node = {}
        for unit, names in self._units(place, (remote, local, base)).items():
            kept = self._unit(place, unit, [_part(side, names) for side in (base, local, remote)])
            merged |= kept
        names = [*remote, *(name for name in local if name not in remote)]
        return {name: merged[name] for name in names if name in merged}

    def _units(self, place: Place, sides: Sequence[Node]) -> Mapping[Unit, list[str]]:
        found: dict[Unit, list[str]] = {}
        for name in dict.fromkeys(name for side in sides for name in side):
            unit = self._rules.unit(place.rtype, ".".join(place.at), name)
            found.setdefault(unit, []).append(name)
        return found

    def _unit(self, place: Place, unit: Unit, sides: list[Node]) -> Node:
        base, local, remote = sides
        names = changed_names(base, local) | changed_names(base, remote)
        paths = {place.below(self._rules.plain(name)).path for name in names}
        if same(base, local):
            self.trail.remote |= paths
            return remote
        if same(base, remote):
            self.trail.local |= paths
            return local
        if same(local, remote):
            return remote
        if len(names) == 1 and (unit.inner or not unit.coupled):
            name = next(iter(names))
            value = self._value(place.below(name), name, [side.get(name) for side in sides])
            rest = {key: remote[key] for key in remote if key != name}
            return rest if value is None else rest | {name: value}
        self.trail.conflicts |= paths
        return remote

    def _value(self, place: Place, name: str, sides: list[Json]) -> Json:
        """Merge one element that both sides changed differently."""
        base, local, remote = sides
        if isinstance(base, dict) and isinstance(local, dict) and isinstance(remote, dict):
            return self.objects(place, base, local, remote)
        rule = self._rules.list_rule(place.rtype, name)
        if rule is not None:
            lists = [_keyed(side, rule) for side in sides]
            if all(one is not None for one in lists):
                merged = self._items(place, rule, [one for one in lists if one is not None])
                return merged or None
        self.trail.conflicts.add(place.path)
        return remote

    def _items(self, place: Place, rule: ListRule, sides: list[dict[Key, Node]]) -> list[Json]:
        base, local, remote = sides
        order = _order(list(base), list(local), list(remote))
        if order is None or _replaced_twice(rule, base, local, remote):
            self.trail.conflicts.add(place.path)
            return list(remote.values())
        positions = {key: str(n) for n, key in enumerate(base)}
        merged: list[Json] = []
        for key in order:
            where = place.item(positions.get(key, "new"))
            item = self._item(where, rule, [side.get(key) for side in sides])
            if item is not None:
                merged.append(item)
        return merged

    def _item(self, place: Place, rule: ListRule, sides: list[Node | None]) -> Node | None:
        base, local, remote = sides
        if same(base, local):
            if not same(base, remote):
                self.trail.remote.add(place.path)
            return remote
        if same(base, remote):
            self.trail.local.add(place.path)
            return local
        if same(local, remote):
            return remote
        if base is not None and local is not None and remote is not None and not rule.whole:
            return self.objects(place, base, local, remote)
        self.trail.conflicts.add(place.path)
        return remote if remote is not None else local


def changed_names(base: Node, other: Node) -> frozenset[str]:
    """The names whose values differ."""
    return frozenset(
        name
        for name in base.keys() | other.keys()
        if name not in base or name not in other or not same(base[name], other[name])
    )


def at_path(value: Json, path: tuple[str, ...]) -> Json:
    """The value at a path of names and list positions, None where it ends early."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _part(side: Node, names: Sequence[str]) -> Node:
    return {name: side[name] for name in names if name in side}


def _keyed(value: Json, rule: ListRule) -> dict[Key, Node] | None:
    """The items by key, an absent list being empty; None if one has no key or two have the same."""
    if value is None:
        return {}
    if not isinstance(value, list):
        return None
    found: dict[Key, Node] = {}
    for item in value:
        if not isinstance(item, dict):
            return None
        key = _key(item, rule)
        if key is None or key in found:
            return None
        found[key] = item
    return found


def _key(item: Node, rule: ListRule) -> Key | None:
    parts: list[str] = []
    for part in rule.key:
        value = at_path(item, part.path)
        if isinstance(value, str):
            parts.append(f"={value}")
        elif isinstance(value, int) and not isinstance(value, bool):
            parts.append(f"#{value}")
        elif value is None and part.optional:
            parts.append("")
        else:
            return None
    return tuple(parts)


def _replaced_twice(
    rule: ListRule, base: dict[Key, Node], local: dict[Key, Node], remote: dict[Key, Node]
) -> bool:
    """Whether combining both sides would keep two answers to one question.

    Both took the same item away and each put something else: one correction of one thing, made
    twice (android-fhir#1096 edits the wrong telephone number here).
    """
    gone = (base.keys() - local.keys()) & (base.keys() - remote.keys())
    ours = local.keys() - base.keys() - remote.keys()
    theirs = remote.keys() - base.keys() - local.keys()
    if gone and ours and theirs:
        return True
    if not rule.strict:
        return False
    removed = not (base.keys() <= local.keys() and base.keys() <= remote.keys())
    return removed or not {key[0] for key in ours}.isdisjoint(key[0] for key in theirs)


def _order(base: list[Key], local: list[Key], remote: list[Key]) -> list[Key] | None:
    """The order of the merged list, from all keys; None if both sides reordered differently.

    Items that one side removed are still in it. The order of the side that changed it holds; new
    items stand behind the item they were put behind, those of both sides in an order that does
    not depend on which side is which.
    """
    if local == base:
        return _with_missing(remote, base)
    if remote in (base, local):
        return _with_missing(local, base)
    spine = _spine(base, local, remote)
    if spine is None:
        return None
    known = set(base)
    runs = sorted({*_runs(local, known), *_runs(remote, known)}, key=lambda run: (run[0], run[1]))
    behind: dict[Key | None, list[Key]] = {}
    placed: set[Key] = set()
    for anchor, run in runs:
        fresh = [key for key in run if key not in placed]
        placed.update(fresh)
        behind.setdefault(anchor or None, []).extend(fresh)
    ordered = list(behind.get(None, []))
    for key in spine:
        ordered += [key, *behind.get(key, [])]
    return ordered


def _with_missing(order: list[Key], base: list[Key]) -> list[Key]:
    held = set(order)
    return [*order, *(key for key in base if key not in held)]


def _spine(base: list[Key], local: list[Key], remote: list[Key]) -> list[Key] | None:
    """All keys of base, those that both sides kept in the order of the side that moved them."""
    common = set(base) & set(local) & set(remote)
    ours, theirs, before = (
        [key for key in side if key in common] for side in (local, remote, base)
    )
    if ours not in (before, theirs) and theirs != before:
        return None
    spine = list(ours if ours != before else theirs)
    for n, key in enumerate(base):
        if key not in common:
            spine.insert(spine.index(base[n - 1]) + 1 if n else 0, key)
    return spine


def _runs(side: list[Key], known: set[Key]) -> list[tuple[Key, tuple[Key, ...]]]:
    """Each unbroken run of new items with the base item before it, () at the head."""
    found: list[tuple[Key, tuple[Key, ...]]] = []
    anchor: Key = ()
    run: list[Key] = []
    for key in [*side, ()]:
        if key and key not in known:
            run.append(key)
            continue
        if run:
            found.append((anchor, tuple(run)))
        anchor, run = key, []
    return found
