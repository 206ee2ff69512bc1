"""The pack of scores: bands without gap or overlap, units that convert, nothing that leads nowhere.

A gap would make a number count nothing, an overlap would make it count by the order of the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product

from app.commands.packs.files import Line, PackFiles
from app.commands.packs.findings import Finding
from app.decision.scores.spans import Fit, Span, ascending, fit, span_of
from app.decision.scores.tables import Answering, Combining, Condition
from app.domain.quantities import Quantity, measure
from app.kernel.faults import AppError, Message
from app.services.score_pack import COLUMNS, NEEDS, ROUNDINGS, condition_of, read_scores, unless_of
from app.services.score_words import read_wording

_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "scores": {"combining": tuple(one.value for one in Combining)},
    "inputs": {"answering": tuple(one.value for one in Answering)},
    "uses": {"rounding": ROUNDINGS},
}
_OF_A_SCORE = ("uses", "bands", "options", "limits", "grades", "constants", "defaults")
_OF_AN_ITEM = ("uses", "bands", "options", "limits", "defaults")
_NAMED = ("aliases", "bare")
"""Tables that may name a score or an item, or none."""

_SPANS = {"inputs": "plausible", "bands": "span", "limits": "span", "grades": "span"}
_UNITS = (("inputs", "unit"), ("uses", "unit"), ("bands", "unit"))
_FITS = {Fit.GAP: "packs.scores.gap", Fit.OVERLAP: "packs.scores.overlap"}
_FAR = date(9999, 12, 31)


def check_scores(pack: PackFiles) -> Iterator[Finding]:
    """What is wrong with `pack` beyond its columns, its keys and its languages."""
    found = list(_columns(pack))
    if not found:
        found = [*_words(pack), *_references(pack), *_spans(pack), *_units(pack)]
    if not found:
        found = [*_banded(pack), *_graded(pack), *_counted(pack)]
    if not found and not pack.overlay:
        found = list(_refused(pack))
    yield from found


def _columns(pack: PackFiles) -> Iterator[Finding]:
    """Columns the loader reads that are not there."""
    for name, columns in COLUMNS.items():
        table = pack.table(name)
        for column in columns:
            if table.lines and column not in table.columns:
                yield table.finding(1, "packs.no-column", column=column)


def _words(pack: PackFiles) -> Iterator[Finding]:
    for name, columns in _WORDS.items():
        table = pack.table(name)
        for line in table.lines:
            for column, words in columns.items():
                told, known = line.row.get(column, ""), ", ".join(filter(None, words))
                if told not in words:
                    yield table.finding(
                        line.number, "packs.unknown-word", column=column, value=told, known=known
                    )


def _references(pack: PackFiles) -> Iterator[Finding]:
    """Scores and items that are named; an overlay may name items that ship."""
    scores = {line.row["code"] for line in pack.rows("scores")}
    for name in _OF_A_SCORE:
        for line in pack.rows(name):
            if line.row["score"] not in scores:
                yield _nowhere(pack, name, line, "score", "scores")
    if not pack.overlay:
        yield from _items(pack)
        yield from _names(pack)


def _items(pack: PackFiles) -> Iterator[Finding]:
    items = {line.row["code"] for line in pack.rows("inputs")}
    asked = {(line.row["score"], line.row["item"]) for line in pack.rows("uses")}
    for name in _OF_AN_ITEM:
        for line in pack.rows(name):
            if line.row["item"] not in items:
                yield _nowhere(pack, name, line, "item", "inputs")
            elif (line.row["score"], line.row["item"]) not in asked:
                yield _nowhere(pack, name, line, "item", "uses")


def _names(pack: PackFiles) -> Iterator[Finding]:
    """Other names of what is not there: nobody would ever be understood by them."""
    there = {
        "score": {line.row["code"] for line in pack.rows("scores")},
        "item": {line.row["code"] for line in pack.rows("inputs")},
    }
    for name in _NAMED:
        for line in pack.rows(name):
            for column, where in (("score", "scores"), ("item", "inputs")):
                if line.row.get(column, "") not in ("", *there[column]):
                    yield _nowhere(pack, name, line, column, where)


def _nowhere(pack: PackFiles, name: str, line: Line, column: str, where: str) -> Finding:
    told = line.row[column]
    table = pack.table(name)
    return table.finding(
        line.number, "packs.not-in-pack", column=column, value=told, pack=f"{where}.tsv"
    )


def _spans(pack: PackFiles) -> Iterator[Finding]:
    for name, column in _SPANS.items():
        table = pack.table(name)
        for line in table.lines:
            told = line.row[column]
            if told and not _is_span(told):
                yield table.finding(line.number, "packs.scores.span", value=told)
    for name, column in (("bands", "when"), ("uses", "needed")):
        table = pack.table(name)
        for line in table.lines:
            told = line.row[column]
            if told not in NEEDS and not unless_of(told) and not _is_condition(told):
                yield table.finding(line.number, "packs.scores.condition", value=told)


def _is_span(text: str) -> bool:
    try:
        span_of(text)
    except ValueError:
        return False
    return True


def _is_condition(text: str) -> bool:
    try:
        condition_of(text)
    except ValueError:
        return False
    return True


def _units(pack: PackFiles) -> Iterator[Finding]:
    converted = {line.row[end] for line in pack.rows("conversions") for end in ("unit", "into")}
    for name, column in _UNITS:
        table = pack.table(name)
        for line in table.lines:
            unit = line.row[column]
            if unit and unit not in converted and measure(Quantity(Decimal(1), unit)) is None:
                yield table.finding(line.number, "packs.scores.unit", value=unit)
    yield from _numbers(pack)


def _numbers(pack: PackFiles) -> Iterator[Finding]:
    """Decimals that are no count, and numbers without a unit."""
    for name in ("scores", "uses"):
        table = pack.table(name)
        for line in table.lines:
            told = line.row["decimals"]
            if told and not told.isdecimal():
                yield table.finding(
                    line.number, "packs.not-a-number", column="decimals", value=told
                )
    table = pack.table("inputs")
    for line in table.lines:
        if line.row["answering"] == Answering.NUMBER.value and not line.row["unit"]:
            yield table.finding(line.number, "packs.empty", column="unit")


def _banded(pack: PackFiles) -> Iterator[Finding]:
    plausible = {line.row["code"]: line.row["plausible"] for line in pack.rows("inputs")}
    for use in pack.rows("uses"):
        row = use.row
        bands = [b for b in pack.rows("bands") if _same(b, use)]
        step = _step(row["decimals"]) if row["rounding"] else None
        groups: dict[tuple[str, str], list[Line]] = {}
        for band in bands:
            groups.setdefault((band.row["unit"], band.row["when"]), []).append(band)
        for (unit, _), lines in groups.items():
            whole = "" if unit else plausible.get(row["item"], "")
            yield from _joined(pack, "bands", lines, whole, None if unit else step)
        yield from _conditions(pack, use, {when for unit, when in groups if not unit})


def _same(line: Line, use: Line) -> bool:
    return (line.row["score"], line.row["item"]) == (use.row["score"], use.row["item"])


def _joined(
    pack: PackFiles, name: str, lines: Sequence[Line], whole: str, step: Fraction | None
) -> Iterator[Finding]:
    """Bands that do not touch, or leave an end of `whole` open; everything where that is empty."""
    table = pack.table(name)
    spans = [span_of(line.row["span"]) for line in lines]
    order = ascending(spans)
    for below, above in pairwise(order):
        code = _FITS.get(fit(spans[below], spans[above], step))
        if code is not None:
            said = {"below": lines[below].row["span"], "above": lines[above].row["span"]}
            yield table.finding(lines[above].number, code, **said)
    for place, is_open in (
        (order[0], _reaches_low(spans[order[0]], whole)),
        (order[-1], _reaches_high(spans[order[-1]], whole)),
    ):
        if not is_open:
            span = lines[place].row["span"]
            yield table.finding(lines[place].number, "packs.scores.ends", span=span)


def _reaches_low(span: Span, whole: str) -> bool:
    low = span_of(whole).low if whole else None
    return span.low is None or (low is not None and span.holds(low.at))


def _reaches_high(span: Span, whole: str) -> bool:
    high = span_of(whole).high if whole else None
    return span.high is None or (high is not None and span.holds(high.at))


def _conditions(pack: PackFiles, use: Line, told: set[str]) -> Iterator[Finding]:
    """Answers of other items under which no group of bands counts, or more than one."""
    if not told:
        return
    groups = [condition_of(when) for when in told]
    asked = sorted({item for group in groups for item, _ in group})
    answers = [_answers(pack, use.row["score"], item) for item in asked]
    for chosen in product(*answers):
        given = dict(zip(asked, chosen, strict=True))
        if sum(_holds(group, given) for group in groups) != 1:
            said = " ".join(f"{item}={answer}" for item, answer in given.items())
            item = use.row["item"]
            yield pack.table("uses").finding(use.number, "packs.scores.when", item=item, when=said)


def _answers(pack: PackFiles, score: str, item: str) -> tuple[str, ...]:
    options = [o.row for o in pack.rows("options") if o.row["item"] == item]
    return tuple(o["option"] for o in options if o["score"] == score) or ("yes", "no")


def _holds(group: Condition, given: Mapping[str, str]) -> bool:
    return all(given[item] in allowed for item, allowed in group)


def _graded(pack: PackFiles) -> Iterator[Finding]:
    for score in pack.rows("scores"):
        lines = [
            line
            for line in pack.rows("grades")
            if line.row["score"] == score.row["code"] and not line.row["single"]
        ]
        if lines:
            step = _step(score.row["decimals"])
            yield from _joined(pack, "grades", lines, score.row["total"], step)


def _counted(pack: PackFiles) -> Iterator[Finding]:
    """Items that count and have nothing to count by, and parts that nothing is needed for."""
    table = pack.table("uses")
    kinds = {line.row["code"]: line.row["answering"] for line in pack.rows("inputs")}
    combining = {line.row["code"]: line.row["combining"] for line in pack.rows("scores")}
    needed = {
        (line.row["score"], line.row["part"]) for line in table.lines if line.row["needed"] != "no"
    }
    for use in table.lines:
        row, kind = use.row, kinds.get(use.row["item"], "")
        source = {"number": "bands", "option": "options"}.get(kind, "")
        counts = bool(row["part"]) or kind == "option"
        if counts and source and not any(_same(line, use) for line in pack.rows(source)):
            yield table.finding(use.number, "packs.scores.nothing", item=row["item"])
        summed = combining[row["score"]] == Combining.SUM.value and bool(row["part"])
        if summed and (row["score"], row["part"]) not in needed:
            yield table.finding(use.number, "packs.scores.part", part=row["part"])


def _refused(pack: PackFiles) -> Iterator[Finding]:
    """What the loader says of the whole, on the day all rows of today hold."""
    days = [date.fromisoformat(line.row["valid_from"]) for line in pack.rows("scores")]
    try:
        read_scores(pack.folder, None, max(days, default=_FAR))
        read_wording(pack.folder, None, max(days, default=_FAR))
    except AppError as error:
        place, _, number = error.fault.detail.partition(" line ")
        line = int(number.partition(":")[0]) if number else 0
        yield Finding(place, line, Message.of("packs.scores.refused", place=error.fault.detail))


def _step(decimals: str) -> Fraction:
    return Fraction(1, 10 ** int(decimals or "0"))
