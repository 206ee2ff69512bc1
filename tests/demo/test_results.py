from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from resources import reading
from resources.demo.document import Resource
from resources.demo.laboratory import egfr
from tests.demo.feed import Feed, at, category, code, items, number, parts, text

LOINC = "http://loinc.org"
OBSERVED = "http://terminology.hl7.org/CodeSystem/observation-category"
ANALYTES = {r["loinc"]: r for r in reading.rows("laboratory", "analytes")}
MEASURES = {r["loinc"]: r for r in reading.rows("vitals", "measures")}


def laboratory(feed: Feed) -> list[Resource]:
    return [o for o in feed.of("Observation") if category(o, OBSERVED) == "laboratory"]


def vital_signs(feed: Feed) -> list[Resource]:
    return [o for o in feed.of("Observation") if category(o, OBSERVED) == "vital-signs"]


def test_every_loinc_code_and_unit_is_in_the_packs(hospital: Feed) -> None:
    for known, observations in (
        (ANALYTES, laboratory(hospital)),
        (MEASURES, vital_signs(hospital)),
    ):
        assert observations
        for found in observations:
            row = known[code(found["code"], LOINC)]
            assert text(found["code"], "text") == row["name_zh"]
            assert text(found["code"], "coding", 0, "display") == row["name_en"]
            for part in parts(found):
                if at(part, "valueQuantity"):
                    unit = known[code(at(part, "code"), LOINC)]
                    assert text(part, "valueQuantity", "code") == unit["ucum"]
                    decimals = -int(number(part, "valueQuantity", "value").as_tuple().exponent)
                    assert decimals == int(unit["decimals"])


def range_of(key: str, sex: str, age: int) -> tuple[str, str]:
    rows = [
        r
        for r in reading.rows("laboratory", "ranges")
        if r["key"] == key
        and r["sex"] in ("", sex)
        and int(r["age_from"]) <= age < int(r["age_below"])
    ]
    assert len(rows) == 1, (key, sex, age)
    return rows[0]["low"], rows[0]["high"]


def expected(value: Decimal, row: dict[str, str], low: str, high: str) -> str:
    if row["critical_low"] and value < Decimal(row["critical_low"]):
        return "LL"
    if row["critical_high"] and value > Decimal(row["critical_high"]):
        return "HH"
    if low and value < Decimal(low):
        return "L"
    return "H" if high and value > Decimal(high) else "N"


def test_flags_agree_with_the_ranges_for_age_and_sex(feed: Feed) -> None:
    seen = set()
    for found in laboratory(feed):
        patient = feed.by_reference[text(found, "subject", "reference")]
        sex = "M" if patient["gender"] == "male" else "F"
        born = date.fromisoformat(text(patient, "birthDate"))
        today = feed.as_of.astimezone(datetime.fromisoformat(text(found, "issued")).tzinfo)
        day = today.date()
        age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        row = ANALYTES[code(found["code"], LOINC)]
        low, high = range_of(row["key"], sex, age)
        limits = at(found, "referenceRange", 0)
        assert (text(limits, "low", "value"), text(limits, "high", "value")) == (low, high)
        flag = code(at(found, "interpretation", 0))
        assert flag == expected(number(found, "valueQuantity", "value"), row, low, high)
        seen.add(flag)
    assert seen == {"N", "L", "H", "LL", "HH"}


def test_a_critical_result_has_a_task_and_only_fresh_ones_still_wait(hospital: Feed) -> None:
    critical = {
        f"Observation/{o['id']}": o
        for o in laboratory(hospital)
        if code(at(o, "interpretation", 0)) in ("HH", "LL")
    }
    tasks = {
        text(t, "focus", "reference"): t
        for t in hospital.of("Task")
        if code(t["code"]) == "acknowledge-result"
    }
    waiting = [t for t in tasks.values() if t["status"] == "requested"]

    assert set(tasks) == set(critical)
    assert 6 <= len(waiting) <= 25
    for target, task in tasks.items():
        issued = datetime.fromisoformat(text(critical[target], "issued"))
        assert text(task, "authoredOn") == text(critical[target], "issued")
        if task["status"] == "requested":
            assert issued > hospital.as_of - timedelta(hours=3)
        else:
            assert text(task, "lastModified") >= text(critical[target], "issued")


@pytest.mark.parametrize(
    ("loinc", "flag"),
    [("2823-3", "LL"), ("6301-6", "HH"), ("718-7", "LL"), ("2518-9", "HH"), ("2744-1", "LL"),
     ("2951-2", "LL"), ("777-3", "LL"), ("14749-6", "LL")],
)  # fmt: skip
def test_the_written_critical_results_are_of_the_last_hour(
    hospital: Feed, loinc: str, flag: str
) -> None:
    fresh = [
        o
        for o in laboratory(hospital)
        if code(o["code"], LOINC) == loinc
        and code(at(o, "interpretation", 0)) == flag
        and datetime.fromisoformat(text(o, "issued")) > hospital.as_of - timedelta(hours=1)
    ]

    assert fresh


def test_panels_are_complete_and_based_on_their_request(hospital: Feed) -> None:
    members = {r["key"]: r["members"].split(",") for r in reading.rows("laboratory", "panels")}
    reports = [
        r
        for r in hospital.of("DiagnosticReport")
        if category(r, "http://terminology.hl7.org/CodeSystem/v2-0074") == "LAB"
    ]

    assert len(reports) > 400
    for report in reports:
        panel = members[code(report["code"], "urn:wardone:panel")]
        keys = [
            ANALYTES[code(hospital.by_reference[text(r, "reference")]["code"], LOINC)]["key"]
            for r in items(report, "result")
        ]
        assert keys == panel or keys == [k for k in panel if k != "egfr"]
        request = hospital.by_reference[text(report, "basedOn", 0, "reference")]
        assert request["status"] == "completed"
        assert text(request, "authoredOn") <= text(report, "issued")


def test_some_requests_still_wait_for_their_result(feed: Feed) -> None:
    waiting = [
        r
        for r in feed.of("ServiceRequest")
        if category(r, "urn:wardone:order-class") == "laboratory" and r["status"] == "active"
    ]

    assert waiting


def test_the_kidney_function_is_that_of_the_published_equation() -> None:
    assert round(egfr(88.4, 50, "M")) == 92
    assert round(egfr(88.4, 50, "F")) == 69


def test_blood_gases_obey_henderson_and_hasselbalch(hospital: Feed) -> None:
    samples: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for found in laboratory(hospital):
        key = ANALYTES[code(found["code"], LOINC)]["key"]
        samples[text(found, "basedOn", 0, "reference")][key] = number(
            found, "valueQuantity", "value"
        )
    gases = [s for s in samples.values() if "ph" in s]

    assert len(gases) > 20
    for gas in gases:
        predicted = 0.0307 * float(gas["pco2"]) * 10 ** (float(gas["ph"]) - 6.105)
        assert abs(predicted - float(gas["hco3"])) < 0.2


def test_vital_signs_are_possible_and_the_last_set_is_of_now(feed: Feed) -> None:
    body = {"29463-7", "8302-2"}  # measured once, on admission
    newest: dict[str, set[str]] = defaultdict(set)
    for found in vital_signs(feed):
        when = datetime.fromisoformat(text(found, "effectiveDateTime"))
        assert when >= feed.as_of - timedelta(days=7, hours=1) or code(found["code"], LOINC) in body
        if when > feed.as_of - timedelta(minutes=40):
            newest[text(found, "subject", "reference")].add(code(found["code"], LOINC))
        for part in parts(found):
            row = MEASURES[code(at(part, "code"), LOINC)]
            if row["possible_low"]:
                value = number(part, "valueQuantity", "value")
                assert Decimal(row["possible_low"]) <= value <= Decimal(row["possible_high"])
    complete = {"8310-5", "8867-4", "9279-1", "85354-9", "2708-6", "72514-3", "80288-4"}
    for encounter in feed.in_bed():
        assert complete <= newest[text(encounter, "subject", "reference")]


def test_the_systolic_pressure_is_above_the_diastolic(hospital: Feed) -> None:
    pressures = [o for o in vital_signs(hospital) if "component" in o]

    assert len(pressures) > 1_000
    for found in pressures:
        high, low = (number(c, "valueQuantity", "value") for c in items(found, "component"))
        assert high - low >= 15


def test_a_fever_comes_with_a_faster_pulse(hospital: Feed) -> None:
    pairs: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    for found in vital_signs(hospital):
        key = (text(found, "subject", "reference"), text(found, "effectiveDateTime"))
        if "valueQuantity" in found:
            pairs[key][code(found["code"], LOINC)] = number(found, "valueQuantity", "value")
    sets = [p for p in pairs.values() if {"8310-5", "8867-4"} <= set(p)]
    hot = [float(p["8867-4"]) for p in sets if p["8310-5"] >= Decimal("38.5")]
    cool = [float(p["8867-4"]) for p in sets if p["8310-5"] < Decimal("37.0")]

    assert len(hot) > 20
    assert sum(hot) / len(hot) > sum(cool) / len(cool) + 12


def test_intensive_care_is_charted_hourly_and_third_level_twice_a_day(hospital: Feed) -> None:
    spans: dict[str, int] = {}
    pulses: dict[str, list[str]] = defaultdict(list)
    for found in vital_signs(hospital):
        if code(found["code"], LOINC) == "8867-4":
            pulses[text(found, "encounter", "reference")].append(text(found, "effectiveDateTime"))
    for order in hospital.of("ServiceRequest"):
        if category(order, "urn:wardone:order-class") == "level-of-care":
            encounter = hospital.by_reference[text(order, "encounter", "reference")]
            start = datetime.fromisoformat(text(encounter, "location", 0, "period", "start"))
            days = (hospital.as_of - start).total_seconds() / 86400
            if encounter["status"] == "in-progress" and days > 1.5:
                level = code(order["code"])
                rate = len(pulses[text(order, "encounter", "reference")]) / min(days, 7.3)
                spans[level] = max(spans.get(level, 0), round(rate))

    assert spans["special"] in (23, 24, 25)
    assert spans["3"] in (2, 3)


def test_water_leaves_with_the_heart_failure(hospital: Feed) -> None:
    weights = defaultdict(list)
    for found in vital_signs(hospital):
        if code(found["code"], LOINC) == "29463-7":
            weights[text(found, "subject", "reference")].append(
                (text(found, "effectiveDateTime"), number(found, "valueQuantity", "value"))
            )
    daily = [sorted(w) for w in weights.values() if len(w) >= 5]

    assert daily
    for series in daily:
        assert series[-1][1] < series[0][1] - 2


def test_imaging_is_reported_in_words(hospital: Feed) -> None:
    modalities = {text(s, "modality", 0, "code") for s in hospital.of("ImagingStudy")}
    reports = [
        r
        for r in hospital.of("DiagnosticReport")
        if category(r, "http://terminology.hl7.org/CodeSystem/v2-0074") == "RAD"
    ]

    assert modalities >= {"CT", "DX", "US", "XA"}
    assert len(reports) >= 60
    assert all(len(text(r, "conclusion")) > 20 for r in reports)


def test_cultures_say_what_grew(hospital: Feed) -> None:
    grown = [
        r
        for r in hospital.of("DiagnosticReport")
        if category(r, "http://terminology.hl7.org/CodeSystem/v2-0074") == "MB"
    ]

    assert grown
    assert all(" S" in text(r, "conclusion") for r in grown)
