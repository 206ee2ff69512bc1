"""A nurse's acknowledgement as an R4 Task, and what becomes of two of the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order_verification import Acknowledgement, Review, Second, Verified, Wait, task_id
from app.domain.people import Clinician, Role, Session
from app.domain.terms import Named, PractitionerId, Ref
from app.fhir.derived import combined
from app.fhir.document import Document, canonical
from app.fhir.loop_documents import read_mark
from app.fhir.order_tasks import (
    combined_verification,
    is_verification,
    read_review,
    read_verification,
    write_verification,
)
from app.fhir.workflow import write_task
from tests.support.order_builders import a_task
from tests.unit.domain.verifying_kit import NOW, PATIENT, a_wait, an_order, ref_of
from tests.unit.fhir.validity import problems

NAMES = {"zhao": "赵护士", "qian": "钱护士", "sun": "孙护士", "li": "李护士"}


def nurse(key: str) -> Session:
    who = Clinician(PractitionerId(key), key, Named(NAMES[key]), Role.NURSE)
    return Session(who, NOW, online=True, lease_until=NOW)


def done(
    key: str = "zhao", wait: Wait = Wait.NEW, minutes: int = 0, second: str = "", turn: int = 0
) -> Document:
    one = a_wait(wait=wait, turn=turn, second=Second.NEEDED if second else Second.NOT_NEEDED)
    at = NOW + timedelta(minutes=minutes)
    checker = nurse(second) if second else None
    return write_verification(one, by=nurse(key), at_time=at, second=checker)


def read(document: Document) -> Verified:
    found = read_verification(document)
    assert found is not None
    return found


def names(document: Document) -> set[str]:
    """Everybody who signed it, in whatever place."""
    found = read(document)
    return {one for one in (found.by_name, found.second_name, *found.also) if one}


def both(ours: Document, theirs: Document) -> Document:
    made = combined_verification(ours, theirs)
    assert made is not None
    return made


# --- one


def test_an_acknowledgement_reads_as_it_was_written_and_is_a_task_of_r4() -> None:
    document = done(second="qian")

    assert problems(document) == []
    assert read(document) == Verified(
        ref_of(an_order()),
        PATIENT,
        Acknowledgement.VERIFY,
        NOW,
        PractitionerId("zhao"),
        "赵护士",
        PractitionerId("qian"),
        "钱护士",
    )
    assert document["id"] == task_id(ref_of(an_order()), Acknowledgement.VERIFY, 0)
    assert document["encounter"] == {"reference": "Encounter/stay-1"}


def test_an_order_without_a_stay_is_acknowledged_too() -> None:
    one = a_wait(an_order(encounter=None))

    document = write_verification(one, by=nurse("zhao"), at_time=NOW)

    assert "encounter" not in document
    assert problems(document) == []


@pytest.mark.parametrize(
    ("wait", "second", "steps"),
    [
        (Wait.NEW, "", ("VERIFY",)),
        (Wait.NEW, "qian", ("VERIFY", "VERIFY2")),
        (Wait.STOPPED, "", ("STOPACK",)),
        (Wait.STOPPED, "qian", ("STOPACK",)),
        (Wait.CANCELLED, "", ("STOPACK",)),
        (Wait.WITHDRAWN, "", ("STOPACK",)),
        (Wait.HELD, "", ()),
        (Wait.RESUMED, "", ()),
    ],
)
def test_it_names_the_steps_of_the_closed_loop_that_it_reaches(
    wait: Wait, second: str, steps: tuple[str, ...]
) -> None:
    mark = read_mark(done(wait=wait, second=second))

    assert mark is not None
    assert (mark.steps, mark.status, mark.by) == (steps, "completed", "赵护士")


def test_what_is_no_acknowledgement_or_void_is_read_as_none() -> None:
    other = write_task(
        task_id="t", code="review", patient=PATIENT, focus=None, requester=PractitionerId("x"),
        authored=NOW,
    )  # fmt: skip

    assert not is_verification(other)
    assert read_verification(other) is None
    assert read_verification(done() | {"status": "entered-in-error"}) is None
    assert read_verification(done() | {"focus": {}}) is None
    assert not is_verification(done() | {"resourceType": "Basic"})
    assert is_verification(done())


# --- two


def test_two_nurses_make_the_same_task_the_first_keeps_it_and_both_names_stand() -> None:
    ours, theirs = done("zhao", minutes=5), done("qian", minutes=3)

    made = both(ours, theirs)

    assert ours["id"] == theirs["id"]
    assert (read(made).by_name, read(made).also) == ("钱护士", ("赵护士",))
    assert problems(made) == []
    assert combined(ours, theirs) == made


def test_the_second_checkers_of_both_stand_too() -> None:
    made = both(done("zhao", second="sun"), done("qian", second="li"))

    assert (read(made).by_name, read(made).second_name) == ("钱护士", "李护士")
    assert read(made).also == ("赵护士", "孙护士")


def test_what_the_same_nurse_said_twice_stands_once() -> None:
    theirs = done("zhao", minutes=3)

    assert both(done("zhao", minutes=5), theirs) == theirs


def test_an_acknowledgement_that_was_withdrawn_meanwhile_stays_so() -> None:
    theirs = done("qian") | {"status": "entered-in-error"}

    assert both(done("zhao"), theirs) == theirs


def test_ours_that_counts_no_more_adds_nobody() -> None:
    theirs = done("qian")

    assert both(done("zhao") | {"status": "entered-in-error"}, theirs) == theirs
    nameless = {key: value for key, value in done("zhao").items() if key != "owner"}
    assert both(nameless, theirs) == theirs


def test_a_nurse_who_wrote_no_time_stands_by_name() -> None:
    ours = {key: value for key, value in done("zhao").items() if key != "executionPeriod"}

    assert read(both(ours, done("qian"))).also == ("赵护士",)


def test_what_theirs_says_besides_stays() -> None:
    told: Document = {"url": "urn:x", "valueString": "y"}
    theirs = done("qian", second="li")
    theirs["extension"] = [told, *theirs["extension"]]  # type: ignore[misc]  # a list, as written

    made = both(done("zhao"), theirs)

    assert told in made["extension"]  # type: ignore[operator]  # a list, as written
    assert read(made).second_name == "李护士"


def test_other_tasks_are_left_to_the_usual_rules() -> None:
    assert combined_verification(done(), a_task()) is None
    assert combined_verification(a_task(), done()) is None


KEYS = st.sampled_from(sorted(NAMES))


@given(st.lists(st.tuples(KEYS, st.sampled_from(["", "li", "sun"])), min_size=1, max_size=5))
def test_whoever_comes_in_whatever_order_all_names_stand_and_nothing_is_told_twice(
    people: list[tuple[str, str]],
) -> None:
    first, *rest = people
    made = done(first[0], second=first[1])
    for key, second in rest:
        made = both(done(key, second=second), made)

    assert names(made) >= {NAMES[key] for key, _ in people}
    assert read(made).by_name == NAMES[first[0]]
    assert len(read(made).also) <= 2 * len({key for key, _ in people})
    assert canonical(both(made, made)) == canonical(made)


# --- the pharmacy


@pytest.mark.parametrize("code", ["review-order", "review"])
@pytest.mark.parametrize(
    ("status", "review"),
    [
        ("completed", Review.PASSED),
        ("rejected", Review.REJECTED),
        ("requested", Review.ASKED),
        ("in-progress", Review.ASKED),
    ],
)
def test_a_review_of_the_pharmacy_is_read_with_its_words(
    code: str, status: str, review: Review
) -> None:
    focus = ref_of(an_order())
    task = a_task(code=code, status=status, focus=focus)
    task |= {
        "owner": {"display": "周药师"},
        "statusReason": {"text": "剂量超限"},
        "note": [{"text": "请减量"}],
    }

    found = read_review(task)

    assert found is not None
    assert (found.order, found.review, found.by_name) == (focus, review, "周药师")
    assert found.words == "剂量超限\n请减量"
    assert found.at is not None


def test_a_task_that_reviews_no_order_is_no_review() -> None:
    good = a_task(code="review-order", status="completed", focus="MedicationRequest/o1")

    assert read_review(good) is not None
    assert read_review(good | {"resourceType": "Basic"}) is None
    assert read_review(good | {"focus": {}}) is None
    assert read_review(good | {"status": "entered-in-error"}) is None
    assert (
        read_review(a_task(code="sign", status="completed", focus="MedicationRequest/o1")) is None
    )


def test_an_acknowledgement_of_a_diet_is_found_at_the_diet() -> None:
    one = replace(a_wait(), ref=Ref("NutritionOrder/d1"))

    assert read(write_verification(one, by=nurse("zhao"), at_time=NOW)).order == one.ref
