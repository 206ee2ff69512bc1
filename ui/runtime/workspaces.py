"""How the shell opens what the features offer, without either knowing the other."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from app.domain.people import Privilege, Session
from app.domain.terms import PatientId
from ui.runtime.page import Page


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


class Scope(enum.Enum):
    PLACE = "place"
    PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Something the left rail (`PLACE`) or the tabs of a chart (`PATIENT`) offer.

    Attributes:
        key: Name by which it is opened and remembered.
        title: Code of its name in the catalogue.
        keys: Its shortcut.
        needs: Who is offered it.
        open: Builds page, presenter and wires.
    """

    key: str
    scope: Scope
    title: str
    icon: str
    needs: Privilege
    open: Callable[[Visit], Page]
    keys: str = ""


@runtime_checkable
class HoldsDraft(Protocol):
    """A page on which something is typed that is not signed yet. Optional."""

    @property
    def draft_is_open(self) -> bool: ...


@runtime_checkable
class TakesFocus(Protocol):
    """A page that can be sent to another order, note or ward while it stays open. Optional."""

    def focus_on(self, focus: str) -> None: ...
