"""What the actions of a remote suggestion would do to the drafts it was asked about.

Only drafts are changed, and only in what can be said as one change of a draft: another drug, dose,
route or frequency, or the draft taken away, or a medication added. Everything else of a suggestion
makes the whole of it a thing for a person to do: half a suggestion is another one.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.orders import Dosage
from app.domain.remote_cards import ChangeKind, DraftChange
from app.domain.terms import Term
from app.fhir.document import Document, Json, canonical
from app.fhir.elements import at, dicts_at, list_at, text_at
from app.fhir.medications import medication
from app.fhir.requests import MEDICATION, read_request_dosage

_CHANGEABLE = ("medicationCodeableConcept", "dosageInstruction")
_NOT_COMPARED = ("meta", "text", "id")

Drafts = Mapping[str, Document]
"""Key of a draft → the document the service was shown; its id is the key."""


def read_changes(actions: list[Document], drafts: Drafts) -> tuple[DraftChange, ...]:
    """All that `actions` would do, or () when there is one among them that cannot be done here."""
    found: list[DraftChange] = []
    for action in actions:
        changes = _changes(action, drafts)
        if not changes:
            return ()
        found += changes
    return tuple(found)


def _changes(action: Document, drafts: Drafts) -> tuple[DraftChange, ...]:
    resource = action.get("resource")
    match action.get("type"):
        case "delete":
            line = _line(text_at(action, "resourceId"), drafts)
            return (DraftChange(ChangeKind.REMOVE, line),) if line else ()
        case "update" if isinstance(resource, dict):
            line = _line(f"{text_at(resource, 'resourceType')}/{text_at(resource, 'id')}", drafts)
            return _differences(line, drafts[line], resource) if line else ()
        case "create" if isinstance(resource, dict):
            return _addition(resource)
        case _:
            return ()


def _line(reference: str, drafts: Drafts) -> str:
    """The key of the draft that `reference` means, or "": a signed order has none."""
    kind, _, key = reference.partition("/")
    held = drafts.get(key)
    return key if held is not None and held.get("resourceType") == kind else ""


def _addition(resource: Document) -> tuple[DraftChange, ...]:
    if resource.get("resourceType") != MEDICATION:
        return ()
    named, elsewhere = medication(resource)
    if elsewhere is not None or not named.code:
        return ()  # a name alone may be read as another drug
    return (DraftChange(ChangeKind.ADD, term=named),)


def _differences(line: str, before: Document, after: Document) -> tuple[DraftChange, ...]:
    """What would be changed, () when nothing is or when some of it is not a change of a draft."""
    if before.get("resourceType") != MEDICATION or _rest(before) != _rest(after):
        return ()
    found: list[DraftChange] = []
    drug, former = medication(after), medication(before)
    if drug != former:
        if drug[1] is not None or not drug[0].code:
            return ()
        found.append(DraftChange(ChangeKind.REPLACE, line, term=drug[0]))
    if list_at(before, "dosageInstruction") != list_at(after, "dosageInstruction"):
        dosing = _dosing(line, before, after)
        if not dosing:
            return ()
        found += dosing
    return tuple(found)


def _dosing(line: str, before: Document, after: Document) -> list[DraftChange]:
    """Changes of dose, route and frequency; [] when there are others, too, or none."""
    if len(dicts_at(after, "dosageInstruction")) != 1 or _unread(before) != _unread(after):
        return []
    old, new = read_request_dosage(before), read_request_dosage(after)
    found: list[DraftChange] = []
    if _dose(old) != _dose(new):
        if new.dose is None or not new.unit:
            return []  # a number without a unit is no dose
        found.append(DraftChange(ChangeKind.DOSE, line, f"{new.dose} {new.unit}"))
    for kind, was, becomes in (
        (ChangeKind.ROUTE, old.route, new.route),
        (ChangeKind.FREQUENCY, old.frequency, new.frequency),
    ):
        if _code(was) != _code(becomes):
            if becomes is None or not becomes.code:
                return []
            found.append(DraftChange(kind, line, becomes.code, becomes))
    return found


def _dose(dosage: Dosage) -> tuple[object, ...]:
    return dosage.dose, dosage.unit


def _code(term: Term | None) -> tuple[str, str]:
    return (term.system, term.code) if term is not None else ("", "")


def _rest(document: Document) -> bytes:
    """What no change of a draft can say, to be compared."""
    kept: dict[str, Json] = {
        key: value
        for key, value in document.items()
        if key not in _CHANGEABLE and key not in _NOT_COMPARED
    }
    return canonical({**kept, "resourceType": MEDICATION})


def _unread(document: Document) -> bytes:
    """What a dosage says besides dose, route, frequency and its words, to be compared."""
    one = at(document, "dosageInstruction", 0)
    kept: dict[str, Json] = dict(one) if isinstance(one, dict) else {}
    for key in ("route", "text", "sequence"):
        kept.pop(key, None)
    timing = kept.pop("timing", None)
    rates = [
        {key: value for key, value in rate.items() if key not in ("doseQuantity", "type")}
        for rate in dicts_at({"all": kept.pop("doseAndRate", None)}, "all")
    ]
    repeat = at(timing, "repeat", "boundsPeriod")
    return canonical({"kept": kept, "rates": [rate for rate in rates if rate], "bounds": repeat})
