"""What the notes page shows, as values."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from app.domain.notes import Note, NoteKind, NoteStatus
from app.domain.orders import Objection
from app.domain.signatures import Signed
from app.domain.terms import EncounterId, NoteId, PractitionerId
from app.kernel.faults import Fault, Message
from app.ports.acts import ReadSet

DRAFT = "draft"
"""The key of the unsigned note in the list; no record has it."""


@dataclass(frozen=True, slots=True)
class NoteForm:
    """A note being written, as the form holds it.

    Attributes:
        caret: Where in the text the user was writing.
    """

    kind: str = NoteKind.PROGRESS.value
    title: str = ""
    text: str = ""
    caret: int = 0

    @property
    def blank(self) -> bool:
        """Nothing has been typed: there is nothing to keep."""
        return not self.title.strip() and not self.text.strip()

    @property
    def body(self) -> str:
        """As the draft keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of(cls, body: str) -> NoteForm | None:
        """Read a kept draft; None when it is not one of this form."""
        try:
            kept = json.loads(body)
        except ValueError:
            return None
        if not isinstance(kept, dict):
            return None
        kinds = {kind.value for kind in NoteKind}
        kind, caret = kept.get("kind"), kept.get("caret")
        return cls(
            kind if isinstance(kind, str) and kind in kinds else NoteKind.OTHER.value,
            str(kept.get("title") or ""),
            str(kept.get("text") or ""),
            caret if isinstance(caret, int) else 0,
        )


@dataclass(frozen=True, slots=True)
class NotesState:
    """One patient's notes, and the one that is being written.

    Attributes:
        seen: The read-set of what is shown, read together with it.
        form: The unsigned note, or None.
        restored_at: When the restored draft was last kept, until it is signed or discarded.
        objections: What keeps `form` from being signed, once it was tried.
        fault: Why the notes could not be read.
        act_fault: Why the last act was not done; what was typed stays.
        signed: The signatures under the chosen note; None while they are being tried.
        voided: Notes that do not read any more as they were signed.
    """

    loading: bool = True
    notes: tuple[Note, ...] = ()
    seen: ReadSet = ()
    encounter: EncounterId | None = None
    current: str = ""
    form: NoteForm | None = None
    restored_at: datetime | None = None
    objections: tuple[Objection, ...] = ()
    busy: bool = False
    may_write: bool = False
    may_sign: bool = False
    may_countersign: bool = False
    me: PractitionerId | None = None
    fault: Fault | None = None
    act_fault: Fault | None = None
    notice: Message | None = None
    signed: tuple[Signed, ...] | None = None
    voided: frozenset[NoteId] = frozenset()

    @property
    def writing(self) -> bool:
        """The form stands in front, not a note of the record."""
        return self.form is not None and self.current == DRAFT

    @property
    def chosen(self) -> Note | None:
        return next((note for note in self.notes if note.id == self.current), None)

    @property
    def can_countersign(self) -> bool:
        note = self.chosen
        return (
            note is not None
            and note.status is NoteStatus.PRELIMINARY
            and self.may_countersign
            and note.author != self.me
            and not note.guarded
            and not self.busy
        )
