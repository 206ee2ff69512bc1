"""The rows about kidney and liver that ship: each speaks at its border and is silent beyond it."""

from __future__ import annotations

import pytest

from app.decision.findings import Check
from tests.support.row_desk import found, is_open, loudest

STOP, WARN, DRAWER, SILENT = "interruptive", "inline", "drawer", ""


@pytest.mark.parametrize(
    ("order", "border", "below", "at"),
    [
        ("metformin; 0.5 g; PO; BID", ("egfr", 30), STOP, DRAWER),
        ("metformin; 0.5 g; PO; BID", ("egfr", 45), DRAWER, SILENT),
        ("dabigatran; 110 mg; PO; BID", ("crcl", 30), STOP, SILENT),
        ("enoxaparin; 60 mg; SC; q12h", ("crcl", 30), WARN, SILENT),
        ("nitrofurantoin; 0.1 g; PO; BID", ("crcl", 60), STOP, SILENT),
        ("levofloxacin; 500 mg; PO; QD", ("crcl", 50), WARN, SILENT),
        ("ciprofloxacin; 500 mg; PO; BID", ("crcl", 30), WARN, SILENT),
        ("cefepime; 2 g; IV; q8h", ("crcl", 60), WARN, SILENT),
        ("vancomycin; 1 g; IV; q12h", ("crcl", 60), WARN, SILENT),
        ("gentamicin; 0.24 g; IV; QD", ("crcl", 60), WARN, SILENT),
        ("amikacin; 0.4 g; IV; QD", ("crcl", 60), WARN, SILENT),
        ("allopurinol; 300 mg; PO; QD", ("egfr", 60), DRAWER, SILENT),
        ("pregabalin; 150 mg; PO; BID", ("crcl", 60), WARN, SILENT),
        ("digoxin; 0.25 mg; PO; QD", ("crcl", 50), WARN, SILENT),
        ("ibuprofen; 0.4 g; PO; TID", ("egfr", 30), WARN, SILENT),
        ("magnesium sulfate; 2.5 g; IV; QD", ("crcl", 30), WARN, SILENT),
        ("lithium carbonate; 0.25 g; PO; TID", ("crcl", 30), WARN, SILENT),
        ("methotrexate; 10 mg; PO; QW", ("crcl", 30), STOP, SILENT),
        ("fondaparinux; 2.5 mg; SC; QD", ("crcl", 30), STOP, WARN),
        ("pethidine; 50 mg; IM; prn", ("crcl", 50), STOP, SILENT),
        ("famotidine; 20 mg; PO; BID", ("crcl", 60), WARN, SILENT),
        ("zoledronate; 4 mg; IV; once", ("crcl", 35), STOP, SILENT),
        ("sitagliptin; 100 mg; PO; QD", ("egfr", 45), WARN, SILENT),
        ("iohexol", ("egfr", 30), WARN, SILENT),
        ("clarithromycin; 500 mg; PO; BID", ("crcl", 30), WARN, SILENT),
    ],
)
def test_renal_rows_that_begin_below_a_border(
    order: str, border: tuple[str, int], below: str, at: str
) -> None:
    what, value = border

    assert loudest(Check.RENAL, {what: value - 0.1}, order) == below
    assert loudest(Check.RENAL, {what: value}, order) == at


@pytest.mark.parametrize(
    ("order", "border"),
    [
        ("rivaroxaban; 20 mg; PO; QD", 50),
        ("meropenem; 1 g; IV; q8h", 50),
        ("piperacillin and tazobactam; 4.5 g; IV; q8h", 40),
        ("ceftazidime; 2 g; IV; q8h", 50),
        ("fluconazole; 400 mg; PO; QD", 50),
        ("aciclovir; 0.5 g; IV; q8h", 50),
        ("oseltamivir; 75 mg; PO; BID", 60),
        ("ertapenem; 1 g; IV; QD", 30),
    ],
)
def test_renal_rows_that_begin_at_a_border(order: str, border: int) -> None:
    assert loudest(Check.RENAL, {"crcl": border}, order) == WARN
    assert loudest(Check.RENAL, {"crcl": border + 0.1}, order) == SILENT


@pytest.mark.parametrize(
    ("clearance", "order", "rule"),
    [
        (14, "rivaroxaban; 15 mg; PO; QD", "renal-rivaroxaban-15"),
        (19, "levofloxacin; 500 mg; PO; QD", "renal-levofloxacin-20"),
        (25, "meropenem; 1 g; IV; q12h", "renal-meropenem-25"),
        (9, "meropenem; 0.5 g; IV; q12h", "renal-meropenem-10"),
        (19, "piperacillin and tazobactam; 2.25 g; IV; q6h", "renal-piperacillin-20"),
        (30, "ceftazidime; 1 g; IV; q12h", "renal-ceftazidime-30"),
        (15, "ceftazidime; 1 g; IV; QD", "renal-ceftazidime-15"),
        (24, "aciclovir; 0.5 g; IV; q12h", "renal-aciclovir-25"),
        (9, "aciclovir; 0.5 g; IV; QD", "renal-aciclovir-10"),
        (30, "oseltamivir; 30 mg; PO; BID", "renal-oseltamivir-30"),
    ],
)
def test_each_further_border_has_its_own_advice(clearance: int, order: str, rule: str) -> None:
    (told,) = found(Check.RENAL, {"crcl": clearance}, order)

    assert told.origin.rule == rule
    assert told.advice is not None


@pytest.mark.parametrize(
    ("clearance", "order"),
    [
        (40, "rivaroxaban; 15 mg; PO; QD"),
        (30, "levofloxacin; 250 mg; PO; QD"),
        (30, "meropenem; 1 g; IV; q12h"),
        (30, "piperacillin and tazobactam; 2.25 g; IV; q6h"),
        (40, "ceftazidime; 1 g; IV; q12h"),
        (40, "oseltamivir; 30 mg; PO; BID"),
        (20, "oseltamivir; 30 mg; PO; QD"),
        (20, "ciprofloxacin; 250 mg; PO; BID"),
        (20, "levofloxacin; ; eye; TID"),
        (20, "vancomycin; 125 mg; PO; QID"),
        (20, "ibuprofen; ; top; BID"),
    ],
)
def test_a_dose_that_is_adjusted_already_is_no_warning(clearance: int, order: str) -> None:
    assert loudest(Check.RENAL, {"crcl": clearance, "egfr": clearance}, order) == SILENT


def test_spironolactone_asks_for_the_kidney_and_for_potassium() -> None:
    def told(egfr: int, potassium: float) -> str:
        patient = {"egfr": egfr, "labs": {"K": potassium}}
        return loudest(Check.RENAL, patient, "spironolactone; 20 mg; PO; QD")

    assert told(29, 4.0) == told(90, 5.1) == STOP
    assert told(30, 5.0) == SILENT


def test_nsaids_are_not_for_kidneys_that_were_just_injured() -> None:
    injured = {"egfr": 60, "problems": ["AKI stage 2"]}

    assert loudest(Check.RENAL, injured, "diclofenac; 25 mg; PO; TID") == WARN
    assert loudest(Check.RENAL, {"egfr": 60, "problems": []}, "diclofenac") == SILENT
    assert loudest(Check.RENAL, {"egfr": 25}, "aspirin; 100 mg; PO; QD") == SILENT


def test_the_clearance_goes_before_the_filtration_rate() -> None:
    order = "meropenem; 1 g; IV; q8h"

    assert loudest(Check.RENAL, {"crcl": 90, "egfr": 20}, order) == SILENT
    assert loudest(Check.RENAL, {"egfr": 20}, order) == WARN
    assert not is_open(Check.RENAL, {"egfr": 90}, order)


def test_an_anticoagulant_is_not_cleared_by_the_filtration_rate_alone() -> None:
    order = "rivaroxaban; 20 mg; PO; QD"

    assert loudest(Check.RENAL, {"egfr": 40}, order) == WARN
    assert is_open(Check.RENAL, {"egfr": 90}, order)
    assert not is_open(Check.RENAL, {"egfr": 90, "crcl": 90}, order)


# --- the liver ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "loud", "quiet", "tier"),
    [
        ("simvastatin; 20 mg; PO; QN", "C", "B", STOP),
        ("atorvastatin; 20 mg; PO; QN", "C", "B", STOP),
        ("paracetamol; 1 g; PO; QID", "C", "B", WARN),
        ("rivaroxaban; 20 mg; PO; QD", "B", "A", STOP),
        ("apixaban; 5 mg; PO; BID", "C", "A", STOP),
        ("edoxaban; 60 mg; PO; QD", "B", "A", STOP),
        ("ticagrelor; 90 mg; PO; BID", "C", "B", STOP),
        ("caspofungin; 50 mg; IV; QD", "B", "A", WARN),
        ("ondansetron; 8 mg; IV; BID", "C", "B", WARN),
    ],
)
def test_hepatic_rows_by_the_class_of_child_pugh(
    order: str, loud: str, quiet: str, tier: str
) -> None:
    assert loudest(Check.HEPATIC, {"child_pugh": loud, "problems": []}, order) == tier
    assert loudest(Check.HEPATIC, {"child_pugh": quiet, "problems": []}, order) == SILENT


def test_hepatic_rows_by_the_problem_list() -> None:
    ill, well = {"problems": ["active liver disease"]}, {"problems": ["hypertension"]}

    for order in ("simvastatin", "atorvastatin"):
        assert loudest(Check.HEPATIC, ill, order) == STOP
        assert loudest(Check.HEPATIC, well, order) == SILENT
    for problem in ("肝硬化", "liver disease"):
        assert loudest(Check.HEPATIC, {"problems": [problem]}, "sodium valproate") == STOP
    assert loudest(Check.HEPATIC, {"child_pugh": "A"}, "sodium valproate") == STOP
    assert loudest(Check.HEPATIC, well, "sodium valproate") == SILENT


def test_paracetamol_up_to_two_grams_is_nothing_and_no_dose_is_a_warning() -> None:
    ill = {"child_pugh": "C", "problems": []}

    assert loudest(Check.HEPATIC, ill, "paracetamol; 0.5 g; PO; QID") == SILENT
    assert loudest(Check.HEPATIC, ill, "paracetamol; 0.5 g; PO; q4h") == WARN
    assert loudest(Check.HEPATIC, ill, "paracetamol") == WARN


def test_of_a_liver_nobody_knows_nothing_is_said_but_that() -> None:
    assert loudest(Check.HEPATIC, {}, "simvastatin") == SILENT
    assert is_open(Check.HEPATIC, {}, "simvastatin")
    assert not is_open(Check.HEPATIC, {"problems": []}, "simvastatin")
