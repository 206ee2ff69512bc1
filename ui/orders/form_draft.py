"""From the form to the order it stands for, and what keeps that from being signed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

from app.domain.day_counts import ends_after
from app.domain.dose_limits import NO_LIMITS, DoseLimits
from app.domain.orders import (
    Dosage,
    Objection,
    OrderClass,
    OrderDraft,
    OrderKind,
    Priority,
    objections,
)
from app.domain.terms import EncounterId, PatientId, Term
from app.kernel.faults import Message
from ui.orders.form import EVERYTHING, OVER, TIMES, OrderForm
from ui.orders.moments import moment_of

_DAYS = re.compile(r"[1-9][0-9]{0,2}")
_NUMBER = re.compile(r"[0-9]{1,7}(\.[0-9]{1,6})?")  # ASCII: no full-width digit becomes a dose
_MINUTES = 60
_DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class Choices:
    """What a form is read with: the packs a dosage is chosen from, and the ward's clock."""

    routes: tuple[Term, ...] = ()
    frequencies: tuple[Term, ...] = ()
    zone: tzinfo = UTC


def draft_of(
    form: OrderForm,
    patient: PatientId,
    encounter: EncounterId | None,
    choices: Choices,
    now: datetime,
) -> OrderDraft:
    """The order the form stands for. What cannot be read is missing, never guessed."""
    dosage = _dosage(form, choices)
    starts = _moment(form.starts_at, form.starts_from, now, choices.zone)
    return OrderDraft(
        patient=patient,
        encounter=encounter,
        order_class=_class(form),
        kind=OrderKind(form.kind),
        item=_item(form),
        dosage=dosage,
        priority=Priority(form.priority),
        reason=form.reason.strip(),
        note=form.note.strip(),
        limits=limits_of(form, dosage) if form.as_needed else NO_LIMITS,
        group=form.group,
        starts_at=starts,
        ends_at=_end(form, starts or now, now, choices.zone),
        skin_test=form.skin_test if form.medication else "",
        quantity=dose_of(form.quantity) if form.handed_out else None,
        quantity_unit=form.quantity_unit if form.handed_out else "",
    )


def dose_of(typed: str) -> Decimal | None:
    """A plain decimal number; `1,5`, `½`, `1-2` are not read."""
    text = typed.strip()
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def days_of(typed: str) -> int | None:
    """Whole days, at least one; a fraction or words are not read."""
    text = typed.strip()
    return int(text) if _DAYS.fullmatch(text) else None


def interval_of(typed: str) -> timedelta | None:
    """Hours, as long as they are whole minutes; `0` is no interval."""
    hours = dose_of(typed)
    minutes = None if hours is None else hours * _MINUTES
    if minutes is None or minutes <= 0 or minutes != minutes.to_integral_value():
        return None
    return timedelta(minutes=int(minutes))


def lasting_of(form: OrderForm) -> timedelta | None:
    """How long the bag is to run, where that is said instead of a rate."""
    number, each = dose_of(form.rate), OVER.get(form.rate_unit)
    if number is None or not number or each is None:
        return None
    return timedelta(microseconds=int(number * (each // timedelta(microseconds=1))))


def limits_of(form: OrderForm, dosage: Dosage) -> DoseLimits:
    """How soon and how much again. So many doses are that many times the amount of one."""
    most, unit = dose_of(form.most), form.most_unit
    if unit == TIMES:
        known = most is not None and dosage.dose is not None
        most = most * dosage.dose if known and most and dosage.dose else None
        unit = dosage.unit
    whole = most is not None and most > 0 and bool(unit)
    return DoseLimits(
        interval=interval_of(form.interval),
        most=most if whole else None,
        unit=unit if whole else "",
        within=timedelta(hours=float(form.within or _DAY_HOURS)),
    )


def objections_of(
    form: OrderForm, draft: OrderDraft, choices: Choices, now: datetime
) -> tuple[Objection, ...]:
    """What keeps the order from being signed; what cannot be read is said as such."""
    unread = form.medication and form.dose.strip() and draft.dosage.dose is None
    found = [
        Objection("dose", Message.of("orders.dose-not-read"))
        if unread and one.field == "dose"
        else one
        for one in objections(draft)
    ]
    if form.order_class == EVERYTHING and form.query.strip() and form.item is None:
        found = [one for one in found if one.field != "item"]
        found.insert(0, Objection("item", Message.of("order_form.choose_item")))
    if form.medication and form.rate.strip() and dose_of(form.rate) is None:
        found.append(Objection("rate", Message.of("orders.rate-not-read")))
    elif form.medication and form.rate_unit in OVER and dose_of(form.rate) == 0:
        found.append(Objection("rate", Message.of("order.rate-not-positive")))
    found += _of_times(form, draft, choices.zone, now)
    if form.as_needed:
        found += _of_limits(form, draft)
    return tuple(found)


def _of_times(form: OrderForm, draft: OrderDraft, zone: tzinfo, now: datetime) -> list[Objection]:
    found: list[Objection] = []
    if form.duration_d.strip():
        if days_of(form.duration_d) is None:
            found.append(Objection("duration_d", Message.of("orders.days-not-read")))
        elif form.ends_at.strip():
            found.append(Objection("ends_at", Message.of("order_times.two_ends")))
    for field, typed, since, at in (
        ("starts_at", form.starts_at, form.starts_from, draft.starts_at),
        ("ends_at", form.ends_at, form.ends_from, draft.ends_at),
    ):
        read = moment_of(typed, anchor_of(since, now), zone)
        if isinstance(read, Message):
            found.append(Objection(field, read))
        # Only what was said in a rescue is written down after it began.
        elif at is not None and at < now and (field == "ends_at" or draft.kind is not _RESCUE):
            found.append(Objection(field, Message.of("order_times.past")))
    return found


_RESCUE = OrderKind.VERBAL


def _of_limits(form: OrderForm, draft: OrderDraft) -> list[Objection]:
    found: list[Objection] = []
    if form.interval.strip() and draft.limits.interval is None:
        found.append(Objection("interval", Message.of("order_limits.interval_not_read")))
    if not form.most.strip():
        return found
    number = dose_of(form.most)
    if number is None or number <= 0:
        found.append(Objection("most", Message.of("order_limits.most_not_read")))
    elif not form.most_unit:
        found.append(Objection("most_unit", Message.of("order_limits.most_of_what")))
    return found


def _dosage(form: OrderForm, choices: Choices) -> Dosage:
    frequency = _term(choices.frequencies, form.frequency)
    if not form.medication:
        return Dosage(frequency=frequency)
    return Dosage(
        dose=dose_of(form.dose),
        unit=form.unit,
        route=_term(choices.routes, form.route),
        frequency=frequency,
        rate=None if form.rate_unit in OVER else dose_of(form.rate),
        rate_unit="" if form.rate_unit in OVER else form.rate_unit,
    )


def _class(form: OrderForm) -> OrderClass:
    return OrderClass.MEDICATION if form.medication else OrderClass(form.order_class)


def _item(form: OrderForm) -> Term | None:
    if form.packed or form.item is not None:
        return form.item
    words = form.query.strip()
    return Term(words) if words else None


def _term(terms: tuple[Term, ...], code: str) -> Term | None:
    return next((term for term in terms if term.code == code), None)


def _moment(typed: str, since: str, now: datetime, zone: tzinfo) -> datetime | None:
    read = moment_of(typed, anchor_of(since, now), zone)
    return read if isinstance(read, datetime) else None


def anchor_of(since: str, now: datetime) -> datetime:
    """When something was typed; now, where that is not known."""
    try:
        return datetime.fromisoformat(since)
    except ValueError:
        return now


def _end(form: OrderForm, starts: datetime, now: datetime, zone: tzinfo) -> datetime | None:
    """The end that was typed, or so many days after the start; to the minute, as on the sheet."""
    if form.ends_at.strip():
        return _moment(form.ends_at, form.ends_from, now, zone)
    days = days_of(form.duration_d)
    if days is None:
        return None
    return ends_after(starts, days, zone).replace(second=0, microsecond=0)
