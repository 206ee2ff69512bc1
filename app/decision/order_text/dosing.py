"""How much, out of everything a part says about amounts. Nothing is multiplied or guessed."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from decimal import Decimal

from app.decision.order_text.drafts import Note, Said
from app.decision.order_text.lexicon import Lexicon, Medicine, Unit
from app.decision.order_text.numerals import plain
from app.decision.order_text.pieces import Amount, Piece

_STRENGTH = re.compile(r"([0-9.]+)(mg|g|ug|iu|u|ml)")

_FORMS = {"tab", "cap", "patch"}


@dataclass
class Dosing:
    """What was found out about the dose.

    Attributes:
        contradiction: Two doses that are not one.
        unclear: A dose was said, but which one is for the author to say.
    """

    dose: Said[Amount] | None = None
    dose_range: Said[Amount] | None = None
    strength: Said[str] | None = None
    form: Said[str] | None = None
    contradiction: bool = False
    unclear: bool = False
    notes: list[Note] = field(default_factory=list)


def dosing(pieces: tuple[Piece, ...], medicine: Medicine | None, lexicon: Lexicon) -> Dosing:
    """Read the amounts among `pieces`."""
    found = Dosing()
    units = {unit.code: unit for unit in lexicon.units.values()}
    amounts = [piece for piece in pieces if piece.kind == "amount" and not _weight(piece)]
    for piece in amounts:
        _note(found, piece)
    if any(piece.kind in {"malformed", "daily"} for piece in pieces) or _torn(pieces):
        found.unclear = True
    _strengths(found, pieces)
    if not amounts:
        _bare_number(found, pieces)
    elif any(piece.amount and piece.amount.upper is not None for piece in amounts):
        ranged = next(p for p in amounts if p.amount and p.amount.upper is not None)
        found.dose_range = _said(ranged)
        found.unclear = True
    else:
        _choose(found, amounts, medicine, units)
    if found.unclear:
        found.dose = None
    return found


def _torn(pieces: tuple[Piece, ...]) -> bool:
    """`10 0 mg`, `100mg1`, `0 mg`: a slip of the finger is no dose."""
    nothing = any(p.kind == "amount" and p.amount and not p.amount.value for p in pieces)
    return nothing or any(
        {one.kind, other.kind} == {"number", "amount"}
        and (one.kind == "number" or one.span.end == other.span.start)
        and one.text[-1].isascii()
        for one, other in itertools.pairwise(pieces)
    )


def _weight(piece: Piece) -> bool:
    return piece.amount is not None and piece.amount.unit == "kg"


def _said(piece: Piece) -> Said[Amount] | None:
    return Said(piece.amount, (piece.span,)) if piece.amount is not None else None


def _note(found: Dosing, piece: Piece) -> None:
    if piece.amount is not None and piece.amount.rewritten:
        found.notes.append(Note(piece.amount.rewritten, piece.span))


def _strengths(found: Dosing, pieces: tuple[Piece, ...]) -> None:
    said = [piece for piece in pieces if piece.kind in {"strength", "percent"}]
    if said:
        words = " ".join(piece.text for piece in said)
        found.strength = Said(words, tuple(piece.span for piece in said))


def _bare_number(found: Dosing, pieces: tuple[Piece, ...]) -> None:
    numbers = [piece for piece in pieces if piece.kind == "number" and _typed(piece)]
    for piece in numbers:
        _note(found, piece)
    if len(numbers) == 1 and numbers[0].amount is not None:
        if numbers[0].amount.upper is None:
            found.dose = _said(numbers[0])
        else:
            found.dose_range = _said(numbers[0])
            found.unclear = True
    elif numbers:
        found.unclear = True


def _typed(piece: Piece) -> bool:
    """A Chinese numeral alone counts many things; only digits and spoken words are a dose."""
    return piece.text[0].isascii()


def _choose(
    found: Dosing, amounts: list[Piece], medicine: Medicine | None, units: dict[str, Unit]
) -> None:
    measured = [piece for piece in amounts if not _counts(piece, units)]
    counted = [piece for piece in amounts if _counts(piece, units)]
    if len({_size(piece, units) for piece in counted}) > 1:
        found.contradiction = True
        return
    if not measured:
        found.dose = _said(counted[0])
        return
    first = _one_measure(found, measured, medicine, units)
    if first is None:
        return
    if counted:
        _strength_and_count(found, first, counted[0], medicine)
    else:
        found.dose = _said(first)


def _counts(piece: Piece, units: dict[str, Unit]) -> bool:
    unit = units.get(piece.amount.unit) if piece.amount else None
    return unit is not None and unit.dimension == "count"


def _one_measure(
    found: Dosing, measured: list[Piece], medicine: Medicine | None, units: dict[str, Unit]
) -> Piece | None:
    """The measured amount that is the dose: several must say the same."""
    by_dimension: dict[str, set[Decimal]] = {}
    for piece in measured:
        dimension, value = _size(piece, units)
        by_dimension.setdefault(dimension, set()).add(value)
    if any(len(values) > 1 for values in by_dimension.values()):
        found.contradiction = True
        return None
    if len(by_dimension) == 1:
        return measured[0]
    if set(by_dimension) == {"mass", "volume"} and _as_packed(measured, medicine):
        return next(p for p in measured if _size(p, units)[0] == "mass")
    found.unclear = True
    return None


def _size(piece: Piece, units: dict[str, Unit]) -> tuple[str, Decimal]:
    """Dimension and amount in the smallest unit of it; an unknown unit is its own dimension."""
    amount = _amount(piece)
    unit = units.get(amount.unit)
    if unit is None:
        return amount.unit, amount.value
    if unit.dimension == "count":
        return unit.code, amount.value
    return unit.dimension, plain(amount.value * Decimal(unit.factor))


def _amount(piece: Piece) -> Amount:
    return piece.amount or Amount(Decimal(0))


def _as_packed(measured: list[Piece], medicine: Medicine | None) -> bool:
    """Whether the formulary has an ampoule with just this mass in just this volume."""
    said = {_spelled(_amount(piece)) for piece in measured}
    strengths = medicine.strengths if medicine else ()
    return any(
        {f"{plain(Decimal(n))}{unit}" for n, unit in _STRENGTH.findall(strength)} == said
        for strength in strengths
    )


def _strength_and_count(
    found: Dosing, measure: Piece, count: Piece, medicine: Medicine | None
) -> None:
    """`0.25 g 2 capsules`: the strength of one and how many, if the formulary has that strength.

    One tablet of 81 mg is 81 mg whichever way it is read. Anything else is asked.
    """
    how_many, strength = _amount(count), _amount(measure)
    if how_many.value == 1:
        found.dose = _said(measure)
        if how_many.unit in _FORMS:
            found.form = Said(how_many.unit, (count.span,))
        return
    in_order = measure.span.start < count.span.start
    strengths = medicine.strengths if medicine else frozenset()
    if in_order and _spelled(strength) in strengths:
        found.dose = _said(count)
        found.strength = Said(measure.text, (measure.span,))
    else:
        found.unclear = True


def _spelled(amount: Amount) -> str:
    return f"{plain(amount.value)}{amount.unit.casefold()}"
