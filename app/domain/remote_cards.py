"""What a remote decision-support service says, as far as it may be believed and shown."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from app.domain.prose import Prose
from app.domain.terms import Term


class Urgency(enum.Enum):
    """How urgent the service thinks its card is (CDS Hooks 2.0.1, `indicator`)."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 is the most urgent."""
        return _WORST_FIRST.index(self)


_WORST_FIRST = (Urgency.CRITICAL, Urgency.WARNING, Urgency.INFO)


class ChangeKind(enum.Enum):
    """What a suggestion does to a draft. There is nothing here that touches a signed order."""

    REMOVE = "remove"
    REPLACE = "replace"
    DOSE = "dose"
    ROUTE = "route"
    FREQUENCY = "frequency"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class DraftChange:
    """One change of one draft.

    Attributes:
        line: Key of the draft; "" of an addition.
        value: The new dose with its unit (`500 mg`), or the code of route or frequency; "" else.
        term: The medication or item that replaces or is added.
    """

    kind: ChangeKind
    line: str = ""
    value: str = ""
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class RemoteSuggestion:
    """Something a click may do, and only a click.

    Attributes:
        id: As the feedback names it; "" when the service gave none.
        changes: All of it, or () when a part of it is nothing that can be done to a draft here:
            then the label is shown, and a person does it by hand or not.
    """

    label: str
    id: str = ""
    changes: tuple[DraftChange, ...] = ()
    recommended: bool = False

    @property
    def by_hand(self) -> bool:
        return not self.changes


@dataclass(frozen=True, slots=True)
class Link:
    """An address to be opened in the browser of the system."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class RemoteCard:
    """One card of a service.

    Attributes:
        id: As the feedback names it; "" when the service gave none and wants none.
        summary: One sentence of the service.
        source: Who the service says is behind it.
        reasons: With which it may be overridden, by the service's own list; may be empty.
        one_at_most: Only one of the suggestions may be taken.
    """

    summary: str
    urgency: Urgency
    source: Link
    id: str = ""
    detail: Prose = ()
    suggestions: tuple[RemoteSuggestion, ...] = ()
    one_at_most: bool = False
    reasons: tuple[Term, ...] = ()
    links: tuple[Link, ...] = ()


class Reply(enum.Enum):
    """What a clinician did about a card. A card that was ignored is not reported."""

    ACCEPTED = "accepted"
    OVERRIDDEN = "overridden"
