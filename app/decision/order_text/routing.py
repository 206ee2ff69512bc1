"""Which way, and into what: route and diluent as they were said."""

from __future__ import annotations

from dataclasses import dataclass

from app.decision.order_text.drafts import Diluent, Said
from app.decision.order_text.parts import Part
from app.decision.order_text.pieces import Piece, Span

_INTO_A_VEIN = {"IV", "IV_DRIP", "IV_PUSH", "IV_PUMP"}
_NARROWER = (
    ({"IV", "IV_DRIP"}, "IV_DRIP"),
    ({"IV", "IV_PUSH"}, "IV_PUSH"),
    ({"IV", "IV_PUMP"}, "IV_PUMP"),
    ({"IV_DRIP", "IV_PUMP"}, "IV_PUMP"),
    ({"IV", "IV_DRIP", "IV_PUMP"}, "IV_PUMP"),
    ({"INH", "NEB"}, "NEB"),
    ({"SL", "PO"}, "SL"),
)
_VOLUMES = {"ml", "L"}


@dataclass
class Routing:
    """What was found out about the route.

    Attributes:
        contradiction: Two routes that are not one.
        unclear: A choice of routes was said (`iv or po`).
    """

    route: Said[str] | None = None
    contradiction: bool = False
    unclear: bool = False


def routing(pieces: tuple[Piece, ...]) -> Routing:
    """Read the route words among `pieces`; a form that names its place (`滴眼液`) is one."""
    said: dict[str, list[Span]] = {}
    for kind in ("route", "form-route"):
        if kind == "form-route" and said:
            _check_form(said, pieces)
            break
        for piece in pieces:
            use = piece.use(kind)
            if use is not None:
                said.setdefault(use.value, []).append(piece.span)
    unclear = any(
        (use := piece.use("ambiguous")) is not None and use.value == "route" for piece in pieces
    )
    if unclear:
        return Routing(unclear=True)
    if not said:
        return Routing()
    code = next(iter(said)) if len(said) == 1 else _narrowest(set(said))
    if code is None:
        return Routing(contradiction=True)
    return Routing(Said(code, tuple(span for spans in said.values() for span in spans)))


def _check_form(said: dict[str, list[Span]], pieces: tuple[Piece, ...]) -> None:
    """An eye ointment put on the skin is a contradiction, not a choice."""
    for piece in pieces:
        use = piece.use("form-route")
        if use is not None:
            said.setdefault(use.value, []).append(piece.span)


def _narrowest(codes: set[str]) -> str | None:
    return next((code for several, code in _NARROWER if several == codes), None)


def in_one_bag(parts: tuple[Part, ...], route: str | None) -> Part | None:
    """The fluid the others of the clause go into, if there is just one and the way allows it."""
    joined = any(part.joined for part in parts)
    fluids = [part for part in parts if is_fluid(part, joined=joined)]
    others = [part for part in parts if part.subject is not None and not part.subject.use("item")]
    if len(fluids) != 1 or len(others) < 2:
        return None
    return fluids[0] if route is None or route in _INTO_A_VEIN else None


def is_fluid(part: Part, *, joined: bool) -> bool:
    """A solvent with its volume, or without one where something was said to go into it."""
    if part.subject is None or part.subject.use("solvent") is None:
        return False
    amounts = [piece.amount for piece in part.pieces if piece.kind == "amount"]
    if not amounts:
        return joined
    return all(amount is not None and amount.unit in _VOLUMES for amount in amounts)


def diluent_of(part: Part) -> Said[Diluent] | None:
    """The fluid of `part` with its volume and strength, as said."""
    entry = part.subject.use("solvent") if part.subject is not None else None
    volume = next((piece for piece in part.pieces if piece.kind == "amount"), None)
    percent = next((piece for piece in part.pieces if piece.kind == "percent"), None)
    strength = f"{percent.amount.value:f}%" if percent and percent.amount else ""
    if not strength and part.subject is not None:
        details = [e.detail for e in part.subject.entries if e.kind == "solvent" and e.detail]
        strength = f"{details[0]}%" if details else ""
    spans = [piece.span for piece in (percent, part.subject, volume) if piece is not None]
    amount = volume.amount if volume is not None else None
    return Said(Diluent(entry.value, amount, strength), tuple(spans)) if entry else None


def needs_strength(name: str, percent: str) -> bool:
    """Glucose comes in 5, 10, 20 and 50 %; a sodium chloride injection is 0.9 % by its name.

    Source: Chinese Pharmacopoeia, 氯化钠注射液 (0.9 %) and 浓氯化钠注射液 (10 %).
    """
    return name == "glucose" and not percent
