"""Provenance (R4 provenance.html): who did what, and why (sync.md §7.7)."""

from __future__ import annotations

from datetime import datetime

from app.domain.terms import PractitionerId, Ref
from app.fhir.building import concept, person, put
from app.fhir.document import Document
from app.fhir.elements import instant_text
from app.fhir.valuesets import ACT, PARTICIPANT_TYPE


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
