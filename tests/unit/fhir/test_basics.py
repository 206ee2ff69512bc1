"""Which Basic is ours."""

from __future__ import annotations

from app.fhir.basics import is_ours
from app.fhir.valuesets import BASIC


def test_a_basic_is_ours_by_its_code_alone() -> None:
    ours = {"resourceType": "Basic", "code": {"coding": [{"system": BASIC, "code": "outbox"}]}}

    assert is_ours(ours)
    assert not is_ours({**ours, "code": {"coding": [{"system": "urn:other", "code": "outbox"}]}})
    assert not is_ours({"resourceType": "Basic", "code": {"text": "outbox"}})
