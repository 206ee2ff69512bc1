"""Notes with their texts."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.notes import read_note
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject, sorted_at
from localdb.projections.tables import NOTE, note_row, note_unread


class Notes(Subject):
    kinds = frozenset({"note"})
    rtypes = frozenset({"Composition", "DocumentReference"})
    sheets = (note_row,)
    unread = note_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        note = read_note(document)
        yield Row(note_row, (put.unsent, sorted_at(note.at, note.at_text), *NOTE.cells(note)))
