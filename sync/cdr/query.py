"""Reads a FHIR search (R4 §3.1.1) into clauses; chains are followed while reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sync.cdr.clauses import Clause, IdIn, Leaf, LinksTo, Present, SortKey, Updated
from sync.cdr.definitions import Definitions, Parameter
from sync.cdr.outcome import Refusal
from sync.cdr.query_values import leaf_of, moment, split

Pair = tuple[str, str]
Find = Callable[[str, list[Clause]], list[int]]
"""Keys of the resources of a type that fit the clauses."""

_ELSEWHERE = {"_format", "_pretty", "_getpages", "_getpagesoffset", "_contained"}


@dataclass(frozen=True, slots=True)
class Include:
    """`_include` or `_revinclude`: `source:parameter[:target]`; parameter `*` means every one."""

    source: str
    parameter: str
    target: str = ""
    iterates: bool = False


@dataclass
class Plan:
    """A search, understood."""

    type: str
    clauses: list[Clause] = field(default_factory=list)
    sort: list[SortKey] = field(default_factory=list)
    includes: list[Include] = field(default_factory=list)
    revincludes: list[Include] = field(default_factory=list)
    count: int | None = None
    elements: frozenset[str] = frozenset()
    summary: str = ""
    total: str = ""
    used: list[Pair] = field(default_factory=list)
    unknown: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a chain needs of the server."""

    find: Find
    references: Callable[[list[int]], list[str]]
    linked: Callable[[str, str, list[int]], list[str]]


class Reader:
    """Turns query pairs into a `Plan`.

    `now` in microseconds serves the prefix `ap` alone.
    """

    def __init__(self, definitions: Definitions, lookup: Lookup, now: int) -> None:
        self._definitions = definitions
        self._lookup = lookup
        self._now = now

    def plan(self, type_: str, pairs: Sequence[Pair]) -> Plan:
        """Read a search of one type; what it cannot know goes to `unknown`.

        Raises:
            Refusal: 400 on a malformed value, or a modifier that is not supported (R4: a server
                SHALL reject it).
        """
        plan = Plan(type_)
        for name, value in pairs:
            try:
                self._take(plan, name, value)
            except _UnknownError:
                unknown = Refusal(400, "not-supported", "cdr.unknown-parameter", f"{type_}?{name}")
                plan.unknown.append(unknown)
            else:
                plan.used.append((name, value))
        return plan

    def _take(self, plan: Plan, name: str, value: str) -> None:
        if name in _ELSEWHERE:
            return
        if name.startswith("_has:"):
            plan.clauses.append(self._has(plan.type, name, value))
        elif name.partition(":")[0] in ("_include", "_revinclude"):
            self._include(plan, name, value)
        elif name in _RESULT:
            _RESULT[name](self, plan, value)
        elif value:
            plan.clauses.append(self.clause(plan.type, name, value))

    def clause(self, type_: str, name: str, value: str) -> Clause:
        """One `name=value`, with its modifier or chain."""
        head, _, rest = name.partition(".")
        head, _, modifier = head.partition(":")
        if head == "_id":
            return Clause((IdIn(tuple(split(value, ","))),))
        if head == "_lastUpdated":
            asked = (moment(part, self._now, name) for part in split(value, ","))
            return Clause(tuple(Updated(compare, low, high) for compare, low, high in asked))
        parameter = self._definitions.parameter(type_, head)
        if parameter is None:
            raise _UnknownError
        if rest:
            return Clause((self._chain(parameter, modifier, rest, value),))
        if modifier == "missing":
            return self._missing(parameter, value)
        negated = modifier == "not" and parameter.kind == "token"
        found: list[Leaf] = []
        for part in split(value, ","):
            shown = "" if negated else modifier
            found.append(leaf_of(parameter, shown, part, self._definitions, self._now))
        return Clause(tuple(found), negated)

    def _missing(self, parameter: Parameter, value: str) -> Clause:
        if value not in ("true", "false"):
            raise Refusal(400, "value", "cdr.bad-value", f"{parameter.name}:missing")
        return Clause((Present(parameter.name, parameter.kind),), negated=value == "true")

    def _chain(self, parameter: Parameter, only: str, rest: str, value: str) -> Leaf:
        if parameter.kind != "reference":
            raise _UnknownError
        targets = [only] if only else list(self._definitions.targets(parameter))
        first = rest.partition(".")[0].partition(":")[0]
        found: list[str] = []
        known = False
        for target in targets:
            if first != "_id" and self._definitions.parameter(target, first) is None:
                continue
            known = True
            keys = self._lookup.find(target, [self.clause(target, rest, value)])
            found += self._lookup.references(keys)
        if not known:
            raise _UnknownError
        return LinksTo(parameter.name, tuple(found))

    def _has(self, type_: str, name: str, value: str) -> Clause:
        """`_has:Observation:patient:code=…`: those that such an Observation points at."""
        try:
            _, source, link, rest = name.split(":", 3)
        except ValueError:
            raise Refusal(400, "value", "cdr.bad-value", "_has") from None
        parameter = self._definitions.parameter(source, link)
        if parameter is None or parameter.kind != "reference":
            raise _UnknownError
        inner = (
            self._has(source, rest, value)
            if rest.startswith("_has:")
            else self.clause(source, rest, value)
        )
        linked = self._lookup.linked(source, link, self._lookup.find(source, [inner]))
        ours = (target.partition("/") for target in linked)
        return Clause((IdIn(tuple(id_ for of, _, id_ in ours if of == type_)),))

    def _include(self, plan: Plan, name: str, value: str) -> None:
        kind, _, modifier = name.partition(":")
        if modifier not in ("", "iterate", "recurse"):
            raise Refusal(400, "not-supported", "cdr.unknown-modifier", name)
        source, _, rest = value.partition(":")
        parameter, _, target = rest.partition(":")
        if value == "*":
            source, parameter = plan.type, "*"
        known = self._definitions.parameter(source, parameter)
        if parameter != "*" and (known is None or known.kind != "reference"):
            raise _UnknownError
        wanted = plan.includes if kind == "_include" else plan.revincludes
        wanted.append(Include(source, parameter, target, bool(modifier)))

    def _sort(self, plan: Plan, value: str) -> None:
        for part in split(value, ","):
            name, descending = part.removeprefix("-"), part.startswith("-")
            if name in ("_id", "_lastUpdated"):
                plan.sort.append(SortKey(name, "", descending))
                continue
            parameter = self._definitions.parameter(plan.type, name)
            if parameter is None:
                raise _UnknownError
            plan.sort.append(SortKey(name, parameter.kind, descending))

    def _count(self, plan: Plan, value: str) -> None:
        if not value.isascii() or not value.isdigit():
            raise Refusal(400, "value", "cdr.bad-value", "_count")
        plan.count = int(value)

    def _elements(self, plan: Plan, value: str) -> None:
        plan.elements = plan.elements | frozenset(split(value, ","))

    def _summary(self, plan: Plan, value: str) -> None:
        if value not in ("count", "data", "text", "false"):
            raise _UnknownError
        plan.summary = value

    def _total(self, plan: Plan, value: str) -> None:
        if value not in ("none", "estimate", "accurate"):
            raise Refusal(400, "value", "cdr.bad-value", "_total")
        plan.total = value


class _UnknownError(Exception):
    """This server has no such parameter."""


_RESULT: dict[str, Callable[[Reader, Plan, str], None]] = {
    "_sort": Reader._sort,  # noqa: SLF001 - the table belongs to the class
    "_count": Reader._count,  # noqa: SLF001
    "_elements": Reader._elements,  # noqa: SLF001
    "_summary": Reader._summary,  # noqa: SLF001
    "_total": Reader._total,  # noqa: SLF001
}
