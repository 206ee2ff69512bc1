"""JSON that nobody here wrote."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.fhir.cds_json import DEEPEST, parse_json
from app.kernel.faults import AppError, FaultKind

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(ANY)
def test_what_json_can_hold_is_read(value: object) -> None:
    assert parse_json(json.dumps(value).encode()) == value


def test_a_decimal_keeps_its_digits() -> None:
    assert str(parse_json(b'{"dose": 0.50}')["dose"]) == "0.50"
    assert parse_json(b"1.5e3") == Decimal(1500)


def test_as_deep_as_allowed_is_read() -> None:
    assert parse_json(b"[" * DEEPEST + b"]" * DEEPEST)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b'{"cards": [',
        b'{"cards": [], "cards": [1]}',
        b'{"a": NaN}',
        b'{"a": "\\ud800"}',
        b'{"a": "\xff"}',
        b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
        b'{"a":' * 100_000,
        b'"' + b'\\"' * 200_000,
        b"1e99999999999999999999",
    ],
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(AppError) as caught:
        parse_json(body)

    assert caught.value.fault.kind is FaultKind.REFUSED
    assert caught.value.fault.message.code == "cds.not-json"


def test_brackets_in_strings_are_not_nesting() -> None:
    text = "[" * (DEEPEST + 5) + '\\"'
    assert parse_json(json.dumps({"a": text}).encode()) == {"a": text}
