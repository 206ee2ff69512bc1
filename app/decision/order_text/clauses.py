"""Cuts a line where one order ends, and puts together what belongs to one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.decision.order_text.pieces import Piece, Span

_HARD = {"\n", ";", "。", "!", ".", "#"}
_SHARED = {"comma", "list"}
_SAID = {"amount", "number", "rate", "daily", "malformed", "meal-dose"}
_LITRES = {"ml", "L"}


@dataclass(frozen=True, slots=True)
class Clause:
    """Words between two breaks.

    Attributes:
        breaker: What stands before it: `start`, `hard`, `comma`, `list`, `then`, `change`.
        changes: `change` follows: what is named here is to be replaced.
    """

    pieces: tuple[Piece, ...]
    breaker: str
    changes: bool = False

    @property
    def span(self) -> Span:
        return Span(self.pieces[0].span.start, self.pieces[-1].span.end)

    @property
    def subjects(self) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.subject)

    @property
    def named(self) -> bool:
        """Whether it may name something to order, however vaguely."""
        if self.subjects or any(
            piece.proposed or piece.cue("class", "refused-abbreviation") for piece in self.pieces
        ):
            return True
        unknown = any(piece.kind == "unknown" and len(piece.text) > 1 for piece in self.pieces)
        return unknown and self.said

    @property
    def said(self) -> bool:
        """Whether it says how much."""
        return any(
            piece.kind in _SAID and (piece.kind != "number" or piece.text[0].isascii())
            for piece in self.pieces
        )

    @property
    def directed(self) -> bool:
        """Whether it says which way or how often."""
        return any(
            piece.kind == "freq" or piece.use("route") or piece.use("freq") or piece.use("prn")
            for piece in self.pieces
        )

    @property
    def bare(self) -> bool:
        """Only names: what is said of the neighbours of the list is said of these too."""
        return bool(self.subjects) and not self.said and not self.directed

    @property
    def only_solvent(self) -> bool:
        """Only fluid and its volume: a bag that the next drug goes into, or this one."""
        subjects = self.subjects
        return (
            len(subjects) == 1
            and subjects[0].use("solvent") is not None
            and any(
                p.amount and p.kind == "amount" and p.amount.unit in _LITRES for p in self.pieces
            )
        )

    def has(self, kind: str) -> bool:
        return any(piece.kind == kind for piece in self.pieces)


def clauses(pieces: tuple[Piece, ...]) -> tuple[Clause, ...]:
    """The clauses of a line; what only goes on with an order is put to it."""
    found: list[Clause] = []
    for clause in _cut(pieces):
        before = found[-1] if found else None
        if before is not None and _goes_on(before, clause):
            found[-1] = replace(
                before, pieces=(*before.pieces, *clause.pieces), changes=clause.changes
            )
        else:
            found.append(clause)
    return tuple(found)


def _goes_on(before: Clause, clause: Clause) -> bool:
    if clause.breaker in _SHARED and not clause.named:
        return True
    if clause.breaker == "then" and not clause.named:
        return not clause.said and not clause.directed
    if clause.breaker == "hard" and not clause.named:
        return any(piece.cue("allergy") for piece in clause.pieces)
    if clause.breaker not in _SHARED:
        return False
    into_bag = before.only_solvent and not before.directed
    bag_after = clause.only_solvent and before.said and not before.directed
    return into_bag or bag_after


def _cut(pieces: tuple[Piece, ...]) -> list[Clause]:
    found: list[Clause] = []
    held: list[Piece] = []
    breaker = "start"
    for piece in pieces:
        cut = _breaker(piece, held)
        if not cut:
            held.append(piece)
            continue
        if held:
            found.append(Clause(tuple(held), breaker, changes=cut == "change"))
            held = []
            breaker = cut
        elif cut in {"hard", "change"} or breaker in _SHARED:
            breaker = cut
    if held:
        found.append(Clause(tuple(held), breaker))
    return found


def _breaker(piece: Piece, held: list[Piece]) -> str:
    if piece.kind == "mark":
        return "hard" if piece.code in _HARD else "comma" if piece.code == "," else ""
    if piece.use("then"):
        return "then"
    if piece.use("list"):
        return "list"
    if piece.cue("change"):
        return "change"
    if piece.text == "to" and any(before.cue("change-from") for before in held):
        return "change"
    return ""
