"""Acts as a ward makes them: a note and its Provenance, one group each."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import islice

from app.domain.terms import GroupId, PatientId, PractitionerId, Ref
from app.fhir.document import Document, parse
from app.fhir.provenance import write_provenance
from app.ports.acts import Act, Change, ReadSet
from tests.bench.hospital import lines

_NOTES = 60


class ActMaker:
    """Makes acts from the demo's own notes; the same numbers give the same bytes."""

    def __init__(
        self, patients: tuple[str, ...], read_set: ReadSet = (), author: str = "bench-doctor"
    ) -> None:
        self._patients = patients
        self._author = PractitionerId(author)
        self._read_set = read_set
        notes = (text for rtype, text in lines(20_000) if rtype == "DocumentReference")
        self._texts = list(islice(notes, _NOTES))

    def note(self, number: int) -> Document:
        """A progress note, new under a name of its own."""
        document = json.loads(self._texts[number % len(self._texts)])
        patient = self._patients[number % len(self._patients)]
        document |= {
            "id": f"bench-note-{number}",
            "subject": {"reference": f"Patient/{patient}"},
        }
        document.pop("context", None)
        document.pop("relatesTo", None)
        return parse(json.dumps(document, ensure_ascii=False))

    def create(self, number: int) -> Act:
        return self.act(number, Change(self.note(number)))

    def act(self, number: int, *changes: Change, kind: str = "note.sign") -> Act:
        """One group with its Provenance."""
        now = datetime.now(UTC)
        provenance = write_provenance(
            provenance_id=f"bench-{kind.replace('.', '-')}-{number}",
            targets=tuple(_ref(change.document) for change in changes),
            author=self._author,
            occurred=now,
            recorded=now,
            activity=kind,
            reason="",
        )
        patient = PatientId(self._patients[number % len(self._patients)])
        group = GroupId(f"bench-{kind}-{number}")
        return Act(group, kind, patient, self._author, now, changes, self._read_set, provenance)


def _ref(document: Document) -> Ref:
    return Ref(f"{document['resourceType']}/{document['id']}")
