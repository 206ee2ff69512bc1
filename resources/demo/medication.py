"""Drug orders and what was given: one MedicationRequest a line, one administration a dose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

from resources.demo import studies
from resources.demo.cast import DECEASED, DISCHARGED, IN_BED, PLANNED, Stay
from resources.demo.document import (
    OURS,
    TERMINOLOGY,
    WARD_TIME,
    Json,
    Resource,
    coding,
    concept,
    extension,
    quantity,
    reference,
    stamp,
)
from resources.demo.knowledge import DrugLine, Pair, medicine, row
from resources.demo.staff import by, route

GIVEN_DAYS = 3
_LACTULOSE = DrugLine("乳果糖", Decimal(15), "mL", "po", "bid", "long-term", 0, None)
_UNITS = {"[iU]": "IU", "{puff}": "吸", "{tbl}": "片", "ug": "μg"}
_NOT_GIVEN = (
    ("refused", Pair("患者拒绝", "Refused by the patient")),
    ("away", Pair("外出检查", "Away for an examination")),
    ("held", Pair("遵医嘱暂停", "Held on a doctor's instruction")),
    ("sleep", Pair("患者熟睡，医生同意延后", "Asleep; the doctor agreed to postpone")),
)


@dataclass(frozen=True, slots=True)
class Order:
    """One drug order of a stay.

    Attributes:
        ends: When it stopped or will stop; None for an open end.
        group: Shared by the lines of one infusion bag, or "".
        leads: Whether the line carries the drug and not the solvent.
    """

    id: str
    line: DrugLine
    signed: datetime
    starts: datetime
    ends: datetime | None
    group: str
    leads: bool = True

    def stopped(self, until: datetime) -> bool:
        return self.ends is not None and self.ends <= until


def orders(stay: Stay) -> tuple[Order, ...]:
    """Every drug order that has been signed by now, in the order of signing."""
    if stay.state == PLANNED:
        return ()
    found: list[Order] = []
    for line in stay.drugs:
        number = len(found) + 1
        signed = _signed(stay, line, number)
        if signed is None or signed > stay.until - timedelta(minutes=3):
            continue
        ends = None if line.stop is None else stay.at(line.stop, 9.6)
        if stay.ended is not None and line.kind != "stat":
            ends = min(ends or stay.ended, stay.ended)
        group = f"{stay.id}-{number}" if line.solvent else ""
        starts = signed + timedelta(minutes=6)
        found.append(Order(f"med-{stay.id}-{number:02d}", line, signed, starts, ends, group))
        if line.solvent:
            second = replace(line, drug=line.solvent[0], dose=line.solvent[1], unit="mL")
            identifier = f"med-{stay.id}-{number + 1:02d}"
            found.append(Order(identifier, second, signed, starts, ends, group, leads=False))
    if _constipated(stay, found):
        signed = stay.until - timedelta(minutes=22)
        identifier = f"med-{stay.id}-{len(found) + 1:02d}"
        found.append(Order(identifier, _LACTULOSE, signed, signed, None, ""))
    return tuple(found)


def _constipated(stay: Stay, found: list[Order]) -> bool:
    """A few patients in bed have an order so new that no nurse has verified it."""
    chosen = stay.number % 13 == 3 and stay.state == IN_BED and stay.person.age >= 18
    eats = stay.case.diet[0] not in ("nil", "tube")
    return chosen and eats and all(o.line.drug != _LACTULOSE.drug for o in found)


def _signed(stay: Stay, line: DrugLine, number: int) -> datetime | None:
    """When a line is signed; what belongs to the day of an operation waits until it is over."""
    operation = stay.case.operation
    if operation and operation.day >= 1 and int(line.start) == operation.day:
        done = studies.operated(stay)
        return done[1] + timedelta(minutes=50 + number) if done else None
    if line.start < 1:
        wait = 12 + number if line.kind == "stat" else 26 + number
        return stay.at(line.start) + timedelta(minutes=wait)
    return stay.at(line.start, 9.2) + timedelta(minutes=number)


def resources(stay: Stay) -> Iterator[Resource]:
    """Requests before the administrations that point to them."""
    found = orders(stay)
    for order in found:
        yield _request(stay, order)
    if stay.state == DISCHARGED:
        yield from _take_home(stay, found)
    for order in found:
        yield from _administrations(stay, order)


def _request(stay: Stay, order: Order) -> Resource:
    line = order.line
    found: Resource = {
        "resourceType": "MedicationRequest",
        "id": order.id,
        "status": _status(stay, order),
        "intent": "order",
        "category": [concept("", coding(f"{OURS}order-kind", line.kind))],
        "priority": "stat" if line.kind == "stat" else "routine",
        "medicationCodeableConcept": drug(line.drug),
        "subject": reference("Patient", stay.patient),
        "encounter": reference("Encounter", stay.encounter),
        "authoredOn": stamp(order.signed),
        "requester": by(stay.resident),
        "reasonCode": [concept(stay.case.admitted_as.zh)],
        "dosageInstruction": [_dosage(stay, order)],
    }
    if found["status"] == "stopped" and order.ends is not None:
        found["extension"] = [extension("stopped-at", order.ends)]
    if order.group:
        found["groupIdentifier"] = {"system": f"{OURS}order-group", "value": order.group}
    return found


def _status(stay: Stay, order: Order) -> str:
    if order.line.kind in ("stat", "temporary"):
        due = order.starts if order.line.kind == "stat" else order.ends or order.starts
        return "completed" if due < stay.until else "active"
    return "stopped" if order.stopped(stay.until) else "active"


def drug(name_zh: str) -> Resource:
    """A drug of the formulary as a CodeableConcept."""
    found = medicine(name_zh)
    return concept(name_zh, coding(f"{OURS}formulary", found["code"], found["name_en"]))


def _dosage(stay: Stay, order: Order) -> Resource:
    line = order.line
    frequency = row("frequencies", "frequencies", "code", line.frequency)
    dose: dict[str, Json] = {"doseQuantity": _amount(line.dose, line.unit)}
    if line.rate:
        dose["rateQuantity"] = quantity(line.rate[0], line.rate[1])
    name = coding(f"{OURS}frequency", line.frequency, frequency["name_en"])
    timing: Resource = {"code": concept(frequency["name_zh"], name)}
    if repeat := _repeat(order, frequency):
        timing["repeat"] = repeat
    found: Resource = {
        "text": written(stay, line),
        "timing": timing,
        "route": route(line.route),
        "doseAndRate": [dose],
    }
    if line.kind == "prn":
        found["asNeededBoolean"] = True
        if line.reason:
            found["patientInstruction"] = stay.say(line.reason)
    return found


def written(stay: Stay, line: DrugLine) -> str:
    """The dosage as it stands on the order sheet."""
    found = row("routes", "routes", "code", line.route)
    way = found["name_zh"] if stay.language == "zh" else found["name_en"]
    parts = [f"{line.dose} {_UNITS.get(line.unit, line.unit)}", way, line.frequency]
    if line.rate:
        parts.append(f"{line.rate[0]} {_UNITS.get(line.rate[1], line.rate[1])}")
    if line.reason:
        parts.append(stay.say(line.reason))
    return " ".join(parts)


def _repeat(order: Order, frequency: dict[str, str]) -> Resource:
    """FHIR Timing.repeat: clock frequencies carry the ward's times for that route."""
    match frequency["kind"]:
        case "clock":
            hours = list(_clock(order.line, frequency))
            per_day: Resource = {"frequency": len(hours), "period": 1, "periodUnit": "d"}
            return per_day | {"timeOfDay": [f"{hour}:00" for hour in hours]}
        case "continuous":
            return {"boundsPeriod": {"start": stamp(order.starts)}}
        case "once":
            return {"count": 1, "boundsPeriod": {"start": stamp(order.starts)}}
        case _ if frequency["fhir_timing"]:
            timing = json.loads(frequency["fhir_timing"], parse_float=Decimal)
            return cast("Resource", timing["repeat"])
        case _:
            return {}


def _clock(line: DrugLine, frequency: dict[str, str]) -> tuple[str, ...]:
    """The ward's clock times; an injection without times of its own follows the meals."""
    injected = row("routes", "routes", "code", line.route)["injection"] == "yes"
    text = frequency["times_injection"] if injected else frequency["times_oral"]
    return tuple((text or frequency["times_oral"]).split(","))


def _amount(dose: Decimal, unit: str) -> Resource:
    return quantity(dose, unit, _UNITS.get(unit, unit))


def _take_home(stay: Stay, found: tuple[Order, ...]) -> Iterator[Resource]:
    """Discharge medication: the tablets and inhalers that were still running."""
    running = [
        o
        for o in found
        if o.ends == stay.ended and o.line.kind == "long-term" and o.line.route in ("po", "inhaler")
    ]
    for number, order in enumerate(running, start=1):
        signed = stay.until - timedelta(hours=2)
        line = replace(order.line, kind="discharge")
        home = Order(f"med-{stay.id}-home-{number}", line, signed, signed, None, "")
        yield _request(stay, home) | {"status": "completed"}


def due_times(order: Order, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Every planned dose in [begin, end), by the ward's clock."""
    frequency = row("frequencies", "frequencies", "code", order.line.frequency)
    if frequency["kind"] == "continuous":
        at = order.starts
        while at < end:
            if at >= begin:
                yield at
            at += timedelta(hours=8)
        return
    day = begin.astimezone(WARD_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    while day < end:
        for text in sorted(_clock(order.line, frequency)):
            hour, minute = text.split(":")
            at = day + timedelta(hours=int(hour), minutes=int(minute))
            if begin <= at < end:
                yield at
        day += timedelta(days=1)


def _administrations(stay: Stay, order: Order) -> Iterator[Resource]:
    begin = max(order.starts, stay.as_of - timedelta(days=GIVEN_DAYS))
    end = min(stay.until, order.ends or stay.until)
    for number, (due, given) in enumerate(_doses(stay, order, begin, end), start=1):
        if given < stay.until:
            yield _administration(stay, order, number, due, given)


def _doses(
    stay: Stay, order: Order, begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Due and actual time of each dose; one in the last half hour may not be charted yet."""
    pick = stay.random(f"doses/{order.group or order.id}")
    match order.line.kind:
        case "stat":
            if begin == order.starts:
                yield order.starts, order.starts + timedelta(minutes=pick.randint(4, 14))
        case "prn":
            yield from _as_needed(order, begin, pick.random())
        case _:
            for due in due_times(order, begin, end):
                late = timedelta(minutes=pick.randint(-10, 24))
                forgotten = due > stay.as_of - timedelta(hours=2) and pick.random() < 0.2
                if order.line.frequency == "cont":
                    late, forgotten = timedelta(0), False
                if not forgotten:
                    yield due, max(due + late, order.starts)


def _as_needed(order: Order, begin: datetime, chance: float) -> Iterator[tuple[datetime, datetime]]:
    """One use while the complaint was still bad; never for a pressure that stayed below."""
    at = order.starts + timedelta(hours=3, minutes=10)
    pressure = order.line.reason is not None and "blood pressure" in order.line.reason.en
    if chance < 0.7 and at > begin and not pressure:
        yield at, at


def _administration(
    stay: Stay, order: Order, number: int, due: datetime, given: datetime
) -> Resource:
    line = order.line
    kind = "inpatient"
    found: Resource = {
        "resourceType": "MedicationAdministration",
        "id": f"mar-{order.id.removeprefix('med-')}-{number:02d}",
        "status": "completed",
        "category": concept("", coding(f"{TERMINOLOGY}medication-admin-category", kind)),
        "medicationCodeableConcept": drug(line.drug),
        "subject": reference("Patient", stay.patient),
        "context": reference("Encounter", stay.encounter),
        "effectiveDateTime": stamp(given),
        "performer": [{"actor": by(stay.nurse(given))}],
        "request": reference("MedicationRequest", order.id),
        "dosage": {
            "text": written(stay, line),
            "route": route(line.route),
            "dose": _amount(line.dose, line.unit),
        },
    }
    running = stay.state not in (DISCHARGED, DECEASED) and not order.stopped(stay.until)
    if line.frequency == "cont" and running and given > stay.until - timedelta(hours=8):
        found["status"] = "in-progress"
    elif reason := _omitted(stay, order, due):
        found["status"] = "not-done"
        code, words = reason
        text = concept(words.zh, coding(f"{OURS}not-given", code, words.en))
        found["statusReason"] = [text]
    return found


def _omitted(stay: Stay, order: Order, due: datetime) -> tuple[str, Pair] | None:
    """A dose in thirty is not given; a sedated patient neither refuses nor goes away."""
    pick = stay.random(f"omitted/{order.group or order.id}/{due.isoformat()}")
    if order.line.kind != "long-term" or order.line.frequency == "cont":
        return None
    if pick.random() > 1 / 30:
        return None
    return _NOT_GIVEN[2] if stay.ward == "intensive" else pick.choice(_NOT_GIVEN)
