"""What the page of the orders to verify shows, and what may be done with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.census import Ward
from app.domain.order_verification import (
    Awaiting,
    Bedside,
    Second,
    Wait,
    WaitingPatient,
    WaitingWard,
)
from app.domain.terms import Ref
from app.domain.verification_batch import OF_THE_BATCH, OrderObjection, obstacles
from app.kernel.faults import Fault, Message

Marks = tuple[Awaiting, ...]
"""What is marked, each as it was on the screen when it was marked."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one reading brought; `waiting` is None where there is no ward to look at."""

    wards: tuple[Ward, ...] = ()
    waiting: WaitingWard | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One order of the list.

    Attributes:
        place, of: Which of how many lines of its infusion group it is, from 0; `of` is 1 for an
            order that runs alone.
    """

    bedside: Bedside
    one: Awaiting
    place: int = 0
    of: int = 1


@dataclass(frozen=True, slots=True)
class VerifyingState:
    """The page as a value.

    Attributes:
        now: When it was read.
        may_test: Whoever is signed in may record a skin test.
        marks: In the order of the list.
        objected: What spoke against the batch that was tried last; it was not verified.
        lost: How many marks were taken off because their orders read otherwise by now.
        busy: Something is being written.
        fault: Why the last reading failed; what was read before stays.
    """

    now: datetime
    may_test: bool = False
    seen: Seen | None = None
    marks: Marks = ()
    selected: str = ""
    objected: tuple[OrderObjection, ...] = ()
    lost: int = 0
    busy: bool = False
    fault: Fault | None = None

    @property
    def waiting(self) -> WaitingWard | None:
        return self.seen.waiting if self.seen is not None else None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Everything that waits, in bed order; the lines of an infusion stand together."""
        patients = self.waiting.patients if self.waiting is not None else ()
        return tuple(line for patient in patients for line in lines_of(patient))

    @property
    def current(self) -> Line | None:
        """The line the user is on while it is listed, else the first."""
        lines = self.lines
        return next((one for one in lines if one.one.ref == self.selected), next(iter(lines), None))

    @property
    def can_verify(self) -> bool:
        return bool(self.marks) and not self.busy

    @property
    def can_test(self) -> bool:
        """A skin test is asked for on the line the user is on, and may be recorded."""
        line = self.current
        return line is not None and waits_for_test(line.one) and self.may_test and not self.busy

    @property
    def to_check(self) -> tuple[Line, ...]:
        """The marked ones that a second person checks: high-alert drugs and blood."""
        wanted = (Wait.NEW, Second.NEEDED)
        refs = {one.ref for one in self.marks if (one.wait, one.second) == wanted}
        return tuple(line for line in self.lines if line.one.ref in refs)

    def count(self, *waits: Wait) -> int:
        return sum(line.one.wait in waits for line in self.lines)

    def obstacles(self, one: Awaiting) -> tuple[Message, ...]:
        """What speaks against this order, and what the last try found besides."""
        rules = self.waiting.rules if self.waiting is not None else None
        standing = obstacles(one, rules) if rules is not None else ()
        found = [note.message for note in self.objected if note.ref == one.ref]
        return tuple(dict.fromkeys((*standing, *found)))

    @property
    def of_the_batch(self) -> tuple[Message, ...]:
        return tuple(note.message for note in self.objected if note.ref == OF_THE_BATCH)

    # -- what becomes of it

    def with_marks(self, refs: Iterable[str]) -> VerifyingState:
        """Mark exactly these; an infusion is marked or unmarked whole, as what was touched says."""
        before, wanted = {one.ref for one in self.marks}, {Ref(ref) for ref in refs}
        lines = [line.one for line in self.lines]
        touched = before ^ wanted
        for one in lines:
            if one.ref in touched:
                mates = {other.ref for other in lines if same_infusion(one, other)}
                wanted = wanted | mates if one.ref in wanted else wanted - mates
        marks = tuple(one for one in lines if one.ref in wanted)
        return replace(self, marks=marks, objected=(), lost=0)

    def with_patient(self, bedside: Bedside) -> VerifyingState:
        """Mark everything of one patient that nothing speaks against; marks of others stay."""
        mine = [line.one for line in self.lines if line.bedside.id == bedside.id]
        bare = replace(self, objected=())
        held = [one for one in mine if bare.obstacles(one)]
        free = {o.ref for o in mine if not any(o is h or same_infusion(o, h) for h in held)}
        return self.with_marks({one.ref for one in self.marks} | free)

    def left_out(self, bedside: Bedside) -> int:
        """How many of this patient are not marked."""
        marked = {one.ref for one in self.marks}
        mine = (line.one for line in self.lines if line.bedside.id == bedside.id)
        return sum(one.ref not in marked for one in mine)

    def with_seen(self, seen: Seen, now: datetime) -> VerifyingState:
        """Take a new reading in; a mark stays only on what still reads as it was shown."""
        state = replace(self, seen=seen, now=now, fault=None)
        fresh = {line.one.ref: line.one for line in state.lines}
        kept = {one.ref for one in self.marks if same_as_shown(fresh.get(one.ref), one)}
        whole = [one for ref, one in fresh.items() if ref in kept]
        broken = {
            one.ref
            for one in whole
            for other in fresh.values()
            if same_infusion(one, other) and other.ref not in kept
        }
        marks = tuple(one for one in whole if one.ref not in broken)
        objected = tuple(o for o in self.objected if o.ref == OF_THE_BATCH or o.ref in fresh)
        lost = self.lost + len(self.marks) - len(marks)
        return replace(state, marks=marks, objected=objected, lost=lost)


def lines_of(patient: WaitingPatient) -> tuple[Line, ...]:
    """The orders of one patient, every infusion in one piece where its first line stands."""
    found: list[Line] = []
    done: set[Ref] = set()
    for one in patient.orders:
        if one.ref not in done:
            mates = _infusion(one, patient.orders)
            done |= {mate.ref for mate in mates}
            of = len(mates)
            found += [Line(patient.bedside, mate, n, of) for n, mate in enumerate(mates)]
    return tuple(found)


def _infusion(one: Awaiting, orders: Sequence[Awaiting]) -> Sequence[Awaiting]:
    if one.group is None:
        return (one,)
    mates = (other for other in orders if same_infusion(one, other))
    return sorted(mates, key=lambda mate: mate.order.place)


def same_infusion(one: Awaiting, other: Awaiting) -> bool:
    """Whether both are verified together or not at all."""
    return one.group is not None and (one.group, one.wait) == (other.group, other.wait)


def same_as_shown(now: Awaiting | None, shown: Awaiting) -> bool:
    """Nothing that a nurse looked at has changed."""
    if now is None:
        return False
    seen, then = _looked_at(now), _looked_at(shown)
    return seen == then


def _looked_at(one: Awaiting) -> tuple[object, ...]:
    return (one.order, one.wait, one.turn, one.second, one.review, one.skin)


def waits_for_test(one: Awaiting) -> bool:
    """The drug is current, and a skin test that holds is missing."""
    gate = one.skin.gate.value
    return one.order.status == "active" and gate in ("missing", "expired")
