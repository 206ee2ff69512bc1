"""One part of a clause as a draft."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from app.decision.order_text.dosing import Dosing, dosing
from app.decision.order_text.drafts import ASKABLE, DraftLine, Said
from app.decision.order_text.judging import unread_pieces
from app.decision.order_text.lexicon import Lexicon
from app.decision.order_text.parts import Part
from app.decision.order_text.pieces import Amount, Piece, Span
from app.decision.order_text.routing import Routing, needs_strength, routing
from app.decision.order_text.timing import Timing, timing

_MEDICATION = "medication"
_BY_VOLUME = re.compile(r" (?:ml|L|gtt)/")


@dataclass
class Parted:
    """A part and what was read of it, before it is asked what is missing."""

    part: Part
    line: DraftLine
    dosing: Dosing = field(default_factory=Dosing)
    timing: Timing = field(default_factory=Timing)
    routing: Routing = field(default_factory=Routing)
    unclear_duration: bool = False

    @property
    def contradiction(self) -> bool:
        return self.dosing.contradiction or self.timing.contradiction or self.routing.contradiction


def read_part(part: Part, lexicon: Lexicon) -> Parted:
    """Read what is said of one subject."""
    pieces = part.pieces
    item = part.subject.use("item") if part.subject is not None else None
    drug = part.subject.drug if part.subject is not None else None
    if item is not None and drug is None:
        return _item(part, lexicon)
    medicine = lexicon.medicines.get(drug.value) if drug is not None else None
    dose = dosing(_without_maximum(pieces), medicine, lexicon)
    times, way = timing(pieces, lexicon), routing(pieces)
    line = DraftLine(
        kind=_MEDICATION,
        drug=_drug(part),
        dose=dose.dose,
        dose_range=dose.dose_range,
        form=_of_kind(pieces, "form") or dose.form,
        route=way.route,
        freq=times.freq,
        when=times.when,
        prn=times.prn,
        duration_d=_duration(pieces),
        rate=_rate(pieces),
        skin_test=_of_kind(pieces, "skin"),
        strength=dose.strength,
        maximum=_maximum(pieces),
        reason=_reason(pieces),
        term=_of_kind(pieces, "term"),
        notes=tuple(dose.notes),
        unread=_remarks(pieces),
    )
    unclear = any(piece.kind == "duration" and piece.code == "?" for piece in pieces)
    return Parted(part, line, dose, times, way, unclear)


def _drug(part: Part) -> Said[str] | None:
    subject = part.subject
    if subject is None or subject.drug is None:
        return None
    return Said(subject.drug.value, (subject.span,))


def _item(part: Part, lexicon: Lexicon) -> Parted:
    """A test, picture, diet, level of care …: what, how often, how urgent, and a flow."""
    subject = part.subject
    entry = subject.use("item") if subject is not None else None
    times = timing(part.pieces, lexicon)
    spans = (subject.span,) if subject is not None else ()
    line = DraftLine(
        kind=entry.detail if entry is not None else "other",
        item=Said(entry.value if entry is not None else "", spans),
        dose=_single(part.pieces),
        freq=times.freq,
        when=times.when,
        prn=times.prn,
        duration_d=_duration(part.pieces),
        rate=_rate(part.pieces),
        reason=_reason(part.pieces),
        term=_of_kind(part.pieces, "term"),
        unread=_remarks(part.pieces),
    )
    return Parted(part, line, timing=times)


def _single(pieces: tuple[Piece, ...]) -> Said[Amount] | None:
    """How much of it, where just one amount was said: two units of red cells."""
    said = [piece for piece in pieces if piece.kind == "amount"]
    if len(said) != 1 or said[0].amount is None or said[0].amount.upper is not None:
        return None
    return Said(said[0].amount, (said[0].span,))


def asks(parted: Parted, lexicon: Lexicon, item_asks: frozenset[str]) -> tuple[str, ...]:
    """What is missing in the order; in the order of `ASKABLE`."""
    line = parted.line
    if line.kind != _MEDICATION:
        name = line.item.value if line.item is not None else ""
        return ("rate",) if name in item_asks and line.rate is None else ()
    missing = {
        "drug": line.drug is None,
        "dose": line.dose is None and not _by_rate(parted),
        "unit": line.dose is not None and not line.dose.value.unit,
        "route": line.route is None,
        "freq": _asks_frequency(parted, lexicon),
        "duration_d": parted.unclear_duration,
        "diluent": _asks_diluent(line),
        "weight": _by_weight(line),
    }
    return tuple(name for name in ASKABLE if missing.get(name, False))


def _by_rate(parted: Parted) -> bool:
    """What runs at a rate has been told how much and how often: a pump, fluid, `5 ug/kg/min`."""
    line, subject = parted.line, parted.part.subject
    if line.rate is None or line.rate.value.startswith("over"):
        return False
    if line.route is not None and line.route.value == "IV_PUMP":
        return True
    fluid = subject is not None and subject.use("solvent") is not None
    return line.dose is None and (fluid or not _BY_VOLUME.search(line.rate.value))


def _asks_frequency(parted: Parted, lexicon: Lexicon) -> bool:
    freq = parted.line.freq
    if freq is None:
        return parted.timing.unclear or not _by_rate(parted)
    known = freq.value in lexicon.frequencies or freq.value in {"STAT", "Q24H"}
    return parted.timing.unclear or not known


def _asks_diluent(line: DraftLine) -> bool:
    if line.diluent is None:
        return False
    diluent = line.diluent.value
    return diluent.volume is None or needs_strength(diluent.name, diluent.percent)


def _by_weight(line: DraftLine) -> bool:
    dose = line.dose or line.dose_range
    per_kg = dose is not None and "/kg" in dose.value.unit
    return per_kg or (line.rate is not None and "/kg" in line.rate.value)


def _remarks(pieces: tuple[Piece, ...]) -> tuple[Span, ...]:
    """Words for the note: those that nobody knows, clock times, `x3`, `do not crush`."""
    kept = set(unread_pieces(pieces))
    kept.update(p for p in pieces if p.kind in {"count", "clock"} or p.use("instruction"))
    return tuple(piece.span for piece in pieces if piece in kept)


def _of_kind(pieces: tuple[Piece, ...], kind: str) -> Said[str] | None:
    for piece in pieces:
        use = piece.use(kind)
        if use is not None:
            return Said(use.value, (piece.span,))
    return None


def _duration(pieces: tuple[Piece, ...]) -> Said[int] | None:
    said = {
        piece.code: piece.span for piece in pieces if piece.kind == "duration" and piece.code != "?"
    }
    if len(said) != 1:
        return None
    code, span = next(iter(said.items()))
    return Said(int(code), (span,))


def _rate(pieces: tuple[Piece, ...]) -> Said[str] | None:
    for piece in pieces:
        if piece.kind in {"rate", "over"} and piece.amount is not None:
            words = spelled(piece.amount)
            said = words if piece.kind == "rate" else f"over {words}"
            return Said(said, (piece.span,))
    return None


def _maximum(pieces: tuple[Piece, ...]) -> Said[str] | None:
    for before, after in itertools.pairwise(pieces):
        if before.use("max") and after.kind in {"amount", "daily"} and after.amount is not None:
            return Said(spelled(after.amount), (before.span, after.span))
    return None


def _without_maximum(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """`max 4 g/day` limits the dose; it is none."""
    return tuple(
        piece for place, piece in enumerate(pieces) if not (place and pieces[place - 1].use("max"))
    )


def _reason(pieces: tuple[Piece, ...]) -> Said[str] | None:
    spans: list[Span] = []
    words: list[str] = []
    unread = set(unread_pieces(pieces))
    for piece in pieces:
        if (
            piece.use("reason-word")
            or (piece.kind == "unknown" and piece not in unread)
            or piece.kind in {"compare", "measure"}
        ):
            spans.append(piece.span)
            words.append(piece.text)
    return Said(" ".join(words), tuple(spans)) if words else None


def spelled(amount: Amount) -> str:
    """`40 gtt/min`, `5-10 ml/h`."""
    upper = f"-{amount.upper:f}" if amount.upper is not None else ""
    return f"{amount.value:f}{upper} {amount.unit}".strip()
