from __future__ import annotations

import json
from datetime import date

import pytest
from pypinyin import Style, lazy_pinyin

from resources import reading

PACKS = {
    "antimicrobials": ("grades", "levels", "local", "rights"),
    "drug_rules": (
        *("carriers", "conditions", "diseases", "dosing", "facts", "laboratory", "organs"),
        *("route_groups", "states", "substance_units"),
    ),
    "skin_tests": ("tests",),
    "administration": ("limits", "not_given", "shifts"),
    "allergies": ("crosses", "nones", "of_class", "reactions", "words"),
    "compatibility": ("fluids", "pairs", "reaches"),
    "duplicates": ("exempt", "lesser", "local", "rules"),
    "formulary": ("medicines", "forms"),
    "frequencies": ("frequencies",),
    "interactions": ("groups", "local_routes", "pairs", "severities"),
    "laboratory": ("analytes", "ranges", "panels"),
    "override_reasons": ("reasons",),
    "problems": ("problems",),
    "routes": ("routes",),
    "substances": ("classes", "drugs", "members", "mixtures", "substances", "wording"),
    "vitals": ("measures",),
}
KEYS = {
    "medicines": "code", "frequencies": "code", "analytes": "loinc", "panels": "key",
    "problems": "icd10", "routes": "code", "measures": "loinc", "limits": "name",
    "not_given": "code", "pairs": "rule", "groups": "code", "local_routes": "route",
    "substances": "code", "drugs": "code", "classes": "code", "reasons": "code",
}  # fmt: skip


def loinc_is_valid(code: str) -> bool:
    """Mod 10 check digit of LOINC (LOINC Users' Guide, appendix C)."""
    body, _, check = code.partition("-")
    odd = str(int(body[::-1][0::2]) * 2) if body else ""
    digits = "".join(
        str(int(d) * 2) if place % 2 == 0 else d for place, d in enumerate(reversed(body))
    )
    return bool(odd) and (10 - sum(map(int, digits)) % 10) % 10 == int(check)


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_says_what_it_is_and_where_it_comes_from(pack: str) -> None:
    found = reading.manifest(pack)

    assert found["id"] == pack
    assert {"version", "source", "licence", "status", "valid_from"} <= set(found)
    assert date.fromisoformat(str(found["valid_from"]))
    assert found["tables"] == list(PACKS[pack])
    for table in PACKS[pack]:
        rows = reading.rows(pack, table)
        assert rows
        for row in rows:
            assert (
                row["source"]
                and row["status"] in ("draft", "sourced", "active")
                and row["valid_from"]
            )


@pytest.mark.parametrize(
    ("pack", "table"), [(p, t) for p, tables in PACKS.items() for t in tables if t in KEYS]
)
def test_no_key_comes_twice(pack: str, table: str) -> None:
    keys = [row[KEYS[table]] for row in reading.rows(pack, table)]

    assert len(set(keys)) == len(keys)


def test_the_formulary_is_the_seed_and_the_supplement() -> None:
    medicines = reading.rows("formulary", "medicines")

    assert len(medicines) == 447 + 49
    assert len({m["name_zh"] for m in medicines}) == len(medicines)
    assert all(m["name_en"] and m["class_zh"] and m["class_en"] for m in medicines)
    known = {m["code"] for m in medicines}
    assert {f["code"] for f in reading.rows("formulary", "forms")} <= known


def test_there_are_37_frequencies_with_readable_timings() -> None:
    rows = reading.rows("frequencies", "frequencies")

    assert len(rows) == 37
    for row in rows:
        if row["fhir_timing"]:
            assert isinstance(json.loads(row["fhir_timing"]), dict)
        for column in ("times_oral", "times_injection"):
            for clock in filter(None, row[column].split(",")):
                hour, minute = clock.split(":")
                assert 0 <= int(hour) < 24 and 0 <= int(minute) < 60
        if row["kind"] == "clock":
            assert len(row["times_oral"].split(",")) == int(row["per_day"])


@pytest.mark.parametrize(
    ("pack", "table"),
    [("laboratory", "analytes"), ("vitals", "measures")],
)
def test_every_loinc_code_has_a_right_check_digit(pack: str, table: str) -> None:
    wrong = [r["loinc"] for r in reading.rows(pack, table) if not loinc_is_valid(r["loinc"])]

    assert wrong == []
    assert not loinc_is_valid("2823-4")


def test_panels_have_known_members_and_codes() -> None:
    known = {r["key"] for r in reading.rows("laboratory", "analytes")}
    for panel in reading.rows("laboratory", "panels"):
        assert set(panel["members"].split(",")) <= known
        assert not panel["loinc"] or loinc_is_valid(panel["loinc"])


def test_ranges_rise_and_critical_limits_lie_outside_them() -> None:
    analytes = {r["key"]: r for r in reading.rows("laboratory", "analytes")}
    for row in reading.rows("laboratory", "ranges"):
        limits = analytes[row["key"]]
        if row["low"] and row["high"]:
            assert float(row["low"]) < float(row["high"])
        if row["low"] and limits["critical_low"]:
            assert float(limits["critical_low"]) < float(row["low"])
        if row["high"] and limits["critical_high"]:
            assert float(limits["critical_high"]) > float(row["high"])


@pytest.mark.parametrize("sex", ["M", "F"])
def test_every_adult_has_exactly_one_range_for_every_analyte(sex: str) -> None:
    ranges = reading.rows("laboratory", "ranges")
    for analyte in reading.rows("laboratory", "analytes"):
        for age in (18, 39, 59, 60, 75, 101):
            fitting = [
                r
                for r in ranges
                if r["key"] == analyte["key"]
                and r["sex"] in ("", sex)
                and int(r["age_from"]) <= age < int(r["age_below"])
            ]
            assert len(fitting) == 1, (analyte["key"], age)


def test_pinyin_initials_are_those_a_clinician_would_type() -> None:
    medicines = {m["name_zh"]: m["pinyin"] for m in reading.rows("formulary", "medicines")}

    assert medicines["阿莫西林"] == "amxl"
    assert medicines["头孢曲松"] == "tqbs" or medicines["头孢曲松"] == "tbqs"
    assert medicines["重组人组织型纤溶酶原激酶衍生物"].startswith("czr")
    plain = {n: p for n, p in medicines.items() if "重组" not in n and n.isalpha()}
    letters = {
        n: "".join(s for s in lazy_pinyin(n, style=Style.FIRST_LETTER)).lower() for n in plain
    }
    assert {n: p for n, p in plain.items() if p != letters[n]} == {}


def test_a_missing_pack_is_an_error_and_not_an_empty_one() -> None:
    with pytest.raises(FileNotFoundError):
        reading.rows("formulary", "nothing")
