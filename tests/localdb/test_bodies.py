"""Bodies go in and come out byte for byte; hashes and stamps say what they should."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.domain.terms import Ref
from app.fhir.document import Document, canonical_hash, parse, to_bytes
from app.ports.sync_store import Incoming
from localdb.bodies import content_hash, pack, stamp, unpack
from tests.support.cache_kit import NOW, a_cache, a_piece, an_act, edited, held

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=3)
TREES = st.recursive(
    st.none() | st.booleans() | TEXT | NUMBERS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
DOCUMENTS = st.dictionaries(TEXT, TREES, max_size=5).map(
    lambda some: {**some, "resourceType": "Task", "id": "task-1"}
)


@given(DOCUMENTS)
def test_the_short_way_to_the_hash_gives_the_canonical_hash(document: Document) -> None:
    assert content_hash(document) == canonical_hash(document)


@given(st.binary(max_size=2000))
def test_a_packed_body_is_the_same_bytes_again(body: bytes) -> None:
    assert unpack(pack(body)) == body


def test_hashes_agree_where_the_short_way_cannot_go() -> None:
    deep: Document = {"resourceType": "Task", "id": "t", "n": 2**80, "x": [Decimal("1.50")]}

    assert content_hash(deep) == canonical_hash(deep)


def test_meta_and_narrative_are_in_the_stamp_and_not_in_the_hash() -> None:
    plain: Document = {"resourceType": "Task", "id": "t"}
    tagged: Document = {**plain, "meta": {"tag": [{"code": "x"}], "versionId": "3"}}
    saved: Document = {**plain, "meta": {"versionId": "9", "lastUpdated": "2026-01-01T00:00:00Z"}}

    assert content_hash(plain) == content_hash(tagged) == content_hash(saved)
    assert stamp(plain) != stamp(tagged)
    assert stamp(plain) == stamp(saved)


def test_what_the_server_sent_is_kept_digit_for_digit_and_key_for_key(tmp_path: Path) -> None:
    """Every oddity of JSON that a reader and writer would smooth away."""
    body = (
        b'{ "id" : "task-1",\n\t"resourceType":"Task", "valueQuantity":{"value":72.50},'
        b'"a":1.0E+2, "b":-0.0, "c":"\\u4e2d\\/", "zh":"\xe6\x82\xa3", "e":[ ], '
        b'"d":12345678901234567890 }'
    )
    with a_cache(tmp_path) as opened:
        opened.sync_store.apply(a_piece(Incoming(Ref("Task/task-1"), body, "1", NOW)))
        assert to_bytes(held(opened, "Task/task-1").document) == to_bytes(parse(body))

        opened.acts.commit(an_act("g1", edited(opened, "Task/task-1", status="completed")))

        known = opened.sync_store.known([Ref("Task/task-1")])[Ref("Task/task-1")]
        assert known.base == body
        assert known.working is not None
        assert b'"value":72.50' in known.working
        assert json.loads(known.working) == {**json.loads(body), "status": "completed"}
