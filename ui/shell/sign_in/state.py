"""What the sign-in page shows."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from app.domain.terms import Named
from app.kernel.faults import Fault, FaultKind, Message
from app.services.signing_in import Enrolled, Newcomer

HOSPITAL_ENDS_IT = frozenset(
    {"signin.lease-ended", "signin.clock-set-back", "signin.hospital-again"}
)
"""Refusals of an offline sign-in that an online one lifts."""


class Step(enum.Enum):
    """Where the user stands."""

    LOADING = "loading"
    UNLOCK = "unlock"  # enrolled users and their passphrase; works without a network
    HOSPITAL = "hospital"  # name and password, or the browser
    WAITING = "waiting"  # for the browser or the hospital
    PASSPHRASE = "passphrase"  # noqa: S105 - a newcomer chooses one


@dataclass(frozen=True, slots=True)
class SignInState:
    """The page as a value.

    Attributes:
        in_browser: The hospital's sign-in opens in the system browser.
        demo: The demo directory; its patients are invented.
        user: Name of the chosen user; kept between steps.
        wrong: Wrong passphrases in a row on this page.
        fault: What the last attempt ran into.
        objection: Why the first passphrase will not do, beside its field.
        differs: The second passphrase is another one than the first.
    """

    step: Step = Step.LOADING
    in_browser: bool = False
    demo: bool = False
    users: tuple[Enrolled, ...] = ()
    user: str = ""
    busy: bool = False
    wrong: int = 0
    fault: Fault | None = None
    objection: Message | None = None
    differs: bool = False
    newcomer: Newcomer | None = None

    @property
    def newcomer_name(self) -> Named | None:
        return self.newcomer.arrived.identity.name if self.newcomer else None

    @property
    def chosen(self) -> Enrolled | None:
        return next((one for one in self.users if one.username == self.user), None)

    @property
    def can_go_back(self) -> bool:
        """From the hospital's sign-in to the users of this workstation."""
        return self.step is Step.HOSPITAL and bool(self.users)

    @property
    def offers_hospital(self) -> bool:
        """The refusal is lifted by signing in at the hospital."""
        return self.fault is not None and self.fault.message.code in HOSPITAL_ENDS_IT

    @property
    def what_is_safe(self) -> str:
        """Code of the sentence that says what the trouble leaves untouched, or ""."""
        if self.fault is None:
            return ""
        if self.fault.kind is FaultKind.OFFLINE and not self.users:
            return "sign_in.safe.offline-first"
        return {
            FaultKind.OFFLINE: "sign_in.safe.offline",
            FaultKind.STORAGE: "sign_in.safe.storage",
            FaultKind.BUG: "sign_in.safe.bug",
        }.get(self.fault.kind, "")

    @property
    def detail_for_it(self) -> str:
        """Type names and codes for IT; shown for what a clinician cannot mend."""
        if self.fault is None or self.fault.kind is FaultKind.SIGNED_OUT:
            return ""
        return f"{self.fault.message.code} {self.fault.detail}".strip()
