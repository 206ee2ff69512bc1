"""Refusals, and the OperationOutcome (R4 §2.27) that says them."""

from __future__ import annotations

from app.fhir.document import Document, Json
from resources.catalogue import Catalogue

SYSTEM = "urn:wardone:cdr"
_ENGLISH = Catalogue.load("en")


class Refusal(Exception):  # noqa: N818 - an answer of the server, not an error of ours
    """The server will not do it.

    Attributes:
        status: HTTP status.
        issue: Code of the R4 IssueType value set.
        code: Key in the catalogue.
        detail: Element paths and names, never content.
        expression: Where in the request.
    """

    def __init__(
        self, status: int, issue: str, code: str, detail: str = "", expression: str = ""
    ) -> None:
        super().__init__(f"{status} {code} ({detail})")
        self.status = status
        self.issue = issue
        self.code = code
        self.detail = detail
        self.expression = expression
        self.more: tuple[Refusal, ...] = ()

    def at(self, expression: str) -> Refusal:
        """The same refusal, placed."""
        if not self.expression:
            self.expression = expression
        return self


def outcome(*refusals: Refusal, severity: str = "error") -> Document:
    """One issue for each refusal."""
    issues: list[Json] = [
        _issue(found, severity) for refusal in refusals for found in (refusal, *refusal.more)
    ]
    return {"resourceType": "OperationOutcome", "issue": issues}


def all_well() -> Document:
    """What `$validate` answers when there is nothing to say."""
    issue: Document = {
        "severity": "information",
        "code": "informational",
        "details": {"text": _ENGLISH.text("cdr.valid")},
    }
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def _issue(refusal: Refusal, severity: str) -> Document:
    issue: Document = {
        "severity": severity,
        "code": refusal.issue,
        "details": {
            "coding": [{"system": SYSTEM, "code": refusal.code}],
            "text": _ENGLISH.text(refusal.code),
        },
    }
    if refusal.detail:
        issue["diagnostics"] = refusal.detail
    if refusal.expression:
        issue["expression"] = [refusal.expression]
    return issue
