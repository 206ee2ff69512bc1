"""Orders in words of the order sheets: Chinese, out of the packs, whatever language the screen has.

Every member of a group has its own amount; route and frequency are said once, under the group,
and with each member where they differ: nothing of an order is left off the paper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache

from app.domain.order_sheets import Wording
from app.domain.orders import Dosage, Order, OrderKind
from app.domain.patients import Banner
from app.domain.terms import Term
from app.fhir.valuesets import FREQUENCY, ROUTE
from resources.reading import rows

_NO_BREAK = "\N{NO-BREAK SPACE}"
_ONCE = (OrderKind.STAT, OrderKind.TEMPORARY, OrderKind.SOS, OrderKind.VERBAL)


def wordings(orders: Iterable[Order]) -> Callable[[Order], Wording]:
    """How each of `orders` is worded; the last of a group says route and frequency for all."""
    every = sorted(orders, key=lambda one: (one.group, one.place, one.id))
    shared = {one.group: _how(one) for one in every if one.group}

    def wording(order: Order) -> Wording:
        what, how = _what(order), _how(order)
        if order.group and shared.get(order.group) != how:
            return Wording("  ".join(part for part in (what, how) if part))
        return Wording(what, how)

    return wording


def patient_line(banner: Banner) -> str:
    """Whose sheet it is: the name, two numbers and the birth date, then the place."""
    patient, stay = banner.patient, banner.stay
    none = _words()["not-recorded"]
    born = patient.birth_date_text or (str(patient.birth_date) if patient.birth_date else "")
    ward = stay.ward_name.name if stay is not None and stay.ward_name is not None else ""
    return _words()["patient"].format(
        name=patient.name or none,
        admission=(stay.admission_number if stay is not None else "") or none,
        record=patient.record_number or none,
        born=born or none,
        ward=ward or none,
        bed=(stay.bed if stay is not None else "") or none,
    )


def amount(value: Decimal, unit: str) -> str:
    """A number with its unit; no trailing zero, no abbreviation that can be misread."""
    exact = f"{value:,f}"
    number = exact.rstrip("0").rstrip(".") if "." in exact else exact
    spelled = "/".join(_units().get(part, part) for part in unit.split("/"))
    return f"{number}{_NO_BREAK}{spelled}" if spelled else number


def _what(order: Order) -> str:
    dosage, words = order.dosage, _words()
    parts = [order.item.text, *_amounts(order)]
    if order.quantity is not None:
        said = amount(order.quantity, order.quantity_unit)
        parts.append(words["quantity"].format(amount=said))
    if order.skin_test:
        parts.append(words[f"skin-{order.skin_test}"])
    if _needs_its_text(order, dosage):
        parts.append(dosage.text)
    if order.note:
        parts.append(words["note"].format(note=order.note))
    return "  ".join(parts)


def _amounts(order: Order) -> list[str]:
    dosage = order.dosage
    found = []
    if dosage.dose is not None:
        found.append(amount(dosage.dose, dosage.unit or dosage.unit_text))
    if dosage.rate is not None:
        found.append(amount(dosage.rate, dosage.rate_unit))
    return found


def _needs_its_text(order: Order, dosage: Dosage) -> bool:
    """A foreign line without an amount, and one whose flow stands only in its words."""
    if not dosage.text:
        return False
    if dosage.dose is None and dosage.rate is None:
        return True
    if dosage.rate is not None:
        return False
    if dosage.frequency is None:
        return order.kind not in _ONCE
    return dosage.frequency.code == "cont"


def _how(order: Order) -> str:
    dosage = order.dosage
    said = (
        _named("routes", ROUTE, dosage.route),
        _named("frequencies", FREQUENCY, dosage.frequency),
        _words().get(f"kind-{order.kind.value}", "") if order.kind is not None else "",
    )
    return " ".join(part for part in said if part)


def _named(pack: str, system: str, term: Term | None) -> str:
    """The name of the pack; what is not of the pack in the words of the record."""
    if term is None:
        return ""
    return _names(pack).get(term.code, term.text) if term.system == system else term.text


@cache
def _names(pack: str) -> dict[str, str]:
    return {row["code"]: row["name_zh"] for row in rows(pack, pack)}


@cache
def _words() -> dict[str, str]:
    return {row["name"]: row["text"] for row in rows("order_sheets", "words")}


@cache
def _units() -> dict[str, str]:
    return {row["code"]: row["text"] for row in rows("order_sheets", "units")}
