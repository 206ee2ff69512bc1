"""What waits for a nurse, and why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order_verification import (
    Acknowledgement,
    Bedside,
    Recorded,
    Review,
    Reviewed,
    Second,
    Verified,
    Wait,
    awaiting,
    second_of,
    task_id,
    verification_of,
    wait_of,
)
from app.domain.orders import Ending, Order, OrderClass, OrderLine
from app.domain.skin_tests import SkinGate
from app.domain.slots import is_derived
from app.domain.terms import Named, Ref, Term
from tests.unit.domain.verifying_kit import (
    DRUG,
    NOW,
    PATIENT,
    RULES,
    a_reading,
    an_order,
    ref_of,
    said,
)

VERIFY, HOLD = Acknowledgement.VERIFY, Acknowledgement.HOLD
RESUME, STOP = Acknowledgement.RESUME, Acknowledgement.STOP
STOPPED = an_order(status="stopped", stopped_at=NOW)
CANCELLED = an_order(status="cancelled", stopped_at=NOW)
WITHDRAWN = an_order(status="entered-in-error", stopped_at=NOW)
HELD = an_order(status="on-hold")


def wait(order: Order, *done: Verified) -> Wait | None:
    return wait_of(order, done, NOW, RULES.stops_listed)


@pytest.mark.parametrize(
    ("order", "done", "waits"),
    [
        (an_order(), (), Wait.NEW),
        (an_order(), (VERIFY,), None),
        (an_order(status="draft"), (), None),
        (an_order(status="draft"), (VERIFY,), None),
        (an_order(status="unknown"), (), None),
        (an_order(status="completed"), (), None),
        (an_order(status="completed"), (VERIFY,), None),
        (an_order(prohibited=True), (), None),
        (HELD, (), None),
        (HELD, (VERIFY,), Wait.HELD),
        (HELD, (VERIFY, HOLD), None),
        (HELD, (VERIFY, HOLD, RESUME), Wait.HELD),
        (an_order(), (VERIFY, HOLD), Wait.RESUMED),
        (an_order(), (VERIFY, HOLD, RESUME), None),
        (an_order(), (VERIFY, STOP), Wait.RESUMED),
        (STOPPED, (), Wait.STOPPED),
        (STOPPED, (VERIFY,), Wait.STOPPED),
        (STOPPED, (HOLD,), Wait.STOPPED),
        (STOPPED, (VERIFY, STOP), None),
        (an_order(status="revoked", stopped_at=NOW), (VERIFY,), Wait.STOPPED),
        (an_order(status="stopped", ending=Ending.REPLACED), (VERIFY,), Wait.STOPPED),
        (an_order(status="stopped", ending=Ending.LAPSED), (VERIFY,), None),
        (an_order(status="stopped", ending=Ending.CANCELLED), (VERIFY,), Wait.CANCELLED),
        (CANCELLED, (), None),
        (CANCELLED, (VERIFY,), Wait.CANCELLED),
        (CANCELLED, (VERIFY, STOP), None),
        (WITHDRAWN, (), None),
        (WITHDRAWN, (VERIFY,), Wait.WITHDRAWN),
    ],
)
def test_what_waits_follows_from_the_order_and_from_what_was_said_last(
    order: Order, done: tuple[Acknowledgement, ...], waits: Wait | None
) -> None:
    told = [said(one, hours) for hours, one in enumerate(done)]

    assert wait(order, *told) is waits
    assert wait(order, *reversed(told)) is waits


def test_a_stop_of_what_nobody_verified_is_listed_for_a_while_only() -> None:
    old = an_order(status="stopped", stopped_at=NOW - timedelta(hours=73))

    assert wait(an_order(status="stopped", stopped_at=NOW - timedelta(hours=72))) is Wait.STOPPED
    assert wait(old) is None
    assert wait(old, said(VERIFY, -100)) is Wait.STOPPED
    assert wait(an_order(status="stopped")) is None


def test_of_two_at_once_the_earlier_step_counts_so_that_nothing_is_passed_over() -> None:
    assert wait(STOPPED, said(VERIFY), said(STOP)) is Wait.STOPPED
    assert wait(STOPPED, said(STOP), said(VERIFY)) is Wait.STOPPED


@given(
    st.sampled_from([an_order(), HELD, STOPPED, CANCELLED, WITHDRAWN]),
    st.lists(st.sampled_from(Acknowledgement), max_size=5),
)
def test_what_was_acknowledged_waits_no_more(order: Order, before: list[Acknowledgement]) -> None:
    told = [said(one, hours - 99) for hours, one in enumerate(before)]
    found = wait(order, *told)
    if found is not None:
        assert wait(order, *told, said(found.answer)) is None


def test_two_nurses_who_say_the_same_make_the_same_task_and_others_do_not() -> None:
    ref = Ref("MedicationRequest/o1")

    assert task_id(ref, VERIFY, 0) == task_id(ref, VERIFY, 0)
    assert is_derived(Ref(f"Task/{task_id(ref, VERIFY, 0)}"))
    others = {
        task_id(ref, VERIFY, 1),
        task_id(ref, STOP, 0),
        task_id(Ref("MedicationRequest/o2"), VERIFY, 0),
    }
    assert len(others | {task_id(ref, VERIFY, 0)}) == 4


@pytest.mark.parametrize(
    ("order_class", "alert", "needs"),
    [
        (OrderClass.MEDICATION, True, Second.NEEDED),
        (OrderClass.MEDICATION, False, Second.NOT_NEEDED),
        (OrderClass.MEDICATION, None, Second.UNKNOWN),
        (OrderClass.TRANSFUSION, None, Second.NEEDED),
        (OrderClass.LABORATORY, None, Second.NOT_NEEDED),
    ],
)
def test_high_alert_drugs_and_blood_need_a_second_person(
    order_class: OrderClass, *, alert: bool | None, needs: Second
) -> None:
    assert second_of(an_order(order_class=order_class), alert) is needs


def test_everything_a_nurse_looks_at_stands_beside_the_order() -> None:
    drug = an_order(skin_test="required")
    stopped, done = an_order("o2", status="stopped", stopped_at=NOW), an_order("o3")
    ref = ref_of(drug)
    reviews = (
        Reviewed(ref, Review.REJECTED, "钱药师", NOW - timedelta(hours=2)),
        Reviewed(ref, Review.PASSED, "钱药师", NOW),
        Reviewed(ref, Review.ASKED, "钱药师"),
        Reviewed(ref_of(stopped), Review.ASKED, "钱药师"),
    )
    recorded = Recorded(
        Bedside(PATIENT, Named("李明")),
        tuple((ref_of(one), OrderLine(one, "saved")) for one in (drug, stopped, done)),
        (said(VERIFY, 0, stopped), said(VERIFY, 0, done)),
        reviews,
        (a_reading(),),
    )
    asked: list[Term] = []

    def alert(item: Term) -> bool | None:
        asked.append(item)
        return True

    found = {one.ref: one for one in awaiting(recorded, NOW, RULES, alert)}

    assert list(found) == [ref, ref_of(stopped)]
    one, other = found.values()
    assert (one.wait, one.turn, one.unsent, one.second) == (Wait.NEW, 0, "saved", Second.NEEDED)
    assert one.review == reviews[1]
    assert one.skin.gate is SkinGate.NEGATIVE
    assert one.verified is None
    assert (other.wait, other.turn) == (Wait.STOPPED, 1)
    assert other.verified == said(VERIFY, 0, stopped)
    assert asked == [DRUG, DRUG]


def test_the_formulary_is_not_asked_about_what_is_no_drug() -> None:
    test = an_order(order_class=OrderClass.LABORATORY)
    recorded = Recorded(Bedside(PATIENT, Named("李明")), ((ref_of(test), OrderLine(test)),))

    def refusing(item: Term) -> bool | None:
        raise AssertionError(item)

    (one,) = awaiting(recorded, NOW, RULES, refusing)

    assert (one.second, one.review) == (Second.NOT_NEEDED, None)


def test_the_last_verification_is_the_one_that_is_shown() -> None:
    early, late = said(VERIFY, -5), said(VERIFY, -1)

    assert verification_of((late, said(STOP), early)) == late
    assert verification_of((said(STOP),)) is None
