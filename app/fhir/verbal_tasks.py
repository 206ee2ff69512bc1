"""Task (R4 task.html): what follows a verbal order until its physician has answered for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain.chart import WorkItem
from app.domain.orders import Order, Priority
from app.domain.people import Session
from app.domain.terms import PractitionerId, Ref
from app.domain.verbal_orders import Situation, Spoken, chase_id
from app.fhir.building import concept, person, reference
from app.fhir.document import Document
from app.fhir.order_groups import group_ref
from app.fhir.orders import order_ref
from app.fhir.valuesets import STEP
from app.fhir.workflow import write_task

CONFIRM_VERBAL = "confirm-verbal-order"
VERBAL_REJECTED = "verbal-order-rejected"
CHASE_VERBAL = "chase-verbal-order"
OF_VERBAL = (CONFIRM_VERBAL, CHASE_VERBAL)
"""Nobody is asked any more when the order was never carried out, or never should have been."""
_STEP = "BACKFILL"


def write_confirm_task(
    orders: Sequence[Order],
    spoken: Spoken,
    *,
    task_id: str,
    by: Session,
    at: datetime,
    due: datetime,
) -> Document:
    """A new Task for the physician alone: one order, or the members of one group.

    Args:
        orders: As they were written down; at least one.
        spoken: Whose they are.
        task_id: New.
        by: Who wrote them down, and asks.
        at: When.
        due: Until when the physician has to answer.
    """
    first = orders[0]
    task = write_task(
        task_id=task_id,
        code=CONFIRM_VERBAL,
        patient=first.patient,
        focus=group_ref(first.group) if first.group else order_ref(first),
        requester=by.clinician.id,
        requester_name=by.clinician.name.name,
        owner=spoken.by,
        authored=at,
        due=due,
        urgent=any(order.priority is not Priority.ROUTINE for order in orders),
        description="; ".join(order.item.text for order in orders),
    )
    task["owner"] = person(spoken.by, spoken.by_name)
    if first.encounter is not None:
        task["encounter"] = reference("Encounter", first.encounter)
    task["businessStatus"] = concept(STEP, _STEP)
    return task


def write_rejected_task(
    order: Order, *, task_id: str, by: Session, to: PractitionerId, at: datetime, reason: str
) -> Document:
    """A new Task that tells who wrote it down that the physician did not order this."""
    return write_task(
        task_id=task_id,
        code=VERBAL_REJECTED,
        patient=order.patient,
        focus=order_ref(order),
        requester=by.clinician.id,
        requester_name=by.clinician.name.name,
        owner=to,
        authored=at,
        urgent=True,
        description=f"{order.item.text}: {reason}",
    )


def write_chase_task(
    item: WorkItem, situation: Situation, *, by: Session, at: datetime
) -> Document:
    """The Task in which a lead is asked to see to a verbal order that its physician left open.

    Args:
        item: The task that was not answered; its owner is the physician.
        situation: In which the order was given: it names the lead.
        by: At whose workstation it was noticed.
        at: When it was noticed.
    """
    return write_task(
        task_id=chase_id(Ref(f"Task/{item.id}")),
        code=CHASE_VERBAL,
        patient=item.patient,
        focus=item.focus,
        requester=by.clinician.id,
        requester_name=by.clinician.name.name,
        owner_role=situation.lead.value,
        authored=at,
        urgent=True,
        description=item.owner_name,
    )
