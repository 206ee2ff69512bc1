"""How fast something runs: as a volume, as a dose in time, by body weight, in drops.

Every rate that has a meaning for a mixture is one volume in time; from there it is said in any
other unit. What is needed for it and not known (concentration, weight, drop factor) is not assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from app.domain.quantities import Measure, Quantity, is_positive, measure, spelled
from app.kernel.faults import Message

_FLOW = (("L", 1), ("s", -1))


@dataclass(frozen=True, slots=True)
class Running:
    """What is known about something that runs.

    Attributes:
        amount: Of the substance in the whole bag or syringe.
        volume: Of the whole bag or syringe, everything added.
        weight: Of the patient.
        drop_factor: Of the giving set, `20 {drop}/mL`.
    """

    amount: Quantity | None = None
    volume: Quantity | None = None
    weight: Quantity | None = None
    drop_factor: Quantity | None = None


def rate_in(rate: Quantity, unit: str, what: Running) -> Fraction | Message:
    """The same rate in another unit: mL/h, mg/h, ug/kg/min, {drop}/min.

    Args:
        rate: As it is set or ordered.
        unit: UCUM code that is wanted.
        what: What is known; only what the two units need is looked at.
    """
    flow = _flow(rate, what)
    if isinstance(flow, Message):
        return flow
    for one in _said_as(flow, what):
        found = one.into(unit)
        if found is not None:
            return found
    return _not_convertible(rate, unit)


def runs_for(rate: Quantity, what: Running) -> timedelta | Message:
    """How long the bag runs, cut to whole seconds; the next one must hang before that."""
    flow = _flow(rate, what)
    if isinstance(flow, Message):
        return flow
    volume = _known(what.volume)
    seconds = None if volume is None else (volume / flow).into("s")
    if seconds is None:
        return Message.of("arithmetic.volume-not-stated")
    if seconds > timedelta.max // timedelta(seconds=1):
        return Message.of("arithmetic.never-ends", rate=rate.text)
    return timedelta(seconds=seconds.numerator // seconds.denominator)


def rate_over(what: Running, lasts: timedelta, unit: str) -> Fraction | Message:
    """The rate at which the bag runs for `lasts`, in `unit`."""
    seconds = Fraction(lasts // timedelta(microseconds=1), 10**6)
    volume = _known(what.volume)
    if volume is None or seconds <= 0:
        return Message.of("arithmetic.volume-not-stated")
    flow = volume / Measure(seconds, (("s", 1),))
    for one in _said_as(flow, what):
        found = one.into(unit)
        if found is not None:
            return found
    return Message.of("arithmetic.rate-unit", unit=spelled(unit))


def _flow(rate: Quantity, what: Running) -> Measure | Message:
    """The volume in time that a rate means for this mixture and this patient."""
    told = measure(rate)
    if told is None:
        return Message.of("arithmetic.rate-unit", unit=spelled(rate.unit))
    if not is_positive(rate):
        return Message.of("order.rate-not-positive")
    held, weight, drops = _concentration(what), _known(what.weight), _known(what.drop_factor)
    tried = [told]
    if weight is not None:
        tried.append(told * weight)
    if held is not None:
        tried += [one / held for one in tuple(tried)]
    if drops is not None:
        tried.append(told / drops)
    for one in tried:
        if one.dimension == _FLOW:
            return one
    return _not_convertible(rate, "mL/h")


def _said_as(flow: Measure, what: Running) -> list[Measure]:
    """A flow in every way that what is known allows; no two have the same dimension."""
    held, weight, drops = _concentration(what), _known(what.weight), _known(what.drop_factor)
    found = [flow]
    if held is not None:
        found.append(flow * held)
    if weight is not None:
        found += [one / weight for one in tuple(found)]
    if drops is not None:
        found.append(flow * drops)
    return found


def _concentration(what: Running) -> Measure | None:
    amount, volume = _known(what.amount), _known(what.volume)
    return None if amount is None or volume is None else amount / volume


def _known(quantity: Quantity | None) -> Measure | None:
    return None if quantity is None or not is_positive(quantity) else measure(quantity)


def _not_convertible(rate: Quantity, unit: str) -> Message:
    return Message.of("arithmetic.rate-not-convertible", rate=rate.text, unit=spelled(unit))
