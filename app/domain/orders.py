"""Orders: what a clinician may ask for, and what must hold before they do."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.domain.deciding import Override
from app.domain.dose_limits import NO_LIMITS, DoseLimits, limit_objections
from app.domain.terms import EncounterId, OrderId, PatientId, PractitionerId, Ref, Term
from app.domain.verbal_orders import Spoken, spoken_objections
from app.kernel.faults import Message


class OrderClass(enum.Enum):
    """What is ordered; system `urn:wardone:order-class`.

    Medication is a `MedicationRequest`, a diet a `NutritionOrder`, the rest a `ServiceRequest`.
    """

    MEDICATION = "medication"
    LABORATORY = "laboratory"
    IMAGING = "imaging"
    NURSING = "nursing"
    DIET = "diet"
    LEVEL_OF_CARE = "level-of-care"
    TREATMENT = "treatment"
    CONSULTATION = "consultation"
    ISOLATION = "isolation"
    POSITION = "position"
    CONDITION = "condition"
    PATHOLOGY = "pathology"
    OPERATION = "operation"
    TRANSFUSION = "transfusion"
    DISCHARGE = "discharge"
    OTHER = "other"


class OrderKind(enum.Enum):
    """How long an order holds; system `urn:wardone:order-kind`."""

    LONG_TERM = "long-term"
    TEMPORARY = "temporary"
    STAT = "stat"
    PRN = "prn"
    SOS = "sos"
    DISCHARGE = "discharge"
    VERBAL = "verbal"


class Ending(enum.Enum):
    """How an order came to its end here; system `urn:wardone:order-end`."""

    STOPPED = "stopped"
    CANCELLED = "cancelled"
    """Before anything of it was done."""
    REPLACED = "replaced"
    """By another order that was signed with it."""
    LAPSED = "lapsed"
    """Unused, when its time was over."""


class Following(enum.Enum):
    """What a new order does to the one it follows."""

    RENEW = "renew"
    """It goes on where the old one ends by itself."""
    REVISE = "revise"
    """It stops the old one; both in one act."""


class Priority(enum.Enum):
    """FHIR R4 `request-priority`, the codes we offer."""

    ROUTINE = "routine"
    URGENT = "urgent"
    STAT = "stat"


@dataclass(frozen=True, slots=True)
class Dosage:
    """How much, which way, how often. None and "" mean that nobody has said so yet.

    Attributes:
        dose: Amount for one administration.
        unit: UCUM code of `dose`.
        route: Code of `resources/packs/routes`.
        frequency: Code of `resources/packs/frequencies`.
        text: The whole line as the author signed it (or as a foreign feed sent it).
        rate: How fast it runs, for what runs.
        rate_unit: UCUM code of `rate`.
    """

    dose: Decimal | None = None
    unit: str = ""
    unit_text: str = ""
    route: Term | None = None
    frequency: Term | None = None
    text: str = ""
    rate: Decimal | None = None
    rate_unit: str = ""


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order being written; as the form holds it.

    Attributes:
        limits: Of a medication: how soon again, and how much within a period.
        group: Drafts of one basket with the same words here run as one infusion (成组).
        starts_at: When it begins; None begins when it is signed.
        ends_at: When it ends by itself; None holds until it is stopped.
        first_day: Doses on the day it begins, of a medication; None is what the ward's list gives.
        quantity: How much is handed out, of a discharge medication.
        quantity_unit: UCUM code of `quantity`.
        skin_test: `required` before the first dose, `exempt` by the author's word, or "".
        replaces: The order it follows.
        following: What becomes of that one; None only remembers where it was copied from.
        origin: The order set it came from, `code|version`.
        spoken: Of an order that is written down in a physician's name: whose, when, repeated.
    """

    patient: PatientId
    encounter: EncounterId | None
    order_class: OrderClass = OrderClass.MEDICATION
    kind: OrderKind = OrderKind.LONG_TERM
    item: Term | None = None
    dosage: Dosage = Dosage()
    priority: Priority = Priority.ROUTINE
    reason: str = ""
    note: str = ""
    limits: DoseLimits = NO_LIMITS
    group: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    quantity: Decimal | None = None
    quantity_unit: str = ""
    skin_test: str = ""
    replaces: OrderId | None = None
    following: Following | None = None
    origin: str = ""
    first_day: int | None = None
    spoken: Spoken | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the record, ours or a foreign one.

    Attributes:
        status: FHIR `medicationrequest-status` / `request-status` as recorded.
        kind: None when the feed does not say.
        stopped_at: When it was stopped, if it was.
        prohibited: The record says that this must *not* be done (`doNotPerform`). Never current.
        medication: The `Medication` that names the item, when the order only refers to it.
        authored_text: The recorded date when it has no time of day, or "".
        ending: How it ended, where that was written here.
        group: Orders of one patient with the same words here are one infusion.
        place: Among those of its group, from 0.
        ends_at, first_day, quantity, skin_test, origin, spoken: As in `OrderDraft`.
        replaces: The order that came before it.
        held_at, hold_reason: Since when and why it is on hold.
        why: Code of `resources/packs/order_reasons`: why it was held, stopped, cancelled or struck.
        record: Where it is recorded, if its class does not say so (a diet may be a ServiceRequest).
        overrides: Warnings that were passed when it was signed, and why.
    """

    id: OrderId
    patient: PatientId
    encounter: EncounterId | None
    order_class: OrderClass
    kind: OrderKind | None
    item: Term
    dosage: Dosage
    status: str
    priority: Priority = Priority.ROUTINE
    reason: str = ""
    note: str = ""
    authored_at: datetime | None = None
    requester: PractitionerId | None = None
    requester_name: str = ""
    starts_at: datetime | None = None
    stopped_at: datetime | None = None
    guarded: bool = False
    prohibited: bool = False
    medication: Ref | None = None
    authored_text: str = ""
    stopped_by: PractitionerId | None = None
    stop_reason: str = ""
    ending: Ending | None = None
    group: str = ""
    place: int = 0
    ends_at: datetime | None = None
    quantity: Decimal | None = None
    quantity_unit: str = ""
    skin_test: str = ""
    origin: str = ""
    replaces: Ref | None = None
    held_at: datetime | None = None
    hold_reason: str = ""
    why: str = ""
    record: Ref | None = None
    first_day: int | None = None
    spoken: Spoken | None = None
    overrides: tuple[Override, ...] = ()

    @property
    def current(self) -> bool:
        """Whether it holds now: active, or suspended, which counts as current (MEDv-166)."""
        return not self.prohibited and self.status in ("active", "on-hold", "draft", "unknown")

    @property
    def unconfirmed(self) -> bool:
        """Whether its physician gave it by word of mouth and has not said so in writing yet."""
        struck = self.status == "entered-in-error"
        return self.spoken is not None and self.spoken.confirmed_at is None and not struck


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order as the list shows it.

    Attributes:
        unsent: On this workstation only: `saved`, `sent`, `conflict`, `rejected`, or "".
        given_after_end: Doses recorded as given after it had ended: a stop crossed them.
    """

    order: Order
    unsent: str = ""
    given_after_end: int = 0


@dataclass(frozen=True, slots=True)
class Administration:
    """A dose that was given, is being given, or was not (`MedicationAdministration`).

    Attributes:
        status: FHIR `medication-admin-status` as recorded (`completed`, `not-done`, …).
        unit: UCUM code of `dose`.
        at_text: The recorded date when it has no time of day, or "".
        reason: Why it was not given, as recorded.
        slot: The due dose it answers, where there was one (`Task`).
        override: Why it was given although something spoke against it; codes, ` `-separated.
        note: In the giver's own words.
    """

    id: str
    patient: PatientId
    encounter: EncounterId | None
    order: OrderId | None
    item: Term
    status: str
    at: datetime | None
    ends_at: datetime | None = None
    dose: Decimal | None = None
    unit: str = ""
    unit_text: str = ""
    route: Term | None = None
    text: str = ""
    performer: str = ""
    performer_ref: Ref | None = None
    reason: str = ""
    at_text: str = ""
    medication: Ref | None = None
    slot: Ref | None = None
    override: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Objection:
    """A reason the draft cannot be signed as it stands; belongs beside `field`."""

    field: str
    message: Message


UNPLANNED = frozenset({OrderKind.PRN, OrderKind.SOS, OrderKind.DISCHARGE})
"""Kinds whose doses nobody lays out: they are given when needed, or at home."""

_ONCE = (OrderKind.STAT, OrderKind.TEMPORARY, OrderKind.SOS, OrderKind.VERBAL)


def objections(draft: OrderDraft) -> tuple[Objection, ...]:
    """Say everything that is wrong with `draft`; nothing means it may be signed.

    A missing dose, unit, route or frequency is always an objection, whatever any pack says
    (architecture.md, Rulings): nothing is guessed about a dose.
    """
    found: list[Objection] = []
    if draft.encounter is None:
        found.append(_objection("encounter"))
    if draft.item is None:
        found.append(_objection("item"))
    if draft.order_class is OrderClass.MEDICATION:
        found.extend(_dosage_objections(draft))
    if draft.priority is Priority.STAT and not draft.reason.strip():
        found.append(_objection("reason"))
    found.extend(_timing(draft))
    if draft.spoken is not None:
        found.extend(_spoken(draft, draft.spoken))
    if draft.kind is OrderKind.DISCHARGE and draft.order_class is OrderClass.MEDICATION:
        found.extend(_quantity_objections(draft))
    return tuple(found)


def _timing(draft: OrderDraft) -> list[Objection]:
    found: list[Objection] = []
    if draft.first_day is not None and not _has_days(draft):
        found.append(Objection("first_day", Message.of("order.first-day-of-doses")))
    if _ends_early(draft):
        found.append(Objection("ends_at", Message.of("order.ends-before-start")))
    return found


def _spoken(draft: OrderDraft, spoken: Spoken) -> list[Objection]:
    found = [Objection(*one) for one in spoken_objections(spoken)]
    if draft.kind is not OrderKind.VERBAL:
        found.append(Objection("kind", Message.of("order.verbal-other-kind")))
    if draft.following is not None:
        found.append(Objection("following", Message.of("order.verbal-follows")))
    return found


def _has_days(draft: OrderDraft) -> bool:
    """Whether the doses of its days are counted: a medicine at times that somebody says."""
    drug = draft.order_class is OrderClass.MEDICATION
    return drug and draft.kind not in UNPLANNED


def _ends_early(draft: OrderDraft) -> bool:
    starts, ends = draft.starts_at, draft.ends_at
    return starts is not None and ends is not None and ends <= starts


def _quantity_objections(draft: OrderDraft) -> list[Objection]:
    """What is taken home is limited: how much is handed out must be said (clinical norm)."""
    if draft.quantity is None or not draft.quantity_unit:
        return [_objection("quantity")]
    if not draft.quantity.is_finite() or draft.quantity <= 0:
        return [Objection("quantity", Message.of("order.quantity-not-positive"))]
    return []


def _dosage_objections(draft: OrderDraft) -> list[Objection]:
    dosage = draft.dosage
    found: list[Objection] = []
    if dosage.dose is None:
        found.append(_objection("dose"))
    elif not dosage.dose.is_finite() or dosage.dose <= 0:
        found.append(Objection("dose", Message.of("order.dose-not-positive")))
    if not dosage.unit:
        found.append(_objection("unit"))
    if dosage.route is None:
        found.append(_objection("route"))
    once = draft.kind in _ONCE
    if dosage.frequency is None and not once:
        found.append(_objection("frequency"))
    found.extend(_rate_objections(dosage))
    limits = limit_objections(draft.limits, dosage.dose, dosage.unit)
    found.extend(Objection(*one) for one in limits)
    return found


def _rate_objections(dosage: Dosage) -> list[Objection]:
    found: list[Objection] = []
    if dosage.rate is None:
        return found
    if not dosage.rate.is_finite() or dosage.rate <= 0:
        found.append(Objection("rate", Message.of("order.rate-not-positive")))
    if not dosage.rate_unit:
        found.append(Objection("rate_unit", Message.of("order.missing-rate-unit")))
    return found


def _objection(field: str) -> Objection:
    return Objection(field, Message.of(f"order.missing-{field}"))
