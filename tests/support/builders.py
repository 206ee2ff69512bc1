"""FHIR documents as the demo hospital writes them (docs/fhir-mapping.md), one line in a test."""

from __future__ import annotations

from decimal import Decimal

from app.fhir.document import Document, Json
from tests.support.phi_guard import CHINESE_NAME, plant

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
SNOMED = "http://snomed.info/sct"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ROLE_SYSTEM = "urn:wardone:role"
CLINICAL = "http://terminology.hl7.org/CodeSystem/"


def coded(system: str, code: str, text: str = "") -> Document:
    found: Document = {"coding": [{"system": system, "code": code}]}
    return found | {"text": text} if text else found


def typed_identifier(kind: str, value: str) -> Document:
    return {
        "type": coded(CLINICAL + "v2-0203", kind),
        "system": f"urn:wardone:{kind.lower()}",
        "value": value,
    }


def ref(kind: str, key: str) -> Document:
    return {"reference": f"{kind}/{key}"}


def quantity(value: str, unit: str, code: str = "") -> Document:
    return {"value": Decimal(value), "unit": unit, "system": UCUM, "code": code or unit}


def a_patient(
    key: str = "li-ming",
    name: str = CHINESE_NAME,
    *,
    phonetic: str = "",
    english: str = "",
    birth_date: str = "1980-02-03",
    gender: str = "male",
    record_number: str = "",
    **more: Json,
) -> Document:
    """A patient whose name no log, fault or file name may hold (phi_guard)."""
    plant(name, english)
    names: list[Json] = [{"use": "official", "text": name, "family": name[:1], "given": [name[1:]]}]
    if phonetic:
        syllables: Json = [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation",
                "valueCode": "SYL",
            }
        ]
        names.append({"extension": syllables, "text": phonetic})
    if english:
        names.append({"use": "usual", "text": english})
    return {
        "resourceType": "Patient",
        "id": key,
        "identifier": [typed_identifier("MR", record_number or f"MR-{key}")],
        "name": names,
        "gender": gender,
        "birthDate": birth_date,
        **more,
    }


def an_encounter(
    key: str = "stay-1",
    patient: str = "li-ming",
    location: str = "",
    *,
    status: str = "in-progress",
    admitted: str = "2026-03-01T08:00:00+08:00",
    admission_number: str = "",
    attending: str = "",
    **more: Json,
) -> Document:
    found: Document = {
        "resourceType": "Encounter",
        "id": key,
        "identifier": [typed_identifier("VN", admission_number or f"VN-{key}")],
        "status": status,
        "class": {"system": CLINICAL + "v3-ActCode", "code": "IMP"},
        "subject": ref("Patient", patient),
        "period": {"start": admitted},
    }
    if location:
        found["location"] = [{"location": ref("Location", location), "status": "active"}]
    if attending:
        found["participant"] = [
            {
                "type": [coded(CLINICAL + "v3-ParticipationType", "ATND")],
                "individual": ref("Practitioner", attending),
            }
        ]
    return found | more


def a_location(
    key: str, name: str, kind: str, part_of: str = "", english: str = "", **more: Json
) -> Document:
    found: Document = {
        "resourceType": "Location",
        "id": key,
        "status": "active",
        "name": name,
        "physicalType": coded(CLINICAL + "location-physical-type", kind),
    }
    if part_of:
        found["partOf"] = ref("Location", part_of)
    if english:
        found["alias"] = [english]
    return found | more


def a_ward(
    key: str = "ward-7", name: str = "心内科七病区", english: str = "Cardiology 7"
) -> Document:
    return a_location(key, name, "wa", english=english)


def a_room(key: str = "room-1", name: str = "1室", ward: str = "ward-7") -> Document:
    return a_location(key, name, "ro", ward)


def a_bed(key: str = "bed-12", label: str = "12", inside: str = "ward-7") -> Document:
    return a_location(key, label, "bd", inside)


def an_organization(key: str = "dept-1", name: str = "心内科", english: str = "") -> Document:
    found: Document = {
        "resourceType": "Organization",
        "id": key,
        "active": True,
        "type": [coded(CLINICAL + "organization-type", "dept")],
        "name": name,
    }
    return found | {"alias": [english]} if english else found


def a_practitioner(key: str = "dr-wang", name: str = "王医生", english: str = "") -> Document:
    names: list[Json] = [{"use": "official", "text": name}]
    if english:
        names.append({"use": "usual", "text": english})
    return {
        "resourceType": "Practitioner",
        "id": key,
        "identifier": [{"system": "urn:wardone:staff", "value": key}],
        "name": names,
    }


def a_role(
    key: str = "role-1",
    practitioner: str = "dr-wang",
    role: str = "resident",
    wards: tuple[str, ...] = ("ward-7",),
) -> Document:
    return {
        "resourceType": "PractitionerRole",
        "id": key,
        "active": True,
        "practitioner": ref("Practitioner", practitioner),
        "code": [coded(ROLE_SYSTEM, role)],
        "location": [ref("Location", ward) for ward in wards],
    }


def a_care_team(
    key: str = "team-1",
    patient: str = "li-ming",
    members: tuple[str, ...] = ("dr-wang",),
    status: str = "active",
) -> Document:
    return {
        "resourceType": "CareTeam",
        "id": key,
        "status": status,
        "subject": ref("Patient", patient),
        "participant": [{"member": ref("Practitioner", member)} for member in members],
    }


def an_allergy(
    key: str = "allergy-1",
    patient: str = "li-ming",
    agent: str = "青霉素",
    *,
    code: str = "",
    status: str = "active",
    verification: str = "confirmed",
    **more: Json,
) -> Document:
    return {
        "resourceType": "AllergyIntolerance",
        "id": key,
        "clinicalStatus": coded(CLINICAL + "allergyintolerance-clinical", status),
        "verificationStatus": coded(CLINICAL + "allergyintolerance-verification", verification),
        "code": coded(SNOMED, code, agent) if code else {"text": agent},
        "patient": ref("Patient", patient),
        "recordedDate": "2026-03-01T09:00:00+08:00",
        **more,
    }


def no_known_allergy(key: str = "nka-1", patient: str = "li-ming", **more: Json) -> Document:
    return an_allergy(key, patient, "否认过敏史", code="716186003") | more


def a_condition(
    key: str = "problem-1",
    patient: str = "li-ming",
    text: str = "高血压",
    *,
    code: str = "I10",
    status: str = "active",
    category: str = "problem-list-item",
    **more: Json,
) -> Document:
    return {
        "resourceType": "Condition",
        "id": key,
        "clinicalStatus": coded(CLINICAL + "condition-clinical", status),
        "category": [coded(CLINICAL + "condition-category", category)],
        "code": coded(ICD10, code, text),
        "subject": ref("Patient", patient),
        "recordedDate": "2026-03-01T09:00:00+08:00",
        **more,
    }


def an_observation(
    key: str = "lab-1",
    patient: str = "li-ming",
    code: str = "2823-3",
    value: str = "4.1",
    *,
    unit: str = "mmol/L",
    at: str = "2026-03-02T07:00:00+08:00",
    category: str = "laboratory",
    flag: str = "",
    text: str = "血钾",
    **more: Json,
) -> Document:
    found: Document = {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "category": [coded(CLINICAL + "observation-category", category)],
        "code": coded(LOINC, code, text),
        "subject": ref("Patient", patient),
        "effectiveDateTime": at,
        "issued": at,
        "valueQuantity": quantity(value, unit),
    }
    if flag:
        found["interpretation"] = [coded(CLINICAL + "v3-ObservationInterpretation", flag)]
    return found | more


def a_vital(
    key: str = "vital-1",
    patient: str = "li-ming",
    code: str = "8867-4",
    value: str = "72",
    *,
    unit: str = "/min",
    at: str = "2026-03-02T07:00:00+08:00",
    text: str = "心率",
) -> Document:
    return an_observation(
        key, patient, code, value, unit=unit, at=at, text=text, category="vital-signs"
    )


def a_weight(
    key: str = "weight-1", patient: str = "li-ming", value: str = "70.5", at: str = "2026-03-01"
) -> Document:
    return a_vital(key, patient, "29463-7", value, unit="kg", at=at, text="体重")


def a_blood_pressure(
    key: str = "bp-1",
    patient: str = "li-ming",
    systolic: str = "120",
    diastolic: str = "80",
    at: str = "2026-03-02T07:00:00+08:00",
) -> Document:
    found = a_vital(key, patient, "85354-9", "0", at=at, text="血压")
    del found["valueQuantity"]
    found["component"] = [
        {
            "code": coded(LOINC, "8480-6", "收缩压"),
            "valueQuantity": quantity(systolic, "mmHg", "mm[Hg]"),
        },
        {
            "code": coded(LOINC, "8462-4", "舒张压"),
            "valueQuantity": quantity(diastolic, "mmHg", "mm[Hg]"),
        },
    ]
    return found


def a_report(
    key: str = "report-1",
    patient: str = "li-ming",
    results: tuple[str, ...] = ("lab-1",),
    *,
    text: str = "电解质",
    category: str = "LAB",
    at: str = "2026-03-02T07:00:00+08:00",
    **more: Json,
) -> Document:
    return {
        "resourceType": "DiagnosticReport",
        "id": key,
        "status": "final",
        "category": [coded(CLINICAL + "v2-0074", category)],
        "code": {"text": text},
        "subject": ref("Patient", patient),
        "effectiveDateTime": at,
        "issued": at,
        "result": [ref("Observation", result) for result in results],
        **more,
    }


def an_imaging_study(
    key: str = "study-1", patient: str = "li-ming", at: str = "2026-03-02T10:00:00+08:00"
) -> Document:
    return {
        "resourceType": "ImagingStudy",
        "id": key,
        "status": "available",
        "subject": ref("Patient", patient),
        "modality": [{"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "CT"}],
        "started": at,
        "description": "胸部CT",
        "numberOfSeries": 2,
    }
