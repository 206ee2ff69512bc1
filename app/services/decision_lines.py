"""Orders, being written or on the chart, as the decision engine reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache

from app.decision.situation import Line, Standing
from app.decision.substances import Drug
from app.domain.dose_limits import NO_LIMITS, DoseLimits
from app.domain.orders import Dosage, Ending, Order, OrderClass, OrderDraft, OrderKind
from app.domain.portions import amount
from app.domain.quantities import Quantity, is_positive
from app.domain.terms import Named, OrderId, Term
from app.fhir.valuesets import FREQUENCY, ROUTE, STOPPED_STATUSES
from app.services.products import stock_of
from resources.reading import rows

DrugOf = Callable[[Term], Drug | None]
"""The drug a term names, exactly; None where it names none that is known."""

_CHARTED = "order/"
_ONCE = (OrderKind.STAT, OrderKind.TEMPORARY, OrderKind.SOS, OrderKind.VERBAL)
_NEEDED = (OrderKind.PRN, OrderKind.SOS)
_NEVER = ("cancelled", "entered-in-error")
_OVER = frozenset({*STOPPED_STATUSES, "completed"})
_ONE_DOSE_LASTS = timedelta(days=1)
"""How long what is given once counts as running; then it counts as stopped when it began."""
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_MONTH = 30


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where a line stands, and since and until when."""

    standing: Standing
    limits: DoseLimits
    started: datetime | None
    ended: datetime | None = None


def new_line(key: str, draft: OrderDraft, drug_of: DrugOf) -> Line | None:
    """The line of an order being written; None of what is no medication."""
    if draft.order_class is not OrderClass.MEDICATION or draft.item is None:
        return None
    stand = _Stand(Standing.NEW, draft.limits, draft.starts_at)
    return _line(key, draft, draft.item, drug_of, stand)


def charted_line(order: Order, drug_of: DrugOf, now: datetime) -> Line | None:
    """The line of an order on the chart; None of one that was never to be carried out."""
    if order.prohibited or order.status in _NEVER or order.ending is Ending.CANCELLED:
        return None
    started = order.starts_at or order.authored_at
    ended = _ended_at(order, started, now)
    over = ended is not None or order.status in _OVER
    standing = Standing.STOPPED if over else Standing.ACTIVE
    stand = _Stand(standing, NO_LIMITS, started, ended)
    return _line(f"{_CHARTED}{order.id}", order, order.item, drug_of, stand)


def order_of(line: str) -> OrderId | None:
    """The order on the chart that a line of this key stands for."""
    return OrderId(line.removeprefix(_CHARTED)) if line.startswith(_CHARTED) else None


def draft_of(order: Order) -> OrderDraft:
    """What `order` orders, as if it were written now: to judge one that waits for a signature."""
    return OrderDraft(
        patient=order.patient,
        encounter=order.encounter,
        order_class=order.order_class,
        kind=order.kind or OrderKind.TEMPORARY,
        item=order.item,
        dosage=order.dosage,
        priority=order.priority,
        reason=order.reason,
        group=order.group,
        starts_at=order.starts_at,
        ends_at=order.ends_at,
        skin_test=order.skin_test,
    )


def _line(
    key: str, written: OrderDraft | Order, item: Term, drug_of: DrugOf, stand: _Stand
) -> Line:
    dosage = written.dosage
    needed = written.kind in _NEEDED or _row_kind(dosage) == "conditional"
    dose = _quantity(dosage.dose, dosage.unit)
    return Line(
        key=key,
        drug=drug_of(item),
        named=Named(item.text, item.display),
        standing=stand.standing,
        dose=dose,
        amount=None if dose is None else _held(item, dose),
        dose_text="" if dose is not None else _unread(dosage),
        route=_code(dosage.route, ROUTE),
        frequency=_code(dosage.frequency, FREQUENCY),
        per_day=_most(stand.limits, dosage) if needed else per_day(dosage),
        as_needed=needed,
        once=not needed and _is_once(written.kind, dosage),
        rate=_quantity(dosage.rate, dosage.rate_unit),
        group=written.group,
        started_at=stand.started,
        stopped_at=stand.ended,
        indication=written.reason,
        skin_test=written.skin_test,
    )


def _ended_at(order: Order, started: datetime | None, now: datetime) -> datetime | None:
    """When it ended, by a stop, by itself, or because it was given once and long ago."""
    if order.stopped_at is not None:
        return order.stopped_at
    if order.ends_at is not None and order.ends_at <= now:
        return order.ends_at
    once = _is_once(order.kind, order.dosage)
    if once and started is not None and now - started > _ONE_DOSE_LASTS:
        return started
    return None


def _is_once(kind: OrderKind | None, dosage: Dosage) -> bool:
    return _row_kind(dosage) == "once" or (dosage.frequency is None and kind in _ONCE)


def _quantity(value: Decimal | None, unit: str) -> Quantity | None:
    """An amount with its unit; a number without one is no amount."""
    if value is None or not unit:
        return None
    found = Quantity(value, unit)
    return found if is_positive(found) else None


def _unread(dosage: Dosage) -> str:
    """What was written where no amount with a unit could be read."""
    if dosage.dose is not None:
        return f"{dosage.dose} {dosage.unit}".strip()
    return dosage.text


def _held(item: Term, dose: Quantity) -> Quantity | None:
    """The substance in a count of pieces, where the formulary has one such product and no other."""
    stock = stock_of(item)
    if stock.unread or not dose.unit.startswith("{"):
        return None
    found = [amount(dose, one) for one in stock.products if dose.unit in one.pieces]
    return found[0] if len(found) == 1 else None


def _code(term: Term | None, system: str) -> str:
    return term.code if term is not None and term.system == system else ""


def per_day(dosage: Dosage) -> Fraction | None:
    """Administrations a day as the frequencies pack says, exactly; None where it does not."""
    return _counts().get(_code(dosage.frequency, FREQUENCY))


def _most(limits: DoseLimits, dosage: Dosage) -> Fraction | None:
    """The most that may be given a day of what is given when needed."""
    found: list[Fraction] = []
    if limits.interval:
        found.append(Fraction(_DAY // _SECOND, limits.interval // _SECOND))
    if limits.most is not None and dosage.dose and limits.within and limits.unit == dosage.unit:
        share = Fraction(limits.most) / Fraction(dosage.dose)
        found.append(share * Fraction(_DAY // _SECOND, limits.within // _SECOND))
    return min(found) if found else None


def _row_kind(dosage: Dosage) -> str:
    return _kinds().get(_code(dosage.frequency, FREQUENCY), "")


@cache
def _kinds() -> dict[str, str]:
    return {row["code"]: row["kind"] for row in rows("frequencies", "frequencies")}


@cache
def _counts() -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for row in rows("frequencies", "frequencies"):
        if row["interval_minutes"]:
            found[row["code"]] = Fraction(1440, int(row["interval_minutes"]))
        elif row["period_days"]:
            found[row["code"]] = Fraction(1, int(row["period_days"]))
        elif row["days"]:
            found[row["code"]] = Fraction(len(row["days"].split(",")), 7)
        elif row["code"] == "qmo":
            found[row["code"]] = Fraction(1, _MONTH)
        elif row["kind"] in ("clock", "event"):
            found[row["code"]] = Fraction(row["per_day"])
    return found
