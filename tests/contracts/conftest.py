"""A cache that is enrolled and follows one patient."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from localdb.opening import OpenCache
from tests.support.cache_kit import (
    SCOPE,
    a_cache,
    enrol,
)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenCache]:
    with a_cache(tmp_path) as cache:
        enrol(cache)
        cache.sync_store.put_scopes((SCOPE,))
        yield cache
