"""What a check of the decision engine answers: what it found, and what it could not look at."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from app.domain.quantities import Quantity
from app.domain.terms import Named
from app.kernel.faults import Message


class Tier(enum.Enum):
    """How loudly a finding is told, loudest first."""

    HARD_STOP = "hard-stop"
    """Only a second person with a reason lets it pass."""
    INTERRUPTIVE = "interruptive"
    """Shown in the one window at signing; passed with a reason."""
    INLINE = "inline"
    """A warning on the line of the order."""
    DRAWER = "drawer"
    """Information for whoever opens it."""
    SILENT = "silent"
    """Kept in the journal only."""

    @property
    def rank(self) -> int:
        """0 is the loudest."""
        return _LOUDEST_FIRST.index(self)

    @property
    def interrupts(self) -> bool:
        return self in (Tier.HARD_STOP, Tier.INTERRUPTIVE)

    def at_most(self, other: Tier) -> Tier:
        """The quieter of the two."""
        return max(self, other, key=lambda tier: tier.rank)


_LOUDEST_FIRST = tuple(Tier)


class Check(enum.Enum):
    """What is looked at; the names are those of `evaluate orders`."""

    INTERACTION = "ddi"
    ALLERGY = "allergy"
    ALLERGY_CLASS = "allergy-class"
    ALLERGY_CROSS = "allergy-cross"
    ALLERGY_UNKNOWN = "allergy-unknown"
    ALLERGY_UNCODED = "allergy-uncoded"
    DUPLICATE = "duplicate"
    DUPLICATE_CLASS = "duplicate-class"
    DOSE_SINGLE = "dose-single"
    DOSE_DAILY = "dose-daily"
    DOSE_BODY = "dose-mgkg"
    DOSE_FREQUENCY = "dose-frequency"
    DOSE_UNIT = "dose-unit-missing"
    ROUTE = "route"
    RATE = "rate"
    RENAL = "renal"
    HEPATIC = "hepatic"
    PREGNANCY = "pregnancy"
    LACTATION = "lactation"
    AGE = "age"
    LABORATORY = "lab"
    DISEASE = "disease"
    COMPATIBILITY = "iv-compat"
    ANTIMICROBIAL = "antimicrobial-tier"
    SKIN_TEST = "skin-test"


class Moment(enum.Enum):
    """When the engine is asked; `order-*` and `patient-view` are hooks of CDS Hooks 2.0."""

    SELECT = "order-select"
    SIGN = "order-sign"
    DISPATCH = "order-dispatch"
    ADMINISTER = "wardone-administer"
    RESULT = "wardone-result"
    OPEN = "patient-view"
    DISCHARGE = "encounter-discharge"


@dataclass(frozen=True, slots=True)
class Saying:
    """A `Message` whose gaps may be filled by names that have two languages."""

    code: str
    words: tuple[tuple[str, Named | str | int], ...] = ()

    @classmethod
    def of(cls, code: str, **words: Named | str | int) -> Saying:
        return cls(code, tuple(sorted(words.items())))

    def message(self, language: str) -> Message:
        """The message for a reader of `language`."""
        told = {
            name: word.shown(language) if isinstance(word, Named) else word
            for name, word in self.words
        }
        return Message.of(self.code, **told)


ENGINE = "engine"
"""What stands for the pack of a rule that is the engine's own."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a rule comes from.

    Attributes:
        rule: Its id within its pack; of a rule of the engine itself, its name.
        pack: `id@version`, or `ENGINE`.
        source: The publication or the list it was taken from.
        status: `draft`, `pilot`, `active` …, as in the row.
        signed_by: Who answers for the row, or "".
        valid_from: ISO date, or "".
    """

    rule: str
    pack: str
    source: str
    status: str
    signed_by: str = ""
    valid_from: str = ""

    @property
    def may_interrupt(self) -> bool:
        """Only what somebody answers for stops a clinician; a draft informs."""
        return self.status == "active"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact of the chart that a finding rests on.

    Attributes:
        what: What it is, for a reader.
        value: As recorded.
        at: When it was measured or recorded, where that is known.
    """

    what: Named
    value: Quantity | Named | str
    at: datetime | None = None


class Remedy(enum.Enum):
    """What a suggestion does to the draft."""

    REMOVE = "remove"
    DOSE = "dose"
    FREQUENCY = "frequency"
    ROUTE = "route"
    DILUENT = "diluent"
    REPLACE = "replace"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something a click does to the draft; nothing is ever done by itself.

    Attributes:
        line: Key of the line it changes; of `ADD` the line it belongs to.
        value: The new dose and unit (`500 mg`), code of the frequency or route, code of the drug
            or of the item to order; "" for `REMOVE`.
        name: Of what is chosen, for a reader.
    """

    remedy: Remedy
    line: str
    value: str = ""
    name: Named | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that speaks against an order, or that its author should know.

    Attributes:
        lines: Keys of the lines it is about, the new ones first.
        subjects: What it is about, by name, in the order of `said`: drugs first.
        said: The sentence.
        advice: What the rule itself advises, in its own words, or None.
        evidence: The facts it rests on.
        suggestions: What would answer it, the best first.
    """

    check: Check
    tier: Tier
    lines: tuple[str, ...]
    subjects: tuple[Named, ...]
    origin: Origin
    said: Saying
    advice: Named | None = None
    evidence: tuple[Evidence, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A check that could not look, and why.

    Attributes:
        lines: Keys of the lines it would have looked at; () is all of them.
    """

    check: Check
    why: Saying
    lines: tuple[str, ...] = ()


class Outcome(enum.Enum):
    """What became of a check."""

    CHECKED = "checked"
    NOT_APPLICABLE = "not-applicable"
    NOT_CHECKABLE = "not-checkable"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one check says.

    Attributes:
        applies: There was something it is about. Without, there are no findings and no gaps.
    """

    check: Check
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    applies: bool = True

    @property
    def outcome(self) -> Outcome:
        """A check that could look only in part is not *checked*."""
        if not self.applies:
            return Outcome.NOT_APPLICABLE
        return Outcome.NOT_CHECKABLE if self.gaps else Outcome.CHECKED
