"""Strengths as the formulary writes them: read whole, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.quantities import Quantity
from app.domain.strengths import Strength, read_strength, strengths_of
from resources.reading import rows


def q(value: str, unit: str) -> Quantity:
    return Quantity(Decimal(value), unit)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0.25g", Strength("0.25g", (q("0.25", "g"),))),
        ("60万U", Strength("60万U", (q("600000", "U"),))),
        ("500万IU", Strength("500万IU", (q("5000000", "[iU]"),))),
        ("0.48g(80万U)", Strength("0.48g(80万U)", (q("0.48", "g"), q("800000", "U")))),
        ("2ml:0.1g", Strength("2ml:0.1g", (q("0.1", "g"),), volume=q("2", "mL"))),
        ("500ml", Strength("500ml", volume=q("500", "mL"))),
        ("80mg/5mg", Strength("80mg/5mg", parts=(q("80", "mg"), q("5", "mg")))),
        (
            "5ml:10mg/2.5mg",
            Strength("5ml:10mg/2.5mg", parts=(q("10", "mg"), q("2.5", "mg")), volume=q("5", "mL")),
        ),
        (
            "1.34mg/ml",
            Strength("1.34mg/ml", (q("1.34", "mg"),), volume=q("1", "mL"), whole=False),
        ),
        ("20mg/5ml", Strength("20mg/5ml", (q("20", "mg"),), volume=q("5", "mL"), whole=False)),
        ("0.3%", Strength("0.3%", percent=Decimal("0.3"))),
    ],
)
def test_a_strength_is_read(written: str, read: Strength) -> None:
    assert read_strength(written) == read
    assert read_strength(f" {written} ") == read


@pytest.mark.parametrize(
    "written",
    [
        "",
        "7:1",
        "1.2g(5:1)",
        "0.5g(250mg)",
        "0.5g()",
        "160/4.5ug",
        "600mg Ca/125IU",
        "100ml:35gI",
        "0mg",
        "0%",
        "101%",
        "2ml:",
        "2mg:0.1g",
        "2ml:0.1ml",
        "0.1gg",
        "1,5mg",
        "mg",
        "5mgs/ml",
        "10mg/ml/kg",
        "5ml/ml",
    ],
)
def test_what_is_not_understood_is_not_guessed(written: str) -> None:
    assert read_strength(written) is None


@given(st.text(alphabet="0123456789.万mgulIUL%/:()k ", max_size=12))
def test_whatever_is_written_is_read_with_amounts_above_nothing_or_not_at_all(text: str) -> None:
    read = read_strength(text)

    if read is not None:
        amounts = [*read.amounts, *read.parts, *([read.volume] if read.volume else [])]
        assert amounts or read.percent is not None
        assert all(one.value > 0 for one in amounts)
        assert not (read.amounts and read.parts)


def test_the_cell_of_a_medicine_is_the_same_list_as_its_forms() -> None:
    forms: dict[str, list[tuple[str, str]]] = {}
    for row in rows("formulary", "forms"):
        forms.setdefault(row["code"], []).append((row["form"], row["strength"]))

    differing = [
        row["code"]
        for row in rows("formulary", "medicines")
        if sorted(strengths_of(row["strengths"])) != sorted(forms.get(row["code"], []))
    ]

    assert differing == []


def test_almost_every_strength_of_the_formulary_is_read() -> None:
    written = [row["strength"] for row in rows("formulary", "forms") if row["strength"]]
    read = [one for one in written if read_strength(one) is not None]

    assert len(read) / len(written) > 0.98
