"""What the journal of decision support keeps: which rule spoke, who saw it, and what came of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from app.domain.terms import EncounterId, Named, OrderId, PatientId, PractitionerId


class Response(enum.Enum):
    """What became of a finding (decision support, §7.3 of the design)."""

    OVERRIDDEN = "overridden"
    """The order was signed all the same, for a reason."""
    ACCEPTED = "accepted"
    """A suggestion was taken."""
    CHANGED = "changed"
    """The order was changed by hand."""
    REMOVED = "removed"
    """The order was taken out of the basket."""
    IGNORED = "ignored"
    """It was shown beside the order and asked for no answer."""
    ABANDONED = "abandoned"
    """It was shown, and nothing was signed."""
    NOT_SHOWN = "not-shown"
    SIGNED = "signed"
    """No finding: orders were signed. Without these nobody could say how often is often."""


@dataclass(frozen=True, slots=True)
class DecisionEvent:
    """One line of the journal: one rule, once.

    Attributes:
        user: Whose screen it was on.
        hook: The moment (`order-sign`, `order-select`, …).
        instance: The same for all that was said by one asking.
        pack: `id@version`.
        card: Key of the card it was told on; with others where several were one.
        subjects: What it was about, drugs first.
        orders: The orders it was about that were signed then.
        reason: Code of the override reason, or "".
        text: In the author's own words, or "".
        witness: The second person.
        hidden: Why it was not shown (`answered`, `tolerated`, `silent`), or "".
        shown_ms: How long it was on the screen, where that was measured.
        context: Digest of what the engine was told.
        seq, previous, digest: Place in the hash chain; filled by the journal.
    """

    at: datetime
    user: PractitionerId
    user_name: str
    patient: PatientId
    encounter: EncounterId | None
    hook: str
    instance: str
    check: str
    rule: str
    pack: str
    tier: str
    card: str
    response: Response
    subjects: tuple[Named, ...] = ()
    orders: tuple[OrderId, ...] = ()
    reason: str = ""
    text: str = ""
    witness: PractitionerId | None = None
    witness_name: str = ""
    hidden: str = ""
    shown_ms: int | None = None
    context: str = ""
    seq: int = 0
    previous: str = ""
    digest: str = ""
