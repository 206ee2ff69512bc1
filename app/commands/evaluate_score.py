"""A score by file: what each row gives, as one JSON object a line."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from app.decision.scores.baseline import back_calculated
from app.decision.scores.reading import read
from app.decision.scores.results import Answer, NotApplicable, Problem, Result, Scored, Subscore
from app.decision.scores.scoring import score
from app.decision.scores.tables import Answering, Score, Use
from app.decision.scores.telling import Entry, Told, nested, readable, told
from app.decision.scores.wording import Wording, plain
from app.domain.quantities import Quantity, number
from app.kernel.faults import Message
from app.services.score_filling import BASELINE, CKD_EPI, KDIGO, RULE, at_least
from app.services.score_pack import read_scores
from app.services.score_words import read_wording
from resources.catalogue import Catalogue
from resources.reading import path

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

ANSWER = """\
in: CSV with a heading line, a JSON object, an array of objects, or one object a line; - for the
input. An item is named as --list shows it, or as the pack's aliases.tsv knows it (rr, spo2, sbp,
creatinine_mgdl ...). A unit may stand in the key, behind the number, or in KEY_unit; a value may
be {"value", "unit", "at"}. Without a unit a number is taken only where it can be in one. "now"
and "at" are ISO times; without "now" it is now, without "at" it is "now". "others": "no" says
that everything else that is asked with yes or no was asked, and is no.

out: {"id", "score", "status", "total", "unit", "band", "meaning", "response", "subscores",
"at_least", "missing", "problems", "without", "taken", "baseline", "read_as", "why", "unread",
"source", "version", "knowledge"}
  status      complete, incomplete (no total) or not-applicable (why)
  at_least    what an incomplete sum comes to already: what is missing can only add to it
  missing     items nobody told; problems: every item that was not counted, and why
  without     items a total may do without and did: they could have raised it
  taken       what the publication says holds where nothing is said
  baseline    of KDIGO-AKI, where none was told and age and sex were: what it was assumed to be
  read_as     numbers without a unit, with the only unit they can be in
  unread      keys that mean nothing to this score
"""
_NAMES = 6
"""How many other names `--list` shows of an item."""

_RESERVED = ("id", "now")
_BESIDE = {"unit": "unit", "units": "unit", "at": "at", "time": "at"}


def list_scores(name: str = "", overlay: Path | None = None) -> int:
    """Print what a score asks, in which units and with which answers; without a name, of all."""
    book, tables = _knowledge(overlay, datetime.now(UTC))
    codes = _named(book, tables, name) if name else tuple(tables)
    for table in (tables[code] for code in codes):
        names = [
            one.alias for one in book.aliases if (one.kind, one.score) == ("score", table.code)
        ]
        print(f"{table.code}  {table.name.english}  (also: {', '.join(dict.fromkeys(names))})")
        for use in table.uses:
            print(f"  {use.item.code:<24} {_asked(table, book, use)}")
    return 0 if codes else 2


def score_file(
    name: str, file: Path | None, overlay: Path | None = None, *, as_active: bool = False
) -> int:
    """Score every row of `file`, or of the input.

    The exit code is 0 when every row could be read, 1 when one is no row, 2 for a name that is no
    score or may be several.
    """
    now, catalogue = datetime.now(UTC), Catalogue.load("en")
    book, tables = _knowledge(overlay, now)
    codes = _named(book, tables, name)
    if len(codes) != 1:
        known = ", ".join(codes or sorted(tables))
        told_ = Message.of("scores.told.score", name=name, known=known)
        print(catalogue.render(told_), file=sys.stderr)
        return 2
    if file is not None and not file.is_file():
        print(f"no such file: {file}", file=sys.stderr)
        return 2
    text = sys.stdin.read() if file is None else file.read_text(encoding="utf-8-sig")
    evaluating = _Evaluating(tables[codes[0]], book, catalogue, now, as_active, tables.get(CKD_EPI))
    return evaluating.all(text)


def _knowledge(overlay: Path | None, now: datetime) -> tuple[Wording, Mapping[str, Score]]:
    pack = path("packs/scores")
    tables = read_scores(pack, overlay, now.date())
    return read_wording(pack, overlay, now.date()), tables


def _named(book: Wording, tables: Mapping[str, Score], name: str) -> tuple[str, ...]:
    exact = tuple(code for code in tables if plain(code) == plain(name))
    return exact or tuple(dict.fromkeys(book.scores(name)))


@dataclass(frozen=True, slots=True)
class _Evaluating:
    table: Score
    book: Wording
    catalogue: Catalogue
    now: datetime
    as_active: bool
    formula: Score | None = None

    def all(self, text: str) -> int:
        wrong = 0
        for place, row in enumerate(rows_of(text), 1):
            if isinstance(row, dict):
                print(json.dumps(self.answer(row), ensure_ascii=False))
            else:
                wrong += 1
                print(f"row {place}: no object of inputs", file=sys.stderr)
        return 1 if wrong else 0

    def answer(self, row: Mapping[str, object]) -> dict[str, Json]:
        """What one row gives."""
        now = moment_of(row.get("now")) or self.now
        entries = tuple(entries_of(row, now))
        found = told(self.table, self.book, entries)
        assumed = self._baseline(found, entries, now) if self.table.code == KDIGO else {}
        result = score(self.table, found.answers | assumed, now)
        return {
            "id": _json(row.get("id")),
            "score": self.table.code,
            **self._outcome(result, found),
            "subscores": {one.part: _number(one.points) for one in _subscores(result)},
            "baseline": _baseline_said(assumed),
            "read_as": dict(found.read_as),
            "unread": list(found.unread),
            "source": self.table.origin.source,
            "version": self.table.origin.version,
            "knowledge": "active" if self.as_active else self.table.origin.status,
        }

    def _baseline(
        self, found: Told, entries: tuple[Entry, ...], now: datetime
    ) -> dict[str, Answer]:
        """Back-calculated from age and sex where no baseline is told (KDIGO AKI 2012, 2.1)."""
        rate = self.formula
        if rate is None or BASELINE in found.answers:
            return {}
        beside = told(rate, self.book, entries)
        found.unread[:] = [key for key in found.unread if key in beside.unread]
        read_ = read(rate, beside.answers, now)
        sex, years = read_.words.get("sex"), read_.numbers.get("age")
        if sex is None or years is None:
            return {}
        base = back_calculated(self.table, rate, sex, int(years))
        return {BASELINE: Answer(base.value, now), RULE: Answer(base.rule, now)}

    def _outcome(self, result: Result, found: Told) -> dict[str, Json]:
        if isinstance(result, NotApplicable):
            return {
                "status": "not-applicable",
                "total": None,
                "why": [one.english for one in result.why],
            }
        taken: dict[str, Json] = {
            one.item: f"{one.answer}: {one.why.english}" for one in result.taken
        }
        if isinstance(result, Scored):
            band = result.band
            return {
                "status": "complete",
                "total": _number(result.total),
                "unit": result.unit,
                "band": band.code if band else None,
                "meaning": band.name.english if band else None,
                "response": band.response.english if band else None,
                "without": self._problems(result.without, found),
                "taken": taken,
            }
        least = at_least(self.table, result)
        return {
            "status": "incomplete",
            "total": None,
            "band": None,
            "at_least": None if least is None else _number(least),
            "missing": list(result.missing),
            "problems": self._problems(result.problems, found),
            "taken": taken,
        }

    def _problems(self, problems: tuple[Problem, ...], found: Told) -> list[Json]:
        return [
            {"item": one.item, "lack": one.lack.value, "said": self._said(one, found)}
            for one in problems
        ]

    def _said(self, problem: Problem, found: Told) -> str:
        why = [one.why for one in found.refusals if one.item == problem.item]
        told_ = why or [Message.of(f"scores.lack.{problem.lack.value}", item=problem.item)]
        return " ".join(self.catalogue.render(one) for one in told_)


def _baseline_said(assumed: Mapping[str, Answer]) -> Json:
    if not assumed:
        return None
    value = assumed[BASELINE].value
    said = value.text if isinstance(value, Quantity) else value
    return f"{said}, {assumed[RULE].value}"


def _subscores(result: Result) -> tuple[Subscore, ...]:
    return () if isinstance(result, NotApplicable) else result.subscores


def rows_of(text: str) -> Iterator[object]:
    """The rows of a file, whichever of the four ways it is written in; what is none as it is."""
    if not text.lstrip().startswith(("{", "[")):
        heading = text.partition("\n")[0]
        between = max(",;\t", key=heading.count)
        yield from csv.DictReader(io.StringIO(text), restkey="", restval="", delimiter=between)
        return
    try:
        whole = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except json.JSONDecodeError:
        yield from (_line(line) for line in text.splitlines() if line.strip())
        return
    yield from whole if isinstance(whole, list) else [whole]


def _line(line: str) -> object:
    try:
        return json.loads(line, parse_float=Decimal, parse_int=Decimal)
    except json.JSONDecodeError:
        return None


def entries_of(row: Mapping[str, object], now: datetime) -> Iterator[Entry]:
    """The cells of a row, each with the unit and the time that stand beside it."""
    cells = [(key, value) for key, value in nested(row) if key not in _RESERVED]
    names = {plain(key) for key, _ in cells}
    beside: dict[tuple[str, str], str] = {}
    for key, value in cells:
        stem, kind = _beside(key)
        if kind and plain(stem) in names:
            beside[plain(stem), kind] = readable(value)
    for key, value in cells:
        stem, kind = _beside(key)
        if not (kind and plain(stem) in names):
            yield _entry(key, value, beside, now)


def _entry(key: str, value: object, beside: Mapping[tuple[str, str], str], now: datetime) -> Entry:
    unit, at = beside.get((plain(key), "unit"), ""), beside.get((plain(key), "at"), "")
    if isinstance(value, dict):
        unit = readable(value.get("unit")) or unit
        at = readable(value.get("at") or value.get("time")) or at
        value = value.get("value")
    return Entry(key, readable(value), moment_of(at) or now, unit)


def _beside(key: str) -> tuple[str, str]:
    stem, _, last = key.rpartition("_")
    return stem, _BESIDE.get(last.casefold(), "")


def moment_of(text: object) -> datetime | None:
    """An ISO time; UTC where it names no zone. None for what is none."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _asked(table: Score, book: Wording, use: Use) -> str:
    match use.item.answering:
        case Answering.NUMBER:
            bare = [f"{b.span_text} {b.unit}" for b in book.bare if b.item == use.item.code]
            units = ", ".join(book.units_of(table, use.item))
            answers = units + (f"; without a unit: {', '.join(bare)}" if bare else "")
        case Answering.OPTION:
            answers = " | ".join(one.code for one in use.options)
        case Answering.FLAG:
            answers = "yes | no"
    names = [
        one.alias
        for one in book.aliases
        if (one.kind, one.item) == ("key", use.item.code) and one.score in ("", table.code)
    ]
    also = f"; also {', '.join(dict.fromkeys(names[:_NAMES]))}" if names else ""
    return f"{answers}  ({_need(table, use)})  {use.item.name.english}{also}"


def _need(table: Score, use: Use) -> str:
    default = table.defaults.get(use.item.code)
    if default is not None:
        return f"{default.answer} if not told"
    if use.unless:
        return f"or {' and '.join(use.unless)}"
    if use.operand:
        return "to compute with"
    if use.computing:
        return f"or from {', '.join(one.rstrip('?') for one in use.operands)}"
    return "needed" if use.needed else "may be left out"


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(number(value))


def _json(value: object) -> Json:
    return _number(value) if isinstance(value, Decimal) else None if value is None else str(value)
