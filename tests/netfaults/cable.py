"""A cable between two namespaces, with the weather on it: packets are lost, late, or too long.

The kernel's own `tc netem` does the same, where a kernel has it; this one is the same everywhere,
draws its losses from a seed, and can wait for a certain request before it breaks.
"""

from __future__ import annotations

import heapq
import os
import random
import selectors
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from tests.netfaults.namespaces import Namespace, ip

DESK, HOSPITAL = "10.77.0.1", "10.77.0.2"
DEVICE = "cable"
_TUNNEL = "/dev/net/tun"
_SET_INTERFACE = 0x400454CA  # TUNSETIFF of <linux/if_tun.h>
_SET_CARRIER = 0x400454E2  # TUNSETCARRIER
_PACKETS_WITHOUT_HEADER = 0x0001 | 0x1000  # IFF_TUN | IFF_NO_PI
_LONGEST = 65536
_MOST_WAITING = 100
"""Packets a narrow way keeps before it drops: a router of that kind has no more."""
_UDP, _DOMAIN = 17, 53


@dataclass(frozen=True, slots=True)
class Way:
    """One direction of the cable.

    Attributes:
        loss: Share of packets that never arrive.
        late: Seconds every packet takes.
        bits: Bits a second that fit through; 0 for all.
        largest: Bytes of the longest packet that arrives; nobody is told of a longer one. 0: any.
        dark: Nothing arrives.
        nameless: No question to the domain name system arrives, nor an answer.
    """

    loss: float = 0.0
    late: float = 0.0
    bits: int = 0
    largest: int = 0
    dark: bool = False
    nameless: bool = False

    def takes(self, packet: bytes, draw: random.Random) -> bool:
        """Whether the packet arrives, however late."""
        too_long = bool(self.largest) and len(packet) > self.largest
        unnamed = self.nameless and _is_about_names(packet)
        return not (self.dark or too_long or unnamed or draw.random() < self.loss)


@dataclass(frozen=True, slots=True)
class Weather:
    """Both directions.

    Attributes:
        there: From the workstation to the hospital.
        back: The other way.
        since: Breaks only with the packet to the hospital that carries this; empty for at once.
        flaps: Seconds with and seconds without the plug in, in turn; none when empty.
    """

    there: Way = Way()
    back: Way = Way()
    since: bytes = b""
    flaps: tuple[float, float] | tuple[()] = ()


FINE = Weather()


@dataclass
class _End:
    """One plug: the packets that come out of it go into the other one."""

    plug: int
    other: int
    queue: list[tuple[float, int, bytes]] = field(default_factory=list)
    free_at: float = 0.0


class Cable:
    """`with Cable(desk, hospital) as cable: cable.set(Weather(…))`.

    Attributes:
        carried: Packets that arrived, both ways.
        lost: Packets that did not.
    """

    def __init__(self, desk: Namespace, hospital: Namespace, seed: int = 1) -> None:
        self._ends = (desk, hospital)
        self._draw = random.Random(seed)  # noqa: S311 - weather
        self._weather = FINE
        self._broken = True
        self._changed_at = 0.0
        self._plugged = True
        self._number = 0
        self.carried = self.lost = 0

    def __enter__(self) -> Self:
        desk, hospital = self._ends
        there = _plug(desk, DESK, HOSPITAL)
        back = _plug(hospital, HOSPITAL, DESK)
        self._there, self._back = _End(there, back), _End(back, there)
        self._ring, self._rung = os.pipe()
        self._thread = threading.Thread(target=self._carry, name="cable")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._rung)  # the end of the pipe is the end of the thread
        self._thread.join()
        for plug in (self._there.plug, self._back.plug, self._ring):
            os.close(plug)

    def set(self, weather: Weather) -> None:
        """From now on it is like this."""
        self._weather = weather
        self._broken = not weather.since
        self._changed_at = time.monotonic()
        os.write(self._rung, b".")

    @property
    def is_broken(self) -> bool:
        """Whether what the weather waits for has come by."""
        return self._broken

    # --- on its own thread

    def _carry(self) -> None:
        with selectors.DefaultSelector() as ready:
            for end in (self._there, self._back):
                ready.register(end.plug, selectors.EVENT_READ, end)
            ready.register(self._ring, selectors.EVENT_READ)
            while True:
                for key, _ in ready.select(self._pause()):
                    if key.data is not None:
                        self._take(key.data)
                    elif not os.read(self._ring, 64):
                        return
                self._flap()
                self._deliver()

    def _take(self, end: _End) -> None:
        with suppress(OSError):  # the device is down
            packet = os.read(end.plug, _LONGEST)
            if packet[0] >> 4 == 4:  # IPv6 looks for neighbours, of whom there are none
                self._send(end, packet)

    def _send(self, end: _End, packet: bytes) -> None:
        weather = self._weather
        if not self._broken and end is self._there and weather.since in packet:
            self._broken = True
        way = Way()
        if self._broken:
            way = weather.there if end is self._there else weather.back
        full = bool(way.bits) and len(end.queue) >= _MOST_WAITING
        if full or not self._plugged or not way.takes(packet, self._draw):
            self.lost += 1
            return
        now = time.monotonic()
        end.free_at = max(now, end.free_at) + (len(packet) * 8 / way.bits if way.bits else 0.0)
        self._number += 1
        heapq.heappush(end.queue, (end.free_at + way.late, self._number, packet))

    def _deliver(self) -> None:
        now = time.monotonic()
        for end in (self._there, self._back):
            while end.queue and end.queue[0][0] <= now:
                _, _, packet = heapq.heappop(end.queue)
                with suppress(OSError):
                    os.write(end.other, packet)
                    self.carried += 1

    def _flap(self) -> None:
        flaps = self._weather.flaps
        plugged = True
        if flaps:
            since = (time.monotonic() - self._changed_at) % sum(flaps)
            plugged = since < flaps[0]
        if plugged != self._plugged:
            self._plugged = plugged
            for end in (self._there, self._back):
                _control(end.plug, _SET_CARRIER, struct.pack("i", plugged))

    def _pause(self) -> float | None:
        """Seconds until something is due, or None."""
        due = [end.queue[0][0] for end in (self._there, self._back) if end.queue]
        pause = max(min(due) - time.monotonic(), 0.0) if due else None
        if not self._weather.flaps and self._plugged:
            return pause
        return min(pause if pause is not None else 0.1, 0.1)


def _plug(where: Namespace, own: str, other: str) -> int:
    """The end of the cable in a namespace, as an open file."""
    plug = os.open(_TUNNEL, os.O_RDWR | os.O_NONBLOCK)
    name = f"{DEVICE}{own.rpartition('.')[2]}-{os.getpid()}"
    try:
        wanted = struct.pack("16sH22x", name.encode(), _PACKETS_WITHOUT_HEADER)
        _control(plug, _SET_INTERFACE, wanted)
        ip("link", "set", name, "netns", where.name)
        where.ip("link", "set", name, "name", DEVICE)
        where.ip("address", "add", own, "peer", other, "dev", DEVICE)
        where.ip("link", "set", DEVICE, "up")
    except BaseException:
        os.close(plug)
        raise
    return plug


def _control(plug: int, what: int, value: bytes) -> None:
    import fcntl  # Windows, where there is none, collects the tests that import this module

    fcntl.ioctl(plug, what, value)


def _is_about_names(packet: bytes) -> bool:
    """Whether it is to or from port 53 over UDP (RFC 791 §3.1, RFC 768)."""
    head = (packet[0] & 0x0F) * 4
    ports = struct.unpack_from("!HH", packet, head) if len(packet) >= head + 4 else (0, 0)
    return packet[9] == _UDP and _DOMAIN in ports
