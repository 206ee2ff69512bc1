"""What clinicians did and were told is saved: the side of the oracle that never forgets."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.domain.slots import is_derived
from app.domain.terms import GroupId, Ref
from app.fhir.document import Document, Json, canonical_hash, reference_to
from app.ports.acts import Act, Acts, Documents
from tests.sync.simulation.virtual import Timeline

LISTS = ("note", "meta.tag")
"""Elements that grow: every clinician adds, nobody removes."""
VALUES = ("description", "text.div")
"""Elements that are written over; every value is written once in the whole run."""


class Word(enum.Enum):
    """What the clinician was told of an act."""

    SAVED = "saved"
    NOTHING = "nothing"  # the process died before a word was said
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing an act says of one document.

    Attributes:
        element: `""` for the whole document (a creation, or an act of class A).
        value: What was added or written; a canonical hash for the whole document.
        saw: What stood there when it was written over; "" where nothing stood.
    """

    ref: Ref
    element: str
    value: str
    saw: str = ""

    def holds_in(self, document: Document) -> bool:
        if not self.element:
            return canonical_hash(document) == self.value
        return self.value in texts(document, self.element)


@dataclass
class Entry:
    """One act of one clinician.

    Attributes:
        created: Documents the act makes; they come to the server together or not at all.
    """

    number: int
    station: str
    ms: int
    act: Act
    claims: tuple[Claim, ...]
    created: tuple[Ref, ...]
    word: Word = Word.NOTHING


@dataclass
class Ledger:
    """Every act, by the group it became.

    Attributes:
        overruled: (document, element, value) that a person saw and put their own version over.
        taken_back: Acts a person took back.
        decided: How often people decided what.
    """

    entries: dict[GroupId, Entry] = field(default_factory=dict)
    overruled: set[tuple[Ref, str, str]] = field(default_factory=set)
    taken_back: set[GroupId] = field(default_factory=set)
    decided: Counter[str] = field(default_factory=Counter)

    def overrule(self, ref: Ref, theirs: Document | None) -> None:
        """Somebody saw `theirs` and lets their own version count."""
        if theirs is not None:
            self.overruled.add((ref, "", canonical_hash(theirs)))
            for element in (*LISTS, *VALUES):
                self.overruled |= {(ref, element, value) for value in texts(theirs, element)}

    def of(self, station: str) -> list[Entry]:
        return [entry for entry in self.entries.values() if entry.station == station]

    def claims_on(self, ref: Ref, element: str) -> Iterator[tuple[Entry, Claim]]:
        for entry in self.entries.values():
            for claim in entry.claims:
                if claim.ref == ref and claim.element == element:
                    yield entry, claim


class WrittenDown:
    """`Acts` that writes into the ledger what is asked for and what came of it."""

    def __init__(
        self, acts: Acts, documents: Documents, ledger: Ledger, station: str, timeline: Timeline
    ) -> None:
        self._acts = acts
        self._documents = documents
        self._ledger = ledger
        self._station = station
        self._timeline = timeline

    def commit_all(self, acts: tuple[Act, ...]) -> None:
        for act in acts:
            self.commit(act)

    def commit(self, act: Act) -> None:
        claims: list[Claim] = []
        created: list[Ref] = []
        for document in _documents(act):
            ref = Ref(reference_to(document))
            held = self._documents.held(ref)
            claims += claims_of(ref, held.document if held else None, document)
            # What is derived from what it stands for, another workstation may make first.
            created += [] if held or is_derived(ref) else [ref]
        entry = Entry(
            len(self._ledger.entries),
            self._station,
            self._timeline.ms,
            act,
            tuple(claims),
            tuple(created),
        )
        self._ledger.entries[act.group] = entry
        try:
            self._acts.commit(act)
        except Exception:
            entry.word = Word.REFUSED
            raise
        entry.word = Word.SAVED


def claims_of(ref: Ref, before: Document | None, after: Document) -> list[Claim]:
    """What `after` says that `before` does not."""
    if ref.startswith("Task/") and (states := _states(ref, before, after)):
        return states
    whole = Claim(ref, "", canonical_hash(after), canonical_hash(before) if before else "")
    if before is None or ref.startswith("MedicationRequest/"):
        return [whole]
    found = [
        Claim(ref, element, value)
        for element in LISTS
        for value in texts(after, element)
        if value not in texts(before, element)
    ]
    for element in VALUES:
        was, now = texts(before, element), texts(after, element)
        if now and now != was:
            found.append(Claim(ref, element, now[0], was[0] if was else ""))
    return found


def _states(ref: Ref, before: Document | None, after: Document) -> list[Claim]:
    """Of the slot of a dose: that it is there, and what has become of it.

    Others may be faster with the next state, so only the state itself is claimed, not the whole.
    """
    was, now = texts(before or {}, "status"), texts(after, "status")
    return [] if was == now else [Claim(ref, "status", now[0], "".join(was))]


def texts(document: Document, element: str) -> list[str]:
    """The values of one of the watched elements."""
    match element:
        case "note":
            return [_text(one, "text") for one in _list(document.get("note"))]
        case "meta.tag":
            meta = document.get("meta")
            tags = meta.get("tag") if isinstance(meta, dict) else None
            return [_text(one, "code") for one in _list(tags)]
        case "text.div":
            found = document.get("text")
            return [_text(found, "div")] if found else []
        case _:
            found = document.get(element)
            return [found] if isinstance(found, str) else []


def _documents(act: Act) -> list[Document]:
    provenance = [act.provenance] if act.provenance is not None else []
    return [*(change.document for change in act.changes), *provenance]


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _text(value: Json, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
