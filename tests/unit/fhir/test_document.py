from __future__ import annotations

import json
from decimal import Decimal
from types import MappingProxyType
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.fhir.document import (
    Document,
    Json,
    canonical,
    canonical_hash,
    parse,
    reference_to,
    references,
    relative,
    shortest,
    to_bytes,
)
from app.kernel.faults import AppError, FaultKind
from tests.unit.fhir import samples

DIGITS = ["72.50", "1E+3", "-0.0", "1.50", "0.10", "1E-9", "1.0E+400"]


def of(value: Json) -> Document:
    return {"resourceType": "Observation", "v": value}


@given(samples.documents())
def test_what_is_written_reads_back_the_same(document: Document) -> None:
    assert parse(to_bytes(document)) == document


@pytest.mark.parametrize("digits", DIGITS)
def test_a_decimal_keeps_every_digit(digits: str) -> None:
    document = parse(f'{{"resourceType":"X","v":{digits}}}')
    assert to_bytes(document) == f'{{"resourceType":"X","v":{digits}}}'.encode()
    value = parse(to_bytes(document))["v"]
    assert isinstance(value, Decimal)
    assert value.as_tuple() == Decimal(digits).as_tuple()


def test_an_exponent_without_sign_keeps_its_value_and_precision() -> None:
    document = parse('{"resourceType":"X","v":1E3}')
    assert document["v"] == Decimal("1E3")
    assert str(parse(to_bytes(document))["v"]) == "1E+3"


@pytest.mark.parametrize("same", ["72.50", "72.5", "7.25e1", "7250E-2", "0.7250E+2"])
def test_one_value_has_one_canonical_form(same: str) -> None:
    assert canonical(parse(f'{{"resourceType":"X","v":{same}}}')) == (
        b'{"resourceType":"X","v":72.5}'
    )


@pytest.mark.parametrize("other", ["72.51", "-72.5", "7.25", "72.500000000000000000000000000001"])
def test_another_value_has_another_canonical_form(other: str) -> None:
    here = canonical(parse('{"resourceType":"X","v":72.5}'))
    assert canonical(parse(f'{{"resourceType":"X","v":{other}}}')) != here


def test_a_whole_number_and_a_decimal_of_the_same_value_are_canonically_one() -> None:
    assert canonical(of(5)) == canonical(of(Decimal("5.0")))
    assert canonical(of(0)) == canonical(of(Decimal("-0.00")))


@given(samples.documents())
def test_canonical_form_does_not_depend_on_the_order_of_keys(document: Document) -> None:
    turned = dict(reversed(document.items()))
    assert canonical(turned) == canonical(document)
    assert canonical_hash(turned) == canonical_hash(document)


@given(samples.documents())
def test_canonical_form_survives_writing_and_reading(document: Document) -> None:
    assert canonical(parse(to_bytes(document))) == canonical(document)


def test_canonical_form_leaves_out_meta_and_text_of_the_resource_alone() -> None:
    inner: Document = {"meta": "kept", "text": "kept"}
    document: Document = {"resourceType": "X", "meta": {"versionId": "3"}, "text": {}, "a": inner}
    assert json.loads(canonical(document)) == {"resourceType": "X", "a": inner}


@pytest.mark.parametrize(
    ("number", "form"),
    [
        ("0", "0"),
        ("-0.0", "0"),
        ("1E3", "1000"),
        ("72.50", "72.5"),
        ("5.0", "5"),
        ("1000", "1000"),
        ("1E20", "1" + 20 * "0"),
        ("1E21", "1E+21"),
        ("1000000000000000000000", "1E+21"),
        ("1E-7", "0.0000001"),
        ("1E-30", "1E-30"),
        ("123456789012345678901234567890.5", "123456789012345678901234567890.5"),
        ("0.1234567890123456789012345678901", "0.1234567890123456789012345678901"),
        ("NaN", "NaN"),
    ],
)
def test_the_shortest_form_of_a_number(number: str, form: str) -> None:
    assert shortest(Decimal(number)) == form


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_the_shortest_form_is_the_same_value(number: Decimal) -> None:
    assert Decimal(shortest(number)) == number


@pytest.mark.parametrize("number", [2**63 - 1, 2**64, -(2**63), 2**200])
def test_whole_numbers_of_any_size_keep_their_value(number: int) -> None:
    assert parse(to_bytes(of(number))) == of(number)
    assert canonical(of(number)) == json.dumps(of(number), separators=(",", ":")).encode()


def test_the_slow_way_of_writing_says_the_same_as_the_fast_one() -> None:
    inner: Document = {"b": [1, Decimal("1.50"), "é\u2028\x01", None, True, []], "a": {}}
    fast, slow = to_bytes(of(inner)), to_bytes(of([inner, 2**70]))
    assert slow.partition(b'"v":')[2] == (
        b"[" + fast.partition(b'"v":')[2][:-1] + f",{2**70}]}}".encode()
    )
    assert canonical(of([inner, 2**70])).startswith(b'{"resourceType":"Observation","v":[{"a":{}')


def test_nesting_may_be_deep_and_not_endless() -> None:
    deep: Json = []
    for _ in range(300):
        deep = [deep]
    assert parse(to_bytes(of(deep))) == of(deep)
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(AppError) as caught:
        to_bytes(of(deep))
    assert caught.value.fault.message.code == "fhir.not-writable"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "sNaN"])
def test_what_is_no_number_is_not_written(number: str) -> None:
    for write in (to_bytes, canonical):
        with pytest.raises(AppError) as caught:
            write(of(Decimal(number)))
        assert caught.value.fault.message.code == "fhir.not-writable"


def test_half_a_sign_is_neither_read_nor_written() -> None:
    with pytest.raises(AppError) as caught:
        parse(rb'{"resourceType":"X","v":"\ud83d"}')
    assert caught.value.fault.message.code == "fhir.not-json"
    with pytest.raises(AppError) as caught:
        to_bytes(of("\ud83d"))
    assert caught.value.fault.message.code == "fhir.not-writable"
    whole = parse(rb'{"resourceType":"X","v":"\ud83d\ude00","d":1.50}')
    assert whole["v"] == "😀"


@pytest.mark.parametrize(
    "value", [MappingProxyType({"a": Decimal("1.50")}), {"a": Decimal("1.50")}]
)
def test_any_mapping_is_written_as_an_object(value: Json) -> None:
    assert to_bytes(of(value)).endswith(b'"v":{"a":1.50}}')
    assert to_bytes(MappingProxyType(of(1))) == to_bytes(of(1))


def test_what_json_does_not_know_is_a_bug_of_the_caller() -> None:
    with pytest.raises(TypeError):
        to_bytes(of({1, 2}))  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b'{"resourceType":"X","v":NaN}',
        b'{"resourceType":"X","v":-Infinity}',
        b'{"resourceType":"X","v":1e99999999999999999999}',
        b'{"resourceType":"X","a":1,"a":1}',
        b'{"resourceType":"X","inner":[{"a":1,"b":2,"a":3}]}',
        b'{"resourceType":"X"} {}',
        '{"resourceType":"Xé"}'.encode("latin-1"),
        b"[" * 100_000,
    ],
)
def test_what_is_not_json_of_one_document_is_refused(body: bytes) -> None:
    with pytest.raises(AppError) as caught:
        parse(body)
    assert caught.value.fault.kind is FaultKind.REFUSED
    assert caught.value.fault.message.code == "fhir.not-json"


@pytest.mark.parametrize("body", ["[]", "3", '"text"', "null", "{}", '{"resourceType":3}'])
def test_json_that_is_no_resource_is_refused(body: str) -> None:
    with pytest.raises(AppError) as caught:
        parse(body)
    assert caught.value.fault.message.code == "fhir.not-a-resource"


def test_a_byte_order_mark_is_forgiven() -> None:
    assert parse(b'\xef\xbb\xbf{"resourceType":"X"}') == {"resourceType": "X"}


def test_references_are_found_at_any_depth_and_only_relative_ones() -> None:
    document: Document = {
        "resourceType": "X",
        "subject": {"reference": "Patient/1/_history/2"},
        "performer": [{"actor": {"reference": "Practitioner/2"}}, {"reference": "#inside"}],
        "odd": {"reference": {"reference": "Group/3"}},
        "far": {"reference": "https://elsewhere.example/Patient/1"},
        "none": [{"reference": "urn:uuid:1"}, 3],
    }
    assert list(references(document)) == ["Patient/1", "Practitioner/2", "Group/3"]
    assert reference_to({"resourceType": "Patient", "id": "1"}) == "Patient/1"


@pytest.mark.parametrize("reference", ["Patient", "Patient/", "patient/1", "", "/1"])
def test_what_names_no_type_and_id_is_no_reference(reference: str) -> None:
    assert relative(reference) is None
    assert relative("Patient/1") == "Patient/1"


@pytest.mark.parametrize("name", ["jp-ward", "r4-examples"])
def test_every_resource_of_the_feeds_survives_byte_for_byte(name: str) -> None:
    for line in samples.lines(name):
        document = parse(line)
        compact = json.dumps(
            json.loads(line, parse_float=_Digits), ensure_ascii=False, separators=(",", ":"),
            default=str,
        )  # fmt: skip
        assert to_bytes(document) == _bare(compact)
        assert parse(to_bytes(document)) == document
        assert canonical(parse(canonical(document))) == canonical(document)


class _Digits(str):
    """Digits as they stand in the source, written without quotes afterwards."""

    __slots__ = ()

    def __new__(cls, digits: str) -> Self:
        return super().__new__(cls, f"\x02{digits}\x03")


def _bare(compact: str) -> bytes:
    return compact.replace('"\\u0002', "").replace('\\u0003"', "").encode()
