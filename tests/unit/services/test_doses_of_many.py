"""Whatever three nurses do: one dose while connected, and none is lost when apart (I15)."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.duplicates import Duplicate, duplicates
from app.domain.orders import Order
from app.domain.terms import Ref
from app.fhir.administrations import read_administration
from app.fhir.derived import combined
from app.fhir.document import canonical_hash
from app.kernel.faults import AppError, FaultKind
from tests.support.fake_claims import FakeServer
from tests.unit.services.dosing_kit import APART, Hands, Station

TYPES = ("Task", "MedicationAdministration")
NAMES = ("zhao", "qian", "sun")


@dataclass
class Ward:
    """Three workstations at one server.

    Attributes:
        together: Doses recorded while connected, by slot.
        recorded: Every dose a nurse was told is recorded.
    """

    clock: Hands = field(default_factory=Hands)
    server: FakeServer = field(default_factory=FakeServer)
    together: Counter[Ref] = field(default_factory=Counter)
    apart: Counter[Ref] = field(default_factory=Counter)
    recorded: set[Ref] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.stations = [Station(name, self.server, self.clock) for name in NAMES]
        first = self.stations[0]
        self.order: Order = first.order()
        first.send(*self.stations[1:])
        self.slots = [slot.ref for slot in first.slots(self.order)][:2]
        self.clock.step(hours=30)

    def do(self, who: int, what: str, slot: int) -> None:
        """One thing a nurse does; what is refused is refused."""
        station, ref = self.stations[who], self.slots[slot]
        acts: dict[str, Callable[[], None]] = {
            "unplug": lambda: setattr(station, "online", False),
            "plug in": lambda: self._plug_in(station),
            "wait": lambda: self.clock.step(seconds=70),
            "claim": lambda: self._claim(station, ref),
            "give": lambda: self._give(station, ref),
        }
        with contextlib.suppress(AppError):
            acts[what]()

    def _plug_in(self, station: Station) -> None:
        station.online = True
        self.round(station)

    def _claim(self, station: Station, ref: Ref) -> None:
        if station.online:
            station.claiming.claim(station.nurse, ref)

    def _give(self, station: Station, ref: Ref) -> None:
        made = station.give(self.order, ref, APART)
        self.recorded.add(made)
        (self.together if station.online else self.apart)[ref] += 1
        if station.online:
            self.round(station)

    def round(self, station: Station) -> None:
        """Send against the version it rests on, or take over what both made; then fetch."""
        for rtype in TYPES:
            for document in station.acts.documents(rtype):
                held = station.acts.held(Ref(f"{rtype}/{document['id']}"))
                assert held is not None
                if held.state != "dirty":
                    continue
                known = self.server.held.get(held.ref)
                if known is None or str(known[1]) == held.version:
                    self.server.put(document)
                    continue
                both = combined(document, known[0])
                assert both is not None, "a slot never needs a person"
                if canonical_hash(both) != canonical_hash(known[0]):
                    self.server.put(both)
        for document, version in self.server.held.values():
            station.acts.download(document, str(version))

    def settle(self) -> None:
        """Everybody is connected again, and has heard of everybody."""
        for _ in range(2):
            for station in self.stations:
                self._plug_in(station)


def found(station: Station) -> tuple[Duplicate, ...]:
    suspects = station.reads.suspects()
    return tuple(one for under in suspects for one in duplicates(under.doses, under.limits))


_STEP = st.tuples(
    st.integers(0, len(NAMES) - 1),
    st.sampled_from(["unplug", "plug in", "wait", "claim", "claim", "give", "give"]),
    st.integers(0, 1),
)


@settings(deadline=None)
@given(st.lists(_STEP, max_size=30))
def test_one_dose_while_connected_and_every_second_one_is_kept_and_found(
    steps: list[tuple[int, str, int]],
) -> None:
    ward = Ward()
    for who, what, slot in steps:
        ward.do(who, what, slot)

    ward.settle()

    kept = {ref for ref in ward.server.held if ref.startswith("MedicationAdministration/")}
    assert kept == ward.recorded
    given_ = Counter(read_administration(ward.server.held[ref][0]).slot for ref in kept)
    for slot in ward.slots:
        assert ward.together[slot] <= 1
        assert given_[slot] == ward.together[slot] + ward.apart[slot]
    extra = sum(number - 1 for number in given_.values() if number > 1)
    cases = [{one.pair for one in found(station)} for station in ward.stations]
    assert [len(one) for one in cases] == [extra] * len(NAMES)
    assert cases[0] == cases[1] == cases[2]


def test_the_story_reaches_two_doses_and_refusals_so_that_it_can_fail() -> None:
    ward = Ward()
    for step in [(0, "claim", 0), (0, "give", 0), (1, "claim", 0), (1, "give", 0)]:
        ward.do(*step)
    assert ward.together[ward.slots[0]] == 1
    for step in [(1, "unplug", 1), (2, "unplug", 1), (1, "give", 1), (2, "give", 1)]:
        ward.do(*step)

    ward.settle()

    assert ward.apart[ward.slots[1]] == 2
    assert [len(found(station)) for station in ward.stations] == [1, 1, 1]


def test_a_claim_of_the_past_does_not_open_a_dose_that_was_given() -> None:
    ward = Ward()
    one, other = ward.stations[:2]
    slot = ward.slots[0]
    one.claiming.claim(one.nurse, slot)
    ward.clock.step(minutes=2)
    other.claiming.claim(other.nurse, slot)
    ward.do(1, "give", 0)

    with pytest.raises(AppError) as caught:
        one.claiming.claim(one.nurse, slot)
    assert caught.value.fault.kind is FaultKind.CONFLICT
    assert caught.value.fault.message.code == "dose.already-given"
