"""The order_sets pack: everything a hospital can get wrong in its order sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import cached_property, partial

from app.commands.packs.files import Laid, Line, PackFiles, Table, read_pack, twice
from app.commands.packs.findings import Finding
from app.domain.order_set_conditions import Question
from app.domain.order_sets import SetLine
from app.domain.orders import OrderClass, OrderKind, Priority
from app.domain.quantities import Quantity, measure
from app.kernel.faults import Message
from app.services.order_class_pack import class_rules
from app.services.order_set_pack import (
    FORMULARY_CLASS,
    ITEM_PACKS,
    TABLES,
    YES,
    Row,
    condition_of,
    drugs_of,
    item_of,
    line_of,
    term_of,
    version_key,
)
from resources.reading import path

_ALWAYS = ("source", "status", "valid_from")
_NAMES = ("name_zh", "name_en")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "sets": ("code", "version", *_NAMES, "pinyin", "about_zh", "about_en", *_ALWAYS, "valid_to"),
    "headings": ("code", *_NAMES, *_ALWAYS),
    "choices": ("set", "choice", "least", "most", *_NAMES, *_ALWAYS),
    "lines": (
        *("set", "line", "heading", "choice", "preselected", "order_class", "pack", "item"),
        *("kind", "dose", "unit", "per_kg", "most", "step", "route", "frequency", "rate"),
        *("rate_unit", "group", "hours", "priority", "skin_test", "conditions"),
        *("reason_zh", "reason_en", "note_zh", "note_en", *_ALWAYS),
    ),
    "conditions": ("code", "test", "value", "within_days", *_NAMES, *_ALWAYS),
    "allergens": ("class", "system", "code", *_ALWAYS),
    "items": ("code", "order_class", *_NAMES, *_ALWAYS),
}
_FILLED: Mapping[str, tuple[str, ...]] = {
    "sets": ("code", "version", *_NAMES, "pinyin"),
    "headings": ("code", *_NAMES),
    "choices": ("set", "choice", "least", "most", *_NAMES),
    "lines": ("set", "line", "heading", "order_class", "pack", "item", "kind"),
    "conditions": ("code", "test", *_NAMES),
    "allergens": ("class", "system", "code"),
    "items": ("code", "order_class", *_NAMES),
}
_WORDS: Mapping[str, tuple[str, ...]] = {
    "preselected": tuple(YES),
    "per_kg": tuple(YES),
    "pack": ITEM_PACKS,
    "order_class": tuple(one.value for one in OrderClass),
    "kind": tuple(one.value for one in OrderKind),
    "priority": tuple(one.value for one in Priority),
    "skin_test": ("", "required", "exempt"),
    "test": tuple(one.value for one in Question),
}
_NUMBERS = ("dose", "most", "step", "rate", "hours", "least", "within_days")
_UNITS = (("dose", "unit"), ("rate", "rate_unit"))
SHARED = ("kind", "route", "frequency", "rate", "rate_unit", "priority", "choice", "preselected")


class SetTables(Laid):
    """The pack with what it may refer to: its own rows, and for an overlay those that ship."""

    def codes(self, table: str, column: str = "code") -> frozenset[str]:
        return frozenset(line.row[column] for line in self.rows(table))

    @cached_property
    def items(self) -> Mapping[str, Row]:
        return {line.row["code"]: line.row for line in self.rows("items")}

    @cached_property
    def weights(self) -> frozenset[str]:
        """Conditions that ask for a weight."""
        return frozenset(
            line.row["code"]
            for line in self.rows("conditions")
            if line.row["test"] == Question.WEIGHT.value
        )


def check_order_sets(pack: PackFiles) -> Iterator[Finding]:
    """Everything that is wrong with `pack` as a pack of order sets."""
    lacking = list(lacking_columns(pack, TABLES, COLUMNS))
    yield from lacking
    if lacking:
        return  # what is not in the heading cannot be checked row by row
    shipped = read_pack(path("packs/order_sets"))[0] if pack.overlay else None
    tables = SetTables(pack, shipped)
    wrong = [*_cells(pack), *_keys(pack)]
    yield from wrong
    yield from _sets(pack)
    yield from _conditions(tables)
    yield from _lines(tables)
    yield from _groups(pack)
    yield from _choices(pack)
    yield from _allergens(pack)
    yield from _unread(tables)


def lacking_columns(
    pack: PackFiles, tables: tuple[str, ...], columns: Mapping[str, tuple[str, ...]]
) -> Iterator[Finding]:
    """Tables and columns that the loader asks for and the pack does not have, and the reverse."""
    for name in tables:
        table = pack.table(name)
        if name not in pack.tables and not pack.overlay:
            yield table.finding(0, "packs.table-missing")
        for column in columns[name] if name in pack.tables else ():
            if column not in table.columns:
                yield table.finding(1, "packs.no-column", column=column)
    for name in sorted(set(pack.tables) - set(tables)):
        yield pack.tables[name].finding(0, "packs.unread-table")


def empty_cells(pack: PackFiles, filled: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    """Cells that must say something and do not."""
    for name, table in pack.tables.items():
        for line in table.lines:
            for column in filled[name]:
                if not line.row[column].strip():
                    yield table.finding(line.number, "packs.empty", column=column)


def _cells(pack: PackFiles) -> Iterator[Finding]:
    yield from empty_cells(pack, _FILLED)
    for name, table in pack.tables.items():
        for line in table.lines:
            yield from unknown_words(table, line)
            for column in (one for one in _NUMBERS if one in table.columns):
                if line.row[column] and not is_amount(line.row[column]):
                    value = line.row[column]
                    yield table.finding(
                        line.number, "packs.not-a-number", column=column, value=value
                    )
            if name in ("lines", "choices") and not is_amount(line.row["most"] or "1"):
                yield table.finding(
                    line.number, "packs.not-a-number", column="most", value=line.row["most"]
                )


def unknown_words(table: Table, line: Line) -> Iterator[Finding]:
    """Words of a line of orders that are none of those the program knows."""
    for column, known in _WORDS.items():
        if column in table.columns and line.row[column] not in known:
            yield table.finding(
                line.number,
                "packs.unknown-word",
                column=column,
                value=line.row[column],
                known=", ".join(known),
            )


def _keys(pack: PackFiles) -> Iterator[Finding]:
    for name in ("sets", "headings", "conditions", "items"):
        yield from twice(pack.table(name), ("code",))
    yield from twice(pack.table("choices"), ("set", "choice"))
    yield from twice(pack.table("lines"), ("set", "line"))
    yield from twice(pack.table("allergens"), ("class", "system", "code"))


def _sets(pack: PackFiles) -> Iterator[Finding]:
    table = pack.table("sets")
    used = {line.row["set"] for line in pack.rows("lines")}
    for line in table.lines:
        if not is_fine(partial(version_key, line.row["version"])):
            yield table.finding(line.number, "packs.order_sets.version", value=line.row["version"])
        if line.row["code"] not in used:
            yield table.finding(line.number, "packs.order_sets.no-lines", set=line.row["code"])


def _conditions(tables: SetTables) -> Iterator[Finding]:
    table, classes = tables.pack.table("conditions"), tables.codes("allergens", "class")
    for line in table.lines:
        row = line.row
        if row["test"] == Question.NO_ALLERGY.value and row["value"] not in classes:
            yield not_in(table, line, "value", "allergens")
        elif not is_fine(partial(condition_of, row)):
            yield table.finding(line.number, "packs.order_sets.condition", value=row["value"])


def _lines(tables: SetTables) -> Iterator[Finding]:
    table = tables.pack.table("lines")
    sets = {line.row["code"] for line in tables.pack.rows("sets")}
    choices = {(line.row["set"], line.row["choice"]) for line in tables.pack.rows("choices")}
    headings, conditions = tables.codes("headings"), tables.codes("conditions")
    for line in table.lines:
        row = line.row
        if row["set"] not in sets:
            yield not_in(table, line, "set", "sets")
        if row["heading"] not in headings:
            yield not_in(table, line, "heading", "headings")
        if row["choice"] and (row["set"], row["choice"]) not in choices:
            yield not_in(table, line, "choice", "choices")
        for code in row["conditions"].split():
            if code not in conditions:
                yield not_in(table, line, "conditions", "conditions", code)
        yield from unknown_codes(tables, table, line)
        if is_fine(partial(line_of, row, tables.items)):
            yield from senseless(tables, table, line, line_of(row, tables.items))


def unknown_codes(tables: SetTables, table: Table, line: Line) -> Iterator[Finding]:
    """Codes of other packs."""
    row = line.row
    known_class = row["order_class"] in _WORDS["order_class"]
    if known_class and not is_fine(
        lambda: item_of(row["pack"], OrderClass(row["order_class"]), row["item"], tables.items)
    ):
        yield not_in(table, line, "item", row["pack"])
    for column, pack in (("route", "routes"), ("frequency", "frequencies")):
        if not is_fine(partial(term_of, pack, "", row[column])):
            yield not_in(table, line, column, pack)


def senseless(tables: SetTables, table: Table, line: Line, read: SetLine) -> Iterator[Finding]:
    """What no clinician could sign, or what would be worked out from nothing."""
    if read.kind not in class_rules()[read.order_class].kinds:
        yield table.finding(
            line.number,
            "packs.order_sets.kind",
            kind=read.kind.value,
            order_class=read.order_class.value,
        )
    if read.order_class is OrderClass.MEDICATION and (read.dose is None or read.route is None):
        yield table.finding(line.number, "packs.order_sets.no-dosage")
    for number, unit in _UNITS:
        told, ucum = line.row[number], line.row[unit]
        if bool(told) is not bool(ucum) or (ucum and measure(Quantity(Decimal(1), ucum)) is None):
            yield table.finding(line.number, "packs.order_sets.unit", column=unit, value=ucum)
    if read.per_kg and not tables.weights.intersection(read.conditions):
        yield table.finding(line.number, "packs.order_sets.no-weight")
    if not read.per_kg and (read.most is not None or read.step is not None):
        yield table.finding(line.number, "packs.order_sets.not-worked-out")


def _groups(pack: PackFiles) -> Iterator[Finding]:
    """Members of an infusion share how it runs; one alone is none."""
    table = pack.table("lines")
    found: dict[tuple[str, str], list[Line]] = {}
    for line in table.lines:
        if line.row["group"]:
            found.setdefault((line.row["set"], line.row["group"]), []).append(line)
    for (_, group), members in found.items():
        first = members[0]
        if len(members) == 1:
            yield table.finding(first.number, "packs.order_sets.group-of-one", group=group)
        for line in members:
            for column in (one for one in SHARED if line.row[one] != first.row[one]):
                yield table.finding(line.number, "packs.order_sets.group-differs", column=column)


def _choices(pack: PackFiles) -> Iterator[Finding]:
    table = pack.table("choices")
    for line in table.lines:
        row = line.row
        least, most = row["least"], row["most"]
        options = [
            one.row
            for one in pack.rows("lines")
            if (one.row["set"], one.row["choice"]) == (row["set"], row["choice"])
        ]
        units = {one["group"] or f"line {one['line']}" for one in options}
        wanted = {one["group"] or one["line"] for one in options if one["preselected"] == "yes"}
        if not options:
            yield table.finding(line.number, "packs.unread-row", value=row["choice"])
        elif least.isdecimal() and most.isdecimal():
            possible = int(least) <= int(most) <= len(units) and int(most) > 0
            if not possible or len(wanted) > int(most):
                yield table.finding(line.number, "packs.order_sets.choice", choice=row["choice"])


def _allergens(pack: PackFiles) -> Iterator[Finding]:
    table = pack.table("allergens")
    for line in table.lines:
        if line.row["system"] == FORMULARY_CLASS and not drugs_of(line.row["code"]):
            yield not_in(table, line, "code", "formulary")


def _unread(tables: SetTables) -> Iterator[Finding]:
    """Words that no line uses: no code path would ever read them."""
    lines = [line.row for line in tables.rows("lines")]
    used = {
        "headings": {row["heading"] for row in lines},
        "conditions": {code for row in lines for code in row["conditions"].split()},
        "items": {row["item"] for row in lines if row["pack"] == "order_sets"},
    }
    for name, words in used.items():
        table = tables.pack.table(name)
        for line in table.lines:
            if line.row["code"] not in words:
                yield table.finding(line.number, "packs.unread-row", value=line.row["code"])


def not_in(table: Table, line: Line, column: str, pack: str, value: str = "") -> Finding:
    """What a cell names stands nowhere in `pack`."""
    said = Message.of(
        "packs.not-in-pack", column=column, value=value or line.row[column], pack=pack
    )
    return Finding(table.file, line.number, said)


def is_fine(read: Callable[[], object]) -> bool:
    """Whether a row can be read."""
    try:
        read()
    except (KeyError, ValueError, InvalidOperation):
        return False
    return True


def is_amount(text: str) -> bool:
    """Whether it is a number that may stand in a dose."""
    try:
        return Decimal(text).is_finite() and Decimal(text) >= 0
    except InvalidOperation:
        return False
