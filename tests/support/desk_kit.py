"""A desk whose tasks run at once, a session, and a navigator that writes down where it was sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from app.domain.people import Clinician, Privilege, Role, Session
from app.domain.terms import Named, PatientId, PractitionerId, WardId
from app.kernel.changes import ChangeFeed
from app.kernel.tasks import CancelToken, Done, Lane, TaskRunner, Work, attempt
from ui.runtime.desk import Desk
from ui.runtime.language import Languages
from ui.runtime.shortcuts import Shortcuts
from ui.runtime.theme import theme
from ui.runtime.visits import Visit
from widgets.look import Look

T = TypeVar("T")
NOW = datetime(2026, 11, 24, 6, 2, 40, tzinfo=UTC)
WANG = Clinician(
    PractitionerId("dr-wang"),
    "wang",
    Named("王建国", "Wang Jianguo"),
    Role.ATTENDING,
    (WardId("ward-3"),),
    NOW - timedelta(days=40),
)


class ImmediateRunner:
    """Runs everything where it is asked for; a cancelled task answers nobody."""

    def submit(self, lane: Lane, work: Work[T], done: Done[T], token: CancelToken) -> None:
        del lane
        result = attempt(work, token)
        if not token.cancelled:
            done(result)


class PatientRunner:
    """Holds everything back until it is told to go on, in any order."""

    def __init__(self) -> None:
        self.held: list[Callable[[], None]] = []

    def submit(self, lane: Lane, work: Work[T], done: Done[T], token: CancelToken) -> None:
        def run() -> None:
            if token.cancelled and lane is not Lane.STORE:
                return
            result = attempt(work, token)
            if not token.cancelled:
                done(result)

        self.held.append(run)

    def go_on(self) -> None:
        held, self.held = self.held, []
        for run in held:
            run()


class StillClock:
    """Stands where it is put."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - NOW).total_seconds()


class Diary:
    """A navigator that goes nowhere and remembers."""

    def __init__(self) -> None:
        self.patients: list[tuple[str, str, str]] = []
        self.places: list[tuple[str, str]] = []

    def open_patient(
        self, patient: PatientId, workspace: str = "overview", focus: str = ""
    ) -> None:
        self.patients.append((patient, workspace, focus))

    def open_place(self, place: str, focus: str = "") -> None:
        self.places.append((place, focus))


def a_session(who: Clinician = WANG, *, lacks: frozenset[Privilege] = frozenset()) -> Session:
    """A session that may do everything but what it lacks."""
    return Session(who, NOW, True, NOW + timedelta(hours=24), frozenset(Privilege) - lacks)


def a_visit(diary: Diary, session: Session | None = None, focus: str = "") -> Visit:
    held = session or a_session()
    return Visit(lambda: held, diary, focus=focus)


def a_desk(
    runner: TaskRunner | None = None, languages: Languages | None = None, look: Look | None = None
) -> Desk:
    """A desk of real parts; presenters need no application for it."""
    spoken = languages or Languages("en")
    return Desk(
        spoken,
        look or Look(theme("light"), spoken),
        runner or ImmediateRunner(),
        ChangeFeed(),
        Shortcuts(),
    )
