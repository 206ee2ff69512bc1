"""Ten thousand invented people and what is known of them: the data of the search measurements.

The mix is that of the published benchmark (people, encounters, observations, conditions and risk
assessments around them). The seed is fixed: the same number gives the same bytes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.domain.terms import Ref
from app.ports.sync_store import Incoming
from tests.bench.hospital import AS_OF

SEED = 20261124
RECORDS = "urn:bench:record"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
_FAMILY = ("王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "Smith", "Garcia", "Okafor")
_GIVEN = ("伟", "芳", "娜", "秀英", "敏", "静", "丽", "强", "磊", "洋", "Maria", "John", "Amara")
_MORE = ("", "华", "军", "杰", "Lee", "涛", "明", "超", "兰", "霞", "平", "Ann")
_VITALS = (("8867-4", "Heart rate", "/min", 75), ("8310-5", "Body temperature", "Cel", 37))
_LABS = (("2823-3", "Potassium", "mmol/L", 4), ("718-7", "Haemoglobin", "g/dL", 13))
_TYPES = ("IMP", "AMB", "EMER", "HH")

Body = dict[str, object]


class Person(NamedTuple):
    number: int
    family: str
    given: str
    born: date


@dataclass(frozen=True, slots=True)
class Population:
    """`people` patients with four other resources each."""

    people: int

    @property
    def count(self) -> int:
        return self.people * 5

    def incoming(self) -> Iterator[Incoming]:
        """Every resource as it comes from a server, patient by patient."""
        draw = random.Random(SEED)  # noqa: S311 - invented people
        for number in range(self.people):
            person = _person(number, draw)
            for body in _resources(person, draw):
                yield as_incoming(body)

    def person(self, number: int) -> Person:
        """The same one that `incoming` gives, found by walking there."""
        draw = random.Random(SEED)  # noqa: S311 - invented people
        for at in range(number + 1):
            person = _person(at, draw)
            for _ in _resources(person, draw):
                pass
        return person


def as_incoming(body: Body, version: str = "1", updated: datetime = AS_OF) -> Incoming:
    """A body with `meta`, as a page of a server holds it."""
    stamp = updated.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    whole = body | {"meta": {"versionId": version, "lastUpdated": stamp}}
    written = json.dumps(whole, ensure_ascii=False).encode()
    return Incoming(Ref(f"{body['resourceType']}/{body['id']}"), written, version, updated)


def _person(number: int, draw: random.Random) -> Person:
    given = draw.choice(_GIVEN) + draw.choice(_MORE)
    born = date(1930, 1, 1) + timedelta(days=draw.randrange(32_000))
    return Person(number, draw.choice(_FAMILY), given, born)


def _resources(person: Person, draw: random.Random) -> Iterator[Body]:
    yield _patient(person, draw)
    yield _encounter(person, draw)
    for coding in (draw.choice(_VITALS), draw.choice(_LABS)):
        yield _observation(person, coding, draw)
    yield _risk(person, draw) if person.number % 5 == 0 else _condition(person, draw)


def _patient(person: Person, draw: random.Random) -> Body:
    return {
        "resourceType": "Patient",
        "id": f"p{person.number}",
        "active": True,
        "identifier": [{"use": "usual", "system": RECORDS, "value": f"R{person.number:07d}"}],
        "name": [
            {
                "use": "official",
                "text": f"{person.family}{person.given}",
                "family": person.family,
                "given": [person.given],
            }
        ],
        "telecom": [{"system": "phone", "value": f"555-{person.number:07d}", "use": "mobile"}],
        "gender": draw.choice(("male", "female")),
        "birthDate": person.born.isoformat(),
        "address": [
            {"use": "home", "city": "Harbour City", "postalCode": f"{draw.randrange(10**5)}"}
        ],
        "generalPractitioner": [{"reference": f"Practitioner/d{person.number % 50}"}],
    }


def _encounter(person: Person, draw: random.Random) -> Body:
    start = _moment(draw)
    kind = draw.choice(_TYPES)
    return {
        "resourceType": "Encounter",
        "id": f"e{person.number}",
        "status": "finished",
        "class": {"system": ACT, "code": kind},
        "type": [{"coding": [{"system": ACT, "code": kind, "display": kind}]}],
        "subject": {"reference": f"Patient/p{person.number}"},
        "period": {"start": start, "end": start},
        "serviceProvider": {"reference": "Organization/o1"},
    }


def _observation(person: Person, coding: tuple[str, str, str, int], draw: random.Random) -> Body:
    code, display, unit, middle = coding
    at = _moment(draw)
    category = "laboratory" if coding in _LABS else "vital-signs"
    system = "http://terminology.hl7.org/CodeSystem/observation-category"
    amount = round(middle * (0.7 + 0.6 * draw.random()), 1)
    return {
        "resourceType": "Observation",
        "id": f"o{person.number}-{code}",
        "status": "final",
        "category": [{"coding": [{"system": system, "code": category}]}],
        "code": {"coding": [{"system": LOINC, "code": code, "display": display}], "text": display},
        "subject": {"reference": f"Patient/p{person.number}"},
        "encounter": {"reference": f"Encounter/e{person.number}"},
        "effectiveDateTime": at,
        "issued": at,
        "valueQuantity": {"value": amount, "unit": unit, "system": UCUM, "code": unit},
    }


def _condition(person: Person, draw: random.Random) -> Body:
    clinical = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {
        "resourceType": "Condition",
        "id": f"c{person.number}",
        "clinicalStatus": {"coding": [{"system": clinical, "code": "active"}]},
        "code": {
            "coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "I10"}],
            "text": "Essential hypertension",
        },
        "subject": {"reference": f"Patient/p{person.number}"},
        "encounter": {"reference": f"Encounter/e{person.number}"},
        "recordedDate": _moment(draw),
    }


def _risk(person: Person, draw: random.Random) -> Body:
    return {
        "resourceType": "RiskAssessment",
        "id": f"r{person.number}",
        "status": "final",
        "subject": {"reference": f"Patient/p{person.number}"},
        "occurrenceDateTime": _moment(draw),
        "prediction": [
            {"outcome": {"text": "Fall"}, "probabilityDecimal": round(draw.random(), 3)}
        ],
    }


def _moment(draw: random.Random) -> str:
    at = AS_OF - timedelta(minutes=draw.randrange(1, 500_000))
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
