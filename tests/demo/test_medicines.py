from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from resources import reading
from resources.demo import knowledge
from resources.demo.cast import belongs
from resources.demo.knowledge import DrugLine
from tests.demo.feed import Feed, at, category, code, number, text

KIND = "urn:wardone:order-kind"
LIMITS = {
    (r["drug"], r["route"]): r
    for r in reading.table_rows(reading.path("demo/dose_limits.tsv").read_text(encoding="utf-8"))
}
LINES = [(case.id, line) for case in knowledge.cases().values() for line in case.drugs]
LINES += [(found.id, line) for found in knowledge.companions().values() for line in found.drugs]
PER_DAY = {
    r["code"]: Decimal(r["per_day"])
    for r in reading.rows("frequencies", "frequencies")
    if r["per_day"].replace(".", "").isdigit()
}


def limit(line: DrugLine) -> dict[str, str]:
    return LIMITS.get((line.drug, line.route)) or LIMITS[line.drug, ""]


def per_day(line: DrugLine, weight: Decimal = Decimal(95)) -> Decimal:
    """What a line amounts to in 24 hours; three uses of an as-needed drug, a heavy patient."""
    if line.rate is not None:
        value, unit = line.rate
        amount, *per = unit.split("/")
        factor = Decimal({"min": 1440, "h": 24}[per[-1]]) * (weight if "kg" in per else 1)
        same = Decimal("0.001") if (amount, line.unit) == ("ug", "mg") else Decimal(1)
        return value * factor * same
    uses = {"prn": Decimal(3), "st": Decimal(1)}.get(line.frequency)
    return line.dose * (uses or PER_DAY[line.frequency])


@pytest.mark.parametrize(("owner", "line"), LINES, ids=[f"{o}-{d.drug}-{d.kind}" for o, d in LINES])
def test_no_dose_exceeds_the_limits_written_by_hand(owner: str, line: DrugLine) -> None:
    allowed = limit(line)

    assert owner
    assert line.unit == allowed["unit"]
    assert line.dose <= Decimal(allowed["max_single"])
    assert per_day(line) <= Decimal(allowed["max_day"])


def test_a_tenfold_dose_would_be_noticed() -> None:
    line = next(d for _, d in LINES if d.drug == "华法林")

    assert line.dose * 10 > Decimal(limit(line)["max_single"])


def test_every_drug_is_in_the_formulary_with_both_names(hospital: Feed) -> None:
    known = {r["code"]: r for r in reading.rows("formulary", "medicines")}

    assert len(hospital.of("MedicationRequest")) > 400
    for order in hospital.of("MedicationRequest"):
        drug = at(order, "medicationCodeableConcept")
        row = known[code(drug, "urn:wardone:formulary")]
        assert text(drug, "text") == row["name_zh"]
        assert text(drug, "coding", 0, "display") == row["name_en"]


def test_frequencies_and_routes_come_from_the_packs(hospital: Feed) -> None:
    frequencies = {r["code"] for r in reading.rows("frequencies", "frequencies")}
    routes = {r["code"] for r in reading.rows("routes", "routes")}

    for order in hospital.of("MedicationRequest"):
        dosage = at(order, "dosageInstruction", 0)
        assert code(at(dosage, "timing", "code")) in frequencies
        assert code(at(dosage, "route")) in routes
        assert number(dosage, "doseAndRate", 0, "doseQuantity", "value") > 0


def test_twice_daily_is_not_every_twelve_hours(hospital: Feed) -> None:
    times = {
        str(at(o, "dosageInstruction", 0, "timing", "repeat", "timeOfDay"))
        for o in hospital.of("MedicationRequest")
        if code(at(o, "dosageInstruction", 0, "timing", "code")) == "bid"
    }

    assert times == {"['08:00:00', '16:00:00']", "['09:00:00', '16:00:00']"}


def test_every_kind_of_order_and_of_ending_is_there(hospital: Feed) -> None:
    kinds = Counter(category(o, KIND) for o in hospital.of("MedicationRequest"))
    states = Counter(text(o, "status") for o in hospital.of("MedicationRequest"))

    assert set(kinds) >= {"long-term", "temporary", "stat", "prn", "discharge"}
    assert states["active"] > 200 and states["stopped"] > 50
    for order in hospital.of("MedicationRequest"):
        stopped = text(order, "extension", 0, "url") == "urn:wardone:stopped-at"
        assert stopped == (order["status"] == "stopped")


def test_nobody_gets_what_they_are_allergic_to(feed: Feed) -> None:
    checked = 0
    allergens = {
        text(a, "patient", "reference"): code(a["code"], "urn:wardone:allergen")
        for a in feed.of("AllergyIntolerance")
    }
    for order in feed.of("MedicationRequest"):
        allergen = allergens.get(text(order, "subject", "reference"), "")
        checked += allergen in ("penicillin", "cephalosporin", "nsaid")
        assert not belongs(allergen, text(order, "medicationCodeableConcept", "text"))
    assert checked > 15


def test_the_allergy_check_knows_its_classes() -> None:
    assert belongs("penicillin", "哌拉西林钠他唑巴坦钠")
    assert belongs("cephalosporin", "头孢哌酮舒巴坦")
    assert belongs("nsaid", "阿司匹林")
    assert not belongs("penicillin", "左氧氟沙星")


def test_a_penicillin_has_a_negative_skin_test_before_it(hospital: Feed) -> None:
    tested = {
        text(o, "subject", "reference"): text(o, "effectiveDateTime")
        for o in hospital.of("Observation")
        if code(at(o, "code"), "urn:wardone:skin-test")
    }
    given = [
        o
        for o in hospital.of("MedicationAdministration")
        if belongs("penicillin", text(o, "medicationCodeableConcept", "text"))
    ]

    assert given
    for dose in given:
        assert tested[text(dose, "subject", "reference")] <= text(dose, "effectiveDateTime")


def test_warfarin_has_an_inr_and_insulin_a_glucose(hospital: Feed) -> None:
    results: dict[str, set[str]] = defaultdict(set)
    for found in hospital.of("Observation"):
        results[text(found, "subject", "reference")].add(code(found["code"]))
    needed = {"华法林": {"6301-6"}, "胰岛素": {"14749-6"}, "甘精胰岛素": {"14743-9"}}
    seen = Counter[str]()
    for order in hospital.of("MedicationRequest"):
        drug = text(order, "medicationCodeableConcept", "text")
        old = datetime.fromisoformat(text(order, "authoredOn")) < hospital.as_of - timedelta(days=1)
        if drug in needed and old:
            seen[drug] += 1
            assert needed[drug] <= results[text(order, "subject", "reference")]
    assert seen["华法林"] and seen["甘精胰岛素"]


def test_nobody_who_is_kept_fasting_swallows_tablets(hospital: Feed) -> None:
    fasting = {
        text(r, "subject", "reference")
        for r in hospital.of("ServiceRequest")
        if category(r, "urn:wardone:order-class") == "diet" and code(r["code"]) in ("nil", "tube")
    }
    swallowed = [
        o["id"]
        for o in hospital.of("MedicationRequest")
        if text(o, "subject", "reference") in fasting
        and code(at(o, "dosageInstruction", 0, "route")) == "po"
    ]

    assert fasting
    assert swallowed == []


def test_no_patient_has_one_ingredient_twice(hospital: Feed) -> None:
    running = Counter(
        (text(o, "subject", "reference"), text(o, "medicationCodeableConcept", "text"))
        for o in hospital.of("MedicationRequest")
        if o["status"] == "active"
        and category(o, KIND) == "long-term"
        and text(o, "medicationCodeableConcept", "text") not in ("氯化钠", "葡萄糖氯化钠")
    )

    assert [key for key, count in running.items() if count > 1] == []


def test_doses_follow_their_order_and_the_ward_clock(hospital: Feed) -> None:
    doses = hospital.of("MedicationAdministration")
    begin = hospital.as_of - timedelta(days=3, minutes=15)

    assert len(doses) > 1_000
    for dose in doses:
        order = hospital.by_reference[text(dose, "request", "reference")]
        given = datetime.fromisoformat(text(dose, "effectiveDateTime"))
        assert begin <= given <= hospital.as_of
        assert given >= datetime.fromisoformat(text(order, "authoredOn"))
        assert at(dose, "dosage", "dose") == at(
            order, "dosageInstruction", 0, "doseAndRate", 0, "doseQuantity"
        )
        assert text(dose, "performer", 0, "actor", "reference").startswith("Practitioner/")


def test_what_was_not_given_says_why(hospital: Feed) -> None:
    omitted = [d for d in hospital.of("MedicationAdministration") if d["status"] == "not-done"]

    assert len(omitted) >= 10
    assert all(code(at(d, "statusReason", 0)) for d in omitted)
    assert all("statusReason" not in d for d in hospital.of("MedicationAdministration")
               if d["status"] == "completed")  # fmt: skip


def test_the_lines_of_one_bag_share_their_group_and_times(hospital: Feed) -> None:
    groups = defaultdict(list)
    for order in hospital.of("MedicationRequest"):
        if group := text(order, "groupIdentifier", "value"):
            groups[group].append(order)

    assert len(groups) >= 20
    for lines in groups.values():
        assert len(lines) == 2
        assert len({text(o, "status") for o in lines}) == 1
        assert len({str(at(o, "dosageInstruction", 0, "timing")) for o in lines}) == 1


def test_potassium_never_goes_in_undiluted(hospital: Feed) -> None:
    for owner, line in LINES:
        if line.drug == "氯化钾" and line.route != "po":
            assert line.solvent is not None, owner
            grams_per_litre = line.dose / line.solvent[1] * 1000
            assert grams_per_litre <= 3
    assert hospital.of("MedicationRequest")
