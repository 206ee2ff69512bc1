"""A small order set, and a patient of whom everything is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.domain.order_set_conditions import Allergens, Condition, Facts, Question
from app.domain.order_sets import Choice, OrderSet, SetBook, SetLine
from app.domain.orders import OrderClass, OrderKind
from app.domain.patients import Allergy, AllergyState, Measured, Sex
from app.domain.terms import Named, PatientId, Term

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAY = timedelta(days=1)
WHOM = PatientId("p")
PENICILLIN, CEFTRIAXONE, NUT = Term("青霉素", "d", "pen"), Term("头孢", "d", "cef"), Term("花生")
ALLERGENS = Allergens(
    {"penicillin": frozenset({("d", "pen")})}, frozenset({("d", "pen"), ("d", "cef")})
)
CONDITIONS = {
    "no-penicillin": Condition(
        "no-penicillin", Question.NO_ALLERGY, "penicillin", None, Named("无过敏")
    ),
    "weight": Condition("weight", Question.WEIGHT, "", 30 * DAY, Named("体重")),
    "adult": Condition("adult", Question.AGE_FROM, "18", None, Named("成人")),
    "young": Condition("young", Question.AGE_BELOW, "80", None, Named("未满80")),
    "female": Condition("female", Question.SEX, "female", None, Named("女")),
    "not-pregnant": Condition("not-pregnant", Question.NOT_PREGNANT, "55", None, Named("未孕")),
    "egfr": Condition("egfr", Question.EGFR_FROM, "30", 7 * DAY, Named("肾功能")),
}
KNOWN = Facts(
    now=NOW,
    allergy_state=AllergyState.NONE_KNOWN,
    weight=Measured(Decimal(68), "kg", NOW - DAY),
    age_years=67,
    sex=Sex.MALE,
    egfr=Measured(Decimal(80), "mL/min/{1.73_m2}", NOW - DAY),
)


def a_line(key: str, **more: object) -> SetLine:
    plain = SetLine(
        key=key,
        heading="drug",
        order_class=OrderClass.MEDICATION,
        item=CEFTRIAXONE,
        kind=OrderKind.LONG_TERM,
        preselected=True,
        dose=Decimal(2),
        unit="g",
        route=Term("静滴", "r", "ivgtt"),
        frequency=Term("每日", "f", "qd"),
    )
    return replace(plain, **more)  # type: ignore[arg-type]  # checked by dataclasses at run time


def a_set(*lines: SetLine, choices: tuple[Choice, ...] = ()) -> OrderSet:
    return OrderSet(
        "cap", "1", Named("肺炎", "Pneumonia"), "fy", Named("", ""), lines, choices=choices
    )


def a_book(*sets: OrderSet) -> SetBook:
    return SetBook(sets, {"drug": Named("药物")}, CONDITIONS, ALLERGENS)


def allergic_to(agent: Term, *, checkable: bool = True, active: bool = True) -> Facts:
    allergy = Allergy("a", WHOM, agent, checkable=checkable, none_known=False, active=active)
    return replace(KNOWN, allergy_state=AllergyState.KNOWN, allergies=(allergy,))
