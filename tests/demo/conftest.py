"""The demo hospital, generated once for all tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest

from resources.demo.hospital import generate
from tests.demo.feed import Feed

AS_OF = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


@cache
def generated(seed: int, as_of: datetime) -> Feed:
    """A hospital, made once: pytest gives up a fixture's parameter at the end of every file."""
    return Feed(tuple(generate(seed, as_of)), as_of)


@pytest.fixture(scope="session")
def hospital() -> Feed:
    return generated(7, AS_OF)


@pytest.fixture(
    scope="session",
    params=[None, (1, "2026-03-01T00:10:00+08:00"), (2, "2028-02-29T09:25:00+08:00")],
    ids=["afternoon", "just after midnight", "leap day, on the round"],
)
def feed(request: pytest.FixtureRequest, hospital: Feed) -> Feed:
    """The hospital at several times of day, with several casts."""
    if request.param is None:
        return hospital
    seed, text = request.param
    return generated(seed, datetime.fromisoformat(text))
