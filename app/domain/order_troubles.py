"""The act in which an order waits on this workstation, and where something is done about it."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.sending import GroupState
from app.domain.terms import GroupId
from app.kernel.faults import Message

_TO_DECIDE = frozenset({GroupState.CONFLICT, GroupState.HELD, GroupState.REJECTED})


@dataclass(frozen=True, slots=True)
class Trouble:
    """The act that waits with an order in it.

    Attributes:
        why: Why it was refused or waits; None when nothing holds it up.
        server_said: The server's own words, for IT.
    """

    group: GroupId
    state: GroupState
    why: Message | None = None
    server_said: str = ""

    @property
    def place(self) -> str:
        """The page on which something can be done: decided, or looked at in the queue."""
        return "disputes" if self.state in _TO_DECIDE else "queue"

    @property
    def needs_somebody(self) -> bool:
        return self.state in _TO_DECIDE or self.state is GroupState.FENCED
