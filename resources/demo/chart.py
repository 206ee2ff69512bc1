"""The front of the chart: patient, admission, problems, allergies and warning flags."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from resources.demo import staff
from resources.demo.cast import DECEASED, IN_BED, PLANNED, Stay
from resources.demo.document import (
    ICD10,
    OURS,
    SNOMED,
    TERMINOLOGY,
    V3,
    Json,
    Resource,
    coding,
    concept,
    reference,
    stamp,
)
from resources.demo.knowledge import Pair, allergens, cases
from resources.demo.people import NATIONAL_ID_SYSTEM, Person, national_id
from resources.demo.staff import by, identifier_type, romanised
from resources.demo.studies import name_at

_RISKS = {
    "falls": Pair("跌倒高风险", "High falls risk"),
    "pressure": Pair("压力性损伤高风险", "High pressure-injury risk"),
    "vte": Pair("静脉血栓高风险", "High VTE risk"),
}


def patient(stay: Stay) -> Resource:
    """The Patient with its names, numbers and language."""
    person = stay.person
    found: Resource = {
        "resourceType": "Patient",
        "id": stay.patient,
        "active": True,
        "identifier": [
            {
                "type": identifier_type("MR"),
                "system": f"{OURS}mrn",
                "value": f"{831200 + stay.number * 7:08d}",
            },
            _civil_number(person),
        ],
        "name": _names(person),
        "gender": "male" if person.sex == "M" else "female",
        "birthDate": person.born.isoformat(),
        "communication": [_language(person)],
        "managingOrganization": reference("Organization", "hospital"),
    }
    if stay.state == DECEASED and stay.ended is not None:
        found["deceasedDateTime"] = stamp(stay.ended)
    return found


def _names(person: Person) -> list[Json]:
    """Official name whole in `text`; families that have no Chinese family name keep it whole."""
    official: Resource = {"use": "official", "text": person.text}
    spoken: Resource = {"text": person.romanised}
    if person.given:
        official |= {"family": person.family, "given": [person.given]}
        spoken |= {"family": person.latin_family, "given": [person.latin_given]}
    if person.latin:
        return [official]
    names: list[Json] = [official, romanised(spoken)]
    if person.language == "en":
        usual = f"{person.latin_given} {person.latin_family}"
        names.append({"use": "usual", "text": usual})
    return names


def _civil_number(person: Person) -> Resource:
    if person.latin:
        kind, system = "PPN", f"{OURS}passport"
        return {"type": identifier_type(kind), "system": system, "value": f"X{person.number:08d}"}
    return {
        "type": identifier_type("NI"),
        "system": NATIONAL_ID_SYSTEM,
        "value": national_id(person),
    }


def _language(person: Person) -> Resource:
    code, text = ("en", "English") if person.language == "en" else ("zh-CN", "中文")
    return {"language": concept(text, coding("urn:ietf:bcp:47", code)), "preferred": True}


def encounter(stay: Stay) -> Resource:
    """The admission. What a planned one will bring (bed, doctor) is already known."""
    planned = stay.state == PLANNED
    status = {IN_BED: "in-progress", PLANNED: "planned"}.get(stay.state, "finished")
    period, in_bed = _period(stay, stay.came), _period(stay, stay.admitted)
    bed = reference("Location", staff.bed_id(stay.ward, stay.bed), stay.bed)
    held = {IN_BED: "active", PLANNED: "reserved"}.get(stay.state, "completed")
    found: Resource = {
        "resourceType": "Encounter",
        "id": stay.encounter,
        "identifier": [
            {
                "type": identifier_type("VN"),
                "system": f"{OURS}visit",
                "value": f"{stay.admitted.year}{410000 + stay.number * 3}",
            }
        ],
        "status": status,
        "class": coding(f"{V3}ActCode", "IMP", "inpatient encounter"),
        "subject": reference("Patient", stay.patient, stay.person.text),
        "participant": [_participant(stay)],
        "period": period,
        "reasonCode": [concept(stay.say(stay.case.complaint))],
        "hospitalization": _hospitalization(stay),
        "location": [{"location": bed, "status": held, "period": in_bed}, *_before(stay)],
        "serviceProvider": reference("Organization", f"dept-{stay.ward}", ward_name(stay).zh),
    }
    if not planned:
        role = coding(f"{TERMINOLOGY}diagnosis-role", "AD", "Admission diagnosis")
        found["diagnosis"] = [
            {
                "condition": reference("Condition", f"dx-{stay.id}-1"),
                "use": concept("", role),
                "rank": 1,
            }
        ]
    return found


def _period(stay: Stay, start: datetime) -> Resource:
    found: Resource = {"start": stamp(start)}
    if stay.ended is not None:
        found["end"] = stamp(stay.ended)
    return found


def _before(stay: Stay) -> list[Json]:
    """Where a patient who came over from another ward had been."""
    if stay.came == stay.admitted:
        return []
    period: Resource = {"start": stamp(stay.came), "end": stamp(stay.admitted)}
    ward = reference("Location", "ward-cardiology", staff.departments()[0].ward.zh)
    return [{"location": ward, "status": "completed", "period": period}]


def ward_name(stay: Stay) -> Pair:
    """The name of the department a stay belongs to."""
    return next(d.name for d in staff.departments() if d.id == stay.ward)


def _participant(stay: Stay) -> Resource:
    role = coding(f"{V3}ParticipationType", "ATND", "attender")
    return {"type": [concept("", role)], "individual": by(stay.attending)}


def _hospitalization(stay: Stay) -> Resource:
    emergency = not stay.case.elective and stay.state != PLANNED
    source = ("emd", "急诊") if emergency else ("outp", "门诊")
    found: Resource = {
        "admitSource": concept(source[1], coding(f"{TERMINOLOGY}admit-source", source[0]))
    }
    if stay.ended is not None:
        left = ("exp", "死亡") if stay.state == DECEASED else ("home", "医嘱离院")
        code = coding(f"{TERMINOLOGY}discharge-disposition", left[0])
        found["dischargeDisposition"] = concept(left[1], code)
    return found


def problems(stay: Stay) -> Iterator[Resource]:
    """The admission diagnosis first, then what the patient brought along."""
    if stay.state == PLANNED:
        return
    recorded = stay.admitted + timedelta(minutes=50)
    own = cases()[stay.case.id]
    listed = [(own.icd, name_at(stay, stay.until), "encounter-diagnosis", stay.facts["onset"])]
    listed += [
        (c.icd, c.name, "problem-list-item", stay.facts["years"] * 365) for c in stay.companions
    ]
    for number, (icd, name, category, days) in enumerate(listed, start=1):
        onset = (stay.admitted - timedelta(days=days)).date()
        yield {
            "resourceType": "Condition",
            "id": f"dx-{stay.id}-{number}",
            "clinicalStatus": _status("condition-clinical", "active"),
            "verificationStatus": _status("condition-ver-status", "confirmed"),
            "category": [_status("condition-category", category)],
            "code": concept(name.zh, coding(ICD10, icd, name.en)),
            "subject": reference("Patient", stay.patient),
            "encounter": reference("Encounter", stay.encounter),
            "onsetDateTime": onset.isoformat(),
            "recordedDate": stamp(recorded if recorded <= stay.as_of else stay.admitted),
            "recorder": by(stay.resident),
        }


def allergies(stay: Stay) -> Iterator[Resource]:
    """Known, unconfirmed or asked and none; nothing at all if nobody has asked."""
    if stay.allergy == "unasked" or stay.state == PLANNED:
        return
    recorded = min(stay.admitted + timedelta(minutes=25), stay.as_of)
    found: Resource = {
        "resourceType": "AllergyIntolerance",
        "id": f"alg-{stay.id}",
        "clinicalStatus": _status("allergyintolerance-clinical", "active"),
        "verificationStatus": _status("allergyintolerance-verification", "confirmed"),
    }
    if stay.allergy == "none":
        code = coding(SNOMED, "716186003", "No known allergy")
        found["code"] = concept("无已知过敏", code)
    elif stay.allergy == "unconfirmed":
        status = _status("allergyintolerance-verification", "unconfirmed")
        found |= {
            "verificationStatus": status,
            "category": ["medication"],
            "criticality": "unable-to-assess",
            "code": concept("抗生素（具体药名不详）"),
            "note": [{"text": "患者自述多年前输液后皮疹，药名无法提供，待核实。"}],
        }
    else:
        found |= _allergen(stay.allergy)
    yield found | {
        "patient": reference("Patient", stay.patient),
        "encounter": reference("Encounter", stay.encounter),
        "recordedDate": stamp(recorded),
        "recorder": by(stay.nurse(recorded)),
    }


def _allergen(identifier: str) -> Resource:
    allergen = allergens()[identifier]
    manifestation = concept(allergen.manifestation.zh)
    code = coding(f"{OURS}allergen", identifier, allergen.name.en)
    return {
        "type": "allergy",
        "category": ["food" if identifier == "seafood" else "medication"],
        "criticality": allergen.criticality,
        "code": concept(allergen.name.zh, code),
        "reaction": [
            {
                "manifestation": [manifestation],
                "description": allergen.manifestation.en,
                "severity": allergen.severity,
            }
        ],
    }


def flags(stay: Stay) -> Iterator[Resource]:
    """Risks found at admission, and the code status where it limits treatment."""
    if stay.state == PLANNED:
        return
    listed = [(risk, "risk", _RISKS[risk]) for risk in _risks(stay)]
    if stay.dnar:
        listed.append(("dnar", "code-status", Pair("不予心肺复苏 (DNAR)", "Do not attempt CPR")))
    for code, category, words in listed:
        period: Resource = {"start": stamp(min(stay.admitted + timedelta(hours=1), stay.as_of))}
        if stay.ended is not None:
            period["end"] = stamp(stay.ended)
        yield {
            "resourceType": "Flag",
            "id": f"flag-{stay.id}-{code}",
            "status": "active" if stay.state == IN_BED else "inactive",
            "category": [concept("", coding(f"{OURS}flag", category))],
            "code": concept(words.zh, coding(f"{OURS}flag", code, words.en)),
            "subject": reference("Patient", stay.patient),
            "encounter": reference("Encounter", stay.encounter),
            "period": period,
            "author": by(stay.attending if code == "dnar" else stay.nurse(stay.admitted)),
        }


def _risks(stay: Stay) -> list[str]:
    found = list(stay.case.risks)
    if stay.person.age >= 75 and "falls" not in found:
        found.append("falls")
    return found


def _status(system: str, code: str) -> Resource:
    return concept("", coding(f"{TERMINOLOGY}{system}", code))
