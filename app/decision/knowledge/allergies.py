"""What is known about allergies: words people record, how grave reactions are, what crosses."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from app.decision.findings import Origin, Tier
from app.decision.knowledge.names import Allergen
from app.decision.situation import Allergy, Truth
from app.decision.substances import CLASS, Drug
from app.domain.terms import Named

NONE_KNOWN = "none-known"
"""Code of the words by which somebody says that there is no allergy."""
_DENIAL = re.compile(r"无|未|否认|没有|不是|\bno\b|\bnot\b|\bnil\b|\bwithout\b|\bdenie[sd]\b")
_CLAUSE = re.compile(r"[,;:，；：。、\n]|\.\s|\bbut\b|但")
_LATIN = re.compile(r"[A-Za-z][A-Za-z-]{4,}")
_PARTS = re.compile(r"[,;，；、+&\n]|/|\band\b|和|及")
_SPACES = re.compile(r"\s+")


Naming = Callable[[str], Allergen]
"""What a name means: `Substances.allergen`."""
_Named = tuple[Named, Drug | None, frozenset[str]]
"""What was written, and the drug and the classes it names."""


class Degree(enum.Enum):
    """How grave a recorded reaction was."""

    SEVERE = "severe"
    MILD = "mild"
    INTOLERANCE = "intolerance"
    """Nothing of an allergy was recorded: nausea, drowsiness."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction, and how people write it."""

    code: str
    degree: Degree
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllergenWord:
    """What people write for a class, or for something that is no drug.

    Attributes:
        codes: Of classes; of an allergen that is no drug its own code (`latex`), of a word that
            says there is none `none-known`.
    """

    codes: frozenset[str]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tiers:
    """How loudly a rule speaks, by what was recorded of the reaction."""

    severe: Tier
    unknown: Tier
    mild: Tier

    def of(self, degree: Degree) -> Tier:
        """What is no allergy at all is told in the drawer at most."""
        if degree is Degree.INTOLERANCE:
            return self.mild.at_most(Tier.DRAWER)
        by_degree = {Degree.SEVERE: self.severe, Degree.UNKNOWN: self.unknown}
        return by_degree.get(degree, self.mild)


@dataclass(frozen=True, slots=True)
class ClassRule:
    """A class whose members are not given to whoever is allergic to it.

    Attributes:
        members: An allergy to one member speaks against the others, too; where not, only one that
            was recorded for the class does.
    """

    code: str
    members: bool
    tiers: Tiers
    origin: Origin
    advice: Named | None = None


@dataclass(frozen=True, slots=True)
class CrossRule:
    """Two groups of drugs that share what people are allergic to.

    Attributes:
        both: It holds in both directions; where not, `first` is what was recorded.
        reactions: Codes of the reactions it is about; () is any. A reaction nobody recorded may
            have been one of these.
    """

    first: frozenset[str]
    second: frozenset[str]
    both: bool
    reactions: frozenset[str]
    tiers: Tiers
    origin: Origin
    advice: Named | None = None

    @property
    def sides(self) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
        """What may have been recorded, and what it then speaks against."""
        there = (self.first, self.second)
        return (there, (self.second, self.first)) if self.both else (there,)


@dataclass(frozen=True, slots=True)
class NoCrossRule:
    """Two groups of drugs of which it is known that nothing crosses."""

    first: frozenset[str]
    second: frozenset[str]


@dataclass(frozen=True, slots=True)
class Against:
    """Everything the pack says about one recorded allergy.

    Attributes:
        classes: Rules of classes it is an allergy to.
        unruled: Codes of recorded classes that no rule is about.
        crosses: Rules that its reaction may mean, with what it crosses with.
        apart: What is known not to cross with it.
    """

    degree: Degree
    classes: tuple[ClassRule, ...]
    unruled: tuple[str, ...]
    crosses: tuple[tuple[CrossRule, frozenset[str]], ...]
    apart: frozenset[str]


@dataclass(frozen=True)
class AllergyBook:
    """The pack, compiled."""

    reactions: tuple[Reaction, ...] = ()
    words: tuple[AllergenWord, ...] = ()
    classes: tuple[ClassRule, ...] = ()
    crosses: tuple[CrossRule, ...] = ()
    nones: tuple[NoCrossRule, ...] = ()
    noise: tuple[str, ...] = ()
    """Words around a name that say only that it is an allergy."""

    def recorded(
        self,
        text: Named,
        reaction: str,
        names: Naming,
        severe: Truth = Truth.UNKNOWN,
    ) -> tuple[Allergy, ...]:
        """What somebody wrote into a list of allergies; () where it says that there is none.

        One entry for each thing it names; where it names nothing that is known, one that says so.
        """
        if self.says_none(text.name):
            return ()
        return tuple(
            Allergy(told, drug, classes, reaction, severe)
            for told, drug, classes in self._named(text, names)
        )

    def says_none(self, text: str) -> bool:
        """Whether the text says that no allergy is known: NKDA, 否认药物过敏史."""
        bare = _folded(text)
        return any(bare in map(_folded, one.words) for one in self.words if NONE_KNOWN in one.codes)

    def degree(self, allergy: Allergy) -> Degree:
        """How grave the reaction was; somebody's word that it was severe goes before its name."""
        if allergy.severe is Truth.YES:
            return Degree.SEVERE
        told = {one.degree for one in self._reactions_in(_reaction_of(allergy))}
        for degree in (Degree.SEVERE, Degree.MILD, Degree.INTOLERANCE):
            if degree in told:
                return degree
        return Degree.MILD if allergy.severe is Truth.NO else Degree.UNKNOWN

    def reactions_of(self, allergy: Allergy) -> frozenset[str]:
        """Codes of the reactions that are recognised in what was recorded."""
        return frozenset(one.code for one in self._reactions_in(_reaction_of(allergy)))

    @cached_property
    def against(self) -> Callable[[Allergy], Against]:
        """What is known of an allergy, remembered: a chart is asked about again and again."""
        return lru_cache(maxsize=256)(self._against)

    def _against(self, allergy: Allergy) -> Against:
        reactions = self.reactions_of(allergy)
        ruled = {rule.code for rule in self.classes}
        return Against(
            degree=self.degree(allergy),
            classes=tuple(rule for rule in self.classes if _is_to(allergy, rule)),
            unruled=tuple(sorted(allergy.classes - ruled)),
            crosses=tuple(
                (rule, ordered)
                for rule in self.crosses
                if not rule.reactions or not reactions or rule.reactions & reactions
                for recorded, ordered in rule.sides
                if concerns(allergy, recorded)
            ),
            apart=frozenset[str]().union(
                *(rule.second for rule in self.nones if concerns(allergy, rule.first))
            ),
        )

    def _reactions_in(self, text: str) -> tuple[Reaction, ...]:
        return tuple(one for one in self.reactions if any(_says(text, word) for word in one.words))

    def _named(self, text: Named, names: Naming) -> Iterator[_Named]:
        whole = self._exactly(text, names)
        parts = [Named(one.strip()) for one in _PARTS.split(text.name) if one.strip()]
        if whole is not None or len(parts) < 2:
            yield whole or self._within(text, names)
            return
        told = [self._exactly(one, names) or self._within(one, names) for one in parts]
        if any(drug is not None or classes for _, drug, classes in told):
            yield from told
        else:
            yield text, None, frozenset()

    def _exactly(self, text: Named, names: Naming) -> _Named | None:
        wordings = [one for one in (text.name, text.english) if one]
        tried = [*wordings, *map(self._bare, wordings)]
        told = [names(one) for one in tried]
        drug = next((one.drug for one in told if one.drug is not None), None)
        folded = set(map(_folded, tried))
        words = (one.codes for one in self.words if folded & set(map(_folded, one.words)))
        classes = frozenset[str]().union(*words, *(one.classes for one in told))
        return (text, drug, classes) if drug is not None or classes else None

    def _within(self, text: Named, names: Naming) -> _Named:
        """The names the text contains, where it is none: a class too many only warns."""
        wordings = [one for one in (text.name, text.english) if one]
        said = (
            one.codes
            for one in self.words
            if NONE_KNOWN not in one.codes
            and any(_says(told, word) for told in wordings for word in one.words if word[1:])
        )
        classes = frozenset[str]().union(*said)
        latin = (word for one in wordings for word in _LATIN.findall(one))
        drug = next((found for one in latin if (found := names(one).drug) is not None), None)
        return text, drug, classes

    def _bare(self, text: str) -> str:
        """Without the words that say only that it is an allergy."""
        bare = _folded(text)
        reactions = (word for one in self.reactions for word in one.words)
        for word in sorted((*reactions, *self.noise), key=len, reverse=True):
            bare = _pattern(word).sub(" ", bare)
        return _SPACES.sub(" ", bare).strip()


def _is_to(allergy: Allergy, rule: ClassRule) -> bool:
    if rule.code in allergy.classes:
        return True
    return rule.members and concerns(allergy, (f"{CLASS}{rule.code}",))


def _reaction_of(allergy: Allergy) -> str:
    """Some write it beside the name of the drug."""
    return allergy.reaction or allergy.text.name


def concerns(allergy: Allergy, subjects: Iterable[str]) -> bool:
    """Whether one of `subjects` is what was recorded."""
    wanted = tuple(subjects)
    if any(one.removeprefix(CLASS) in allergy.classes for one in wanted if one.startswith(CLASS)):
        return True
    return allergy.drug is not None and any(True for _ in allergy.drug.concerning(wanted))


def _folded(text: str) -> str:
    return _SPACES.sub(" ", text.casefold()).strip()


def _says(text: str, word: str) -> bool:
    """Whether the text holds the word, and no clause that holds it denies it."""
    for clause in _clauses(text):
        found = _pattern(word).search(clause)
        if found is not None and _DENIAL.search(clause[: found.start()]) is None:
            return True
    return False


@lru_cache(maxsize=64)
def _clauses(text: str) -> tuple[str, ...]:
    """The same few texts are compared with every word of the pack, for every line."""
    return tuple(_CLAUSE.split(_folded(text)))


@cache
def _pattern(word: str) -> re.Pattern[str]:
    """Chinese anywhere; Latin as a word, also of several; `anaphyla*` as its beginning."""
    stem = word.removesuffix("*")
    folded = re.escape(_folded(stem))
    if not word[:1].isascii():
        return re.compile(folded)
    return re.compile(rf"(?<![a-z]){folded}" + ("" if stem != word else r"(?:e?s)?(?![a-z])"))
