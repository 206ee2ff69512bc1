"""Which notes exist, who wrote and signed them, and when."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from resources.demo import prose, staff, studies
from resources.demo.cast import DECEASED, PLANNED, Stay
from resources.demo.document import (
    LOINC,
    OURS,
    WARD_TIME,
    Resource,
    coding,
    concept,
    reference,
    stamp,
)
from resources.demo.knowledge import Pair
from resources.demo.staff import by

_KINDS = {
    "admission": (Pair("入院记录", "Admission note"), "34117-2"),
    "first-progress": (Pair("首次病程记录", "First progress note"), "11506-3"),
    "progress": (Pair("日常病程记录", "Progress note"), "11506-3"),
    "senior-round": (Pair("上级医师查房记录", "Senior round"), "11506-3"),
    "nursing": (Pair("护理记录", "Nursing note"), "34746-8"),
    "handover": (Pair("护理交班记录 (SBAR)", "Nursing handover (SBAR)"), "34746-8"),
    "operation": (Pair("手术记录", "Operation note"), "11504-8"),
    "discharge": (Pair("出院记录", "Discharge summary"), "18842-5"),
}
_NURSING_DAYS = 3


@dataclass(frozen=True, slots=True)
class Note:
    """One note; `signer` is "" while it waits for a countersignature."""

    kind: str
    at: datetime
    author: str
    signer: str
    text: str
    title: Pair | None = None


def notes(stay: Stay) -> tuple[Note, ...]:
    """Every note of a stay, oldest first."""
    if stay.state == PLANNED:
        return ()
    found = [*_physicians(stay), *_rounds(stay), *_nurses(stay), *_events(stay)]
    limit = stay.until - timedelta(minutes=4)
    kept = sorted((n for n in found if n.at <= limit), key=lambda n: (n.at, n.kind))
    return tuple(_by_trainee(stay, kept))


def _physicians(stay: Stay) -> Iterator[Note]:
    """Admission note within 24 h, first note within 8 h, then by severity."""
    pick = stay.random("notes")
    first = stay.admitted + timedelta(minutes=pick.randint(70, 200))
    yield Note(
        "first-progress", first, stay.resident, stay.resident, prose.first_progress(stay, first)
    )
    written = stay.admitted + timedelta(minutes=pick.randint(240, 900))
    if not stay.late_note:
        text = prose.admission(stay, written)
        yield Note("admission", written, stay.resident, stay.attending, text)
    every = 1 if stay.case.severity else 2
    for day in range(1, int(stay.days) + 2):
        at = stay.at(day, 10.0) + timedelta(minutes=pick.randint(0, 50))
        if day % every == 0 or day == 1:
            yield Note("progress", at, stay.resident, stay.resident, prose.progress(stay, at))


def _rounds(stay: Stay) -> Iterator[Note]:
    """The attending within 48 h, the chief within the week."""
    for day, which, identifier in (
        (1, 0, stay.attending),
        (3, 1, stay.chief),
        (6, 0, stay.attending),
    ):
        at = stay.at(day, 8.7) + timedelta(minutes=(stay.number * 7) % 40)
        who = staff.member(identifier)
        named = Pair(who.name.zh + who.title.zh, f"{who.name.en}, {who.title.en.lower()}")
        text = prose.senior_round(stay, at, which, named)
        title = Pair(f"{named.zh}查房记录", f"Round: {named.en}")
        yield Note("senior-round", at, stay.resident, identifier, text, title)


def _nurses(stay: Stay) -> Iterator[Note]:
    """A note a day (two for the seriously ill) in the last days, and handovers at night."""
    hours = (15.5, 22.5) if stay.case.severity else (15.5,)
    for day in range(max(1, int(stay.days) - _NURSING_DAYS), int(stay.days) + 2):
        for hour in hours:
            at = stay.at(day, hour) + timedelta(minutes=stay.number % 25)
            nurse = stay.nurse(at)
            yield Note("nursing", at, nurse, nurse, prose.nursing(stay, at))
        if stay.case.severity:
            at = stay.at(day, 7.6)
            nurse = stay.nurse(at)
            yield Note("handover", at, nurse, nurse, prose.handover(stay, at))


def _events(stay: Stay) -> Iterator[Note]:
    if stay.days > 0.1:
        at = stay.admitted + timedelta(minutes=35)
        nurse = stay.nurse(at)
        yield Note("nursing", at, nurse, nurse, prose.nursing(stay, at))
    done, operation = studies.operated(stay), stay.case.operation
    if done and operation and operation.day >= 0:  # an earlier one is in the notes of its ward
        at = done[1] + timedelta(hours=1.3)
        hours = operation.hours
        yield Note("operation", at, stay.attending, stay.attending, prose.operation(stay, hours))
    if stay.ended is not None:
        at = stay.ended - timedelta(minutes=30 if stay.state != DECEASED else 5)
        dead = Pair("死亡记录", "Death record") if stay.state == DECEASED else None
        yield Note("discharge", at, stay.resident, stay.attending, prose.leaving(stay, at), dead)


def _by_trainee(stay: Stay, found: list[Note]) -> Iterator[Note]:
    """The newest progress note of a trainee's patient waits for its countersignature."""
    newest = max((n.at for n in found if n.kind == "progress"), default=None)
    for note in found:
        if stay.trainee and stay.ended is None and note.kind == "progress" and note.at == newest:
            yield Note(note.kind, note.at, stay.trainee, "", note.text)
        else:
            yield note


def note_id(stay: Stay, number: int) -> str:
    """Id of the n-th note of a stay."""
    return f"note-{stay.id}-{number:02d}"


def resources(stay: Stay) -> Iterator[Resource]:
    """The DocumentReferences of a stay."""
    for number, note in enumerate(notes(stay), start=1):
        yield _document(stay, note_id(stay, number), note)


def _document(stay: Stay, identifier: str, note: Note) -> Resource:
    words, loinc = _KINDS[note.kind]
    kind = coding(f"{OURS}note-kind", note.kind, words.en)
    title = note.title or words
    local = note.at.astimezone(WARD_TIME)
    found: Resource = {
        "resourceType": "DocumentReference",
        "id": identifier,
        "status": "current",
        "docStatus": "final" if note.signer else "preliminary",
        "type": concept(words.zh, kind, coding(LOINC, loinc)),
        "subject": reference("Patient", stay.patient),
        "date": stamp(note.at),
        "author": [by(note.author)],
        "description": title.say(stay.language),
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain; charset=utf-8",
                    "language": "zh-CN" if stay.language == "zh" else "en",
                    "data": base64.b64encode(note.text.encode()).decode(),
                    "title": f"{title.say(stay.language)} {local:%Y-%m-%d %H:%M}",
                    "creation": stamp(note.at),
                }
            }
        ],
        "context": {"encounter": [reference("Encounter", stay.encounter)]},
    }
    if note.signer:
        found["authenticator"] = by(note.signer)
    return found
