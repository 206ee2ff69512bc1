"""Both sides of every border of every table, written out by hand from the tables."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest

from app.decision.scores.scoring import grade
from tests.unit.decision.scores import kit

# score, item, unit, answers the table depends on, value:points
VECTORS = """
NEWS2|breaths|/min||0:3 8:3 9:1 11:1 12:0 20:0 21:2 24:2 25:3
NEWS2|saturation|%|saturation-scale=1|91:3 92:2 93:2 94:1 95:1 96:0 100:0
NEWS2|saturation|%|saturation-scale=2 oxygen=air|83:3 84:2 85:2 86:1 87:1 88:0 92:0 93:0 100:0
NEWS2|saturation|%|saturation-scale=2 oxygen=oxygen|83:3 84:2 85:2 86:1 87:1 88:0
NEWS2|saturation|%|saturation-scale=2 oxygen=oxygen|92:0 93:1 94:1 95:2 96:2 97:3
NEWS2|systolic|mm[Hg]||90:3 91:2 100:2 101:1 110:1 111:0 219:0 220:3
NEWS2|pulse|/min||40:3 41:1 50:1 51:0 90:0 91:1 110:1 111:2 130:2 131:3
NEWS2|temperature|Cel||35.0:3 35.04:3 35.05:1 35.1:1 36.0:1 36.1:0 38.0:0 38.1:1 39.0:1 39.1:2
qSOFA|breaths|/min||21:0 22:1
qSOFA|gcs|{score}||14:1 15:0
qSOFA|systolic|mm[Hg]||100:1 100.1:0 101:0
SIRS|temperature|Cel||35.9:1 36:0 38:0 38.1:1
SIRS|pulse|/min||90:0 91:1
SIRS|breaths|/min||20:0 21:1
SIRS|pco2|mm[Hg]||31:1 32:0
SIRS|wbc|10*9/L||3.9:1 4:0 12:0 12.1:1
SIRS|band-forms|%||10:0 10.1:1
SOFA|oxygenation|mm[Hg]|ventilation=yes|99:4 100:3 199:3 200:2 299:2 300:1 399.9:1 400:0
SOFA|oxygenation|mm[Hg]|ventilation=no|99:2 199:2 299:2 300:1 399:1 400:0
SOFA|platelets|10*9/L||19:4 20:3 49:3 50:2 99:2 100:1 149:1 150:0
SOFA|bilirubin|umol/L||19:0 20:1 32:1 33:2 101:2 102:3 204:3 205:4
SOFA|bilirubin|mg/dL||1.1:0 1.2:1 1.9:1 2.0:2 5.9:2 6.0:3 11.9:3 12.0:4
SOFA|mean-pressure|mm[Hg]||69:1 70:0
SOFA|dopamine-rate|ug/kg/min||0:0 0.1:2 5:2 5.1:3 15:3 15.1:4
SOFA|dobutamine-rate|ug/kg/min||0:0 0.1:2
SOFA|norepinephrine-rate|ug/kg/min||0:0 0.01:3 0.1:3 0.11:4
SOFA|epinephrine-rate|ug/kg/min||0:0 0.01:3 0.1:3 0.11:4
SOFA|gcs|{score}||5:4 6:3 9:3 10:2 12:2 13:1 14:1 15:0
SOFA|creatinine|umol/L||109:0 110:1 170:1 171:2 299:2 300:3 440:3 441:4
SOFA|creatinine|mg/dL||1.1:0 1.2:1 1.9:1 2.0:2 3.4:2 3.5:3 4.9:3 5.0:4
SOFA|urine-day|mL/d||199:4 200:3 499:3 500:0
KDIGO-AKI|creatinine-ratio|1||1.49:0 1.5:1 1.99:1 2.0:2 2.99:2 3.0:3
KDIGO-AKI|creatinine-rise|umol/L||26.4:0 26.5:1
KDIGO-AKI|creatinine-acute|umol/L||353.5:0 353.6:3
KDIGO-AKI|urine-6h|mL/kg/h||0.49:1 0.5:0
KDIGO-AKI|urine-12h|mL/kg/h||0:3 0.01:2 0.49:2 0.5:0
KDIGO-AKI|urine-24h|mL/kg/h||0.29:3 0.3:0
Padua|age|a||69:0 69.9:0 70:1
Padua|mass-index|kg/m2||29.9:0 30:1
Caprini|age|a||40:0 40.9:0 41:1 60:1 61:2 74:2 74.9:2 75:3
Caprini|mass-index|kg/m2||25:0 25.1:1
CHA2DS2-VASc|age|a||64:0 65:1 74:1 75:2
HAS-BLED|systolic|mm[Hg]||160:0 161:1
HAS-BLED|age|a||65:0 66:1
CURB-65|age|a||64:0 65:1
CURB-65|urea|mmol/L||7:0 7.1:1
CURB-65|breaths|/min||29:0 30:1
CURB-65|systolic|mm[Hg]||89:1 90:0
CURB-65|diastolic|mm[Hg]||60:1 61:0
Child-Pugh|bilirubin|umol/L||33:1 34:2 51:2 51.1:3
Child-Pugh|bilirubin|mg/dL||1.9:1 2:2 3:2 3.1:3
Child-Pugh|albumin|g/L||27:3 28:2 35:2 35.1:1
Child-Pugh|inr|1||1.69:1 1.7:2 2.3:2 2.31:3
Wells-PE|pulse|/min||100:0 101:1.5
GRACE|age|a||29:0 30:8 39:8 40:25 49:25 50:41 59:41 60:58 69:58 70:75 79:75 80:91 89:91 90:100
GRACE|pulse|/min||49:0 50:3 69:3 70:9 89:9 90:15 109:15 110:24 149:24 150:38 199:38 200:46
GRACE|systolic|mm[Hg]||79:58 80:53 99:53 100:43 119:43 120:34
GRACE|systolic|mm[Hg]||139:34 140:24 159:24 160:10 199:10 200:0
GRACE|creatinine|mg/dL||0.39:1 0.4:4 0.79:4 0.8:7 1.19:7 1.2:10
GRACE|creatinine|mg/dL||1.59:10 1.6:13 1.99:13 2.0:21 3.99:21 4.0:28
"""

GRADES = """
NEWS2|0:zero 1:low 4:low 5:medium 6:medium 7:high 20:high
qSOFA|1:negative 2:positive
SIRS|1:negative 2:positive
KDIGO-AKI|0:none 1:stage-1 2:stage-2 3:stage-3
CKD-EPI-2021|14:G5 15:G4 29:G4 30:G3b 44:G3b 45:G3a 59:G3a 60:G2 89:G2 90:G1
Padua|3:low 4:high
Caprini|1:low 2:moderate 3:high 4:high 5:highest
CHA2DS2-VASc|0:low 1:intermediate 2:high
HAS-BLED|2:not-high 3:high
CURB-65|0:low 1:low 2:moderate 3:high
Child-Pugh|5:A 6:A 7:B 9:B 10:C 15:C
GCS|3:severe 8:severe 9:moderate 12:moderate 13:mild 15:mild
Braden|9:very-high 10:high 12:high 13:moderate 14:moderate 15:mild 18:mild 19:none 23:none
Morse|20:low 24:low 25:moderate 44:moderate 45:high
Wells-DVT|1:unlikely 2:likely
Wells-PE|4:unlikely 4.5:likely
GRACE|108:low 109:intermediate 140:intermediate 141:high
"""


def cases() -> Iterator[tuple[str, str, str, dict[str, str], str, str]]:
    for line in VECTORS.split("\n")[1:-1]:
        code, item, unit, when, pairs = line.split("|")
        others = dict(one.split("=") for one in when.split())
        for pair in pairs.split():
            value, points = pair.split(":")
            yield code, item, unit, others, value, points


@pytest.mark.parametrize("line", VECTORS.split("\n")[1:-1])
def test_a_number_counts_as_its_table_says(line: str) -> None:
    for code, item, unit, others, value, points in cases():
        if line.startswith(f"{code}|{item}|{unit}|") and _when(line) == others:
            found = kit.incomplete(code, others | {item: f"{value} {unit}"})
            part = next(use.part for use in kit.scores()[code].uses if use.item.code == item)
            assert kit.points(found, part) == Decimal(points), (item, value)


def test_every_border_of_every_table_has_a_vector() -> None:
    told = {(code, item, unit, Fraction(value)) for code, item, unit, _, value, _ in cases()}
    borders = {
        (table.code, use.item.code, band.unit, end.at)
        for table in kit.scores().values()
        for use in table.uses
        for band in use.bands
        for end in (band.span.low, band.span.high)
        if end is not None and end.inside
    }

    assert borders
    assert borders <= told


@pytest.mark.parametrize("line", GRADES.split("\n")[1:-1])
def test_a_total_means_what_its_table_says(line: str) -> None:
    code, pairs = line.split("|")
    table = kit.scores()[code]
    for pair in pairs.split():
        total, name = pair.split(":")
        found = grade(table, Decimal(total))
        assert found is not None
        assert found.code == name


def test_every_score_with_grades_has_its_borders_above() -> None:
    told = {line.split("|")[0] for line in GRADES.split("\n")[1:-1]}

    assert {one.code for one in kit.scores().values() if one.grades} == told


def _when(line: str) -> dict[str, str]:
    return dict(one.split("=") for one in line.split("|")[3].split())
