"""What the critical values page reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from app.domain.census import Ward
from app.domain.critical_values import CriticalValue
from app.domain.terms import Ref, WardId


@dataclass(frozen=True, slots=True)
class Limit:
    """Outside of which a value of one analyte is critical; itself it is not.

    Attributes:
        unit: UCUM code; a value in another unit is not compared.
    """

    system: str
    code: str
    unit: str
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CriticalWard:
    """The critical values of those who lie on a ward.

    Attributes:
        as_of: Since when nothing newer is known of the ward; None when it never came whole.
    """

    ward: Ward
    values: tuple[CriticalValue, ...]
    as_of: datetime | None


class CriticalReads(Protocol):
    def ward(self, ward: WardId, done_since: datetime, unflagged_since: datetime) -> CriticalWard:
        """Those nobody took note of, however old, and those taken note of since `done_since`.

        Values that the laboratory did not flag and that lie outside the hospital's table are
        among them when they were issued since `unflagged_since`.
        """
        ...

    def value(self, observation: Ref) -> CriticalValue | None:
        """One of them as it is now; None when it is not here."""
        ...
