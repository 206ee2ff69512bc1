from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.order_troubles import Trouble
from app.domain.orders import OrderLine
from app.domain.sending import GroupState, QueueItem
from app.domain.terms import GroupId, PatientId, Ref
from app.kernel.faults import Message
from app.services.order_troubles import troubles_of
from tests.support.chart_kit import an_order

LINES = (OrderLine(an_order("a"), "rejected"), OrderLine(an_order("b")))
REF = Ref("MedicationRequest/a")
WHY = Message.of("queue.held")


def an_item(group: str, state: GroupState, *refs: Ref, why: Message | None = None) -> QueueItem:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    patient = PatientId("li-ming")
    return QueueItem(
        GroupId(group), "order.place", state, patient, "李明", "王", at, refs, why, server_said="x"
    )


def test_an_order_says_in_which_act_it_waits_and_why() -> None:
    queue = (an_item("g", GroupState.REJECTED, Ref("Task/t"), REF, why=WHY),)

    found = troubles_of(LINES, queue)

    assert found == {"a": Trouble(GroupId("g"), GroupState.REJECTED, WHY, "x")}


@pytest.mark.parametrize("state", [GroupState.CONFIRMED, GroupState.DISCARDED])
def test_what_is_over_is_no_trouble(state: GroupState) -> None:
    assert troubles_of(LINES, (an_item("g", state, REF),)) == {}


def test_of_several_acts_the_one_that_needs_somebody_most_is_named() -> None:
    waits = an_item("w", GroupState.SAVED, REF)
    refused = an_item("r", GroupState.REJECTED, REF)
    held = an_item("h", GroupState.HELD, REF)

    assert troubles_of(LINES, (waits, refused, held))["a"].group == "r"
    assert troubles_of(LINES, (refused, waits))["a"].group == "r"


@pytest.mark.parametrize(
    ("state", "place", "needs"),
    [
        (GroupState.REJECTED, "disputes", True),
        (GroupState.CONFLICT, "disputes", True),
        (GroupState.HELD, "disputes", True),
        (GroupState.FENCED, "queue", True),
        (GroupState.WAITING, "queue", False),
        (GroupState.SAVED, "queue", False),
    ],
)
def test_the_way_leads_to_where_something_can_be_done(
    state: GroupState, place: str, *, needs: bool
) -> None:
    trouble = Trouble(GroupId("g"), state)

    assert (trouble.place, trouble.needs_somebody) == (place, needs)
