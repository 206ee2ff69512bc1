"""Patients, and every spelling they can be found by."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.patients import read_patient
from localdb.projecting import Put
from localdb.projections.names import Key, fold, name_keys, number_key, sound_key
from localdb.projections.subject import Row, Subject, guarded
from localdb.projections.tables import PATIENT, patient_part, patient_row, patient_unread


class Patients(Subject):
    kinds = frozenset({"patient", "census"})
    rtypes = frozenset({"Patient"})
    sheets = (patient_row, patient_part)
    unread = patient_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        patient = read_patient(document)
        sound = sound_key(patient.name, patient.phonetic)
        head = (put.unsent, guarded(document), fold(patient.name), sound)
        yield Row(patient_row, (*head, *PATIENT.cells(patient)))
        keys = name_keys(patient.name, patient.phonetic, patient.english)
        for part in parts((*keys, number_key("record", patient.record_number))):
            yield Row(patient_part, (*part, patient.id))


def parts(keys: tuple[Key, ...]) -> Iterator[tuple[str, str, int]]:
    """(part, kind, start) of every key, each once."""
    yield from dict.fromkeys((part, key.kind, start) for key in keys for part, start in key.parts())
