"""A server model over each store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.cdr.store import Store
from sync.cdr.values import Policy
from tests.cdr.kit import Wire, in_file, memory

Build = Callable[..., Wire]


@pytest.fixture(params=[memory, in_file], ids=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = request.param(tmp_path)
    yield made
    made.close()


@pytest.fixture
def wire(store: Store) -> Wire:
    return Wire(store)


@pytest.fixture
def wire_with(store: Store) -> Callable[[Policy], Wire]:
    return lambda policy: Wire(store, policy)
