"""The shifts of the administration pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import time
from functools import cache

from app.domain.shifts import Shift, are_a_day
from app.domain.terms import Named
from resources.reading import rows


@cache
def ward_shifts() -> tuple[Shift, ...]:
    """The shifts that ship, in the order of the day."""
    return read_shifts(rows("administration", "shifts"))


def read_shifts(table: Iterable[Mapping[str, str]]) -> tuple[Shift, ...]:
    """Shifts out of their table.

    Raises:
        ValueError: A time is none, or the shifts are not a whole day: then a dose would belong to
            no shift, or to two.
    """
    found = tuple(
        Shift(
            row["code"],
            Named(row["name_zh"], row["name_en"]),
            time.fromisoformat(row["begins"]),
            time.fromisoformat(row["ends"]),
        )
        for row in table
    )
    if not are_a_day(found):
        raise ValueError("the shifts are not a day")
    return found
