"""A repository behind a foreign sign-in, once for a module; a browser for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from app.fhir.document import reference_to, to_bytes
from sync.cdr.serving import CdrSettings, EmbeddedCdr
from sync.cdr.values import Request
from tests.peers.oidc.provider import Provider, installed
from tests.support.browser import Browser
from tests.support.builders import (
    a_bed,
    a_patient,
    a_practitioner,
    a_role,
    a_ward,
    an_encounter,
)

WARD = (
    a_ward("ward-7"),
    a_practitioner("dr-wang", "王医生", "WANG Yi"),
    a_role("role-wang", "dr-wang", "attending"),
    a_practitioner("nurse-li", "李护士"),
    a_role("role-li", "nurse-li", "nurse"),
    a_bed("bed-1", "1", "ward-7"),
    a_patient("li-ming"),
    an_encounter("stay-1", "li-ming", "bed-1"),
)


@pytest.fixture(scope="module")
def repository() -> Iterator[EmbeddedCdr]:
    """The hospital's repository. It asks for no token: only the gateway reaches it."""
    installed()
    cdr = EmbeddedCdr(CdrSettings(sign_in=False))
    for document in WARD:
        headers = {"content-type": "application/fhir+json"}
        put = Request("PUT", reference_to(document), headers=headers, body=to_bytes(document))
        assert cdr.model.handle(put).status == 201
    cdr.start()
    try:
        # Its threads start with the first request, and must not look like a test's own.
        requests.get(f"{cdr.base_url}/metadata", timeout=30).raise_for_status()
        yield cdr
    finally:
        cdr.stop()


@pytest.fixture(scope="module")
def started(
    repository: EmbeddedCdr, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Provider]:
    found = Provider(repository.base_url, tmp_path_factory.mktemp("provider") / "log.txt")
    yield found
    found.stop()


@pytest.fixture
def provider(started: Provider) -> Iterator[Provider]:
    yield started
    started.reset()


@pytest.fixture
def browser() -> Iterator[Browser]:
    found = Browser()
    yield found
    found.rest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "workstation"
