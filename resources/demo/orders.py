"""Orders that are not drugs: care, diet, condition, isolation, treatments, consultations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from resources.demo import vitals
from resources.demo.cast import PLANNED, Stay
from resources.demo.document import (
    OURS,
    Resource,
    coding,
    concept,
    extension,
    reference,
    stamp,
)
from resources.demo.knowledge import Pair
from resources.demo.staff import by

LEVELS = {
    "special": Pair("特级护理", "Special nursing care"),
    "1": Pair("一级护理", "First-level nursing care"),
    "2": Pair("二级护理", "Second-level nursing care"),
    "3": Pair("三级护理", "Third-level nursing care"),
}
SEVERITIES = {"critical": Pair("病危", "Critical"), "serious": Pair("病重", "Serious")}
_CONSULTS = {
    "heart-failure": Pair("肾内科会诊", "Nephrology consultation"),
    "lung-cancer": Pair("放疗科会诊", "Radiotherapy consultation"),
    "valve-surgery": Pair("心脏外科会诊", "Cardiac surgery consultation"),
    "stroke": Pair("康复医学科会诊", "Rehabilitation consultation"),
    "gastric-cancer": Pair("临床营养科会诊", "Dietitian consultation"),
    "septic-shock": Pair("感染科会诊", "Infectious diseases consultation"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One order of a kind without drugs; `ends` None while it holds."""

    name: str
    order_class: str
    code: str
    words: Pair
    kind: str
    signed: datetime
    ends: datetime | None = None


def standing(stay: Stay) -> Iterator[Standing]:
    """Every such order signed by now, exclusive classes with what they replaced."""
    first = stay.admitted + timedelta(minutes=18)
    yield from _care(stay, first)
    code, words = stay.case.diet
    yield Standing("diet", "diet", code, words, "long-term", first)
    if severity := stay.case.severity:
        yield from _condition(stay, severity, first)
    if stay.case.isolation:
        code, words = stay.case.isolation
        yield Standing("isolation", "isolation", code, words, "long-term", first)
    for number, (kind, words) in enumerate(stay.case.treatments, start=1):
        yield Standing(f"tx-{number}", "treatment", "treatment", words, kind, first)
    yield from _nursing(stay, first)
    yield from _skin_test(stay)
    if consult := _CONSULTS.get(stay.case.id):
        asked = stay.at(1, 10.2)
        yield Standing("consult", "consultation", "consultation", consult, "temporary", asked)


def _care(stay: Stay, first: datetime) -> Iterator[Standing]:
    care = stay.case.care
    lowered = vitals.step_down_at(stay) if vitals.stepped_down(stay) else None
    yield Standing("care", "level-of-care", care, LEVELS[care], "long-term", first, lowered)
    if lowered:
        yield Standing("care-2", "level-of-care", "2", LEVELS["2"], "long-term", lowered)


def _condition(stay: Stay, severity: str, first: datetime) -> Iterator[Standing]:
    """A serious patient who left first-level care is no longer listed as serious."""
    lowered = vitals.step_down_at(stay) if vitals.stepped_down(stay) else None
    words = SEVERITIES[severity]
    yield Standing("condition", "condition", severity, words, "long-term", first, lowered)


def _nursing(stay: Stay, first: datetime) -> Iterator[Standing]:
    if stay.ward == "intensive" or "falls" in stay.case.risks:
        words = Pair("预防跌倒/坠床护理", "Falls precautions")
        yield Standing("ns-1", "nursing", "falls", words, "long-term", first)
    if "pressure" in stay.case.risks:
        words = Pair("翻身 q2h，气垫床", "Turn every 2 hours, air mattress")
        yield Standing("ns-2", "nursing", "pressure", words, "long-term", first)
        words = Pair("头高30°体位", "Head of bed at 30 degrees")
        yield Standing("position", "position", "head-up", words, "long-term", first)
    if stay.case.operation is not None and stay.case.operation.day >= 1:
        words = Pair("术前备皮、禁食水", "Pre-operative skin preparation, nil by mouth")
        signed = stay.at(stay.case.operation.day - 1) + timedelta(hours=2)
        yield Standing("ns-3", "nursing", "preoperative", words, "temporary", signed)


def _skin_test(stay: Stay) -> Iterator[Standing]:
    if any("青霉素" in line.drug or "哌拉西林" in line.drug for line in stay.drugs):
        words = Pair("青霉素皮试", "Penicillin skin test")
        signed = stay.admitted + timedelta(minutes=11)
        yield Standing("skin-test", "treatment", "skin-test", words, "stat", signed)


def resources(stay: Stay) -> Iterator[Resource]:
    """The ServiceRequests of a stay and the result of a skin test."""
    if stay.state == PLANNED:
        return
    for order in standing(stay):
        if order.signed < stay.until - timedelta(minutes=3):
            yield _request(stay, order)
            if order.name == "skin-test":
                yield _negative(stay, order)


def _request(stay: Stay, order: Standing) -> Resource:
    ends = order.ends or stay.ended
    status = "active"
    if order.kind in ("temporary", "stat"):
        done = order.signed + timedelta(hours=20 if order.kind == "temporary" else 1)
        status = "completed" if done < stay.until else "active"
    elif ends is not None and ends <= stay.until:
        status = "revoked"
    found: Resource = {
        "resourceType": "ServiceRequest",
        "id": f"ord-{stay.id}-{order.name}",
        "status": status,
        "intent": "order",
        "category": [
            concept(
                "",
                coding(f"{OURS}order-class", order.order_class),
                coding(f"{OURS}order-kind", order.kind),
            )
        ],
        "priority": "stat" if order.kind == "stat" else "routine",
        "code": concept(
            order.words.zh, coding(f"{OURS}{order.order_class}", order.code, order.words.en)
        ),
        "subject": reference("Patient", stay.patient),
        "encounter": reference("Encounter", stay.encounter),
        "occurrenceDateTime": stamp(order.signed),
        "authoredOn": stamp(order.signed),
        "requester": by(stay.attending if order.order_class == "condition" else stay.resident),
        "reasonCode": [concept(stay.case.admitted_as.zh)],
    }
    if status == "revoked" and ends is not None:
        found["extension"] = [extension("stopped-at", ends)]
    return found


def _negative(stay: Stay, order: Standing) -> Resource:
    read = order.signed + timedelta(minutes=20)
    return {
        "resourceType": "Observation",
        "id": f"skin-{stay.id}",
        "status": "final",
        "category": [concept("", coding(f"{OURS}observation-category", "skin-test"))],
        "code": concept("青霉素皮试", coding(f"{OURS}skin-test", "penicillin", "Penicillin")),
        "basedOn": [reference("ServiceRequest", f"ord-{stay.id}-skin-test")],
        "subject": reference("Patient", stay.patient),
        "encounter": reference("Encounter", stay.encounter),
        "effectiveDateTime": stamp(min(read, stay.until)),
        "valueCodeableConcept": concept("阴性(-)", coding(f"{OURS}skin-test", "neg", "Negative")),
        "performer": [by(stay.nurse(read))],
    }
