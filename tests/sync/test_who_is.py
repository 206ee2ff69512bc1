"""Who signed in is a clinician of this very repository, or nobody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from app.domain.people import Role
from app.fhir.document import reference_to, to_bytes
from app.kernel.faults import AppError
from sync.cdr.serving import CdrSettings, EmbeddedCdr
from sync.cdr.values import Request
from sync.who_is import RepositoryIdentity
from tests.support.builders import a_practitioner, a_role, a_ward


@pytest.fixture(scope="module")
def cdr() -> Iterator[EmbeddedCdr]:
    with EmbeddedCdr(CdrSettings(sign_in=False)) as started:
        for document in (a_ward("ward-7"), a_practitioner(), a_role(role="nurse")):
            headers = {"content-type": "application/fhir+json"}
            put = Request("PUT", reference_to(document), headers=headers, body=to_bytes(document))
            assert started.model.handle(put).status == 201
        # Its threads start with the first request, and must not look like a test's own.
        requests.get(f"{started.base_url}/metadata", timeout=30).close()
        yield started


@pytest.mark.parametrize("where", ["", "{base}/"])
def test_a_clinician_is_named_below_the_repository_or_by_its_whole_address(
    cdr: EmbeddedCdr, where: str
) -> None:
    user = f"{where.format(base=cdr.base_url)}Practitioner/dr-wang"

    found = RepositoryIdentity(cdr.base_url)(user, {"sub": "wang"}, "a-token")

    assert found.practitioner == "dr-wang"
    assert found.username == "wang"
    assert found.role is Role.NURSE
    assert found.wards == ("ward-7",)


@pytest.mark.parametrize(
    "user",
    [
        "https://another.hospital.example/fhir/Practitioner/dr-wang",
        "http://127.0.0.1/fhir/Practitioner/dr-wang",
        "Patient/dr-wang",
        "Practitioner/",
        "Practitioner/dr-wang/_history/1",
        "Practitioner/dr-wang?_format=xml",
        "Practitioner/nobody",
        "dr-wang",
    ],
)
def test_anybody_else_is_refused(cdr: EmbeddedCdr, user: str) -> None:
    """A clinician of another repository may have the id of one of ours."""
    with pytest.raises(AppError) as caught:
        RepositoryIdentity(cdr.base_url)(user, {"sub": "wang"}, "a-token")

    assert caught.value.fault.kind.name == "REFUSED"
    assert caught.value.fault.message.code == "signin.no-fhir-user"
