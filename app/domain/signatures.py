"""Signatures under what was written: whose they are, and whether they still hold."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.terms import PractitionerId


class SignatureState(enum.Enum):
    """What a signature is worth; the worst of several counts.

    "Signed" means `VALID` and nothing else: the content as it reads now is what was signed (I14).
    """

    UNSIGNED = "unsigned"
    VALID = "valid"
    UNKNOWN_KEY = "unknown-key"  # it may be right; the key to try it with is not here
    SUPERSEDED = "superseded"  # the content has changed since
    BROKEN = "broken"  # it was not made with the key it names, or not by whom it names


VOID = frozenset({SignatureState.SUPERSEDED, SignatureState.BROKEN})
"""What must not be called signed, whatever the status of the document says."""


class SignerRole(enum.Enum):
    """In which part somebody signed."""

    AUTHOR = "author"
    COUNTERSIGNER = "countersigner"


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature under a document.

    Attributes:
        who: None when the record names nobody we can tell.
        at: When it was made, by the clock of the workstation that made it.
    """

    who: PractitionerId | None
    name: str
    role: SignerRole
    at: datetime | None
    state: SignatureState


_WORSE = (
    SignatureState.VALID,
    SignatureState.UNKNOWN_KEY,
    SignatureState.SUPERSEDED,
    SignatureState.BROKEN,
)


def newest_of_each_role(signed: Iterable[Signed]) -> tuple[Signed, ...]:
    """The signatures that count: whoever signs anew speaks for the part, author first."""
    found: dict[SignerRole, Signed] = {}
    for one in sorted(signed, key=_when):
        found[one.role] = one
    return tuple(found[role] for role in SignerRole if role in found)


def standing(signed: Iterable[Signed]) -> SignatureState:
    """What the signatures under one document are worth together."""
    counting = newest_of_each_role(signed)
    if not counting:
        return SignatureState.UNSIGNED
    return max((one.state for one in counting), key=_WORSE.index)


def _when(one: Signed) -> float:
    return one.at.timestamp() if one.at is not None else float("-inf")
