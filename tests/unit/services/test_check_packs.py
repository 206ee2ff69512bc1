"""The packs of allergies, duplicates and compatibility, read row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.decision.findings import Check, Tier
from app.decision.knowledge.allergies import AllergyBook, Degree, Tiers
from app.decision.knowledge.compatibility import CompatibilityBook
from app.decision.knowledge.duplicates import DuplicateBook, Reach
from app.domain.quantities import Quantity
from app.domain.terms import Named
from app.kernel.faults import AppError, FaultKind
from app.services import allergy_pack, compatibility_pack, duplicate_pack
from resources.reading import path
from tests.support.pack_folders import lay_pack

TODAY = date(2026, 11, 25)
Row = Mapping[str, str]

LOUD = {"severe": "interruptive", "unknown": "inline", "mild": "drawer"}
CROSS = {"rule": "x", "first": "a|class:b", "second": "c", "both": "no", **LOUD}
CLASS = {"rule": "k", "class": "penicillins", "members": "yes", **LOUD, "text_zh": "禁"}
RULE = {
    "rule": "two",
    "check": "duplicate-class",
    "subjects": "class:ppis",
    "reach": "any",
    "tier": "interruptive",
    "quieter": "inline",
}
EXEMPT = {"rule": "e", "rules": "two|same", "first": "a", "second": "b", "as_needed": "yes"}
LIMIT = {"rule": "l", "subjects": "enoxaparin", "routes": "sc", "daily": "40 mg"}
PAIR = {"rule": "p", "first": "a", "second": "fluid:ns", "tier": "interruptive"}
ROUTE = {"rule": "r", "route": "iv", "reach": "running"}


def _set(*codes: str) -> frozenset[str]:
    return frozenset(codes)


def allergies(folder: Path, *, as_active: bool = False, **tables: list[Row]) -> AllergyBook:
    laid = lay_pack(folder / "p", allergy_pack.COLUMNS, **tables)
    return allergy_pack.read_allergies(laid, None, TODAY, as_active=as_active)


def duplicates(folder: Path, **tables: list[Row]) -> DuplicateBook:
    laid = lay_pack(folder / "p", duplicate_pack.COLUMNS, **tables)
    return duplicate_pack.read_duplicates(laid, None, TODAY)


def compatibility(folder: Path, **tables: list[Row]) -> CompatibilityBook:
    laid = lay_pack(folder / "p", compatibility_pack.COLUMNS, **tables)
    return compatibility_pack.read_compatibility(laid, None, TODAY)


def test_a_pack_of_allergies(tmp_path: Path) -> None:
    book = allergies(
        tmp_path,
        words=[
            {"rule": "w", "codes": "penicillins|x", "words_zh": "青霉素", "words_en": "pcn | pen"},
            {"rule": "n", "codes": "noise", "words_en": "allergy"},
        ],
        reactions=[{"rule": "rash", "degree": "mild", "words_zh": "皮疹", "words_en": "rash"}],
        of_class=[CLASS],
        crosses=[{**CROSS, "reactions": "rash"}],
        nones=[{"rule": "o", "first": "class:sulfa", "second": "furosemide"}],
    )

    (word,), (reaction,), (of_class,), (cross,), (none,) = (
        *(book.words, book.reactions, book.classes),
        *(book.crosses, book.nones),
    )
    assert (word.codes, word.words) == (_set("penicillins", "x"), ("青霉素", "pcn", "pen"))
    assert book.noise == ("allergy",)
    assert (reaction.code, reaction.degree) == ("rash", Degree.MILD)
    assert (of_class.code, of_class.members) == ("penicillins", True)
    assert of_class.advice == Named("禁", "")
    assert of_class.tiers == cross.tiers == Tiers(Tier.INTERRUPTIVE, Tier.INLINE, Tier.DRAWER)
    assert (cross.first, cross.second, cross.both) == (_set("a", "class:b"), _set("c"), False)
    assert (cross.reactions, cross.origin.rule, cross.advice) == (_set("rash"), "x", None)
    assert (none.first, none.second) == (_set("class:sulfa"), _set("furosemide"))


def test_a_row_is_a_draft_until_it_is_judged_as_if_it_were_signed(tmp_path: Path) -> None:
    def may_interrupt(*, as_active: bool) -> list[bool]:
        book = allergies(tmp_path, as_active=as_active, of_class=[CLASS], crosses=[CROSS])
        return [
            *(one.origin.may_interrupt for one in book.classes),
            *(one.origin.may_interrupt for one in book.crosses),
        ]

    assert may_interrupt(as_active=False) == [False, False]
    assert may_interrupt(as_active=True) == [True, True]


def test_a_pack_of_duplicates(tmp_path: Path) -> None:
    book = duplicates(
        tmp_path,
        rules=[RULE],
        exempt=[{**EXEMPT, "routes": "iv|pump"}],
        lesser=[LIMIT],
        local=[{"rule": "t", "route": "top"}],
    )

    (rule,), (exemption,), (limit,) = book.rules, book.exemptions, book.limits
    assert (rule.check, rule.subjects) == (Check.DUPLICATE_CLASS, _set("class:ppis"))
    assert (rule.reach, rule.tier, rule.quieter) == (Reach.ANY, Tier.INTERRUPTIVE, Tier.INLINE)
    assert (exemption.first, exemption.second) == (_set("a"), _set("b"))
    assert (exemption.rules, exemption.as_needed) == (_set("two", "same"), True)
    assert exemption.routes == {"iv", "pump"}
    assert (limit.subjects, limit.routes) == (_set("enoxaparin"), _set("sc"))
    assert limit.daily == Quantity(Decimal(40), "mg")
    assert book.local == {"top"}


def test_a_pack_of_compatibility(tmp_path: Path) -> None:
    together = {**PAIR, "rule": "q", "tier": "ok", "apart": "drawer", "younger": "29 d"}
    book = compatibility(
        tmp_path,
        fluids=[
            {"rule": "ns", "name_zh": "盐水", "name_en": "saline", "holds": "a", "words_en": "NS"}
        ],
        pairs=[{**PAIR, "instead": "d5w"}, together],
        reaches=[ROUTE, {"rule": "s", "route": "sc", "reach": "mixed"}],
    )

    (fluid,), (loud, quiet) = book.fluids, book.pairings
    assert (fluid.code, fluid.name, fluid.holds) == ("ns", Named("盐水", "saline"), _set("a"))
    assert fluid.words == ("NS",)
    assert (loud.tier, loud.apart, loud.instead) == (Tier.INTERRUPTIVE, None, "d5w")
    assert (quiet.tier, quiet.apart) == (None, Tier.DRAWER)
    assert (loud.younger, quiet.younger) == (None, timedelta(days=29))
    assert (book.mixed, book.running) == (_set("iv", "sc"), _set("iv"))


Reading = Callable[..., object]


@pytest.mark.parametrize(
    ("read", "table", "row", "cells"),
    [
        (allergies, "words", {"rule": "w"}, {"codes": ""}),
        (allergies, "reactions", {"rule": "r"}, {"degree": "bad"}),
        (allergies, "of_class", CLASS, {"members": "perhaps"}),
        (allergies, "of_class", CLASS, {"severe": "loud"}),
        (allergies, "crosses", CROSS, {"both": ""}),
        (allergies, "crosses", CROSS, {"first": ""}),
        (allergies, "crosses", CROSS, {"mild": ""}),
        (allergies, "nones", {"rule": "o"}, {"first": "a", "second": ""}),
        (duplicates, "rules", RULE, {"check": "ddi"}),
        (duplicates, "rules", RULE, {"check": "twice"}),
        (duplicates, "rules", RULE, {"reach": "far"}),
        (duplicates, "rules", RULE, {"quieter": ""}),
        (duplicates, "exempt", EXEMPT, {"as_needed": ""}),
        (duplicates, "lesser", LIMIT, {"daily": "much"}),
        (compatibility, "pairs", PAIR, {"tier": ""}),
        (compatibility, "pairs", PAIR, {"apart": "loud"}),
        (compatibility, "pairs", PAIR, {"younger": "4 wk"}),
        (compatibility, "pairs", PAIR, {"younger": "28"}),
        (compatibility, "reaches", ROUTE, {"reach": "far"}),
    ],
)
def test_a_row_that_is_not_understood_is_refused_with_its_line(
    tmp_path: Path, read: Reading, table: str, row: Row, cells: Row
) -> None:
    with pytest.raises(AppError) as refused:
        read(tmp_path, **{table: [{**row, **cells}]})

    assert refused.value.fault.kind is FaultKind.STORAGE
    assert refused.value.fault.detail.startswith(f"{table}.tsv line 2")


@pytest.mark.parametrize(
    ("read", "table", "row"),
    [
        (allergies, "crosses", CROSS),
        (duplicates, "lesser", LIMIT),
        (compatibility, "pairs", PAIR),
    ],
)
def test_the_same_row_as_it_should_be_is_read(
    tmp_path: Path, read: Reading, table: str, row: Row
) -> None:
    assert read(tmp_path, **{table: [row]})


def test_the_hospital_comes_over_what_ships(tmp_path: Path) -> None:
    theirs = lay_pack(
        tmp_path / "theirs",
        {"nones": allergy_pack.COLUMNS["nones"], "crosses": allergy_pack.COLUMNS["crosses"]},
        crosses=[{**CROSS, "rule": "cross-aminopenicillins"}],
    )
    book = allergy_pack.read_allergies(path("packs/allergies"), theirs, TODAY)
    alone = allergy_pack.read_allergies(path("packs/allergies"), None, TODAY)

    found = [one for one in book.crosses if one.origin.rule == "cross-aminopenicillins"]
    assert [one.origin.pack for one in found] == ["a-pack@7"]
    assert len(book.crosses) == len(alone.crosses)
    assert book.nones == alone.nones
