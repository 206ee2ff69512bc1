"""Laboratory and culture results: values along the course, flags from the pack's own ranges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache

from resources import reading
from resources.demo.cast import PLANNED, Stay
from resources.demo.course import along, rounded
from resources.demo.document import (
    LOINC,
    OURS,
    TERMINOLOGY,
    V2,
    V3,
    Json,
    Resource,
    coding,
    concept,
    quantity,
    reference,
    stamp,
)
from resources.demo.knowledge import Pair, row
from resources.demo.people import Person
from resources.demo.staff import by

FRESH = timedelta(hours=3)
"""A critical result younger than this still waits for its acknowledgement."""

_SPREAD = {"ph": 0.002, "na": 0.007, "cl": 0.008, "k": 0.02, "ca": 0.012}
"""Relative noise of what the body keeps within narrow bounds."""


@dataclass(frozen=True, slots=True)
class Flagged:
    """One result with what the pack says about it."""

    key: str
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    flag: str

    @property
    def critical(self) -> bool:
        return self.flag in ("HH", "LL")


@dataclass(frozen=True, slots=True)
class Round:
    """One panel of one blood sample; `issued` None means that the result is still out."""

    panel: str
    collected: datetime
    issued: datetime | None
    results: tuple[Flagged, ...]
    urgent: bool


def range_for(key: str, person: Person) -> tuple[Decimal | None, Decimal | None]:
    """The reference range for that sex and age, from the pack."""
    for found in reading.rows("laboratory", "ranges"):
        fits = found["key"] == key and found["sex"] in ("", person.sex)
        if fits and int(found["age_from"]) <= person.age < int(found["age_below"]):
            return _limit(found["low"]), _limit(found["high"])
    return None, None


def _limit(text: str) -> Decimal | None:
    return Decimal(text) if text else None


@cache
def critical_limits(key: str) -> tuple[Decimal | None, Decimal | None]:
    """The critical limits of an analyte, from the pack."""
    found = row("laboratory", "analytes", "key", key)
    return _limit(found["critical_low"]), _limit(found["critical_high"])


def flagged(key: str, value: Decimal, person: Person) -> Flagged:
    """Interpret one value: critical before abnormal before normal."""
    low, high = range_for(key, person)
    least, most = critical_limits(key)
    flag = "N"
    if least is not None and value < least:
        flag = "LL"
    elif most is not None and value > most:
        flag = "HH"
    elif low is not None and value < low:
        flag = "L"
    elif high is not None and value > high:
        flag = "H"
    return Flagged(key, value, low, high, flag)


def rounds(stay: Stay) -> tuple[Round, ...]:
    """Every sample of the stay, oldest first, the urgent re-check of a critical value last."""
    if stay.state == PLANNED:
        return ()
    found = [
        made
        for panel, days, every in stay.case.panels
        for day in _days(days, every, stay.days)
        if (made := _round(stay, panel, day)) is not None
    ]
    found += [_recheck(stay, key) for key in stay.critical]
    return tuple(sorted(found, key=lambda r: (r.collected, r.panel)))


def _days(days: tuple[float, ...], every: float | None, length: float) -> Iterator[float]:
    yield from days
    while every is not None and days[-1] + every <= length:
        days = (*days, days[-1] + every)
        yield days[-1]


def _round(stay: Stay, panel: str, day: float) -> Round | None:
    """A sample on the morning round, or on admission; None if that lies ahead."""
    pick = stay.random(f"sample/{panel}/{day}")
    sampled = stay.random(f"sample/{day}").randint(18, 34)
    whole = day >= 1 and day == int(day)
    collected = (stay.at(day, 6.5) if whole else stay.at(day)) + timedelta(minutes=sampled)
    if collected > stay.until - timedelta(minutes=20):
        return None
    issued = collected + timedelta(
        minutes=pick.randint(110, 190) if whole else pick.randint(35, 70)
    )
    results = _values(stay, panel, collected)
    return Round(panel, collected, issued if issued <= stay.until else None, results, not whole)


def _recheck(stay: Stay, key: str) -> Round:
    """The result that rings: taken in the last two hours, back within the last."""
    pick = stay.random(f"critical/{key}")
    panel = next(
        p["key"]
        for p in reading.rows("laboratory", "panels")
        if key in p["members"].split(",") and (p["key"] != "clotting" or key != "inr")
    )
    panel = "inr" if key == "inr" else panel
    issued = stay.until - timedelta(minutes=pick.randint(9, 48))
    collected = issued - timedelta(minutes=pick.randint(36, 55))
    return Round(panel, collected, issued, _values(stay, panel, collected, stay.critical), True)


def _values(
    stay: Stay, panel: str, at: datetime, given: dict[str, Decimal] | None = None
) -> tuple[Flagged, ...]:
    members = row("laboratory", "panels", "key", panel)["members"].split(",")
    values: dict[str, Decimal] = {}
    for key in sorted(members, key="inr".__ne__):  # the prothrombin time follows from the INR
        chosen = (given or {}).get(key)
        if chosen is None:
            chosen = _derived(key, values, stay.person) or _drawn(stay, key, at)
        values[key] = chosen
    adult = stay.person.age >= 18
    return tuple(flagged(k, values[k], stay.person) for k in members if adult or k != "egfr")


def _derived(key: str, known: dict[str, Decimal], person: Person) -> Decimal | None:
    """Values that follow from others, so that a reader who recalculates finds them right."""
    match key:
        case "lymph":
            return rounded(max(2.0, (92.5 - float(known["neut"])) * 0.82), 1)
        case "pt" if "inr" in known:
            return rounded(12.4 * float(known["inr"]) ** 0.95, 1)
        case "egfr":
            return rounded(egfr(float(known["crea"]), person.age, person.sex), 0)
        case "hco3":
            return rounded(_bicarbonate(known), 1)
        case "be":
            ph = float(known["ph"])
            return rounded(0.93 * (_bicarbonate(known) - 24.4 + 14.8 * (ph - 7.4)), 1)
        case _:
            return None


def _bicarbonate(known: dict[str, Decimal]) -> float:
    """Henderson-Hasselbalch with pCO2 in mmHg."""
    return float(known["pco2"]) * 0.0307 * 10 ** (float(known["ph"]) - 6.105)


def egfr(creatinine: float, age: int, sex: str) -> float:
    """CKD-EPI 2021 without race (Inker et al., NEJM 2021), creatinine in µmol/L, adults."""
    kappa, alpha, factor = (0.7, -0.241, 1.012) if sex == "F" else (0.9, -0.302, 1.0)
    ratio = creatinine / 88.4 / kappa
    return float(142 * min(ratio, 1) ** alpha * max(ratio, 1) ** -1.2 * 0.9938**age * factor)


def _drawn(stay: Stay, key: str, at: datetime) -> Decimal:
    """The template's curve with a little noise, or something ordinary for this patient."""
    decimals = int(row("laboratory", "analytes", "key", key)["decimals"])
    pick = stay.random(f"lab/{key}/{at.isoformat()}")
    points = next((c.labs[key] for c in stay.companions if key in c.labs), None)
    points = points or stay.case.labs.get(key)
    spread = _SPREAD.get(key, 0.04 if points else 0.015)
    if points is None:
        return rounded(_ordinary(stay, key) * (1 + pick.gauss(0, 0.5) * spread), decimals)
    value = along(points, stay.days_at(at), stay.case.recovery)
    value *= 1 + max(-1.8, min(1.8, pick.gauss(0, 1))) * spread
    if key == "neut":
        value = min(value, 96.0)
    return rounded(value, decimals)


def _ordinary(stay: Stay, key: str) -> float:
    """A value inside the range that stays this patient's own."""
    low, high = range_for(key, stay.person)
    place = stay.random(f"ordinary/{key}").uniform(0.3, 0.7)
    if low is not None and high is not None:
        return float(low) + (float(high) - float(low)) * place
    if high is not None:
        return float(high) * place
    return float(low or 1) * (1.1 + place)


def capillary(stay: Stay) -> Iterator[tuple[datetime, Flagged]]:
    """Bedside glucose before meals and at night, the last three days, for who takes insulin."""
    curve = stay.case.capillary or next((c.capillary for c in stay.companions if c.capillary), ())
    begin = max(stay.admitted, stay.as_of - timedelta(days=3))
    for day in range(int(stay.days) + 2 if curve else 0):
        for hour in (6.8, 11.1, 16.9, 21.2):
            midnight = stay.at(max(day, 1), 0) - timedelta(days=1 if day == 0 else 0)
            at = midnight + timedelta(hours=hour)
            if begin < at < stay.until - timedelta(minutes=30):
                value = along(curve, stay.days_at(at), stay.case.recovery)
                value += stay.random(f"poct/{at.isoformat()}").gauss(0, 0.7)
                yield at, flagged("poct-glu", rounded(max(4.2, value), 1), stay.person)


def resources(stay: Stay) -> Iterator[Resource]:
    """Requests, then observations, then reports of every sample; culture and bedside glucose."""
    for number, found in enumerate(rounds(stay), start=1):
        yield from _sample(stay, number, found)
    for number, (at, result) in enumerate(capillary(stay), start=1):
        observed = _observation(stay, f"poct-{stay.id}-{number:03d}", result, at, at)
        yield observed | {"performer": [by(stay.nurse(at))]}
    if stay.state != PLANNED:
        yield from _culture(stay)


def request_id(stay: Stay, number: int) -> str:
    """Id of the ServiceRequest of the n-th sample."""
    return f"lab-{stay.id}-{number:02d}"


def result_id(stay: Stay, number: int, place: int) -> str:
    """Id of one Observation of the n-th sample."""
    return f"res-{stay.id}-{number:02d}-{place:02d}"


def _sample(stay: Stay, number: int, found: Round) -> Iterator[Resource]:
    panel = row("laboratory", "panels", "key", found.panel)
    name = Pair(panel["name_zh"], panel["name_en"])
    asked = request(stay, request_id(stay, number), "laboratory", name, found.collected)
    yield asked | {
        "code": concept(name.zh, coding(f"{OURS}panel", found.panel, name.en)),
        "status": "active" if found.issued is None else "completed",
        "priority": "stat" if found.urgent else "routine",
    }
    if found.issued is None:
        return
    ids = []
    for place, result in enumerate(found.results, start=1):
        ids.append(result_id(stay, number, place))
        observed = _observation(stay, ids[-1], result, found.collected, found.issued)
        yield observed | {
            "basedOn": [reference("ServiceRequest", request_id(stay, number))],
            "performer": [reference("Organization", "dept-laboratory", "检验科")],
        }
    codes = [coding(f"{OURS}panel", found.panel, name.en)]
    if panel["loinc"]:
        codes.append(coding(LOINC, panel["loinc"]))
    yield report(stay, f"rep-{stay.id}-{number:02d}", "LAB", found.issued) | {
        "basedOn": [reference("ServiceRequest", request_id(stay, number))],
        "code": concept(name.zh, *codes),
        "effectiveDateTime": stamp(found.collected),
        "performer": [reference("Organization", "dept-laboratory", "检验科")],
        "result": [reference("Observation", i) for i in ids],
    }


def _observation(
    stay: Stay, identifier: str, result: Flagged, collected: datetime, issued: datetime
) -> Resource:
    analyte = row("laboratory", "analytes", "key", result.key)
    kind = coding(f"{TERMINOLOGY}observation-category", "laboratory", "Laboratory")
    code = coding(LOINC, analyte["loinc"], analyte["name_en"])
    limits: dict[str, Json] = {
        side: quantity(limit, analyte["ucum"], analyte["unit"])
        for side, limit in (("low", result.low), ("high", result.high))
        if limit is not None
    }
    flag = coding(f"{V3}ObservationInterpretation", result.flag)
    found: Resource = {
        "resourceType": "Observation",
        "id": identifier,
        "status": "final",
        "category": [concept("", kind)],
        "code": concept(analyte["name_zh"], code),
        "subject": reference("Patient", stay.patient),
        "encounter": reference("Encounter", stay.encounter),
        "effectiveDateTime": stamp(collected),
        "issued": stamp(issued),
        "valueQuantity": quantity(result.value, analyte["ucum"], analyte["unit"]),
        "interpretation": [concept("", flag)],
    }
    if limits:
        found["referenceRange"] = [limits]
    return found


def _culture(stay: Stay) -> Iterator[Resource]:
    found = stay.case.culture
    if found is None or (taken := stay.at(found.day) + timedelta(minutes=40)) > stay.until:
        return
    ready = taken + timedelta(days=found.days)
    done = ready < stay.until - timedelta(hours=1)
    identifier = f"lab-{stay.id}-culture"
    code = concept(found.name.zh, coding(f"{OURS}panel", "culture", found.name.en))
    yield request(stay, identifier, "laboratory", found.name, taken) | {
        "code": code,
        "status": "completed" if done else "active",
    }
    if done:
        yield report(stay, f"rep-{stay.id}-culture", "MB", ready) | {
            "basedOn": [reference("ServiceRequest", identifier)],
            "code": code,
            "effectiveDateTime": stamp(taken),
            "performer": [reference("Organization", "dept-laboratory", "检验科")],
            "conclusion": stay.say(found.text),
        }


def request(
    stay: Stay, identifier: str, kind: str, name: Pair, at: datetime, code: str = ""
) -> Resource:
    """A ServiceRequest of a temporary order, signed shortly before `at`."""
    signed = max(at - timedelta(minutes=15), stay.admitted)
    return {
        "resourceType": "ServiceRequest",
        "id": identifier,
        "status": "completed",
        "intent": "order",
        "category": [
            concept(
                "", coding(f"{OURS}order-class", kind), coding(f"{OURS}order-kind", "temporary")
            )
        ],
        "priority": "routine",
        "code": concept(name.zh, coding(f"{OURS}{kind}", code or kind, name.en)),
        "subject": reference("Patient", stay.patient),
        "encounter": reference("Encounter", stay.encounter),
        "occurrenceDateTime": stamp(at),
        "authoredOn": stamp(signed),
        "requester": by(stay.resident),
    }


def report(stay: Stay, identifier: str, category: str, issued: datetime) -> Resource:
    """The frame of a DiagnosticReport."""
    return {
        "resourceType": "DiagnosticReport",
        "id": identifier,
        "status": "final",
        "category": [concept("", coding(f"{V2}0074", category))],
        "subject": reference("Patient", stay.patient),
        "encounter": reference("Encounter", stay.encounter),
        "issued": stamp(issued),
    }
