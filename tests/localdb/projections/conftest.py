"""A shelf per test, closed after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.localdb.projections.kit import Shelf


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    made = Shelf()
    yield made
    made.close()
