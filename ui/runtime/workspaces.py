"""How the shell opens what the features offer, without either knowing the other."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from app.domain.people import Privilege
from ui.runtime.page import Page
from ui.runtime.visits import Visit


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
class FollowsTime(Protocol):
    """A page that says ages or draws "now". It is told once a minute while it is seen. Optional."""

    def pass_time(self) -> None: ...


@runtime_checkable
class TakesFocus(Protocol):
    """A page that can be sent to another order, note or ward while it stays open. Optional."""

    def focus_on(self, focus: str) -> None: ...
