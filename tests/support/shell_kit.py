"""A window over real services and fake ports: a ward, three charts, a vault, a hospital."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout

from app.domain.chart import Overview
from app.domain.notes import Note
from app.domain.orders import OrderLine
from app.domain.patients import (
    Banner,
)
from app.domain.people import Clinician, Privilege, Role, Session
from app.domain.results import Report, ResultRow, Series
from app.domain.terms import (
    Named,
    NoteId,
    PatientId,
    PractitionerId,
    Ref,
    WardId,
)
from app.kernel.faults import AppError, Fault, FaultKind, app_error
from app.ports.directory import Credentials, Identity, SignedIn, Tokens
from app.ports.sync_store import QueueCounts
from app.services.access import AccessPolicy
from app.services.chart_reading import ChartReading
from app.services.list_saving import ListSaving
from app.services.roles import read_roles
from app.services.signing_in import SigningIn
from app.services.ward_viewing import WardViewing
from resources.reading import path
from tests.support.banner_builders import ward_banners
from tests.support.believable import boards
from tests.support.desk_kit import NOW, WANG, StillClock, a_session
from tests.support.fake_keeping import FakeAccessAudit, FakePeople
from tests.support.fake_reads import FakeWardReads
from tests.support.fake_vault import FakeVault
from tests.support.page_kit import settle
from ui.runtime.desk import Desk
from ui.runtime.dressing import Dressing
from ui.runtime.page import Page
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace
from ui.shell.parts import Counts, ShellParts, keep_nothing
from ui.shell.window import MainWindow
from widgets.naming import named

PASSPHRASE = "three blue herons 7"  # noqa: S105 - of nobody
ROLES = read_roles(path("packs/roles/privileges.tsv"))


@dataclass
class FakeBanners:
    """`ChartReads` that knows banners and nothing else."""

    banners: dict[PatientId, Banner] = field(default_factory=dict)
    unread: dict[PatientId, int] = field(default_factory=dict)
    fault: Fault | None = None

    def banner(self, patient: PatientId) -> Banner | None:
        if self.fault is not None:
            raise AppError(self.fault)
        return self.banners.get(patient)

    def overview(self, patient: PatientId, since: datetime) -> Overview | None:
        del patient, since
        return None

    def vitals(self, patient: PatientId, since: datetime) -> tuple[Series, ...]:
        del patient, since
        return ()

    def results(self, patient: PatientId) -> tuple[ResultRow, ...]:
        del patient
        return ()

    def series(self, patient: PatientId, code: str) -> Series | None:
        del patient, code
        return None

    def reports(self, patient: PatientId) -> tuple[Report, ...]:
        del patient
        return ()

    def notes(self, patient: PatientId) -> tuple[Note, ...]:
        del patient
        return ()

    def note(self, note: NoteId) -> Note | None:
        del note
        return None

    def orders(self, patient: PatientId) -> tuple[OrderLine, ...]:
        del patient
        return ()

    def read_set(self, patient: PatientId) -> tuple[tuple[Ref, str], ...]:
        del patient
        return ()

    def unreadable(self, patient: PatientId) -> tuple[tuple[Ref, str], ...]:
        count = self.unread.get(patient, 0)
        return tuple((Ref(f"Observation/odd-{place}"), "no code") for place in range(count))


@dataclass
class FakeDirectory:
    """The hospital's sign-in: one password for everybody, or a browser that answers."""

    clock: StillClock
    people: dict[str, Clinician] = field(default_factory=lambda: {"wang": WANG})
    in_browser: bool = False
    offline: bool = False
    password: str = "hospital"  # noqa: S105 - of nobody
    last: Credentials | None = None
    browser_user: str = "wang"

    def sign_in(self, credentials: Credentials | None, cancelled: Callable[[], bool]) -> SignedIn:
        self.last = credentials
        if self.offline:
            raise app_error(FaultKind.OFFLINE, "signin.hospital-unreachable", "ConnectionError")
        if cancelled():
            raise app_error(FaultKind.REFUSED, "fault.cancelled")
        name = self.browser_user
        if not self.in_browser:
            if credentials is None or credentials.password != self.password:
                raise app_error(FaultKind.SIGNED_OUT, "signin.hospital-refused", "401")
            name = credentials.username
        who = self.people[name]
        identity = Identity(who.id, who.username, who.name, who.role, who.wards)
        return SignedIn(identity, self._tokens())

    def refresh(self, tokens: Tokens) -> Tokens:
        del tokens
        return self._tokens()

    def _tokens(self) -> Tokens:
        return Tokens("access", "refresh", self.clock.now() + timedelta(minutes=5))


@dataclass
class FakeCache:
    people: FakePeople
    audit: FakeAccessAudit

    def close(self) -> None:
        """Nothing to close."""


@dataclass
class FakeDoor:
    """`CacheDoor` over memory; `fault` is what opening runs into."""

    cache: FakeCache
    fault: Fault | None = None
    opened: FakeCache | None = None
    key: bytes | None = None

    def open(self, key: bytes) -> FakeCache:
        if self.fault is not None:
            raise AppError(self.fault)
        self.opened, self.key = self.cache, key
        return self.cache

    def close(self) -> None:
        self.opened = self.key = None


class Hospital:
    """Everything behind a sign-in page and a window."""

    def __init__(self, *, enrolled: bool = True) -> None:
        self.clock = StillClock()
        self.people = FakePeople()
        self.audit = FakeAccessAudit()
        self.vault = FakeVault(self.clock)
        self.directory = FakeDirectory(self.clock)
        self.door = FakeDoor(FakeCache(self.people, self.audit))
        self.signing_in = SigningIn(
            self.vault, self.directory, self.door, ROLES, self.clock, timedelta(hours=24)
        )
        self.reads = FakeBanners({one.patient.id: one for one in ward_banners()})
        self.ward_reads = FakeWardReads(boards())
        self.wards = WardViewing(self.ward_reads, self.people)
        self.charts = ChartReading(
            self.reads, AccessPolicy(ROLES, self.audit, self.clock), self.clock
        )
        self.counts = Counts(inbox=3, critical=2)
        self.outbox: QueueCounts | None = None
        self.saved: dict[str, object] = {}
        self.lists: ListSaving | None = None
        if enrolled:
            self.enrol()

    def enrol(self, username: str = "wang") -> Session:
        """Let somebody sign in at the hospital and choose a passphrase; then close the cache."""
        arrived = self.signing_in.at_the_hospital(
            Credentials(username, self.directory.password), lambda: False
        )
        if isinstance(arrived, Session):
            return arrived
        return self.signing_in.enrol(arrived, PASSPHRASE)

    def parts(self, auto_lock: timedelta = timedelta(minutes=10)) -> ShellParts:
        return ShellParts(
            charts=self.charts,
            wards=self.wards,
            signing_in=self.signing_in,
            people=self.people,
            clock=self.clock,
            auto_lock=auto_lock,
            count=lambda _: self.counts,
            outbox=lambda: self.outbox,
            save_list=self.lists.save if self.lists is not None else keep_nothing,
        )

    @property
    def who(self) -> PractitionerId:
        """Who sits at the window."""
        return WANG.id

    def actions(self) -> list[str]:
        """What the access audit holds, oldest first."""
        return [entry.action for entry in reversed(self.audit.entries())]


class PadPage(Page):
    """A page on which something can be typed; it remembers what it was opened for."""

    def __init__(self, desk: Desk, name: str, visit: Visit) -> None:
        super().__init__(desk, f"pad.{name}")
        self.visit = visit
        self.text_field = named(QPlainTextEdit(), f"pad.{name}.text")
        self.say(self.text_field.setAccessibleName, "palette.patient")
        QVBoxLayout(self).addWidget(self.text_field)

    @property
    def draft_is_open(self) -> bool:
        return bool(self.text_field.toPlainText())


def a_workspace(
    desk: Desk,
    key: str,
    scope: Scope,
    *,
    title: str = "",
    needs: Privilege = Privilege.OPEN_CHART,
    keys: str = "",
) -> Workspace:
    def open_page(visit: Visit) -> PadPage:
        return PadPage(desk, key, visit)

    return Workspace(key, scope, title or _TITLES[key], _ICONS[key], needs, open_page, keys)


_TITLES = {
    "ward": "scenario.round",
    "mine": "scenario.handover",
    "queue": "status.starting",
    "inbox": "palette.patient",
    "overview": "banner.title",
    "orders": "scenario.rescue",
    "notes": "scenario.admission",
    "results": "scenario.discharge",
}
_ICONS = {
    "ward": "bed-double",
    "mine": "users",
    "queue": "send",
    "inbox": "inbox",
    "overview": "activity",
    "orders": "pill",
    "notes": "file-text",
    "results": "flask-conical",
}
_PRIVILEGES = {
    "ward": Privilege.SEE_WARD,
    "mine": Privilege.SEE_WARD,
    "queue": Privilege.SEE_QUEUE,
    "inbox": Privilege.SEE_INBOX,
}


def pads(desk: Desk) -> tuple[Workspace, ...]:
    """Four places and four pages of a chart."""
    return tuple(
        a_workspace(
            desk,
            key,
            Scope.PLACE if key in _PRIVILEGES else Scope.PATIENT,
            needs=_PRIVILEGES.get(key, Privilege.OPEN_CHART),
        )
        for key in _TITLES
    )


@contextmanager
def a_window(
    desk: Desk,
    hospital: Hospital,
    *,
    session: Session | None = None,
    workspaces: tuple[Workspace, ...] | None = None,
    size: tuple[int, int] = (1280, 720),
    managed: frozenset[str] = frozenset(),
) -> Iterator[MainWindow]:
    """The window shown, in front; left and deleted at the end."""
    dressing = Dressing(
        desk.languages, desk.look, desk.runner, hospital.saved.update, managed=managed
    )
    window = MainWindow(
        desk,
        dressing,
        workspaces if workspaces is not None else pads(desk),
        hospital.parts(),
        session or a_session(WANG),
    )
    window.resize(*size)
    window.show()
    window.activateWindow()
    settle()
    try:
        yield window
    finally:
        window.leave()
        window.close()
        window.deleteLater()
        dressing.close()
        settle()


def a_trainee() -> Session:
    """A role that may not break the glass."""
    who = Clinician(
        PractitionerId("dr-lin"),
        "lin",
        Named("林小雨", "Lin Xiaoyu"),
        Role.TRAINEE,
        (WardId("ward-3"),),
    )
    return Session(who, NOW, True, NOW + timedelta(hours=24), ROLES.of(Role.TRAINEE))
