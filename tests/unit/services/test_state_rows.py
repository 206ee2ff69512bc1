"""Rows that ship about pregnancy, age, laboratory and diseases: at their borders, and beyond."""

from __future__ import annotations

import pytest

from app.decision.findings import Check
from tests.support.row_desk import found, is_open, loudest

HARD, STOP, WARN, DRAWER, SILENT = "hard-stop", "interruptive", "inline", "drawer", ""
WOMAN: dict[str, object] = {"age": 30, "sex": "F"}


# --- pregnancy and lactation --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drug", "tier"),
    [
        *((one, STOP) for one in ("valproate", "warfarin", "enalapril", "losartan", "simvastatin")),
        *((one, STOP) for one in ("methotrexate", "ribavirin", "thalidomide", "leflunomide")),
        *((one, STOP) for one in ("misoprostol", "tretinoin")),
        *((one, WARN) for one in ("doxycycline", "minocycline", "levofloxacin", "gentamicin")),
    ],
)
def test_in_pregnancy(drug: str, tier: str) -> None:
    order = f"{drug}; ; PO"

    assert loudest(Check.PREGNANCY, {**WOMAN, "pregnant": True}, order) == tier
    assert loudest(Check.PREGNANCY, {**WOMAN, "pregnant": False}, order) == SILENT
    assert loudest(Check.PREGNANCY, WOMAN, order) == SILENT
    assert is_open(Check.PREGNANCY, WOMAN, order)
    for nobody in ({"age": 30, "sex": "M"}, {"age": 70, "sex": "F"}, {**WOMAN, "pregnant": False}):
        assert not is_open(Check.PREGNANCY, nobody, order)


def test_what_is_put_on_the_skin_or_into_the_eye_is_not_meant() -> None:
    pregnant = {**WOMAN, "pregnant": True}

    assert loudest(Check.PREGNANCY, pregnant, "tretinoin; ; top") == SILENT
    assert loudest(Check.PREGNANCY, pregnant, "levofloxacin; ; eye") == SILENT
    assert loudest(Check.PREGNANCY, pregnant, "tretinoin") == STOP


@pytest.mark.parametrize(
    "drug", ["codeine", "tramadol", "amiodarone", "lithium carbonate", "cyclophosphamide"]
)
def test_while_breast_feeding(drug: str) -> None:
    assert loudest(Check.LACTATION, {**WOMAN, "lactating": True}, drug) == STOP
    assert loudest(Check.LACTATION, {**WOMAN, "lactating": False}, drug) == SILENT
    assert is_open(Check.LACTATION, WOMAN, drug)


# --- age ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drug", "years", "younger", "older"),
    [
        ("codeine", 12, STOP, DRAWER),
        ("tramadol", 12, STOP, DRAWER),
        ("doxycycline", 8, WARN, SILENT),
        ("minocycline", 8, WARN, SILENT),
        ("levofloxacin", 18, WARN, SILENT),
        ("moxifloxacin", 18, WARN, SILENT),
        ("promethazine", 2, HARD, SILENT),
        ("nimesulide", 12, HARD, SILENT),
        ("loperamide", 2, STOP, SILENT),
    ],
)
def test_rows_about_age(drug: str, years: float, younger: str, older: str) -> None:
    assert loudest(Check.AGE, {"age": years - 0.01}, drug) == younger
    assert loudest(Check.AGE, {"age": years}, drug) == older
    assert is_open(Check.AGE, {}, drug)


def test_aspirin_in_a_child_with_a_viral_illness() -> None:
    def told(age: float, *problems: str) -> str:
        return loudest(Check.AGE, {"age": age, "problems": list(problems)}, "aspirin")

    assert told(15.9, "influenza") == STOP
    assert told(16, "influenza") == SILENT
    assert told(15.9, "Kawasaki disease") == SILENT


def test_ceftriaxone_in_a_newborn() -> None:
    drip = "ceftriaxone; ; ivgtt"
    newborn = {"age": "20 d", "problems": []}

    assert loudest(Check.AGE, newborn, drip, "calcium gluconate; ; ivgtt") == HARD
    assert loudest(Check.AGE, {**newborn, "active": ["calcium gluconate"]}, drip) == HARD
    assert loudest(Check.AGE, {**newborn, "problems": ["hyperbilirubinaemia"]}, drip) == HARD
    assert loudest(Check.AGE, newborn, drip) == SILENT
    older = {"age": "60 d", "problems": ["hyperbilirubinaemia"]}
    assert loudest(Check.AGE, older, drip, "calcium gluconate; ; ivgtt") == SILENT


# --- laboratory ---------------------------------------------------------------------------------

QT = "haloperidol ondansetron methadone levofloxacin moxifloxacin azithromycin amiodarone sotalol"


@pytest.mark.parametrize(
    ("drug", "labs", "tier"),
    [
        *(
            (drug, {"K": level}, tier)
            for drug in ("spironolactone", "finerenone", "enalapril", "losartan")
            for level, tier in ((5.5, STOP), (5.49, SILENT))
        ),
        ("potassium chloride", {"K": 5.5}, STOP),
        ("potassium chloride", {"K": 5.4}, WARN),
        ("potassium chloride", {"K": 4.9}, SILENT),
        ("digoxin", {"K": 3.49, "Mg": 0.9}, WARN),
        ("digoxin", {"K": 4.0, "Mg": 0.69}, WARN),
        ("digoxin", {"K": 3.5, "Mg": 0.7}, SILENT),
        *(
            (drug, labs, tier)
            for drug in ("furosemide", "hydrochlorothiazide")
            for labs, tier in (
                ({"K": 2.9, "Na": 140}, WARN),
                ({"K": 4.0, "Na": 124}, WARN),
                ({"K": 3.0, "Na": 125}, SILENT),
            )
        ),
        ("warfarin", {"INR": 4.5}, STOP),
        ("warfarin", {"INR": 4.49}, WARN),
        ("warfarin", {"INR": 3.0}, SILENT),
        *(
            (drug, {"PLT": count}, tier)
            for drug in ("heparin", "enoxaparin")
            for count, tier in ((49, STOP), (50, SILENT))
        ),
        ("metformin", {"lactate": 4.1}, STOP),
        ("metformin", {"lactate": 4.0}, SILENT),
        *(
            (drug, {"GLU": level}, tier)
            for drug in ("insulin human", "glimepiride", "gliclazide")
            for level, tier in ((3.9, STOP), (4.0, SILENT))
        ),
        ("clozapine", {"ANC": 1.49, "QTc": 400}, STOP),
        ("clozapine", {"ANC": 1.5, "QTc": 400}, WARN),
        ("clozapine", {"ANC": 2.0, "QTc": 400}, SILENT),
        ("methotrexate", {"ANC": 0.9, "PLT": 200}, STOP),
        ("methotrexate", {"ANC": 2.0, "PLT": 49}, STOP),
        ("methotrexate", {"ANC": 1.0, "PLT": 50}, SILENT),
        *(
            (drug, {"QTc": length}, tier)
            for drug in (*QT.split(), "ibutilide", "domperidone")
            for length, tier in ((500, STOP), (499, WARN), (469, SILENT))
        ),
    ],
)
def test_rows_about_the_laboratory(drug: str, labs: dict[str, float], tier: str) -> None:
    assert loudest(Check.LABORATORY, {"labs": labs, "problems": []}, drug) == tier


@pytest.mark.parametrize(
    ("drug", "lab", "value", "hours"),
    [
        ("spironolactone", "K", 6.5, 72),
        ("warfarin", "INR", 6, 48),
        ("gliclazide", "GLU", 3.0, 2),
    ],
)
def test_a_value_counts_as_long_as_the_row_says(
    drug: str, lab: str, value: float, hours: int
) -> None:
    def aged(more: int) -> dict[str, object]:
        # The desk asks on 25 November at eight.
        minutes = hours * 60 + more
        day, rest = divmod(25 * 24 * 60 + 8 * 60 - minutes, 24 * 60)
        at = f"2026-11-{day:02}T{rest // 60:02}:{rest % 60:02}:00Z"
        return {"labs": {lab: {"value": value, "at": at}}}

    assert loudest(Check.LABORATORY, aged(0), drug) == STOP
    assert loudest(Check.LABORATORY, aged(1), drug) == SILENT
    assert is_open(Check.LABORATORY, aged(1), drug)


def test_platelets_that_have_fallen_by_more_than_half() -> None:
    def told(before: int) -> str:
        readings = [
            {"value": 100, "at": "2026-11-25T06:00:00Z"},
            {"value": before, "at": "2026-11-20T06:00:00Z"},
        ]
        return loudest(Check.LABORATORY, {"labs": {"PLT": readings}, "problems": []}, "heparin")

    assert (told(201), told(200)) == (STOP, SILENT)


# --- diseases -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drug", "problem", "tier"),
    [
        *((one, "asthma", STOP) for one in ("propranolol", "sotalol", "timolol")),
        ("timolol; ; eye", "支气管哮喘", STOP),
        ("metoprolol", "asthma", WARN),
        ("verapamil", "HFrEF", STOP),
        ("diltiazem", "HFrEF", STOP),
        ("pioglitazone", "heart failure NYHA III", STOP),
        ("warfarin", "active major bleeding", STOP),
        ("heparin", "上消化道大出血", STOP),
        ("alteplase", "active major bleeding", STOP),
        ("metoclopramide", "Parkinson disease", STOP),
        ("metoclopramide", "肠梗阻", STOP),
        ("ibuprofen", "active peptic ulcer bleeding", STOP),
        ("sacubitril and valsartan", "angioedema", HARD),
        ("suxamethonium", "malignant hyperthermia", HARD),
        ("rivaroxaban", "mechanical mitral valve", STOP),
    ],
)
def test_rows_about_diseases(drug: str, problem: str, tier: str) -> None:
    assert loudest(Check.DISEASE, {"problems": [problem]}, drug) == tier
    assert loudest(Check.DISEASE, {"problems": ["cataract"]}, drug) == SILENT
    assert is_open(Check.DISEASE, {}, drug)


def test_sacubitril_within_thirty_six_hours_of_an_ace_inhibitor() -> None:
    def told(at: str) -> str:
        stopped = {"drug": "enalapril", "stopped": at}
        patient = {"problems": [], "active": [stopped]}
        return loudest(Check.DISEASE, patient, "sacubitril and valsartan")

    assert told("2026-11-23T20:00:00Z") == HARD
    assert told("2026-11-23T19:59:00Z") == SILENT


def test_every_finding_has_a_source_and_says_what_to_do() -> None:
    ill = {"age": 30, "sex": "F", "pregnant": True, "egfr": 20, "problems": ["asthma"]}

    for check, drug in (
        (Check.RENAL, "metformin"),
        (Check.PREGNANCY, "valproate"),
        (Check.DISEASE, "propranolol"),
    ):
        (told,) = found(check, ill, drug)
        assert told.origin.source
        assert told.advice is not None and told.advice.name != told.advice.english
        assert told.suggestions


@pytest.mark.parametrize(
    ("check", "patient", "drug"),
    [
        (Check.RENAL, {"egfr": 20}, "metformin"),
        (Check.HEPATIC, {"child_pugh": "C"}, "simvastatin"),
        (Check.PREGNANCY, {**WOMAN, "pregnant": True}, "valproate"),
        (Check.LACTATION, {**WOMAN, "lactating": True}, "codeine"),
        (Check.AGE, {"age": 1}, "promethazine"),
        (Check.LABORATORY, {"labs": {"INR": 6}}, "warfarin"),
        (Check.DISEASE, {"problems": ["angioedema"]}, "sacubitril and valsartan"),
    ],
)
def test_a_draft_says_the_same_and_interrupts_nobody(
    check: Check, patient: dict[str, object], drug: str
) -> None:
    (signed,) = found(check, patient, drug)
    (draft,) = found(check, patient, drug, as_active=False)

    assert signed.tier.interrupts
    assert draft.tier.value == WARN
    assert draft.origin.rule == signed.origin.rule
