"""Cuts a line into pieces: at every place the longest word or phrase wins."""

from __future__ import annotations

import re

from app.decision.order_text.grammar import Grammar
from app.decision.order_text.lexicon import Lexicon, digit, latin
from app.decision.order_text.pieces import Piece, Span

_RUN = re.compile(r"[a-z][a-z0-9]*(?:[-'/][a-z0-9]+)*")
_MARKER = re.compile(r"(?:^|(?<=[\n;。]))\s*(?:[0-9]{1,2}[.、)](?![0-9])|[①-⑳]|[-*•·])\s*")


class Lexer:
    """Reads pieces off a normalised line."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._grammar = Grammar(lexicon)

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """Every piece of `text`, in order, without the spaces."""
        markers = {found.start(): found.end() for found in _MARKER.finditer(text)}
        found: list[Piece] = []
        at = 0
        while at < len(text):
            if at in markers and markers[at] > at:
                found.append(Piece("mark", Span(at, markers[at]), text[at : markers[at]], code="#"))
                at = markers[at]
            elif text[at] == " ":
                at += 1
            else:
                piece = self._piece(text, at, found)
                at = piece.span.end
                self._add(found, piece)
        return tuple(found)

    def _piece(self, text: str, at: int, before: list[Piece]) -> Piece:
        word = self._word(text, at, before)
        best: Piece | None = None
        if word:
            span = Span(at, at + len(word))
            best = Piece("word", span, word, self._lexicon.words[word])
        for phrase in self._grammar.phrases(text, at):
            if best is None or phrase.span.end > best.span.end:
                best = phrase
        return best or self._rest(text, at)

    def _word(self, text: str, at: int, before: list[Piece]) -> str:
        word = self._lexicon.match(text, at)
        if word or not before or not latin(text[at]):
            return word
        last = before[-1]
        glued = last.span.end == at and last.kind != "unknown"
        return self._grammar.glued(text, at) if glued else ""

    def _rest(self, text: str, at: int) -> Piece:
        run = _RUN.match(text, at)
        if run:
            return Piece("unknown", Span(at, run.end()), run.group())
        kind = "unknown" if text[at].isalnum() and not digit(text[at]) else "mark"
        return Piece(kind, Span(at, at + 1), text[at], code=text[at] if kind == "mark" else "")

    def _add(self, found: list[Piece], piece: Piece) -> None:
        """Chinese that no word knows is one run, not so many characters."""
        last = found[-1] if found else None
        span = Span(last.span.start if last else 0, piece.span.end)
        if last is not None and _one_run(last, piece):
            found[-1] = Piece("unknown", span, last.text + piece.text)
        elif last is not None and _no_unit(last, piece):
            found[-1] = Piece("malformed", span, last.text + piece.text)
        else:
            found.append(piece)


def _one_run(last: Piece, piece: Piece) -> bool:
    """`头孢西丁` is a name that nobody knows, though 头孢 alone is a class."""
    if piece.kind != "unknown" or latin(piece.text[0]) or last.span.end != piece.span.start:
        return False
    return last.use("stem") is not None or (last.kind == "unknown" and not latin(last.text[-1]))


def _no_unit(last: Piece, piece: Piece) -> bool:
    """`5k units` is not five: letters that are no unit stand at the number."""
    touching = last.kind == "number" and last.span.end == piece.span.start
    return touching and piece.kind == "unknown" and latin(piece.text[0])
