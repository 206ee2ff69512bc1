"""One line, typed or dictated, in Chinese or English, as order drafts."""

from __future__ import annotations

from dataclasses import replace

from app.decision.order_text.bags import bagged, shared
from app.decision.order_text.characters import normalised
from app.decision.order_text.clauses import Clause, clauses
from app.decision.order_text.drafts import DraftLine, Reading, Refusal, Said
from app.decision.order_text.fields import Parted, asks, read_part
from app.decision.order_text.judging import refused
from app.decision.order_text.lexicon import Lexicon
from app.decision.order_text.lexing import Lexer
from app.decision.order_text.parts import Part, is_result, parts
from app.decision.order_text.pieces import Piece, Span
from app.decision.order_text.proposals import Proposals
from app.decision.order_text.spreading import spread

_LONGEST = 2000
_LOADS = {"ONCE", "STAT", "PREOP"}
_MOST_NAME_WORDS = 4
_MOST_NAME_CHARACTERS = 10


class OrderText:
    """Reads lines over one lexicon. It drafts and never signs; it asks and never guesses."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._lexer = Lexer(lexicon)
        self._proposals = Proposals(lexicon)
        self._asking_items = frozenset(
            entry.value
            for entries in lexicon.words.values()
            for entry in entries
            if entry.kind == "item-asks"
        )

    def read(self, text: str) -> Reading:
        """What `text` orders, what is missing, and what of it was refused.

        Never raises. A line longer than 2,000 characters is no order line and is refused whole.
        """
        if len(text) > _LONGEST:
            return Reading(text, (), (Refusal("nothing-to-order", Span(0, len(text))),))
        pieces = self._lexer.pieces(normalised(text))
        found = clauses(pieces)
        drafted: list[list[Parted]] = []
        refusals: list[Refusal] = []
        codes = spread(found, [refused(clause) for clause in found])
        for place, clause in enumerate(found):
            code = codes[place]
            lines = [] if code else self._clause(clause)
            if not code and clause.breaker == "then":
                code = self._goes_on(clause, lines, drafted)
            if not code and any(one.contradiction for one in lines):
                code = "contradiction"
            if code:
                refusals.append(Refusal(code, clause.span))
                lines = []
            drafted.append(lines)
        self._drop_allergens(found, codes, drafted)
        shared(found, drafted)
        orders = tuple(self._asked(one) for lines in drafted for one in lines)
        if not orders and not refusals:
            refusals.append(Refusal("nothing-to-order", Span(0, len(text))))
        return Reading(text, orders, tuple(refusals))

    def _clause(self, clause: Clause) -> list[Parted]:
        found = parts(clause)
        if found[0].subject is None:
            return self._unnamed(clause)
        read = [read_part(part, self._lexicon) for part in found if not is_result(part)]
        for one in read:
            self._propose(one)
        test = _only_skin_test(read)
        return [test] if test is not None else bagged(read)

    def _unnamed(self, clause: Clause) -> list[Parted]:
        """Something was said of a drug, and its name is not known or not sure."""
        read = read_part(Part(None, clause.pieces), self._lexicon)
        proposed = [piece for piece in clause.pieces if piece.proposed]
        unknown = [piece for piece in clause.pieces if piece.kind == "unknown"]
        proposals = tuple(name for piece in proposed for name in piece.proposed)
        if not proposals and unknown and _short_enough(unknown):
            proposals = self._proposals.of(max((p.text for p in unknown), key=len))
        alone = len(clause.pieces) == 1 and bool(proposals)
        only_number = not clause.directed and not any(
            piece.kind in {"amount", "rate", "daily"} for piece in clause.pieces
        )
        if not (clause.said or alone) or not _short_enough(unknown):
            return []
        if only_number and not proposals:
            return []  # `K+ 2.8` is a result, `room 12` a place
        read.line = replace(read.line, proposals=proposals)
        return [read]

    def _propose(self, one: Parted) -> None:
        """A name in a bag that is not known or not sure."""
        subject = one.part.subject
        if subject is not None and not subject.subject:
            names = subject.proposed or self._proposals.of(subject.text)
            one.line = replace(one.line, proposals=names)

    def _goes_on(self, clause: Clause, lines: list[Parted], drafted: list[list[Parted]]) -> str:
        """`300 mg stat then 75 mg qd` goes on with the drug; `40 mg, then 30 mg` is a taper."""
        if clause.subjects or not lines:
            return ""
        before = drafted[-1][-1] if drafted and drafted[-1] else None
        if before is None or before.line.drug is None:
            return "taper" if clause.said and drafted and not drafted[-1] else ""
        freq = before.line.freq
        if freq is None or freq.value not in _LOADS:
            drafted[-1].clear()
            return "taper"
        lines[0].line = replace(lines[0].line, drug=before.line.drug)
        return ""

    def _drop_allergens(
        self, found: tuple[Clause, ...], codes: list[str], drafted: list[list[Parted]]
    ) -> None:
        """What the line calls an allergy is drafted from no other words of it either."""
        allergens = {
            name
            for clause, code in zip(found, codes, strict=True)
            if code == "allergy"
            for piece in clause.pieces
            for name in _names(piece)
        }
        for lines in drafted:
            lines[:] = [
                one
                for one in lines
                if one.line.drug is None or one.line.drug.value not in allergens
            ]

    def _asked(self, parted: Parted) -> DraftLine:
        return replace(parted.line, ask=asks(parted, self._lexicon, self._asking_items))


def _names(piece: Piece) -> tuple[str, ...]:
    sure = (piece.drug.value,) if piece.drug is not None else ()
    return (*sure, *piece.proposed)


def _short_enough(unknown: list[Piece]) -> bool:
    """A drug that the formulary lacks has a name; a sentence is no name."""
    words = sum(piece.text[0].isascii() for piece in unknown)
    characters = sum(len(piece.text) for piece in unknown if not piece.text[0].isascii())
    return words <= _MOST_NAME_WORDS and characters <= _MOST_NAME_CHARACTERS


def _only_skin_test(read: list[Parted]) -> Parted | None:
    """`青霉素皮试` orders the test, not the drug."""
    if len(read) != 1:
        return None
    line = read[0].line
    if line.skin_test is None or line.drug is None:
        return None
    said = (line.dose, line.dose_range, line.route, line.rate, line.duration_d)
    once = line.freq is None or line.freq.value in _LOADS
    if any(one is not None for one in said) or not once or line.skin_test.value != "need":
        return None
    read[0].line = replace(line, kind="treatment", item=Said("Skin test", line.skin_test.spans))
    return read[0]
