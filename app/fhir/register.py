"""The fencing register of a workstation: a `Basic` only it may write (R4 basic.html)."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.terms import Ref
from app.fhir.building import concept
from app.fhir.document import Document
from app.fhir.elements import at, code_of, extension, integer, text_at
from app.fhir.valuesets import BASIC, PROBE_NUMBER, REGISTER_LAST_BATCH, REGISTER_SEQ

_CODE = "outbox-register"
_ENDING = "-outbox"


@dataclass(frozen=True, slots=True)
class Register:
    """Where a workstation stands with its sending.

    Attributes:
        seq: Rises by one with every transaction.
        last_batch: The transaction that wrote it, or "".
    """

    workstation: str
    seq: int
    last_batch: str


def register_ref(workstation: str) -> Ref:
    """Where the register of `workstation` is kept."""
    return Ref(f"Basic/{workstation}{_ENDING}")


def write_register(workstation: str, seq: int, last_batch: str) -> Document:
    """The register as it shall read; it is written whole, nobody else has a part in it."""
    extensions: list[Document] = [{"url": REGISTER_SEQ, "valueInteger": seq}]
    if last_batch:
        extensions.append({"url": REGISTER_LAST_BATCH, "valueString": last_batch})
    return {
        "resourceType": "Basic",
        "id": f"{workstation}{_ENDING}",
        "extension": [*extensions],
        "code": concept(BASIC, _CODE),
    }


def read_register(document: Document) -> Register | None:
    """Read a register; None when the document is none, or does not say where it stands."""
    seq = integer(at(extension(document, REGISTER_SEQ), "valueInteger"))
    if code_of(at(document, "code"), BASIC) != _CODE or seq is None:
        return None
    return Register(
        workstation=text_at(document, "id").removesuffix(_ENDING),
        seq=seq,
        last_batch=text_at(extension(document, REGISTER_LAST_BATCH), "valueString"),
    )


def write_probe(document_id: str, number: int) -> Document:
    """A small `Basic` with a number in it, to try a server with."""
    return {
        "resourceType": "Basic",
        "id": document_id,
        "extension": [{"url": PROBE_NUMBER, "valueInteger": number}],
        "code": concept(BASIC, "probe"),
    }
