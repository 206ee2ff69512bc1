"""Synthetic people: names with their pinyin, ages, bodies and record numbers."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from resources import reading
from resources.demo.knowledge import Language

NATIONAL_ID_SYSTEM = "urn:oid:2.16.156.10011.1.3"
UNASSIGNED_AREA = "999999"
"""First six digits of the synthetic national ids.

GB/T 2260 gives out no division code beginning with 99, so that a number with a correct check
digit (GB 11643) still cannot belong to anybody.
"""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"


@dataclass(frozen=True, slots=True)
class Person:
    """One patient; for a Latin name the pinyin fields repeat it."""

    number: int
    family: str
    given: str
    latin_family: str
    latin_given: str
    latin: bool
    sex: str
    born: date
    age: int
    language: Language
    height: Decimal
    weight: Decimal

    @property
    def text(self) -> str:
        if self.latin:
            return f"{self.latin_given} {self.latin_family}"
        return self.family + self.given

    @property
    def romanised(self) -> str:
        return f"{self.latin_family} {self.latin_given}".strip()


def check_digit(first_seventeen: str) -> str:
    """The last character of a resident identity number (GB 11643, MOD 11-2)."""
    total = sum(int(d) * w for d, w in zip(first_seventeen, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def national_id(person: Person) -> str:
    """A number with a right checksum in an area that does not exist."""
    sequence = (person.number * 2 + (1 if person.sex == "M" else 0)) % 1000
    body = f"{UNASSIGNED_AREA}{person.born:%Y%m%d}{sequence:03d}"
    return body + check_digit(body)


def birthday(today: date, age: int, pick: random.Random) -> date:
    """A date of birth that makes somebody exactly `age` years old today."""
    latest = date(today.year - age, today.month, min(today.day, 28))
    return latest - timedelta(days=pick.randrange(0, 350))


def body_size(sex: str, age: int, pick: random.Random) -> tuple[Decimal, Decimal]:
    """Height in cm and weight in kg of somebody ordinary of that sex and age."""
    if age < 18:
        height, index = 92.0 + 4.0 * (age - 2), 15.5
    else:
        height = pick.gauss(169.5 if sex == "M" else 158.0, 5.0) - max(0, age - 60) * 0.12
        index = min(30.5, max(18.0, pick.gauss(23.4, 2.6)))
    weight = index * (height / 100) ** 2
    return Decimal(f"{height:.0f}"), Decimal(f"{weight:.1f}")


@cache
def _names(kind: str) -> tuple[dict[str, str], ...]:
    text = reading.path("demo/names.tsv").read_text(encoding="utf-8")
    return tuple(r for r in reading.table_rows(text) if r["kind"] == kind)


def draw_name(
    sex: str, born: date, pick: random.Random, taken: Iterable[str]
) -> tuple[str, str, str, str]:
    """Family, given and their pinyin; never a name in `taken`."""
    families = _names("family")
    given = [
        r
        for r in _names("male" if sex == "M" else "female")
        if int(r["born_from"]) <= born.year <= int(r["born_to"])
    ]
    used = set(taken)
    while True:
        last, first = pick.choice(families), pick.choice(given)
        if last["name_zh"] + first["name_zh"] not in used:
            return last["name_zh"], first["name_zh"], last["pinyin"], first["pinyin"]
