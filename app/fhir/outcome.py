"""OperationOutcome (R4 operationoutcome.html): what a server has to say, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.fhir.document import Document
from app.fhir.elements import dicts_at, list_at, text_at

_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Issue:
    """One `OperationOutcome.issue`.

    Attributes:
        severity: `fatal`, `error`, `warning`, `information`, or "".
        code: R4 `issue-type`, or "".
        diagnostics: The server's words, white space folded and cut; `details.text` failing that.
        expression: The elements it is about.
    """

    severity: str
    code: str
    diagnostics: str = ""
    expression: tuple[str, ...] = ()


def read_outcome(document: Document) -> tuple[Issue, ...]:
    """The issues of an OperationOutcome; none of any other resource."""
    if document.get("resourceType") != "OperationOutcome":
        return ()
    return tuple(
        Issue(
            severity=text_at(one, "severity"),
            code=text_at(one, "code"),
            diagnostics=_cut(text_at(one, "diagnostics") or text_at(one, "details", "text")),
            expression=tuple(t for t in map(text_at, list_at(one, "expression")) if t),
        )
        for one in dicts_at(document, "issue")
    )


def summary(issues: Iterable[Issue]) -> str:
    """One line for IT: severity, code and the server's words; nothing of our own is added."""
    return _cut("; ".join(_line(issue) for issue in issues))


def _line(issue: Issue) -> str:
    head = " ".join(word for word in (issue.severity, issue.code) if word)
    return ": ".join(part for part in (head, issue.diagnostics) if part)


def _cut(text: str) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= _LONGEST else f"{folded[: _LONGEST - 1]}…"
