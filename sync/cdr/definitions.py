"""The official search parameters and required codes of R4, as data (resources/packs/search)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import resources

FOLDER = Path(resources.__file__).parent / "packs" / "search"
ANY = "*"
UNSERVED = frozenset({"Subscription"})
"""Kept when a data set holds one; offered only where a model has a websocket to announce on."""


@dataclass(frozen=True, slots=True)
class PathInto:
    """A plain JSON path: keys, then an optional filter on what stands there.

    Attributes:
        keys: JSON keys from the resource down.
        where: `("system", "phone")` keeps elements whose child has that value.
        only: Keeps references to this type (FHIRPath `resolve() is Type`).
    """

    keys: tuple[str, ...]
    where: tuple[str, str] | None = None
    only: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One SearchParameter (R4 §3.1.1) of one resource type."""

    type: str
    name: str
    kind: str
    paths: tuple[PathInto, ...]
    targets: tuple[str, ...]


ByKey = dict[str, list[tuple[Parameter, PathInto]]]


class Definitions:
    """Every parameter, resource type and required code that the server knows."""

    def __init__(self, folder: Path = FOLDER) -> None:
        text = (folder / "parameters.tsv").read_text("utf-8")
        self.types = tuple(_lines((folder / "types.txt").read_text("utf-8")))
        self.mark = hashlib.sha256(text.encode()).hexdigest()[:16]
        self._known = frozenset(self.types)
        self._parameters: dict[str, dict[str, Parameter]] = {}
        for line in _lines(text)[1:]:
            found = _parameter(line)
            self._parameters.setdefault(found.type, {})[found.name] = found
        codes = _lines((folder / "required_codes.tsv").read_text("utf-8"))[1:]
        self.required: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = {}
        for line in codes:
            path, _, allowed = line.partition("\t")
            type_, *keys = path.split(".")
            row = (tuple(keys), frozenset(allowed.split(" ")))
            self.required.setdefault(type_, []).append(row)
        self._everywhere = self._parameters.pop("Resource")
        self._by_key: dict[str, ByKey] = {}

    def knows(self, type_: str) -> bool:
        """Whether R4 has such a resource."""
        return type_ in self._known

    def serves(self, type_: str) -> bool:
        """Whether clients may write it, on any server."""
        return type_ in self._known and type_ not in UNSERVED

    def parameter(self, type_: str, name: str) -> Parameter | None:
        return self._parameters.get(type_, {}).get(name) or self._everywhere.get(name)

    def parameters(self, type_: str) -> tuple[Parameter, ...]:
        """All that a resource of this type is indexed by."""
        return (*self._parameters.get(type_, {}).values(), *self._everywhere.values())

    def by_key(self, type_: str) -> ByKey:
        """The same by the first JSON key of their paths."""
        found = self._by_key.get(type_)
        if found is None:
            found = self._by_key[type_] = {}
            for parameter in self.parameters(type_):
                for path in parameter.paths:
                    found.setdefault(path.keys[0], []).append((parameter, path))
        return found

    def targets(self, parameter: Parameter) -> tuple[str, ...]:
        """The types a reference parameter may lead to."""
        only = {path.only for path in parameter.paths}
        if "" not in only:
            return tuple(sorted(only))
        return self.types if ANY in parameter.targets else parameter.targets


@cache
def official() -> Definitions:
    """The definitions that ship; read once, never changed."""
    return Definitions()


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _parameter(line: str) -> Parameter:
    type_, name, kind, paths, targets = line.split("\t")
    into = tuple(_path(path) for path in paths.split(" "))
    return Parameter(type_, name, kind, into, tuple(targets.split()))


def _path(text: str) -> PathInto:
    text, _, only = text.partition("->")
    where = None
    if text.endswith("]"):
        text, _, test = text[:-1].partition("[")
        key, _, value = test.partition("=")
        where = (key, value)
    return PathInto(tuple(text.split(".")), where, only)
