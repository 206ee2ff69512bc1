"""What a line was read as: drafts, what is missing in them, and why words were refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from app.decision.order_text.pieces import Amount, Span

T = TypeVar("T")

ASKABLE = (
    "drug", "dose", "unit", "route", "freq", "duration_d", "diluent", "rate", "weight",
)  # fmt: skip
"""What may be asked for, in the order it is asked."""

REASONS = (
    "allergy", "negation", "narrative", "question", "conditional", "class-name", "taper",
    "several-doses", "contradiction", "change-of-running", "refused-abbreviation",
    "positive-skin-test", "unread", "nothing-to-order",
)  # fmt: skip
"""Why words are not drafted."""


@dataclass(frozen=True, slots=True)
class Said(Generic[T]):
    """A value and the words it came from."""

    value: T
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Diluent:
    """What a drug is dissolved in.

    Attributes:
        name: English generic name in lower case.
        percent: Strength of the solution as said, e.g. `0.9%`; "" when it was not said.
    """

    name: str
    volume: Amount | None
    percent: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something was written in a safer form than it was typed; `code` as `Number.rewritten`."""

    code: str
    span: Span


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One order as far as it was said. None: nobody said so.

    Attributes:
        kind: Value of `OrderClass`.
        drug: English generic name, lower case.
        item: What is ordered where it is no medicine.
        dose: For one administration; unit "" while nobody said one; never multiplied by a weight.
        freq: Code of the frequencies pack in capitals; `Q36H`, `6/D` where it has none.
        when: `AC`, `PC` … beside a frequency.
        prn: `PRN` or `SOS`.
        term: Value of `OrderKind`, when the line says so.
        proposals: Generic names the user may choose from by a click.
        group: The same number for what goes into one bag; 0 for none.
    """

    kind: str
    drug: Said[str] | None = None
    item: Said[str] | None = None
    dose: Said[Amount] | None = None
    dose_range: Said[Amount] | None = None
    form: Said[str] | None = None
    route: Said[str] | None = None
    freq: Said[str] | None = None
    when: Said[str] | None = None
    prn: Said[str] | None = None
    duration_d: Said[int] | None = None
    diluent: Said[Diluent] | None = None
    rate: Said[str] | None = None
    skin_test: Said[str] | None = None
    strength: Said[str] | None = None
    maximum: Said[str] | None = None
    reason: Said[str] | None = None
    term: Said[str] | None = None
    proposals: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    unread: tuple[Span, ...] = ()
    group: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Words that were not drafted, and why; `code` is one of `REASONS`."""

    code: str
    span: Span


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one line said. It is a draft: nothing is signed from it."""

    text: str
    orders: tuple[DraftLine, ...] = ()
    refusals: tuple[Refusal, ...] = field(default=())

    @property
    def ask(self) -> tuple[str, ...]:
        """What is missing in any of the orders."""
        asked = {name for order in self.orders for name in order.ask}
        return tuple(name for name in ASKABLE if name in asked)

    def words(self, span: Span) -> str:
        return self.text[span.start : span.end]
