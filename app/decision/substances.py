"""Drugs by what is in them: every check matches ingredients and their classes, never products."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain.terms import Named

CLASS = "class:"
"""Before the code of a class where a substance or a class may stand."""


@dataclass(frozen=True, slots=True)
class Substance:
    """An ingredient.

    Attributes:
        code: English generic name without its salt, lower case with hyphens: `amoxicillin`.
        classes: Codes of the classes it belongs to, whole: a penicillin is a beta-lactam, too.
    """

    code: str
    name: Named
    classes: frozenset[str] = frozenset()

    def belongs(self, subject: str) -> bool:
        """Whether `subject` (a code, or `class:code`) is this substance or one of its classes."""
        if subject.startswith(CLASS):
            return subject.removeprefix(CLASS) in self.classes
        return subject == self.code


@dataclass(frozen=True, slots=True)
class Drug:
    """What is ordered: a medicine of the formulary, or a substance known by name only.

    Attributes:
        code: Of the formulary, or of the substance where no medicine holds it.
    """

    code: str
    name: Named
    substances: tuple[Substance, ...]

    def concerning(self, subjects: Iterable[str]) -> Iterator[Substance]:
        """Its ingredients that one of `subjects` is about."""
        wanted = tuple(subjects)
        for one in self.substances:
            if any(one.belongs(subject) for subject in wanted):
                yield one
