"""Asking decision support before anything is signed, and noting what came of it."""

from __future__ import annotations

import pytest

from app.decision.findings import Moment
from app.domain.decision_events import Response
from app.domain.people import Role
from app.kernel.faults import AppError
from app.services.order_checking import Noted
from tests.unit.services.deciding_house import INLINE, PAIR, Warned, both
from tests.unit.services.kit import PATIENT, STAY
from tests.unit.services.ordering_kit import drug, refusal


def test_a_question_writes_nothing() -> None:
    house = Warned(PAIR, INLINE)

    verdict = house.checking.check(
        house.doctor, PATIENT, dict(zip("ab", both(), strict=True)), Moment.SELECT
    )

    assert [card.lead.origin.rule for card in verdict.cards] == ["rule-1", "inline-1"]
    assert verdict.cards[0].lines == ("a", "b")
    assert house.engine.judged[-1].moment is Moment.SELECT
    assert not house.journal.kept
    assert not house.acts.committed


@pytest.mark.parametrize(
    "response", [Response.ACCEPTED, Response.REMOVED, Response.CHANGED, Response.ABANDONED]
)
def test_what_became_of_a_card_is_noted(response: Response) -> None:
    house = Warned(PAIR)
    verdict = house.checking.check(house.doctor, PATIENT, dict(zip("ab", both(), strict=True)))

    noted = (Noted(verdict.cards[0], response, 900),)
    house.checking.note(house.doctor, PATIENT, STAY, noted)

    (event,) = house.journal.kept
    assert (event.response, event.rule, event.shown_ms) == (response, "rule-1", 900)
    assert (event.patient, event.encounter, event.orders) == (PATIENT, STAY, ())
    assert house.cards(*both()), "only an override is an answer"


def test_who_opens_no_chart_asks_nothing() -> None:
    house = Warned(PAIR)

    with pytest.raises(AppError) as refused:
        house.checking.check(house.who(Role.IT), PATIENT, {"a": drug()})

    assert refusal(refused) == "authority.not-allowed"


def test_the_reasons_are_those_of_the_pack() -> None:
    assert [one.key for one in Warned().checking.reasons] == [1, 2, 3, 4, 5, 6]
