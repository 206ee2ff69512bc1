"""The local engine as a decision-support service of others: what is asked, what is answered."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

from app.fhir.document import Document, Json


class Verdictless(enum.Enum):
    """Why there is no answer."""

    UNKNOWN_SERVICE = "unknown-service"
    NOT_A_CALL = "not-a-call"
    LACKS_DATA = "lacks-data"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, or why there is none.

    Attributes:
        missing: Keys of the prefetch without which nothing can be said.
    """

    body: Document | None = None
    why: Verdictless | None = None
    missing: tuple[str, ...] = ()


class HookAnswering(Protocol):
    """Answers hooks out of what comes with them. Reads no cache and keeps nothing."""

    def services(self) -> Document:
        """The discovery document."""
        ...

    def answer(self, service: str, value: Json) -> Given: ...
