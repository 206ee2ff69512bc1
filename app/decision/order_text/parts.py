"""Gives every word of a clause to the drug or item it belongs to."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from app.decision.order_text.clauses import Clause
from app.decision.order_text.pieces import Piece

_AMOUNTS = {"amount", "number"}
_MEASURED = {"laboratory", "nursing"}


@dataclass(frozen=True, slots=True)
class Part:
    """One subject and what is said of it.

    Attributes:
        subject: None where nothing known is named.
        joined: A `+` or its like stands before it: it goes into the same bag.
    """

    subject: Piece | None
    pieces: tuple[Piece, ...]
    joined: bool = False


def parts(clause: Clause) -> tuple[Part, ...]:
    """The parts of `clause`, one for each thing it names."""
    pieces = clause.pieces
    places = _subjects(pieces)
    if not places:
        return (Part(None, pieces),)
    starts = [0]
    joined = [False]
    for before, at in itertools.pairwise(places):
        start, join = _start(pieces, before, at, starts[-1])
        starts.append(start)
        joined.append(join)
    ends = [*starts[1:], len(pieces)]
    return tuple(
        Part(pieces[place], pieces[start:end], join)
        for place, start, end, join in zip(places, starts, ends, joined, strict=True)
    )


def _subjects(pieces: tuple[Piece, ...]) -> list[int]:
    """Places of what is named; a brand beside its generic name is one thing."""
    places: list[int] = []
    in_bag = any(piece.use("solvent") for piece in pieces)
    for place, piece in enumerate(pieces):
        if piece.subject:
            if not (places and _same(pieces, places[-1], place)):
                places.append(place)
        elif in_bag and (piece.kind == "unknown" or piece.proposed) and _measured(pieces, place):
            places.append(place)
    return places


def _measured(pieces: tuple[Piece, ...], place: int) -> bool:
    """Whether an amount follows the name: a drug of the bag that the formulary lacks."""
    for piece in pieces[place + 1 :]:
        if not (piece.use("form") or piece.use("salt") or piece.code in {"(", ")"}):
            return piece.kind in _AMOUNTS
    return False


def _same(pieces: tuple[Piece, ...], before: int, place: int) -> bool:
    last, piece = pieces[before], pieces[place]
    if last.drug is not None and piece.drug is not None:
        same = last.drug.value == piece.drug.value
        return same and _nothing_between(pieces[before + 1 : place])
    one, other = last.use("item"), piece.use("item")
    return one is not None and other is not None and one.value == other.value


def _nothing_between(pieces: tuple[Piece, ...]) -> bool:
    return all(piece.kind == "mark" or piece.use("salt") or piece.use("form") for piece in pieces)


def _start(pieces: tuple[Piece, ...], before: int, at: int, first: int) -> tuple[int, bool]:
    """Where the words of the subject at `at` begin."""
    for place in range(at - 1, before, -1):
        if pieces[place].use("join") or pieces[place].code == "+":
            return place + 1, True
    start = at
    while start - 1 > before and _leads(pieces[start - 1]):
        start -= 1
    if start - 1 > before and _is_its_amount(pieces, first, start - 1, at):
        start -= 1
    if start - 1 > before and _is_its_route(pieces, first, start - 1):
        start -= 1
    return start, False


def _leads(piece: Piece) -> bool:
    """`10%`, `注射用`, `盐酸` stand before the name they belong to."""
    form = piece.use("form")
    return (
        piece.kind == "percent"
        or piece.use("salt") is not None
        or (form is not None and form.value == "pwd")
    )


def _is_its_amount(pieces: tuple[Piece, ...], first: int, place: int, at: int) -> bool:
    """`2 g 100 ml NS`: the second amount belongs to what follows, if that says none itself."""
    if pieces[place].kind not in _AMOUNTS:
        return False
    before = any(piece.kind in _AMOUNTS for piece in pieces[first:place])
    for piece in pieces[at + 1 :]:
        if piece.subject:
            break
        if piece.kind in _AMOUNTS:
            return False
    return before


def _is_its_route(pieces: tuple[Piece, ...], first: int, place: int) -> bool:
    if pieces[place].use("route") is None:
        return False
    return any(piece.use("route") for piece in pieces[first:place])


def is_result(part: Part) -> bool:
    """`血糖 16.5` tells a result; only `血糖` orders one."""
    subject = part.subject
    item = subject.use("item") if subject is not None else None
    if subject is None or item is None or item.detail not in _MEASURED:
        return False
    after = part.pieces[part.pieces.index(subject) + 1 :]
    if not after or after[0].kind not in {"number", "measure"}:
        return False
    return len(after) == 1 or after[1].kind != "unknown"
