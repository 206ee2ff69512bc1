"""Encounters: who was in, who is in, and which places they take."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.patients import Stay
from app.domain.terms import Ref
from app.fhir.document import Document
from app.fhir.encounters import is_inpatient, read_stay
from app.fhir.valuesets import STAY_OPEN
from localdb.projecting import Put
from localdb.projections.names import number_key
from localdb.projections.patients import parts
from localdb.projections.subject import Row, Subject, guarded
from localdb.projections.tables import STAY, stay_part, stay_place, stay_row, stay_unread


class Stays(Subject):
    kinds = frozenset({"census", "patient"})
    rtypes = frozenset({"Encounter"})
    sheets = (stay_row, stay_place, stay_part)
    unread = stay_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        stay = read_stay(document)
        inpatient, current = is_inpatient(document), stay.status in STAY_OPEN
        head = (put.unsent, guarded(document), int(inpatient), int(current))
        yield Row(stay_row, (*head, *STAY.cells(stay)))
        if not inpatient:
            return
        if current:
            for place in _places(stay):
                yield Row(stay_place, (place, stay.patient))
        for part in parts((number_key("admission", stay.admission_number),)):
            yield Row(stay_part, (*part, stay.patient))


def _places(stay: Stay) -> tuple[Ref, ...]:
    alone = (stay.location,) if stay.location is not None else ()
    return tuple(dict.fromkeys((*alone, *stay.locations)))
