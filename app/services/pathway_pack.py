"""The pathways pack, read: pathways with their stages, elements and orders, and the reasons.

A pathway of the hospital takes the place of ours when it has the same code and version; a word or
reason of the hospital takes the place of ours. What does not begin before the day is not there,
but for the words; what has run out stays, for those who are enrolled in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from app.domain.order_set_conditions import Condition
from app.domain.order_sets import Choice, OrderSet, SetBook, SetLine
from app.domain.orders import OrderClass
from app.domain.pathways import (
    Anchor,
    Element,
    Item,
    Pathway,
    PathwayBook,
    Reason,
    Stage,
)
from app.domain.pathways import Row as FormRow
from app.domain.terms import Named
from app.fhir.valuesets import FORMULARY
from app.kernel.faults import AppError, FaultKind, app_error
from app.services.order_set_pack import YES, Row, drugs_of, item_of, line_of, version_key
from resources.reading import rows, table_rows

TABLES = ("pathways", "stages", "elements", "orders", "lines", "reasons", "words")
VARIANCE, EXIT = "variance", "exit"
ROW, GROUP = "row", "group"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Placed:
    """A row and where it stands."""

    where: str
    row: Row


_Tables = Mapping[str, tuple[_Placed, ...]]


@dataclass(frozen=True, slots=True)
class Beside:
    """What the orders of a pathway take from the order sets of the hospital.

    Attributes:
        sets: For their conditions and allergens.
        items: What no other pack lists.
    """

    sets: SetBook
    items: Mapping[str, Row]


def read_pathways(shipped: Path, overlay: Path | None, today: date, beside: Beside) -> PathwayBook:
    """Read the pack in `shipped`, and the hospital's over it, as it is on `today`.

    Raises:
        AppError: `STORAGE` when a row cannot be understood, with file and line: a pathway that is
            understood only in part would pass over what its author asks for.
    """
    ours = _tables(shipped, today)
    theirs = _tables(overlay, today) if overlay is not None else {}
    found = _Reader(beside).pathways(ours, ours["lines"])
    if theirs:
        found |= _Reader(beside).pathways(theirs, (*ours["lines"], *theirs["lines"]))
    words = (*ours["words"], *theirs.get("words", ()))
    reasons = (*ours["reasons"], *theirs.get("reasons", ()))
    names = _row_names(_words(words, ROW))
    made = sorted(found.values(), key=lambda one: version_key(one.pathway.version))
    return PathwayBook(
        pathways=tuple(one.pathway for one in made),
        rows=names,
        groups=_words(words, GROUP),
        variance_reasons=_reasons(reasons, VARIANCE),
        exit_reasons=_reasons(reasons, EXIT),
        orders=SetBook(
            sets=tuple(one for each in made for one in each.sets),
            headings={row.value: name for row, name in names.items()},
            conditions=beside.sets.conditions,
            allergens=beside.sets.allergens,
        ),
        today=today,
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """A pathway, and the orders of its stages as order sets."""

    pathway: Pathway
    sets: tuple[OrderSet, ...]


@dataclass(frozen=True, slots=True)
class _Reader:
    beside: Beside

    def pathways(self, tables: _Tables, lines: Sequence[_Placed]) -> dict[str, _Made]:
        by_code = {one.row["line"]: one for one in lines}
        made = (self._made(one, tables, by_code) for one in tables["pathways"])
        return {one.pathway.origin: one for one in made}

    def _made(self, one: _Placed, tables: _Tables, lines: Mapping[str, _Placed]) -> _Made:
        origin = f"{one.row['code']}|{one.row['version']}"
        stages = tuple(_read(x, stage_of) for x in _of(tables["stages"], "pathway", origin))
        elements: list[Element] = []
        offered: dict[str, list[SetLine]] = {stage.key: [] for stage in stages}
        choices: dict[str, list[Choice]] = {stage.key: [] for stage in stages}
        for placed in _of(tables["elements"], "pathway", origin):
            element = _read(placed, element_of)
            if element.stage not in offered:
                raise _unreadable(placed.where, element.stage)
            orders = _of(_of(tables["orders"], "pathway", origin), "stage", element.stage)
            read = self._lines(_of(orders, "element", element.key), lines, element)
            offered[element.stage] += [line for line, _ in read]
            choices[element.stage] += _choice(placed, element, [line for line, _ in read])
            met = {(line.item.system, line.item.code) for line, meets in read if meets}
            elements.append(replace(element, items=element.items | met))
        pathway = _read(one, lambda row: pathway_of(row, stages, tuple(elements)))
        sets = (
            _set(pathway, stage, offered[stage.key], choices[stage.key])
            for stage in stages
            if offered[stage.key]
        )
        return _Made(pathway, tuple(sets))

    def _lines(
        self, orders: Sequence[_Placed], lines: Mapping[str, _Placed], element: Element
    ) -> list[tuple[SetLine, bool]]:
        """The lines of an element, and whether an order of the item meets it."""
        choice = element.key if len(orders) > 1 else ""
        read: list[tuple[SetLine, bool]] = []
        for one in orders:
            line = lines.get(one.row["line"])
            if line is None:
                raise _unreadable(one.where, one.row["line"])
            row = set_row(line.row, one.row, element.row, choice)
            made = _read(_Placed(line.where, row), lambda told: line_of(told, self.beside.items))
            if loose := [code for code in made.conditions if code not in self._conditions]:
                raise _unreadable(line.where, loose[0])
            read.append((made, _read(one, lambda told: YES[told["meets"]])))
        return read

    @property
    def _conditions(self) -> Mapping[str, Condition]:
        return self.beside.sets.conditions


def own_items(hospital: Path | None) -> Mapping[str, Row]:
    """What the order sets list as items of their own; those of the `hospital` come first.

    Raises:
        AppError: `STORAGE` when the table of the hospital cannot be read.
    """
    found: dict[str, Row] = {row["code"]: row for row in rows("order_sets", "items")}
    if hospital is not None:
        placed = _table(hospital / "order_sets" / "items.tsv", date.max)
        found |= {_read(one, lambda row: row["code"]): one.row for one in placed}
    return found


def set_row(line: Row, order: Row, row: FormRow, choice: str) -> Row:
    """A row of `lines.tsv` as the row of an order set that `order_set_pack.line_of` reads."""
    return {
        **line,
        "line": f"{order['element']}/{order['line']}",
        "heading": row.value,
        "choice": choice,
        "preselected": order["preselected"],
    }


def pathway_of(row: Row, stages: tuple[Stage, ...], elements: tuple[Element, ...]) -> Pathway:
    """One row of `pathways.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: A number is none, or an item stands in no pack.
    """
    version_key(row["version"])
    until = row["valid_to"]
    return Pathway(
        code=row["code"],
        version=row["version"],
        name=_named(row),
        pinyin=row["pinyin"],
        entry=tuple(row["entry"].split()),
        exclusion=_named(row, "exclusion"),
        least_days=int(row["least_days"]),
        most_days=int(row["most_days"]),
        stages=stages,
        elements=elements,
        operation=frozenset(operation_of(code) for code in row["operation"].split()),
        valid_to=date.fromisoformat(until) if until else None,
        source=row["source"],
        status=row["status"],
    )


def operation_of(code: str) -> Item:
    """An operation as it is ordered.

    Raises:
        ValueError: The pack of items has no such operation.
    """
    term = item_of("order_items", OrderClass.OPERATION, code, {})
    return term.system, term.code


def stage_of(row: Row) -> Stage:
    """One row of `stages.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: A day is no number, or the anchor is not known.
    """
    first, last = int(row["first"]), int(row["last"])
    if last < first:
        raise ValueError(row["last"])
    return Stage(row["stage"], _named(row), Anchor(row["anchor"]), first, last)


def element_of(row: Row) -> Element:
    """One row of `elements.tsv`, with what is named in it and without the items of its lines.

    Raises:
        KeyError: A column is missing.
        ValueError: A row of the form, a drug or a class of drugs is not known.
    """
    return Element(
        key=row["element"],
        stage=row["stage"],
        row=FormRow(row["row"]),
        name=_named(row),
        mandatory=YES[row["mandatory"]],
        items=frozenset(item for one in also_of(row) for item in drugs_meant(one)),
    )


def also_of(row: Row) -> tuple[str, ...]:
    """The drugs, and classes of drugs, of the formulary that meet an element too."""
    return tuple(row["also"].split("|")) if row["also"] else ()


def drugs_meant(code: str) -> frozenset[Item]:
    """A drug of the formulary, or every drug of one of its classes.

    Raises:
        ValueError: It has neither.
    """
    known = {row["code"] for row in rows("formulary", "medicines")}
    drugs = {code} if code in known else drugs_of(code)
    if not drugs:
        raise ValueError(code)
    return frozenset((FORMULARY, one) for one in drugs)


def _choice(placed: _Placed, element: Element, lines: list[SetLine]) -> list[Choice]:
    """Options of one element; none of them need be chosen, since the grid says what is open."""
    if len(lines) < 2:
        return []
    most = _read(placed, lambda row: int(row["most"] or 1))
    return [Choice(element.key, element.name, 0, most)]


def _set(pathway: Pathway, stage: Stage, lines: list[SetLine], choices: list[Choice]) -> OrderSet:
    return OrderSet(
        code=pathway.set_code(stage.key),
        version=pathway.version,
        name=stage.name,
        pinyin="",
        about=pathway.name,
        lines=tuple(lines),
        choices=tuple(choices),
        source=pathway.source,
        status=pathway.status,
    )


def _words(tables: Sequence[_Placed], kind: str) -> dict[str, Named]:
    return {one.row["code"]: _read(one, _named) for one in _of(tables, "kind", kind)}


def _row_names(words: Mapping[str, Named]) -> dict[FormRow, Named]:
    lacking = [row.value for row in FormRow if row.value not in words]
    if lacking:
        raise _unreadable("words.tsv", lacking[0])
    return {row: words[row.value] for row in FormRow}


def _reasons(tables: Sequence[_Placed], kind: str) -> dict[str, Reason]:
    return {one.row["code"]: _read(one, _reason) for one in _of(tables, "kind", kind)}


def _reason(row: Row) -> Reason:
    return Reason(row["code"], row["group"], _named(row), YES[row["asks_text"]])


def _of(table: Sequence[_Placed], column: str, value: str) -> tuple[_Placed, ...]:
    return tuple(one for one in table if _read(one, lambda row: row[column]) == value)


def _tables(folder: Path, today: date) -> _Tables:
    days = {"words": date.max}  # a row of the form is called so on any day
    return {name: _table(folder / f"{name}.tsv", days.get(name, today)) for name in TABLES}


def _table(file: Path, today: date) -> tuple[_Placed, ...]:
    try:
        read = table_rows(file.read_text(encoding="utf-8")) if file.exists() else ()
    except (OSError, ValueError) as error:
        raise _unreadable(file.name, type(error).__name__) from error
    placed = (_Placed(f"{file.name} line {n}", row) for n, row in enumerate(read, start=2))
    begun = (one for one in placed if _read(one, _begins) <= today)
    return tuple(begun)


def _begins(row: Row) -> date:
    return date.fromisoformat(row["valid_from"])


def _read(one: _Placed, read: Callable[[Row], T]) -> T:
    try:
        return read(one.row)
    except (KeyError, ValueError, ArithmeticError) as error:
        raise _unreadable(one.where, type(error).__name__) from error


def _unreadable(where: str, why: str) -> AppError:
    return app_error(FaultKind.STORAGE, "pathways.pack-unreadable", f"{where}: {why}")


def _named(row: Row, beginning: str = "name") -> Named:
    return Named(row[f"{beginning}_zh"], row[f"{beginning}_en"])
