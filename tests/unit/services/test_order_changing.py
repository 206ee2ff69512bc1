from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain.orders import Ending, Following, Order, OrderClass, OrderKind
from app.domain.people import Role
from app.fhir.order_marks import is_of_our_kind
from app.fhir.orders import order_ref
from app.kernel.faults import AppError, FaultKind, app_error
from tests.unit.services.ordering_kit import OrderHouse, bag, drug, refusal, service

Act = Callable[[OrderHouse, Order, str], tuple[Order, ...]]


def _stop(house: OrderHouse, order: Order, reason: str) -> tuple[Order, ...]:
    return house.changing.stop(house.doctor, order, reason, ())


def _hold(house: OrderHouse, order: Order, reason: str) -> tuple[Order, ...]:
    return house.changing.hold(house.doctor, order, reason, ())


def _cancel(house: OrderHouse, order: Order, reason: str) -> tuple[Order, ...]:
    return house.changing.cancel(house.doctor, order, reason, ())


def _error(house: OrderHouse, order: Order, reason: str) -> tuple[Order, ...]:
    return house.changing.mark_in_error(house.doctor, order, reason, ())


ACTS: list[tuple[Act, str]] = [
    (_stop, "order.missing-stop-reason"),
    (_hold, "order.missing-hold-reason"),
    (_cancel, "order.missing-cancel-reason"),
    (_error, "order.missing-error-reason"),
]


@pytest.mark.parametrize(("act", "code"), ACTS)
def test_each_needs_a_reason_and_takes_the_whole_group(act: Act, code: str) -> None:
    house = OrderHouse()
    members = house.sign(*bag("氯化钠注射液", "头孢呋辛"))
    with pytest.raises(AppError) as refused:
        act(house, members[1], "  ")
    assert refusal(refused) == code

    before = len(house.acts.committed)
    done = act(house, members[1], "病情变化")
    assert {one.id for one in done} == {one.id for one in members}
    assert all(house.now(one).status != "active" for one in members)
    assert [str(one["status"]) for one in house.acts.documents("RequestGroup")] != ["active"]
    assert len(house.acts.committed) == before + 1
    assert house.acts.committed[-1].reason == "病情变化"


@pytest.mark.parametrize("act", [_stop, _hold, _cancel])
def test_what_does_not_hold_any_more_is_left_alone(act: Act) -> None:
    house = OrderHouse()
    (order,) = house.sign(drug())
    _stop(house, order, "好转")
    with pytest.raises(AppError) as refused:
        act(house, order, "再停")
    assert refusal(refused) == "order.not-current"


@pytest.mark.parametrize(("act", "_code"), ACTS)
def test_what_is_not_understood_is_never_changed(act: Act, _code: str) -> None:
    house = OrderHouse()
    (order,) = house.sign(drug())
    held = house.acts.held(order_ref(order))
    assert held is not None
    strange = {**held.document, "modifierExtension": [{"url": "urn:x", "valueBoolean": True}]}
    house.acts.download(strange)
    with pytest.raises(AppError) as refused:
        act(house, order, "不需要")
    assert refusal(refused) == "order.not-understood"


@pytest.mark.parametrize(("act", "_code"), ACTS)
def test_what_is_not_here_is_not_changed(act: Act, _code: str) -> None:
    house = OrderHouse()
    (order,) = house.sign(drug())
    with pytest.raises(AppError) as refused:
        act(house, replace(order, id="elsewhere"), "不需要")  # type: ignore[arg-type]  # any id
    assert refusal(refused) == "order.not-here"


def test_a_stop_spares_what_is_due_and_ends_the_rest() -> None:
    """Complaint 12.7: stop at ten, the dose of nine stays, those after ten are cancelled."""
    house = OrderHouse()
    (order,) = house.sign(drug())
    first, *_ = house.due(order)
    house.clock.at = first + timedelta(minutes=5)

    _stop(house, order, "皮疹")

    assert house.due(order) == [first]
    stopped = house.now(order)
    assert (stopped.status, stopped.ending, stopped.stop_reason) == (
        "stopped",
        Ending.STOPPED,
        "皮疹",
    )


def test_a_cancelled_order_was_never_to_be_given() -> None:
    house = OrderHouse()
    (order,) = house.sign(drug())
    first, *_ = house.due(order)
    house.clock.at = first + timedelta(minutes=5)

    _cancel(house, order, "开错患者")

    assert house.due(order) == []
    assert (house.now(order).status, house.now(order).ending) == ("cancelled", Ending.CANCELLED)


def test_what_was_given_cannot_be_cancelled_only_stopped() -> None:
    house = OrderHouse()
    (order,) = house.sign(drug())
    house.give(order)
    with pytest.raises(AppError) as refused:
        _cancel(house, order, "开错")
    assert refusal(refused) == "order.done-already"
    _stop(house, order, "开错")
    assert not house.now(order).current


def test_a_cancelled_service_is_told_from_a_stopped_one() -> None:
    house = OrderHouse()
    one, other = house.sign(
        service(OrderClass.NURSING, "翻身"), service(OrderClass.NURSING, "吸氧")
    )
    _cancel(house, one, "不需要")
    _stop(house, other, "好转")
    assert [house.now(x).status for x in (one, other)] == ["revoked", "revoked"]
    assert [house.now(x).ending for x in (one, other)] == [Ending.CANCELLED, Ending.STOPPED]


def test_a_held_order_stays_current_and_keeps_its_doses() -> None:
    house = OrderHouse()
    (order,) = house.sign(drug())
    dues = house.due(order)

    _hold(house, order, "术前禁食")

    held = house.now(order)
    assert (held.status, held.current, held.hold_reason) == ("on-hold", True, "术前禁食")
    assert held.held_at == house.clock.at
    assert house.due(order) == dues
    with pytest.raises(AppError) as refused:
        _hold(house, order, "again")
    assert refusal(refused) == "order.not-active"


def test_what_goes_on_shows_no_hold_any_more() -> None:
    house = OrderHouse()
    members = house.sign(*bag("氯化钠注射液", "头孢呋辛"))
    _hold(house, members[0], "手术")
    house.changing.resume(house.doctor, members[1], ())
    for one in members:
        now = house.now(one)
        assert (now.status, now.held_at, now.hold_reason) == ("active", None, "")
    assert [one["status"] for one in house.acts.documents("RequestGroup")] == ["active"]


def test_only_what_is_held_goes_on() -> None:
    house = OrderHouse()
    (order,) = house.sign(drug())
    with pytest.raises(AppError) as refused:
        house.changing.resume(house.doctor, order, ())
    assert refusal(refused) == "order.not-on-hold"


def test_an_ended_order_can_still_be_an_error_once() -> None:
    house = OrderHouse()
    (order,) = house.sign(drug())
    _stop(house, order, "好转")
    _error(house, order, "开错患者")
    wrong = house.now(order)
    assert (wrong.status, wrong.stop_reason, wrong.current) == (
        "entered-in-error",
        "开错患者",
        False,
    )
    with pytest.raises(AppError) as refused:
        _error(house, order, "again")
    assert refusal(refused) == "order.not-current"


def test_what_goes_on_for_ever_is_not_renewed() -> None:
    house = OrderHouse()
    (order,) = house.sign(drug())
    with pytest.raises(AppError) as refused:
        house.changing.copied(house.doctor, order, Following.RENEW)
    assert refusal(refused) == "order.no-end"


def test_an_order_is_renewed_once() -> None:
    house = OrderHouse()
    (order,) = house.sign(drug(ends_at=house.clock.at + timedelta(days=1)))
    (copy,) = house.changing.copied(house.doctor, order, Following.RENEW)
    house.sign(replace(copy, encounter=order.encounter))
    with pytest.raises(AppError) as refused:
        house.changing.copied(house.doctor, order, Following.RENEW)
    assert refusal(refused) == "order.renewed-already"


def test_what_is_over_is_renewed_from_now_on() -> None:
    house = OrderHouse()
    (order,) = house.sign(drug(ends_at=house.clock.at + timedelta(days=1)))
    house.clock.at += timedelta(days=2)
    (copy,) = house.changing.copied(house.doctor, order, Following.RENEW)
    assert copy.starts_at is None


def test_what_has_ended_is_written_again_not_revised() -> None:
    house = OrderHouse()
    (order,) = house.sign(drug())
    _stop(house, order, "好转")
    with pytest.raises(AppError) as refused:
        house.changing.copied(house.doctor, order, Following.REVISE)
    assert refusal(refused) == "order.not-current"
    assert house.changing.copied(house.doctor, order, None)[0].item == order.item


def test_a_guarded_order_is_not_copied() -> None:
    house = OrderHouse()
    (order,) = house.sign(drug())
    held = house.acts.held(order_ref(order))
    assert held is not None
    house.acts.download({**held.document, "modifierExtension": [{"url": "urn:x"}]})
    with pytest.raises(AppError) as refused:
        house.changing.copied(house.doctor, order, None)
    assert refusal(refused) == "order.not-understood"


def test_a_nurse_changes_no_order() -> None:
    house = OrderHouse()
    (order,) = house.sign(drug())
    with pytest.raises(AppError) as refused:
        house.changing.stop(house.who(Role.NURSE), order, "x", ())
    assert refusal(refused) == "authority.not-allowed"


def test_a_standby_order_nobody_used_lapses_in_its_own_time() -> None:
    house = OrderHouse()
    used, unused, course, endless = house.sign(
        drug("甲", kind=OrderKind.SOS),
        drug("乙", kind=OrderKind.SOS),
        drug("丙", ends_at=house.clock.at + timedelta(hours=6)),
        drug("丁"),
    )
    house.give(used)
    nurse = house.who(Role.NURSE)
    assert house.lapsing.look(nurse) == 0
    house.clock.at += timedelta(hours=13)

    assert house.lapsing.look(nurse) == 3

    lapsed = house.now(unused)
    assert (lapsed.status, lapsed.ending) == ("stopped", Ending.LAPSED)
    assert lapsed.stopped_at == lapsed.ends_at
    assert house.now(used).status == "completed"
    assert house.now(course).status == "completed"
    assert house.now(endless).status == "active"
    assert house.lapsing.look(nurse) == 0


def test_a_course_of_several_drugs_ends_as_one() -> None:
    house = OrderHouse()
    ends = house.clock.at + timedelta(hours=6)
    members = house.sign(*(replace(one, ends_at=ends) for one in bag("氯化钠注射液", "头孢呋辛")))
    house.clock.at += timedelta(hours=7)
    assert house.lapsing.look(house.doctor) == 2
    assert {house.now(one).status for one in members} == {"completed"}
    assert [one["status"] for one in house.acts.documents("RequestGroup")] == ["completed"]


def test_what_is_not_understood_is_not_ended_for_its_author() -> None:
    house = OrderHouse()
    (order,) = house.sign(drug(ends_at=house.clock.at + timedelta(hours=1)))
    held = house.acts.held(order_ref(order))
    assert held is not None
    house.acts.download({**held.document, "modifierExtension": [{"url": "urn:x"}]})
    house.clock.at += timedelta(hours=2)
    assert house.lapsing.look(house.doctor) == 0


def test_it_is_looked_at_no_more_often_than_said_and_only_by_who_sees_wards() -> None:
    house = OrderHouse(every=timedelta(minutes=1))
    house.sign(drug(ends_at=house.clock.at + timedelta(hours=1)))
    house.clock.at += timedelta(hours=2)
    assert house.lapsing.look(house.who(Role.IT)) == 0
    assert house.lapsing.look(house.doctor) == 1
    house.sign(drug(ends_at=house.clock.at + timedelta(seconds=1)))
    house.clock.at += timedelta(seconds=5)
    assert house.lapsing.look(house.doctor) == 0


def _over(house: OrderHouse) -> Order:
    """A course that has just come to its end."""
    (order,) = house.sign(drug(ends_at=house.clock.at + timedelta(hours=1)))
    house.clock.at += timedelta(hours=2)
    return order


def test_what_a_person_decides_about_does_not_end_by_itself() -> None:
    house = OrderHouse()
    order = _over(house)
    house.acts.dispute(order_ref(order))
    assert house.lapsing.look(house.doctor) == 0


def test_an_order_of_another_system_is_not_ended_for_it() -> None:
    house = OrderHouse()
    order = _over(house)
    held = house.acts.held(order_ref(order))
    assert held is not None
    theirs = {key: value for key, value in held.document.items() if key != "category"}
    house.acts.download(theirs)
    assert house.lapsing.look(house.doctor) == 0
    assert house.now(order).status == "active"


def test_a_diet_ends_by_itself_and_one_of_another_system_does_not() -> None:
    house = OrderHouse()
    (diet,) = house.sign(service(OrderClass.DIET, "软食"))
    held = house.acts.held(order_ref(diet))
    assert held is not None
    assert is_of_our_kind(held.document)
    theirs = {key: value for key, value in held.document.items() if key != "extension"}
    assert not is_of_our_kind(theirs)


@pytest.mark.parametrize(
    ("kind", "goes_on"), [(FaultKind.CONFLICT, True), (FaultKind.STORAGE, False)]
)
def test_a_colleague_who_was_faster_does_not_stop_the_round(
    kind: FaultKind, *, goes_on: bool
) -> None:
    house = OrderHouse()
    order = _over(house)
    house.acts.refusing = app_error(kind, "change.stale")
    if goes_on:
        assert house.lapsing.look(house.doctor) == 0
    else:
        with pytest.raises(AppError):
            house.lapsing.look(house.doctor)
    assert house.lapsing.look(house.doctor) == 1
    assert house.now(order).status == "completed"


def test_a_copy_of_a_course_is_a_course() -> None:
    house = OrderHouse()
    began, five = house.clock.at, timedelta(days=5)
    (order,) = house.sign(drug(ends_at=began + five))
    house.clock.at += timedelta(days=1)
    now = house.clock.at

    def ends(following: Following | None) -> datetime | None:
        (copy,) = house.changing.copied(house.doctor, order, following)
        return copy.ends_at

    assert ends(Following.REVISE) == began + five
    assert ends(Following.RENEW) == began + five + five
    assert ends(None) == now + five


def test_a_copy_of_what_has_no_end_or_lapses_says_none() -> None:
    house = OrderHouse()
    endless, sos = house.sign(drug(), drug("布洛芬", kind=OrderKind.SOS))
    for order in (endless, sos):
        (copy,) = house.changing.copied(house.doctor, order, None)
        assert copy.ends_at is None
