"""Finds a drug by what somebody wrote: exactly, or not at all.

A name is that of one drug in any spelling (`spelling`), a combination of such names, or nothing.
What is like a name is none: a near miss answers None, and so does a name two drugs share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from app.decision.knowledge.spelling import Affixes, Tokens, is_chinese, key_of, tokens_of
from app.decision.substances import Drug, Substance
from app.domain.terms import Named, Term

_PARTS = 4
"""More names written into one another are not looked for."""
_HYPHEN = re.compile(r"\s*[-‐-―−]\s*")


@dataclass(frozen=True, slots=True)
class Known:
    """A substance and what else it is called."""

    substance: Substance
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Medicine:
    """A medicine of the formulary, or a mixture with a name of its own, and what else it is called.

    Attributes:
        substances: Codes of what is in it; () where nobody said.
    """

    code: str
    name: Named
    substances: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubstanceClass:
    """A class of substances, as rules and allergies name it."""

    code: str
    name: Named
    aliases: tuple[str, ...] = ()
    members: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wording:
    """The words around names.

    Attributes:
        affixes: Salts and forms. `reactions`: what is said of an allergy around the name.
        joiners: What stands between the names of a combination.
    """

    affixes: Affixes = field(default_factory=Affixes)
    reactions: Affixes = field(default_factory=Affixes)
    joiners: tuple[str, ...] = ("/", "+", "&", ",", " and ")


@dataclass(frozen=True, slots=True)
class Allergen:
    """What an allergy names: a drug, classes, both or nothing that is known."""

    drug: Drug | None = None
    classes: frozenset[str] = frozenset()


class Substances:
    """Every substance, class and medicine that is known, by code and by name.

    Args:
        formulary: The code system of the codes of `medicines`.
    """

    def __init__(
        self,
        known: Iterable[Known],
        medicines: Iterable[Medicine] = (),
        classes: Iterable[SubstanceClass] = (),
        wording: Wording | None = None,
        formulary: str = "",
    ) -> None:
        self._formulary = formulary
        self._wording = wording or Wording()
        self._joined = _joining(self._wording.joiners)
        told = {one.substance.code: one for one in known}
        self._substances: Mapping[str, Substance] = {c: k.substance for c, k in told.items()}
        self.classes: Mapping[str, SubstanceClass] = {one.code: one for one in classes}
        self._medicines: dict[str, Drug] = {}
        self._names: dict[str, Drug | None] = {}
        self._class_names: dict[str, frozenset[str]] = {}
        self._take(medicines, told)
        self._called(self.classes.values())

    def of_code(self, code: str) -> Drug | None:
        """The medicine of the formulary, or the substance, with this code."""
        found = self._medicines.get(code)
        if found is None and (one := self._substances.get(code)) is not None:
            return self._of_substances((one,))
        return found

    def of_term(self, term: Term) -> Drug | None:
        """By its code where that is of the formulary, else by its names, when they agree."""
        if self._formulary and term.system == self._formulary and term.code:
            return self._medicines.get(term.code)
        told = [self.named(one) for one in dict.fromkeys((term.text, term.display)) if one]
        found = [one for one in told if one is not None]
        same = {frozenset(part.code for part in one.substances) for one in found}
        return found[0] if len(same) == 1 else None

    def substance(self, code: str) -> Substance | None:
        """The substance with this code."""
        return self._substances.get(code)

    def all(self) -> Iterator[Substance]:
        """Every substance."""
        return iter(self._substances.values())

    def medicines(self) -> Iterator[Drug]:
        """Every medicine whose composition is known, and every mixture with a name of its own."""
        return iter(self._medicines.values())

    def members(self, code: str) -> frozenset[str]:
        """Codes of the substances in a class; none where it is not known."""
        found = self.classes.get(code)
        return found.members if found is not None else frozenset()

    def named(self, text: str) -> Drug | None:
        """The drug somebody means by `text`, or None."""
        return self._one(text) or self._combined(text)

    def classes_named(self, text: str) -> frozenset[str]:
        """Codes of the classes of this name: `penicillins`, `青霉素类`; none where it is none."""
        for names in self._wording.reactions.spellings(tokens_of(text)):
            found = [self._class_names.get(key_of(one), frozenset()) for one in names]
            if any(found):
                return frozenset(chain.from_iterable(found))
        return frozenset()

    def allergen(self, text: str) -> Allergen:
        """What an allergy names: `penicillin allergy`, `磺胺类过敏`, `amoxicillin`."""
        for names in self._wording.reactions.spellings(tokens_of(text)):
            told = {self.named(" ".join(one)) for one in names} - {None}
            if len(told) == 1:
                return Allergen(told.pop(), self.classes_named(text))
        return Allergen(None, self.classes_named(text))

    def shared_names(self) -> tuple[str, ...]:
        """Names that mean nothing because more than one drug has them."""
        return tuple(sorted(key for key, drug in self._names.items() if drug is None))

    def _take(self, medicines: Iterable[Medicine], told: Mapping[str, Known]) -> None:
        """The names of the formulary go before those of substances."""
        listed = tuple({one.code: one for one in reversed(tuple(medicines))}.values())[::-1]
        for one in listed:
            if one.substances and all(code in self._substances for code in one.substances):
                parts = tuple(self._substances[code] for code in one.substances)
                self._medicines[one.code] = Drug(one.code, one.name, parts)
        self._alone = _alone(self._medicines.values())
        self._whole = _whole(self._medicines.values())
        for one in listed:
            if (drug := self._medicines.get(one.code)) is not None:
                self._call(drug, (one.name.name, one.name.english, *one.aliases), self._names)
        ours: dict[str, Drug | None] = {}
        for known in told.values():
            name, code = known.substance.name, known.substance.code
            drug = self._of_substances((known.substance,))
            self._call(drug, (name.name, name.english, code, *known.aliases), ours)
        self._names = {**ours, **self._names}
        for one in listed:
            if not one.substances:
                self._derive(one)

    def _derive(self, one: Medicine) -> None:
        """A medicine whose composition nobody wrote down is what both its names say, or unknown."""
        told = [self.named(name) for name in (one.name.name, one.name.english) if name]
        found = {tuple(part.code for part in drug.substances): drug for drug in told if drug}
        if len(found) == 1:
            (drug,) = found.values()
            self._medicines[one.code] = Drug(one.code, one.name, drug.substances)

    def _call(self, drug: Drug, names: Iterable[str], index: dict[str, Drug | None]) -> None:
        """Two drugs of one name and one composition are the first of them; others are nobody."""
        for name in dict.fromkeys(key_of(tokens_of(name)) for name in names if name):
            before = index.setdefault(name, drug)
            if before is not None and before.substances != drug.substances:
                index[name] = None

    def _called(self, classes: Iterable[SubstanceClass]) -> None:
        for one in classes:
            for name in (one.code, one.name.name, one.name.english, *one.aliases):
                key = key_of(tokens_of(name))
                self._class_names[key] = self._class_names.get(key, frozenset()) | {one.code}

    def _of_substances(self, parts: tuple[Substance, ...]) -> Drug:
        """The medicine of the formulary that is just these, or a drug of that name."""
        if len(parts) == 1:
            found = self._alone.get(parts[0].code)
            return found or Drug(parts[0].code, parts[0].name, parts)
        found = self._whole.get(frozenset(one.code for one in parts))
        if found is not None:
            return found
        name = Named(
            "/".join(one.name.name for one in parts),
            "/".join(one.name.english or one.name.name for one in parts),
        )
        return Drug("+".join(one.code for one in parts), name, parts)

    def _one(self, text: str) -> Drug | None:
        return self._looked_up(tokens_of(text))

    def _looked_up(self, tokens: Tokens) -> Drug | None:
        for names in self._wording.affixes.spellings(tokens):
            keys = {key_of(one) for one in names} & self._names.keys()
            if keys:
                found = {self._names[key] for key in keys}
                return found.pop() if len(found) == 1 else None
        return None

    def _combined(self, text: str) -> Drug | None:
        """`X and Y`, `X/Y`, `X-Y`, `XY` in Chinese: every part is a name, or it is none."""
        for parts in (self._joined.split(text), _HYPHEN.split(text)):
            if 1 < len(parts) <= _PARTS:
                return self._whole_of([self._one(part) for part in parts])
        tokens = tokens_of(text)
        if len(tokens) == 1 and is_chinese(text):
            told = {self._whole_of(parts) for parts in self._written_together(tokens[0])} - {None}
            return told.pop() if len(told) == 1 else None
        return None

    def _written_together(self, text: str) -> Iterator[list[Drug | None]]:
        """Both halves of a Chinese name that is two names in one."""
        for at in range(2, len(text) - 1):
            halves = [self._looked_up((text[:at],)), self._looked_up((text[at:],))]
            if None not in halves:
                yield halves

    def _whole_of(self, told: Iterable[Drug | None]) -> Drug | None:
        parts: dict[str, Substance] = {}
        for one in told:
            if one is None:
                return None
            parts |= {part.code: part for part in one.substances}
        return self._of_substances(tuple(parts.values()))


def _joining(joiners: Iterable[str]) -> re.Pattern[str]:
    words = (re.escape(one.strip()) if one == one.strip() else _spaced(one) for one in joiners)
    return re.compile(rf"\s*(?:{'|'.join(words)})\s*", re.IGNORECASE)


def _spaced(word: str) -> str:
    return rf"(?<=\s){re.escape(word.strip())}(?=\s)"


def _alone(drugs: Iterable[Drug]) -> Mapping[str, Drug]:
    """By substance, the medicine that holds nothing else; of several the one of that name."""
    found: dict[str, list[Drug]] = {}
    for one in drugs:
        if len(one.substances) == 1:
            found.setdefault(one.substances[0].code, []).append(one)
    chosen = {code: _plain(code, several) for code, several in found.items()}
    return {code: one for code, one in chosen.items() if one is not None}


def _plain(code: str, several: list[Drug]) -> Drug | None:
    if len(several) == 1:
        return several[0]
    own = several[0].substances[0].name
    return next((one for one in several if one.name.english in (own.english, code)), None)


def _whole(drugs: Iterable[Drug]) -> Mapping[frozenset[str], Drug]:
    """By composition, the first medicine of several substances."""
    found: dict[frozenset[str], Drug] = {}
    for one in drugs:
        found.setdefault(frozenset(part.code for part in one.substances), one)
    return found
