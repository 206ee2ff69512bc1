"""An HTTP exchange becomes a verdict: one table, read from the top."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.domain.terms import Ref
from app.kernel.faults import FaultKind, Message
from sync.verdicts import (
    Attempt,
    Body,
    Failure,
    Match,
    Next,
    Outcome,
    Verdict,
    VerdictKind,
)
from sync.versions import version_of_etag, version_of_location

_TX = frozenset({Attempt.TRANSACTION})
_READS = frozenset({Attempt.READ, Attempt.SEARCH, Attempt.PAGE})
_READ = frozenset({Attempt.READ})
_PAGE = frozenset({Attempt.PAGE})
_ANY = frozenset(Attempt)
_FHIR = frozenset({Body.FHIR})
_HTML = frozenset({Body.HTML})
_FOREIGN = frozenset({Body.HTML, Body.OTHER})
_EVERY = frozenset(Body)
_SIGN_IN_ISSUES = frozenset({"login", "expired", "unknown"})
_OK = range(200, 300)
_REDIRECT = range(300, 400)
_SERVER = range(500, 600)
_ENOUGH_TRIES = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. Every field that is given must hold.

    Attributes:
        tries: At least so many equal answers to the same bytes.
        issues: At least one of these OperationOutcome issue codes.
    """

    kind: VerdictKind
    next: Next
    attempts: frozenset[Attempt] = _ANY
    statuses: Collection[int] = ()
    bodies: frozenset[Body] = _EVERY
    failures: tuple[Failure, ...] = ()
    match: Match | None = None
    issues: frozenset[str] = frozenset()
    tries: int = 1

    def holds(self, attempt: Attempt, outcome: Outcome) -> bool:
        return attempt in self.attempts and self._way(outcome) and self._particulars(outcome)

    def _way(self, outcome: Outcome) -> bool:
        if outcome.failure is not None:
            return outcome.failure in self.failures
        return outcome.status in self.statuses

    def _particulars(self, outcome: Outcome) -> bool:
        return (
            outcome.body in self.bodies
            and (self.match is None or outcome.match is self.match)
            and (not self.issues or not self.issues.isdisjoint(outcome.issues))
            and outcome.tries >= self.tries
        )


_K = VerdictKind
TABLE: tuple[Row, ...] = (
    # No whole answer. Before the connection stood, nothing can have been applied.
    Row(_K.CERTIFICATE, Next.PAUSE, failures=(Failure.CERTIFICATE,)),
    Row(_K.SIGN_IN_SILENT, Next.RETRY, failures=(Failure.WITHHELD,)),
    Row(_K.NOT_APPLIED, Next.RETRY, _TX, failures=(Failure.UNREACHABLE,)),
    Row(_K.OVERLONG, Next.RESOLVE, _TX, failures=(Failure.OVERLONG,)),
    Row(_K.OVERLONG, Next.PAUSE, _READS, failures=(Failure.OVERLONG,)),
    Row(_K.CIRCLES, Next.PAUSE, _READS, failures=(Failure.CIRCLES,)),
    Row(_K.SILENCE, Next.RESOLVE, _TX, failures=(Failure.TIMEOUT, Failure.BROKEN_OFF)),
    Row(_K.SILENCE, Next.RETRY, _READS, failures=tuple(Failure)),
    # Something between us and the server answers in its place.
    Row(_K.CAPTIVE_PORTAL, Next.RESOLVE, _TX, (*_OK, *_REDIRECT, 511), _HTML),
    Row(_K.CAPTIVE_PORTAL, Next.RESOLVE, _TX, (*_REDIRECT, 511)),
    Row(_K.CAPTIVE_PORTAL, Next.PAUSE, _READS, (*_OK, *_REDIRECT, 511), _HTML),
    Row(_K.CAPTIVE_PORTAL, Next.PAUSE, _READS, (*_REDIRECT, 511)),
    # A whole answer to a transaction: applied only if it answers the request entry by entry.
    Row(_K.APPLIED, Next.ACKNOWLEDGE, _TX, (200,), _FHIR, match=Match.MATCHES),
    Row(_K.WRONG_CONTENT, Next.RESOLVE, _TX, _OK, frozenset({Body.OTHER})),
    Row(_K.AMBIGUOUS, Next.RESOLVE, _TX, _OK),
    Row(_K.ANSWERED, Next.USE, _READS, (200,), _FHIR),
    Row(_K.WRONG_CONTENT, Next.RETRY, _READS, _OK),
    # Who we are.
    Row(_K.SIGN_IN_NEEDED, Next.SIGN_IN, statuses=(401,)),
    Row(_K.SIGN_IN_NEEDED, Next.SIGN_IN, statuses=(403,), bodies=_FHIR, issues=_SIGN_IN_ISSUES),
    Row(_K.WRONG_CONTENT, Next.RESOLVE, _TX, (403,), _FOREIGN),
    Row(_K.WRONG_CONTENT, Next.PAUSE, _READS, (403,), _FOREIGN),
    Row(_K.FORBIDDEN_ENTRY, Next.BISECT, _TX, (403,)),
    Row(_K.ACCESS_WITHDRAWN, Next.WITHDRAW, _READ, (403,)),
    Row(_K.REJECTED, Next.PAUSE, _READS, (403,)),
    # Pace and size.
    Row(_K.SILENCE, Next.RESOLVE, _TX, (408,)),
    Row(_K.SILENCE, Next.RETRY, _READS, (408,)),
    Row(_K.THROTTLED, Next.RETRY, statuses=(425, 429)),
    Row(_K.TOO_LARGE, Next.HALVE, _TX, (413,)),
    # Versions: 409 and 412 alike, and never called a conflict before the versions are read (Q9).
    Row(_K.VERSION_CONFLICT, Next.RESOLVE, _TX, (409, 412)),
    Row(_K.GONE, Next.RESOLVE, _TX, (410,)),
    Row(_K.EXPIRED_PAGE, Next.BEGIN_AGAIN, _PAGE, (400, 404, 410)),
    Row(_K.GONE, Next.BURY, _READ, (410,), frozenset({Body.FHIR, Body.NONE, Body.JSON})),
    Row(_K.NOT_FOUND, Next.BURY, _READ, (404,), _FHIR),
    # Refusals count only when the CDR itself speaks; a proxy's page must not condemn an order.
    Row(_K.WRONG_CONTENT, Next.RESOLVE, _TX, range(400, 500), _FOREIGN),
    Row(_K.REJECTED, Next.BISECT, _TX, range(400, 500)),
    Row(_K.WRONG_CONTENT, Next.RETRY, _READ, (404, 410)),
    Row(_K.WRONG_CONTENT, Next.RETRY, _READS, range(400, 500), _FOREIGN),
    Row(_K.REJECTED, Next.PAUSE, _READS, range(400, 500)),
    # A server that breaks on the same bytes again and again is refusing them (I18).
    Row(_K.REJECTED, Next.BISECT, _TX, (500,), _FHIR, tries=_ENOUGH_TRIES),
    Row(_K.SERVER_BROKEN, Next.RESOLVE, _TX, _SERVER),
    Row(_K.SERVER_BROKEN, Next.RETRY, _READS, _SERVER),
)
_LAST_TX = Row(_K.AMBIGUOUS, Next.RESOLVE)
_LAST_READ = Row(_K.WRONG_CONTENT, Next.RETRY)

_FAULTS: Mapping[VerdictKind, FaultKind | None] = {
    _K.APPLIED: None,
    _K.ANSWERED: None,
    _K.SIGN_IN_NEEDED: FaultKind.SIGNED_OUT,
    _K.FORBIDDEN_ENTRY: FaultKind.REFUSED,
    _K.ACCESS_WITHDRAWN: FaultKind.REFUSED,
    _K.REJECTED: FaultKind.REFUSED,
    _K.TOO_LARGE: FaultKind.REFUSED,
    _K.NOT_FOUND: FaultKind.REFUSED,
    _K.GONE: FaultKind.CONFLICT,
    _K.VERSION_CONFLICT: FaultKind.CONFLICT,
}


@dataclass(frozen=True, slots=True)
class AnsweredEntry:
    """One `Bundle.entry.response`: its status line, location and ETag, "" where left out."""

    status: str
    location: str = ""
    etag: str = ""


def classify(attempt: Attempt, outcome: Outcome) -> Verdict:
    """Say what an exchange means for what was being tried (sync.md §7.4, §5)."""
    last = _LAST_TX if attempt is Attempt.TRANSACTION else _LAST_READ
    row = next((row for row in TABLE if row.holds(attempt, outcome)), last)
    return Verdict(
        row.kind,
        row.next,
        Message.of(f"sync.verdict.{row.kind.value}"),
        _detail(attempt, outcome),
        _FAULTS.get(row.kind, FaultKind.OFFLINE),
        outcome.retry_after,
    )


def match_entries(
    sent: Sequence[str], answered: Sequence[AnsweredEntry]
) -> Mapping[Ref, str] | None:
    """The version each resource got, if the answer answers the request entry by entry.

    Count, order, ids and success of every entry must agree (FHIR R4 §3.1.0.11.3). None means
    that nothing was proved, and the register must be asked.
    """
    if len(sent) != len(answered) or len(set(sent)) != len(sent):
        return None
    versions: dict[Ref, str] = {}
    for url, entry in zip(sent, answered, strict=True):
        version = _version(url, entry)
        if version is None:
            return None
        versions[Ref(url)] = version
    return versions


def _version(url: str, entry: AnsweredEntry) -> str | None:
    if entry.status[:3] not in {"200", "201"}:
        return None
    found = version_of_location(entry.location)
    if found is None or found[0] != url:
        return None
    tagged = version_of_etag(entry.etag)
    return None if tagged and tagged != found[1] else found[1]


def _detail(attempt: Attempt, outcome: Outcome) -> str:
    """For IT: status, kind of body, issue codes. Diagnostics may name patients; they stay out."""
    how = outcome.failure.value if outcome.failure is not None else f"HTTP {outcome.status}"
    issues = ",".join(outcome.issues)
    parts = [attempt.value, how, f"body={outcome.body.value}"]
    parts += [f"issues={issues}"] if issues else []
    parts += [f"entries={outcome.match.value}"] if outcome.match is Match.DIFFERS else []
    return " ".join([*parts, f"tries={outcome.tries}"])
