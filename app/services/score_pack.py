"""The scores pack, read: what each score asks, counts and means, valid on a day.

A score of the hospital takes the place of ours of the same code and is then the hospital's whole;
an item or a conversion of the hospital takes the place of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from app.decision.scores.computing import COMPUTINGS
from app.decision.scores.formulas import FORMULAS
from app.decision.scores.reading import OPTIONAL
from app.decision.scores.spans import EVERYTHING, Span, span_of
from app.decision.scores.tables import (
    Answering,
    Band,
    Combining,
    Condition,
    Conversion,
    Default,
    Grade,
    Item,
    Limit,
    Option,
    Origin,
    Score,
    Use,
)
from app.domain.terms import Named
from app.kernel.faults import FaultKind, app_error
from resources.reading import table_rows

Row = Mapping[str, str]
T = TypeVar("T")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    name: tuple(columns.split())
    for name, columns in {
        "scores": "code name_zh name_en combining formula unit decimals total publication",
        "inputs": "code name_zh name_en answering loinc unit plausible",
        "uses": "score item part needed computing operands unit rounding decimals points"
        " stale_hours",
        "bands": "score item unit when span points",
        "options": "score item option points name_zh name_en",
        "parts": "code name_zh name_en",
        "limits": "score item span answers why_zh why_en",
        "grades": "score code span single name_zh name_en response_zh response_en urgency",
        "constants": "score name value",
        "defaults": "score item answer why_zh why_en",
        "conversions": "loinc unit into factor offset",
    }.items()
}
"""Columns of every table, beside source, status and validity."""

TABLES = tuple(COLUMNS)
NEEDS = ("yes", "no", "operand")
"""Words of `needed`; anything else is the condition under which it is."""
UNLESS = "unless:"
"""In `needed`, before the items that make it superfluous: `unless:gcs`."""
ROUNDINGS = ("", "half-up", "down")
URGENCIES = ("", "urgent", "emergency")


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and where it stands."""

    where: str
    row: Row


Tables = Mapping[str, tuple[Placed, ...]]


def read_scores(shipped: Path, overlay: Path | None, today: date) -> Mapping[str, Score]:
    """The scores of the pack in `shipped`, and the hospital's over it, by code.

    Raises:
        AppError: `STORAGE` when a row cannot be understood, with file and line: a score that is
            understood only in part would count too little.
    """
    ours = _tables(shipped, today)
    theirs = _tables(overlay, today) if overlay is not None else {}
    both = {name: (*ours[name], *theirs.get(name, ())) for name in TABLES}
    items = {one.row["code"]: _read(one, item_of) for one in both["inputs"]}
    parts = {one.row["code"]: _read(one, name_of) for one in both["parts"]}
    # Theirs come first: the first that fits is taken.
    conversions = tuple(
        _read(one, conversion_of) for one in (*theirs.get("conversions", ()), *ours["conversions"])
    )
    found: dict[str, Score] = {}
    for tables in filter(None, (ours, theirs)):
        for one in tables["scores"]:
            reader = _Reader(tables, items, parts, conversions)
            found[one.row["code"]] = reader.score(one)
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    tables: Tables
    items: Mapping[str, Item]
    parts: Mapping[str, Named]
    conversions: tuple[Conversion, ...]

    def score(self, one: Placed) -> Score:
        code = one.row["code"]
        uses = tuple(self._use(code, line) for line in self._of(code, "uses"))
        made = _read(
            one,
            lambda row: Score(
                code=code,
                name=name_of(row),
                combining=Combining(row["combining"]),
                uses=uses,
                grades=tuple(_read(line, grade_of) for line in self._of(code, "grades")),
                origin=Origin(row["publication"], row["source"], row["status"]),
                limits=tuple(_read(line, limit_of) for line in self._of(code, "limits")),
                step=_step(row["decimals"]),
                unit=row["unit"],
                formula=row["formula"],
                constants={
                    line.row["name"]: _read(line, lambda row: Decimal(row["value"]))
                    for line in self._of(code, "constants")
                },
                part_names=self.parts,
                conversions=self.conversions,
                defaults={
                    line.row["item"]: _read(line, default_of) for line in self._of(code, "defaults")
                },
            ),
        )
        return _read(one, lambda _: _whole(made))

    def _use(self, code: str, line: Placed) -> Use:
        def belongs(one: Placed) -> bool:
            return one.row["item"] == line.row["item"]

        item = _read(line, lambda row: self.items[row["item"]])
        unit = line.row["unit"] or item.unit
        bands = tuple(
            _read(one, lambda row: band_of(row, unit))
            for one in self._of(code, "bands")
            if belongs(one)
        )
        options = tuple(_read(o, option_of) for o in self._of(code, "options") if belongs(o))
        return _read(line, lambda row: use_of(row, item, bands, options))

    def _of(self, code: str, table: str) -> Iterable[Placed]:
        return (line for line in self.tables[table] if line.row["score"] == code)


def use_of(row: Row, item: Item, bands: tuple[Band, ...], options: tuple[Option, ...]) -> Use:
    """One row of `uses.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: A word is not known.
    """
    needed, stale, points = row["needed"], row["stale_hours"], row["points"]
    if row["rounding"] not in ROUNDINGS:
        raise ValueError(row["rounding"])
    unless = unless_of(needed)
    return Use(
        item=item,
        unit=row["unit"] or item.unit,
        part=row["part"],
        needed=needed != "no",
        needed_when=() if needed in NEEDS or unless else condition_of(needed),
        unless=unless,
        operand=needed == "operand",
        stale=timedelta(hours=int(stale)) if stale else None,
        step=_step(row["decimals"]) if row["rounding"] else None,
        down=row["rounding"] == "down",
        points=Decimal(points) if points else Decimal(),
        bands=bands,
        options=options,
        computing=row["computing"],
        operands=tuple(row["operands"].split()),
    )


def item_of(row: Row) -> Item:
    """One row of `inputs.tsv`.

    Raises:
        KeyError: A column is missing.
        ValueError: A word or a span is not known.
    """
    plausible = span_of(row["plausible"]) if row["plausible"] else EVERYTHING
    answering = Answering(row["answering"])
    return Item(row["code"], name_of(row), answering, row["loinc"], row["unit"], plausible)


def band_of(row: Row, unit: str) -> Band:
    """One row of `bands.tsv`; `unit` is the one of the item.

    Raises:
        KeyError: A column is missing.
        ValueError: The span or the condition is none.
        ArithmeticError: The points are no number.
    """
    when, span = condition_of(row["when"]), span_of(row["span"])
    return Band(row["unit"] or unit, when, span, Decimal(row["points"]))


def option_of(row: Row) -> Option:
    """One row of `options.tsv`; points that are no number are a mark, `T` or `NT`."""
    points = row["points"]
    if points.isalpha():
        return Option(row["option"], name_of(row), None, points)
    return Option(row["option"], name_of(row), Decimal(points))


def limit_of(row: Row) -> Limit:
    """One row of `limits.tsv`."""
    span: Span | None = span_of(row["span"]) if row["span"] else None
    return Limit(row["item"], span, frozenset(row["answers"].split()), name_of(row, "why"))


def grade_of(row: Row) -> Grade:
    """One row of `grades.tsv`."""
    single = Decimal(row["single"]) if row["single"] else None
    name, response = name_of(row), name_of(row, "response")
    if row["urgency"] not in URGENCIES:
        raise ValueError(row["urgency"])
    return Grade(row["code"], span_of(row["span"]), single, name, response, row["urgency"])


def default_of(row: Row) -> Default:
    """One row of `defaults.tsv`."""
    return Default(row["answer"], name_of(row, "why"))


def unless_of(needed: str) -> tuple[str, ...]:
    """Items named in `unless:gcs|other`; none for another word of `needed`."""
    return tuple(needed.removeprefix(UNLESS).split("|")) if needed.startswith(UNLESS) else ()


def conversion_of(row: Row) -> Conversion:
    """One row of `conversions.tsv`; factors may be fractions, `10/884`."""
    factor, offset = Fraction(row["factor"]), Fraction(row["offset"] or "0")
    return Conversion(row["loinc"], row["unit"], row["into"], factor, offset)


def condition_of(text: str) -> Condition:
    """`oxygen=air scale=1|2`: items, and the answers that each may have.

    Raises:
        ValueError: It is no such text.
    """
    found = []
    for part in text.split():
        item, answers = part.split("=")
        found.append((item, frozenset(answers.split("|"))))
    return tuple(found)


def name_of(row: Row, beginning: str = "name") -> Named:
    """Both wordings of a row.

    Raises:
        KeyError: A column is missing.
    """
    return Named(row[f"{beginning}_zh"], row[f"{beginning}_en"])


def _whole(score: Score) -> Score:
    """The score, if everything it computes with is there.

    Raises:
        ValueError: A name leads nowhere; what is computed stands above what it is computed from.
    """
    items = {use.item.code for use in score.uses}
    constants = set(score.constants or {})
    if score.combining is Combining.FORMULA:
        formula = FORMULAS.get(score.formula)
        if formula is None or set(formula.items) - items or set(formula.constants) - constants:
            raise ValueError(score.formula)
    above: set[str] = set()
    for use in score.uses:
        conditions = (use.needed_when, *(band.when for band in use.bands))
        asked = {item for when in conditions for item, _ in when} | set(use.unless)
        if asked - items or (use.computing and not _is_computed(use, above, constants)):
            raise ValueError(use.item.code)
        above.add(use.item.code)
    options = {(use.item.code, one.code) for use in score.uses for one in use.options}
    if {(item, one.answer) for item, one in score.defaults.items()} - options:
        raise ValueError(score.code)
    if {limit.item for limit in score.limits} - items:
        raise ValueError(score.code)
    return score


def _is_computed(use: Use, above: set[str], constants: set[str]) -> bool:
    way = COMPUTINGS.get(use.computing)
    if way is None or set(way.constants) - constants:
        return False
    firm = [one for one in use.operands if not one.endswith(OPTIONAL)]
    return len(firm) == way.operands and {o.rstrip(OPTIONAL) for o in use.operands} <= above


def _step(decimals: str) -> Fraction:
    return Fraction(1, 10 ** int(decimals or "0"))


def _tables(folder: Path, today: date) -> Tables:
    return {name: _table(folder / f"{name}.tsv", today) for name in TABLES}


def _table(file: Path, today: date) -> tuple[Placed, ...]:
    try:
        read = table_rows(file.read_text(encoding="utf-8")) if file.exists() else ()
    except (OSError, ValueError) as error:
        detail = f"{file.name}: {type(error).__name__}"
        raise app_error(FaultKind.STORAGE, "scores.pack-unreadable", detail) from error
    placed = (Placed(f"{file.name} line {n}", row) for n, row in enumerate(read, start=2))
    return tuple(one for one in placed if _read(one, lambda row: _holds(row, today)))


def _holds(row: Row, today: date) -> bool:
    until = row.get("valid_to", "")
    begun = date.fromisoformat(row["valid_from"]) <= today
    return begun and (not until or date.fromisoformat(until) >= today)


def _read(one: Placed, read: Callable[[Row], T]) -> T:
    try:
        return read(one.row)
    except (KeyError, ValueError, ArithmeticError) as error:
        detail = f"{one.where}: {type(error).__name__}"
        raise app_error(FaultKind.STORAGE, "scores.pack-unreadable", detail) from error
