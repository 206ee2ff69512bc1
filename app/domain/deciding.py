"""Passing a warning: the answer to a card, why it may be given, and what an order carries of it."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.people import Privilege, Session
from app.domain.terms import Named, PractitionerId, Term

LEAST_WORDS = 4
"""Letters below which a reason in words of one's own says nothing."""


def says_enough(words: str) -> bool:
    """Whether `words` give a reason: four letters or more, and not one letter again and again."""
    told = "".join(words.split())
    return len(told) >= LEAST_WORDS and len(set(told)) > 1


@dataclass(frozen=True, slots=True)
class OverrideReason:
    """Why a warning may be passed; a row of `resources/packs/override_reasons`.

    Attributes:
        key: The digit that chooses it, from 1.
        needs_text: It says too little alone: words of one's own go with it.
        offers_monitoring: What is watched instead can be ordered at once.
    """

    key: int
    name: Term
    needs_text: bool = False
    offers_monitoring: bool = False

    @property
    def code(self) -> str:
        return self.name.code


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """What the author of an order says to a card that interrupts: it is passed, and why.

    Attributes:
        card: `Card.key`.
        reason: Code of an `OverrideReason`.
        text: In words of one's own.
        witness: The second person, signed in beside the author; a hard stop needs one.
        shown_ms: How long the card was on the screen, where that was measured.
    """

    card: str
    reason: str
    text: str = ""
    witness: Session | None = None
    shown_ms: int | None = None


class Want(enum.Enum):
    """What an answer lacks."""

    ANSWER = "unanswered"
    REASON = "reason-unknown"
    WORDS = "words-missing"
    SECOND = "second-missing"
    SAME_PERSON = "second-same"
    MAY_NOT = "second-may-not"


def wanting(
    answer: CardAnswer | None,
    reasons: Iterable[OverrideReason],
    author: PractitionerId,
    *,
    needs_second: bool,
) -> Want | None:
    """What `answer` lacks to let a card pass; None when it does.

    Args:
        answer: What was said, or None.
        reasons: Those that may be given.
        author: Whose order it is; nobody is their own second person.
        needs_second: Whether the card is a hard stop.
    """
    if answer is None:
        return Want.ANSWER
    reason = next((one for one in reasons if one.code == answer.reason), None)
    if reason is None:
        return Want.REASON
    if (reason.needs_text or answer.text.strip()) and not says_enough(answer.text):
        return Want.WORDS
    return _second(answer.witness, author) if needs_second else None


def _second(witness: Session | None, author: PractitionerId) -> Want | None:
    if witness is None:
        return Want.SECOND
    if witness.clinician.id == author:
        return Want.SAME_PERSON
    return None if witness.can(Privilege.RELEASE_HARD_STOP) else Want.MAY_NOT


@dataclass(frozen=True, slots=True)
class Override:
    """A warning that was passed, as the order carries it to whoever reads or gives it.

    Attributes:
        check: Name of the check (`ddi`, `allergy` …).
        tier: `hard-stop` or `interruptive`.
        rule: `rule@pack`.
        subjects: What it was about, drugs first.
        reason: `OverrideReason.name`, as it was when it was given.
        text: In the author's own words, or "".
        card: `Card.key`.
        at: None where the record does not say.
        witness_name: The second person, or "".
    """

    check: str
    tier: str
    rule: str
    subjects: tuple[Named, ...]
    reason: Term
    text: str = ""
    card: str = ""
    by: PractitionerId | None = None
    by_name: str = ""
    at: datetime | None = None
    witness: PractitionerId | None = None
    witness_name: str = ""

    @property
    def hard(self) -> bool:
        """Whether a second person had to agree."""
        return self.tier == "hard-stop"
