"""What is said of one clause and holds for its neighbours."""

from __future__ import annotations

import itertools

from app.decision.order_text.clauses import Clause
from app.decision.order_text.judging import only_measured

_LISTED = {"comma", "list"}


def spread(found: tuple[Clause, ...], codes: list[str]) -> list[str]:
    """The reasons of refusal, by clause, with what their neighbours say.

    `停用阿司匹林、氯吡格雷`: what is only named is refused with its list. `home meds: A, B`: a
    history goes on over commas, and one with a colon goes on until somebody orders something.
    """
    spread_on = _forwards(found, codes)
    for place in range(len(found) - 2, -1, -1):
        listed = found[place + 1].breaker in _LISTED
        if listed and found[place].bare and not spread_on[place]:
            spread_on[place] = spread_on[place + 1]
    return spread_on


def _forwards(found: tuple[Clause, ...], codes: list[str]) -> list[str]:
    spread_on: list[str] = []
    heading = ""
    for place, clause in enumerate(found):
        if _ordering(clause):
            heading = ""
        before = spread_on[-1] if spread_on else ""
        code = codes[place] or _goes_on(clause, before, found[place - 1]) or ""
        if not code and clause.subjects:
            code = heading
        if code == "change-of-running" and spread_on and clause.breaker == "change":
            spread_on[-1] = code
        if code and _heads(clause):
            heading = code
        spread_on.append(code)
    return spread_on


def _goes_on(clause: Clause, code: str, before: Clause) -> str:
    if clause.breaker not in _LISTED or not code:
        return ""
    if clause.bare:
        return code
    history = code == "narrative" and not only_measured(before)
    return code if history and not _ordering(clause) else ""


def _ordering(clause: Clause) -> bool:
    return any(piece.use("verb") for piece in clause.pieces)


def _heads(clause: Clause) -> bool:
    """`home meds:` stands over what follows."""
    return any(
        before.cue("allergy", "negation", "narrative") and after.code == ":"
        for before, after in itertools.pairwise(clause.pieces)
    )
