"""A line of a file of cases as the situation the engine is asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from app.commands.order_cases.fields import Fields
from app.commands.order_cases.json_values import (
    Keys,
    UnreadError,
    instant,
    line_of,
    members,
)
from app.commands.order_cases.lines import LineReader, Notes, in_bags, lines_of, without_dose_text
from app.commands.order_cases.patients import PatientReader
from app.decision.order_text.packs import lexicon
from app.decision.situation import Line, Situation, Subject
from app.services.decision_packs import Decision


@dataclass(frozen=True, slots=True)
class Case:
    """A case.

    Attributes:
        name: Its `id`, whatever that is.
        written: What a medicine was called, by the key of its line.
        unread: Names of what was written and not understood; it was left out.
    """

    name: object
    situation: Situation
    written: Mapping[str, str]
    unread: tuple[str, ...]


class CaseReader:
    """Reads cases over the knowledge of the engine."""

    def __init__(self, decision: Decision, now: Callable[[], datetime]) -> None:
        named = decision.substances.named
        self._now = now
        self._lines = LineReader(Fields(lexicon()), named)
        self._patients = PatientReader(
            self._lines.drug,
            decision.substances.allergen,
            decision.allergies,
            decision.grades,
        )

    def read(self, text: str) -> Case:
        """The case of a line.

        Raises:
            UnreadError: It is no case, or a value of it is none of its kind.
        """
        return self.case(line_of(text))

    def case(self, told: Mapping[str, object]) -> Case:
        """The same of what was read from JSON.

        Raises:
            UnreadError: As above.
        """
        keys, notes = Keys(told), Notes()
        keys.take("id", "note", "comment", "expect")
        now = instant(*keys.take("now")) or self._now()
        patient = Keys(members(keys.take("patient")[0] or {}, "patient"), "patient")
        subject = self._patients.read(patient, now, notes.unread)
        notes.weight = _weight(subject)
        active = lines_of(self._lines, *patient.take("active"), notes)
        indication, _ = patient.take("indication")
        orders, where = keys.take("orders")
        if not isinstance(orders, list) or not orders:
            raise UnreadError("orders: expected a list of orders")
        new = tuple(
            self._lines.ordered(one, f"{where}[{place}]", notes) for place, one in enumerate(orders)
        )
        notes.unread += [*patient.unread(), *keys.unread()]
        situation = Situation(
            now=now,
            subject=subject,
            lines=tuple(in_bags((*_for(new, indication), *map(without_dose_text, active)))),
        )
        unread = tuple(dict.fromkeys(notes.unread))
        return Case(told.get("id"), situation, notes.written, unread)


def _for(lines: Iterable[Line], indication: object) -> Iterable[Line]:
    """What the patient is treated for, where an order says nothing of its own."""
    for one in lines:
        yield one if one.indication or not indication else replace(one, indication=str(indication))


def _weight(subject: Subject) -> Decimal | None:
    reading = subject.latest("weight")
    return reading.quantity.value if reading is not None and reading.quantity.value > 0 else None
