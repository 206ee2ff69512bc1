"""Task (R4 task.html): orders written by somebody who may not place them wait for a signature."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain.orders import Order, Priority
from app.domain.people import Role
from app.domain.terms import PractitionerId
from app.fhir.building import concept, reference
from app.fhir.document import Document
from app.fhir.order_groups import group_ref
from app.fhir.orders import order_ref
from app.fhir.valuesets import STEP
from app.fhir.workflow import write_task

COUNTERSIGN_ORDER = "countersign-order"
_STEP = "COSIGN"


def write_countersign_task(
    orders: Sequence[Order], *, task_id: str, by: PractitionerId, at: datetime, by_name: str = ""
) -> Document:
    """A new task for the attending physicians: one order, or the members of one group.

    `focus` is the order, or the RequestGroup; `businessStatus` names the step of the loop.
    """
    first = orders[0]
    task = write_task(
        task_id=task_id,
        code=COUNTERSIGN_ORDER,
        patient=first.patient,
        focus=group_ref(first.group) if first.group else order_ref(first),
        requester=by,
        requester_name=by_name,
        owner_role=Role.ATTENDING.value,
        authored=at,
        urgent=any(order.priority is not Priority.ROUTINE for order in orders),
        description="; ".join(order.item.text for order in orders),
    )
    if first.encounter is not None:
        task["encounter"] = reference("Encounter", first.encounter)
    task["businessStatus"] = concept(STEP, _STEP)
    return task
