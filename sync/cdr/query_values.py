"""Single values of a search: escapes, prefixes, tokens, references, precision."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from app.fhir.document import relative
from sync.cdr.clauses import Compare, InRange, Leaf, LinksTo, TextIs, TextMatch, TokenIs
from sync.cdr.definitions import Definitions, Parameter
from sync.cdr.indexing import IDENTIFIER, folded
from sync.cdr.outcome import Refusal
from sync.cdr.periods import span

Asked = tuple[Compare, float, float]

_PREFIX = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[\d+.-])(.*)", re.DOTALL)
_TEXT = {"": TextMatch.STARTS, "contains": TextMatch.CONTAINS, "exact": TextMatch.EXACT}


def split(text: str, separator: str) -> list[str]:
    r"""Split at `separator` where it is not escaped by `\`; other escapes stay."""
    parts = [""]
    escaped = False
    for character in text:
        if character == separator and not escaped:
            parts.append("")
        else:
            parts[-1] += character
        escaped = character == "\\" and not escaped
    return parts


def plain(text: str) -> str:
    r"""Resolve `\,` `\|` `\$` `\\`."""
    return re.sub(r"\\([,|$\\])", r"\1", text)


def leaf_of(
    parameter: Parameter, modifier: str, text: str, definitions: Definitions, now: int
) -> Leaf:
    """One alternative of a value.

    Raises:
        Refusal: 400, the modifier is not supported or the value does not fit the kind.
    """
    match parameter.kind:
        case "reference":
            return _reference(parameter, modifier, text, definitions)
        case "string":
            return _string(parameter, modifier, text)
        case "uri":
            return _uri(parameter, modifier, text)
    if modifier:
        raise _no_modifier(parameter, modifier)
    match parameter.kind:
        case "token":
            return _token(parameter.name, text)
        case "date":
            return InRange(parameter.name, *moment(text, now, parameter.name))
        case _:
            return _amount(parameter, text)


def moment(text: str, now: int, name: str) -> Asked:
    """A date with its prefix, as the range it covers.

    Raises:
        Refusal: 400, not a date.
    """
    prefix, rest = _prefixed(text)
    found = span(rest)
    if found is None:
        raise Refusal(400, "value", "cdr.bad-value", name)
    if prefix == "ap":
        # R4 §3.1.1.4.6 recommends ten percent of the distance between now and the date
        slack = max(abs(now - found[0]), abs(now - found[1])) // 10
        return Compare.EQ, found[0] - slack, found[1] + slack
    return Compare(prefix), *found


def _prefixed(text: str) -> tuple[str, str]:
    found = _PREFIX.fullmatch(text)
    return (found[1], found[2]) if found else ("eq", text)


def _no_modifier(parameter: Parameter, modifier: str) -> Refusal:
    return Refusal(
        400,
        "not-supported",
        "cdr.unknown-modifier",
        f"{parameter.type}?{parameter.name}:{modifier}",
    )


def _string(parameter: Parameter, modifier: str, text: str) -> TextIs:
    if modifier not in _TEXT:
        raise _no_modifier(parameter, modifier)
    wanted = plain(text)
    exact = modifier == "exact"
    return TextIs(parameter.name, _TEXT[modifier], wanted if exact else folded(wanted))


def _uri(parameter: Parameter, modifier: str, text: str) -> TextIs:
    if modifier not in ("", "below"):
        raise _no_modifier(parameter, modifier)
    match = TextMatch.STARTS if modifier else TextMatch.EXACT
    return TextIs(parameter.name, match, plain(text))


def _token(name: str, text: str) -> TokenIs:
    parts = split(text, "|")
    if len(parts) == 1:
        return TokenIs(name, plain(parts[0]), None)
    return TokenIs(name, plain("|".join(parts[1:])), plain(parts[0]))


def _reference(
    parameter: Parameter, modifier: str, text: str, definitions: Definitions
) -> LinksTo | TokenIs:
    if modifier == "identifier":
        return _token(parameter.name + IDENTIFIER, text)
    if modifier and not definitions.knows(modifier):
        raise _no_modifier(parameter, modifier)
    wanted = plain(text)
    if (ref := relative(wanted)) is not None:
        of = ref.split("/")[0]
        return LinksTo(parameter.name, (ref,) if modifier in ("", of) else ())
    if "/" in wanted or ":" in wanted:
        return LinksTo(parameter.name, (wanted,))
    types = (modifier,) if modifier else definitions.targets(parameter)
    return LinksTo(parameter.name, tuple(f"{type_}/{wanted}" for type_ in types))


def _amount(parameter: Parameter, text: str) -> InRange:
    number, *unit = split(text, "|")
    prefix, digits = _prefixed(number)
    try:
        compare, low, high = _precise(prefix, Decimal(digits))
    except (ArithmeticError, ValueError):
        raise Refusal(400, "value", "cdr.bad-value", parameter.name) from None
    if not math.isfinite(low + high):
        raise Refusal(400, "value", "cdr.bad-value", parameter.name)
    system = plain(unit[0]) if len(unit) == 2 and unit[0] else None
    code = plain(unit[1]) if len(unit) == 2 and unit[1] else None
    return InRange(parameter.name, compare, low, high, system, code)


def _precise(prefix: str, value: Decimal) -> Asked:
    """Equality covers the rounding of the digits given (R4 §3.1.1.5.5): 100 is 99.5 to 100.5."""
    exact = float(value)
    if prefix == "ap":
        slack = abs(exact) / 10
        return Compare.EQ, exact - slack, exact + slack
    if prefix not in ("eq", "ne"):
        return Compare(prefix), exact, exact
    exponent = value.as_tuple().exponent
    half = Decimal(5).scaleb(int(exponent) - 1)
    high = math.nextafter(float(value + half), -math.inf)
    return Compare(prefix), float(value - half), high
