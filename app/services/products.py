"""The products of the formulary: their strengths as far as they are understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from app.domain.portions import Division, Product
from app.domain.strengths import Strength, read_strength
from app.domain.terms import Term
from app.fhir.valuesets import FORMULARY
from resources.reading import rows


@dataclass(frozen=True, slots=True)
class Stock:
    """What the formulary has of one medicine.

    Attributes:
        products: Those that can be computed with.
        unread: Strengths that are not understood, or whose form is not counted in pieces; as the
            list writes them, with their form.
    """

    products: tuple[Product, ...] = ()
    unread: tuple[str, ...] = ()


NOTHING = Stock()


def stock_of(item: Term | None) -> Stock:
    """The products of a medicine of the formulary; none of anything else."""
    if item is None or item.system != FORMULARY:
        return NOTHING
    return _stock().get(item.code, NOTHING)


def read_product(form: str, written: str) -> Product | None:
    """A row of `forms.tsv` to compute with; None where that is not possible.

    A form may name a percentage (`inj 0.9%`): then the strength is that of the solution.
    """
    strength = read_strength(written)
    if strength is None:
        return None
    name, _, more = form.rpartition(" ")
    solution = read_strength(more) if name else None
    if solution is not None and solution.percent is not None:
        form, strength = name, _dissolved(strength, solution.percent, more)
    liquid = "yes" if strength.volume is not None else "no"
    row = _pieces().get((form, liquid)) or _pieces().get((form, ""))
    if row is None:
        return None
    units = tuple(row["units"].split("|"))
    return Product(form, strength, units, row["word"], Division(row["division"]))


def _dissolved(strength: Strength, percent: Decimal, written: str) -> Strength:
    return replace(strength, written=f"{written} {strength.written}", percent=percent)


@cache
def _pieces() -> Mapping[tuple[str, str], dict[str, str]]:
    return {(row["form"], row["liquid"]): row for row in rows("dispensing", "pieces")}


@cache
def _stock() -> Mapping[str, Stock]:
    found: dict[str, Stock] = {}
    for row in rows("formulary", "forms"):
        if not row["strength"]:
            continue
        old = found.get(row["code"], NOTHING)
        product = read_product(row["form"], row["strength"])
        if product is None:
            told = f"{row['form']} {row['strength']}"
            found[row["code"]] = replace(old, unread=(*old.unread, told))
        else:
            found[row["code"]] = replace(old, products=(*old.products, product))
    return found
