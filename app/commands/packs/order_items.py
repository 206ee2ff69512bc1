"""The pack of orderable items: words that the program knows, names that the formulary has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.commands.packs.files import Line, PackFiles, Table
from app.commands.packs.findings import Finding
from app.domain.orders import OrderClass, OrderKind
from app.services.order_class_pack import Asked
from app.services.order_items_pack import Standing
from resources.reading import rows

_CLASSES = tuple(one.value for one in OrderClass)
_KINDS = tuple(one.value for one in OrderKind)
_YES_NO = ("yes", "no")
_RESOURCES = ("MedicationRequest", "ServiceRequest", "NutritionOrder")
_WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("classes", "order_class"): _CLASSES,
    ("classes", "default_kind"): _KINDS,
    ("classes", "exclusive"): _YES_NO,
    ("classes", "frequency"): tuple(one.value for one in Asked),
    ("classes", "resource"): _RESOURCES,
    ("classes", "reason"): _YES_NO,
    ("kinds", "kind"): _KINDS,
    ("kinds", "span"): ("long", "short"),
    ("kinds", "frequency"): _YES_NO,
    ("kinds", "as_needed"): _YES_NO,
    ("items", "order_class"): _CLASSES,
}


def check_order_items(pack: PackFiles) -> Iterator[Finding]:
    """What is wrong with `pack` beyond empty cells and keys that stand twice."""
    yield from _words(pack)
    yield from _all_there(pack, "classes", "order_class", _CLASSES)
    yield from _all_there(pack, "kinds", "kind", _KINDS)
    allowed = {line.row.get("order_class", ""): line.row for line in pack.rows("classes")}
    for line in pack.rows("classes"):
        yield from _kinds_of_a_class(pack.table("classes"), line)
    for line in pack.rows("items"):
        yield from _item(pack.table("items"), line, allowed.get(line.row.get("order_class", "")))
    yield from _names(pack)


def _words(pack: PackFiles) -> Iterator[Finding]:
    for (name, column), known in _WORDS.items():
        for line in pack.rows(name):
            value = line.row.get(column, known[0])
            if value not in known:
                yield _unknown(pack.table(name), line, column, value, known)


def _all_there(
    pack: PackFiles, name: str, column: str, known: tuple[str, ...]
) -> Iterator[Finding]:
    """A class or kind without a row has no rule, and an order of it could not be shown."""
    if pack.overlay or name not in pack.tables:
        return
    told = {line.row.get(column, "") for line in pack.rows(name)}
    for lacking in (one for one in known if one not in told):
        yield pack.table(name).finding(0, "packs.order-items.lacks", value=lacking)


def _kinds_of_a_class(table: Table, line: Line) -> Iterator[Finding]:
    allowed = tuple(line.row.get("kinds", "").split(","))
    for kind in allowed:
        if kind not in _KINDS:
            yield _unknown(table, line, "kinds", kind, _KINDS)
    default = line.row.get("default_kind", "")
    if default in _KINDS and default not in allowed:
        yield _unknown(table, line, "default_kind", default, allowed)


def _item(table: Table, line: Line, of_class: Mapping[str, str] | None) -> Iterator[Finding]:
    row = line.row
    kind, standing, frequency = (row.get(name, "") for name in ("kind", "standing", "frequency"))
    if of_class is not None:
        kinds = tuple(of_class.get("kinds", "").split(","))
        if kind and kind not in kinds:
            yield _unknown(table, line, "kind", kind, kinds)
        exclusive = of_class.get("exclusive") == "yes"
        known = tuple(one.value for one in Standing) if exclusive else ("",)
        if standing not in known:
            yield _unknown(table, line, "standing", standing, known)
    if frequency:
        codes = tuple(one["code"] for one in rows("frequencies", "frequencies"))
        if frequency not in codes:
            yield _unknown(table, line, "frequency", frequency, codes)


def _names(pack: PackFiles) -> Iterator[Finding]:
    """What names no medicine is never shown; letters in capitals are the same letters."""
    medicines = {row["name_en"] for row in rows("formulary", "medicines")}
    for name, columns in (("look_alike", ("one", "other")), ("tall_man", ("drug",))):
        table = pack.table(name)
        for line in table.lines:
            for column in columns:
                value = line.row.get(column, "")
                if value and value not in medicines:
                    yield table.finding(line.number, "packs.order-items.medicine", value=value)
    for line in pack.rows("tall_man"):
        drug, tall = line.row.get("drug", ""), line.row.get("tall", "")
        if tall and drug.casefold() != tall.casefold():
            yield pack.table("tall_man").finding(line.number, "packs.order-items.tall", value=tall)


def _unknown(table: Table, line: Line, column: str, value: str, known: tuple[str, ...]) -> Finding:
    return table.finding(
        line.number, "packs.unknown-word", column=column, value=value, known=", ".join(known)
    )
