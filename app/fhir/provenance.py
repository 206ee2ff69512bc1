"""Provenance (R4 provenance.html): who did what, and why (sync.md §7.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from app.domain.provenance import Target, Told
from app.domain.terms import PractitionerId, Ref
from app.fhir.building import concept, person, put
from app.fhir.document import Document, Json, reference_to, relative
from app.fhir.elements import (
    at,
    code_of,
    codings,
    concept_term,
    dicts_at,
    display_at,
    instant_text,
    list_at,
    practitioner_at,
    text_at,
    when,
)
from app.fhir.signatures import read_signatures, signed_hash
from app.fhir.valuesets import ACT, PARTICIPANT_TYPE
from app.fhir.versions import last_updated_of, version_of

_HISTORY = "/_history/"
_CLOCKS = timedelta(minutes=5)
"""How far a workstation's clock may be ahead of the server's when something is signed."""


def write_provenance(  # noqa: PLR0913 - these are what a Provenance consists of
    *,
    provenance_id: str,
    targets: tuple[Ref, ...],
    author: PractitionerId,
    occurred: datetime,
    recorded: datetime,
    activity: str,
    author_name: str = "",
    reason: str = "",
    entities: tuple[tuple[str, Ref], ...] = (),
) -> Document:
    """The Provenance of one change group.

    Args:
        provenance_id: Its id, made by the client.
        targets: What was created or changed.
        author: Who did it.
        occurred: When they did it, by the clock of the workstation.
        recorded: When it was written down.
        activity: Kind of the act (`note.sign`, …), system `urn:wardone:act`.
        author_name: As it shall be shown.
        reason: In the author's words, or "".
        entities: (R4 `provenance-entity-role`, what was used), such as ("revision", …).
    """
    document: Document = {
        "resourceType": "Provenance",
        "id": provenance_id,
        "target": [{"reference": ref} for ref in targets],
        "occurredDateTime": instant_text(occurred),
        "recorded": instant_text(recorded),
        "activity": concept(ACT, activity),
        "agent": [
            {"type": concept(PARTICIPANT_TYPE, "author"), "who": person(author, author_name)}
        ],
    }
    put(document, "reason", [{"text": reason}] if reason else None)
    used: list[Document] = [{"role": role, "what": {"reference": ref}} for role, ref in entities]
    put(document, "entity", [*used])
    return document


def read_provenance(document: Document) -> Told:
    """Read a Provenance, ours or another program's."""
    agent = _author(document)
    reasons = (concept_term(one) for one in list_at(document, "reason"))
    return Told(
        targets=tuple(_targets(document)),
        author=practitioner_at(agent, "who"),
        author_name=display_at(agent, "who"),
        occurred=when(at(document, "occurredDateTime") or at(document, "occurredPeriod", "end")),
        recorded=when(at(document, "recorded")),
        activity=_activity(at(document, "activity")),
        reason="; ".join(one.text for one in reasons if one is not None),
    )


def maker_of(
    document: Document, base: Document | None, provenances: Iterable[Document]
) -> Told | None:
    """The Provenance of this very version of `document`, or None when none can be told.

    Certain is one that names the version, and one with a signature under just this content. Else
    it is the newest written between the version before and this one; an older one is about some
    earlier change, and naming its author would name the wrong person.
    """
    known = [(one, read_provenance(one)) for one in provenances]
    for is_it in (_names_version, _is_signed):
        sure = [told for one, told in known if is_it(one, told, document)]
        if sure:
            return sure[-1]
    after = last_updated_of(base) if base is not None else None
    until = last_updated_of(document)
    between = [told for _, told in known if _is_between(told.recorded, after, until)]
    return max(between, key=_recorded, default=None)


def _author(document: Document) -> Document:
    agents = dicts_at(document, "agent")
    authors = (a for a in agents if code_of(at(a, "type"), PARTICIPANT_TYPE) == "author")
    return next(authors, agents[0] if agents else {})


def _targets(document: Document) -> Iterator[Target]:
    for one in list_at(document, "target"):
        told = text_at(one, "reference")
        ref = relative(told)
        if ref is not None:
            yield Target(Ref(ref), told.partition(_HISTORY)[2])


def _activity(value: Json) -> str:
    return code_of(value, ACT) or next((c.display or c.code for c in codings(value)), "")


def _names_version(one: Document, told: Told, document: Document) -> bool:
    del one
    wanted = Target(Ref(reference_to(document)), version_of(document))
    return bool(wanted.version) and wanted in told.targets


def _is_signed(one: Document, told: Told, document: Document) -> bool:
    del told
    own, digest = reference_to(document), signed_hash(document)
    return any((s.target, s.digest) == (own, digest) for s in read_signatures(one))


def _is_between(at: datetime | None, after: datetime | None, until: datetime | None) -> bool:
    if at is None or until is None or at > until + _CLOCKS:
        return False
    return after is None or at > after


def _recorded(told: Told) -> float:
    return told.recorded.timestamp() if told.recorded is not None else 0.0
