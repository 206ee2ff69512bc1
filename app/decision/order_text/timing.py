"""How often: the frequency words of one order, brought together or found to contradict."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from app.decision.order_text.drafts import Said
from app.decision.order_text.lexicon import Lexicon
from app.decision.order_text.pieces import Piece, Span

_EVENTS = {"AM", "PM", "HS"}
_DAILY = {"QD", "QM", "QN", *_EVENTS}
_TIMES = {"次", "回", "times", "time"}
_TWICE = {"twice", "thrice"}
_ONE = {"1", "一", "one"}
_ONCE = {"ONCE", "STAT", "PREOP", "INTRAOP"}


@dataclass
class Timing:
    """What was found out about the frequency.

    Attributes:
        contradiction: Two frequencies that are not one.
        unclear: It was said in a way that means several things, or that no code stands for.
    """

    freq: Said[str] | None = None
    when: Said[str] | None = None
    prn: Said[str] | None = None
    contradiction: bool = False
    unclear: bool = False


def timing(pieces: tuple[Piece, ...], lexicon: Lexicon) -> Timing:
    """Read the frequency words among `pieces`."""
    found = Timing()
    codes = _codes(pieces)
    doubts = {use.value for piece in pieces if (use := piece.use("ambiguous")) is not None}
    found.unclear = "freq-days" in doubts or "?" in codes
    codes.pop("?", None)
    for kind, value in (("prn", None), ("when", None), ("when-note", None)):
        for piece in pieces:
            use = piece.use(kind)
            if use is not None:
                said = Said(value or use.value, (piece.span,))
                if kind == "prn":
                    found.prn = found.prn or said
                else:
                    found.when = found.when or said
    _settle(found, codes, lexicon)
    if found.freq is not None and _counts_beside(pieces):
        # `daily, three times`: the day alone would be a third of what was said.
        found.freq, found.unclear = None, True
    if found.freq is None and not found.contradiction:
        # `od` is once a day or the right eye; beside `tid` it is the eye.
        found.unclear = found.unclear or "freq" in doubts
        _from_events(found)
    return found


def _codes(pieces: tuple[Piece, ...]) -> dict[str, list[Span]]:
    codes: dict[str, list[Span]] = {}
    for place, piece in enumerate(pieces):
        use = piece.use("freq")
        code = piece.code if piece.kind == "freq" else use.value if use else ""
        if code and not _each_time(code, pieces, place):
            codes.setdefault(code, []).append(piece.span)
    loads = [piece.span for piece in pieces if piece.use("load")]
    # A load is given once by what it is, unless the line says another thing.
    return codes or ({"ONCE": loads} if loads else {})


def _counts_beside(pieces: tuple[Piece, ...]) -> bool:
    """Whether a number of times stands there that no phrase took up with its day."""
    twice = any(piece.kind == "unknown" and piece.text in _TWICE for piece in pieces)
    pairs = pairwise(pieces)
    return twice or any(
        number.kind == "number" and times.text in _TIMES and number.text not in _ONE
        for number, times in pairs
    )


def _each_time(code: str, pieces: tuple[Piece, ...], place: int) -> bool:
    """`一次 0.5 g 一日三次`: each time; `每天早上一次`: once at that time."""
    if code != "ONCE" or pieces[place].text not in {"一次", "1次"}:
        return False
    after = pieces[place + 1] if place + 1 < len(pieces) else None
    if after is not None and after.kind in {"amount", "number"}:
        return True
    before = pieces[place - 1] if place else None
    event = before.use("freq") if before is not None else None
    return event is not None and event.value in _DAILY


def _settle(found: Timing, codes: dict[str, list[Span]], lexicon: Lexicon) -> None:
    regular = [code for code in codes if code not in _EVENTS and code != "CONT"]
    events = [code for code in codes if code in _EVENTS]
    chosen = _one_of(regular, lexicon)
    if chosen is None and regular:
        found.contradiction = True
        return
    if chosen is None:
        chosen = "CONT" if "CONT" in codes else _one_event(events)
        if chosen is None and events:
            found.unclear = True
    elif events:
        found.when = found.when or Said(events[0], tuple(codes[events[0]]))
    if chosen in _ONCE and found.prn is not None and chosen != "ONCE":
        found.contradiction = True
        return
    if chosen is not None:
        spans = [span for code in regular or [chosen] for span in codes[code]]
        found.freq = Said(chosen, tuple(spans))


def _one_event(events: list[str]) -> str | None:
    return events[0] if len(events) == 1 else None


def _one_of(codes: list[str], lexicon: Lexicon) -> str | None:
    """The most exact of several that say the same; None when they do not (bid with q8h)."""
    if not codes:
        return None
    if set(codes) == {"ONCE", "STAT"}:
        return "STAT"
    if set(codes) <= {*_ONCE} and len(set(codes)) > 1:
        return next((c for c in codes if c in {"PREOP", "INTRAOP"}), None)
    counts = {_per_day(code, lexicon) for code in codes}
    if len(set(codes)) > 1 and (len(counts) > 1 or "" in counts):
        return None
    return max(codes, key=_exactness)


def _per_day(code: str, lexicon: Lexicon) -> str:
    if code == "Q24H":
        return "1"
    return lexicon.frequencies.get(code, "")


def _exactness(code: str) -> int:
    """An interval says more than a count, a time of day more than a day."""
    if code.startswith("Q") and code.endswith("H"):
        return 2
    return 1 if code in {"QN", "QM"} else 0


def _from_events(found: Timing) -> None:
    """`三餐前` says how often by itself; `prn` stands for as needed where nothing else does."""
    if found.when is not None and found.when.value in {"AC", "PC"} and not found.unclear:
        found.freq, found.when = found.when, None
    elif found.prn is not None and not found.unclear:
        found.freq = found.prn
