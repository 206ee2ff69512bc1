"""What the tracker of closed loops reads, and how it knows that it need not read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.census import Ward
from app.domain.loop_marks import Mark, Signature
from app.domain.orders import OrderLine
from app.domain.terms import Named, PatientId, Ref, WardId

Stamp = tuple[int, ...]
"""Differs whenever a document that may say something of a loop has changed."""


@dataclass(frozen=True, slots=True)
class WardPatient:
    """Somebody who lies in the ward."""

    id: PatientId
    name: Named
    bed: str


@dataclass(frozen=True, slots=True)
class LoopWard:
    """A ward as the tracker needs it; `as_of` is until when its census is complete."""

    ward: Ward
    patients: tuple[WardPatient, ...]
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one patient's orders and of what followed them.

    Attributes:
        links: Document → what it follows from.
    """

    orders: tuple[OrderLine, ...] = ()
    marks: tuple[Mark, ...] = ()
    links: Mapping[Ref, tuple[Ref, ...]] | None = None
    signatures: tuple[Signature, ...] = ()


class LoopReads(Protocol):
    def ward(self, ward: WardId) -> LoopWard: ...

    def stamps(self, patients: Iterable[PatientId]) -> Mapping[PatientId, Stamp]:
        """The stamp of each; of one about whom nothing is known the same empty one."""
        ...

    def evidence(self, patients: Iterable[PatientId]) -> Mapping[PatientId, Evidence]:
        """Everything of each of them, from one snapshot."""
        ...
