"""What a page is opened for, and where it may send the user. Knows no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.domain.people import Session
from app.domain.terms import PatientId


class Navigator(Protocol):
    """Where a page may send the user. The shell grants it."""

    def open_patient(
        self, patient: PatientId, workspace: str = "overview", focus: str = ""
    ) -> None:
        """Open a chart (asking for a reason where one is needed) on one of its workspaces."""
        ...

    def open_place(self, place: str, focus: str = "") -> None:
        """Open a page that is not about one patient: `ward`, `queue`, `inbox` or another."""
        ...


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page is opened for.

    Attributes:
        session: The session of the moment; it changes when the lease is renewed.
        patient: Whose chart, for a patient workspace.
        focus: What to show first: a reference, an order id, a ward; "" for nothing in particular.
    """

    session: Callable[[], Session]
    navigator: Navigator
    patient: PatientId | None = None
    focus: str = ""
