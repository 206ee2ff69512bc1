"""An order as the lists and the preview show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.dose_limits import DoseLimits
from app.domain.order_troubles import Trouble
from app.domain.orders import Dosage, Order, OrderDraft, OrderKind, OrderLine
from app.domain.terms import OrderId
from resources.styles.tokens import Tone
from ui.orders.listing import Unit, units_of
from ui.orders.status_words import status_cell, stop_reason
from ui.runtime.chart_words import LONG_DASH, ChartWords
from ui.runtime.desk import Desk
from ui.runtime.formats import DASH
from ui.runtime.override_words import passed_in_full, passed_lines
from widgets.table_values import Bracket, Cell, Column, Row, TableSpec

_HOUR = timedelta(hours=1)
_ITEM, _DOSE, _ROUTE, _FREQUENCY = 0, 1, 3, 4
"""Places of columns."""
_DITTO = "〃"


class OrderSpeller:
    """The words of a dosage in the author's language of the moment."""

    def __init__(self, desk: Desk) -> None:
        self._words = ChartWords(desk)
        self._desk = desk

    def instruction(self, dosage: Dosage) -> str:
        """`DOSE 500 mg — oral — three times daily`, without the drug."""
        said = self._words.dosage("", replace(dosage, text=""))
        return said.plain(self._words.dose_label)

    def unit(self, code: str) -> str:
        return self._desk.formats.unit(code)


def current_spec(words: ChartWords) -> TableSpec:
    """Current orders show their start (CUI MEDv-149)."""
    return _spec(words, "orders.current", "orders.current.title", past=False)


def past_spec(words: ChartWords) -> TableSpec:
    """Past orders show their stop too, the start to its left (CUI MEDv-150, 151)."""
    return _spec(words, "orders.past", "orders.past.title", past=True)


def order_rows(
    words: ChartWords,
    lines: tuple[OrderLine, ...],
    troubles: Mapping[OrderId, Trouble],
    *,
    past: bool,
) -> tuple[Row, ...]:
    """One order per row (CUI MEDv-020); the members of an infusion under one bracket.

    What a member shares with the first one is said there once, and ditto marks stand below it.
    """
    found: list[Row] = []
    for unit in units_of(lines):
        alone = len(unit) == 1
        rows = [
            _row(words, one, troubles.get(one.order.id), past=past, alone=alone) for one in unit
        ]
        found += rows if alone else _bracketed(words, unit, rows)
    return tuple(found)


def _bracketed(words: ChartWords, unit: Unit, rows: list[Row]) -> Iterator[Row]:
    """The rows of one infusion as a block: routes, frequencies and rates once (clinical norm)."""
    first = rows[0]
    for place, (line, row) in enumerate(zip(unit, rows, strict=True)):
        cells = list(row.cells)
        cells[_ITEM] = replace(cells[_ITEM], bracket=Bracket.at(place, len(unit)))
        for shared in (_ROUTE, _FREQUENCY) if place else ():
            if cells[shared].text == first.cells[shared].text != DASH:
                as_above = words.text("orders.group.as_first", said=cells[shared].text)
                cells[shared] = Cell(_DITTO, hover=as_above)
        if place and cells[_DOSE].second == first.cells[_DOSE].second:
            cells[_DOSE] = replace(cells[_DOSE], second="")
        yield replace(row, cells=tuple(cells), block=line.order.group)


def _row(
    words: ChartWords, line: OrderLine, trouble: Trouble | None, *, past: bool, alone: bool
) -> Row:
    order = line.order
    said = words.order(order)
    dose = f"{words.dose_label} {said.dose}" if said.dose else ""
    struck = order.status == "entered-in-error"
    cells = [
        Cell(
            said.item,
            second=_under_item(words, order, alone=alone),
            strong=True,
            struck=struck,
            hover="\n".join(passed_in_full(words, order.overrides)),
        ),
        _dose_cell(words, order, dose, said.text),
        status_cell(words, line, trouble),
        Cell(said.route or DASH),
        Cell(said.frequency or DASH),
        _start_cell(words, order),
    ]
    if past:
        cells.append(_stop_cell(words, order))
    cells += [_kind_cell(words, order.kind), Cell(order.requester_name or DASH)]
    return Row(
        order.id,
        tuple(cells),
        tone=_row_tone(line),
        faded=past,
        finds=f"{order.item.text} {order.item.display} {order.item.code}",
    )


def preview(words: ChartWords, draft: OrderDraft) -> str:
    """The order in one line, exactly as it will be signed."""
    item = words.term(draft.item) if draft.item else words.text("orders.preview.no_item")
    said = (item, draft.dosage.text, *_beside_the_dose(words, draft, draft.limits))
    return LONG_DASH.join(part for part in said if part)


def in_full(words: ChartWords, order: Order, limits: DoseLimits) -> tuple[str, ...]:
    """Everything a signed or proposed order says, for somebody who answers for it."""
    passed = passed_in_full(words, order.overrides)
    said = (words.order_line(order), *_beside_the_dose(words, order, limits), *passed)
    return tuple(part for part in said if part)


def _beside_the_dose(
    words: ChartWords, said: OrderDraft | Order, limits: DoseLimits
) -> Iterator[str]:
    text, formats = words.text, words.desk.formats
    yield text(f"orders.kind.{said.kind.value if said.kind is not None else 'none'}")
    yield text(f"orders.priority.{said.priority.value}")
    yield text("orders.preview.reason", reason=said.reason) if said.reason else ""
    yield text("orders.preview.note", note=said.note) if said.note else ""
    if said.starts_at is not None:
        yield text("basket.starts", at=formats.moment(said.starts_at))
    if said.ends_at is not None:
        yield text("basket.ends", at=formats.moment(said.ends_at))
    if said.first_day is not None:
        yield text("order_form.first_day.said", count=said.first_day)
    if said.quantity is not None:
        handed = formats.dose(said.quantity, said.quantity_unit)
        yield text("basket.quantity", quantity=handed)
    yield from _limits(words, limits)
    yield text(f"basket.skin_test.{said.skin_test}") if said.skin_test else ""


def _limits(words: ChartWords, limits: DoseLimits) -> list[str]:
    """How soon again and how much within a period, as far as the order says so."""
    formats, found = words.desk.formats, list[str]()
    if limits.interval is not None:
        hours = limits.interval / _HOUR
        found.append(words.text("basket.limits.interval", hours=f"{hours:g}"))
    if limits.most is not None:
        most = formats.dose(limits.most, limits.unit)
        within = f"{limits.within / _HOUR:g}"
        found.append(words.text("basket.limits.most", most=most, hours=within))
    return found


def _spec(words: ChartWords, name: str, title: str, *, past: bool) -> TableSpec:
    text = words.text
    # Drug, dose and status stay beside each other, also where the form takes half of the page.
    columns = [
        Column("item", text("orders.column.item"), 200, wraps=True, fixed=True),
        Column("dose", text("orders.column.dose"), 112, wraps=True, fixed=True),
        Column("status", text("orders.column.status"), 230, wraps=True, fixed=True),
        Column("route", text("orders.column.route"), 92, wraps=True),
        Column("frequency", text("orders.column.frequency"), 96, wraps=True),
        Column("start", text("orders.column.start"), 100),
    ]
    if past:
        columns.append(Column("stop", text("orders.column.stop"), 118, wraps=True))
    columns.append(Column("kind", text("orders.column.kind"), 76, wraps=True))
    columns.append(Column("by", text("orders.column.by"), 84, wraps=True, stretches=True))
    return TableSpec(name, text(title), tuple(columns))


def _kind_cell(words: ChartWords, kind: OrderKind | None) -> Cell:
    if kind is None:
        return Cell(DASH, tone=Tone.UNKNOWN, hover=words.text("orders.kind.none"))
    return Cell(words.text(f"orders.kind.{kind.value}"))


def _under_item(words: ChartWords, order: Order, *, alone: bool) -> str:
    """What it is of; a member of an infusion whose others are not here says that it is one."""
    parts = [words.text(f"orders.class.{order.order_class.value}")]
    if order.group and alone:
        parts.append(words.text("orders.group.member", place=order.place + 1))
    if order.priority.value != "routine":
        parts.append(words.text(f"orders.priority.{order.priority.value}"))
    parts.extend(part for part in (order.reason, order.note) if part)
    return "\n".join((" · ".join(parts), *passed_lines(words, order.overrides)))


def _dose_cell(words: ChartWords, order: Order, dose: str, text: str) -> Cell:
    """Amount and unit strong; the line as it was signed stands in the hover."""
    if not dose and not text:
        return _not_said(words, order)
    return Cell(dose or text, strong=True, second=text if dose else "", hover=order.dosage.text)


def _not_said(words: ChartWords, order: Order) -> Cell:
    if order.order_class.value != "medication":
        return Cell(DASH, tone=Tone.UNKNOWN, hover=words.text("orders.dose.none"))
    return Cell(words.text("value.not_recorded"), tone=Tone.UNKNOWN)


def _start_cell(words: ChartWords, order: Order) -> Cell:
    at, at_text = order.starts_at or order.authored_at, order.authored_text
    if order.starts_at is not None:
        at_text = ""
    hover = words.text("orders.start.hover", start=words.moment(at, at_text))
    ends = order.ends_at
    until = words.text("basket.ends", at=words.short(ends)) if ends and order.current else ""
    return Cell(words.short(at, at_text), second=until, hover=hover, order=_order_of(at))


def _stop_cell(words: ChartWords, order: Order) -> Cell:
    if order.stopped_at is None:
        return Cell(DASH, tone=Tone.UNKNOWN, hover=words.text("orders.stop.none"))
    at = order.stopped_at
    return Cell(
        words.short(at),
        second=stop_reason(words, order),
        hover=words.moment(at),
        order=_order_of(at),
    )


def _order_of(at: datetime | None) -> float | None:
    return -at.timestamp() if at is not None else None


def _row_tone(line: OrderLine) -> Tone:
    if line.unsent:
        return Tone.LOCAL
    return Tone.CAUTION if line.order.status == "on-hold" else Tone.PLAIN
