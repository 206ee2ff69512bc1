"""Order sets: what one offers for a patient, what is preselected, and the drafts of what is chosen.

Nothing is decided here that a clinician has not chosen: a condition that fails or is unknown only
takes the preselection away, and no other line is put in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from app.domain.order_set_conditions import (
    Allergens,
    Condition,
    Facts,
    Question,
    Verdict,
    verdict,
    weight_for,
)
from app.domain.orders import Dosage, Objection, OrderClass, OrderDraft, OrderKind, Priority
from app.domain.patients import Measured
from app.domain.terms import EncounterId, Named, PatientId, Term
from app.kernel.faults import Message

_NOTHING = Named("")


@dataclass(frozen=True, slots=True)
class SetLine:
    """One line of a set.

    Attributes:
        heading: Under which it stands.
        choice: Of which choice it is an option, or "".
        dose: Amount, or amount for each kg of body weight (`per_kg`); None for no dose.
        unit: UCUM code of the amount, without the "/kg".
        most: What a dose that was worked out never exceeds; in `unit`.
        step: A dose that was worked out is rounded down to a whole number of these; in `unit`.
        group: Lines of a set with the same words here are one infusion.
        lasts: After that it ends by itself.
        conditions: Codes of what must hold before it is preselected.
    """

    key: str
    heading: str
    order_class: OrderClass
    item: Term
    kind: OrderKind
    choice: str = ""
    preselected: bool = False
    dose: Decimal | None = None
    unit: str = ""
    per_kg: bool = False
    most: Decimal | None = None
    step: Decimal | None = None
    route: Term | None = None
    frequency: Term | None = None
    rate: Decimal | None = None
    rate_unit: str = ""
    group: str = ""
    lasts: timedelta | None = None
    priority: Priority = Priority.ROUTINE
    skin_test: str = ""
    conditions: tuple[str, ...] = ()
    reason: Named = _NOTHING
    note: Named = _NOTHING

    @property
    def unit_of_choice(self) -> str:
        """What is chosen as one: the infusion it belongs to, else the line itself."""
        return f"group {self.group}" if self.group else self.key


@dataclass(frozen=True, slots=True)
class Choice:
    """Options of which at least `least` and at most `most` are chosen."""

    key: str
    name: Named
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class OrderSet:
    """A set as a pack has it; lines stand in the order of the pack."""

    code: str
    version: str
    name: Named
    pinyin: str
    about: Named
    lines: tuple[SetLine, ...]
    choices: tuple[Choice, ...] = ()
    source: str = ""
    status: str = ""

    @property
    def origin(self) -> str:
        """How an order names the set it came from."""
        return f"{self.code}|{self.version}"


@dataclass(frozen=True, slots=True)
class SetBook:
    """Everything the packs say about sets."""

    sets: tuple[OrderSet, ...]
    headings: Mapping[str, Named]
    conditions: Mapping[str, Condition]
    allergens: Allergens

    def by_code(self, code: str) -> OrderSet | None:
        return next((one for one in self.sets if one.code == code), None)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line is not preselected although the set would like it, or what to look at first."""

    condition: Condition
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class OfferedLine:
    """A line for one patient.

    Attributes:
        preselected: The set wants it and every condition of it, and of its infusion, holds.
        dose: The dose, worked out where it is one for each kg; None where that is not possible.
        weight: What it was worked out from.
        reasons: Every condition of its own that does not hold.
    """

    line: SetLine
    preselected: bool
    dose: Decimal | None
    weight: Measured | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A set for one patient."""

    set: OrderSet
    lines: tuple[OfferedLine, ...]

    @property
    def preselected(self) -> frozenset[str]:
        """Keys of the lines that are chosen unless the clinician says otherwise."""
        return frozenset(one.line.key for one in self.lines if one.preselected)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the clinician chose.

    Attributes:
        keys: The lines.
        doses: Doses that were typed; None where a field was emptied or holds no number.
    """

    keys: frozenset[str] = frozenset()
    doses: Mapping[str, Decimal | None] | None = None

    def dose_of(self, one: OfferedLine) -> Decimal | None:
        """The typed dose, else the offered one."""
        return (self.doses or {}).get(one.line.key, one.dose)


@dataclass(frozen=True, slots=True)
class Placing:
    """For whom, when and in which language lines become drafts.

    Attributes:
        marker: Makes the names of infusion groups new in the basket they go to.
    """

    patient: PatientId
    encounter: EncounterId | None
    now: datetime
    language: str
    marker: str


def offer(book: SetBook, one: OrderSet, facts: Facts) -> Offer:
    """What the set offers to the patient of `facts`."""
    reasons = {line.key: _reasons(book, line, facts) for line in one.lines}
    hindered = {line.unit_of_choice for line in one.lines if reasons[line.key]}
    offered: list[OfferedLine] = []
    for line in one.lines:
        weight = _weight(book, line, facts)
        offered.append(
            OfferedLine(
                line=line,
                preselected=line.preselected and line.unit_of_choice not in hindered,
                dose=_worked_out(line, weight) if line.per_kg else line.dose,
                weight=weight,
                reasons=reasons[line.key],
            )
        )
    return Offer(one, tuple(offered))


def toggled(one: OrderSet, keys: frozenset[str], key: str) -> frozenset[str]:
    """`keys` after a click on `key`: an infusion goes whole, and of one option one is chosen."""
    line = next(line for line in one.lines if line.key == key)
    whole = frozenset(x.key for x in one.lines if x.unit_of_choice == line.unit_of_choice)
    if key in keys:
        return keys - whole
    choice = next((choice for choice in one.choices if choice.key == line.choice), None)
    if choice is not None and choice.most == 1:
        keys -= {x.key for x in one.lines if x.choice == choice.key}
    return keys | whole


def objections_to(offered: Offer, chosen: Chosen) -> tuple[Objection, ...]:
    """Everything that keeps the chosen lines out of the basket; `field` names a line or choice."""
    found: list[Objection] = []
    for choice in offered.set.choices:
        options = [one.line for one in offered.lines if one.line.choice == choice.key]
        count = len({line.unit_of_choice for line in options if line.key in chosen.keys})
        if not choice.least <= count <= choice.most:
            code = "order_sets.too-few" if count < choice.least else "order_sets.too-many"
            said = Message.of(code, least=choice.least, most=choice.most)
            found.append(Objection(choice.key, said))
    whole = {one.line.unit_of_choice for one in offered.lines if one.line.key in chosen.keys}
    for one in offered.lines:
        if one.line.key in chosen.keys:
            found.extend(_dose_objections(one, chosen))
        elif one.line.unit_of_choice in whole:
            found.append(Objection(one.line.key, Message.of("order_sets.group-torn")))
    return tuple(found)


def drafts(offered: Offer, chosen: Chosen, placing: Placing) -> tuple[OrderDraft, ...]:
    """The chosen lines as drafts, in the order of the set; to be asked only without objections."""
    return tuple(
        _draft(offered.set, one, chosen.dose_of(one), placing)
        for one in offered.lines
        if one.line.key in chosen.keys
    )


def found_by(sets: Iterable[OrderSet], query: str) -> tuple[OrderSet, ...]:
    """Sets whose name or pinyin initials begin with, or whose names hold, what was typed."""
    wanted = " ".join(query.casefold().split())
    ranked = [(rank, n, one) for n, one in enumerate(sets) if (rank := _rank(one, wanted)) >= 0]
    return tuple(one for _, _, one in sorted(ranked, key=lambda entry: entry[:2]))


def _rank(one: OrderSet, wanted: str) -> int:
    names = (one.name.name.casefold(), one.name.english.casefold(), one.pinyin)
    if any(name.startswith(wanted) for name in names):
        return 0
    return 1 if any(wanted in name for name in names[:2]) else -1


def _reasons(book: SetBook, line: SetLine, facts: Facts) -> tuple[Reason, ...]:
    told = (
        Reason(condition, verdict(condition, facts, book.allergens))
        for condition in (book.conditions[code] for code in line.conditions)
    )
    return tuple(reason for reason in told if reason.verdict is not Verdict.HOLDS)


def _weight(book: SetBook, line: SetLine, facts: Facts) -> Measured | None:
    """The weight of a dose for each kg; None without a condition that says how old it may be."""
    asked = (book.conditions[code] for code in line.conditions) if line.per_kg else ()
    condition = next((one for one in asked if one.test is Question.WEIGHT), None)
    return None if condition is None else weight_for(condition, facts)


def _worked_out(line: SetLine, weight: Measured | None) -> Decimal | None:
    """Dose for each kg times weight, rounded down to whole steps, and never above the most."""
    if line.dose is None or weight is None:
        return None
    dose = line.dose * weight.value
    if line.most is not None:
        dose = min(dose, line.most)
    if line.step is not None:
        dose = (dose / line.step).to_integral_value(ROUND_DOWN) * line.step
    return dose


def _dose_objections(one: OfferedLine, chosen: Chosen) -> Iterable[Objection]:
    dose = chosen.dose_of(one)
    if one.line.dose is None:
        return
    if dose is None:
        code = "order_sets.dose-per-kg" if one.line.per_kg else "order.missing-dose"
        yield Objection(one.line.key, Message.of(code))
    elif not dose.is_finite() or dose <= 0:
        yield Objection(one.line.key, Message.of("order.dose-not-positive"))


def _draft(
    source: OrderSet, one: OfferedLine, dose: Decimal | None, placing: Placing
) -> OrderDraft:
    line = one.line
    dosage = Dosage(
        dose=dose,
        unit=line.unit if line.dose is not None else "",
        route=line.route,
        frequency=line.frequency,
        rate=line.rate,
        rate_unit=line.rate_unit,
    )
    draft = OrderDraft(
        patient=placing.patient,
        encounter=placing.encounter,
        order_class=line.order_class,
        kind=line.kind,
        item=line.item,
        dosage=dosage,
        priority=line.priority,
        reason=line.reason.shown(placing.language),
        note=_note(one, placing.language),
        group=f"{placing.marker}.{line.group}" if line.group else "",
        skin_test=line.skin_test,
        origin=source.origin,
    )
    return draft if line.lasts is None else replace(draft, ends_at=placing.now + line.lasts)


def _note(one: OfferedLine, language: str) -> str:
    """What the pack adds, and of a dose for each kg how it was reached: it must be checkable."""
    line = one.line
    said = [line.note.shown(language)]
    if line.per_kg and line.dose is not None:
        per_kg = f"{line.dose} {line.unit}/kg"
        weight = one.weight
        said.append(per_kg if weight is None else f"{per_kg} × {weight.value} {weight.unit}")
    return "; ".join(filter(None, said))
