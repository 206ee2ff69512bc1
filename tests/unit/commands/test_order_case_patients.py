"""Patients of cases: what is said is taken, what is not said stays unknown, nothing is guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.commands.order_cases.cases import Case, CaseReader
from app.commands.order_cases.json_values import UnreadError
from app.decision.situation import AllergyStatus, Standing, Subject, Truth
from tests.support import row_desk
from tests.support.row_desk import NOW


@pytest.fixture
def reader() -> CaseReader:
    return row_desk.reader()


def read(reader: CaseReader, **patient: object) -> Case:
    return reader.case({"patient": patient, "orders": [{"drug": "paracetamol"}]})


def subject(reader: CaseReader, **patient: object) -> Subject:
    return read(reader, **patient).situation.subject


def test_nothing_said_is_nothing_known(reader: CaseReader) -> None:
    assert subject(reader) == Subject()
    assert reader.case({"orders": ["paracetamol"]}).situation.now == NOW
    assert subject(reader, age=None, sex=None, problems=None, labs={"K": None}) == Subject()


@pytest.mark.parametrize(
    ("age", "years"),
    [
        (70, "70"),
        (Decimal("0.5"), "0.5"),
        ("8 months", "0.67"),
        ("20天", "0.05"),
        ("6 w", "0.11"),
        ("70岁", "70"),
    ],
)
def test_an_age_is_told_in_years(reader: CaseReader, age: object, years: str) -> None:
    found = subject(reader, age=age).age

    assert found is not None
    assert abs(found - Decimal(years)) < Decimal("0.01")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("age", "old"), ("age", True), ("age", [70]), ("age", "70 parsecs"), ("weight", "60 stone"),
        ("weight", -1), ("sex", "maybe"), ("pregnant", "perhaps"), ("child_pugh", "D"),
        ("labs", ["K"]), ("labs", {"K": "high"}), ("allergies", [7.5, [1]]), ("problems", [[1]]),
        ("skin_tests", [{"drug": "penicillin", "date": "soon"}]), ("age", {"years": 3}),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused(reader: CaseReader, name: str, value: object) -> None:
    with pytest.raises(UnreadError, match=f"patient.{name}"):
        read(reader, **{name: value})


def test_words_stand_for_what_they_mean(reader: CaseReader) -> None:
    found = subject(
        reader, sex="女", pregnant="是", lactating=False, child_pugh="Child-Pugh B", emergency=True
    )

    assert (found.sex, found.pregnant, found.lactating) == ("female", Truth.YES, Truth.NO)
    assert (found.child_pugh, found.emergency) == ("B", True)
    assert subject(reader, sex="unknown").sex == ""


def test_laboratory_values_are_known_by_any_of_their_names(reader: CaseReader) -> None:
    labs = {"K": 5.9, "血钠": "140 mmol/L", "PLT": "80 10^9/L", "INR": "2.1", "QTc": 480, "Cr": 90}
    found = subject(
        reader, labs={k: Decimal(str(v)) if isinstance(v, float) else v for k, v in labs.items()}
    )

    told = {code: found.latest(code) for code in ("k", "na", "plt", "inr", "qtc", "crea")}
    assert {code: str(one.quantity.value) for code, one in told.items() if one} == {
        "k": "5.9",
        "na": "140",
        "plt": "80",
        "inr": "2.1",
        "qtc": "480",
        "crea": "90",
    }
    assert all(one is not None and one.at is None for one in told.values())


def test_a_value_in_a_unit_that_does_not_fit_is_left_out_and_named(reader: CaseReader) -> None:
    found = read(reader, labs={"K": "5.9 mg/dL", "Zorb": 3, "Na": {"value": None}})

    assert found.situation.subject.readings == {}
    assert found.unread == ("patient.labs.K", "patient.labs.Zorb", "patient.labs.Na")


def test_a_unit_that_fits_is_converted(reader: CaseReader) -> None:
    found = subject(reader, labs={"crea": {"value": "0.3", "unit": "mmol/L"}}).latest("crea")

    assert found is not None
    assert (found.quantity.value, found.quantity.unit) == (Decimal(300), "umol/L")


def test_the_newest_of_several_values_stands_first(reader: CaseReader) -> None:
    labs = {
        "PLT": [
            {"value": 200, "at": "2026-11-20T06:00:00Z"},
            {"value": 80, "at": "2026-11-25T06:00:00Z"},
        ]
    }

    values = [one.quantity.value for one in subject(reader, labs=labs).readings["plt"]]

    assert values == [80, 200]


@pytest.mark.parametrize(
    ("status", "known"),
    [
        ("none", AllergyStatus.NONE_KNOWN),
        ("NKDA", AllergyStatus.NONE_KNOWN),
        ("无", AllergyStatus.NONE_KNOWN),
        ("not asked", AllergyStatus.NOT_ASKED),
        ("未询问", AllergyStatus.NOT_ASKED),
        ("unknown", AllergyStatus.UNKNOWN),
        (None, AllergyStatus.UNKNOWN),
        ("recorded", AllergyStatus.UNKNOWN),
        ("who knows", AllergyStatus.UNKNOWN),
    ],
)
def test_an_allergy_status_without_an_allergy(
    reader: CaseReader, status: str | None, known: AllergyStatus
) -> None:
    assert subject(reader, allergies=[], allergies_status=status).allergy_status is known


def test_allergies_are_recorded_whatever_the_status_says(reader: CaseReader) -> None:
    told = ["amoxicillin:anaphylaxis", "青霉素类：皮疹", {"substance": "aspirin", "reaction": "x"}]

    found = subject(reader, allergies=told, allergies_status="none")

    assert found.allergy_status is AllergyStatus.RECORDED
    assert [one.reaction for one in found.allergies] == ["anaphylaxis", "皮疹", "x"]
    assert found.allergies[0].drug is not None
    assert "penicillins" in found.allergies[1].classes


def test_that_there_is_none_may_stand_among_the_allergies(reader: CaseReader) -> None:
    found = subject(reader, allergies=["NKDA"])

    assert (found.allergies, found.allergy_status) == ((), AllergyStatus.NONE_KNOWN)


def test_what_was_tolerated_is_told_by_ingredient(reader: CaseReader) -> None:
    told = ["amoxicillin 2026-10-02", {"drug": "阿司匹林"}, "moonshine"]

    found = read(reader, tolerated=told)

    tolerated = found.situation.subject.tolerated
    assert [one.substance for one in tolerated] == ["amoxicillin", "aspirin"]
    assert [one.at for one in tolerated] == [datetime(2026, 10, 2, tzinfo=UTC), None]
    assert found.unread == ("patient.tolerated[2]",)


@pytest.mark.parametrize(
    ("told", "negative"),
    [
        ("penicillin negative 2026-11-24", Truth.YES),
        ("penicillin:negative", Truth.YES),
        ("青霉素皮试阴性", Truth.YES),
        ("青霉素 阳性 2026年11月24日", Truth.NO),
        ("penicillin skin test (+)", Truth.NO),
        ("penicillin (-)", Truth.YES),
        ("penicillin pending", Truth.UNKNOWN),
        ("penicillin", Truth.UNKNOWN),
        ({"drug": "penicillin", "result": "negative", "date": "2026-11-24"}, Truth.YES),
        ({"drug": "青霉素", "result": "阳性"}, Truth.NO),
        ({"drug": "penicillin", "negative": True}, Truth.YES),
        ({"drug": "penicillin", "result": "odd"}, Truth.UNKNOWN),
    ],
)
def test_a_skin_test_is_read_in_its_many_shapes(
    reader: CaseReader, told: object, negative: Truth
) -> None:
    [found] = subject(reader, skin_tests=[told]).skin_tests

    assert found.negative is negative
    assert "penicillins" in found.drug.substances[0].classes


def test_a_day_alone_is_taken_to_its_end_and_nothing_said_to_now(reader: CaseReader) -> None:
    told = ["penicillin negative 2026-11-24", "penicillin negative", "penicillin negative"]
    told[2] = "penicillin negative 2026-11-25"

    ends = [one.at for one in subject(reader, skin_tests=told).skin_tests]

    assert ends == [datetime(2026, 11, 25, tzinfo=UTC) - timedelta(microseconds=1), NOW, NOW]


def test_a_skin_test_of_nothing_known_is_named(reader: CaseReader) -> None:
    assert read(reader, skin_tests=["moonshine negative"]).unread == ("patient.skin_tests[0]",)


def test_problems_carry_their_code_where_one_is_written(reader: CaseReader) -> None:
    told = ["asthma", "J45.9 支气管哮喘", {"text": "gout", "code": "M10"}]

    assert [one.code for one in subject(reader, problems=told).problems or ()] == [
        "",
        "J45.9",
        "M10",
    ]
    assert subject(reader, problems="asthma; gout").problems is not None
    assert subject(reader, problems=[]).problems == ()


def test_grades_are_known_by_their_words(reader: CaseReader) -> None:
    assert subject(reader, prescriber_grade="住院医师").prescriber_grade
    assert read(reader, prescriber_grade="wizard").unread == ("patient.prescriber_grade",)


def test_what_runs_is_read_from_names_sentences_and_objects(reader: CaseReader) -> None:
    active = [
        "simvastatin",
        "warfarin 3 mg qd; 华法林3mg qd",
        "阿莫西林胶囊 0.5g 口服 tid",
        {"drug": "digoxin", "dose": "0.25", "freq": "qd"},
        {"drug": "fluoxetine", "stopped": "2026-11-10"},
        "enalapril stopped 2026-11-24",
        "moonshine 3 mg qd",
    ]

    lines = read(reader, active=active).situation.lines[1:]

    told = [(one.drug.substances[0].code if one.drug else "", one.frequency) for one in lines]
    assert told == [
        ("simvastatin", ""),
        ("warfarin", "qd"),
        ("warfarin", "qd"),
        ("amoxicillin", "tid"),
        ("digoxin", "qd"),
        ("fluoxetine", ""),
        ("enalapril", ""),
        ("", ""),
    ]
    assert [one.standing for one in lines[-3:]] == [
        Standing.STOPPED,
        Standing.STOPPED,
        Standing.ACTIVE,
    ]
    # What runs already is no order: nobody is asked for its unit.
    assert lines[4].dose_text == ""


def test_an_order_is_read_with_everything_beside_it(reader: CaseReader) -> None:
    order = {
        "drug": "头孢曲松",
        "dose": {"value": 2, "unit": "g"},
        "route": "IV",
        "freq": "qd",
        "diluent": {"drug": "NS", "volume": "100 ml"},
        "rate": "30 min",
        "group": 1,
        "frequency_note": "x",
    }

    case = reader.case({"patient": {"indication": "pneumonia"}, "orders": [order]})

    [line] = case.situation.lines
    assert line.dose is not None
    assert (line.dose.text, line.route, line.group) == ("2 g", "ivgtt", "1")
    assert line.diluent is not None
    assert line.rate is not None
    assert line.rate.text == "4 g/h"
    assert line.indication == "pneumonia"
    assert case.written == {"orders[0]": "头孢曲松"}
    assert case.unread == ("orders[0].frequency_note",)


@pytest.mark.parametrize(
    ("order", "route"),
    [
        ({"route": "IV"}, "vein"),
        ({"route": "IV", "diluent": "NS 100 ml"}, "ivgtt"),
        ({"route": "IV", "rate": "60 mg/min"}, "ivgtt"),
        ({"route": "IV push"}, "iv"),
        ({"route": "IV push", "diluent": "NS 10 ml"}, "iv"),
        ({"route": "IV", "rate": "push"}, "iv"),
        ({"rate": "push"}, "iv"),
        ({"route": "静滴"}, "ivgtt"),
        ({}, ""),
    ],
)
def test_into_a_vein_is_pushed_infused_or_not_said(
    reader: CaseReader, order: dict[str, str], route: str
) -> None:
    [line] = reader.case({"orders": [{"drug": "vancomycin", **order}]}).situation.lines

    assert line.route == route


def test_what_shares_a_bag_is_infused(reader: CaseReader) -> None:
    orders = [
        {"drug": "potassium chloride", "route": "IV", "group": "a"},
        {"drug": "glucose", "route": "IV", "group": "a"},
        {"drug": "vancomycin", "route": "IV", "group": "b"},
    ]

    routes = [one.route for one in reader.case({"orders": orders}).situation.lines]

    assert routes == ["ivgtt", "ivgtt", "vein"]


def test_a_dose_per_kilogram_is_a_dose_where_the_weight_is_known(reader: CaseReader) -> None:
    def dose(**patient: object) -> str:
        told = {"patient": patient, "orders": [{"drug": "paracetamol", "dose": "15 mg/kg"}]}
        [line] = reader.case(told).situation.lines
        assert line.dose is not None
        return line.dose.text

    assert dose(weight=10) == "150 mg"
    assert dose() == "15 mg/kg"
