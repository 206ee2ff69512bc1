"""What a line is made of: words of the lexicon and phrases of the grammar, with their places."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.decision.order_text.lexicon import Entry


@dataclass(frozen=True, slots=True)
class Span:
    """Where words stand in the text: from `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, as said.

    Attributes:
        unit: `mg`, `mg/kg`, `ml/h` …; "" when none was said.
        upper: The other end of a range.
        rewritten: As `Number.rewritten`.
    """

    value: Decimal
    unit: str = ""
    upper: Decimal | None = None
    rewritten: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One word or phrase.

    Attributes:
        kind: `word`, `unknown`, `mark`, or a phrase: `amount`, `number`, `percent`, `strength`,
            `rate`, `daily`, `over`, `duration`, `freq`, `count`, `clock`, `compare`, `measure`,
            `max`, `meal-dose`, `malformed`.
        entries: Uses of a word.
        code: Of a phrase: frequency code, days, the sign of a mark.
    """

    kind: str
    span: Span
    text: str
    entries: tuple[Entry, ...] = ()
    amount: Amount | None = None
    code: str = ""

    def use(self, kind: str) -> Entry | None:
        """What the word means as a `kind`; None if it has no such use."""
        return next((entry for entry in self.entries if entry.kind == kind), None)

    def cue(self, *names: str) -> bool:
        """Whether the word is one of these cues."""
        return any(entry.kind == "cue" and entry.value in names for entry in self.entries)

    @property
    def drug(self) -> Entry | None:
        """The medicine the word surely names."""
        return next((e for e in self.entries if e.kind == "drug" and e.trust == "sure"), None)

    @property
    def proposed(self) -> tuple[str, ...]:
        """Medicines the word may stand for, to be chosen by a click."""
        return tuple(e.value for e in self.entries if e.kind == "drug" and e.trust == "click")

    @property
    def subject(self) -> bool:
        """Whether it names what is ordered."""
        return self.drug is not None or self.use("item") is not None
