"""Where and how each kind of fault is shown: the one table."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from app.kernel.faults import Fault, FaultKind
from resources.styles.tokens import Tone


class Place(enum.Enum):
    """Where the reader looks for it."""

    STATUS_BAR = "status-bar"
    SIGN_IN_SHEET = "sign-in-sheet"
    REVIEW_PAGE = "review-page"
    FIELD = "field"
    BANNER = "banner"


@dataclass(frozen=True, slots=True)
class Showing:
    """How a fault is shown.

    Attributes:
        place: Where.
        tone: What it claims.
        sentence: The code of what to say beside the fault's own message.
        action: The code of the offered next step, empty for none.
        stays: It may not be dismissed before it is dealt with.
    """

    place: Place
    tone: Tone
    sentence: str
    action: str = ""
    stays: bool = False


SHOWINGS: dict[FaultKind, Showing] = {
    FaultKind.OFFLINE: Showing(
        Place.STATUS_BAR, Tone.LOCAL, "fault.place.offline", "fault.act.offline"
    ),
    FaultKind.SIGNED_OUT: Showing(
        Place.SIGN_IN_SHEET,
        Tone.CAUTION,
        "fault.place.signed_out",
        "fault.act.signed_out",
        stays=True,
    ),
    FaultKind.CONFLICT: Showing(
        Place.REVIEW_PAGE, Tone.LOCAL, "fault.place.conflict", "fault.act.conflict", stays=True
    ),
    FaultKind.REFUSED: Showing(Place.FIELD, Tone.CAUTION, "fault.place.refused"),
    FaultKind.STORAGE: Showing(
        Place.BANNER, Tone.DANGER, "fault.place.storage", "fault.act.storage", stays=True
    ),
    FaultKind.BUG: Showing(
        Place.BANNER, Tone.CAUTION, "fault.place.bug", "fault.act.bug", stays=True
    ),
}


def showing(fault: Fault) -> Showing:
    """How to show `fault`."""
    return SHOWINGS[fault.kind]
