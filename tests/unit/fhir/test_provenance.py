"""Who made a version: certain where the record says so, and nobody where it does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.provenance import Target
from app.domain.signatures import SignerRole
from app.domain.terms import PractitionerId, Ref
from app.fhir.document import Document, Json
from app.fhir.provenance import maker_of, read_provenance, write_provenance
from app.fhir.signatures import seal_of, write_signature
from tests.support.fake_signatures import FakeSigningKeys
from tests.support.order_builders import a_note

NOTE = Ref("DocumentReference/note-1")
BASE_AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
THEIRS_AT = BASE_AT + timedelta(hours=1)


def version(number: str, at: datetime, **more: Json) -> Document:
    meta: Json = {"versionId": number, "lastUpdated": at.isoformat()}
    return a_note() | {"meta": meta} | more


def told(who: str, at: datetime, target: str = NOTE) -> Document:
    return write_provenance(
        provenance_id=f"p-{who}",
        targets=(Ref(target),),
        author=PractitionerId(who),
        author_name=who.upper(),
        occurred=at,
        recorded=at,
        activity="note.sign",
        reason="补记",
    )


THEIRS, BASE = version("2", THEIRS_AT, description="theirs"), version("1", BASE_AT)


def maker(*provenances: Document, base: Document | None = BASE) -> str | None:
    found = maker_of(THEIRS, base, provenances)
    return None if found is None else found.author_name


def test_a_provenance_reads_back() -> None:
    read = read_provenance(told("chen", THEIRS_AT))

    assert read.targets == (Target(NOTE),)
    assert (read.author, read.author_name) == (PractitionerId("chen"), "CHEN")
    assert (read.activity, read.reason, read.at) == ("note.sign", "补记", THEIRS_AT)


def test_one_of_another_program_is_read_as_far_as_it_goes() -> None:
    foreign: Document = {
        "resourceType": "Provenance",
        "target": [{"reference": "urn:uuid:1"}, {"reference": f"{NOTE}/_history/4"}, {}],
        "recorded": THEIRS_AT.isoformat(),
        "activity": {"coding": [{"system": "http://x", "code": "U", "display": "revise"}]},
        "agent": [{"who": {"display": "接口"}}],
    }

    read = read_provenance(foreign)

    assert read.targets == (Target(NOTE, "4"),)
    assert (read.author, read.author_name, read.activity) == (None, "接口", "revise")
    assert (read.at, read.reason) == (THEIRS_AT, "")
    assert read_provenance({"resourceType": "Provenance"}).author_name == ""


def test_one_that_names_the_version_is_certain() -> None:
    late = THEIRS_AT + timedelta(days=1)

    assert maker(told("li", THEIRS_AT), told("chen", late, f"{NOTE}/_history/2")) == "CHEN"


def test_a_signature_under_just_this_content_is_certain() -> None:
    keys = FakeSigningKeys()
    seal = seal_of(
        THEIRS, key=keys.make(PractitionerId("chen")).id, role=SignerRole.AUTHOR, at=BASE_AT, skew=0
    )
    written = told("chen", BASE_AT - timedelta(hours=8))  # offline since the morning
    signed = write_signature(written, seal, b"x", PractitionerId("chen"))

    assert maker(signed, told("li", THEIRS_AT)) == "CHEN"


def test_else_the_newest_between_the_two_versions_counts() -> None:
    between = BASE_AT + timedelta(minutes=1)

    assert maker(told("li", between), told("chen", THEIRS_AT)) == "CHEN"
    assert maker(told("chen", THEIRS_AT + timedelta(minutes=4))) == "CHEN"


@pytest.mark.parametrize(
    "at", [BASE_AT, BASE_AT - timedelta(hours=1), THEIRS_AT + timedelta(minutes=6)]
)
def test_one_about_another_change_names_nobody(at: datetime) -> None:
    assert maker(told("li", at)) is None


def test_without_a_version_before_any_earlier_one_counts() -> None:
    assert maker(told("li", BASE_AT - timedelta(days=1)), base=None) == "LI"


def test_one_without_a_time_counts_only_when_it_is_certain() -> None:
    untimed = {k: v for k, v in told("li", THEIRS_AT).items() if k != "recorded"}

    assert maker(untimed) is None
    assert maker() is None


def test_a_document_without_a_time_has_no_between() -> None:
    assert maker_of(a_note(), BASE, (told("li", THEIRS_AT),)) is None
