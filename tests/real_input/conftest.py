"""Hospitals filled with the frozen samples, and a reader who has synchronised each of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from app.domain.terms import Ref
from app.fhir.document import reference_to
from sync.cdr.load import LoadReport
from sync.cdr.serving import CdrSettings, EmbeddedCdr
from tests.real_input.feeds import FEEDS, documents_in, fill, wards_of, write_staff
from tests.real_input.lossless import digests, stored_documents
from tests.real_input.workstation import Reader, reader_at
from tests.support.desk_kit import StillClock
from tests.support.phi_guard import plant

EDGES = pytest.mark.parametrize("hospital", ["edges"], indirect=True)
JP = pytest.mark.parametrize("hospital", ["jp"], indirect=True)
US = pytest.mark.parametrize("hospital", ["us"], indirect=True)


@dataclass(frozen=True, slots=True)
class Hospital:
    """A hospital that came from one feed.

    Attributes:
        feed: Its name among `FEEDS`.
        loaded: What loading the feed came to.
        served: Digests of every resource that the repository holds.
    """

    feed: str
    cdr: EmbeddedCdr
    reader: Reader
    loaded: LoadReport
    served: dict[Ref, tuple[str, str]]


@pytest.fixture(scope="session", params=sorted(FEEDS))
def hospital(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hospital]:
    """The hospital of a feed, open for all tests of that feed."""
    feed: str = request.param
    with ExitStack() as stack:
        yield open_hospital(feed, tmp_path_factory.mktemp(feed), stack)


def open_hospital(feed: str, folder: Path, stack: ExitStack) -> Hospital:
    """Load `feed`, serve it, enrol the reader, follow every patient, synchronise."""
    everything = list(documents_in(FEEDS[feed]))
    for one in everything:
        if one["resourceType"] == "Patient":
            plant(*_names(one.get("name")))
    database = folder / "cdr.sqlite3"
    # A pass ends at the server's last whole second: all of this was written before that.
    earlier = StillClock(datetime.now(UTC) - timedelta(hours=1))
    loaded = fill(database, FEEDS[feed], earlier)
    fill(database, [write_staff(folder / "staff.ndjson", wards_of(everything))], earlier)
    cdr = EmbeddedCdr(CdrSettings(database=database))
    cdr.start()
    stack.callback(cdr.stop)
    # Its worker thread starts with the first request, and must not look like a test's own.
    requests.get(f"{cdr.base_url}/metadata", timeout=30).raise_for_status()
    served = {Ref(reference_to(one)): digests(one) for one in stored_documents(cdr.store)}
    reader = stack.enter_context(reader_at(cdr.base_url, folder / "station"))
    reader.follow(ref.partition("/")[2] for ref in served if ref.startswith("Patient/"))
    reader.round()
    return Hospital(feed, cdr, reader, loaded, served)


def _names(names: object) -> Iterator[str]:
    for name in names if isinstance(names, list) else []:
        if isinstance(name, dict) and isinstance(name.get("text"), str):
            yield str(name["text"])
