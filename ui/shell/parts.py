"""What the main window is given besides the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app.domain.people import Session
from app.domain.terms import PatientId
from app.kernel.clock import Clock
from app.ports.keeping import People
from app.ports.sync_store import QueueCounts
from app.services.chart_reading import ChartReading
from app.services.list_saving import ListCopy
from app.services.signing_in import SigningIn
from app.services.ward_viewing import WardViewing

SaveList = Callable[[Session, ListCopy, Path], None]
"""Writes a list that is on the screen to a file, on the access audit."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits for the session; None is not known, and not 0."""

    inbox: int | None = None
    critical: int | None = None


def count_nothing(session: Session) -> Counts:
    """Nobody counts: the top bar says that it does not know."""
    del session
    return Counts()


def look_nowhere(patient: PatientId | None) -> None:
    """Nobody wants to know which patient is in the foreground."""
    del patient


def keep_nothing(session: Session, copy: ListCopy, to: Path) -> None:
    """Nobody writes lists to files."""
    del session, copy, to


def ask_nobody() -> QueueCounts | None:
    """Nobody knows what stands in the outbox between two rounds."""
    return None


@dataclass(frozen=True, slots=True)
class ShellParts:
    """The services of the main window.

    Attributes:
        count: Counts what waits, on the READ lane.
        outbox: Counts what is not sent, on the READ lane, as soon as something was entered; without
            it "all sent" is withdrawn until the next round.
        save_list: Writes a list to a file, on the STORE lane.
        look_at: Told which patient is in the foreground, so that the synchronisation fetches
            that one first; called on the GUI thread.
        auto_lock: Silence after which the screen locks.
    """

    charts: ChartReading
    wards: WardViewing
    signing_in: SigningIn
    people: People
    clock: Clock
    auto_lock: timedelta
    count: Callable[[Session], Counts] = count_nothing
    outbox: Callable[[], QueueCounts | None] = ask_nobody
    save_list: SaveList = keep_nothing
    look_at: Callable[[PatientId | None], None] = look_nowhere
