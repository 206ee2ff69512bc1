"""Whether a nurse and the pharmacy have said what must be said before a dose is given."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.administration_hurdles import Hurdle
from app.domain.dose_gates import Gates, gate_of, of_the_gate
from app.domain.order_verification import newest_review, verification_of
from app.domain.orders import Order
from app.fhir.orders import order_ref
from app.kernel.clock import Clock
from app.ports.verifying import VerificationReads
from app.services.authority import open_door

HurdlesOf = Callable[[Order], tuple[Hurdle, ...]]


class DoseGates:
    """What the verification pack asks for, held against what the record says."""

    def __init__(self, reads: VerificationReads, gates: Gates, clock: Clock) -> None:
        self._reads = reads
        self._gates = gates
        self._clock = clock

    @open_door("asked by the act of giving, which has opened the chart")
    def hurdles(self, order: Order) -> tuple[Hurdle, ...]:
        """What is missing before a dose of `order`; nothing is known of a chart not here."""
        ref, now = order_ref(order), self._clock.now()
        found = self._reads.patients((order.patient,), now)
        done = [one for chart in found for one in chart.done if one.order == ref]
        said = [one for chart in found for one in chart.reviews if one.order == ref]
        gate = gate_of(order, self._gates)
        return of_the_gate(gate, verification_of(done), newest_review(said))
