"""Who may prescribe which antimicrobial: levels of drugs, grades of prescribers.

Source: Ministry of Health order 84 (2012), administrative measures for the clinical use of
antimicrobials: three levels, rights by grade; in an emergency one day's amount above one's level.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.decision.findings import Origin, Tier
from app.decision.substances import CLASS, Drug
from app.domain.terms import Named


class Level(enum.Enum):
    """How an antimicrobial is restricted, the freest first."""

    FREE = "non-restricted"
    RESTRICTED = "restricted"
    SPECIAL = "special"

    @property
    def rank(self) -> int:
        return tuple(Level).index(self)


@dataclass(frozen=True, slots=True)
class Levelled:
    """The level of some ingredients, by some routes (() is every one)."""

    origin: Origin
    subjects: frozenset[str]
    routes: frozenset[str]
    level: Level


@dataclass(frozen=True, slots=True)
class Right:
    """What is asked of who orders a drug of a level.

    Attributes:
        grade: The lowest grade that may.
        tier: How loud it is below that grade.
    """

    origin: Origin
    level: Level
    name: Named
    grade: str
    tier: Tier
    text: Named | None


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade of prescribers; a higher rank may more.

    Attributes:
        words: How people write it.
    """

    code: str
    name: Named
    rank: int
    words: tuple[str, ...] = ()


class AntimicrobialBook:
    """Levels, rights and grades, by their codes.

    Attributes:
        rights: By level.
        grades: By code.
    """

    def __init__(
        self,
        levelled: Iterable[Levelled],
        rights: Mapping[Level, Right],
        grades: Mapping[str, Grade],
        local: frozenset[str] = frozenset(),
    ) -> None:
        self.rights = rights
        self.grades = grades
        self._local = local
        self._by_subject: dict[str, list[Levelled]] = {}
        for one in levelled:
            for subject in one.subjects:
                self._by_subject.setdefault(subject, []).append(one)

    def level(self, drug: Drug, route: str) -> Levelled | None:
        """The strictest level of its ingredients; None of what is no systemic antimicrobial."""
        if route in self._local:
            return None
        found = [
            one
            for substance in drug.substances
            for subject in (substance.code, *(f"{CLASS}{name}" for name in substance.classes))
            for one in self._by_subject.get(subject, ())
            if not one.routes or not route or route in one.routes
        ]
        return max(found, key=lambda one: one.level.rank, default=None)

    @property
    def grade_words(self) -> Mapping[str, str]:
        """Code of a grade by what people write for it, in lower case."""
        return {
            word.lower(): one.code
            for one in self.grades.values()
            for word in (one.code, one.name.name, one.name.english, *one.words)
        }
