"""The pack of orderable items: what is neither medicine nor test, and which names are confused."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from app.domain.orders import OrderClass, OrderKind
from app.domain.terms import Term
from app.services.order_class_pack import class_rules
from resources.reading import rows

_PACK = "order_items"
_OURS = "urn:wardone:"


class Standing(enum.Enum):
    """How an order of an exclusive class stands beside others of it."""

    MAIN = "main"
    """It takes the place of the main one."""
    BESIDE = "beside"
    """An addition: it stops nothing."""
    ALONE = "alone"
    """Nothing stands beside it: nil by mouth ends the additions too."""


@dataclass(frozen=True, slots=True)
class OrderItem:
    """A row of the pack.

    Attributes:
        term: Chinese words, English display, system `urn:wardone:<class>`.
        initials, spelled: Pinyin, for typing.
        shorts: Abbreviations and ward names.
        kind: What an order of it begins with.
        frequency: Code of the frequencies pack that an order of it begins with, or "".
        standing: None outside of the exclusive classes.
        unit: UCUM code of what is counted (a unit of blood), or "".
        procedure: Code of ICD-9-CM volume 3, or "".
    """

    term: Term
    order_class: OrderClass
    initials: str
    spelled: str
    shorts: tuple[str, ...]
    kind: OrderKind
    frequency: str
    standing: Standing | None
    unit: str
    procedure: str


@dataclass(frozen=True, slots=True)
class ErrorProne:
    """An abbreviation that has killed: it names more than one medicine.

    Attributes:
        short: As it is commonly written.
        meanings: What it was taken for; Chinese words, English display.
    """

    short: str
    meanings: Term


@cache
def order_items() -> tuple[OrderItem, ...]:
    """Every item, in the order of the pack."""
    return tuple(_item(row) for row in rows(_PACK, "items"))


@cache
def error_prone() -> Mapping[str, ErrorProne]:
    """The dangerous abbreviations, by their letters in lower case without gaps."""
    return MappingProxyType(
        {
            letters(row["short"]): ErrorProne(
                row["short"], Term(row["meanings_zh"], display=row["meanings_en"])
            )
            for row in rows(_PACK, "error_prone")
        }
    )


@cache
def look_alikes() -> Mapping[str, tuple[str, ...]]:
    """English names that a medicine is confused with (看似听似), by its English name."""
    found: dict[str, list[str]] = {}
    for row in rows(_PACK, "look_alike"):
        found.setdefault(row["one"], []).append(row["other"])
        found.setdefault(row["other"], []).append(row["one"])
    return MappingProxyType({name: tuple(others) for name, others in found.items()})


@cache
def tall_names() -> Mapping[str, str]:
    """English names with the letters that tell them apart in capitals (tall man letters)."""
    return MappingProxyType({row["drug"]: row["tall"] for row in rows(_PACK, "tall_man")})


def displaces(order_class: OrderClass, new: Term, old: Term) -> bool:
    """Whether a new order of `new` stops one of `old`, both of `order_class`.

    An item that the pack does not know is a main one.
    """
    if not class_rules()[order_class].exclusive:
        return False
    comes, holds = _standing(order_class, new), _standing(order_class, old)
    if comes is Standing.BESIDE:
        return False
    return comes is Standing.ALONE or holds is not Standing.BESIDE


def letters(text: str) -> str:
    """`text` as abbreviations are compared: lower case, without gaps and dots."""
    return "".join(text.casefold().replace(".", "").split())


def _standing(order_class: OrderClass, item: Term) -> Standing:
    found = _by_code().get((order_class, item.system, item.code))
    return found.standing or Standing.MAIN if found is not None else Standing.MAIN


@cache
def _by_code() -> Mapping[tuple[OrderClass, str, str], OrderItem]:
    return {(one.order_class, one.term.system, one.term.code): one for one in order_items()}


def _item(row: Mapping[str, str]) -> OrderItem:
    order_class = OrderClass(row["order_class"])
    kind = row["kind"]
    return OrderItem(
        term=Term(row["name_zh"], f"{_OURS}{row['order_class']}", row["code"], row["name_en"]),
        order_class=order_class,
        initials=row["pinyin"],
        spelled=row["spelled"],
        shorts=tuple(one for one in row["short"].split(",") if one),
        kind=OrderKind(kind) if kind else class_rules()[order_class].default_kind,
        frequency=row["frequency"],
        standing=Standing(row["standing"]) if row["standing"] else None,
        unit=row["unit"],
        procedure=row["icd9cm3"],
    )
