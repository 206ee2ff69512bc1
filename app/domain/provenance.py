"""Who did something to a document, when and why, as the record tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.terms import PractitionerId, Ref


@dataclass(frozen=True, slots=True)
class Target:
    """What a Provenance is about.

    Attributes:
        version: The server version it made, or "" when it does not say.
    """

    ref: Ref
    version: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One Provenance as read; "" and None for what it leaves out.

    Attributes:
        activity: The code of what was done (`order.stop`), or what another program calls it.
        reason: In the author's words.
    """

    targets: tuple[Target, ...]
    author: PractitionerId | None
    author_name: str
    occurred: datetime | None
    recorded: datetime | None
    activity: str
    reason: str

    @property
    def at(self) -> datetime | None:
        """When it was done, else when it was written down."""
        return self.occurred or self.recorded
