"""What the application may ask of the synchronisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.domain.sending import SendingStatus
from app.domain.terms import PatientId, PractitionerId, WardId
from app.kernel.faults import Message
from app.kernel.tasks import CancelToken


@dataclass(frozen=True, slots=True)
class ProbeFinding:
    """One required property of a server: whether it holds, and what was seen."""

    case: str
    passed: bool
    seen: str


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """The enrolment probe. A server that fails one case is refused, in words."""

    base_url: str
    software: str
    fhir_version: str
    findings: tuple[ProbeFinding, ...]

    @property
    def accepted(self) -> bool:
        return bool(self.findings) and all(finding.passed for finding in self.findings)


class Synchronisation(Protocol):
    """One engine per database; every method blocks and belongs on the SYNC lane."""

    def enrol(self, base_url: str) -> ProbeReport:
        """Probe the server and, when it is accepted, create this workstation's register.

        Raises:
            AppError: `OFFLINE`, `SIGNED_OUT`, or `REFUSED` with the case that failed.
        """
        ...

    def follow(self, wards: tuple[WardId, ...], me: PractitionerId | None = None) -> None:
        """Whose census and patients to keep here, and whose tasks and messages."""
        ...

    def look_at(self, patient: PatientId | None) -> None:
        """The patient in the foreground goes first."""
        ...

    def round(self, token: CancelToken) -> SendingStatus:
        """One pass: resolve what is open, send, fetch. Resumable after any line.

        Never raises for the network: trouble is in the status.
        """
        ...

    def retry(self, group: str) -> None: ...

    def status(self) -> SendingStatus: ...

    def listen(self, heard: Callable[[SendingStatus], None]) -> Callable[[], None]:
        """Call `heard` on each change, on the SYNC thread; returns the call that stops it."""
        ...


@dataclass(frozen=True, slots=True)
class Trouble:
    """What stands between us and the server, for the status bar."""

    message: Message
    detail: str
