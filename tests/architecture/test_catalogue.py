"""Every sentence exists in both languages, is used, and is filled as it was written."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.catalogue import LANGUAGES, Catalogue, gaps
from tests.architecture import tree

CODE = re.compile(r"[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+")
PLURAL = re.compile(r"\.(?:one|other)$")

# Calls that carry the code of a sentence, and where in their arguments it stands.
CARRIERS = {"of": 0, "Message": 0, "app_error": 1, "text": 0, "in_every_language": 0}
TRANSLATING = {"text", "render"}
# Parameters of a carrier that fill no gap.
NOT_GAPS = {"detail", "code", "parameters"}
# Codes that are put together from a value at run time: their beginnings, declared here, or an
# f-string at a carrier, which declares itself.
FAMILIES: tuple[str, ...] = (
    "banner.",
    "language.",
    "month.",
    "privilege.",
    "results.category.",
    "results.status.",
    "role.",
    "sign_in.",
    "theme.",
    "ward.",
)
# Each language writes these in its own way, out of the same values.
OWN_GAPS = {"date.day", "date.full", "date.month", "unit.wan"}


def is_carrier(call: ast.Call) -> bool:
    if tree.called(call) == "of":
        return ast.unparse(call.func) == "Message.of"
    return tree.called(call) in CARRIERS


def code_of(call: ast.Call) -> ast.expr | None:
    """The argument that is the code."""
    place = CARRIERS[tree.called(call)]
    named = next((k.value for k in call.keywords if k.arg == "code"), None)
    return call.args[place] if len(call.args) > place else named


def texts(node: ast.expr | None) -> Iterator[str]:
    """The string constants that `node` may turn out to be."""
    match node:
        case ast.Constant(value=str(value)):
            yield value
        case ast.IfExp(body=body, orelse=orelse):
            yield from texts(body)
            yield from texts(orelse)
        case ast.BoolOp(values=values):
            for choice in values:
                yield from texts(choice)
        case _:
            pass


def beginning(node: ast.expr | None) -> str | None:
    """The constant beginning of an f-string."""
    match node:
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):
            return start
        case _:
            return None


def carriers() -> Iterator[tuple[str, ast.Call]]:
    for path in tree.modules():
        for node in ast.walk(tree.parsed(path)):
            if isinstance(node, ast.Call) and is_carrier(node) and not is_sql(path, node):
                yield f"{path}:{node.lineno}", node


def is_sql(path: Path, call: ast.Call) -> bool:
    return path.is_relative_to("localdb") and tree.called(call) == "text"


@functools.cache
def catalogue(language: str) -> Catalogue:
    return Catalogue.load(language)


def base(code: str) -> str:
    return PLURAL.sub("", code)


def words_in_data() -> Iterator[str]:
    """What packs and tables name: a code may be carried by data."""
    for path in tree.files():
        in_data = path.is_relative_to("resources") and not path.is_relative_to(
            "resources/translations"
        )
        if in_data and path.suffix in {".toml", ".tsv", ".csv", ".json"}:
            yield from CODE.findall(tree.source(path))


def words_in_code() -> Iterator[str]:
    for path in tree.modules():
        for node in ast.walk(tree.parsed(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


# --- the two languages ------------------------------------------------------------------------


def test_both_languages_hold_the_same_sentences() -> None:
    english, chinese = (frozenset(map(base, catalogue(name).codes)) for name in LANGUAGES)

    assert english ^ chinese == frozenset()


def test_both_languages_leave_the_same_gaps() -> None:
    def all_gaps(language: str) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for code in catalogue(language).codes:
            here = gaps(catalogue(language).sentence(code) or "")
            found[base(code)] = found.get(base(code), frozenset()) | here
        return found

    english, chinese = (all_gaps(language) for language in LANGUAGES)

    differing = {code for code in english if english[code] != chinese.get(code)}

    assert differing - OWN_GAPS == set()


def test_no_sentence_is_left_in_english() -> None:
    """Abbreviations and units may stand in both; words in a row may not."""
    english, chinese = (catalogue(language) for language in LANGUAGES)
    prose = re.compile(r"[a-z]{3,} [a-z]{2,}")
    left = {
        code
        for code in english.codes & chinese.codes
        if english.sentence(code) == chinese.sentence(code)
        and prose.search(re.sub(r"\{.*?\}", "", english.sentence(code) or ""))
    }

    assert left == set()


# --- the code and the catalogue ---------------------------------------------------------------


def test_every_code_in_the_code_has_a_sentence() -> None:
    holes = {
        f"{where}: {code}"
        for where, call in carriers()
        for code in texts(code_of(call))
        if not all(catalogue(language).has(code) for language in LANGUAGES)
    }

    assert holes == set()


def test_every_family_of_codes_has_sentences() -> None:
    codes = catalogue(LANGUAGES[0]).codes
    starts = {s for _, call in carriers() if (s := beginning(code_of(call)))} | set(FAMILIES)

    assert {s for s in starts if not any(code.startswith(s) for code in codes)} == set()


def test_every_sentence_is_used() -> None:
    spoken = {base(word) for word in (*words_in_code(), *words_in_data())}
    families = tuple(
        {s for _, call in carriers() if (s := beginning(code_of(call)))} | set(FAMILIES)
    )
    unused = {
        code
        for code in catalogue(LANGUAGES[0]).codes
        if base(code) not in spoken and not code.startswith(families or ("⟦",))
    }

    assert unused == set()


def test_every_gap_is_filled_where_the_code_is_used() -> None:
    empty = {
        f"{where}: {code} lacks {sorted(lacking)}"
        for where, call in carriers()
        if all(k.arg is not None for k in call.keywords) and tree.called(call) != "Message"
        if not any(isinstance(argument, ast.Starred) for argument in call.args)
        for code in texts(code_of(call))
        if (lacking := gaps_of(code) - {k.arg for k in call.keywords if k.arg not in NOT_GAPS})
    }

    assert empty == set()


def gaps_of(code: str) -> frozenset[str]:
    forms = (code, f"{code}.one", f"{code}.other")
    return frozenset(
        gap
        for language in LANGUAGES
        for form in forms
        for gap in gaps(catalogue(language).sentence(form) or "")
    )


# --- sentences are whole ----------------------------------------------------------------------


def translates(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and tree.called(node) in TRANSLATING and bool(node.args)


def is_layout(node: ast.expr) -> bool:
    """An arrow before a whole sentence or a break between two is no grammar."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    return node.value.strip(" ") != "" and not re.search(r"[\w,.:;()/，。：；、（）]", node.value)


def concatenates(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            pieces = [left, right]
        case ast.JoinedStr(values=values):
            pieces = [v.value if isinstance(v, ast.FormattedValue) else v for v in values]
        case _:
            return False
    others = [piece for piece in pieces if not translates(piece) and not is_layout(piece)]
    translated = [piece for piece in pieces if translates(piece)]
    return bool(translated) and (bool(others) or len(pieces) == len(translated) > 1)


def test_no_text_is_put_together_from_translations() -> None:
    found = [
        f"{path}:{getattr(node, 'lineno', 0)}"
        for path in tree.modules()
        for node in ast.walk(tree.parsed(path))
        if concatenates(node)
    ]

    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "x = t.text('a.b') + ': ' + name",
        "x = name + t.text('a.b')",
        "x = f\"{t.text('a.b')} {name}\"",
        "x = t.render(m) + t.render(n)",
    ],
)
def test_concatenation_is_found(code: str) -> None:
    assert any(concatenates(node) for node in ast.walk(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "x = t.text('a.b', name=name)",
        "x = f\"{t.text('a.b')}\\n{t.text('a.c')}\"",
        "x = '↑ ' + t.text('a.b')",
        "x = field.text() + suffix",
    ],
)
def test_whole_sentences_are_left_alone(code: str) -> None:
    assert not any(concatenates(node) for node in ast.walk(ast.parse(code)))


def test_a_code_without_a_sentence_is_found() -> None:
    call = ast.parse("app_error(FaultKind.BUG, 'no.such' if x else 'fault.bug')").body[0]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)

    codes = list(texts(code_of(call.value)))

    assert codes == ["no.such", "fault.bug"]
    assert [catalogue("en").has(code) for code in codes] == [False, True]
