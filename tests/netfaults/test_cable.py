"""The instrument itself: the cable does what it says, in one direction and not in the other."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.netfaults.cable import DESK, DEVICE, FINE, HOSPITAL, Cable, Way, Weather
from tests.netfaults.conftest import two_ends
from tests.netfaults.gate import name_answer
from tests.netfaults.namespaces import Namespace

pytestmark = pytest.mark.netfaults

_PORT = 4000
_SOON = 2.0
_HEADS = 28
"""Bytes of the heads of an IPv4 and a UDP packet (RFC 791, RFC 768)."""


@dataclass(frozen=True, slots=True)
class Ends:
    """A socket at each end of a cable."""

    cable: Cable
    hospital: Namespace
    desk_socket: socket.socket
    hospital_socket: socket.socket

    def there(self, packet: bytes) -> float | None:
        """Seconds that a packet took to the hospital, or None if it did not arrive."""
        return _across(packet, self.desk_socket, self.hospital_socket, HOSPITAL)

    def back(self, packet: bytes) -> float | None:
        return _across(packet, self.hospital_socket, self.desk_socket, DESK)


def _across(
    packet: bytes, source: socket.socket, sink: socket.socket, address: str
) -> float | None:
    began = time.monotonic()
    source.sendto(packet, (address, _PORT))
    try:
        while sink.recv(65536) != packet:
            continue
    except TimeoutError:
        return None
    return time.monotonic() - began


@pytest.fixture
def ends() -> Iterator[Ends]:
    with two_ends() as (desk, hospital), Cable(desk, hospital) as cable:
        sockets = [_bound(desk, DESK), _bound(hospital, HOSPITAL)]
        yield Ends(cable, hospital, *sockets)
        for one in sockets:
            one.close()


def _bound(where: Namespace, address: str) -> socket.socket:
    with where.inside():
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
        made.bind((address, _PORT))
    made.settimeout(_SOON)
    return made


def test_a_fine_cable_is_quick_both_ways(ends: Ends) -> None:
    assert (ends.there(b"a") or _SOON) < 0.1
    assert (ends.back(b"b") or _SOON) < 0.1


def test_one_direction_can_be_dark(ends: Ends) -> None:
    ends.cable.set(Weather(there=Way(dark=True)))

    assert ends.there(b"a") is None
    assert ends.back(b"b") is not None


def test_delay_is_what_was_asked_for(ends: Ends) -> None:
    ends.cable.set(Weather(there=Way(late=0.6)))

    assert 0.6 <= (ends.there(b"a") or 0.0) < 0.8
    assert (ends.back(b"b") or _SOON) < 0.1


def test_one_packet_in_twenty_is_lost(ends: Ends) -> None:
    ends.cable.set(Weather(there=Way(loss=0.05)))

    for number in range(2000):
        ends.desk_socket.sendto(b"%d" % number, (HOSPITAL, _PORT))
        if number % 50 == 49:  # the device keeps 500 packets, and drops what comes on top
            assert ends.back(b"%d" % number) is not None

    seen = ends.cable.lost + ends.cable.carried
    assert seen > 1000
    assert 0.03 <= ends.cable.lost / seen <= 0.07


def test_a_narrow_way_takes_its_time(ends: Ends) -> None:
    ends.cable.set(Weather(there=Way(bits=256_000)))
    packet = b"x" * (1000 - _HEADS)
    began = time.monotonic()
    for _ in range(31):
        ends.desk_socket.sendto(packet, (HOSPITAL, _PORT))

    assert ends.there(b"last") is not None
    assert 0.95 <= time.monotonic() - began < _SOON


def test_a_long_packet_vanishes_and_a_shorter_one_does_not(ends: Ends) -> None:
    ends.cable.set(Weather(there=Way(largest=900)))

    assert ends.there(b"x" * (900 - _HEADS)) is not None
    assert ends.there(b"x" * (901 - _HEADS)) is None


def test_it_breaks_with_the_packet_that_was_waited_for(ends: Ends) -> None:
    ends.cable.set(Weather(there=Way(dark=True), since=b"transaction"))

    assert ends.there(b"a question") is not None
    assert not ends.cable.is_broken
    assert ends.there(b"a transaction") is None
    assert ends.cable.is_broken
    assert ends.there(b"a question") is None


def test_a_plug_that_is_out_is_seen_to_be_out(ends: Ends) -> None:
    ends.cable.set(Weather(flaps=(0.0, 60.0)))
    assert ends.there(b"a") is None
    assert "NO-CARRIER" in ends.hospital.ip("link", "show", DEVICE)

    ends.cable.set(FINE)
    # The system takes a second to believe it.
    assert any(ends.there(b"%d" % number) is not None for number in range(3))
    assert "NO-CARRIER" not in ends.hospital.ip("link", "show", DEVICE)


def test_the_name_server_knows_one_address() -> None:
    asked = b"\x12\x34\1\0\0\1\0\0\0\0\0\0\x09localhost\0\0\1\0\1"

    answer = name_answer(asked)

    assert answer[:2] == asked[:2]
    assert answer[7] == 1
    assert answer[-4:] == socket.inet_aton(HOSPITAL)


def test_the_name_server_has_no_other_kind_of_address() -> None:
    asked = b"\x12\x34\1\0\0\1\0\0\0\0\0\0\x09localhost\0\0\x1c\0\1"

    assert name_answer(asked)[7] == 0
