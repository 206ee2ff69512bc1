"""What somebody orders again and again, without anything of the patient it was ordered for."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from app.domain.orders import Dosage, OrderClass, OrderDraft, OrderKind
from app.domain.terms import EncounterId, PatientId, Term

MOST_FAVOURITES = 50
MOST_RECENTS = 30
_ONCE_ONLY = (OrderKind.DISCHARGE, OrderKind.VERBAL)
_NOTHING_SAID = Dosage()


@dataclass(frozen=True, slots=True)
class OrderTemplate:
    """An item with the way it is usually ordered.

    Only what is named here is ever taken from an order: no patient, stay, reason, note, quantity
    or time, no limit, skin test or group, and no number that was worked out for one person.

    Attributes:
        dosage: Dose, unit, route, frequency and rate; never the words they were signed with.
    """

    order_class: OrderClass
    item: Term
    kind: OrderKind
    dosage: Dosage = _NOTHING_SAID

    @classmethod
    def of(cls, draft: OrderDraft, *, worked_out: bool = False) -> OrderTemplate | None:
        """The template of `draft`; None while it has no item.

        Args:
            draft: As it was pinned or signed.
            worked_out: Its dose was worked out from the weight or the surface of the patient: it
                is left out, and so is the rate.
        """
        if draft.item is None:
            return None
        said = draft.dosage
        dosage = Dosage(
            dose=said.dose,
            unit=said.unit,
            route=said.route,
            frequency=said.frequency,
            rate=said.rate,
            rate_unit=said.rate_unit,
        )
        if worked_out:
            dosage = replace(dosage, dose=None, rate=None)
        # Discharge and verbal orders belong to one moment: what is liked is the item.
        kind = OrderKind.TEMPORARY if draft.kind in _ONCE_ONLY else draft.kind
        return cls(draft.order_class, draft.item, kind, dosage)

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is a template of: class and item, the words where the item has no code."""
        item = self.item
        return self.order_class.value, item.system, item.code or item.text

    def draft(self, patient: PatientId, encounter: EncounterId | None) -> OrderDraft:
        """An order for `patient` that begins with what is usual, to be completed and signed."""
        return OrderDraft(
            patient=patient,
            encounter=encounter,
            order_class=self.order_class,
            kind=self.kind,
            item=self.item,
            dosage=self.dosage,
        )


@dataclass(frozen=True, slots=True)
class Habits:
    """What one person pinned, in their order, and what they signed last, the newest first."""

    favourites: tuple[OrderTemplate, ...] = ()
    recents: tuple[OrderTemplate, ...] = ()

    @property
    def full(self) -> bool:
        """No further favourite fits."""
        return len(self.favourites) >= MOST_FAVOURITES

    def pins(self, template: OrderTemplate) -> bool:
        """Whether the item of `template` is a favourite, in whatever dose."""
        return any(one.key == template.key for one in self.favourites)

    def pinned(self, template: OrderTemplate) -> Habits:
        """With `template` as a favourite: in the place of the same item, else at the end.

        Beyond the most that fit, nothing changes: none is pushed out unasked.
        """
        keys = [one.key for one in self.favourites]
        if template.key in keys:
            place = keys.index(template.key)
            before, after = self.favourites[:place], self.favourites[place + 1 :]
            return replace(self, favourites=(*before, template, *after))
        return self if self.full else replace(self, favourites=(*self.favourites, template))

    def unpinned(self, template: OrderTemplate) -> Habits:
        kept = tuple(one for one in self.favourites if one.key != template.key)
        return replace(self, favourites=kept)

    def signed(self, templates: tuple[OrderTemplate, ...]) -> Habits:
        """After `templates` were signed together; an item stands once, as it was ordered last."""
        newest = {one.key: one for one in templates}
        rest = tuple(one for one in self.recents if one.key not in newest)
        return replace(self, recents=(*newest.values(), *rest)[:MOST_RECENTS])


def favourites_body(habits: Habits) -> str:
    """The favourites as they are kept."""
    return _body(habits.favourites)


def recents_body(habits: Habits) -> str:
    """The recents as they are kept."""
    return _body(habits.recents)


def templates_of(body: str | None, most: int) -> tuple[OrderTemplate, ...]:
    """Read what was kept; a template that this version does not understand is left out."""
    try:
        kept = json.loads(body or "[]")
    except ValueError:
        return ()
    if not isinstance(kept, list):
        return ()
    read = (_template(one) for one in kept)
    return tuple(one for one in read if one is not None)[:most]


def _body(templates: tuple[OrderTemplate, ...]) -> str:
    return json.dumps([_written(one) for one in templates], ensure_ascii=False)


def _written(one: OrderTemplate) -> dict[str, object]:
    dosage = one.dosage
    kept: dict[str, object] = {
        "class": one.order_class.value,
        "kind": one.kind.value,
        "item": _term_written(one.item),
        "dose": _number_written(dosage.dose),
        "unit": dosage.unit,
        "route": _term_written(dosage.route),
        "frequency": _term_written(dosage.frequency),
        "rate": _number_written(dosage.rate),
        "rate_unit": dosage.rate_unit,
    }
    return {name: value for name, value in kept.items() if value}


def _term_written(term: Term | None) -> list[str] | None:
    return None if term is None else [term.text, term.system, term.code, term.display]


def _number_written(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _template(kept: object) -> OrderTemplate | None:
    if not isinstance(kept, dict):
        return None
    try:
        item = _term(kept["item"])
        dosage = Dosage(
            dose=_number(kept.get("dose")),
            unit=str(kept.get("unit", "")),
            route=_term(kept.get("route")),
            frequency=_term(kept.get("frequency")),
            rate=_number(kept.get("rate")),
            rate_unit=str(kept.get("rate_unit", "")),
        )
        order_class, kind = OrderClass(kept["class"]), OrderKind(kept["kind"])
    except (KeyError, ValueError, TypeError, InvalidOperation):
        return None
    return None if item is None else OrderTemplate(order_class, item, kind, dosage)


def _term(kept: object) -> Term | None:
    if kept is None:
        return None
    if not isinstance(kept, list):
        raise TypeError(type(kept).__name__)
    text, system, code, display = map(str, kept)
    return Term(text, system, code, display)


def _number(kept: object) -> Decimal | None:
    """A finite number; what is none makes the whole template unreadable, never another dose."""
    if kept is None:
        return None
    number = Decimal(str(kept))
    if not number.is_finite():
        raise ValueError("not a number")
    return number
