"""Medicines of a case: ordered, running or stopped, as objects or as people write them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from app.commands.order_cases.fields import Dose, Fields, Frequency, Rate, Way
from app.commands.order_cases.json_values import (
    Keys,
    UnreadError,
    date_in,
    elements,
    instant,
    members,
    words,
)
from app.decision.situation import VEIN, Line, Standing
from app.decision.substances import Drug
from app.domain.quantities import Quantity
from app.domain.terms import Named

_STOPPED = re.compile(
    r"\(?\s*(?:stopped|stop|discontinued|ended|停用|已停|停药)[:：]?\s*(?:on\s+)?"
)
_BETWEEN = re.compile(r"[;；\n]|[,，、](?!\d)")
_LATIN = re.compile(r"[A-Za-z]")
_INTO_A_VEIN = "iv"
_DRIP = "ivgtt"
_NAMED_BY = ("drug", "name", "medication", "药品")
_UNUSED_KINDS = {"form", "noise", "salt", "term", "join", "instruction", "verb", "when-note"}


@dataclass
class Told:
    """What was written of a medicine, before it is read."""

    name: str = ""
    dose: str = ""
    route: str = ""
    frequency: str = ""
    rate: str = ""
    diluent: str = ""
    group: str = ""
    indication: str = ""
    started: datetime | None = None
    stopped: datetime | None = None


@dataclass
class Notes:
    """What is known and noted while a case is read.

    Attributes:
        weight: Of the patient, in kg.
        unread: Names of what was written and not understood.
        written: What a medicine was called, by the key of its line.
    """

    weight: Decimal | None = None
    unread: list[str] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineReader:
    """Reads medicines over the names and fields that are known."""

    fields: Fields
    named: Callable[[str], Drug | None]

    def ordered(self, told: object, key: str, notes: Notes) -> Line:
        """An order; what cannot be understood of it is left open and noted.

        Raises:
            UnreadError: It names no drug, or a value has no shape that could be one.
        """
        if isinstance(told, str):
            return self._line(self._sentence(told, key), key, notes, Standing.NEW)
        return self._line(_told(members(told, key), key, notes), key, notes, Standing.NEW)

    def running(self, told: object, key: str, notes: Notes) -> Line:
        """A medicine on the chart, as a name, as `warfarin 3 mg qd` or as an object."""
        if isinstance(told, str):
            return self._line(self._sentence(told, key), key, notes, Standing.ACTIVE)
        return self._line(_told(members(told, key), key, notes), key, notes, Standing.ACTIVE)

    def _line(self, told: Told, key: str, notes: Notes, standing: Standing) -> Line:
        if not told.name:
            raise UnreadError(f"{key}: names no drug")
        drug = self.drug(told.name)
        notes.written[key] = told.name
        dose = self._dose(told.dose, drug, notes.weight)
        way, frequency = self.fields.route(told.route), self.fields.frequency(told.frequency)
        rate = self.fields.rate(told.rate, dose.amount or dose.dose) if told.rate else Rate()
        _note(notes.unread, key, told, way, frequency, rate)
        return Line(
            key=key,
            drug=drug,
            named=drug.name if drug is not None else Named(told.name),
            standing=Standing.STOPPED if told.stopped is not None else standing,
            dose=dose.dose,
            amount=dose.amount,
            dose_text=dose.text,
            route=_route(way, rate, told),
            frequency=frequency.code,
            per_day=frequency.per_day,
            as_needed=frequency.as_needed,
            once=frequency.once,
            rate=rate.rate,
            diluent=self._diluent(told.diluent),
            diluent_text="" if self.fields.is_nothing(told.diluent) else told.diluent,
            group=told.group,
            started_at=told.started,
            stopped_at=told.stopped,
            indication=told.indication,
        )

    def drug(self, name: str) -> Drug | None:
        """The drug of that name; a form or strength may stand beside it."""
        found = self.named(name)
        if found is not None:
            return found
        for head, rest in _cuts(name):
            found = self.named(head)
            if found is not None and self._is_said_of_a_drug(rest):
                return found
        return None

    def _dose(self, text: str, drug: Drug | None, weight: Decimal | None) -> Dose:
        if not text:
            return Dose()
        found = self.fields.dose(text, drug.name.english if drug is not None else "")
        if found.dose is None or weight is None or not found.dose.unit.endswith("/kg"):
            return found
        unit = found.dose.unit.removesuffix("/kg")
        return Dose(Quantity(found.dose.value * weight, unit))

    def _diluent(self, text: str) -> Drug | None:
        if self.fields.is_nothing(text):
            return None
        solvent = self.fields.solvent(text)
        return self.named(solvent) if solvent else self.drug(text)

    def _sentence(self, text: str, key: str) -> Told:
        """`华法林 3mg qd`: the longest name, and the rest by what it looks like."""
        stopped: datetime | None = None
        found = _STOPPED.search(text)
        if found is not None:
            _, stopped = date_in(text[found.end() :], key)
            text = text[: found.start()].strip() if stopped is not None else text
        if self.named(text) is not None:
            return Told(text, stopped=stopped)
        for head, rest in _cuts(text):
            if self.named(head) is not None and self._is_said_of_a_drug(rest):
                told = Told(head, stopped=stopped)
                told.dose = rest if self.fields.dose(rest).dose is not None else ""
                told.route = rest if self.fields.route(rest).code else ""
                told.frequency = rest if self.fields.frequency(rest).code else ""
                return told
        return Told(text, stopped=stopped)

    def _is_said_of_a_drug(self, text: str) -> bool:
        """Whether nothing in the words could be another name."""
        return all(
            piece.kind != "unknown" and piece.drug is None and not piece.proposed
            for piece in self.fields.pieces(text)
        )


def _told(told: Mapping[str, object], key: str, notes: Notes) -> Told:
    keys, found = Keys(told, key), Told()
    found.name = words(*keys.take(*_NAMED_BY))
    found.dose = _amount(*keys.take("dose", "剂量"))
    unit = words(*keys.take("unit", "dose_unit"))
    found.dose = f"{found.dose} {unit}".strip() if found.dose else ""
    found.route = words(*keys.take("route", "途径"))
    found.frequency = words(*keys.take("freq", "frequency", "频次"))
    found.rate = _amount(*keys.take("rate", "infusion_rate"))
    found.diluent = _solvent(*keys.take("diluent", "solvent", "溶媒"))
    found.group = words(*keys.take("group"))
    found.indication = words(*keys.take("indication", "reason"))
    found.started = instant(*keys.take("started", "start"))
    found.stopped = instant(*keys.take("stopped", "stop", "ended", "stopped_at"))
    keys.take("id", "status")
    notes.unread += keys.unread()
    return found


def _amount(told: object, where: str) -> str:
    """`0.5 g`, 0.5, {"value": 0.5, "unit": "g"}."""
    if isinstance(told, Mapping):
        keys = Keys(told, where)
        value, unit = words(*keys.take("value")), words(*keys.take("unit"))
        return f"{value} {unit}".strip()
    return words(told, where)


def _solvent(told: object, where: str) -> str:
    """`NS 100 ml`, {"drug": "NS", "volume": "100 ml"}."""
    if isinstance(told, Mapping):
        keys = Keys(told, where)
        name, volume = words(*keys.take("drug", "name")), words(*keys.take("volume"))
        return f"{name} {volume}".strip()
    return words(told, where)


def _route(way: Way, rate: Rate, told: Told) -> str:
    """Into a vein: by hand, as an infusion where something says that it runs, or nobody knows."""
    if rate.pushed and way.code in {"", _INTO_A_VEIN, _DRIP}:
        return _INTO_A_VEIN
    if way.code != _INTO_A_VEIN or way.pushed:
        return way.code
    return _DRIP if told.rate or told.diluent else VEIN


def in_bags(lines: Iterable[Line]) -> Iterator[Line]:
    """What shares a bag with another is infused."""
    told = tuple(lines)
    bags = Counter(one.group for one in told if one.group)
    for one in told:
        shared = bags[one.group] > 1 and one.route == VEIN
        yield replace(one, route=_DRIP) if shared else one


def _note(
    unread: list[str], key: str, told: Told, way: Way, frequency: Frequency, rate: Rate
) -> None:
    """Name what was written and not understood: the checks that need it say so, too."""
    if told.route and not way.code:
        unread.append(f"{key}.route")
    if told.frequency and not (frequency.code or frequency.as_needed):
        unread.append(f"{key}.freq")
    if told.rate and rate.rate is None and not rate.pushed:
        unread.append(f"{key}.rate")


def _cuts(text: str) -> Iterator[tuple[str, str]]:
    """The text cut in two, the longest beginning first; a Latin word is never cut."""
    for at in range(len(text) - 1, 1, -1):
        if _LATIN.match(text[at - 1]) and _LATIN.match(text[at]):
            continue
        yield text[:at].strip(" ,，("), text[at:]


def lines_of(reader: LineReader, told: object, where: str, notes: Notes) -> tuple[Line, ...]:
    """Every medicine on the chart."""
    listed = [part for one in elements(told) for part in _apart(one)]
    return tuple(
        reader.running(one, f"{where}[{place}]", notes) for place, one in enumerate(listed)
    )


def _apart(told: object) -> Sequence[object]:
    """`warfarin 3 mg qd; digoxin` is two; a comma within a number parts nothing."""
    if not isinstance(told, str):
        return (told,)
    return [one.strip() for one in _BETWEEN.split(told) if one.strip()]


def without_dose_text(line: Line) -> Line:
    """What runs already is no order: nobody is asked for its unit."""
    return replace(line, dose_text="")
