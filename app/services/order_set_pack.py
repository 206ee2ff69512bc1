"""The order_sets pack, read: sets with their lines and choices, conditions, allergens.

A set of the hospital takes the place of ours when it has the same code and a higher version; it
is then the hospital's whole. A word, condition or item of the hospital takes the place of ours.
What is not valid on the day is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TypeVar

from app.domain.order_set_conditions import Agent, Allergens, Condition, Question
from app.domain.order_sets import Choice, OrderSet, SetBook, SetLine
from app.domain.orders import OrderClass, OrderKind, Priority
from app.domain.terms import Named, Term
from app.fhir.valuesets import FORMULARY, FREQUENCY, LOINC, ROUTE
from app.kernel.faults import FaultKind, app_error
from app.services.order_catalogue import PANEL
from app.services.order_items_pack import order_items
from resources.reading import rows, table_rows

Row = Mapping[str, str]
T = TypeVar("T")

TABLES = ("sets", "headings", "choices", "lines", "conditions", "allergens", "items")
FORMULARY_CLASS = "formulary-class"
"""In place of a code system: every drug of that class of the formulary."""

OWN_ITEM = "urn:wardone:"
YES = {"yes": True, "no": False}
ITEM_PACKS = ("formulary", "laboratory", "order_items", "order_sets")


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and where it stands."""

    where: str
    row: Row


Tables = Mapping[str, tuple[Placed, ...]]


def read_sets(shipped: Path, overlay: Path | None, today: date) -> SetBook:
    """Read the pack in `shipped`, and the hospital's over it, as valid on `today`.

    Raises:
        AppError: `STORAGE` when a row cannot be understood, with file and line: a set that is
            understood only in part would leave out what its author relies on.
    """
    ours = _tables(shipped, today)
    theirs = _tables(overlay, today) if overlay is not None else {}
    both = {name: (*ours[name], *theirs.get(name, ())) for name in TABLES}
    items = {
        one.row["code"]: one.row for one in both["items"] if _read(one, lambda row: row["code"])
    }
    sets: dict[str, OrderSet] = {}
    for tables in filter(None, (ours, theirs)):
        for one in tables["sets"]:
            made = _set(one, tables, items)
            before = sets.get(made.code)
            if before is None or version_key(made.version) > version_key(before.version):
                sets[made.code] = made
    book = SetBook(
        sets=tuple(sets.values()),
        headings={o.row["code"]: _read(o, _name) for o in both["headings"]},
        conditions={o.row["code"]: _read(o, condition_of) for o in both["conditions"]},
        allergens=allergens_of(_read(o, _checked_allergen) for o in both["allergens"]),
    )
    _check_ends(book)
    return book


def version_key(version: str) -> tuple[int, ...]:
    """`1.10` is higher than `1.9`.

    Raises:
        ValueError: It is not numbers with dots between them.
    """
    return tuple(int(part) for part in version.split("."))


def condition_of(row: Row) -> Condition:
    """One row of `conditions.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: It tests nothing that is known, or compares with no number.
    """
    days, test = row["within_days"], Question(row["test"])
    if test in (Question.AGE_FROM, Question.AGE_BELOW, Question.NOT_PREGNANT, Question.EGFR_FROM):
        int(row["value"])
    if test is Question.SEX and row["value"] not in ("male", "female"):
        raise ValueError(row["value"])
    within = timedelta(days=int(days)) if days else None
    return Condition(row["code"], test, row["value"], within, _name(row))


def line_of(row: Row, items: Mapping[str, Row]) -> SetLine:
    """One row of `lines.tsv`; `items` are the pack's own.

    Raises:
        KeyError: A column is missing.
        ValueError: A code stands in no pack, a number is none, a word is not known.
    """
    hours = row["hours"]
    return SetLine(
        key=row["line"],
        heading=row["heading"],
        order_class=OrderClass(row["order_class"]),
        item=item_of(row["pack"], OrderClass(row["order_class"]), row["item"], items),
        kind=OrderKind(row["kind"]),
        choice=row["choice"],
        preselected=YES[row["preselected"]],
        dose=_number(row["dose"]),
        unit=row["unit"],
        per_kg=YES[row["per_kg"]],
        most=_number(row["most"]),
        step=_number(row["step"]),
        route=term_of("routes", ROUTE, row["route"]),
        frequency=term_of("frequencies", FREQUENCY, row["frequency"]),
        rate=_number(row["rate"]),
        rate_unit=row["rate_unit"],
        group=row["group"],
        lasts=timedelta(hours=int(hours)) if hours else None,
        priority=Priority(row["priority"]),
        skin_test=row["skin_test"],
        conditions=tuple(row["conditions"].split()),
        reason=_name(row, "reason"),
        note=_name(row, "note"),
    )


def item_of(pack: str, order_class: OrderClass, code: str, items: Mapping[str, Row]) -> Term:
    """The item as it is ordered everywhere else.

    Raises:
        ValueError: The pack has no such code in that class.
    """
    if pack == "order_sets":
        row = items.get(code)
        own = row is not None and row["order_class"] == order_class.value
        found = _own_item(row) if row is not None and own else None
    else:
        found = _items(pack).get((order_class, code))
    if found is None:
        raise ValueError(f"{pack} {code}")
    return found


def term_of(pack: str, system: str, code: str) -> Term | None:
    """A row of the routes or frequencies pack; None for "".

    Raises:
        ValueError: The pack has no such code.
    """
    if not code:
        return None
    row = next((one for one in rows(pack, pack) if one["code"] == code), None)
    if row is None:
        raise ValueError(f"{pack} {code}")
    return Term(row["name_zh"], system, code, row["name_en"])


def allergens_of(told: Iterable[tuple[str, str, str]]) -> Allergens:
    """(class, system, code) rows as classes of agents; a drug of the formulary is always known."""
    classes: dict[str, set[Agent]] = {}
    for kind, system, code in told:
        agents = classes.setdefault(kind, set())
        if system == FORMULARY_CLASS:
            agents |= {(FORMULARY, drug) for drug in drugs_of(code)}
        else:
            agents.add((system, code))
    known = {(FORMULARY, row["code"]) for row in rows("formulary", "medicines")}
    for agents in classes.values():
        known |= agents
    return Allergens({k: frozenset(v) for k, v in classes.items()}, frozenset(known))


def drugs_of(drug_class: str) -> frozenset[str]:
    """Codes of the drugs of a class of the formulary."""
    medicines = rows("formulary", "medicines")
    return frozenset(row["code"] for row in medicines if row["class_zh"] == drug_class)


@cache
def _items(pack: str) -> Mapping[tuple[OrderClass, str], Term]:
    if pack == "formulary":
        return {
            (OrderClass.MEDICATION, row["code"]): Term(
                row["name_zh"], FORMULARY, row["code"], row["name_en"]
            )
            for row in rows("formulary", "medicines")
        }
    if pack == "laboratory":
        tests = (*rows("laboratory", "analytes"), *rows("laboratory", "panels"))
        return {(OrderClass.LABORATORY, row["key"]): _test(row) for row in tests}
    if pack == "order_items":
        return {(one.order_class, one.term.code): one.term for one in order_items()}
    raise ValueError(pack)


def _test(row: Row) -> Term:
    system, code = (LOINC, row["loinc"]) if row["loinc"] else (PANEL, row["key"])
    return Term(row["name_zh"], system, code, row["name_en"])


def _own_item(row: Row) -> Term:
    system = f"{OWN_ITEM}{OrderClass(row['order_class']).value}"
    return Term(row["name_zh"], system, row["code"], row["name_en"])


def _tables(folder: Path, today: date) -> Tables:
    return {name: _table(folder / f"{name}.tsv", today) for name in TABLES}


def _table(file: Path, today: date) -> tuple[Placed, ...]:
    try:
        read = table_rows(file.read_text(encoding="utf-8")) if file.exists() else ()
    except (OSError, ValueError) as error:
        detail = f"{file.name}: {type(error).__name__}"
        raise app_error(FaultKind.STORAGE, "order_sets.pack-unreadable", detail) from error
    placed = (Placed(f"{file.name} line {n}", row) for n, row in enumerate(read, start=2))
    return tuple(one for one in placed if _read(one, lambda row: _holds(row, today)))


def _holds(row: Row, today: date) -> bool:
    until = row.get("valid_to", "")
    begun = date.fromisoformat(row["valid_from"]) <= today
    return begun and (not until or date.fromisoformat(until) >= today)


def _set(one: Placed, tables: Tables, items: Mapping[str, Row]) -> OrderSet:
    code = one.row["code"]
    lines = tuple(
        _read(line, lambda row: line_of(row, items))
        for line in tables["lines"]
        if line.row["set"] == code
    )
    choices = tuple(_read(c, _choice) for c in tables["choices"] if c.row["set"] == code)
    return _read(one, lambda row: _named_set(row, lines, choices))


def _named_set(row: Row, lines: tuple[SetLine, ...], choices: tuple[Choice, ...]) -> OrderSet:
    version_key(row["version"])
    return OrderSet(
        code=row["code"],
        version=row["version"],
        name=_name(row),
        pinyin=row["pinyin"],
        about=_name(row, "about"),
        lines=lines,
        choices=choices,
        source=row["source"],
        status=row["status"],
    )


def _choice(row: Row) -> Choice:
    return Choice(row["choice"], _name(row), int(row["least"]), int(row["most"]))


def _checked_allergen(row: Row) -> tuple[str, str, str]:
    return row["class"], row["system"], row["code"]


def _check_ends(book: SetBook) -> None:
    """Nothing may refer to a condition, a class, a heading or a choice that is not there."""
    for one in book.sets:
        choices = {"", *(choice.key for choice in one.choices)}
        for line in one.lines:
            loose = [code for code in line.conditions if code not in book.conditions]
            if loose or line.heading not in book.headings or line.choice not in choices:
                detail = f"{one.code} {line.key}"
                raise app_error(FaultKind.STORAGE, "order_sets.pack-unreadable", detail)
    for condition in book.conditions.values():
        known = condition.value in book.allergens.classes
        if condition.test is Question.NO_ALLERGY and not known:
            raise app_error(FaultKind.STORAGE, "order_sets.pack-unreadable", condition.code)


def _read(one: Placed, read: Callable[[Row], T]) -> T:
    try:
        return read(one.row)
    except (KeyError, ValueError, ArithmeticError) as error:
        detail = f"{one.where}: {type(error).__name__}"
        raise app_error(FaultKind.STORAGE, "order_sets.pack-unreadable", detail) from error


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _name(row: Row, beginning: str = "name") -> Named:
    return Named(row[f"{beginning}_zh"], row[f"{beginning}_en"])
