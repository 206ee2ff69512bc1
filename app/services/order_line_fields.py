"""Fields of the order form out of one draft of a line: codes of the packs, nothing guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.decision.order_text.drafts import Diluent, DraftLine, Reading, Said
from app.decision.order_text.packs import lexicon
from app.decision.order_text.pieces import Amount, Span
from app.domain.orders import OrderClass, OrderKind
from app.domain.terms import Term
from app.fhir.valuesets import FORMULARY
from app.kernel.faults import Message

MEDICATION = OrderClass.MEDICATION.value

_FIELDS = (
    ("item", "drug"), ("item", "item"), ("dose", "dose"), ("route", "route"),
    ("frequency", "freq"), ("rate", "rate"), ("duration_d", "duration_d"),
    ("skin_test", "skin_test"), ("kind", "term"), ("kind", "prn"), ("interval", "freq"),
    ("most", "maximum"), ("reason", "reason"),
)  # fmt: skip
_NOTED = ("strength", "when", "maximum", "reason", "dose_range")
_KINDS = {
    "STAT": OrderKind.STAT, "ONCE": OrderKind.TEMPORARY, "PRN": OrderKind.PRN,
    "SOS": OrderKind.SOS, "PREOP": OrderKind.TEMPORARY,
}  # fmt: skip
_RATE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ([A-Za-z]+)((?:/kg)?/(?:h|min|d))")
_INTERVAL = re.compile(r"Q([0-9]+)H")
_OF_A_DAY = re.compile(r"([0-9]+(?:\.[0-9]+)?) ([^/ ]+)/d")
_PACKED = {"STAT": "st"}
_OF_RATES = {"gtt": "{drop}"}
_SKIN = {"need": "required", "waived": "exempt", "negative": "required"}
"""`negative` still asks for the test: what the record says of it counts, not the line."""


def amount_of(amount: Amount) -> tuple[str, str]:
    """Number and UCUM code; "" for a unit that nobody said."""
    units = {unit.code: unit.ucum for unit in lexicon().units.values()}
    return f"{amount.value:f}", units.get(amount.unit, "")


def dose_of(line: DraftLine) -> tuple[str, str]:
    """Number and UCUM code; neither for a dose by weight, which is the author's to work out."""
    if line.dose is None or "/kg" in line.dose.value.unit:
        return "", ""
    return amount_of(line.dose.value)


def rate_of(line: DraftLine) -> tuple[str, str]:
    """Number and UCUM code of a plain flow; neither for a range or for `over 30 min`."""
    found = _RATE.fullmatch(line.rate.value) if line.rate is not None else None
    if found is None:
        return "", ""
    number, unit, per = found.groups()
    units = {one.code: one.ucum for one in lexicon().units.values()} | _OF_RATES
    ucum = units.get(unit, "")
    return (number, f"{ucum}{per}") if ucum else ("", "")


def kind_of(line: DraftLine) -> str:
    """How long it holds, as far as the line says so (clinical norm: st, prn, sos)."""
    if line.term is not None:
        return line.term.value
    said = line.prn or line.freq
    kind = _KINDS.get(said.value) if said is not None else None
    return kind.value if kind is not None else ""


def interval_of(line: DraftLine) -> str:
    """Least hours between two doses, as `q6h prn` says them; "" for what is given by the clock."""
    found = _INTERVAL.fullmatch(line.freq.value) if line.freq is not None else None
    return found.group(1) if found is not None and _standby(line) else ""


def most_of(line: DraftLine) -> tuple[str, str]:
    """Number and UCUM code of the most of a day; neither where no day is named."""
    said = _OF_A_DAY.fullmatch(line.maximum.value) if line.maximum is not None else None
    if said is None or not _standby(line):
        return "", ""
    units = {unit.code: unit.ucum for unit in lexicon().units.values()}
    ucum = units.get(said.group(2), "")
    return (said.group(1), ucum) if ucum else ("", "")


def indication_of(reading: Reading, line: DraftLine) -> str:
    """What a standby order is given for, in the words of the line."""
    if line.reason is None or not _standby(line):
        return ""
    return words_of(reading, line.reason.spans)


def _standby(line: DraftLine) -> bool:
    return line.kind == MEDICATION and kind_of(line) == OrderKind.PRN.value


def medicine_of(line: DraftLine) -> Term | None:
    """The medicine that was surely named, if the formulary has it."""
    if line.kind != MEDICATION or line.drug is None:
        return None
    return formulary_term(line.drug.value)


def formulary_term(name: str) -> Term | None:
    """The medicine of that English generic name; None where the formulary has none."""
    medicine = lexicon().medicines.get(name)
    if medicine is None or not medicine.code:
        return None
    display = medicine.name[0].upper() + medicine.name[1:]
    return Term(medicine.chinese, FORMULARY, medicine.code, display)


def query_of(reading: Reading, line: DraftLine) -> str:
    """What the item field is to say or to look for."""
    if line.kind != MEDICATION:
        # `penicillin skin test`: the drug is part of what is ordered.
        spans = (*_spans(line, "item"), *_spans(line, "drug"))
        return reading.words(_whole(spans)) if spans else ""
    term = medicine_of(line)
    if term is not None:
        return term.text
    return line.proposals[0] if line.proposals else " ".join(map(reading.words, line.unread))


def route_of(line: DraftLine) -> str:
    """Code of the routes pack. A plain `iv` beside a rate may be a drip or a pump: it is asked."""
    if line.route is None:
        return ""
    if line.route.value == "IV" and (line.rate is not None or line.diluent is not None):
        return ""
    return lexicon().routes[line.route.value]


def skin_test_of(line: DraftLine) -> str:
    """Of a medicine: `required`, `exempt` by the author's word, or ""."""
    if line.skin_test is None or line.kind != MEDICATION:
        return ""
    return _SKIN[line.skin_test.value]


def note_of(reading: Reading, line: DraftLine) -> str:
    """Words of the line that no field holds, as they were written."""
    spans = [span for name in _NOTED if not _in_a_field(line, name) for span in _spans(line, name)]
    if line.rate is not None and not rate_of(line)[0]:
        spans += line.rate.spans
    if line.skin_test is not None and line.skin_test.value == "negative":
        spans += line.skin_test.spans
    if line.prn is not None and line.freq is not None and not _said_by_kind(line):
        spans += line.prn.spans
    if line.drug is not None:
        spans += line.unread
    return words_of(reading, dict.fromkeys(spans))


def said_of(reading: Reading, line: DraftLine, note: str) -> tuple[tuple[str, str], ...]:
    """Field of the form and the words it came from."""
    said = [
        (field, words_of(reading, spans))
        for field, name in _FIELDS
        if (spans := _spans(line, name)) and _held(line, field)
    ]
    return tuple([*said, ("note", note)] if note else said)


def frequency_of(line: DraftLine) -> str:
    """Its code as the frequencies pack writes it, whether or not that pack has it; "" unsaid."""
    if line.freq is None:
        return ""
    return _PACKED.get(line.freq.value, line.freq.value.lower())


def asked_of(line: DraftLine, route: str) -> tuple[Message, ...]:
    """What is missing in the order; what is missing of its diluent is asked there."""
    asked = [name for name in line.ask if name != "diluent"]
    if line.route is not None and not route and "route" not in asked:
        asked.append("route")
    return tuple(Message.of(f"order_line.ask.{name}") for name in asked)


def rewritten_of(reading: Reading, line: DraftLine) -> tuple[Message, ...]:
    """What was written in a safer form than it was typed."""
    return tuple(
        Message.of(f"order_line.note.{note.code}", words=reading.words(note.span))
        for note in line.notes
    )


def diluent_volume(diluent: Diluent) -> tuple[str, str]:
    """Number and UCUM code of the fluid; "" for what nobody said."""
    return amount_of(diluent.volume) if diluent.volume is not None else ("", "")


def words_of(reading: Reading, spans: Iterable[Span]) -> str:
    """The words at `spans`, in the order of the line."""
    return " ".join(map(reading.words, sorted(spans, key=lambda span: span.start)))


def _held(line: DraftLine, field: str) -> bool:
    """A rate that the field cannot hold stands in the note; a skin test is of a medicine."""
    held = {
        "rate": bool(rate_of(line)[0]),
        "skin_test": bool(skin_test_of(line)),
        "interval": bool(interval_of(line)),
        "most": _in_a_field(line, "maximum"),
        "reason": _in_a_field(line, "reason"),
    }
    return held.get(field, True)


def _said_by_kind(line: DraftLine) -> bool:
    """`prn`, or `q6h prn`, whose hours are the least interval: kind and fields say it all."""
    same = line.prn is not None and line.freq is not None and line.freq.value == line.prn.value
    return same or bool(interval_of(line))


def _in_a_field(line: DraftLine, name: str) -> bool:
    """Whether a field of its own holds what else stands in the note."""
    if name == "maximum":
        return bool(most_of(line)[0])
    return name == "reason" and _standby(line)


def _whole(spans: tuple[Span, ...]) -> Span:
    return Span(min(one.start for one in spans), max(one.end for one in spans))


def _spans(line: DraftLine, name: str) -> tuple[Span, ...]:
    said: Said[object] | None = getattr(line, name)
    return said.spans if said is not None else ()
