"""What of a patient's orders has not reached the server, and in which act it waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.domain.order_troubles import Trouble
from app.domain.orders import OrderLine
from app.domain.sending import GroupState, QueueItem
from app.domain.terms import OrderId, Ref
from app.fhir.orders import order_ref

_GRAVEST = (
    GroupState.REJECTED,
    GroupState.CONFLICT,
    GroupState.HELD,
    GroupState.FENCED,
    GroupState.WAITING,
    GroupState.SENT,
    GroupState.PACKED,
    GroupState.SAVED,
)


def troubles_of(
    lines: Iterable[OrderLine], queue: Iterable[QueueItem]
) -> Mapping[OrderId, Trouble]:
    """What waits of each order; of several acts the one that needs somebody most."""
    waiting: dict[Ref, QueueItem] = {}
    for item in queue:
        for ref in item.refs if item.state in _GRAVEST else ():
            before = waiting.get(ref)
            if before is None or _rank(item) < _rank(before):
                waiting[ref] = item
    return {
        line.order.id: Trouble(found.group, found.state, found.why, found.server_said)
        for line in lines
        if (found := waiting.get(order_ref(line.order))) is not None
    }


def _rank(item: QueueItem) -> int:
    return _GRAVEST.index(item.state)
