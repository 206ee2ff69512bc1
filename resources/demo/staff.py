"""The hospital itself: departments, wards, beds and the people who work there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NotRequired, TypedDict, cast

from resources import reading
from resources.demo.document import (
    OURS,
    TERMINOLOGY,
    V2,
    Json,
    Resource,
    coding,
    concept,
    reference,
)
from resources.demo.knowledge import Pair, load, pair, row

ROLES = {
    "resident": Pair("住院医师", "Resident"),
    "attending": Pair("主治医师", "Attending physician"),
    "chief": Pair("科主任", "Chief physician"),
    "trainee": Pair("规培医师", "Trainee doctor"),
    "nurse": Pair("护士", "Nurse"),
    "head-nurse": Pair("护士长", "Head nurse"),
    "pharmacist": Pair("药师", "Pharmacist"),
    "anaesthetist": Pair("麻醉医师", "Anaesthetist"),
    "theatre-nurse": Pair("手术室护士", "Theatre nurse"),
    "coder": Pair("病案编码员", "Clinical coder"),
    "qc": Pair("病案质控员", "Record quality controller"),
    "it": Pair("信息管理员", "IT administrator"),
}

_SERVICE_OF_ROLE = {
    "pharmacist": "pharmacy",
    "anaesthetist": "theatre",
    "theatre-nurse": "theatre",
    "coder": "records",
    "qc": "quality",
    "it": "information",
}


class _DepartmentTable(TypedDict):
    id: str
    name: list[str]
    ward: list[str]
    beds: int
    extra: list[str]
    closed: NotRequired[list[str]]
    inpatients: int


class _ServiceTable(TypedDict):
    id: str
    name: list[str]


@dataclass(frozen=True, slots=True)
class Department:
    id: str
    name: Pair
    ward: Pair
    beds: tuple[str, ...]
    closed: tuple[str, ...]
    inpatients: int


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the staff; `ward` is a department id, or "" for the whole hospital."""

    id: str
    username: str
    password: str
    role: str
    name: Pair
    family: Pair
    given: Pair
    ward: str
    title: Pair
    number: str

    @property
    def organization(self) -> str:
        return _SERVICE_OF_ROLE.get(self.role, self.ward)


@dataclass(frozen=True, slots=True)
class DemoUser:
    """Who may sign in to the demo hospital; the password is public and protects nothing."""

    username: str
    password: str
    practitioner: str
    role: str
    display: Pair


@cache
def departments() -> tuple[Department, ...]:
    """The four clinical departments with their bed labels, extra beds last."""
    tables = cast("list[_DepartmentTable]", load("demo/hospital.toml")["department"])
    return tuple(
        Department(
            t["id"],
            pair(t["name"]),
            pair(t["ward"]),
            (*(str(n) for n in range(1, t["beds"] + 1)), *t["extra"]),
            tuple(t.get("closed", ())),
            t["inpatients"],
        )
        for t in tables
    )


@cache
def members() -> tuple[Member, ...]:
    """Everybody who works here."""
    text = reading.path("demo/staff.tsv").read_text(encoding="utf-8")
    return tuple(
        Member(
            id=r["id"],
            username=r["username"],
            password=r["password"],
            role=r["role"],
            name=Pair(r["family"] + r["given"], f"{r['pinyin_family']} {r['pinyin_given']}"),
            family=Pair(r["family"], r["pinyin_family"]),
            given=Pair(r["given"], r["pinyin_given"]),
            ward=r["ward"],
            title=Pair(r["title_zh"], r["title_en"]),
            number=r["staff_number"],
        )
        for r in reading.table_rows(text)
    )


@cache
def on_ward(ward: str, role: str) -> tuple[Member, ...]:
    """The members of one role on a ward, in the order of the file."""
    return tuple(m for m in members() if m.role == role and m.ward == ward)


def member(identifier: str) -> Member:
    """One member by practitioner id."""
    return {m.id: m for m in members()}[identifier]


def by(identifier: str) -> Resource:
    """A reference to a practitioner with the name to show."""
    return reference("Practitioner", identifier, member(identifier).name.zh)


def users() -> tuple[DemoUser, ...]:
    """The demo accounts, at least one for each role."""
    return tuple(
        DemoUser(
            m.username,
            m.password,
            m.id,
            m.role,
            Pair(f"{m.name.zh} {m.title.zh}", f"{m.name.en}, {m.title.en}"),
        )
        for m in members()
    )


def resources() -> Iterator[Resource]:
    """Organisations, locations, practitioners and their roles, targets before referrers."""
    yield from _organizations()
    yield from _locations()
    for m in members():
        yield _practitioner(m)
    for m in members():
        yield _role(m)


def _organizations() -> Iterator[Resource]:
    found = load("demo/hospital.toml")
    hospital = pair(cast("list[str]", found["name"]))
    yield _organization("hospital", "prov", hospital, parent=False)
    for department in departments():
        yield _organization(f"dept-{department.id}", "dept", department.name, parent=True)
    for service in cast("list[_ServiceTable]", found["service"]):
        yield _organization(f"dept-{service['id']}", "dept", pair(service["name"]), parent=True)


def _organization(identifier: str, kind: str, name: Pair, *, parent: bool) -> Resource:
    found: Resource = {
        "resourceType": "Organization",
        "id": identifier,
        "active": True,
        "type": [concept("", coding(f"{TERMINOLOGY}organization-type", kind))],
        "name": name.zh,
        "alias": [name.en],
    }
    if parent:
        found["partOf"] = reference("Organization", "hospital")
    return found


def _locations() -> Iterator[Resource]:
    for department in departments():
        yield _location(f"ward-{department.id}", "wa", department.ward.zh) | {
            "alias": [department.ward.en],
            "managingOrganization": reference("Organization", f"dept-{department.id}"),
        }
        for label in department.beds:
            bed = _location(bed_id(department.id, label), "bd", label) | {
                "partOf": reference("Location", f"ward-{department.id}", department.ward.zh)
            }
            if label in department.closed:
                bed["status"] = "suspended"
            yield bed


def bed_id(department: str, label: str) -> str:
    """Location id of a bed: `+1` becomes `extra-1`."""
    return f"bed-{department}-{label.replace('+', 'extra-')}"


def _location(identifier: str, kind: str, name: str) -> Resource:
    return {
        "resourceType": "Location",
        "id": identifier,
        "status": "active",
        "name": name,
        "mode": "instance",
        "physicalType": concept("", coding(f"{TERMINOLOGY}location-physical-type", kind)),
    }


def _practitioner(m: Member) -> Resource:
    return {
        "resourceType": "Practitioner",
        "id": m.id,
        "active": True,
        "identifier": [{"system": f"{OURS}staff", "value": m.number}],
        "name": [
            {"use": "official", "text": m.name.zh, "family": m.family.zh, "given": [m.given.zh]},
            romanised({"text": m.name.en, "family": m.family.en, "given": [m.given.en]}),
        ],
        "qualification": [
            {"code": concept(m.title.zh, coding(f"{OURS}title", m.role, m.title.en))}
        ],
    }


def romanised(name: Resource) -> Resource:
    """Mark a HumanName as the spoken (pinyin) form of the official one."""
    mark: Json = {
        "url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation",
        "valueCode": "SYL",
    }
    return {"extension": [mark], "use": "official", **name}


def _role(m: Member) -> Resource:
    found: Resource = {
        "resourceType": "PractitionerRole",
        "id": f"role-{m.id}",
        "active": True,
        "practitioner": by(m.id),
        "organization": reference("Organization", f"dept-{m.organization}"),
        "code": [concept(ROLES[m.role].zh, coding(f"{OURS}role", m.role, ROLES[m.role].en))],
    }
    wards = [m.ward] if m.ward else [d.id for d in departments()]
    found["location"] = [reference("Location", f"ward-{ward}") for ward in wards]
    return found


def identifier_type(code: str) -> Resource:
    """An identifier type of HL7 table 0203: MR, VN, NI, PPN."""
    return concept("", coding(f"{V2}0203", code))


def route(code: str) -> Resource:
    """A route of administration as a CodeableConcept."""
    found = row("routes", "routes", "code", code)
    return concept(found["name_zh"], coding(f"{OURS}route", code, found["name_en"]))
