"""Rows that ship about allergies, duplicates and bags: what they say, and where they are silent."""

from __future__ import annotations

import pytest

from app.decision.findings import Check
from tests.support.row_desk import an_order, found, is_open, loudest

HARD, STOP, WARN, DRAWER, SILENT = "hard-stop", "interruptive", "inline", "drawer", ""
ALLERGY, CLASS, CROSS = Check.ALLERGY, Check.ALLERGY_CLASS, Check.ALLERGY_CROSS


def told(check: Check, allergy: str, drug: str) -> str:
    return loudest(check, {"allergies": [allergy]}, drug)


# --- allergies ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "drug",
    [
        *("benzathine benzylpenicillin", "oxacillin", "ampicillin", "piperacillin"),
        *("阿莫西林克拉维酸钾", "piperacillin and tazobactam"),
    ],
)
def test_every_penicillin_and_all_combinations(drug: str) -> None:
    for allergy in ("penicillins:anaphylaxis", "青霉素类", "cloxacillin:rash"):
        assert told(CLASS, allergy, drug) == STOP, allergy
    assert told(CLASS, "penicillins:anaphylaxis", "cefazolin") == SILENT


def test_the_same_ingredient_interrupts_although_every_row_is_a_draft() -> None:
    asked = {"allergies": ["amoxicillin:rash"]}

    assert loudest(ALLERGY, asked, "amoxicillin", as_active=False) == STOP
    assert loudest(ALLERGY, asked, "阿莫西林克拉维酸钾", as_active=False) == STOP
    assert loudest(CLASS, asked, "ampicillin", as_active=False) == WARN


@pytest.mark.parametrize(
    ("allergy", "drugs"),
    [
        *(
            (one, "cefalexin cefaclor cefadroxil cefprozil cefradine")
            for one in ("amoxicillin", "ampicillin")
        ),
        ("ceftazidime", "aztreonam"),
        ("aztreonam", "ceftazidime"),
        ("ceftriaxone", "cefotaxime cefepime cefpodoxime"),
        ("cefotaxime", "ceftriaxone"),
        ("iohexol", "ioversol"),
        ("morphine", "codeine"),
        ("carbamazepine", "phenytoin oxcarbazepine phenobarbital"),
    ],
)
def test_what_crosses_interrupts_after_a_severe_reaction_and_is_quiet_after_a_mild_one(
    allergy: str, drugs: str
) -> None:
    for drug in drugs.split():
        assert told(CROSS, f"{allergy}:anaphylaxis", drug) == STOP, drug
        assert told(CROSS, f"{allergy}:过敏性休克", drug) == STOP, drug
        assert told(CROSS, f"{allergy}:itching", drug) in (WARN, DRAWER), drug
        assert told(CROSS, allergy, drug) in (STOP, WARN), drug


def test_what_only_might_cross_stays_in_the_drawer() -> None:
    assert told(CROSS, "penicillin:anaphylaxis", "cefazolin") == DRAWER
    assert told(CROSS, "amoxicillin:anaphylaxis", "meropenem") == DRAWER
    assert told(CROSS, "ceftriaxone:anaphylaxis", "imipenem and cilastatin") == DRAWER


def test_nsaids_after_aspirin_asthma() -> None:
    for drug in ("ibuprofen", "diclofenac", "indometacin", "ketorolac"):
        assert told(CROSS, "aspirin:bronchospasm", drug) == STOP
        assert told(CROSS, "阿司匹林:荨麻疹", drug) == STOP
        assert told(CROSS, "aspirin:nausea", drug) == SILENT
    assert told(CROSS, "aspirin:bronchospasm", "paracetamol") == SILENT


@pytest.mark.parametrize("drug", ["furosemide", "hydrochlorothiazide", "celecoxib", "indapamide"])
def test_no_alert_after_a_sulfonamide_antibiotic(drug: str) -> None:
    for allergy in ("sulfamethoxazole:anaphylaxis", "sulfonamides:anaphylaxis", "磺胺:过敏性休克"):
        for check in (ALLERGY, CLASS, CROSS):
            assert told(check, allergy, drug) == SILENT
    assert told(CLASS, "磺胺:过敏性休克", "sulfadiazine") == STOP


def test_tolerance_and_words_that_are_no_drug() -> None:
    tolerated = {"allergies": ["amoxicillin:rash"], "tolerated": ["amoxicillin 2026-10-02"]}
    (finding,) = found(ALLERGY, tolerated, "amoxicillin")

    assert finding.tier.value == DRAWER
    assert dict(finding.said.words)["date"] == "2026-10-02"
    for text in ("海鲜", "pollen", "花粉", "latex"):
        assert not is_open(Check.ALLERGY_UNCODED, {"allergies": [text]}, "amoxicillin")
    assert is_open(Check.ALLERGY_UNCODED, {"allergies": ["mystery root"]}, "amoxicillin")


def test_that_somebody_denied_allergies_is_an_answer() -> None:
    assert not is_open(Check.ALLERGY_UNKNOWN, {"allergies": ["NKDA"]}, "amoxicillin")
    for status in ("not asked", "unknown"):
        assert is_open(Check.ALLERGY_UNKNOWN, {"allergies_status": status}, "amoxicillin")


# --- duplicates ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("running", "ordered", "tier"),
    [
        ("omeprazole", "pantoprazole", WARN),
        ("simvastatin", "atorvastatin", WARN),
        ("enalapril", "captopril", WARN),
        ("losartan", "valsartan", WARN),
        ("ibuprofen", "diclofenac", WARN),
        ("sertraline", "fluoxetine", WARN),
        ("diazepam", "lorazepam", WARN),
        ("rivaroxaban", "apixaban", STOP),
        ("warfarin", "dabigatran", STOP),
        ("warfarin", "enoxaparin", SILENT),
        ("insulin glargine", "insulin aspart", SILENT),
        ("insulin glargine", "insulin degludec", WARN),
        ("aspirin", "clopidogrel", SILENT),
        ("clopidogrel", "ticagrelor", WARN),
        ("furosemide", "hydrochlorothiazide", SILENT),
        ("furosemide", "torasemide", WARN),
        ("salbutamol; ; inhaled", "formoterol; ; inhaled", SILENT),
        ("enalapril", "losartan", SILENT),
    ],
)
def test_two_of_a_class(running: str, ordered: str, tier: str) -> None:
    active = [an_order(running)]

    assert loudest(Check.DUPLICATE_CLASS, {"active": active}, ordered) == tier
    assert loudest(Check.DUPLICATE_CLASS, {}, running, ordered) == tier


def test_the_same_ingredient_twice() -> None:
    def twice(running: str, ordered: str) -> str:
        return loudest(Check.DUPLICATE, {"active": [an_order(running)]}, ordered)

    assert twice("paracetamol; 0.5 g; PO; TID", "对乙酰氨基酚; 0.5 g; PO; TID") == WARN
    assert twice("缬沙坦氨氯地平", "amlodipine") == WARN
    assert twice("morphine; 10 mg; PO; q12h", "morphine; 10 mg; PO; prn") == SILENT
    assert twice("ibuprofen; 0.3 g; PO; BID", "ibuprofen; ; top; BID") == SILENT


def test_a_prophylactic_dose_is_no_second_full_dose() -> None:
    def told_beside(dose: str) -> str:
        running = {"active": [an_order(f"enoxaparin; {dose}; SC; QD")]}
        return loudest(Check.DUPLICATE_CLASS, running, "apixaban; 5 mg; PO; BID")

    assert (told_beside("40 mg"), told_beside("60 mg")) == (WARN, STOP)


# --- one bag ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drug", "fluids", "tier"),
    [
        ("ceftriaxone", "Ringer's|林格|LR|乳酸钠林格|Hartmann's", STOP),
        ("ceftriaxone", "NS|D5W", SILENT),
        ("amphotericin B", "NS|0.9% NaCl|生理盐水|GNS|0.9%氯化钠注射液 100ml", STOP),
        ("amphotericin B", "D5W|5%GS|葡萄糖|5% glucose", SILENT),
        ("phenytoin", "D5W|5%GS|GNS|葡萄糖", STOP),
        ("phenytoin", "NS", SILENT),
        ("furosemide", "D5W|5%葡萄糖", WARN),
        ("furosemide", "NS", SILENT),
        ("amiodarone", "NS|GNS|林格", STOP),
        ("amiodarone", "D5W", SILENT),
        ("oxaliplatin", "NS|GNS|LR", HARD),
        ("oxaliplatin", "5%GS", SILENT),
        ("caspofungin", "D5W", STOP),
    ],
)
def test_a_drug_in_its_diluent(drug: str, fluids: str, tier: str) -> None:
    for fluid in fluids.split("|"):
        order = an_order(f"{drug}; ; ivgtt", diluent=fluid)
        assert loudest(Check.COMPATIBILITY, {"age": 40}, order) == tier, fluid
        assert not is_open(Check.COMPATIBILITY, {"age": 40}, order), fluid


@pytest.mark.parametrize(
    ("one", "other", "tier"),
    [
        ("ceftriaxone", "calcium gluconate", STOP),
        ("norepinephrine", "sodium bicarbonate", STOP),
        ("dopamine", "sodium bicarbonate", STOP),
        ("pantoprazole", "vitamin C", WARN),
        ("omeprazole", "dexamethasone", WARN),
        ("potassium phosphates", "calcium gluconate", STOP),
        ("potassium chloride", "magnesium sulfate", SILENT),
    ],
)
def test_two_drugs_in_one_bag(one: str, other: str, tier: str) -> None:
    bag = [an_order(f"{drug}; ; ivgtt", group="1") for drug in (one, other)]

    assert loudest(Check.COMPATIBILITY, {"age": 40}, *bag) == tier
    assert loudest(Check.COMPATIBILITY, {"age": 40}, *reversed(bag)) == tier


def test_a_newborn_has_no_calcium_with_ceftriaxone() -> None:
    drip = an_order("ceftriaxone; ; ivgtt", diluent="林格")

    assert loudest(Check.COMPATIBILITY, {"age": "28 d"}, drip) == HARD
    assert loudest(Check.COMPATIBILITY, {"age": "29 d"}, drip) == STOP


def test_of_what_nobody_knows_it_is_said() -> None:
    strange = an_order("ambroxol; ; ivgtt", diluent="PBS")
    mixed = [an_order(f"{drug}; ; ivgtt", group="1") for drug in ("ambroxol", "levofloxacin")]

    for orders in ([strange], mixed):
        assert loudest(Check.COMPATIBILITY, {}, *orders) == SILENT
        assert is_open(Check.COMPATIBILITY, {}, *orders)
    assert not is_open(Check.COMPATIBILITY, {}, an_order("ambroxol; ; ivgtt", diluent="NS"))
