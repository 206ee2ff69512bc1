"""RequestGroup (R4 requestgroup.html): the orders that run as one infusion, in their order.

Stock, charge and stopping are per drug, so every member is a MedicationRequest of its own; the
group says that they belong together (`groupIdentifier` of the members, `action.resource` here).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain.orders import Order
from app.domain.terms import PractitionerId, Ref
from app.fhir.building import begin, person, put, reference
from app.fhir.document import Document, Json
from app.fhir.elements import dicts_at, instant_text, ref_at, text_at
from app.fhir.orders import order_ref
from app.fhir.valuesets import ORDER_GROUP

REQUEST_GROUP = "RequestGroup"


def group_ref(group: str) -> Ref:
    """Where the group itself is recorded: its id is the words its members share."""
    return Ref(f"{REQUEST_GROUP}/{group}")


def write_group(
    members: Sequence[Order], *, by: PractitionerId, at: datetime, by_name: str = ""
) -> Document:
    """A new group of `members`, of which there is at least one."""
    first = members[0]
    document = begin({}, REQUEST_GROUP, first.group)
    document["groupIdentifier"] = {"system": ORDER_GROUP, "value": first.group}
    document |= {"status": first.status, "intent": "order"}
    document["subject"] = reference("Patient", first.patient)
    if first.encounter is not None:
        document["encounter"] = reference("Encounter", first.encounter)
    document["authoredOn"] = instant_text(at)
    document["author"] = person(by, by_name)
    actions: list[Json] = [_action(one) for one in sorted(members, key=lambda one: one.place)]
    document["action"] = actions
    return document


def write_group_status(onto: Document, status: str) -> Document:
    """Move a group on with its members; R4 request-status has `revoked` where they `stopped`."""
    document = begin(onto, REQUEST_GROUP, text_at(onto, "id"))
    document["status"] = {"stopped": "revoked", "cancelled": "revoked"}.get(status, status)
    return document


def read_members(document: Document) -> tuple[Ref, ...]:
    """The orders of a group, in their order."""
    found = (ref_at(action, "resource") for action in dicts_at(document, "action"))
    return tuple(ref for ref in found if ref is not None)


def _action(order: Order) -> Document:
    made: Document = {}
    put(made, "title", order.item.text)
    made["resource"] = {"reference": order_ref(order)}
    return made
