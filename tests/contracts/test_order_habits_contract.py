"""Favourites and recents come back from the fake and from the encrypted cache alike."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.order_templates import OrderTemplate
from app.domain.orders import Dosage, OrderClass, OrderKind
from app.domain.terms import PatientId, Term
from app.ports.keeping import People
from app.services.order_habits import OrderHabits
from tests.support.cache_kit import a_cache
from tests.support.fake_keeping import FakePeople
from tests.unit.services.kit import session

WANG = session()
CEFTRIAXONE = OrderTemplate(
    OrderClass.MEDICATION,
    Term("头孢曲松", "urn:wardone:formulary", "neml2026-014", "Ceftriaxone"),
    OrderKind.LONG_TERM,
    Dosage(dose=Decimal("2.50"), unit="g", rate=Decimal(40), rate_unit="{drop}/min"),
)
FIRST_LEVEL = OrderTemplate(
    OrderClass.LEVEL_OF_CARE,
    Term("一级护理", "urn:wardone:level-of-care", "1"),
    OrderKind.LONG_TERM,
)


@pytest.fixture(params=["fake", "encrypted cache"])
def people(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[People]:
    if request.param == "fake":
        yield FakePeople()
        return
    with a_cache(tmp_path) as opened:
        yield opened.people


def test_habits_come_back_in_their_order(people: People) -> None:
    habits = OrderHabits(people)
    habits.pin(WANG, FIRST_LEVEL)
    habits.pin(WANG, CEFTRIAXONE)
    habits.remember(WANG, (CEFTRIAXONE.draft(PatientId("p1"), None),))

    found = OrderHabits(people).habits(WANG)

    assert found.favourites == (FIRST_LEVEL, CEFTRIAXONE)
    assert found.recents == (CEFTRIAXONE,)


def test_what_was_unpinned_is_gone(people: People) -> None:
    habits = OrderHabits(people)
    habits.pin(WANG, CEFTRIAXONE)

    habits.unpin(WANG, CEFTRIAXONE)

    assert OrderHabits(people).habits(WANG).favourites == ()
