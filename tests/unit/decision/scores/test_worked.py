"""Examples worked by hand from the published tables and formulas, which are named with each."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.decision.scores import kit
from tests.unit.decision.scores.kit import KIDNEY, LIVER, NEWS2, SOFA


def test_news2_of_a_patient_on_oxygen_by_both_scales() -> None:
    """Chart of RCP 2017: RR 22, SpO2 93 on O2, SBP 104, P 112, A, 38.4 is 10; 9 by scale 2."""
    assert kit.total("NEWS2", NEWS2) == 10
    assert kit.total("NEWS2", NEWS2 | {"saturation-scale": "2"}) == 9


def test_a_well_patient_has_news2_of_0_and_the_longest_interval() -> None:
    found = kit.scored("NEWS2", kit.WELL)

    assert (int(found.total), kit.grade_of(found)) == (0, "zero")
    assert found.band is not None
    assert "12-hourly" in found.band.response.english


def test_a_single_3_asks_for_more_than_the_total() -> None:
    """RCP 2017, chart 2: 3 in one parameter is urgent ward review, though the total is low."""
    single = kit.scored("NEWS2", kit.WELL | {"consciousness": "C"})
    spread = kit.scored("NEWS2", kit.WELL | {"pulse": "95 /min", "breaths": "21 /min"})

    assert single.total == spread.total == 3
    assert (kit.grade_of(single), kit.grade_of(spread)) == ("single", "low")


@pytest.mark.parametrize("answer", ["C", "V", "P", "U"])
def test_anything_but_alert_is_3(answer: str) -> None:
    assert kit.total("NEWS2", kit.WELL | {"consciousness": answer}) == 3


def test_qsofa_and_sirs_of_a_septic_patient() -> None:
    septic = {
        "age": "60 a",
        "breaths": "24 /min",
        "systolic": "95 mm[Hg]",
        "altered-mentation": "no",
        "temperature": "38.6 Cel",
        "pulse": "110 /min",
        "wbc": "15 10*9/L",
    }

    assert kit.total("qSOFA", septic) == 2
    assert kit.total("SIRS", septic) == 4


def test_a_low_paco2_counts_for_breathing_that_is_not_fast() -> None:
    """ACCP/SCCM 1992: RR > 20 or PaCO2 < 32; WBC or more than 10 % bands."""
    calm = {"age": "60 a", "temperature": "37 Cel", "pulse": "70 /min", "breaths": "18 /min"}
    blood = {"wbc": "8 10*9/L"}

    assert kit.total("SIRS", calm | blood) == 0
    assert kit.total("SIRS", calm | blood | {"pco2": "30 mm[Hg]", "band-forms": "12 %"}) == 2


def test_sofa_counts_the_worst_of_each_system() -> None:
    """Vincent 1996: P/F 150 ventilated, platelets 90, bilirubin 40, norepinephrine 0.1."""
    found = kit.scored("SOFA", SOFA)

    assert found.total == 13
    assert [(one.part, int(one.points)) for one in found.subscores] == [
        ("respiration", 3),
        ("coagulation", 2),
        ("liver", 2),
        ("circulation", 3),
        ("nervous-system", 1),
        ("kidney", 2),
    ]
    assert kit.total("SOFA", SOFA | {"urine-day": "150 mL/d"}) == 15


def test_without_support_a_low_oxygenation_is_2() -> None:
    """Vincent 1996: 3 and 4 only with respiratory support."""
    found = kit.scored("SOFA", SOFA | {"ventilation": "no"})

    assert kit.points(found, "respiration") == 2


def test_the_two_tables_of_creatinine_are_both_followed() -> None:
    """1.2 mg/dL is 106 umol/L: published as 1 and as 0."""
    assert kit.points(kit.scored("SOFA", SOFA | {"creatinine": "1.2 mg/dL"}), "kidney") == 1
    assert kit.points(kit.scored("SOFA", SOFA | {"creatinine": "106 umol/L"}), "kidney") == 0


@pytest.mark.parametrize(
    ("changed", "stage"),
    [
        ({}, 0),
        ({"creatinine": "150 umol/L", "creatinine-lowest-48h": "150 umol/L"}, 1),
        ({"creatinine": "126.5 umol/L"}, 1),
        ({"creatinine": "220 umol/L"}, 2),
        ({"creatinine": "300 umol/L"}, 3),
        ({"urine-12h": "0.4 mL/kg/h"}, 2),
        ({"urine-12h": "0 mL/kg/h"}, 3),
        ({"renal-replacement": "yes"}, 3),
    ],
)
def test_kdigo_takes_the_worst_criterion(changed: dict[str, str], stage: int) -> None:
    """KDIGO AKI 2012, table 2."""
    assert kit.total("KDIGO-AKI", KIDNEY | changed) == stage


def test_a_high_creatinine_is_stage_3_only_where_it_rose_acutely() -> None:
    """KDIGO AKI 2012: >= 353.6 umol/L with an acute rise meeting stage 1."""
    chronic = KIDNEY | {"creatinine": "360 umol/L", "creatinine-baseline": "340 umol/L"}

    assert kit.total("KDIGO-AKI", chronic | {"creatinine-lowest-48h": "350 umol/L"}) == 0
    assert kit.total("KDIGO-AKI", chronic | {"creatinine-lowest-48h": "330 umol/L"}) == 3


@pytest.mark.parametrize(
    ("sex", "age", "creatinine", "rate"),
    [
        ("male", "50 a", "1.0 mg/dL", 92),
        ("female", "60 a", "0.8 mg/dL", 84),
        ("female", "80 a", "2.0 mg/dL", 25),
        ("female", "80 a", "176.8 umol/L", 25),
    ],
)
def test_ckd_epi_2021(sex: str, age: str, creatinine: str, rate: int) -> None:
    """Inker 2021: 142 x min(Scr/k, 1)^a x max(Scr/k, 1)^-1.2 x 0.9938^age x 1.012 if female."""
    assert kit.total("CKD-EPI-2021", {"sex": sex, "age": age, "creatinine": creatinine}) == rate


COCKCROFT = {
    "sex": "female",
    "age": "72 a",
    "weight": "60 kg",
    "weight-kind": "actual",
    "creatinine": "1.2 mg/dL",
}


def test_cockcroft_gault_and_the_weight_it_used() -> None:
    """F 72 y, 60 kg, 1.2 mg/dL: 68 x 60 x 0.85 / 86.4 = 40.1."""
    found = kit.scored("Cockcroft-Gault", COCKCROFT)

    assert (found.total, found.unit, found.band) == (Decimal("40.1"), "mL/min", None)
    assert kit.points(found, "weight-used") == 60


def test_cockcroft_gault_with_the_ideal_and_the_adjusted_weight() -> None:
    """70 inches: 45.5 + 23 = 68.5 kg; of 100 kg adjusted 68.5 + 0.4 x 31.5 = 81.1 kg."""
    heavy = COCKCROFT | {"weight": "100 kg", "height": "177.8 cm"}
    ideal = kit.scored("Cockcroft-Gault", heavy | {"weight-kind": "ideal"})
    adjusted = kit.scored("Cockcroft-Gault", heavy | {"weight-kind": "adjusted"})
    short = kit.scored(
        "Cockcroft-Gault", heavy | {"weight-kind": "ideal", "height": "140 cm", "sex": "male"}
    )

    assert kit.points(ideal, "weight-used") == Decimal("68.5")
    assert kit.points(adjusted, "weight-used") == Decimal("81.1")
    assert kit.points(short, "weight-used") == 50
    assert ideal.total == Decimal("45.8")


def test_the_weight_that_is_asked_for_needs_a_height() -> None:
    found = kit.incomplete("Cockcroft-Gault", COCKCROFT | {"weight-kind": "ideal"})

    assert found.missing == ("height",)


def test_meld_meld_na_and_meld_3() -> None:
    """Bilirubin 3, INR 1.8, creatinine 1.5, Na 128: 21 and 27; with albumin 2.8, male: 27."""
    with_sodium = kit.scored("MELD-Na", LIVER)

    assert kit.total("MELD", LIVER) == 21
    assert with_sodium.total == 27
    assert kit.points(with_sodium, "meld") == 21
    assert kit.total("MELD-3.0", LIVER) == 27
    assert kit.total("MELD-3.0", LIVER | {"sex": "female"}) == 28


def test_meld_has_a_floor_a_cap_and_counts_dialysis_as_the_cap() -> None:
    """OPTN policy 9: below 1 counts as 1, creatinine above 4 as 4, two dialyses as 4."""
    well = LIVER | {"bilirubin": "0.5 mg/dL", "inr": "0.9 1", "creatinine": "0.6 mg/dL"}
    ill = LIVER | {"bilirubin": "60 mg/dL", "inr": "12 1"}

    assert kit.total("MELD", well) == 6
    assert kit.total("MELD-Na", well) == 6
    assert kit.total("MELD-3.0", well | {"sodium": "140 mmol/L", "albumin": "4 g/dL"}) == 6
    assert kit.total("MELD", ill) == 40
    assert kit.total("MELD", LIVER | {"creatinine": "9 mg/dL"}) == kit.total(
        "MELD", LIVER | {"dialysis": "yes"}
    )


def test_sodium_counts_only_above_meld_11_and_within_its_range() -> None:
    mild = LIVER | {"bilirubin": "1.5 mg/dL", "inr": "1.2 1", "creatinine": "1 mg/dL"}

    assert kit.total("MELD-Na", mild) == kit.total("MELD", mild) == 10
    assert kit.total("MELD-Na", LIVER | {"sodium": "115 mmol/L"}) == kit.total(
        "MELD-Na", LIVER | {"sodium": "125 mmol/L"}
    )
    assert kit.total("MELD-Na", LIVER | {"sodium": "145 mmol/L"}) == 21


def test_child_pugh() -> None:
    """2.5 mg/dL 2, 30 g/L 2, INR 1.5 1, mild ascites 2, no encephalopathy 1: 8, class B."""
    found = kit.scored(
        "Child-Pugh",
        LIVER
        | {"bilirubin": "2.5 mg/dL", "albumin": "30 g/L", "inr": "1.5 1"}
        | {"ascites": "mild", "encephalopathy": "none"},
    )

    assert (int(found.total), kit.grade_of(found)) == (8, "B")


def test_scores_of_flags() -> None:
    """Points as in Padua 2010, Caprini 2005, Lip 2010, Pisters 2010, Lim 2003, Wells 2000/2003."""
    body = {"weight": "95 kg", "height": "175 cm"}
    padua = kit.no_flags("Padua") | body | {"age": "71 a", "reduced-mobility": "yes"}
    caprini = kit.no_flags("Caprini") | body | {"age": "76 a", "arthroplasty": "yes"}
    fibrillation = kit.no_flags("CHA2DS2-VASc") | {"age": "76 a", "sex": "female"}
    bleeding = kit.no_flags("HAS-BLED") | {"age": "70 a", "systolic": "170 mm[Hg]"}
    vein = kit.no_flags("Wells-DVT") | {"age": "50 a", "alternative-diagnosis": "yes"}
    lung = kit.no_flags("Wells-PE") | {"age": "50 a", "pulse": "110 /min", "dvt-signs": "yes"}

    assert kit.total("Padua", padua) == 5
    assert kit.total("Caprini", caprini) == 9
    assert kit.total("CHA2DS2-VASc", fibrillation | {"stroke-embolism": "yes"}) == 5
    assert kit.total("HAS-BLED", bleeding | {"labile-inr": "yes"}) == 3
    assert kit.total("Wells-DVT", vein) == -2
    assert kit.total("Wells-PE", lung) == Decimal("4.5")


def test_curb_65_and_grace() -> None:
    pneumonia = {"age": "72 a", "confusion": "yes", "urea": "9 mmol/L", "breaths": "32 /min"}
    pressure = {"systolic": "110 mm[Hg]", "diastolic": "60 mm[Hg]"}
    heart = {"age": "66 a", "pulse": "80 /min", "systolic": "125 mm[Hg]", "killip": "II"}

    assert kit.total("CURB-65", pneumonia | pressure) == 5
    grace = kit.no_flags("GRACE") | heart | {"creatinine": "88.4 umol/L", "st-deviation": "yes"}
    assert kit.total("GRACE", grace) == 58 + 9 + 34 + 7 + 20 + 28


GCS = {"age": "40 a", "eye": "spontaneous", "verbal": "confused", "motor": "obeys"}


def test_a_glasgow_coma_score() -> None:
    found = kit.scored("GCS", GCS)

    assert [one.points for one in found.subscores] == [4, 4, 6]
    assert found.total == 14


def test_a_tube_is_t_and_leaves_no_total() -> None:
    found = kit.incomplete("GCS", GCS | {"verbal": "tube"})
    swollen = kit.incomplete("GCS", GCS | {"eye": "not-testable"})

    assert [(one.item, one.mark) for one in found.problems] == [("verbal", "T")]
    assert [one.points for one in found.subscores] == [4, 6]
    assert [(one.item, one.mark) for one in swollen.problems] == [("eye", "NT")]


def test_braden_and_morse() -> None:
    lowest = {"mobility": "completely-immobile", "activity": "bedfast", "age": "80 a"}
    rest = {"sensory-perception": "very-limited", "moisture": "very-moist"}
    last = {"nutrition": "very-poor", "friction-shear": "problem"}
    morse = kit.no_flags("Morse") | {"age": "80 a", "falls-history": "yes"}
    walk = {"walking-aid": "furniture", "gait": "impaired", "mental-status": "overestimates"}

    assert kit.total("Braden", lowest | rest | last) == 8
    assert kit.total("Morse", morse | walk) == 90
