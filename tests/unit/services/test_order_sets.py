"""Order sets at the bedside: the facts come from the chart, and what it lacks is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.order_sets import Chosen
from app.domain.patients import Banner, Measured, PatientRecord, Sex
from app.domain.people import Session
from app.domain.results import Observed, Series, Value
from app.domain.terms import PatientId, ResultId, Term
from app.kernel.faults import AppError
from app.services.order_sets import EGFR, OrderSets
from tests.unit.domain.set_kit import PENICILLIN, a_book, a_line, a_set, allergic_to
from tests.unit.services.kit import NOW, PATIENT, STAY, Numbers, Watch, a_banner, session

KNOWN = Measured(Decimal(68), "kg", NOW)


class Chart:
    """The chart of one patient."""

    def __init__(self, banner: Banner, *points: Observed) -> None:
        self.shown = banner
        self.points = points

    def banner(self, session: Session, patient: PatientId) -> Banner:
        del session, patient
        return self.shown

    def series(self, session: Session, patient: PatientId, code: str) -> Series | None:
        del session, patient
        assert code == EGFR
        return Series(Term("eGFR"), self.points) if self.points else None


def a_point(value: Value, at: datetime | None = NOW, status: str = "final") -> Observed:
    return Observed(ResultId("r"), PATIENT, "laboratory", Term("eGFR"), value, at, status=status)


def number(text: str, comparator: str = "") -> Value:
    return Value(Decimal(text), unit_code="mL/min/{1.73_m2}", comparator=comparator)


def born(day: date | None) -> Banner:
    person = PatientRecord(PATIENT, "某某", sex=Sex.MALE, birth_date=day)
    return replace(a_banner(), patient=person, weight=KNOWN)


def sets(chart: Chart) -> OrderSets:
    one = a_set(a_line("line", conditions=("no-penicillin",)), a_line("plain"))
    return OrderSets(lambda _: a_book(one), chart, Watch(), Numbers())


@pytest.mark.parametrize(
    ("day", "years"),
    [
        (date(1959, 11, 24), 67),
        (date(1959, 11, 25), 66),
        (None, None),
        (date(2027, 1, 1), None),
    ],
)
def test_an_age_is_whole_years_of_a_day_of_birth(day: date | None, years: int | None) -> None:
    facts = sets(Chart(born(day))).facts(session(), PATIENT)

    assert facts.age_years == years
    assert (facts.weight, facts.sex, facts.egfr) == (KNOWN, Sex.MALE, None)


def test_the_newest_filtration_rate_that_is_a_plain_number_counts() -> None:
    hour = timedelta(hours=1)
    chart = Chart(
        born(None),
        a_point(number("50"), NOW - 2 * hour),
        a_point(number("60"), NOW - hour),
        a_point(number("70"), NOW, "entered-in-error"),
        a_point(number("90", ">"), NOW),
        a_point(Value(text="溶血"), NOW),
        a_point(number("80"), None),
    )

    found = sets(chart).facts(session(), PATIENT).egfr

    assert found == Measured(Decimal(60), "mL/min/{1.73_m2}", NOW - hour)


def test_a_set_is_offered_for_what_the_chart_says() -> None:
    service = sets(Chart(born(None)))
    allergic = allergic_to(PENICILLIN)
    banner = replace(born(None), allergy_state=allergic.allergy_state, allergies=allergic.allergies)

    assert service.offer(session(), PATIENT, "cap").preselected == {"plain"}
    assert sets(Chart(banner)).offer(session(), PATIENT, "cap").preselected == {"plain"}
    assert [one.code for one in service.find("肺")] == ["cap"]
    assert service.find("心") == ()
    assert service.book().by_code("cap") is not None


def test_a_set_that_is_gone_is_refused() -> None:
    with pytest.raises(AppError) as refused:
        sets(Chart(born(None))).offer(session(), PATIENT, "none")

    assert refused.value.fault.message.code == "order_sets.no-such-set"


def test_the_chosen_lines_become_drafts_of_the_stay() -> None:
    service = sets(Chart(born(None)))
    offered = service.offer(session(), PATIENT, "cap")
    (draft,) = service.drafts(session(), PATIENT, offered, Chosen(offered.preselected), "en")

    assert (draft.patient, draft.encounter, draft.origin) == (PATIENT, STAY, "cap|1")


def test_a_patient_without_a_stay_gets_drafts_without_one() -> None:
    service = sets(Chart(replace(born(None), stay=None)))
    offered = service.offer(session(), PATIENT, "cap")
    (draft,) = service.drafts(session(), PATIENT, offered, Chosen(offered.preselected), "en")

    assert draft.encounter is None


def test_lines_against_which_something_stands_do_not_become_drafts() -> None:
    service = sets(Chart(born(None)))
    offered = service.offer(session(), PATIENT, "cap")
    with pytest.raises(AppError) as refused:
        service.drafts(
            session(), PATIENT, offered, Chosen(frozenset({"plain"}), {"plain": None}), "en"
        )

    assert refused.value.fault.message.code == "order.missing-dose"
    assert NOW.tzinfo is UTC
