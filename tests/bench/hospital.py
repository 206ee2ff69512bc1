"""The demo hospital grown to the size a measurement wants, inside a repository's file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path

from app.commands.repository import SEED
from app.kernel.clock import SystemClock
from resources.demo.hospital import generate, line
from resources.demo.staff import users
from sync.cdr.directory import hash_password
from sync.cdr.load import load
from sync.cdr.serving import CdrSettings, open_directory, open_store

DOCTOR = "wang.yi"
AS_OF = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
_SHARED = frozenset({"Organization", "Location", "Practitioner", "PractitionerRole"})
_REFERENCE = re.compile(r'"([A-Z][A-Za-z]+)/([A-Za-z0-9.-]+)"')
_OWN_ID = re.compile(r'"id":"([A-Za-z0-9.-]+)"')
_STATUS = re.compile(r'"status":"(?:in-progress|planned|arrived|onleave)"')


def lines(most: int, as_of: datetime = AS_OF) -> Iterator[tuple[str, str]]:
    """(type, JSON) of the first `most` resources of as many demo hospitals as that takes.

    The first is the demo as it is. In every further one the same people have ids of their own and
    stays that are over: they were in the same beds.
    """
    return islice(_endless(as_of), most)


def _endless(as_of: datetime) -> Iterator[tuple[str, str]]:
    demo: list[tuple[str, str]] = []
    for one in generate(SEED, as_of):
        demo.append((str(one["resourceType"]), line(one)))
        yield demo[-1]
    for copy in count(1):
        for rtype, text in demo:
            if rtype not in _SHARED:
                yield rtype, _renamed(rtype, text, f"h{copy}-")


def _renamed(rtype: str, text: str, prefix: str) -> str:
    def renamed(found: re.Match[str]) -> str:
        kind, rid = found.groups()
        return found.group(0) if kind in _SHARED else f'"{kind}/{prefix}{rid}"'

    text = _OWN_ID.sub(rf'"id":"{prefix}\1"', text, count=1)
    if rtype == "Encounter":
        text = _STATUS.sub('"status":"finished"', text, count=1)
    return _REFERENCE.sub(renamed, text)


def patients(most: int, as_of: datetime = AS_OF) -> tuple[str, ...]:
    """Ids of everybody in `lines(most)`."""
    return tuple(own_id(text) for rtype, text in lines(most, as_of) if rtype == "Patient")


def own_id(text: str) -> str:
    """The id of a resource as `lines` writes it: the first one in the text."""
    found = _OWN_ID.search(text)
    assert found is not None
    return found.group(1)


def fill(database: Path, most: int, as_of: datetime = AS_OF) -> Path:
    """A repository's file with the first `most` resources and the demo's users.

    Made once per run of the bench, and used by every measurement that wants this size.
    """
    done = database.with_suffix(".filled")
    if done.exists():
        return database
    feed = database.with_suffix(".ndjson")
    with feed.open("w", encoding="utf-8", newline="\n") as into:
        into.writelines(text + "\n" for _, text in lines(most, as_of))
    with closing(open_store(database)) as store:
        report = load([feed], store)
    if report.bad_count:
        raise AssertionError(f"{report.bad_count} resources of the demo could not be loaded")
    feed.unlink()
    _put_users(database)
    done.touch()
    return database


def _put_users(database: Path) -> None:
    with closing(open_directory(CdrSettings(database=database), SystemClock())) as directory:
        for user in users():
            if user.username == DOCTOR:
                directory.put_user(
                    user.username,
                    hash_password(user.password),
                    f"Practitioner/{user.practitioner}",
                    user.display.zh,
                    user.role,
                    user.display.en,
                )
