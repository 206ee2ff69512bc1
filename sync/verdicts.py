"""What an answer of the server means, as values."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from app.kernel.faults import Fault, FaultKind, Message


class Attempt(enum.Enum):
    """What was being tried."""

    TRANSACTION = "transaction"
    READ = "read"
    SEARCH = "search"
    PAGE = "page"


class Failure(enum.Enum):
    """How an exchange ended when no whole answer came."""

    UNREACHABLE = "unreachable"
    WITHHELD = "withheld"
    CERTIFICATE = "certificate"
    TIMEOUT = "timeout"
    BROKEN_OFF = "broken-off"
    OVERLONG = "overlong"
    CIRCLES = "circles"


class Body(enum.Enum):
    """What the body of an answer is, judged by its content type and by parsing it.

    `JSON` is JSON that is no FHIR, or FHIR that is not what was asked for.
    """

    FHIR = "fhir"
    JSON = "json"
    HTML = "html"
    OTHER = "other"
    NONE = "none"
    UNREADABLE = "unreadable"


class Match(enum.Enum):
    """Whether a transaction response answers its request entry by entry."""

    NOT_CHECKED = "not-checked"
    MATCHES = "matches"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One HTTP exchange, as far as it tells anything.

    Attributes:
        status: HTTP status; 0 when no answer came, and then `failure` says why.
        issues: `OperationOutcome.issue.code` of every issue.
        retry_after: Seconds the server asked us to wait.
        tries: How often these same bytes were answered so, this time included.
    """

    status: int = 0
    body: Body = Body.NONE
    failure: Failure | None = None
    issues: tuple[str, ...] = ()
    retry_after: float | None = None
    match: Match = Match.NOT_CHECKED
    tries: int = 1


class VerdictKind(enum.Enum):
    APPLIED = "applied"
    ANSWERED = "answered"
    NOT_APPLIED = "not-applied"
    AMBIGUOUS = "ambiguous"
    SIGN_IN_NEEDED = "sign-in-needed"
    SIGN_IN_SILENT = "sign-in-silent"
    FORBIDDEN_ENTRY = "forbidden-entry"
    ACCESS_WITHDRAWN = "access-withdrawn"
    REJECTED = "rejected"
    VERSION_CONFLICT = "version-conflict"
    GONE = "gone"
    NOT_FOUND = "not-found"
    TOO_LARGE = "too-large"
    CAPTIVE_PORTAL = "captive-portal"
    WRONG_CONTENT = "wrong-content"
    EXPIRED_PAGE = "expired-page"
    CERTIFICATE = "certificate"
    SILENCE = "silence"
    SERVER_BROKEN = "server-broken"
    THROTTLED = "throttled"
    OVERLONG = "overlong"
    CIRCLES = "circles"


class Next(enum.Enum):
    """What the engine does about it.

    `RESOLVE` means: ask the register first (sync.md §7.4), whatever it looks like.
    `BISECT` and `HALVE` discard the batch: if an earlier try of it may still be under way
    (`tries` > 1), the register is bumped first, so that it can no longer apply (sync.md §7.3).
    """

    ACKNOWLEDGE = "acknowledge"
    USE = "use"
    RETRY = "retry"
    RESOLVE = "resolve"
    SIGN_IN = "sign-in"
    BISECT = "bisect"
    HALVE = "halve"
    BEGIN_AGAIN = "begin-again"
    WITHDRAW = "withdraw"
    BURY = "bury"
    PAUSE = "pause"


_ONE_QUESTION = frozenset(
    {
        VerdictKind.ACCESS_WITHDRAWN,
        VerdictKind.CIRCLES,
        VerdictKind.EXPIRED_PAGE,
        VerdictKind.OVERLONG,
        VerdictKind.REJECTED,
        VerdictKind.SERVER_BROKEN,
    }
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happened, what to do, what to tell the clinician, and what to tell IT."""

    kind: VerdictKind
    next: Next
    message: Message
    detail: str
    fault_kind: FaultKind | None = None
    retry_after: float | None = None

    @property
    def concerns_one_question(self) -> bool:
        """Whether another question may well be answered: the connection as such stands."""
        return self.kind in _ONE_QUESTION and self.retry_after is None

    @property
    def fault(self) -> Fault | None:
        """The fault to show, or None when all went well."""
        if self.fault_kind is None:
            return None
        return Fault(self.fault_kind, self.message, self.detail)
