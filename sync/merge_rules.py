"""The merge pack: which documents may be merged, and what belongs together in them."""

from __future__ import annotations

import csv
import enum
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.fhir.document import Document
from app.fhir.frame import type_of
from app.kernel.faults import AppError, FaultKind, app_error

TABLES = ("classes", "identity", "lists", "groups", "words")
"""The tables of `resources/packs/merge`, each a tab-separated text."""
ANY = "*"


class SafetyClass(enum.Enum):
    """How two concurrent changes of one resource are treated (sync.md §7.6)."""

    A = "A"  # never merged: a clinician decides
    B = "B"  # disjoint elements merge
    C = "C"  # append-only: an edit is treated as A
    D = "D"  # the server wins; we never edit it


@dataclass(frozen=True, slots=True)
class ClassRule:
    """The class of one resource type.

    Attributes:
        element: Status element the rule looks at, "" for none.
        open_values: Statuses in which the stated class holds (class B) or any edit is allowed
            (class C). Any other status, and an unknown one, is the stricter case.
        amend_values: Statuses a closed class-C document may be edited to.
    """

    safety: SafetyClass
    element: str = ""
    open_values: frozenset[str] = frozenset()
    amend_values: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KeyPart:
    """One element that, with the others, names an item of a list; digits in a path are indexes."""

    path: tuple[str, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class ListRule:
    """How the items of a list are recognised.

    Attributes:
        whole: Items are merged as one piece, not element by element.
        strict: Items state the same thing in other words (codings): nothing is combined when one
            side removed an item, or when both added one of the same first key part.
    """

    key: tuple[KeyPart, ...]
    whole: bool = False
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """What is merged as one: an element, or a coupled group of elements.

    Attributes:
        coupled: Taken whole from one side.
        inner: A coupled group whose single changed element may still be merged inside.
    """

    name: str
    coupled: bool = False
    inner: bool = False


@dataclass(frozen=True, slots=True)
class MergeRules:
    """The whole pack, indexed.

    Attributes:
        identity: Elements that say whose or which record it is, per type; "*" for all types.
        lists: By (type, element).
        groups: Element → unit, by (type, path of the object the elements are in).
        prefixes: Names of choice elements (`value` of `value[x]`).
        datatypes: What may follow a prefix.
        ended: Statuses after which an edit by the other side needs a person.
        modifiers: URLs of modifier extensions this product understands.
    """

    classes: Mapping[str, ClassRule]
    identity: Mapping[str, frozenset[str]]
    lists: Mapping[tuple[str, str], ListRule]
    groups: Mapping[tuple[str, str], Mapping[str, Unit]]
    prefixes: frozenset[str] = frozenset()
    datatypes: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()
    modifiers: frozenset[str] = frozenset()

    def class_of(self, *documents: Document) -> SafetyClass:
        """The class that holds for all these states of one resource; unknown types are A."""
        rule = self.classes.get(type_of(documents[0]))
        if rule is None:
            return SafetyClass.A
        if rule.safety is SafetyClass.B and rule.element:
            open_now = all(_value(d, rule.element) in rule.open_values for d in documents)
            return SafetyClass.B if open_now else SafetyClass.A
        return rule.safety

    def may_edit(self, base: Document, edited: Document) -> bool:
        """Whether `base` may be changed into `edited` at all.

        Class D never. Class C while it is open, then only as an amendment or entered in error.
        """
        rule = self.classes.get(type_of(base))
        if rule is None or rule.safety in (SafetyClass.A, SafetyClass.B):
            return True
        if rule.safety is SafetyClass.D or not rule.element:
            return False
        if _value(base, rule.element) in rule.open_values:
            return True
        return _value(edited, rule.element) in rule.amend_values

    def identity_of(self, rtype: str) -> frozenset[str]:
        return self.identity.get(rtype, frozenset()) | self.identity.get(ANY, frozenset())

    def list_rule(self, rtype: str, element: str) -> ListRule | None:
        """How a list is keyed; the last resort recognises references by what they point to."""
        for key in ((rtype, element), (ANY, element), (ANY, ANY)):
            if key in self.lists:
                return self.lists[key]
        return None

    def unit(self, rtype: str, at: str, key: str) -> Unit:
        """What `key` of the object at `at` is merged with.

        `birthDate` and `_birthDate` are one element (FHIR R4 §2.6.2.3), and so are the forms of a
        choice `value[x]`. The groups of "*" are those of data types, so never of a resource itself.
        """
        name = self.plain(key)
        places = ((rtype, at), (ANY, at)) if not at else ((rtype, at), (ANY, at), (ANY, ANY))
        for where in places:
            unit = self.groups.get(where, {}).get(name)
            if unit is not None:
                return unit
        return Unit(name)

    def plain(self, key: str) -> str:
        """The element a JSON key belongs to: `_valueString` → `value[x]`."""
        name = key.removeprefix("_")
        for n, letter in enumerate(name):
            if letter.isupper() and name[:n] in self.prefixes and name[n:] in self.datatypes:
                return f"{name[:n]}[x]"
        return name


def parse(tables: Mapping[str, str]) -> MergeRules:
    """Read the pack from the texts of its tables.

    Raises:
        AppError: `REFUSED` if a table is missing, or a row is incomplete or has no source.
    """
    rows: dict[str, list[Mapping[str, str]]] = {}
    for name in TABLES:
        if name not in tables:
            raise _invalid(name, 0)
        rows[name] = list(_rows(name, tables[name]))
    words = {
        kind: frozenset(row["word"] for row in rows["words"] if row["kind"] == kind)
        for kind in ("prefix", "datatype", "ended", "modifier")
    }
    return MergeRules(
        classes={row["type"]: _class_rule(row) for row in rows["classes"]},
        identity={row["type"]: frozenset(row["elements"].split()) for row in rows["identity"]},
        lists={(row["type"], row["element"]): _list_rule(row) for row in rows["lists"]},
        groups=_groups(rows["groups"]),
        prefixes=words["prefix"],
        datatypes=words["datatype"],
        ended=words["ended"],
        modifiers=words["modifier"],
    )


_NEEDED = {
    "classes": ("type", "class"),
    "identity": ("type", "elements"),
    "lists": ("type", "element", "key"),
    "groups": ("type", "at", "elements"),
    "words": ("kind", "word"),
}
_KNOWN = {
    "class": frozenset(one.value for one in SafetyClass),
    "kind": frozenset({"prefix", "datatype", "ended", "modifier"}),
}


def _rows(name: str, text: str) -> Iterator[Mapping[str, str]]:
    reader = csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, raw in enumerate(reader, start=2):
        row = {str(key): value or "" for key, value in raw.items()}
        complete = all(row.get(column) for column in (*_NEEDED[name], "source", "status"))
        known = all(row[column] in _KNOWN[column] for column in _KNOWN if column in row)
        if not (complete and known):
            raise _invalid(name, number)
        yield row


def _class_rule(row: Mapping[str, str]) -> ClassRule:
    return ClassRule(
        SafetyClass(row["class"]),
        row.get("status_element", ""),
        frozenset(row.get("open", "").split()),
        frozenset(row.get("amend", "").split()),
    )


def _list_rule(row: Mapping[str, str]) -> ListRule:
    parts = tuple(
        KeyPart(tuple(part.removesuffix("?").split(".")), optional=part.endswith("?"))
        for part in row["key"].split()
    )
    how = row.get("how", "").split()
    return ListRule(parts, whole="whole" in how, strict="strict" in how)


def _groups(rows: list[Mapping[str, str]]) -> dict[tuple[str, str], dict[str, Unit]]:
    found: dict[tuple[str, str], dict[str, Unit]] = {}
    for row in rows:
        elements = row["elements"].split()
        at = "" if row["at"] == "." else row["at"]
        unit = Unit("+".join(elements), coupled=True, inner=row.get("how", "") == "inner")
        found.setdefault((row["type"], at), {}).update(dict.fromkeys(elements, unit))
    return found


def _value(document: Document, element: str) -> str:
    value = document.get(element)
    return value if isinstance(value, str) else ""


def _invalid(table: str, line: int) -> AppError:
    return app_error(FaultKind.REFUSED, "sync.merge-pack-invalid", f"{table} line {line}")
