"""Feeds of independent generators, and the one person who works in all of their hospitals."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from app.fhir.document import Document, parse, to_bytes
from app.kernel.clock import Clock, SystemClock
from sync.cdr.directory import hash_password
from sync.cdr.load import LoadReport, load
from sync.cdr.load_files import Bad, groups_in
from sync.cdr.serving import CdrSettings, open_directory, open_store

SAMPLES = Path(__file__).parent / "samples"
FEEDS = {
    "jp": (SAMPLES / "clinosim-jp.ndjson.gz",),
    "us": (SAMPLES / "clinosim-us.ndjson.gz",),
    "synthea": (SAMPLES / "synthea.ndjson.gz", SAMPLES / "synthea-bundle.json.gz"),
    "examples": (SAMPLES / "r4-examples.ndjson.gz",),
    "edges": (SAMPLES / "edges.ndjson",),
}
"""What each hospital of these tests is made of; samples/README.md says where it came from."""

NEXT_DAY = SAMPLES / "clinosim-us-next-day.ndjson.gz"
USERNAME = "reader"
PASSWORD = "reads-everything"  # noqa: S105 - of a hospital made for a test
READER = "real-input-reader"


def documents(path: Path) -> Iterator[Document]:
    """Every resource of an NDJSON file, packed or not."""
    with path.open("rb") as raw:
        yield from map(parse, gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw)


def documents_in(paths: Iterable[Path]) -> Iterator[Document]:
    """Every resource in these files, bundles opened."""
    for path in paths:
        for group in groups_in(path, lambda _: None):
            if not isinstance(group, Bad):
                yield from (found.document for found in group)


def wards_of(feed: Iterable[Document]) -> tuple[str, ...]:
    """The wards of a feed: Locations whose `physicalType` says so."""
    return tuple(
        str(one["id"])
        for one in feed
        if one["resourceType"] == "Location" and '"wa"' in json.dumps(one.get("physicalType"))
    )


def write_staff(into: Path, wards: Iterable[str]) -> Path:
    """A chief physician with a post on each of `wards`, as NDJSON."""
    staff: list[Document] = [
        {
            "resourceType": "Practitioner",
            "id": READER,
            "active": True,
            "name": [{"use": "official", "text": "Wen Reader"}],
        },
        {
            "resourceType": "PractitionerRole",
            "id": f"{READER}-role",
            "active": True,
            "practitioner": {"reference": f"Practitioner/{READER}"},
            "code": [{"coding": [{"system": "urn:wardone:role", "code": "chief"}]}],
            "location": [{"reference": f"Location/{ward}"} for ward in wards],
        },
    ]
    into.write_bytes(b"".join(to_bytes(one) + b"\n" for one in staff))
    return into


def fill(database: Path, paths: Iterable[Path], clock: Clock | None = None) -> LoadReport:
    """Load files as `python -m app cdr load` does, and give the reader an account."""
    store = open_store(database)
    try:
        report = load(paths, store, clock=clock)
    finally:
        store.close()
    add_reader(database)
    return report


def add_reader(database: Path) -> None:
    """An account for the reader in the directory beside `database`."""
    directory = open_directory(CdrSettings(database=database), SystemClock())
    try:
        directory.put_user(
            USERNAME, hash_password(PASSWORD), f"Practitioner/{READER}", "Wen Reader", "chief"
        )
    finally:
        directory.close()
