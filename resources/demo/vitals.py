"""Vital signs: charted by level of care, correlated with the fever, for the last seven days."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from resources.demo.cast import Stay
from resources.demo.course import along, rounded, stage
from resources.demo.document import (
    LOINC,
    OURS,
    TERMINOLOGY,
    WARD_TIME,
    Json,
    Resource,
    coding,
    concept,
    quantity,
    reference,
    stamp,
)
from resources.demo.knowledge import Pair, row
from resources.demo.staff import by

DAYS = 7
_CLOCK = {"1": (2, 6, 10, 14, 18, 22), "2": (6, 14, 22), "3": (6, 16)}
_ACVPU = {
    "A": Pair("清醒", "Alert"),
    "C": Pair("新发意识混乱", "New confusion"),
    "V": Pair("对声音有反应", "Responds to voice"),
    "P": Pair("对疼痛有反应", "Responds to pain"),
    "U": Pair("无反应", "Unresponsive"),
}
_UPSET: dict[str, dict[str, float]] = {
    "hb": {"pulse": 34, "systolic": -30, "diastolic": -16, "breaths": 5},
    "ph": {"pulse": 12, "breaths": 6, "saturation": -3},
    "lac": {"pulse": 8, "systolic": -8, "diastolic": -4},
    "glu": {"pulse": 18},
}
_CLOUDING = frozenset({"ph", "na", "glu"})
"""Analytes whose critical values cloud the mind."""
_ALL = frozenset(
    {"temperature", "pulse", "breaths", "pressure", "saturation", "pain", "consciousness", "oxygen"}
)
_CORE = frozenset({"temperature", "pulse", "breaths", "pressure", "saturation"})
_HOURLY = frozenset({"pulse", "breaths", "pressure", "saturation"})
_SHORT = frozenset({"temperature", "pulse", "breaths"})


@dataclass(frozen=True, slots=True)
class SignSet:
    """What was measured on one occasion; a key that is missing was not measured."""

    at: datetime
    values: dict[str, Decimal]
    consciousness: str

    def line(self) -> str:
        """One line for a note: `T 37.2℃ P 88次/分 …` in the order of a Chinese record."""
        v = self.values
        return (
            f"T {v['temperature']}℃，P {v['pulse']}次/分，R {v['breaths']}次/分，"
            f"BP {v['systolic']}/{v['diastolic']} mmHg，SpO₂ {v['saturation']}%"
        )

    def english_line(self) -> str:
        """The same for an English note."""
        v = self.values
        return (
            f"T {v['temperature']} °C, HR {v['pulse']}, RR {v['breaths']}, "
            f"BP {v['systolic']}/{v['diastolic']} mmHg, SpO2 {v['saturation']} %"
        )


def level_of_care(stay: Stay, at: datetime) -> str:
    """The level ordered at that time: a first-level patient who recovers becomes second-level."""
    if stepped_down(stay) and at >= step_down_at(stay):
        return "2"
    return stay.case.care


def stepped_down(stay: Stay) -> bool:
    """Whether the level of care has been lowered by now."""
    return (
        stay.case.care == "1"
        and stay.case.severity != "critical"
        and not stay.critical
        and step_down_at(stay) < stay.until
    )


def step_down_at(stay: Stay) -> datetime:
    """When it is lowered: on the round after four fifths of the recovery."""
    return stay.at(max(1, round(stay.case.recovery * 0.8)), 9.5)


def measured(stay: Stay, at: datetime) -> SignSet:
    """Everything a nurse would find at that moment."""
    days, recovery = stay.days_at(at), stay.case.recovery
    pick = stay.random(f"signs/{at.isoformat()}")
    curve = {key: along(points, days, recovery) for key, points in stay.case.signs.items()}
    hour = at.astimezone(WARD_TIME).hour + at.minute / 60
    for key, change in upset(stay, at).items():
        curve[key] += change
    warmth = 0.22 * math.cos((hour - 17) / 24 * 2 * math.pi) + pick.gauss(0, 0.12)
    systolic = curve["systolic"] + pick.gauss(0, 5)
    diastolic = min(curve["diastolic"] + pick.gauss(0, 3.5), systolic - 22)
    values = {
        "temperature": rounded(min(curve["temperature"] + warmth, 40.8), 1),
        "pulse": rounded(curve["pulse"] + 8 * warmth + pick.gauss(0, 3), 0),
        "breaths": rounded(curve["breaths"] + 1.5 * warmth + pick.gauss(0, 0.7), 0),
        "systolic": rounded(systolic, 0),
        "diastolic": rounded(diastolic, 0),
        "saturation": rounded(min(100.0, curve["saturation"] + pick.gauss(0, 0.7)), 0),
        "pain": rounded(_pain(curve.get("pain", 0.0), pick), 0),
        "oxygen": rounded(round(curve.get("oxygen", 0.0) * 2) / 2, 1),
    }
    ladder = stay.case.consciousness
    awake = ladder[stage(len(ladder), days, recovery)]
    return SignSet(at, values, _clouded(stay, at) if awake == "A" else awake)


def upset(stay: Stay, at: datetime) -> dict[str, float]:
    """What a critical result of the last hours does to the vital signs."""
    found: dict[str, float] = {}
    if stay.critical and at > stay.as_of - timedelta(hours=2):
        for key in stay.critical:
            found |= _UPSET.get(key, {})
    return found


def _clouded(stay: Stay, at: datetime) -> str:
    recent = at > stay.as_of - timedelta(hours=2)
    return "C" if recent and not _CLOUDING.isdisjoint(stay.critical) else "A"


def _pain(expected: float, pick: random.Random) -> float:
    return min(10.0, max(0.0, expected + pick.choice((-1, 0, 0, 0, 1)))) if expected else 0.0


def latest(stay: Stay) -> datetime:
    """The time of the last set: minutes before now, or before the patient left."""
    minutes = stay.random("signs/latest").randint(6, 38)
    return stay.until - timedelta(minutes=minutes)


def occasions(stay: Stay) -> Iterator[tuple[datetime, frozenset[str]]]:
    """Every time somebody measured, with what: admission, the round of the level, the last one."""
    last, first = latest(stay), stay.admitted + timedelta(minutes=12)
    begin = max(first, stay.as_of - timedelta(days=DAYS))
    if first == begin:
        yield first, _ALL
    hour = begin.astimezone(WARD_TIME).replace(minute=0, second=0, microsecond=0)
    while (hour := hour + timedelta(hours=1)) < last - timedelta(minutes=35):
        wanted = _wanted(level_of_care(stay, hour), hour.hour)
        if wanted and hour > begin + timedelta(minutes=25):
            jitter = stay.random(f"round/{hour.isoformat()}").randint(-4, 9)
            yield hour + timedelta(minutes=jitter), wanted
    if last > begin:
        yield last, _ALL


def _wanted(level: str, hour: int) -> frozenset[str]:
    if level == "special":
        return _ALL if hour % 4 == 2 else _HOURLY
    if hour not in _CLOCK[level]:
        return frozenset()
    if level == "1":
        return _SHORT if hour in (2, 22) else _CORE | ({"pain"} if hour == 14 else set())
    return _CORE if hour == 6 else _SHORT


def resources(stay: Stay) -> Iterator[Resource]:
    """All vital-sign Observations of a stay, oldest first."""
    number = 0
    for at, wanted in occasions(stay):
        found = measured(stay, at)
        for part in _parts(found, wanted):
            number += 1
            yield _observation(stay, f"vs-{stay.id}-{number:04d}", at) | part
    for day, key, value in _body(stay):
        number += 1
        part = _plain(key, value)
        yield _observation(stay, f"vs-{stay.id}-{number:04d}", day) | part


def _parts(found: SignSet, wanted: frozenset[str]) -> Iterator[Resource]:
    for key in ("temperature", "pulse", "breaths", "saturation", "pain"):
        if key in wanted:
            yield _plain(key, found.values[key])
    if "oxygen" in wanted and found.values["oxygen"]:
        yield _plain("oxygen", found.values["oxygen"])
    if "pressure" in wanted:
        component: list[Json] = [
            _plain(key, found.values[key]) for key in ("systolic", "diastolic")
        ]
        yield {"code": _code("pressure"), "component": component}
    if "consciousness" in wanted:
        words = _ACVPU[found.consciousness]
        value = concept(words.zh, coding(f"{OURS}acvpu", found.consciousness, words.en))
        yield {"code": _code("consciousness"), "valueCodeableConcept": value}


def weight_on(stay: Stay, at: datetime) -> Decimal:
    """Body weight that day: oedema goes along the course of the illness."""
    done = min(stay.days_at(at) / stay.case.recovery, 1.0)
    noise = stay.random(f"weight/{at.date()}").gauss(0, 0.1)
    return rounded(float(stay.person.weight) + stay.case.weight_change * done + noise, 1)


def _body(stay: Stay) -> Iterator[tuple[datetime, str, Decimal]]:
    at = stay.admitted + timedelta(minutes=14)
    if at < stay.until:
        yield at, "height", stay.person.height
        yield at, "weight", stay.person.weight
    day = 1
    while stay.case.weight_change and (at := stay.at(day, 6.3)) < stay.until:
        if at > stay.as_of - timedelta(days=DAYS):
            yield at, "weight", weight_on(stay, at)
        day += 1


def _plain(key: str, value: Decimal) -> Resource:
    measure = row("vitals", "measures", "key", key)
    return {
        "code": _code(key),
        "valueQuantity": quantity(value, measure["ucum"], measure["unit"]),
    }


def _code(key: str) -> Resource:
    measure = row("vitals", "measures", "key", key)
    return concept(measure["name_zh"], coding(LOINC, measure["loinc"], measure["name_en"]))


def _observation(stay: Stay, identifier: str, at: datetime) -> Resource:
    kind = coding(f"{TERMINOLOGY}observation-category", "vital-signs", "Vital Signs")
    return {
        "resourceType": "Observation",
        "id": identifier,
        "status": "final",
        "category": [concept("", kind)],
        "subject": reference("Patient", stay.patient),
        "encounter": reference("Encounter", stay.encounter),
        "effectiveDateTime": stamp(at),
        "performer": [by(stay.nurse(at))],
    }
