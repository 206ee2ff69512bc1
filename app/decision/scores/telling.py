"""What a file tells of one patient, read for one score.

Keys and answers are taken as people write them. What could mean two things is refused with the
reason; what is not understood is named; neither is ever counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from app.decision.scores.results import Answer
from app.decision.scores.tables import NO, YES, Answering, Item, Score, Use
from app.decision.scores.wording import (
    Alias,
    Key,
    Wording,
    converts,
    key_of,
    options_of,
    plain,
    points_told,
    use_of,
)
from app.domain.quantities import Quantity, number
from app.kernel.faults import Message

UNREADABLE = "?"
"""In place of an answer that was refused: no score counts it."""

_NUMBER = re.compile(r"([<>≤≥~≈]=?)?\s*([+-]?\d+(?:\.\d+)?|[+-]?\.\d+)\s*(.*)", re.DOTALL)
_COMMA = re.compile(r"[+-]?\d+,\d+.*", re.DOTALL)
_PAIR = re.compile(r"\s*(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)\s*(.*)", re.DOTALL)
_RATE = re.compile(r"\s*([^\d\s.][^\d.]*?)\s*(\d.*)", re.DOTALL)
_PARTED = re.compile(r"[;,+]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell: what is written under a key.

    Attributes:
        unit: As written beside it, or "".
        at: When it was true.
    """

    key: str
    text: str
    at: datetime
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that was not taken, and why."""

    item: str
    why: Message


@dataclass(frozen=True, slots=True)
class Told:
    """What a row tells a score.

    Attributes:
        answers: By item; a refused one is there and counts nothing.
        read_as: Numbers without a unit, with the only unit they can be in.
        unread: Keys that mean nothing to this score.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    read_as: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    def take(self, use: Use, entry: Entry, answer: Answer | Message | None) -> None:
        """An answer, why it is refused, or nothing."""
        item, before = use.item.code, self.answers.get(use.item.code)
        if answer is None:
            return
        if isinstance(answer, Answer) and before is not None and before.value != answer.value:
            answer = Message.of("scores.told.twice", key=entry.key, item=item)
        if isinstance(answer, Message):
            self.refusals.append(Refusal(item, answer))
            answer = Answer(UNREADABLE, entry.at)
        self.answers[item] = answer


def told(table: Score, book: Wording, entries: Iterable[Entry]) -> Told:
    """Read every cell of a row for one score."""
    found, reader = Told(), _Reader(table, book)
    left = [entry for entry in entries if not reader.take(found, entry)]
    found.unread.extend(one.key for one in left if not reader.rest(found, one))
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    table: Score
    book: Wording

    def take(self, found: Told, entry: Entry) -> bool:
        """Read one cell; False where its key means nothing here."""
        key = key_of(self.table, self.book, entry.key)
        if key is not None:
            found.take(key.use, entry, self._answer(found, key, entry))
            return True
        name = plain(entry.key)
        ways = (self._claim, self._span, self._pair, self._code, self._nothing_given)
        return any(way(found, entry, name) for way in ways)

    def _answer(self, found: Told, key: Key, entry: Entry) -> Answer | Message | None:
        match key.use.item.answering:
            case Answering.NUMBER:
                return self._number(found, key, entry)
            case _:
                return self._option(key.use, entry)

    def _number(self, found: Told, key: Key, entry: Entry) -> Answer | Message | None:
        said = _NUMBER.fullmatch(entry.text.strip())
        if said is None or _COMMA.fullmatch(entry.text.strip()):
            return self._no_number(entry)
        if said[1]:
            return Message.of("scores.told.limit", key=entry.key, value=entry.text)
        value, item = Decimal(said[2]), key.use.item
        unit = self._unit(key, entry, said[3].strip(), value)
        if isinstance(unit, Message):
            return unit
        if not (said[3].strip() or entry.unit or key.unit) and unit != item.unit:
            found.read_as[item.code] = f"{number(value)} {unit}"
        return Answer(Quantity(value, unit), entry.at)

    def _no_number(self, entry: Entry) -> Message | None:
        if self._is_missing(entry.text):
            return None
        return Message.of("scores.told.no-number", key=entry.key, value=entry.text)

    def _unit(self, key: Key, entry: Entry, word: str, value: Decimal) -> str | Message:
        item, units = key.use.item, dict.fromkeys((key.unit,) if key.unit else ())
        for one in filter(None, (word, entry.unit)):
            unit = self.book.unit(one, key.alias)
            if unit is None or not converts(self.table, item, unit):
                known = ", ".join(self.book.units_of(self.table, item))
                said = {"key": entry.key, "value": one, "known": known}
                return Message.of("scores.told.unit", **said)
            units[unit] = None
        if len(units) > 1:
            return Message.of("scores.told.two-units", key=entry.key, units=", ".join(units))
        if units:
            return next(iter(units))
        return self._bare(key, item, entry, value)

    def _bare(self, key: Key, item: Item, entry: Entry, value: Decimal) -> str | Message:
        own = self.book.own_units(key.alias)
        fitting = () if own else self.book.bare_units(item, value)
        if len(fitting) == 1:
            return fitting[0]
        known = ", ".join(self.book.units_of(self.table, item))
        said = {"key": entry.key, "value": entry.text.strip(), "known": known}
        return Message.of("scores.told.no-unit", **said)

    def _option(self, use: Use, entry: Entry) -> Answer | Message | None:
        text = _whole_number(entry.text)
        found = set(options_of(self.table, self.book, use, text))
        if not found and text.isdecimal():
            found = set(points_told(self.table, self.book, use, Decimal(text)))
        if len(found) == 1:
            return Answer(found.pop(), entry.at)
        if not found and self._is_missing(entry.text):
            return None
        options = ", ".join(one.code for one in use.options) or f"{YES}, {NO}"
        code = "scores.told.ambiguous" if found else "scores.told.option"
        return Message.of(code, key=entry.key, value=entry.text, options=options)

    def _is_missing(self, text: str) -> bool:
        name = plain(text)
        words = self.book.named("word", name, self.table.code)
        return not name or any(not one.item and not one.option for one in words)

    def _flag(self, text: str) -> str:
        """`yes`, `no`, or "" for what is neither."""
        words = self.book.named("word", plain(_whole_number(text)), self.table.code)
        return next((one.option for one in words if not one.item and one.option), "")

    def _uses(self, kind: str, name: str) -> Iterator[tuple[Alias, Use]]:
        for alias in self.book.named(kind, name, self.table.code):
            use = use_of(self.table, alias.item)
            if use is not None:
                yield alias, use

    def rest(self, found: Told, entry: Entry) -> bool:
        """`others: no`: everything that is asked with yes or no and has no key of its own.

        False where the key says nothing of the kind.
        """
        if not self.book.named("rest", plain(entry.key), self.table.code):
            return False
        if self._flag(entry.text) == NO:
            for use in self.table.uses:
                is_flag = use.item.answering is Answering.FLAG
                if is_flag and use.needed and use.item.code not in found.answers:
                    found.take(use, entry, Answer(NO, entry.at))
        return True

    def _claim(self, found: Told, entry: Entry, name: str) -> bool:
        """`female: yes`, `scale2: no`: one of two options; of three, only which it is."""
        known = tuple(self._uses("claim", name))
        for alias, use in known:
            others = [one.code for one in use.options if one.code != alias.option]
            chosen = {YES: [alias.option], NO: others}.get(self._flag(entry.text), [])
            if len(chosen) == 1:
                found.take(use, entry, Answer(chosen[0], entry.at))
            elif not self._is_missing(entry.text):
                options = ", ".join(one.code for one in use.options)
                said = {"key": entry.key, "value": entry.text, "options": options}
                found.take(use, entry, Message.of("scores.told.option", **said))
        return bool(known)

    def _span(self, found: Told, entry: Entry, name: str) -> bool:
        """`o2_flow: 2`: a number that means an option."""
        known = tuple(self._uses("span", name))
        said = _NUMBER.fullmatch(entry.text.strip())
        for alias, use in known:
            if said is not None and not said[1] and alias.holds(Decimal(said[2])):
                found.take(use, entry, Answer(alias.option, entry.at))
            elif said is None and not self._is_missing(entry.text):
                found.take(use, entry, self._no_number(entry))
        return bool(known)

    def _pair(self, found: Told, entry: Entry, name: str) -> bool:
        """`bp: 120/80`: two items in one cell."""
        known = tuple(self._uses("pair", name))
        said = _PAIR.fullmatch(entry.text)
        for alias, use in known:
            second = use_of(self.table, alias.detail)
            for one, place in ((use, 1), (second, 2)):
                if one is None:
                    continue
                if said is None:
                    found.take(one, entry, self._no_number(entry))
                    continue
                cell = Entry(entry.key, f"{said[place]} {said[3]}", entry.at, entry.unit)
                found.take(one, entry, self._number(found, Key(one, name), cell))
        return bool(known)

    def _code(self, found: Told, entry: Entry, name: str) -> bool:
        """`gcs: E3 V4 M6`: a letter for each item, and its answer behind it."""
        known = tuple(self._uses("code", name))
        for alias, use in known:
            said = re.search(rf"{alias.detail}\s*(\d|nt|t|c)", entry.text.casefold())
            word = f"{alias.detail}{said[1]}" if said is not None else entry.text
            cell = Entry(entry.key, word, entry.at)
            found.take(use, entry, self._option(use, cell))
        return bool(known)

    def _nothing_given(self, found: Told, entry: Entry, name: str) -> bool:
        """`vasopressors: none` or `norepinephrine 0.08`: what is not named is not running."""
        known = tuple(use for _, use in self._uses("none", name))
        given, nothing = _rates(entry.text), self._flag(entry.text) == NO
        if not known or (self._is_missing(entry.text) and not nothing):
            return bool(known)
        named = {
            key.use.item.code: rate for drug, rate in given if (key := self._drug(drug, known))
        }
        for use in known:
            rest = "0" if nothing or 0 < len(named) == len(given) else entry.text
            amount = named.get(use.item.code, rest)
            key = Key(use, plain(use.item.code))
            cell = Entry(entry.key, amount, entry.at, entry.unit)
            found.take(use, entry, self._number(found, key, cell))
        return True

    def _drug(self, name: str, known: tuple[Use, ...]) -> Key | None:
        key = key_of(self.table, self.book, name)
        return key if key is not None and key.use in known else None


def _rates(text: str) -> tuple[tuple[str, str], ...]:
    said = (_RATE.fullmatch(part) for part in _PARTED.split(text))
    return tuple((one[1], one[2]) for one in said if one is not None)


def _whole_number(text: str) -> str:
    """`1.0`, as tables of numbers write a 1, is `1`."""
    said = re.fullmatch(r"\s*(\d+)\.0+\s*", text)
    return said[1] if said else text


def readable(value: object) -> str:
    """A value of JSON as a cell of a table holds it; nothing for null."""
    match value:
        case None:
            return ""
        case bool():
            return YES if value else NO
        case Decimal():
            return number(value)
        case _:
            return str(value)


def nested(row: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The cells of an object, those of the objects in it too, unless they hold a `value`."""
    for key, value in row.items():
        if isinstance(value, dict) and "value" not in value:
            yield from nested(value)
        else:
            yield key, value
