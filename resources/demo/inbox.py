"""What waits for somebody: critical results, countersignatures, reviews, messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict, cast

from resources.demo import laboratory, medication, notes, staff
from resources.demo.cast import IN_BED, Stay
from resources.demo.document import OURS, Resource, coding, concept, reference, stamp
from resources.demo.knowledge import Language, Pair, load, pair, row
from resources.demo.laboratory import FRESH, Flagged
from resources.demo.staff import by

_TASKS = {
    "acknowledge-result": Pair("危急值确认", "Acknowledge critical result"),
    "countersign": Pair("审签病程记录", "Countersign a note"),
    "verify-orders": Pair("核对医嘱", "Verify orders"),
    "review": Pair("处方审核", "Review of a prescription"),
}


class _MessageTable(TypedDict):
    case: str
    which: int
    sender: str
    recipient: str
    hours: float
    read: bool
    priority: str
    text: list[str]


@dataclass(frozen=True, slots=True)
class _Wish:
    """A Task before it is one."""

    id: str
    code: str
    focus: str
    authored: datetime
    due: datetime
    requester: Resource
    owner: str = ""
    role: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class _Critical:
    number: int
    result: Flagged
    observation: str
    issued: datetime


def resources(stays: Sequence[Stay], language: Language) -> Iterator[Resource]:
    """All tasks, then all messages; everything they point to has been told before."""
    for stay in stays:
        for found in _criticals(stay):
            yield _acknowledgement(stay, found)
        if stay.state == IN_BED:
            yield from _countersignatures(stay)
            yield from _verifications(stay)
            yield from _reviews(stay)
    yield from _calls(stays)
    yield from _messages(stays, language)


def _criticals(stay: Stay) -> Iterator[_Critical]:
    count = 0
    for number, sample in enumerate(laboratory.rounds(stay), start=1):
        for place, result in enumerate(sample.results, start=1):
            if result.critical and sample.issued is not None:
                count += 1
                observation = laboratory.result_id(stay, number, place)
                yield _Critical(count, result, observation, sample.issued)


def _waits(stay: Stay, found: _Critical) -> bool:
    return stay.state == IN_BED and found.issued > stay.as_of - FRESH


def _acknowledgement(stay: Stay, found: _Critical) -> Resource:
    """Due 10 minutes after the result; the older ones were answered in time."""
    wish = _Wish(
        id=f"ack-{stay.id}-{found.number:02d}",
        code="acknowledge-result",
        focus=f"Observation/{found.observation}",
        authored=found.issued,
        due=found.issued + timedelta(minutes=10),
        requester=reference("Organization", "dept-laboratory", "检验科"),
        owner=stay.attending,
        urgent=True,
    )
    task = _task(stay, wish)
    analyte = row("laboratory", "analytes", "key", found.result.key)
    value = f"{analyte['name_zh']} {found.result.value} {analyte['unit']}".strip()
    task["description"] = f"危急值 {value}"
    if not _waits(stay, found):
        answered = min(found.issued + timedelta(minutes=3 + found.number % 6), stay.until)
        task |= {"status": "completed", "lastModified": stamp(answered)}
        note = "已通知并处理，30分钟后复查。"
        if stay.language == "en":
            note = "Informed and treated; repeat in 30 minutes."
        task["note"] = [{"text": note, "time": stamp(answered)}]
    return task


def _countersignatures(stay: Stay) -> Iterator[Resource]:
    for number, note in enumerate(notes.notes(stay), start=1):
        if not note.signer:
            identifier = notes.note_id(stay, number)
            yield _task(
                stay,
                _Wish(
                    id=f"sign-{stay.id}",
                    code="countersign",
                    focus=f"DocumentReference/{identifier}",
                    authored=note.at,
                    due=note.at + timedelta(hours=24),
                    requester=by(note.author),
                    owner=stay.attending,
                ),
            )


def _verifications(stay: Stay) -> Iterator[Resource]:
    """Drug orders of the last hour wait for a nurse of the ward."""
    for order in medication.orders(stay):
        if order.leads and order.signed > stay.as_of - timedelta(hours=1):
            yield _task(
                stay,
                _Wish(
                    id=f"verify-{order.id}",
                    code="verify-orders",
                    focus=f"MedicationRequest/{order.id}",
                    authored=order.signed,
                    due=order.signed + timedelta(minutes=30),
                    requester=by(stay.resident),
                    role="nurse",
                ),
            )


def _reviews(stay: Stay) -> Iterator[Resource]:
    """Special-use antibiotics and warfarin are reviewed by a pharmacist."""
    watched = {"美罗培南", "利奈唑胺", "华法林"}
    for order in medication.orders(stay):
        if order.line.drug in watched and order.line.kind == "long-term":
            wish = _Wish(
                id=f"review-{order.id}",
                code="review",
                focus=f"MedicationRequest/{order.id}",
                authored=order.signed + timedelta(minutes=2),
                due=order.signed + timedelta(hours=24),
                requester=by(stay.resident),
                role="pharmacist",
            )
            task = _task(stay, wish)
            if order.signed < stay.as_of - timedelta(hours=24):
                pharmacist = "wang-jie"
                done = order.signed + timedelta(hours=3)
                task |= {
                    "status": "completed",
                    "owner": by(pharmacist),
                    "lastModified": stamp(done),
                }
            yield task


def _task(stay: Stay, wish: _Wish) -> Resource:
    words = _TASKS[wish.code]
    found: Resource = {
        "resourceType": "Task",
        "id": wish.id,
        "status": "requested",
        "intent": "order",
        "priority": "urgent" if wish.urgent else "routine",
        "code": concept(words.zh, coding(f"{OURS}task", wish.code, words.en)),
        "focus": {"reference": wish.focus},
        "for": reference("Patient", stay.patient, stay.person.text),
        "encounter": reference("Encounter", stay.encounter),
        "authoredOn": stamp(wish.authored),
        "lastModified": stamp(wish.authored),
        "requester": wish.requester,
        "restriction": {"period": {"end": stamp(wish.due)}},
    }
    if wish.owner:
        found["owner"] = by(wish.owner)
    if wish.role:
        role = staff.ROLES[wish.role]
        found["performerType"] = [concept(role.zh, coding(f"{OURS}role", wish.role, role.en))]
    return found


def _calls(stays: Sequence[Stay]) -> Iterator[Resource]:
    """The phone record of each critical value of the last day, read back by the nurse."""
    for stay in stays:
        for found in _criticals(stay):
            called = found.issued + timedelta(minutes=2)
            if not stay.as_of - timedelta(hours=24) < called < stay.until:
                continue
            analyte = row("laboratory", "analytes", "key", found.result.key)
            value = f"{found.result.value} {analyte['unit']}".strip()
            text = Pair(
                f"危急值电话通知：{stay.bed}床，{analyte['name_zh']} {value}，已复述核对。",
                f"Critical value by phone: bed {stay.bed}, {analyte['name_en']} {value}; "
                "read back.",
            )
            sent = _communication(f"call-{stay.id}-{found.number:02d}", stay, called)
            yield sent | {
                "priority": "urgent",
                "received": stamp(min(called + timedelta(minutes=1), stay.until)),
                "recipient": [by(stay.nurse(called))],
                "sender": reference("Organization", "dept-laboratory", "检验科"),
                "about": [reference("Observation", found.observation)],
                "payload": [{"contentString": text.say(stay.language)}],
            }


def _messages(stays: Sequence[Stay], language: Language) -> Iterator[Resource]:
    tables = cast("list[_MessageTable]", load("demo/messages.toml")["message"])
    for number, table in enumerate(tables, start=1):
        in_bed = [s for s in stays if s.case.id == table["case"] and s.state == IN_BED]
        stay = in_bed[table["which"]]
        sent = stay.as_of - timedelta(hours=table["hours"])
        found = _communication(f"msg-{number:02d}", stay, max(sent, stay.admitted))
        if table["read"]:
            found["received"] = stamp(max(sent, stay.admitted) + timedelta(minutes=11))
        yield found | {
            "priority": table["priority"],
            "recipient": [by(table["recipient"])],
            "sender": by(table["sender"]),
            "payload": [{"contentString": pair(table["text"]).say(language)}],
        }


def _communication(identifier: str, stay: Stay, sent: datetime) -> Resource:
    return {
        "resourceType": "Communication",
        "id": identifier,
        "status": "completed",
        "subject": reference("Patient", stay.patient, stay.person.text),
        "encounter": reference("Encounter", stay.encounter),
        "sent": stamp(sent),
    }
