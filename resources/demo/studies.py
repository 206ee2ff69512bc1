"""Imaging with its reports, and operations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from resources.demo import staff
from resources.demo.cast import PLANNED, Stay
from resources.demo.document import (
    ICD9CM3,
    OURS,
    Resource,
    coding,
    concept,
    reference,
    stamp,
)
from resources.demo.knowledge import Operation, Pair, Study
from resources.demo.laboratory import report, request
from resources.demo.staff import by

_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_REPORT_HOURS = {"DX": 1.2, "US": 0.4, "CT": 2.6, "MR": 4.0, "XA": 2.0}


def when(stay: Stay, study: Study) -> datetime:
    """When the study is made: within the first hour, or in the afternoon of a later day."""
    if study.day < 1:
        return stay.at(study.day) + timedelta(minutes=55 if study.modality != "XA" else 75)
    return stay.at(study.day, 14.4)


def reported(stay: Stay, study: Study) -> datetime:
    """When its report is there."""
    return when(stay, study) + timedelta(hours=_REPORT_HOURS[study.modality])


def operated(stay: Stay) -> tuple[datetime, datetime] | None:
    """Begin and end of the operation, or None if the patient has none yet or none at all."""
    operation = stay.case.operation
    if operation is None or stay.state == PLANNED:
        return None
    start = begins(stay, operation)
    end = (start + timedelta(hours=operation.hours)).replace(second=0)
    return (start, end) if end < stay.until else None


def before_operation(stay: Stay, at: datetime) -> bool:
    """Whether the patient still waits for the operation of the template."""
    if stay.case.operation is None:
        return False
    done = operated(stay)
    return done is None or at < done[1]


def name_at(stay: Stay, at: datetime) -> Pair:
    """The diagnosis as it is called at that time: `…术后` only once it is true."""
    return stay.case.admitted_as if before_operation(stay, at) else stay.case.name


def begins(stay: Stay, operation: Operation) -> datetime:
    """When the operation begins: hours after an emergency admission, or on the day's list."""
    if operation.day < 1:
        return (stay.at(operation.day) + timedelta(hours=2.5)).replace(second=0)
    return stay.at(operation.day, 9.5 + (stay.number % 3) * 1.5)


def resources(stay: Stay) -> Iterator[Resource]:
    """Requests, studies, reports, then the operation."""
    if stay.state == PLANNED:
        return
    for number, study in enumerate(stay.case.studies, start=1):
        if when(stay, study) - timedelta(minutes=40) < stay.until:
            yield from _study(stay, number, study)
    yield from _operation(stay)


def _study(stay: Stay, number: int, study: Study) -> Iterator[Resource]:
    identifier, made, ready = (
        f"img-{stay.id}-{number}",
        when(stay, study),
        reported(stay, study),
    )
    code = coding(f"{OURS}imaging", study.modality.lower(), study.name.en)
    yield request(stay, identifier, "imaging", study.name, made) | {
        "code": concept(study.name.zh, code),
        "status": "completed" if ready < stay.until else "active",
        "reasonCode": [concept(stay.case.admitted_as.zh)],
    }
    if made + timedelta(minutes=15) > stay.until:
        return
    modality = coding(_DICOM, study.modality)
    yield {
        "resourceType": "ImagingStudy",
        "id": f"study-{stay.id}-{number}",
        "identifier": [
            {
                "system": "urn:dicom:uid",
                "value": f"urn:oid:2.25.{stay.seed % 10**9 + 1}{stay.number:03d}{number}",
            }
        ],
        "status": "available",
        "modality": [modality],
        "subject": reference("Patient", stay.patient),
        "encounter": reference("Encounter", stay.encounter),
        "started": stamp(made),
        "basedOn": [reference("ServiceRequest", identifier)],
        "numberOfSeries": study.series,
        "numberOfInstances": study.series * {"CT": 64, "MR": 24, "XA": 12}.get(study.modality, 1),
        "description": study.name.zh,
    }
    if ready < stay.until:
        label = (
            "检查所见：{}\n诊断意见：{}"
            if stay.language == "zh"
            else "Findings: {}\nImpression: {}"
        )
        yield report(stay, f"rep-{stay.id}-img-{number}", "RAD", ready) | {
            "basedOn": [reference("ServiceRequest", identifier)],
            "code": concept(study.name.zh, code),
            "effectiveDateTime": stamp(made),
            "performer": [reference("Organization", "dept-radiology", "医学影像科")],
            "imagingStudy": [reference("ImagingStudy", f"study-{stay.id}-{number}")],
            "conclusion": label.format(stay.say(study.findings), stay.say(study.conclusion)),
        }


def _operation(stay: Stay) -> Iterator[Resource]:
    operation, done = stay.case.operation, operated(stay)
    if operation is None:
        return
    urgent, start = operation.day < 1, begins(stay, operation)
    signed = start - timedelta(hours=1 if urgent else 18)
    if signed < stay.came or signed > stay.until:
        signed = stay.admitted + timedelta(minutes=min(30, stay.days * 1440 / 2))
    code = coding(ICD9CM3, operation.icd9, operation.name.en)
    yield {
        "resourceType": "ServiceRequest",
        "id": f"ord-{stay.id}-operation",
        "status": "completed" if done else "active",
        "intent": "order",
        "category": [
            concept(
                "",
                coding(f"{OURS}order-class", "treatment"),
                coding(f"{OURS}order-kind", "temporary"),
            )
        ],
        "priority": "urgent" if urgent else "routine",
        "code": concept(operation.name.zh, code),
        "subject": reference("Patient", stay.patient),
        "encounter": reference("Encounter", stay.encounter),
        "occurrenceDateTime": stamp(start),
        "authoredOn": stamp(signed),
        "requester": by(stay.attending),
        "reasonCode": [concept(stay.case.admitted_as.zh)],
        "note": [{"text": stay.say(operation.anaesthesia)}],
    }
    if done:
        yield _procedure(stay, operation, done) | {"code": concept(operation.name.zh, code)}


def _procedure(stay: Stay, operation: Operation, done: tuple[datetime, datetime]) -> Resource:
    performers = [_performer(stay.attending, "surgeon"), _performer(stay.resident, "assistant")]
    if operation.day < 0:  # by surgeons of another department
        performers = [{"actor": reference("Organization", "dept-theatre", "手术麻醉科")}]
    if operation.anaesthesia.en.startswith("General"):
        team = staff.on_ward("surgery", "anaesthetist")
        performers.append(_performer(team[stay.number % len(team)].id, "anaesthetist"))
    return {
        "resourceType": "Procedure",
        "id": f"proc-{stay.id}",
        "basedOn": [reference("ServiceRequest", f"ord-{stay.id}-operation")],
        "status": "completed",
        "subject": reference("Patient", stay.patient),
        "encounter": reference("Encounter", stay.encounter),
        "performedPeriod": {"start": stamp(done[0]), "end": stamp(done[1])},
        "performer": list(performers),
        "reasonReference": [reference("Condition", f"dx-{stay.id}-1")],
        "outcome": concept(stay.say(operation.course)),
    }


def _performer(identifier: str, function: str) -> Resource:
    words = {"surgeon": "术者", "assistant": "第一助手", "anaesthetist": "麻醉医师"}
    code = concept(words[function], coding(f"{OURS}operation-function", function))
    return {"function": code, "actor": by(identifier)}
