"""Whatever a line says: it is read or refused; nothing is found in what is not known."""

from __future__ import annotations

import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.commands.evaluate_orders import Answers
from app.commands.order_cases.cases import CaseReader
from app.commands.order_cases.json_values import UnreadError
from app.decision.findings import Check
from resources.catalogue import Catalogue
from resources.reading import rows
from tests.support.order_case_files import Told
from tests.support.row_desk import decision, reader

texts = st.sampled_from(
    [
        "", "0", "-1", "0.25", "5 mg", "1e9 g", "１２３", "qd", "q0h", "q8h prn", "0 min",
        "IV", "口服", "penicillin", "阿莫西林 0.5g tid", "amoxicillin:anaphylaxis", "NKDA",
        "1 g/0 min", "negative",
        "2026-02-30", "2026-11-25", "over 30 min", "99999999999999999999 mg", "1/0", "%", ":", "；",
        "unknown", "null", "M", "A", "nan", "inf", "٣ mg", "²", "½ tab", "[", "0.0000000000001 g",
    ]
)  # fmt: skip
scalars = st.none() | st.booleans() | st.integers(-5, 500) | texts
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["drug", "value", "unit", "K", "INR", "date", "result", "text", "at"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=5,
)
PATIENT = (
    "age", "sex", "weight", "height", "egfr", "crcl", "creatinine", "child_pugh", "labs",
    "pregnant", "lactating", "problems", "indication", "prescriber_grade", "skin_tests", "active",
    "allergies", "allergies_status", "tolerated",
)  # fmt: skip
ORDER = ("dose", "route", "freq", "rate", "diluent", "group", "indication")


@functools.cache
def judge() -> tuple[CaseReader, Answers]:
    return reader(), Answers(decision(as_active=True), Catalogue.load("en"), "en")


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(PATIENT), values, max_size=5),
    st.dictionaries(st.sampled_from(ORDER), values, max_size=5),
    st.sampled_from(
        ["paracetamol", "华法林", "amoxicillin and clavulanate potassium", "moonshine"]
    ),
)
def test_a_line_is_answered_or_refused_and_no_check_fails(
    patient: dict[str, object], order: dict[str, object], drug: str
) -> None:
    reader, answers = judge()
    try:
        case = reader.case({"patient": patient, "orders": [{"drug": drug, **order}]})
    except UnreadError:
        return

    answer: Told = answers.of(case)

    assert set(answer) <= {"id", "findings", "not_checkable", "unread"}
    assert "the check itself failed" not in str(answer["not_checkable"])


PATIENT_CHECKS = {
    Check.RENAL, Check.HEPATIC, Check.PREGNANCY, Check.LACTATION, Check.AGE, Check.LABORATORY,
    Check.DISEASE, Check.ALLERGY, Check.ALLERGY_CLASS, Check.ALLERGY_CROSS,
}  # fmt: skip


@pytest.mark.parametrize("route", [None, "PO", "IV"])
def test_of_somebody_unknown_nothing_is_found_whatever_the_drug(route: str | None) -> None:
    reader, answers = judge()
    known = {check.value for check in PATIENT_CHECKS}

    for row in rows("formulary", "medicines")[::3]:
        case = reader.case({"orders": [{"drug": row["name_zh"], "route": route}]})
        answer: Told = answers.of(case)

        assert case.situation.lines[0].drug is not None, row["name_zh"]
        assert known.isdisjoint(one["check"] for one in answer["findings"]), row["name_zh"]
        assert "allergy-unknown" in {one["check"] for one in answer["not_checkable"]}
