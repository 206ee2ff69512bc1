"""What can go wrong between a ward and its hospital, and what it may look like on the ward."""

from __future__ import annotations

from dataclasses import dataclass

from tests.netfaults.cable import FINE, Way, Weather
from tests.netfaults.gate import HONEST, SENDS, Trick

_IN_THE_BODY = 500
"""Bytes: the head of an answer is shorter, and every answer is longer."""
_NEVER = 1e9


@dataclass(frozen=True, slots=True)
class NetworkFault:
    """One fault, and the whole of what it may do.

    Attributes:
        told: Ends of `sync.verdict.…`: the sentences that are true of it. Empty for a fault that
            slows the work down and does not stop it: then everything goes out in spite of it.
        arrived: Whether the server has the work before the network is mended.
        rounds: Whole rounds in which it is looked at.
        timeout: The setting `timeout_seconds` of the workstation.
        notes: How many notes are signed.
        size: Characters of each.
        within: Seconds from the mending – or, if it only slows, from the signing – until the
            outbox is empty.
    """

    name: str
    weather: Weather = FINE
    trick: Trick = HONEST
    told: frozenset[str] = frozenset()
    arrived: bool = False
    rounds: int = 2
    timeout: float = 5.0
    notes: int = 1
    size: int = 20
    within: float = 30.0

    @property
    def stops(self) -> bool:
        return bool(self.told)


SLOWED = frozenset({"silence", "not-applied"})
"""Sentences that are true now and then of a fault that only slows."""
_SILENT = frozenset({"silence"})
_BOTH_DARK = Weather(Way(dark=True), Way(dark=True))


def _both(way: Way) -> Weather:
    return Weather(way, way)


FAULTS = (
    NetworkFault(
        "5 % of all packets lost, 20 long notes",
        _both(Way(loss=0.05)),
        notes=20,
        size=5_000,
        within=60.0,
    ),
    NetworkFault("600 ms each way", _both(Way(late=0.6)), within=120.0),
    NetworkFault(
        "256 kbit/s, 20 long notes",
        _both(Way(bits=256_000)),
        timeout=30.0,
        notes=20,
        size=5_000,
        within=120.0,
    ),
    NetworkFault(
        "64 kbit/s, 20 long notes",
        _both(Way(bits=64_000)),
        timeout=30.0,
        notes=20,
        size=5_000,
        within=300.0,
    ),
    NetworkFault(
        "256 kbit/s, link flapping: 4 s there, 3 s gone, 20 long notes",
        Weather(Way(bits=256_000), Way(bits=256_000), flaps=(4.0, 3.0)),
        timeout=30.0,
        notes=20,
        size=5_000,
        within=180.0,
    ),
    NetworkFault("cable out", Weather(flaps=(0.0, _NEVER)), told=_SILENT),
    NetworkFault("black hole both ways", _BOTH_DARK, told=_SILENT),
    NetworkFault(
        "black hole on the way there, from the transaction on",
        Weather(there=Way(dark=True), since=SENDS),
        told=_SILENT,
    ),
    NetworkFault(
        "black hole on the way back, from the transaction on",
        Weather(back=Way(dark=True), since=SENDS),
        told=_SILENT,
        arrived=True,
    ),
    NetworkFault(
        "packets over 900 bytes to the hospital vanish",
        Weather(there=Way(largest=900)),
        told=_SILENT,
        size=2_000,
    ),
    NetworkFault("packets over 576 bytes vanish", _both(Way(largest=576)), told=_SILENT),
    NetworkFault("no names", _both(Way(nameless=True)), told=_SILENT),
    NetworkFault(
        "RST in the body of a transaction",
        trick=Trick(reset_request=_IN_THE_BODY, on=SENDS),
        told=_SILENT,
    ),
    NetworkFault(
        "RST in the body of the answer to a transaction",
        trick=Trick(reset_answer=_IN_THE_BODY, on=SENDS),
    ),
    NetworkFault(
        "RST in the body of every answer", trick=Trick(reset_answer=_IN_THE_BODY), told=_SILENT
    ),
    NetworkFault("one byte a second", trick=Trick(drips=True), told=_SILENT, rounds=1),
    NetworkFault(
        "sign-in page of a guest network",
        trick=Trick(portal=True),
        told=frozenset({"captive-portal"}),
    ),
)
