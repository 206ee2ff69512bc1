"""The store in memory, for the simulator and fast tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sync.cdr.clauses import (
    Clause,
    IdIn,
    InRange,
    Leaf,
    LinksTo,
    Present,
    SortKey,
    TextIs,
    TextMatch,
    TokenIs,
    Updated,
    holds,
)
from sync.cdr.indexing import IMPLIED, NOTHING, Index
from sync.cdr.values import Version

Sortable = float | str


@dataclass
class _Kept:
    key: int
    versions: list[Version] = field(default_factory=list)
    index: Index = NOTHING

    @property
    def current(self) -> Version:
        return self.versions[-1]


class MemoryStore:
    """`Store` in dictionaries; a rolled back block undoes its writes one by one."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._by_key: dict[int, _Kept] = {}
        self._links: defaultdict[str, set[int]] = defaultdict(set)
        self._log: list[Version] = []
        self._undo: list[Callable[[], None]] | None = None

    @contextmanager
    def atomic(self) -> Iterator[None]:
        self._undo = []
        try:
            yield
        except BaseException:
            for step in reversed(self._undo):
                step()
            raise
        finally:
            self._undo = None

    def current(self, type_: str, id_: str) -> Version | None:
        kept = self._kept.get((type_, id_))
        return kept.current if kept else None

    def version(self, type_: str, id_: str, number: int) -> Version | None:
        kept = self._kept.get((type_, id_))
        found = kept.versions if kept else []
        return next((v for v in found if v.number == number), None)

    def write(self, version: Version, gone: Index, come: Index) -> None:
        name = (version.type, version.id)
        kept = self._kept.get(name)
        if kept is None:
            kept = self._kept[name] = _Kept(len(self._kept) + 1)
            self._by_key[kept.key] = kept
        before = kept.index
        placed = replace(version, sequence=len(self._log) + 1, key=kept.key)
        kept.versions.append(placed)
        self._log.append(placed)
        self._exchange(kept, gone, come)
        if self._undo is not None:
            self._undo.append(lambda: self._unwrite(kept, before))

    def search(
        self, type_: str, clauses: Sequence[Clause], sort: Sequence[SortKey] = ()
    ) -> list[int]:
        found = [
            kept for (of, _), kept in self._kept.items() if of == type_ and not kept.current.deleted
        ]
        for clause in clauses:
            found = [kept for kept in found if _is_so(kept, clause)]
        if sort:
            found.sort(key=lambda kept: kept.current.id)
            for key in reversed(sort):
                found = _sorted(found, key)
        return [kept.key for kept in found]

    def load(self, keys: Sequence[int]) -> list[Version]:
        found = (self._by_key[key].current for key in keys)
        return [version for version in found if not version.deleted]

    def linked(self, type_: str, parameter: str, keys: Sequence[int]) -> list[str]:
        found = (self._by_key[key] for key in keys)
        return sorted(
            {
                row.target
                for kept in found
                if kept.current.type == type_
                for row in kept.index.links
                if row.parameter == parameter
            }
        )

    def referrers(self, targets: Sequence[str], limit: int) -> list[int]:
        return sorted({key for target in targets for key in self._links[target]})[:limit]

    def history(
        self, type_: str = "", id_: str = "", *, since: int = 0, before: int = 0, limit: int
    ) -> list[Version]:
        found: list[Version] = []
        for version in reversed(self._log):
            if len(found) == limit:
                break
            in_scope = (not type_ or version.type == type_) and (not id_ or version.id == id_)
            in_time = version.updated >= since and (not before or version.sequence < before)
            if in_scope and in_time:
                found.append(version)
        return found

    def counts(self) -> dict[str, int]:
        found: defaultdict[str, int] = defaultdict(int)
        for kept in self._kept.values():
            if not kept.current.deleted:
                found[kept.current.type] += 1
        return dict(sorted(found.items()))

    def close(self) -> None:
        return

    def _exchange(self, kept: _Kept, gone: Index, come: Index) -> None:
        for row in gone.links:
            self._links[row.target].discard(kept.key)
        for row in come.links:
            self._links[row.target].add(kept.key)
        kept.index = come

    def _unwrite(self, kept: _Kept, before: Index) -> None:
        version = kept.versions.pop()
        self._log.pop()
        self._exchange(kept, kept.index, before)
        if not kept.versions:
            del self._kept[(version.type, version.id)]
            del self._by_key[kept.key]


def _is_so(kept: _Kept, clause: Clause) -> bool:
    return any(_fits(kept, leaf) for leaf in clause.any_of) != clause.negated


def _fits(kept: _Kept, leaf: Leaf) -> bool:
    match leaf:
        case IdIn(ids):
            fits = kept.current.id in ids
        case Updated():
            at = kept.current.updated * 1000
            fits = holds(leaf.compare, (at, at), (leaf.low, leaf.high))
        case Present():
            fits = leaf.parameter in kept.index.parameters
        case TokenIs():
            fits = any(
                _token(row.parameter, row.code, row.system, leaf) for row in kept.index.tokens
            )
        case TextIs():
            fits = any(
                row.parameter == leaf.parameter and _text(row.folded, row.exact, leaf)
                for row in kept.index.texts
            )
        case LinksTo():
            fits = any(
                row.parameter == leaf.parameter and row.target in leaf.targets
                for row in kept.index.links
            )
        case InRange():
            fits = any(
                row.parameter == leaf.parameter
                and (leaf.system is None or row.system == leaf.system)
                and (leaf.code is None or row.code == leaf.code)
                and holds(leaf.compare, (row.low, row.high), (leaf.low, leaf.high))
                for row in kept.index.ranges
            )
    return fits


def _token(parameter: str, code: str, system: str, leaf: TokenIs) -> bool:
    if parameter != leaf.parameter or (leaf.code and code != leaf.code):
        return False
    return leaf.system is None or system in (leaf.system, IMPLIED)


def _text(folded: str, exact: str, leaf: TextIs) -> bool:
    match leaf.match:
        case TextMatch.STARTS:
            return folded.startswith(leaf.text)
        case TextMatch.CONTAINS:
            return leaf.text in folded
        case TextMatch.EXACT:
            return exact == leaf.text


def _sorted(found: list[_Kept], key: SortKey) -> list[_Kept]:
    """In order of `key`; stable, and what has no value comes last either way."""
    valued = [(value, kept) for kept in found if (value := _value(kept, key)) is not None]
    valued.sort(key=lambda pair: pair[0], reverse=key.descending)
    with_value = {kept.key for _, kept in valued}
    return [kept for _, kept in valued] + [k for k in found if k.key not in with_value]


def _value(kept: _Kept, key: SortKey) -> Sortable | None:
    if key.parameter == "_id":
        return kept.current.id
    if key.parameter == "_lastUpdated":
        return kept.current.updated
    found = list(_values(kept.index, key))
    if not found:
        return None
    return max(found) if key.descending else min(found)


def _values(index: Index, key: SortKey) -> Iterator[Sortable]:
    match key.kind:
        case "token":
            yield from (row.code for row in index.tokens if row.parameter == key.parameter)
        case "string" | "uri":
            yield from (row.folded for row in index.texts if row.parameter == key.parameter)
        case "reference":
            yield from (row.target for row in index.links if row.parameter == key.parameter)
        case _:
            of = (row for row in index.ranges if row.parameter == key.parameter)
            yield from (row.high if key.descending else row.low for row in of)
