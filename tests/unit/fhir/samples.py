"""The frozen feeds, and JSON that nobody would think of."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from app.fhir.document import Document, Json, parse

FOLDER = Path(__file__).parent / "data"


@cache
def lines(name: str) -> tuple[bytes, ...]:
    return tuple(gzip.decompress((FOLDER / f"{name}.ndjson.gz").read_bytes()).splitlines())


@cache
def feed() -> tuple[Document, ...]:
    return tuple(parse(line) for name in ("jp-ward", "r4-examples") for line in lines(name))


def of_type(*kinds: str) -> list[Document]:
    return [document for document in feed() if document["resourceType"] in kinds]


def text(*, least: int = 1, most: int = 12) -> st.SearchStrategy[str]:
    """Words as clinicians write them: no lone surrogates, not white space alone."""
    letters = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"))
    whole = st.text(letters, min_size=least, max_size=most)
    return whole.filter(lambda words: not words or not words.isspace())


def json_values() -> st.SearchStrategy[Json]:
    leaf: st.SearchStrategy[Json] = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.decimals(allow_nan=False, allow_infinity=False).map(_with_point),
        text(least=0),
    )
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(text(least=0), inner, max_size=3)
        ),
        max_leaves=8,
    )


def _with_point(number: object) -> Json:
    # Without a point or an exponent JSON would read it back as a whole number.
    written = str(number)
    whole = "." not in written and "E" not in written
    return parse(f'{{"resourceType": "X", "v": {written}{".0" if whole else ""}}}')["v"]


def documents() -> st.SearchStrategy[Document]:
    kinds = st.sampled_from(["Patient", "Observation", "Basic"])
    body = st.dictionaries(text(least=0), json_values(), max_size=5)
    return st.builds(lambda more, kind: {**more, "resourceType": kind}, body, kinds)
