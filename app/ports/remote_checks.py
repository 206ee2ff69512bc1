"""What a remote decision-support service is asked, what it said in time, and what came late."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.remote_cards import RemoteCard
from app.domain.terms import OrderId, PatientId, Ref
from app.fhir.cds_hooks import Feedback, HookCall
from app.fhir.document import Document
from app.kernel.faults import Message


class Came(enum.Enum):
    """What became of one question to one service."""

    ANSWERED = "answered"
    LATE = "late"
    """Still under way: its cards come afterwards, and attach to what was signed."""
    OFFLINE = "offline"
    """Nobody was reached: not checked remotely."""
    PAUSED = "paused"
    """It failed three times in a row and is left alone for a while."""
    NO_DATA = "no-data"
    """It says that it cannot judge by what it was given (HTTP 412)."""
    FAILED = "failed"
    """It was reached and gave no answer that can be used."""


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """What one service said.

    Attributes:
        service: Its id in the hospital's list.
        name: As clinicians know it.
        why: Unless it answered: why there is nothing, for the strip at the sign sheet.
        refused: Rules that cards broke which are not shown; of what it answered.
    """

    service: str
    name: str
    came: Came
    cards: tuple[RemoteCard, ...] = ()
    why: Message | None = None
    refused: tuple[str, ...] = ()

    @property
    def is_checked(self) -> bool:
        """Everything it said is here. A card that could not be read may have been a warning."""
        return self.came is Came.ANSWERED and not set(self.refused) - {"system-actions"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What came within the limit, of every service that is asked at this moment.

    Attributes:
        instance: Names this question; what comes late, and feedback, refer to it.
        answers: In the order of the hospital's list; empty where no service is configured.
    """

    instance: str
    answers: tuple[ServiceAnswer, ...] = ()

    @property
    def unchecked(self) -> tuple[ServiceAnswer, ...]:
        """Those of whom it must not be said that they have checked."""
        return tuple(one for one in self.answers if not one.is_checked)

    @property
    def late(self) -> tuple[ServiceAnswer, ...]:
        return tuple(one for one in self.answers if one.came is Came.LATE)


class RemoteChecks(Protocol):
    """The services of the hospital. They add to the local engine; none of them blocks alone."""

    def ask(self, call: HookCall) -> Asked:
        """Ask all services of the hook; returns when all have answered or the limit has passed.

        Waits: never call it on the thread that draws, nor on STORE. Nothing is raised for what a
        service does or does not do.
        """
        ...

    def signed(self, instance: str, orders: Mapping[str, OrderId]) -> None:
        """The drafts of this question (by key) have become orders: late cards belong to them.

        Raises:
            AppError: `STORAGE`.
        """
        ...

    def of_order(self, order: OrderId) -> tuple[ServiceAnswer, ...]:
        """What came late about an order that was signed meanwhile, newest first."""
        ...

    def reply(self, service: str, feedback: Feedback) -> None:
        """Tell the service what became of its card; waits in the outbox until it was heard.

        Raises:
            AppError: `STORAGE`.
        """
        ...


class PrefetchReads(Protocol):
    """Documents of a patient, for the queries of a service."""

    def whole(self, patient: PatientId, rtype: str) -> tuple[Document, ...] | None:
        """All documents of a type, as they read here; None unless they are here completely."""
        ...

    def one(self, patient: PatientId, ref: Ref) -> Document | None:
        """A document of the patient, or one that is nobody's (a practitioner, a ward)."""
        ...


@dataclass(frozen=True, slots=True)
class LateResponse:
    """An answer that came after the order was signed, as bytes of the service."""

    instance: str
    service: str
    patient: PatientId
    at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class WaitingFeedback:
    """Feedback that was not yet heard.

    Attributes:
        number: Its place in the outbox.
        body: The request, as it is posted.
    """

    number: int
    service: str
    body: bytes
    attempts: int


class RemoteAnswers(Protocol):
    """Kept on this workstation: late answers, and feedback until it was heard."""

    def keep_late(self, late: LateResponse) -> None:
        """Keep it, in place of an earlier one of the same question and service."""
        ...

    def attach(self, instance: str, orders: Mapping[str, OrderId], at: datetime) -> None:
        """Remember which orders a question was about."""
        ...

    def late_of(self, order: OrderId) -> tuple[LateResponse, ...]:
        """Late answers about an order, newest first."""
        ...

    def put(self, service: str, body: bytes, at: datetime) -> None:
        """Put feedback into the outbox. Durable when it returns."""
        ...

    def due(self, now: datetime, limit: int) -> tuple[WaitingFeedback, ...]:
        """Feedback that may be sent now, oldest first."""
        ...

    def heard(self, number: int) -> None:
        """Take one out of the outbox."""
        ...

    def put_off(self, number: int, until: datetime) -> None:
        """Count an attempt, and try no sooner than `until`."""
        ...
