"""Order lines in, drafts out: one JSON object a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from app.decision.order_text.drafts import DraftLine, Reading, Said
from app.decision.order_text.packs import lexicon
from app.decision.order_text.pieces import Amount, Span
from app.decision.order_text.reading import OrderText

VOCABULARY = """\
out, one line for each in: {"id", "orders": [...], "ask": [...], "refused": why, "refusals": [...]}
what nobody said is absent; "refused" is null where every word was read as an order or a remark.

an order
  kind        medication laboratory imaging nursing diet level-of-care treatment consultation
              isolation position condition other
  drug        English generic name in lower case; absent while it is unknown or only proposed
  item        what is ordered, where it is no medicine
  dose        [number, unit]; unit null while nobody said one
              mg g ug ng ml L U IU mmol mEq tab cap amp vial bottle bag sachet drop puff patch pill
              piece kcal J; mg/kg and mg/kg/d are kept and never multiplied
  dose_range  [from, to, unit]; the dose is asked for
  form        tab cap "SR tab" "EC tab" inj pwd sol susp gran supp oint crm eye inh neb patch ...
  route       PO SL NG NEB INH IV IV_DRIP IV_PUSH IV_PUMP SC IM ID PR TOP EYE EAR NAS IT EPI PV TD
              (IV: said without drip, push or pump)
  freq        codes of the frequencies pack: QD QN QM BID TID QID Q5D_ Q1H Q2H Q3H Q4H Q6H Q8H Q12H
              Q30M QOD Q3D QW BIW TIW Q2W QMO AC PC HS AM PM 12MN STAT ONCE PRN SOS CONT PREOP
              INTRAOP PREDIAL, and Q24H; Q36H, 6/D ... are said as they stand and asked for
  when        AC PC CC BREAKFAST DINNER HS AM PM beside a frequency
  prn         PRN or SOS, also beside an interval ("q6h prn" is freq Q6H with prn PRN)
  duration_d  whole days; a week is seven
  diluent     [drug, ml]; diluent_strength as said ("0.9%")
  rate        "40 gtt/min", "3 ml/h", "0.1 ug/kg/min", "over 30 min"
  skin_test   true (to be done), "negative", "waived"
  strength    "10%", "10mg/5ml", "1:10000" as written      max  "4 g/d"
  term        long-term temporary stat prn sos discharge, where the line says so
  group       the same number for what goes into one bag
  reason, proposals (names to choose from by a click), ask, notes, unread
  source      field -> [[start, end] ...]: the words it came from, as places in the text
  notes       [code, start, end]: naked-decimal trailing-zero thousands numeral, shown rewritten

ask           drug dose unit route freq duration_d diluent rate weight
refused       allergy negation narrative question conditional class-name taper several-doses
              contradiction change-of-running refused-abbreviation positive-skin-test unread
              nothing-to-order; several are joined by ", ". Words beside the refused ones may still
              be drafted: "stop aspirin; clopidogrel 75 mg po qd" gives the second.
"""

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

_MILLILITRES = {"ml": 1, "L": 1000}
_PLAIN = (
    "drug", "item", "form", "route", "freq", "when", "prn", "rate", "strength", "reason", "term",
)  # fmt: skip


def parse_file(path: Path | None) -> int:
    """Read every line of `path`, or of the input; print one object for each.

    The exit code is 1 when a line is no object with a `text`; the others are read all the same.
    """
    reader = OrderText(lexicon())
    if path is None:
        return _answer(reader, sys.stdin)
    if not path.exists():
        print(f"no such file: {path}", file=sys.stderr)
        return 1
    with path.open(encoding="utf-8-sig") as lines:
        return _answer(reader, lines)


def _answer(reader: OrderText, lines: Iterable[str]) -> int:
    wrong = 0
    for place, line in enumerate(lines, 1):
        if not line.strip():
            continue
        asked = _asked(line)
        if asked is None:
            wrong += 1
            print(f'line {place}: expected an object with "text"', file=sys.stderr)
            continue
        print(json.dumps(answer(asked.get("id"), reader.read(str(asked["text"]))),
                         ensure_ascii=False))  # fmt: skip
    return 1 if wrong else 0


def _asked(line: str) -> dict[str, Json] | None:
    try:
        asked = json.loads(line)
    except json.JSONDecodeError:
        return None
    return asked if isinstance(asked, dict) and isinstance(asked.get("text"), str) else None


def answer(name: Json, reading: Reading) -> dict[str, Json]:
    """A reading as the vocabulary writes it."""
    codes = dict.fromkeys(one.code for one in reading.refusals)
    return {
        "id": name,
        "orders": [_order(line) for line in reading.orders],
        "ask": list(reading.ask),
        "refused": ", ".join(codes) or None,
        "refusals": [
            {"why": one.code, "start": one.span.start, "end": one.span.end}
            for one in reading.refusals
        ],
    }


def _order(line: DraftLine) -> dict[str, Json]:
    said: dict[str, Json] = {"kind": line.kind, **_amounts(line)}
    for name in _PLAIN:
        value: Said[str] | None = getattr(line, name)
        if value is not None:
            said[name] = value.value
    if line.skin_test is not None:
        test = line.skin_test.value
        said["skin_test"] = True if test == "need" else test
    if line.maximum is not None:
        said["max"] = line.maximum.value
    if line.duration_d is not None:
        said["duration_d"] = line.duration_d.value
    lists: dict[str, list[Json]] = {
        "proposals": list(line.proposals),
        "ask": list(line.ask),
        "notes": [[note.code, note.span.start, note.span.end] for note in line.notes],
        "unread": [_place(span) for span in line.unread],
    }
    said.update({name: value for name, value in lists.items() if value})
    if line.group:
        said["group"] = line.group
    said["source"] = dict(_sources(line))
    return said


def _amounts(line: DraftLine) -> dict[str, Json]:
    said: dict[str, Json] = {}
    if line.dose is not None:
        dose = line.dose.value
        said["dose"] = [_number(dose.value), dose.unit or None]
    if line.dose_range is not None:
        dose = line.dose_range.value
        upper = dose.upper if dose.upper is not None else dose.value
        said["dose_range"] = [_number(dose.value), _number(upper), dose.unit or None]
    if line.diluent is not None:
        diluent = line.diluent.value
        said["diluent"] = [diluent.name, _millilitres(diluent.volume)]
        if diluent.percent:
            said["diluent_strength"] = diluent.percent
    return said


def _millilitres(volume: Amount | None) -> int | float | None:
    if volume is None:
        return None
    return _number(volume.value * _MILLILITRES.get(volume.unit, 1))


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _sources(line: DraftLine) -> Iterator[tuple[str, Json]]:
    names = (*_PLAIN, "skin_test", "dose", "dose_range", "duration_d", "diluent", "maximum")
    for name in names:
        said: Said[object] | None = getattr(line, name)
        if said is not None:
            yield name, [_place(span) for span in said.spans]


def _place(span: Span) -> list[Json]:
    return [span.start, span.end]
