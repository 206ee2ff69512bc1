"""The yardstick: the ONC lists, each class by at least two named drugs, from either end."""

from __future__ import annotations

from itertools import product

import pytest

from app.decision.findings import Tier
from app.decision.knowledge.interactions import Published, Severity
from resources.reading import manifest, rows
from tests.support.knowledge_kit import interactions_that_ship, loudest, met, substances_that_ship

MAOIS = "phenelzine tranylcypromine isocarboxazid selegiline rasagiline moclobemide"
HIGH_PRIORITY = {
    "3": ("amphetamine dextroamphetamine methylphenidate atomoxetine", MAOIS + " procarbazine"),
    "4": ("atazanavir", "omeprazole esomeprazole pantoprazole lansoprazole rabeprazole"),
    "6": ("febuxostat", "azathioprine mercaptopurine"),
    "8": (
        "fluoxetine sertraline paroxetine citalopram fluvoxamine venlafaxine",
        MAOIS + " linezolid",
    ),
    "11": ("irinotecan", "ketoconazole itraconazole clarithromycin ritonavir nelfinavir"),
    "16": ("meperidine fentanyl methadone tramadol tapentadol morphine dextromethorphan", MAOIS),
    "20": ("amitriptyline imipramine clomipramine nortriptyline doxepin", MAOIS),
    "21": (
        "amiodarone sotalol haloperidol methadone moxifloxacin erythromycin",
        "quinidine dofetilide thioridazine pimozide citalopram ondansetron",
    ),
    "22": ("ramelteon", "fluvoxamine ciprofloxacin"),
    "23": (
        "ritonavir atazanavir lopinavir saquinavir darunavir",
        "rifampin rifabutin carbamazepine phenytoin",
    ),
    "25": (
        "simvastatin lovastatin",
        "clarithromycin itraconazole ketoconazole ritonavir erythromycin",
    ),
    "25-atorvastatin": ("atorvastatin", "clarithromycin itraconazole"),
    "27": (
        "ergotamine dihydroergotamine methylergometrine",
        "clarithromycin ritonavir ketoconazole",
    ),
    "28": ("tizanidine", "fluvoxamine ciprofloxacin zileuton"),
    "30": ("tranylcypromine", "procarbazine"),
    "31": ("sumatriptan rizatriptan zolmitriptan", MAOIS),
}
NON_INTERRUPTIVE = {
    "1": ("captopril enalapril", "aspirin salsalate"),
    "2": ("niacin", "simvastatin rosuvastatin"),
    "3": ("metoprolol propranolol", "fluoxetine citalopram"),
    "4": ("ferrous-sulfate ferrous-fumarate", "omeprazole pantoprazole"),
    "5": ("hydrochlorothiazide indapamide", "lisinopril enalapril"),
    "6": ("levothyroxine liothyronine", "calcium-carbonate calcium-citrate"),
    "7": ("levothyroxine liothyronine", "atorvastatin simvastatin"),
    "8": ("hydrochlorothiazide indapamide", "ibuprofen celecoxib"),
    "9": ("metoprolol propranolol", "levothyroxine liothyronine"),
    "10": ("tacrolimus sirolimus", "prednisone methylprednisolone"),
    "11": ("aluminium-hydroxide hydrotalcite", "prednisone dexamethasone"),
    "12": ("alendronate risedronate", "calcium-carbonate calcium-citrate"),
    "13": ("cyanocobalamin", "omeprazole"),
    "14": ("folic-acid", "methotrexate"),
    "15": ("glipizide gliclazide", "captopril ramipril"),
    "16": ("ferrous-sulfate ferrous-succinate", "levothyroxine liothyronine"),
    "17": ("warfarin rivaroxaban", "prednisone dexamethasone"),
    "18": ("warfarin apixaban", "acetaminophen"),
    "19": ("aluminium-hydroxide hydrotalcite", "ferrous-sulfate ferrous-fumarate"),
    "20": ("warfarin dabigatran", "omeprazole lansoprazole"),
    "21": ("omeprazole esomeprazole", "ketoconazole itraconazole"),
    "22": ("metoprolol atenolol", "calcium-carbonate calcium-citrate"),
    "23": ("enalapril lisinopril", "losartan valsartan"),
    "24": ("warfarin rivaroxaban", "simvastatin rosuvastatin"),
    "25": ("omeprazole", "diazepam midazolam"),
    "26": ("warfarin heparin", "vitamin-e"),
    "27": ("zinc-gluconate zinc-sulfate", "ciprofloxacin levofloxacin"),
    "28": ("ibuprofen diclofenac", "metoprolol bisoprolol"),
    "29": ("clopidogrel", "aspirin salsalate"),
    "30": ("ethinylestradiol levonorgestrel", "prednisone prednisolone"),
    "31": ("metoprolol propranolol", "nifedipine amlodipine"),
    "32": ("prednisone corticotropin", "neostigmine pyridostigmine"),
    "33": ("captopril enalapril", "ibuprofen naproxen"),
}


def pairs(sides: tuple[str, str]) -> list[tuple[str, str]]:
    """Every pair, from both ends."""
    told = [(a, b) for a, b in product(*(side.split() for side in sides)) if a != b]
    return [*told, *((b, a) for a, b in told)]


@pytest.mark.parametrize("rule", HIGH_PRIORITY)
def test_what_must_always_alert_interrupts(rule: str) -> None:
    found = loudest(pairs(HIGH_PRIORITY[rule]))

    assert {pair for pair, tier in found.items() if tier is not Tier.INTERRUPTIVE} == set()
    assert len(found) >= 2


@pytest.mark.parametrize("rule", NON_INTERRUPTIVE)
def test_what_need_not_interrupt_is_told_in_the_drawer(rule: str) -> None:
    found = loudest(pairs(NON_INTERRUPTIVE[rule]))

    assert {pair: tier for pair, tier in found.items() if tier is not Tier.DRAWER} == {}
    assert len(found) >= 2


def test_both_lists_are_whole() -> None:
    told = rows("interactions", "pairs")
    numbers = {
        kind: {
            row["rule"].removeprefix("onc-").split("-")[1] for row in told if row["list"] == kind
        }
        for kind in ("onc-high-priority", "onc-non-interruptive")
    }

    assert numbers["onc-high-priority"] == {one.partition("-")[0] for one in HIGH_PRIORITY}
    assert len(numbers["onc-high-priority"]) == 15
    assert numbers["onc-non-interruptive"] == set(NON_INTERRUPTIVE)
    assert len(NON_INTERRUPTIVE) == 33
    assert manifest("interactions")["tables"] == ["groups", "local_routes", "pairs", "severities"]


def test_of_all_members_of_both_lists_only_sotalol_with_a_citalopram_interrupts() -> None:
    """The one exception is in both lists: QT-prolonging drugs must always alert."""
    book = interactions_that_ship()
    loud = set()
    for rule in book.rules:
        if rule.published is Published.NON_INTERRUPTIVE:
            for one, other in product(rule.first.substances, rule.second.substances):
                first = next(iter(book.between(one, other)), None)
                if first is not None and first.tier.interrupts:
                    loud.add(frozenset((one, other)))

    assert loud == {frozenset(("sotalol", one)) for one in ("citalopram", "escitalopram")}


def test_no_conditional_entry_interrupts() -> None:
    conditional = [rule for rule in interactions_that_ship().rules if rule.conditional]

    assert len(conditional) > 800
    assert not any(rule.loudest.interrupts for rule in conditional)
    # Twin: an unconditional one of the same list does.
    assert met(interactions_that_ship(), "methotrexate", "trimethoprim") == [
        ("ansm-1947", Tier.INTERRUPTIVE)
    ]


def test_every_unconditional_severity_of_the_thesaurus_has_its_tier() -> None:
    expected = {
        Severity.CONTRAINDICATED: Tier.INTERRUPTIVE,
        Severity.NOT_RECOMMENDED: Tier.INLINE,
        Severity.PRECAUTION: Tier.DRAWER,
        Severity.CONSIDER: Tier.DRAWER,
    }
    found = {
        (rule.severity, rule.loudest)
        for rule in interactions_that_ship().rules
        if rule.published is Published.ANSM and not rule.conditional
    }

    assert found == set(expected.items())


@pytest.mark.parametrize(
    ("one", "other", "tier"),
    [
        ("克拉霉素", "辛伐他汀", Tier.INTERRUPTIVE),
        ("clarithromycin", "pravastatin", Tier.DRAWER),
        ("clarithromycin", "rosuvastatin", None),
        ("沙库巴曲缬沙坦", "依那普利", Tier.INTERRUPTIVE),
        ("methotrexate", "co-trimoxazole", Tier.INTERRUPTIVE),
        ("levamlodipine", "simvastatin", Tier.DRAWER),
        ("ceftriaxone", "metronidazole", None),
        ("linezolid", "morphine", None),
        ("linezolid", "pethidine", Tier.INTERRUPTIVE),
        ("sevoflurane", "ondansetron", Tier.INLINE),
        ("doxycycline", "multivitamin", None),
        ("doxycycline", "vitamin A", Tier.INTERRUPTIVE),
        ("alprazolam", "chlorphenamine", Tier.DRAWER),
        ("aspirin", "warfarin", Tier.INLINE),
        ("fluconazole", "cyclophosphamide", None),
    ],
)
def test_what_ships_says_of_two_drugs(one: str, other: str, tier: Tier | None) -> None:
    found = loudest([(one, other), (other, one)])

    assert found == {(one, other): tier, (other, one): tier}


def test_no_substance_of_a_rule_is_unknown() -> None:
    known = {one.code for one in substances_that_ship().all()}

    for rule in interactions_that_ship().rules:
        assert rule.first.substances | rule.second.substances <= known | {"class:any"}


def test_interruptions_are_few() -> None:
    """Careless reading of conditional entries makes hard alerts 19 times as many."""
    stocked = sorted({p.code for d in substances_that_ship().medicines() for p in d.substances})
    book = interactions_that_ship()
    loud = sum(
        bool(found) and found[0].tier.interrupts
        for place, one in enumerate(stocked)
        for other in stocked[place + 1 :: 7]
        if (found := book.between(one, other)) is not None
    )
    asked = sum(len(stocked[place + 1 :: 7]) for place in range(len(stocked)))

    assert 0 < loud / asked < 0.005
