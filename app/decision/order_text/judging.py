"""Which words are never drafted: allergies, negations, histories, questions, classes, tapers."""

from __future__ import annotations

from app.decision.order_text.clauses import Clause
from app.decision.order_text.pieces import Piece

# In the order in which one reason is said before another.
_CUES = (
    ("allergy", ("allergy",)),
    ("negation", ("negation",)),
    ("taper", ("taper",)),
    ("several-doses", ("several-doses",)),
    ("change-of-running", ("change-dose",)),
    ("question", ("question",)),
    ("conditional", ("conditional",)),
    ("narrative", ("narrative",)),
)
_MOST_LETTERS_UNREAD = 2
_MOST_CHINESE_UNREAD = 6
_FIELDS = {"amount", "number", "freq", "duration", "rate", "over", "max", "mark"}
_ALLERGIC = ("过敏", "allerg", "anaphyla")


def refused(clause: Clause) -> str:
    """Why nothing of `clause` is drafted; "" if it may be."""
    return next(filter(None, (judge(clause) for judge in _JUDGES)), "")


def _replaced(clause: Clause) -> str:
    """`A 改为 B`: A is not drafted, and a mere new dose is for the running order."""
    if clause.breaker == "change" and not clause.named and clause.said:
        return "change-of-running"
    return "negation" if clause.changes and clause.subjects else ""


def _cued(clause: Clause) -> str:
    for code, cues in _CUES:
        if any(piece.cue(*cues) and not _meant_as_prn(piece, clause) for piece in clause.pieces):
            return code
    return ""


def _told_of(clause: Clause) -> str:
    if _allergic_to(clause):
        return "allergy"
    return "narrative" if _on_a_drug(clause) or only_measured(clause) else ""


def _not_one_dose(clause: Clause) -> str:
    if clause.has("meal-dose"):
        return "several-doses"
    positive = any(use.value == "positive" for piece in clause.pieces if (use := piece.use("skin")))
    return "positive-skin-test" if positive else ""


def _unnamed(clause: Clause) -> str:
    if not clause.subjects:
        if any(piece.cue("refused-abbreviation") for piece in clause.pieces):
            return "refused-abbreviation"
        if any(piece.cue("class") for piece in clause.pieces):
            return "class-name"
        return ""
    letters, chinese = unread(clause)
    too_many = letters > _MOST_LETTERS_UNREAD or chinese > _MOST_CHINESE_UNREAD
    return "unread" if too_many else ""


def _meant_as_prn(piece: Piece, clause: Clause) -> bool:
    """`prn if pain` names the reason of an order as needed, not a condition of ordering."""
    if not piece.cue("conditional"):
        return False
    return any(
        before.use("prn") and before.span.start < piece.span.start for before in clause.pieces
    )


def _allergic_to(clause: Clause) -> bool:
    """`青霉素过敏性休克`: an indication only beside a dose, else what the drug has done."""
    if clause.said:
        return False
    return any(
        before.drug is not None
        and any(word in after.text for word in _ALLERGIC)
        and not after.text.startswith("抗")
        for before, after in zip(clause.pieces, clause.pieces[1:], strict=False)
    )


def _on_a_drug(clause: Clause) -> bool:
    return any(
        before.use("on") is not None and after.drug is not None
        for before, after in zip(clause.pieces, clause.pieces[1:], strict=False)
    )


def only_measured(clause: Clause) -> bool:
    """`K 2.9 mmol/L` is a result, no dose."""
    return clause.has("measure") and not clause.has("compare") and not clause.said


def unread(clause: Clause) -> tuple[int, int]:
    """Latin words of three letters or more and Chinese characters that nobody knows."""
    letters = chinese = 0
    for piece in unread_pieces(clause.pieces):
        if piece.text[0].isascii():
            letters += len(piece.text) > 2
        else:
            chinese += len(piece.text)
    return letters, chinese


def unread_pieces(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """What no word or phrase knows, without the reason of an order (`prn …`, `for …`)."""
    found: list[Piece] = []
    in_reason = False
    for piece in pieces:
        if piece.use("reason") or piece.use("prn"):
            in_reason = True
        elif piece.kind in _FIELDS or piece.use("route"):
            in_reason = False
        elif piece.kind == "unknown" and not in_reason:
            found.append(piece)
    return tuple(found)


_JUDGES = (_replaced, _cued, _told_of, _not_one_dose, _unnamed)
