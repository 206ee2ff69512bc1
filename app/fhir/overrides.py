"""Warnings that were passed, on the order they were about.

R4 gives an order `detectedIssue`. The DetectedIssue is contained in it: it has no life of its own,
and an order and why it stands although something spoke against it are sent, refused and read
together. Its `mitigation` is the reason; a second one names who agreed to pass a hard stop.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.deciding import Override
from app.domain.terms import Named
from app.fhir.building import codeable, concept, person, put, set_extension
from app.fhir.document import Document, Json
from app.fhir.elements import (
    at,
    code_of,
    dicts_at,
    display_at,
    extension,
    instant_text,
    list_at,
    practitioner_at,
    term_or_unnamed,
    text_at,
    when,
)
from app.fhir.valuesets import (
    DECISION_CARD,
    DECISION_CHECK,
    DECISION_RULE,
    OVERRIDE_REASON,
    OVERRIDE_WORDS,
)

_ISSUE = "DetectedIssue"
_PREFIX = "override-"
_SECOND = "second-person"
_SEVERITY = {"hard-stop": "high", "interruptive": "moderate"}
_TIERS = {severity: tier for tier, severity in _SEVERITY.items()}


def read_overrides(document: Document) -> tuple[Override, ...]:
    """Those this house wrote, in their order; an issue of another system is left alone."""
    return tuple(_read(one) for one in _ours(document))


def write_overrides(document: Document, overrides: tuple[Override, ...]) -> None:
    """Write them onto the order where they differ; issues of other systems stay."""
    if overrides == read_overrides(document):
        return
    ours = {text_at(one, "id") for one in _ours(document)}
    made = [_written(f"{_PREFIX}{n}", document, one) for n, one in enumerate(overrides, 1)]
    others = [one for one in dicts_at(document, "contained") if text_at(one, "id") not in ours]
    put(document, "contained", [*others, *made])
    pointing = {f"#{one}" for one in ours}
    told: list[Json] = [
        one
        for one in list_at(document, "detectedIssue")
        if text_at(one, "reference") not in pointing
    ]
    told += [{"reference": f"#{text_at(one, 'id')}"} for one in made]
    put(document, "detectedIssue", told)


def _ours(document: Document) -> list[Document]:
    return [
        one
        for one in dicts_at(document, "contained")
        if text_at(one, "resourceType") == _ISSUE and code_of(at(one, "code"), DECISION_CHECK)
    ]


def _read(issue: Document) -> Override:
    passed, second = _mitigations(issue)
    return Override(
        check=code_of(at(issue, "code"), DECISION_CHECK),
        tier=_TIERS.get(text_at(issue, "severity"), ""),
        rule=_identifier(issue, DECISION_RULE),
        subjects=tuple(_subjects(issue)),
        reason=term_or_unnamed(at(passed, "action")),
        text=text_at(extension(passed, OVERRIDE_WORDS), "valueString"),
        card=_identifier(issue, DECISION_CARD),
        by=practitioner_at(passed, "author"),
        by_name=display_at(passed, "author"),
        at=when(at(passed, "date")),
        witness=practitioner_at(second, "author"),
        witness_name=display_at(second, "author"),
    )


def _mitigations(issue: Document) -> tuple[Document, Document]:
    """The reason, and the second person."""
    passed: Document = {}
    second: Document = {}
    for one in dicts_at(issue, "mitigation"):
        if code_of(at(one, "action"), OVERRIDE_REASON) == _SECOND:
            second = one
        else:
            passed = passed or one
    return passed, second


def _subjects(issue: Document) -> Iterable[Named]:
    for evidence in dicts_at(issue, "evidence"):
        for told in dicts_at(evidence, "code"):
            codings = dicts_at(told, "coding")
            yield Named(text_at(told, "text"), text_at(codings[0], "display") if codings else "")


def _identifier(issue: Document, system: str) -> str:
    told = (one for one in dicts_at(issue, "identifier") if text_at(one, "system") == system)
    return next((text_at(one, "value") for one in told), "")


def _written(key: str, order: Document, override: Override) -> Document:
    issue: Document = {"resourceType": _ISSUE, "id": key, "status": "final"}
    identifiers = ((DECISION_RULE, override.rule), (DECISION_CARD, override.card))
    told: list[Json] = [{"system": one, "value": value} for one, value in identifiers if value]
    put(issue, "identifier", told)
    issue["code"] = concept(DECISION_CHECK, override.check)
    put(issue, "severity", _SEVERITY.get(override.tier, ""))
    put(issue, "patient", at(order, "subject"))
    put(issue, "identifiedDateTime", _instant(override))
    put(issue, "evidence", _evidence(override))
    second: list[Json] = []
    if override.witness is not None or override.witness_name:
        agreed: Document = {"action": concept(OVERRIDE_REASON, _SECOND)}
        put(agreed, "date", _instant(override))
        agreed["author"] = person(override.witness, override.witness_name)
        second.append(agreed)
    issue["mitigation"] = [_passed(override), *second]
    return issue


def _passed(override: Override) -> Json:
    passed: Document = {"action": codeable(override.reason)}
    put(passed, "date", _instant(override))
    put(passed, "author", person(override.by, override.by_name))
    set_extension(passed, OVERRIDE_WORDS, "valueString", override.text)
    return passed


def _instant(override: Override) -> str:
    return instant_text(override.at) if override.at is not None else ""


def _evidence(override: Override) -> Json:
    codes: list[Json] = []
    for one in override.subjects:
        told: Document = {"text": one.name}
        display: Json = [{"display": one.english}]
        put(told, "coding", display if one.english else None)
        codes.append(told)
    return [{"code": codes}] if codes else []
