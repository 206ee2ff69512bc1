"""What people come with, and what a ward usually orders for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Illness:
    """What somebody comes with.

    Attributes:
        home: Drugs that run at home, each with how many in a hundred take it.
        first: What is ordered at admission, the same way; `drug dose route freq`.
        later: What may come on the days after.
        problems: As the problem list has them.
        ages: Youngest and oldest.
        kidneys: eGFR from and to, mL/min/1.73 m2.
    """

    problems: tuple[str, ...]
    ages: tuple[int, int]
    home: Mapping[str, int]
    first: Mapping[str, int]
    later: Mapping[str, int]
    kidneys: tuple[int, int] = (55, 105)


_PAIN = {"paracetamol 500 mg PO q6h": 30, "ibuprofen 300 mg PO bid": 12, "tramadol 50 mg PO bid": 8}
_NIGHT = {"zopiclone 7.5 mg PO qn": 10, "estazolam 1 mg PO qn": 8, "lactulose 15 ml PO bid": 12}
_SALTS = {"potassium chloride 1 g PO tid": 15, "magnesium sulfate 2.5 g ivgtt qd": 5}
_HOME = {
    "amlodipine 5 mg PO qd": 35,
    "atorvastatin 20 mg PO qn": 30,
    "metformin 500 mg PO tid": 22,
    "aspirin 100 mg PO qd": 25,
    "omeprazole 20 mg PO qd": 15,
    "metoprolol 25 mg PO bid": 18,
    "valsartan 80 mg PO qd": 16,
    "levothyroxine sodium 50 ug PO qd": 6,
}

ILLNESSES: tuple[Illness, ...] = (
    Illness(
        ("community-acquired pneumonia",),
        (45, 90),
        _HOME,
        {
            "ceftriaxone 2 g ivgtt qd": 70,
            "azithromycin 0.5 g ivgtt qd": 45,
            "piperacillin and tazobactam 4.5 g ivgtt q8h": 20,
            "ambroxol 30 mg IV bid": 60,
            "acetylcysteine 0.6 g PO bid": 30,
            "enoxaparin 4000 IU SC qd": 40,
            "pantoprazole 40 mg IV qd": 35,
        },
        _PAIN | _NIGHT | _SALTS | {"levofloxacin 0.5 g ivgtt qd": 20, "furosemide 20 mg IV qd": 12},
    ),
    Illness(
        ("acute myocardial infarction",),
        (40, 85),
        _HOME,
        {
            "aspirin 100 mg PO qd": 95,
            "ticagrelor 90 mg PO bid": 60,
            "clopidogrel 75 mg PO qd": 38,
            "atorvastatin 40 mg PO qn": 90,
            "enoxaparin 6000 IU SC q12h": 60,
            "metoprolol 25 mg PO bid": 75,
            "perindopril tert-butylamine 4 mg PO qd": 60,
            "pantoprazole 40 mg PO qd": 55,
        },
        _NIGHT | _SALTS | {"furosemide 20 mg IV qd": 20, "isosorbide mononitrate 20 mg PO bid": 20},
    ),
    Illness(
        ("heart failure with reduced ejection fraction",),
        (55, 92),
        _HOME | {"digoxin 0.125 mg PO qd": 15, "warfarin 3 mg PO qd": 12},
        {
            "furosemide 40 mg IV qd": 85,
            "spironolactone 20 mg PO qd": 65,
            "sacubitril and valsartan 50 mg PO bid": 45,
            "bisoprolol 2.5 mg PO qd": 55,
            "dapagliflozin 10 mg PO qd": 55,
            "enoxaparin 4000 IU SC qd": 30,
        },
        _NIGHT | _SALTS | {"amiodarone 200 mg PO tid": 10, "milrinone 10 mg IV qd": 4},
        (28, 85),
    ),
    Illness(
        ("atrial fibrillation",),
        (55, 90),
        _HOME | {"warfarin 3 mg PO qd": 25, "rivaroxaban 20 mg PO qd": 25},
        {
            "rivaroxaban 20 mg PO qd": 40,
            "metoprolol 25 mg PO bid": 60,
            "amiodarone 200 mg PO tid": 25,
            "digoxin 0.125 mg PO qd": 15,
        },
        _NIGHT | _SALTS | {"diltiazem 30 mg PO tid": 8, "verapamil 40 mg PO tid": 4},
    ),
    Illness(
        ("type 2 diabetes",),
        (40, 85),
        _HOME | {"gliclazide 80 mg PO bid": 20, "acarbose 50 mg PO tid": 25},
        {
            "insulin glargine 16 IU SC qn": 60,
            "insulin aspart 6 IU SC tid": 60,
            "metformin 500 mg PO tid": 55,
            "dapagliflozin 10 mg PO qd": 35,
            "atorvastatin 20 mg PO qn": 55,
            "mecobalamin 500 ug PO tid": 40,
        },
        _PAIN | _NIGHT | {"cefuroxime 1.5 g ivgtt bid": 10, "fenofibrate 200 mg PO qd": 8},
        (35, 100),
    ),
    Illness(
        ("ischaemic stroke",),
        (50, 88),
        _HOME,
        {
            "aspirin 100 mg PO qd": 85,
            "clopidogrel 75 mg PO qd": 60,
            "atorvastatin 40 mg PO qn": 90,
            "edaravone and dexborneol 37.5 mg ivgtt bid": 45,
            "butylphthalide 25 mg ivgtt bid": 40,
            "pantoprazole 40 mg PO qd": 30,
        },
        _NIGHT | _SALTS | {"citalopram 20 mg PO qd": 12, "mannitol 125 ml ivgtt q8h": 12},
    ),
    Illness(
        ("copd with acute exacerbation",),
        (55, 88),
        _HOME | {"theophylline 0.2 g PO bid": 30, "tiotropium bromide 18 ug inhaler qd": 40},
        {
            "methylprednisolone 40 mg IV qd": 65,
            "salbutamol 5 mg neb tid": 70,
            "budesonide 1 mg neb bid": 70,
            "moxifloxacin 0.4 g ivgtt qd": 40,
            "cefoperazone and sulbactam 3 g ivgtt q12h": 30,
            "ambroxol 30 mg IV bid": 60,
        },
        _NIGHT | _SALTS | {"pantoprazole 40 mg IV qd": 30, "voriconazole 0.2 g PO bid": 3},
    ),
    Illness(
        ("cirrhosis", "ascites"),
        (40, 78),
        {"spironolactone 40 mg PO bid": 50, "propranolol 10 mg PO bid": 40},
        {
            "spironolactone 40 mg PO bid": 60,
            "furosemide 40 mg PO qd": 60,
            "octreotide 0.1 mg SC q8h": 20,
            "lactulose 15 ml PO tid": 60,
            "human albumin 10 g ivgtt qd": 50,
            "cefotaxime 2 g ivgtt q8h": 25,
        },
        _SALTS | {"pantoprazole 40 mg IV bid": 40, "norfloxacin 0.4 g PO bid": 10},
        (35, 90),
    ),
    Illness(
        ("chronic kidney disease stage 4",),
        (40, 85),
        {"amlodipine 5 mg PO qd": 60, "calcium carbonate and vitamin d3 0.6 g PO qd": 35},
        {
            "furosemide 20 mg PO bid": 55,
            "roxadustat 100 mg PO tiw": 45,
            "sodium bicarbonate 0.5 g PO tid": 60,
            "sevelamer 800 mg PO tid": 35,
            "ferrous succinate 0.1 g PO tid": 35,
        },
        _PAIN | {"cefuroxime 0.75 g ivgtt bid": 15, "allopurinol 100 mg PO qd": 12},
        (8, 29),
    ),
    Illness(
        ("hip fracture",),
        (60, 92),
        _HOME,
        {
            "cefazolin 1 g ivgtt q8h": 85,
            "enoxaparin 4000 IU SC qd": 80,
            "paracetamol 500 mg PO q6h": 60,
            "celecoxib 200 mg PO bid": 45,
            "tranexamic acid 1 g ivgtt qd": 35,
        },
        _NIGHT
        | {
            "morphine 5 mg SC q6h prn": 20,
            "tramadol 50 mg PO q8h": 20,
            "iron dextran 100 mg ivgtt qd": 8,
        },
    ),
    Illness(
        ("cholecystitis, elective cholecystectomy",),
        (25, 75),
        _HOME,
        {
            "cefuroxime 1.5 g ivgtt bid": 80,
            "metronidazole 0.5 g ivgtt bid": 45,
            "flurbiprofen axetil 50 mg IV bid": 60,
            "ondansetron 4 mg IV bid": 45,
            "pantoprazole 40 mg IV qd": 40,
        },
        _PAIN | {"pethidine 50 mg IM prn": 8, "phytomenadione 10 mg IM qd": 8},
    ),
    Illness(
        ("upper gastrointestinal bleeding",),
        (35, 85),
        {"aspirin 100 mg PO qd": 35, "ibuprofen 300 mg PO bid": 20},
        {
            "esomeprazole 40 mg IV bid": 90,
            "somatostatin 3 mg ivgtt q12h": 45,
            "tranexamic acid 1 g ivgtt qd": 20,
        },
        _SALTS | {"ceftriaxone 2 g ivgtt qd": 20, "ferrous succinate 0.1 g PO tid": 15},
    ),
    Illness(
        ("sepsis",),
        (40, 88),
        _HOME,
        {
            "meropenem 1 g ivgtt q8h": 65,
            "vancomycin 1 g ivgtt q12h": 40,
            "norepinephrine 8 mg pump qd": 45,
            "hydrocortisone 50 mg IV q6h": 30,
            "pantoprazole 40 mg IV qd": 55,
            "enoxaparin 4000 IU SC qd": 45,
        },
        _SALTS | {"fluconazole 0.4 g ivgtt qd": 15, "furosemide 20 mg IV bid": 25},
        (25, 85),
    ),
    Illness(
        ("lung cancer",),
        (45, 78),
        _HOME,
        {
            "pemetrexed 800 mg ivgtt once": 50,
            "cisplatin 120 mg ivgtt once": 45,
            "dexamethasone 10 mg IV qd": 70,
            "ondansetron 8 mg IV bid": 75,
            "folic acid 0.4 mg PO qd": 60,
            "filgrastim (rhg-csf) 300 ug SC qd": 20,
        },
        _NIGHT
        | {
            "morphine 10 mg PO q12h": 30,
            "oxycodone 10 mg PO q12h": 20,
            "olanzapine 5 mg PO qn": 10,
        },
    ),
    Illness(
        ("major depressive disorder",),
        (18, 70),
        {"sertraline 50 mg PO qd": 30, "zopiclone 7.5 mg PO qn": 30},
        {
            "escitalopram 10 mg PO qd": 35,
            "sertraline 100 mg PO qd": 25,
            "mirtazapine 30 mg PO qn": 30,
            "quetiapine 100 mg PO qn": 30,
            "lorazepam 0.5 mg PO bid": 35,
        },
        {
            "venlafaxine 75 mg PO qd": 10,
            "lithium carbonate 250 mg PO bid": 6,
            "omeprazole 20 mg PO qd": 8,
        },
    ),
    Illness(
        ("epilepsy",),
        (18, 70),
        {"sodium valproate 0.5 g PO bid": 45, "carbamazepine 200 mg PO bid": 30},
        {"levetiracetam 0.5 g PO bid": 60, "lamotrigine 50 mg PO bid": 20},
        _PAIN | {"diazepam 10 mg IV st": 15, "cefuroxime 1.5 g ivgtt bid": 8},
    ),
)
