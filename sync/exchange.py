"""One exchange with the server: sent, read, and judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.terms import Ref
from app.fhir.bundles import ReadBundle, is_searchset, read_bundle
from app.fhir.document import Document, parse
from app.fhir.frame import id_of, type_of
from app.fhir.outcome import read_outcome
from app.kernel.faults import AppError
from sync.classify import AnsweredEntry, classify, match_entries
from sync.transport import Answer, Lost, NoAnswer, Remote, Request
from sync.verdicts import Attempt, Body, Failure, Match, Outcome, Verdict

_JSON_TYPES = ("application/fhir+json", "application/json", "text/json", "application/json+fhir")
_LISTS = (Attempt.SEARCH, Attempt.PAGE)
_FAILURES = {
    Lost.UNREACHABLE: Failure.UNREACHABLE,
    Lost.WITHHELD: Failure.WITHHELD,
    Lost.CERTIFICATE: Failure.CERTIFICATE,
    Lost.SILENCE: Failure.TIMEOUT,
    Lost.BROKEN: Failure.BROKEN_OFF,
    Lost.TOO_LARGE: Failure.OVERLONG,
}


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What an exchange brought.

    Attributes:
        document: The FHIR resource in the body, whatever the status; None when there is none.
        versions: For an applied transaction: the version each entry got.
        date: The server's clock, or None.
        said: The server's own words of an OperationOutcome, for IT.
    """

    verdict: Verdict
    status: int
    document: Document | None = None
    bundle: ReadBundle | None = None
    versions: dict[Ref, str] | None = None
    etag: str = ""
    date: datetime | None = None
    said: str = ""

    @property
    def answered(self) -> bool:
        """A whole answer of the FHIR server itself, of success or refusal."""
        return self.status != 0


def exchange(
    remote: Remote,
    request: Request,
    attempt: Attempt,
    *,
    urls: tuple[str, ...] = (),
    tries: int = 1,
) -> Exchanged:
    """Send `request` and say what came of it.

    Args:
        remote: The server.
        request: What to send.
        attempt: What is being tried; decides what an answer means.
        urls: For a transaction: its entry urls in request order, register included.
        tries: How often these bytes have been sent, this time included.
    """
    answer = remote.send(request)
    if isinstance(answer, NoAnswer):
        outcome = Outcome(failure=_FAILURES[answer.why], tries=tries)
        verdict = classify(attempt, outcome)
        told = replace(verdict, detail=f"{verdict.detail} cause={answer.detail}")
        return Exchanged(told, 0, said=answer.detail)
    return _judged(answer, request, attempt, urls, tries)


def _judged(
    answer: Answer, request: Request, attempt: Attempt, urls: tuple[str, ...], tries: int
) -> Exchanged:
    body, document = _body(answer)
    if answer.status == 200 and document is not None and not _fits(document, request, attempt):
        body, document = Body.JSON, None
    issues = read_outcome(document) if document is not None else ()
    bundle = read_bundle(document) if _is(document, "Bundle") and document is not None else None
    versions = _versions(bundle, urls) if urls else None
    match = Match.NOT_CHECKED
    if urls:
        match = Match.MATCHES if versions is not None else Match.DIFFERS
    outcome = Outcome(
        status=answer.status,
        body=body,
        issues=tuple(issue.code for issue in issues),
        retry_after=answer.retry_after,
        match=match,
        tries=tries,
    )
    said = "; ".join(
        f"{issue.severity} {issue.code}: {issue.diagnostics}".strip(": ") for issue in issues
    )
    return Exchanged(
        classify(attempt, outcome),
        answer.status,
        document,
        bundle,
        versions,
        answer.etag,
        answer.date,
        said[:2000],
    )


def _body(answer: Answer) -> tuple[Body, Document | None]:
    if not answer.body.strip():
        return Body.NONE, None
    if answer.content_type in ("text/html", "application/xhtml+xml"):
        return Body.HTML, None
    if answer.content_type not in _JSON_TYPES:
        html = answer.body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html"))
        return (Body.HTML if html else Body.OTHER), None
    try:
        return Body.FHIR, parse(answer.body)
    except AppError as error:
        unreadable = error.fault.message.code == "fhir.not-json"
        return (Body.UNREADABLE if unreadable else Body.JSON), None


def _is(document: Document | None, rtype: str) -> bool:
    return document is not None and type_of(document) == rtype


def _fits(document: Document, request: Request, attempt: Attempt) -> bool:
    """Whether it is what was asked for: a list for a search, and for a read that very resource.

    Anything else is somebody else's answer, and must prove nothing (R4 http.html#search, #read).
    """
    if attempt in _LISTS:
        return is_searchset(document)
    if request.method != "GET" or attempt is Attempt.TRANSACTION:
        return True
    rtype, _, rest = request.path.partition("/")
    if "/_history" in rest:
        return _is(document, "Bundle")
    return not rest or (type_of(document), id_of(document)) == (rtype, rest)


def _versions(bundle: ReadBundle | None, urls: tuple[str, ...]) -> dict[Ref, str] | None:
    if bundle is None or bundle.type != "transaction-response":
        return None
    found = match_entries(
        urls,
        tuple(AnsweredEntry(entry.status, entry.location, entry.etag) for entry in bundle.entries),
    )
    return dict(found) if found is not None else None
