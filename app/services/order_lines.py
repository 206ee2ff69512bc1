"""One line, typed or dictated, put into the order form: codes of the packs and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from app.decision.order_text.drafts import DraftLine, Reading, Said
from app.decision.order_text.packs import lexicon
from app.decision.order_text.pieces import Span
from app.decision.order_text.reading import OrderText
from app.domain.orders import OrderClass, OrderKind
from app.domain.terms import Term
from app.fhir.valuesets import FORMULARY
from app.kernel.faults import Message
from app.services.authority import open_door
from app.services.order_catalogue import OrderCatalogue

_ALWAYS = "reads words over packs that ship with the program: no patient, nothing to protect"
_FIELDS = (
    ("item", "drug"), ("item", "item"), ("dose", "dose"), ("route", "route"),
    ("frequency", "freq"), ("kind", "term"), ("kind", "prn"),
)  # fmt: skip
_NOTED = (
    "strength", "diluent", "rate", "duration_d", "when", "maximum", "skin_test", "reason",
    "dose_range",
)  # fmt: skip
_KINDS = {
    "STAT": OrderKind.STAT, "ONCE": OrderKind.TEMPORARY, "PRN": OrderKind.PRN,
    "SOS": OrderKind.SOS, "PREOP": OrderKind.TEMPORARY,
}  # fmt: skip


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
    """

    order_class: str = OrderClass.MEDICATION.value
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


@dataclass(frozen=True, slots=True)
class LineRead:
    """What one line says.

    Attributes:
        refused: Why words of it are not drafted.
    """

    orders: tuple[Filled, ...] = ()
    refused: tuple[Message, ...] = ()


class OrderLines:
    """Reads order lines. It drafts; signing goes the way of every order."""

    def __init__(self, catalogue: OrderCatalogue) -> None:
        self._frequencies = {term.code for term in catalogue.frequencies()}

    @open_door(_ALWAYS)
    def prepare(self) -> None:
        """Build the reader, which takes half a second once: call it on a lane."""
        _reader()

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
        return LineRead(tuple(self._filled(reading, line) for line in reading.orders), refused)

    def _filled(self, reading: Reading, line: DraftLine) -> Filled:
        dose, unit = _dose(line)
        route = _route(line)
        return Filled(
            order_class=line.kind,
            kind=_kind(line),
            item=_item(line),
            query=_query(reading, line),
            dose=dose,
            unit=unit,
            route=route,
            frequency=self._frequency(line),
            note=_note(reading, line),
            said=tuple(_said(reading, line)),
            remarks=(
                *_asked(line, route),
                *_rewritten(reading, line),
                *self._unheld(reading, line),
            ),
        )

    def _frequency(self, line: DraftLine) -> str:
        code = line.freq.value.lower() if line.freq is not None else ""
        return code if code in self._frequencies else ""

    def _unheld(self, reading: Reading, line: DraftLine) -> list[Message]:
        """A frequency that is clear and that the pack has no row for."""
        if line.freq is None or self._frequency(line):
            return []
        return [Message.of("order_line.not_held", words=_words(reading, line.freq.spans))]


@cache
def _reader() -> OrderText:
    return OrderText(lexicon())


def _dose(line: DraftLine) -> tuple[str, str]:
    """Number and UCUM code; neither for a dose by weight, which is the author's to work out."""
    if line.dose is None or "/kg" in line.dose.value.unit:
        return "", ""
    amount = line.dose.value
    units = {unit.code: unit.ucum for unit in lexicon().units.values()}
    return f"{amount.value:f}", units.get(amount.unit, "")


def _kind(line: DraftLine) -> str:
    """How long it holds, as far as the line says so (clinical norm: st, prn, sos)."""
    if line.term is not None:
        return line.term.value
    said = line.prn or line.freq
    kind = _KINDS.get(said.value) if said is not None else None
    return kind.value if kind is not None else ""


def _item(line: DraftLine) -> Term | None:
    medicine = lexicon().medicines.get(line.drug.value) if line.drug is not None else None
    if line.kind != OrderClass.MEDICATION.value or medicine is None or not medicine.code:
        return None
    display = medicine.name[0].upper() + medicine.name[1:]
    return Term(medicine.chinese, FORMULARY, medicine.code, display)


def _query(reading: Reading, line: DraftLine) -> str:
    if line.kind != OrderClass.MEDICATION.value:
        return _words(reading, line.item.spans) if line.item is not None else ""
    term = _item(line)
    if term is not None:
        return term.text
    return line.proposals[0] if line.proposals else " ".join(map(reading.words, line.unread))


def _route(line: DraftLine) -> str:
    """Code of the routes pack. A plain `iv` beside a rate may be a drip or a pump: it is asked."""
    if line.route is None:
        return ""
    if line.route.value == "IV" and (line.rate is not None or line.diluent is not None):
        return ""
    return lexicon().routes[line.route.value]


def _note(reading: Reading, line: DraftLine) -> str:
    spans = [span for name in _NOTED for span in _spans(line, name)]
    if line.prn is not None and line.freq is not None and line.freq.value != line.prn.value:
        spans += line.prn.spans
    if line.drug is not None:
        spans += line.unread
    ordered = sorted(dict.fromkeys(spans), key=lambda span: span.start)
    return " ".join(map(reading.words, ordered))


def _said(reading: Reading, line: DraftLine) -> list[tuple[str, str]]:
    said = [
        (field, _words(reading, spans)) for field, name in _FIELDS if (spans := _spans(line, name))
    ]
    note = _note(reading, line)
    return [*said, ("note", note)] if note else said


def _asked(line: DraftLine, route: str) -> list[Message]:
    asked = list(line.ask)
    if line.route is not None and not route and "route" not in asked:
        asked.append("route")
    return [Message.of(f"order_line.ask.{name}") for name in asked]


def _rewritten(reading: Reading, line: DraftLine) -> list[Message]:
    return [
        Message.of(f"order_line.note.{note.code}", words=reading.words(note.span))
        for note in line.notes
    ]


def _spans(line: DraftLine, name: str) -> tuple[Span, ...]:
    said: Said[object] | None = getattr(line, name)
    return said.spans if said is not None else ()


def _words(reading: Reading, spans: tuple[Span, ...]) -> str:
    return " ".join(map(reading.words, sorted(spans, key=lambda span: span.start)))
