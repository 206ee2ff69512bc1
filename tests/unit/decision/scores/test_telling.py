"""What people write under which key, and what is made of it."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decision.scores.results import Answer
from app.decision.scores.telling import UNREADABLE, Entry, Told, nested, readable, told
from app.decision.scores.wording import UnitWord, Wording, book_of, key_of, plain
from app.domain.quantities import Quantity
from app.services.score_words import read_wording
from resources.reading import path
from tests.unit.decision.scores import kit
from tests.unit.decision.scores.kit import NOW


@cache
def book() -> Wording:
    return read_wording(path("packs/scores"), None, NOW.date())


def read(code: str, cells: dict[str, str], unit: str = "") -> Told:
    entries = [Entry(key, text, NOW, unit) for key, text in cells.items()]
    return told(kit.scores()[code], book(), entries)


def one(code: str, key: str, text: str, unit: str = "") -> Quantity | str:
    """The only answer that a cell gives."""
    (answer,) = read(code, {key: text}, unit).answers.values()
    return answer.value


def refused(code: str, key: str, text: str, unit: str = "") -> str:
    """Code of the reason why a cell is not taken, and nothing is counted."""
    found = read(code, {key: text}, unit)
    assert {a.value for a in found.answers.values()} == {UNREADABLE}
    return found.refusals[0].why.code.removeprefix("scores.told.")


@pytest.mark.parametrize(
    ("code", "key", "text", "value", "unit"),
    [
        ("NEWS2", "RR", "22", "22", "/min"),
        ("NEWS2", "respiratory_rate", "22 bpm", "22", "/min"),
        ("NEWS2", "呼吸频率", "22次/分", "22", "/min"),
        ("NEWS2", "SpO2 (%)", "93", "93", "%"),
        ("NEWS2", "SpO₂", "0.93", "0.93", "1"),
        ("NEWS2", "Temp", "38.4", "38.4", "Cel"),
        ("NEWS2", "temp_c", "38.4", "38.4", "Cel"),
        ("NEWS2", "temp", "101.1", "101.1", "[degF]"),
        ("NEWS2", "temp", "38.4 ℃", "38.4", "Cel"),
        ("NEWS2", "age", "72岁", "72", "a"),
        ("NEWS2", "age", "900 months", "900", "mo"),
        ("CKD-EPI-2021", "creatinine", "1.2 mg/dL", "1.2", "mg/dL"),
        ("CKD-EPI-2021", "creatinine_mgdl", "1.2", "1.2", "mg/dL"),
        ("CKD-EPI-2021", "SCr (µmol/L)", "106", "106", "umol/L"),
        ("CKD-EPI-2021", "creatinine_umol", "20", "20", "umol/L"),
        ("CKD-EPI-2021", "creatinine", "1.2", "1.2", "mg/dL"),
        ("CKD-EPI-2021", "creatinine", "106", "106", "umol/L"),
        ("SOFA", "FiO2", "60", "60", "%"),
        ("SOFA", "fio2", ".6", "0.6", "1"),
        ("SOFA", "plt", "90 x10^9/L", "90", "10*9/L"),
        ("SOFA", "platelets", "150000", "150000", "/uL"),
        ("SOFA", "noradrenaline", "0.1 mcg/kg/min", "0.1", "ug/kg/min"),
        ("Cockcroft-Gault", "height", "1.78", "1.78", "m"),
        ("CURB-65", "BUN", "20 mg/dL", "20", "mg{N}/dL"),
        ("CURB-65", "urea", "9", "9", "mmol/L"),
    ],
)
def test_a_number_is_read_with_its_unit(
    code: str, key: str, text: str, value: str, unit: str
) -> None:
    assert one(code, key, text) == Quantity(Decimal(value), unit)


@pytest.mark.parametrize(
    ("code", "key", "text", "why"),
    [
        ("CKD-EPI-2021", "creatinine", "20", "no-unit"),
        ("MELD", "bilirubin", "3", "no-unit"),
        ("Child-Pugh", "albumin", "8", "no-unit"),
        ("CURB-65", "bun", "20", "no-unit"),
        ("SOFA", "platelets", "3000", "no-unit"),
        ("CKD-EPI-2021", "creatinine", "1.2 mmHg", "unit"),
        ("CKD-EPI-2021", "creatinine", "1.2 furlong", "unit"),
        ("CKD-EPI-2021", "creatinine_mgdl", "106 umol/L", "two-units"),
        ("CKD-EPI-2021", "creatinine", "<30", "limit"),
        ("CKD-EPI-2021", "creatinine", "1,2 mg/dL", "no-number"),
        ("NEWS2", "rr", "fast", "no-number"),
        ("NEWS2", "acvpu", "sleepy", "option"),
        ("NEWS2", "alert", "no", "option"),
        ("NEWS2", "o2_flow", "some", "no-number"),
        ("Child-Pugh", "encephalopathy", "1", "ambiguous"),
        ("CHA2DS2-VASc", "sex", "1", "option"),
        ("Morse", "fall_history", "15", "option"),
        ("qSOFA", "altered_mentation", "maybe", "option"),
        ("SOFA", "vasopressors", "some", "no-number"),
        ("SOFA", "vasopressors", "norepinephrine 0.1, phenylephrine 1", "no-number"),
        ("CURB-65", "bp", "normal", "no-number"),
    ],
)
def test_what_could_be_two_things_is_refused_and_not_counted(
    code: str, key: str, text: str, why: str
) -> None:
    found = read(code, {key: text})

    assert UNREADABLE in {a.value for a in found.answers.values()}
    assert {r.why.code for r in found.refusals} == {f"scores.told.{why}"}


def test_a_unit_beside_the_number_counts_as_one_behind_it() -> None:
    assert one("CKD-EPI-2021", "creatinine", "20", "umol/L") == Quantity(Decimal(20), "umol/L")
    assert refused("CKD-EPI-2021", "creatinine", "20 mg/dL", "umol/L") == "two-units"
    assert refused("CKD-EPI-2021", "creatinine", "20", "stone") == "unit"


def test_a_unit_that_was_found_by_what_is_possible_is_said() -> None:
    cells = {"creatinine": "1.2", "age": "72", "sex": "F"}

    assert read("CKD-EPI-2021", cells).read_as == {"creatinine": "1.2 mg/dL"}
    assert read("CKD-EPI-2021", {"creatinine": "106"}).read_as == {}


@pytest.mark.parametrize(
    ("code", "key", "text", "option"),
    [
        ("NEWS2", "on_oxygen", "TRUE", "oxygen"),
        ("NEWS2", "on_oxygen", "0", "air"),
        ("NEWS2", "oxygen", "room air", "air"),
        ("NEWS2", "room_air", "no", "oxygen"),
        ("NEWS2", "o2_flow", "2", "oxygen"),
        ("NEWS2", "o2_flow", "0", "air"),
        ("NEWS2", "scale", "2.0", "2"),
        ("NEWS2", "scale2", "false", "1"),
        ("NEWS2", "alert", "yes", "A"),
        ("NEWS2", "avpu", "Voice", "V"),
        ("NEWS2", "意识水平", "清醒", "A"),
        ("CHA2DS2-VASc", "gender", "Male", "male"),
        ("CHA2DS2-VASc", "female", "1", "female"),
        ("CHA2DS2-VASc", "htn", "是", "yes"),
        ("CHA2DS2-VASc", "diabetes", "none", "no"),
        ("Child-Pugh", "ascites", "none", "none"),
        ("Child-Pugh", "encephalopathy", "Grade 2", "grade-1-2"),
        ("GCS", "verbal", "4", "confused"),
        ("GCS", "gcs_v", "T", "tube"),
        ("GCS", "eye", "E3", "sound"),
        ("Braden", "moisture", "3", "occasionally-moist"),
        ("Morse", "ambulatory_aid", "15", "crutch"),
        ("GRACE", "killip", "2", "II"),
        ("Morse", "fall_history", "25", "yes"),
        ("Morse", "fall_history", "0", "no"),
        ("Wells-DVT", "bedridden_or_recent_surgery", "1", "yes"),
        ("Wells-DVT", "Paralysis, paresis or plaster", "no", "no"),
        ("Wells-DVT", "currently has active cancers", "yes", "yes"),
    ],
)
def test_an_answer_in_the_words_of_the_ward(code: str, key: str, text: str, option: str) -> None:
    assert one(code, key, text) == option


@pytest.mark.parametrize("text", ["", " ", "NA", "unknown", "未测", "nan"])
@pytest.mark.parametrize("key", ["rr", "acvpu", "pregnant", "o2_flow", "scale2", "bp"])
def test_what_is_not_known_gives_no_answer(key: str, text: str) -> None:
    found = read("NEWS2", {key: text})

    assert (found.answers, found.refusals, found.unread) == ({}, [], [])


def test_a_key_that_means_nothing_is_named() -> None:
    assert read("CHA2DS2-VASc", {"no_diabetes": "yes"}).unread == ["no_diabetes"]
    found = read("NEWS2", {"rr": "16", "shoe size": "43", "creatinine": "80", "female": "yes"})

    assert set(found.answers) == {"breaths"}
    assert found.unread == ["shoe size", "creatinine", "female"]


def test_one_item_told_twice_is_taken_only_where_both_say_the_same() -> None:
    same = read("NEWS2", {"rr": "16", "respiratory_rate": "16", "breaths": ""})
    other = read("NEWS2", {"rr": "16", "respiratory_rate": "18"})

    assert same.answers == {"breaths": Answer(Quantity(Decimal(16), "/min"), NOW)}
    assert other.answers["breaths"].value == UNREADABLE
    assert other.refusals[0].why.code == "scores.told.twice"


def test_both_pressures_in_one_cell() -> None:
    found = read("CURB-65", {"bp": "104/58 mmHg"})

    assert {item: a.value for item, a in found.answers.items()} == {
        "systolic": Quantity(Decimal(104), "mm[Hg]"),
        "diastolic": Quantity(Decimal(58), "mm[Hg]"),
    }
    assert set(read("NEWS2", {"bp": "104/58"}).answers) == {"systolic"}


def test_a_coma_score_in_one_word() -> None:
    def told_of(text: str) -> list[object]:
        found = read("GCS", {"GCS": text})
        return [found.answers[item].value for item in ("eye", "verbal", "motor")]

    assert told_of("E3V4M6") == ["sound", "confused", "obeys"]
    assert told_of("e1 vt m5") == ["none", "tube", "localising"]
    assert told_of("14") == [UNREADABLE] * 3
    assert read("GCS", {"gcs": ""}).answers == {}


def rates(text: str) -> dict[str, str]:
    found = read("SOFA", {"vasopressors": text}).answers
    return {i: str(a.value.value) for i, a in found.items() if isinstance(a.value, Quantity)}


def test_vasopressors_that_are_not_named_are_not_running() -> None:
    nothing = dict.fromkeys(
        ("dopamine-rate", "dobutamine-rate", "norepinephrine-rate", "epinephrine-rate"), "0"
    )

    assert rates("none") == nothing
    assert rates("noradrenaline 0.08 ug/kg/min") == nothing | {"norepinephrine-rate": "0.08"}
    assert rates("dopamine 5; epi 0.1") == nothing | {
        "dopamine-rate": "5",
        "epinephrine-rate": "0.1",
    }
    assert rates("unknown") == {}
    assert set(rates("norepinephrine 0.1 + phenylephrine 1")) == {"norepinephrine-rate"}
    assert rates("phenylephrine 1 + creatinine 88") == {}


def test_everything_else_may_be_denied_in_one_word() -> None:
    denied = read("Wells-PE", {"others": "no", "haemoptysis": "yes", "hr": "90"})
    unclear = read("Wells-PE", {"others": "yes"})

    assert denied.answers["haemoptysis"].value == "yes"
    assert denied.answers["active-cancer"].value == "no"
    assert unclear.answers == {}
    assert "pregnant" not in read("NEWS2", {"others": "no"}).answers


def test_a_key_is_not_taken_apart_into_a_unit_it_cannot_have() -> None:
    table = kit.scores()["NEWS2"]

    assert key_of(table, book(), "temp_kg") is None
    assert key_of(table, book(), "scale_c") is None
    assert key_of(table, book(), "c") is None


def test_a_book_without_rows_knows_only_the_names_of_the_table() -> None:
    empty = book_of((), (), ())
    found = told(
        kit.scores()["NEWS2"], empty, [Entry("breaths", "16", NOW), Entry("rr", "16", NOW)]
    )

    assert set(found.answers) == {"breaths"}
    assert found.unread == ["rr"]
    assert empty.unit("mg/dL") is None


def test_the_hospitals_word_for_a_unit_goes_before_ours() -> None:
    words = book_of((), (UnitWord("mgdl", "mg{N}/dL", "bun"), UnitWord("mgdl", "mg/dL")), ())

    assert (words.unit("mg/dl", "bun"), words.unit("mg/dl")) == ("mg{N}/dL", "mg/dL")


@pytest.mark.parametrize(
    ("written", "name"),
    [("SpO₂ (%)", "spo2percent"), ("µmol/L", "umoll"), ("CHA₂DS₂-VASc", "cha2ds2vasc")],
)
def test_a_name_is_compared_by_its_letters(written: str, name: str) -> None:
    assert plain(written) == name


@given(st.text(max_size=12))
@settings(max_examples=50, deadline=None)
def test_a_name_stays_what_it_was_made(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_values_of_json_are_cells_too() -> None:
    values: list[object] = [None, True, False, Decimal("1.20"), 3, "x"]

    assert [readable(v) for v in values] == ["", "yes", "no", "1.2", "3", "x"]
    row = {"id": 1, "vitals": {"rr": 16, "temp": {"value": 37, "unit": "C"}}}
    assert dict(nested(row)) == {"id": 1, "rr": 16, "temp": {"value": 37, "unit": "C"}}


@given(st.decimals("0.01", "5000", places=2))
@settings(max_examples=60, deadline=None)
def test_a_creatinine_without_a_unit_is_never_read_in_two(number: Decimal) -> None:
    found = read("CKD-EPI-2021", {"creatinine": str(number)})
    value = found.answers["creatinine"].value

    assert (value == UNREADABLE) == (number < Decimal("0.1") or 10 <= number < 35)
