from __future__ import annotations

from decimal import Decimal

import pytest

from app.fhir.administrations import read_administration
from app.fhir.document import Json


@pytest.mark.parametrize(
    ("dosage", "said"),
    [
        ({"text": "iv"}, "iv"),
        ({"text": "iv", "rateQuantity": {"value": Decimal(10), "unit": "mEq/h"}}, "iv, 10 mEq/h"),
        ({"rateQuantity": {"value": Decimal("62.50"), "unit": "mL/h"}}, "62.50 mL/h"),
        (
            {
                "rateRatio": {
                    "numerator": {"value": Decimal(500), "unit": "mL"},
                    "denominator": {"value": Decimal(8), "unit": "h"},
                }
            },
            "500 mL / 8 h",
        ),
        ({"text": "iv", "rateRatio": {"numerator": {"value": 5, "unit": "mL"}}}, "iv, 5 mL"),
        ({"text": "iv", "rateQuantity": {}}, "iv"),
    ],
)
def test_the_rate_of_an_infusion_stands_with_its_words(dosage: dict[str, Json], said: str) -> None:
    read = read_administration({"resourceType": "MedicationAdministration", "dosage": dosage})

    assert read.text == said
    assert read.dose is None
