"""Doses given and not given, and the medications that requests only refer to."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.administrations import read_administration
from app.fhir.document import Document
from app.fhir.medications import read_medication
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject, guarded, sorted_at
from localdb.projections.tables import (
    DOSE,
    TERM,
    administration_row,
    administration_unread,
    medication_row,
    medication_unread,
)


class Administrations(Subject):
    kinds = frozenset({"administration"})
    rtypes = frozenset({"MedicationAdministration"})
    sheets = (administration_row,)
    unread = administration_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        dose = read_administration(document)
        head = (put.unsent, guarded(document), sorted_at(dose.at, dose.at_text))
        yield Row(administration_row, (*head, *DOSE.cells(dose)))


class Medications(Subject):
    kinds = frozenset({"order"})
    rtypes = frozenset({"Medication"})
    sheets = (medication_row,)
    unread = medication_unread
    about_a_patient = False

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        del put
        yield Row(medication_row, tuple(TERM.cells(read_medication(document))))
