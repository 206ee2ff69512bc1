"""Warnings that were passed, as whoever reads or verifies the order is told of them."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.deciding import Override
from ui.runtime.chart_words import ChartWords


def passed_lines(words: ChartWords, overrides: Iterable[Override]) -> tuple[str, ...]:
    """One line a warning: what it was about, and why the order was signed all the same."""
    return tuple(dict.fromkeys(_line(words, one) for one in overrides))


def passed_in_full(words: ChartWords, overrides: Iterable[Override]) -> tuple[str, ...]:
    """The same, each with who signed and when."""
    found: list[str] = []
    for one in overrides:
        by = words.text("cards.passed.by", name=one.by_name, at=words.moment(one.at))
        found += [_line(words, one), *([by] if one.by_name else [])]
    return tuple(dict.fromkeys(found))


def _line(words: ChartWords, one: Override) -> str:
    drugs = words.text("cards.beside").join(name.shown(words.language) for name in one.subjects)
    check = words.text(f"cards.name.{one.check}")
    what = words.text("cards.title", check=check, drugs=drugs) if drugs else check
    reason = one.reason.shown(words.language)
    why = words.text("cards.own.said", reason=reason, words=one.text) if one.text else reason
    if one.witness_name:
        return words.text("cards.passed.two", what=what, why=why, name=one.witness_name)
    return words.text("cards.passed", what=what, why=why)
