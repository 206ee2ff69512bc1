"""One line, typed or dictated, put into the order form: codes of the packs and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

from app.decision.order_text.drafts import Diluent, DraftLine, Reading, Said
from app.decision.order_text.packs import lexicon
from app.decision.order_text.reading import OrderText
from app.decision.order_text.routing import needs_strength
from app.domain.orders import OrderClass
from app.domain.terms import Term
from app.kernel.faults import Message
from app.services.authority import open_door
from app.services.order_catalogue import Item, OrderCatalogue
from app.services.order_line_fields import (
    MEDICATION,
    asked_of,
    diluent_volume,
    dose_of,
    formulary_term,
    frequency_of,
    indication_of,
    interval_of,
    kind_of,
    medicine_of,
    most_of,
    note_of,
    query_of,
    rate_of,
    rewritten_of,
    route_of,
    said_of,
    skin_test_of,
    words_of,
)

_ALWAYS = "reads words over packs that ship with the program: no patient, nothing to protect"
_BLOOD_UNIT = "{unit}"


@dataclass(frozen=True, slots=True)
class Filled:
    """One order of the line as the form can hold it; "" is left for the author.

    Attributes:
        item: What was surely named; None where a click must choose it.
        query: What the item field is to say or to look for.
        unit: UCUM code.
        note: Words of the line that no other field holds, as they were written.
        said: Field of the form and the words it came from.
        remarks: What is missing, what was rewritten, what the form has no code for.
        rate, rate_unit: Number and UCUM code of a plain flow (`40`, `{drop}/min`).
        duration_d: Whole days.
        skin_test: `required`, `exempt`, or "".
        interval: Least hours between two doses of a standby order.
        most, most_unit: Number and UCUM code of its most of a day.
        reason: What a standby order is given for.
        group: Those of one line with the same words here go into one bag (成组); "" for none.
        diluent: It is the fluid of its group: `dose` is its volume, `note` its strength.
    """

    order_class: str = MEDICATION
    kind: str = ""
    item: Term | None = None
    query: str = ""
    dose: str = ""
    unit: str = ""
    route: str = ""
    frequency: str = ""
    note: str = ""
    said: tuple[tuple[str, str], ...] = ()
    remarks: tuple[Message, ...] = ()
    rate: str = ""
    rate_unit: str = ""
    duration_d: str = ""
    skin_test: str = ""
    interval: str = ""
    most: str = ""
    most_unit: str = ""
    reason: str = ""
    group: str = ""
    diluent: bool = False


@dataclass(frozen=True, slots=True)
class LineRead:
    """What one line says.

    Attributes:
        orders: In the order of the line; the fluid of a bag follows what goes into it.
        refused: Why words of it are not drafted.
    """

    orders: tuple[Filled, ...] = ()
    refused: tuple[Message, ...] = ()


class OrderLines:
    """Reads order lines. It drafts; signing goes the way of every order."""

    def __init__(self, catalogue: OrderCatalogue) -> None:
        self._catalogue = catalogue
        self._frequencies = {term.code for term in catalogue.frequencies()}

    @open_door(_ALWAYS)
    def prepare(self) -> None:
        """Build the reader, which takes half a second once: call it on a lane."""
        _reader()
        self._catalogue.prepare()

    @open_door(_ALWAYS)
    def read(self, text: str) -> LineRead:
        """The orders of `text`, at once: a line is read in a few milliseconds."""
        if not text.strip():
            return LineRead()
        reading = _reader().read(text)
        refused = tuple(
            Message.of(f"order_line.refused.{one.code}", words=reading.words(one.span))
            for one in reading.refusals
        )
        return LineRead(tuple(self._orders(reading)), refused)

    def _orders(self, reading: Reading) -> Iterator[Filled]:
        """Every order of the line, each bag with its fluid as the last of its members."""
        bags = groupby(reading.orders, key=_bag)
        for number, (bag, lines) in enumerate(bags, start=1):
            members = [self._filled(reading, line) for line in lines]
            if bag is None:
                yield from members
                continue
            group = str(number)
            yield from (replace(one, group=group) for one in members)
            yield _fluid(reading, bag, replace(members[0], group=group))

    def _filled(self, reading: Reading, line: DraftLine) -> Filled:
        if line.kind != MEDICATION:
            return self._item(reading, line)
        return replace(self._common(reading, line), item=medicine_of(line))

    def _common(self, reading: Reading, line: DraftLine) -> Filled:
        dose, unit = dose_of(line)
        rate, rate_unit = rate_of(line)
        most, most_unit = most_of(line)
        route, note = route_of(line), note_of(reading, line)
        days = line.duration_d
        return Filled(
            order_class=line.kind,
            kind=kind_of(line),
            query=query_of(reading, line),
            dose=dose,
            unit=unit,
            route=route,
            frequency=self._frequency(line),
            note=note,
            said=said_of(reading, line, note),
            remarks=(
                *asked_of(line, route),
                *rewritten_of(reading, line),
                *self._unheld(reading, line),
            ),
            rate=rate,
            rate_unit=rate_unit,
            duration_d=str(days.value) if days is not None else "",
            skin_test=skin_test_of(line),
            interval=interval_of(line),
            most=most,
            most_unit=most_unit,
            reason=indication_of(reading, line),
        )

    def _item(self, reading: Reading, line: DraftLine) -> Filled:
        """What is no medicine: the item of the pack, where the line calls it just so.

        `chest ct with contrast` is not the plain one: what is called otherwise is looked for.
        """
        filled = self._common(reading, line)
        item = self._named(filled)
        if item is None:
            return filled
        unit = filled.unit
        if item.unit == _BLOOD_UNIT and unit == "U":
            unit = item.unit  # a bag of red cells is no enzyme unit
        return replace(
            filled,
            order_class=item.order_class.value,
            kind=filled.kind or item.bare.kind.value,
            item=item.term,
            query=item.term.text,
            unit=unit,
        )

    def _named(self, filled: Filled) -> Item | None:
        order_class = OrderClass(filled.order_class)
        any_class = order_class is OrderClass.OTHER
        return self._catalogue.exactly(filled.query, None if any_class else order_class)

    def _frequency(self, line: DraftLine) -> str:
        code = frequency_of(line)
        return code if code in self._frequencies else ""

    def _unheld(self, reading: Reading, line: DraftLine) -> list[Message]:
        """A frequency that is clear and that the pack has no row for."""
        if line.freq is None or self._frequency(line):
            return []
        return [Message.of("order_line.not_held", words=words_of(reading, line.freq.spans))]


@cache
def _reader() -> OrderText:
    return OrderText(lexicon())


def _bag(line: DraftLine) -> Said[Diluent] | None:
    """What tells one bag of the line from another: its fluid and the words it came from."""
    return line.diluent


def _fluid(reading: Reading, bag: Said[Diluent], first: Filled) -> Filled:
    """The fluid as a member of the group: it runs the way the first of them runs."""
    diluent, words = bag.value, words_of(reading, bag.spans)
    volume, unit = diluent_volume(diluent)
    term = formulary_term(diluent.name)
    missing = not volume or needs_strength(diluent.name, diluent.percent)
    return replace(
        first,
        item=term,
        query=term.text if term is not None else diluent.name,
        dose=volume,
        unit=unit,
        note=diluent.percent,
        said=(("item", words),),
        remarks=(Message.of("order_line.ask.diluent"),) if missing else (),
        skin_test="",
        interval="",
        most="",
        most_unit="",
        diluent=True,
    )
