"""When a warning may be passed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.deciding import CardAnswer, Override, Want, says_enough, wanting
from app.domain.people import Role
from app.domain.terms import Named, PractitionerId, Term
from app.services.override_reasons import override_reasons, reason_of
from tests.unit.services.kit import clinician, session

AUTHOR = PractitionerId("zhao")
REASONS = override_reasons()
WITNESS = session(clinician(Role.CHIEF, "chief"))
PASSED = CardAnswer("card-1", "risk-benefit-ratio", witness=WITNESS)


def lacks(answer: CardAnswer | None, *, hard: bool = False) -> Want | None:
    return wanting(answer, REASONS, AUTHOR, needs_second=hard)


@pytest.mark.parametrize("words", ["", "无", "1", "无无无无", "1111", "  no ", "同意"])
def test_these_words_are_no_reason(words: str) -> None:
    assert not says_enough(words)


@pytest.mark.parametrize("words", ["专科已会诊", "will watch", "监测血钾"])
def test_these_words_are_one(words: str) -> None:
    assert says_enough(words)


@given(st.text())
def test_white_space_says_nothing(words: str) -> None:
    assert says_enough(words) == says_enough("".join(words.split()))


def test_a_card_without_an_answer_is_not_passed() -> None:
    assert lacks(None) is Want.ANSWER
    assert lacks(PASSED) is None


def test_the_reason_is_one_of_the_pack() -> None:
    assert lacks(replace(PASSED, reason="because")) is Want.REASON


def test_other_says_nothing_without_words() -> None:
    other = replace(PASSED, reason="other")

    assert lacks(other) is Want.WORDS
    assert lacks(replace(other, text="1111")) is Want.WORDS
    assert lacks(replace(other, text="家属拒绝替代药物")) is None


def test_words_that_are_given_must_say_something_whatever_the_reason() -> None:
    assert lacks(replace(PASSED, text="无")) is Want.WORDS
    assert lacks(replace(PASSED, text="每日复查 INR")) is None


def test_a_hard_stop_needs_a_second_person() -> None:
    assert lacks(replace(PASSED, witness=None), hard=True) is Want.SECOND
    assert lacks(replace(PASSED, witness=None)) is None
    assert lacks(PASSED, hard=True) is None


def test_nobody_is_their_own_second_person() -> None:
    myself = session(clinician(Role.CHIEF, AUTHOR))

    assert lacks(replace(PASSED, witness=myself), hard=True) is Want.SAME_PERSON


def test_the_second_person_holds_the_privilege() -> None:
    nurse = session(clinician(Role.NURSE, "nurse"))
    pharmacist = session(clinician(Role.PHARMACIST, "pharmacist"))

    assert lacks(replace(PASSED, witness=nurse), hard=True) is Want.MAY_NOT
    assert lacks(replace(PASSED, witness=pharmacist), hard=True) is None


def test_there_are_six_reasons_on_the_keys_one_to_six() -> None:
    assert [one.key for one in REASONS] == [1, 2, 3, 4, 5, 6]
    assert [one.code for one in REASONS if one.needs_text] == ["other"]
    assert [one.code for one in REASONS if one.offers_monitoring] == [
        "mitigate-risk-negative-outcome"
    ]
    assert all(one.name.text and one.name.display for one in REASONS)


def test_a_reason_that_is_no_longer_in_the_pack_stays_readable() -> None:
    assert reason_of("other").display
    assert reason_of("gone") == Term("gone", "urn:wardone:override-reason", "gone")


def test_an_override_knows_whether_it_was_a_hard_stop() -> None:
    override = Override("ddi", "hard-stop", "r@p", (Named("华法林"),), Term("其他"))

    assert override.hard
    assert not replace(override, tier="interruptive").hard
