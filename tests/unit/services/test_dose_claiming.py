"""Claims: one of several wins, they end by themselves, and nobody waits for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.domain.slots import Outcome
from app.domain.terms import PractitionerId, Ref
from app.fhir.document import Document
from app.fhir.slots import read_slot, write_cancelled, write_claim, write_done
from app.kernel.faults import AppError, FaultKind, Message
from tests.unit.services.dosing_kit import Station, a_sent_dose, two_stations
from tests.unit.services.kit import PATIENT


def refused(work: Callable[[], object]) -> tuple[FaultKind, Message]:
    with pytest.raises(AppError) as caught:
        work()
    return caught.value.fault.kind, caught.value.fault.message


def test_a_claim_says_who_where_and_until_when_and_is_at_the_server() -> None:
    (one, other) = two_stations()
    _, slot = a_sent_dose(one, other)
    one.skew = 60  # this PC is a minute ahead; the claim is meant in the server's time

    claimed = one.claiming.claim(one.nurse, slot)

    assert claimed.claim is not None
    assert (claimed.claim.by, claimed.claim.device) == ("zhao", "ws-zhao")
    assert claimed.claim.until == one.clock.at - timedelta(seconds=60) + timedelta(minutes=2)
    assert read_slot(one.server.held[slot][0]) == claimed
    assert one.leases.holds(one.nurse.clinician.id, slot)


def test_the_second_is_told_who_has_it_until_when_and_gets_it_when_that_is_over() -> None:
    one, other = two_stations()
    _, slot = a_sent_dose(one, other)
    one.claiming.claim(one.nurse, slot)

    said = refused(lambda: other.claiming.claim(other.nurse, slot))

    assert said == (FaultKind.CONFLICT, Message.of("dose.claimed", by="zhao", until="16:02"))
    one.clock.step(minutes=2)
    assert not one.leases.holds(one.nurse.clinician.id, slot)
    assert other.claiming.claim(other.nurse, slot).claim is not None


def test_the_same_person_at_another_workstation_is_another() -> None:
    one, other = two_stations()
    _, slot = a_sent_dose(one, other)
    one.claiming.claim(one.nurse, slot)

    kind, _ = refused(lambda: other.claiming.claim(one.nurse, slot))

    assert kind is FaultKind.CONFLICT
    assert one.claiming.claim(one.nurse, slot).claim is not None


def test_a_dose_given_meanwhile_is_told_with_its_time_and_giver() -> None:
    one, other = two_stations()
    order, slot = a_sent_dose(one, other)
    one.claiming.claim(one.nurse, slot)
    other.acts.download(one.server.held[slot][0], "2")
    one.give(order, slot)
    one.send()

    said = refused(lambda: other.claiming.claim(other.nurse, slot))

    assert said == (FaultKind.CONFLICT, Message.of("dose.already-given", at="16:00", by="zhao"))
    other.acts.download(the(one, "MedicationAdministration"), "1")
    assert refused(lambda: other.claiming.claim(other.nurse, slot)) == said
    one.clock.step(days=1)
    assert refused(lambda: other.claiming.claim(other.nurse, slot))[1] == Message.of(
        "dose.already-given", at="03-02 16:00", by="zhao"
    )


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("withheld", Message.of("dose.dealt-with", at="16:00", by="zhao")),
        ("untimed", Message.of("dose.dealt-with", at="—", by="zhao")),
        ("cancelled", Message.of("dose.slot-cancelled")),
    ],
)
def test_a_dose_that_was_withheld_or_cancelled_is_told_so(how: str, said: Message) -> None:
    one, other = two_stations()
    _, slot = a_sent_dose(one, other)
    document, at = one.server.held[slot][0], one.clock.at
    written = write_done(
        document,
        Outcome.NOT_GIVEN,
        by=PractitionerId("zhao"),
        by_name="zhao",
        at=at,
        recorded=at,
        administration=Ref("MedicationAdministration/x"),
    )
    if how == "untimed":
        written.pop("executionPeriod")
    one.server.put(write_cancelled(document, at=at) if how == "cancelled" else written)

    assert refused(lambda: other.claiming.claim(other.nurse, slot))[1] == said


def test_a_cache_that_was_only_behind_tries_again() -> None:
    one, other = two_stations()
    _, slot = a_sent_dose(one, other)
    one.claiming.claim(one.nurse, slot)
    one.claiming.let_go(one.nurse, slot)

    assert other.claiming.claim(other.nurse, slot).claim is not None


def test_a_slot_that_changes_again_and_again_is_to_be_opened_again() -> None:
    one, _ = two_stations()
    _, slot = a_sent_dose(one)

    class Restless(type(one.claiming._claims)):  # type: ignore[misc]  # the fake of the kit
        """A server at which somebody is always a moment faster."""

        def write(self, ref: Ref, document: object, version: str) -> object:
            self.server.put(self.server.held[ref][0])
            return super().write(ref, document, version)

    one.claiming._claims = Restless(one.server, one.acts)

    assert refused(lambda: one.claiming.claim(one.nurse, slot))[1].code == "dose.claim-again"


@pytest.mark.parametrize("how", ["unknown", "unsent", "no slot", "gone"])
def test_what_is_not_here_or_not_sent_cannot_be_claimed(how: str) -> None:
    station = Station("zhao")
    order = station.order()
    slot = station.slots(order)[0].ref
    if how != "unsent":
        station.send()
    if how == "no slot":
        held = station.acts.held(slot)
        assert held is not None
        station.acts.download(held.document | {"code": {"text": "review"}}, "1")
    if how == "gone":
        del station.server.held[slot]
    wanted = Ref("Task/unknown") if how == "unknown" else slot

    kind, said = refused(lambda: station.claiming.claim(station.nurse, wanted))

    assert kind is FaultKind.REFUSED
    assert said.code == ("dose.slot-not-sent" if how == "unsent" else "dose.slot-not-here")


def test_without_a_network_there_is_no_claim() -> None:
    station = Station("zhao")
    _, slot = a_sent_dose(station)
    station.server.away = True

    assert refused(lambda: station.claiming.claim(station.nurse, slot))[0] is FaultKind.OFFLINE
    assert not station.leases.holds(station.nurse.clinician.id, slot)


def test_a_claim_is_given_back_only_where_it_is_held() -> None:
    one, other = two_stations()
    _, slot = a_sent_dose(one, other)
    one.claiming.claim(one.nurse, slot)

    other.claiming.let_go(other.nurse, slot)
    held = read_slot(one.server.held[slot][0])
    assert held is not None
    assert held.claim is not None

    one.claiming.let_go(one.nurse, slot)
    assert one.server.held[slot][0] == write_claim(one.server.held[slot][0], None)
    assert not one.leases.holds(one.nurse.clinician.id, slot)


def test_a_round_claims_what_is_due_for_an_hour_and_says_what_others_hold() -> None:
    one, other = two_stations()
    _, first = a_sent_dose(one, other)
    held, ended = one.order("q1h"), one.order("q1h")
    one.send(other)
    theirs, cancelled = (one.slots(order)[0].ref for order in (held, ended))
    other.claiming.claim(other.nurse, theirs)
    document = one.server.held[cancelled][0]
    one.acts.download(write_cancelled(document, at=one.clock.at), "9")

    came = one.claiming.claim_round(one.nurse, (PATIENT,))

    assert [slot.ref for slot in came.claimed] == [first]
    assert [(slot.ref, said.code) for slot, said in came.refused] == [(theirs, "dose.claimed")]
    one.clock.step(minutes=59)
    assert one.leases.holds(one.nurse.clinician.id, first)
    one.clock.step(minutes=1)
    assert not one.leases.holds(one.nurse.clinician.id, first)


def test_a_round_without_a_network_claims_nothing() -> None:
    station = Station("zhao")
    a_sent_dose(station)
    station.server.away = True

    kind, _ = refused(lambda: station.claiming.claim_round(station.nurse, (PATIENT,)))

    assert kind is FaultKind.OFFLINE


def test_a_lease_runs_by_a_clock_that_nobody_can_turn_back() -> None:
    station = Station("zhao")
    _, slot = a_sent_dose(station)
    station.claiming.claim(station.nurse, slot)

    station.clock.at -= timedelta(hours=5)
    assert station.leases.holds(station.nurse.clinician.id, slot)
    station.clock.ticks += 120

    assert not station.leases.holds(station.nurse.clinician.id, slot)


def the(station: Station, rtype: str) -> Document:
    (found,) = station.acts.documents(rtype)
    return found
