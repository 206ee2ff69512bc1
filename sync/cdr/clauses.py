"""A search as values: what any store must be able to answer."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Compare(enum.Enum):
    """The prefixes of R4 §3.1.1.5 that ranges are compared by."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    LT = "lt"
    GE = "ge"
    LE = "le"
    SA = "sa"
    EB = "eb"


class TextMatch(enum.Enum):
    STARTS = "starts"
    CONTAINS = "contains"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class TokenIs:
    """A coded value. `system` None: any; empty: none. `code` empty: any of the system."""

    parameter: str
    code: str
    system: str | None


@dataclass(frozen=True, slots=True)
class TextIs:
    parameter: str
    match: TextMatch
    text: str


@dataclass(frozen=True, slots=True)
class LinksTo:
    """A reference to one of `targets` (`Type/id` or an address)."""

    parameter: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InRange:
    """A date, number or quantity compared with `low`..`high`."""

    parameter: str
    compare: Compare
    low: float
    high: float
    system: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """The parameter has any value at all."""

    parameter: str
    kind: str


@dataclass(frozen=True, slots=True)
class IdIn:
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Updated:
    """`lastUpdated`, in microseconds like every date here."""

    compare: Compare
    low: float
    high: float


Leaf = TokenIs | TextIs | LinksTo | InRange | Present | IdIn | Updated


@dataclass(frozen=True, slots=True)
class Clause:
    """True of a resource that fits any leaf; or, `negated`, none."""

    any_of: tuple[Leaf, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class SortKey:
    """`parameter` may be `_id` or `_lastUpdated`; resources without a value come last."""

    parameter: str
    kind: str
    descending: bool = False


def holds(compare: Compare, row: tuple[float, float], asked: tuple[float, float]) -> bool:
    """Whether a range in a resource fits the range asked for (R4 §3.1.1.5.6)."""
    (low, high), (first, last) = row, asked
    inside = low >= first and high <= last
    fits = {
        Compare.EQ: inside,
        Compare.NE: not inside,
        Compare.GT: high > last,
        Compare.LT: low < first,
        Compare.GE: high > last or inside,
        Compare.LE: low < first or inside,
        Compare.SA: low > last,
        Compare.EB: high < first,
    }
    return fits[compare]
