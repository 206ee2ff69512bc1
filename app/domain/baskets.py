"""The basket: orders that are written and not signed, kept as one draft per author and patient.

It is kept whole at every change, so that a kill, a lock or a walk to the next ward loses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from app.domain.deciding import CardAnswer
from app.domain.dose_limits import DoseLimits
from app.domain.orders import (
    Dosage,
    Following,
    Objection,
    OrderClass,
    OrderDraft,
    OrderKind,
    Priority,
    objections,
)
from app.domain.terms import EncounterId, OrderId, PatientId, PractitionerId, Term
from app.domain.verbal_orders import Spoken
from app.kernel.faults import Message

DRAFT_KIND = "basket"
_FORMAT = 2
_SINCE_2: dict[str, object] = {"first_day": None, "spoken": None}
"""Fields that a basket of the first format did not have: nobody had chosen anything."""
_SHARED = ("kind", "priority", "starts_at", "ends_at", "first_day", "spoken")
"""What all members of an infusion group have in common (clinical norm: one bag, one line)."""
_SHARED_DOSAGE = ("route", "frequency", "rate", "rate_unit")


@dataclass(frozen=True, slots=True)
class BasketItem:
    """One order in the basket.

    Attributes:
        key: Its name within the basket; new for every item ever put there.
        line: The words it was read from, or "".
    """

    key: str
    draft: OrderDraft
    line: str = ""


@dataclass(frozen=True, slots=True)
class Basket:
    """Orders of one patient that wait to be signed, in the order in which they were put there.

    Attributes:
        answers: What was said to warnings about them. A second person is not kept with them: who
            goes on after a kill or a walk away asks for the agreement again.
    """

    items: tuple[BasketItem, ...] = ()
    answers: tuple[CardAnswer, ...] = ()

    @property
    def drafts(self) -> tuple[OrderDraft, ...]:
        return tuple(item.draft for item in self.items)

    def item(self, key: str) -> BasketItem | None:
        """The item of that name."""
        return next((item for item in self.items if item.key == key), None)

    def with_item(self, item: BasketItem) -> Basket:
        """With `item` in place of the one of its name, or behind the last of its group."""
        if self.item(item.key) is not None:
            items = tuple(item if one.key == item.key else one for one in self.items)
            return replace(self, items=items)
        group = item.draft.group
        places = [n for n, one in enumerate(self.items) if group and one.draft.group == group]
        at = places[-1] + 1 if places else len(self.items)
        return replace(self, items=(*self.items[:at], item, *self.items[at:]))

    def with_answer(self, answer: CardAnswer) -> Basket:
        """With `answer` in place of what was said to the same card before."""
        others = (one for one in self.answers if one.card != answer.card)
        return replace(self, answers=(*others, answer))

    def without(self, key: str) -> Basket:
        """Without the item; a group of which one is left is none any more."""
        kept = [item for item in self.items if item.key != key]
        sizes = _sizes(item.draft.group for item in kept)
        items = tuple(
            replace(item, draft=replace(item.draft, group=""))
            if sizes.get(item.draft.group, 0) == 1
            else item
            for item in kept
        )
        return replace(self, items=items)

    def objections(self, encounter: EncounterId | None) -> Mapping[str, tuple[Objection, ...]]:
        """Item and what keeps it from being signed; items that may be signed are left out.

        Args:
            encounter: The stay they would be signed for, where a draft names none.
        """
        found = {
            item.key: objections(replace(item.draft, encounter=item.draft.encounter or encounter))
            for item in self.items
        }
        for group in dict.fromkeys(item.draft.group for item in self.items if item.draft.group):
            members = [item for item in self.items if item.draft.group == group]
            for item in members:
                found[item.key] = (*found[item.key], *group_objections(item.draft, members))
        return {key: told for key, told in found.items() if told}

    @property
    def body(self) -> str:
        """As the draft keeps it."""
        kept = [
            {"key": item.key, "line": item.line, "draft": _written(item.draft)}
            for item in self.items
        ]
        answers = [[one.card, one.reason, one.text] for one in self.answers]
        body = {"basket": _FORMAT, "items": kept, "answers": answers}
        return json.dumps(body, ensure_ascii=False)

    @classmethod
    def of(cls, body: str) -> Basket | None:
        """Read a kept basket; None when it is none that this version understands."""
        try:
            kept = json.loads(body)
            if kept["basket"] not in (1, _FORMAT):
                return None
            added = _SINCE_2 if kept["basket"] == 1 else {}
            items = tuple(
                BasketItem(str(one["key"]), _draft(added | one["draft"]), str(one["line"]))
                for one in kept["items"]
            )
            # A version that knew no warnings kept no answers.
            answers = tuple(
                CardAnswer(str(card), str(reason), str(text))
                for card, reason, text in kept.get("answers", ())
            )
        except (ValueError, TypeError, LookupError, InvalidOperation):
            return None
        return cls(items, answers)


def group_objections(draft: OrderDraft, members: Iterable[BasketItem]) -> tuple[Objection, ...]:
    """What in `draft` differs from the first member of its group: one bag runs one way."""
    first = next(iter(members)).draft
    found = [name for name in _SHARED if getattr(draft, name) != getattr(first, name)]
    found += [
        name
        for name in _SHARED_DOSAGE
        if getattr(draft.dosage, name) != getattr(first.dosage, name)
    ]
    wrong = [Objection(name, Message.of("order.group-differs", field=name)) for name in found]
    if draft.order_class is not OrderClass.MEDICATION:
        wrong.append(Objection("order_class", Message.of("order.group-of-drugs")))
    return tuple(wrong)


def units_of(drafts: Iterable[OrderDraft]) -> tuple[tuple[OrderDraft, ...], ...]:
    """Drafts as they are signed: every infusion group as one, every other order by itself."""
    found: dict[str, list[OrderDraft]] = {}
    for place, draft in enumerate(drafts):
        found.setdefault(f"g{draft.group}" if draft.group else f"o{place}", []).append(draft)
    return tuple(tuple(unit) for unit in found.values())


def _sizes(groups: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for group in groups:
        if group:
            found[group] = found.get(group, 0) + 1
    return found


def _written(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _written(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, OrderClass | OrderKind | Priority | Following):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value


Kept = Mapping[str, object]
_T = TypeVar("_T")


def _draft(kept: Kept) -> OrderDraft:
    told = _Told(kept)
    encounter, replaces = told.word("encounter"), told.word("replaces")
    following = told.word("following")
    return OrderDraft(
        patient=PatientId(told.word("patient")),
        encounter=EncounterId(encounter) if encounter else None,
        order_class=OrderClass(told.word("order_class")),
        kind=OrderKind(told.word("kind")),
        item=_term(kept["item"]),
        dosage=_dosage(_inner(kept["dosage"])),
        priority=Priority(told.word("priority")),
        reason=told.word("reason"),
        note=told.word("note"),
        limits=_limits(_inner(kept["limits"])),
        group=told.word("group"),
        starts_at=told.moment("starts_at"),
        ends_at=told.moment("ends_at"),
        quantity=told.number("quantity"),
        quantity_unit=told.word("quantity_unit"),
        skin_test=told.word("skin_test"),
        replaces=OrderId(replaces) if replaces else None,
        following=Following(following) if following else None,
        origin=told.word("origin"),
        first_day=told.count("first_day"),
        spoken=_spoken(kept["spoken"]),
    )


def _dosage(kept: Kept) -> Dosage:
    told = _Told(kept)
    return Dosage(
        dose=told.number("dose"),
        unit=told.word("unit"),
        unit_text=told.word("unit_text"),
        route=_term(kept["route"]),
        frequency=_term(kept["frequency"]),
        text=told.word("text"),
        rate=told.number("rate"),
        rate_unit=told.word("rate_unit"),
    )


def _limits(kept: Kept) -> DoseLimits:
    told = _Told(kept)
    interval = told.number("interval")
    return DoseLimits(
        interval=None if interval is None else timedelta(seconds=float(interval)),
        most=told.number("most"),
        unit=told.word("unit"),
        within=timedelta(seconds=float(told.number("within") or 0)),
    )


def _spoken(kept: object) -> Spoken | None:
    if kept is None:
        return None
    told = _Told(_inner(kept))
    return Spoken(
        by=PractitionerId(told.word("by")),
        by_name=told.word("by_name"),
        situation=_term(told.kept["situation"]),
        read_back=told.kept["read_back"] is True,
    )


def _term(kept: object) -> Term | None:
    if kept is None:
        return None
    told = _Told(_inner(kept))
    return Term(told.word("text"), told.word("system"), told.word("code"), told.word("display"))


def _inner(kept: object) -> Kept:
    if not isinstance(kept, dict):
        raise TypeError("a table was expected")
    return kept


@dataclass(frozen=True, slots=True)
class _Told:
    """Values of a kept table; what is missing or of another kind raises."""

    kept: Kept

    def word(self, name: str) -> str:
        value = self.kept[name]
        return "" if value is None else str(value)

    def number(self, name: str) -> Decimal | None:
        return self._read(name, Decimal)

    def count(self, name: str) -> int | None:
        return self._read(name, int)

    def moment(self, name: str) -> datetime | None:
        return self._read(name, datetime.fromisoformat)

    def _read(self, name: str, how: Callable[[str], _T]) -> _T | None:
        value = self.kept[name]
        return None if value is None else how(str(value))
