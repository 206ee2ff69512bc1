"""No merge comes out signed that nobody has signed (I14)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.fhir.document import Document
from app.fhir.signatures import SIGNED_TYPES, signed_hash, unsigned
from sync.merge import Merged, merge
from sync.merge_rules import ClassRule, SafetyClass
from tests.sync.pure.cases import MANY, RULES, triples

LOOSE = replace(RULES, classes={**RULES.classes, "DocumentReference": ClassRule(SafetyClass.B)})
"""Rules of a hospital that merges signed notes: ours do not."""

BASE: Document = {
    "resourceType": "DocumentReference",
    "id": "n",
    "meta": {"versionId": "1"},
    "status": "current",
    "docStatus": "final",
    "authenticator": {"reference": "Practitioner/senior"},
    "description": "查房",
    "language": "zh-CN",
}


def mixed(rules: object = LOOSE) -> object:
    ours, theirs = BASE | {"description": "改"}, BASE | {"language": "en"}
    return merge(BASE, ours, theirs, rules)  # type: ignore[arg-type]  # one of the two above


def test_what_neither_of_them_wrote_is_preliminary_again() -> None:
    result = mixed()

    assert isinstance(result, Merged)
    assert result.document is not None
    assert (result.document["description"], result.document["language"]) == ("改", "en")
    assert result.document["docStatus"] == "preliminary"
    assert "authenticator" not in result.document


def test_our_rules_never_merge_a_signed_note() -> None:
    assert not isinstance(mixed(RULES), Merged)


def test_what_one_of_them_wrote_stays_signed() -> None:
    theirs = BASE | {"description": "改"}

    result = merge(BASE, BASE, theirs, LOOSE)

    assert isinstance(result, Merged)
    assert result.document == theirs


@MANY
@given(
    triples(),
    st.sampled_from(sorted(SIGNED_TYPES)),
    st.sampled_from(["preliminary", "final", "active", "draft"]),
)
@pytest.mark.parametrize("rules", [RULES, LOOSE], ids=["ours", "loose"])
def test_no_merge_claims_a_signature_for_what_nobody_signed(
    rules: object, three: tuple[Document, ...], rtype: str, status: str
) -> None:
    base, local, remote = (
        {**one, "resourceType": rtype, "status": status, "docStatus": status} for one in three
    )

    result = merge(base, local, remote, rules)  # type: ignore[arg-type]  # one of the two above

    if isinstance(result, Merged) and result.document is not None:
        own = {signed_hash(local), signed_hash(remote)}
        claims = unsigned(result.document) != result.document
        assert not claims or signed_hash(result.document) in own
