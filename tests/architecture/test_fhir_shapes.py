"""R4 shapes are known in `app/fhir` and nowhere else: not one element is named by another room.

An element is named where a dictionary is asked for it, built with it or walked down to it. Which
names are elements is what `app/fhir` itself asks for, so that a new reading needs no list. Many
of them are everyday words (`status`, `code`) that rows of packs and tables have as well: those
count only where what is asked is a document.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import tree

HOME = "app/fhir"
# The repository of the demo and of the tests speaks R4 itself, and so do its generated patients.
SPEAKING = (HOME, "sync/cdr", "resources/demo")
# What `app.fhir.elements` has that takes no name of an element.
HARMLESS = {"UNNAMED", "sort_instant"}
ASKING = {"get", "pop", "setdefault"}
DOCUMENT = re.compile(
    r"(?:^|[._])(?:document|documents\[\d+\]|resource|base|local|remote|merged|onto|theirs|ours)$"
)
UNMISTAKABLE = re.compile(r"[a-z]+[A-Z]\w*$")


def keys(module: ast.AST) -> Iterator[tuple[int, str, str]]:
    """(line, name, of what) wherever a dictionary is asked for a name, or made with one."""
    for node in ast.walk(module):
        match node:
            case ast.Subscript(value=of, slice=ast.Constant(value=str(name))):
                yield node.lineno, name, ast.unparse(of)
            case ast.Call(
                func=ast.Attribute(value=of, attr=asks), args=[ast.Constant(value=str(name)), *_]
            ) if asks in ASKING:
                yield node.lineno, name, ast.unparse(of)
            case ast.Compare(
                left=ast.Constant(value=str(name)), ops=[ast.In() | ast.NotIn()], comparators=[of]
            ):
                yield node.lineno, name, ast.unparse(of)
            case ast.Dict(keys=made):
                for key in made:
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        yield key.lineno, key.value, "{}"


@functools.cache
def elements() -> frozenset[str]:
    """Every element that `app/fhir` reads or writes."""
    walked = {
        node.value
        for path in tree.modules(HOME)
        for call in ast.walk(tree.parsed(path))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        for node in call.args
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        and re.fullmatch(r"[a-z][A-Za-z]+", node.value)
    }  # fmt: skip
    asked = {name for path in tree.modules(HOME) for _, name, _ in keys(tree.parsed(path))}
    return frozenset(walked | asked)


def named(module: ast.AST) -> Iterator[int]:
    """Lines that name an element of R4."""
    for line, name, of in keys(module):
        if name in elements() and (UNMISTAKABLE.match(name) or DOCUMENT.search(of)):
            yield line
    for node in ast.walk(module):
        match node:
            case ast.ImportFrom(module="app.fhir.elements", names=taken) if any(
                alias.name not in HARMLESS for alias in taken
            ):
                yield node.lineno


def others() -> list[Path]:
    return [p for p in tree.modules() if not str(p).startswith(tuple(f"{s}/" for s in SPEAKING))]


def test_no_other_room_names_an_element_of_r4() -> None:
    found = [f"{path}:{line}" for path in others() for line in named(tree.parsed(path))]

    assert found == [], "read it in app/fhir, as a value of the domain"


@pytest.mark.parametrize(
    "violation",
    [
        "status = document['status']",
        "status = held.document.get('status')",
        "title = change.document['code']",
        "fresh = {'resourceType': 'Task', 'id': key}",
        "at = row['effectiveDateTime']",
        "if 'meta' in document: pass",
        "kept = document.pop('contained', None)",
        "from app.fhir.elements import text_at",
    ],
)
def test_a_planted_violation_is_found(violation: str) -> None:
    assert list(named(ast.parse(violation))) == [1]


@pytest.mark.parametrize(
    "innocent",
    [
        "name = row['code']",
        "kept = {'kind': one.kind, 'title': one.title, 'text': one.text}",
        "order = read_order(document)",
        "cell = cells['status']",
        "from app.fhir.elements import sort_instant",
        "version = document_versions['a']",
    ],
)
def test_what_only_looks_like_it_is_left_alone(innocent: str) -> None:
    assert list(named(ast.parse(innocent))) == []


def test_the_rooms_that_speak_r4_are_there_and_name_elements() -> None:
    """The test would hold for an empty folder: what it exempts must be what it says."""
    for room in SPEAKING:
        assert any(list(named(tree.parsed(path))) for path in tree.modules(room)), room
    assert {"resourceType", "subject", "effectiveDateTime", "status"} <= elements()
