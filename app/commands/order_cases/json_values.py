"""Values of a JSON line, read one by one: understood, absent, or an error that says where."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from app.decision.order_text.characters import normalised
from app.decision.situation import Truth

_NUMBER = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*(.*)")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_TRUTHS: Mapping[str, Truth] = {
    **dict.fromkeys(("yes", "y", "true", "1", "是", "有", "positive", "阳性"), Truth.YES),
    **dict.fromkeys(("no", "n", "false", "0", "否", "无", "negative", "阴性"), Truth.NO),
    **dict.fromkeys(
        ("", "unknown", "not known", "?", "不详", "未知", "不清楚", "uncertain"), Truth.UNKNOWN
    ),
}


class UnreadError(ValueError):
    """A value that means nothing here: nobody guesses what was meant."""


def line_of(text: str) -> Mapping[str, object]:
    """A line of a file as an object; its numbers keep their digits.

    Raises:
        UnreadError: It is none.
    """
    try:
        told = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except ValueError as error:
        raise UnreadError("no JSON") from error
    return members(told, "the line")


def _no_number(name: str) -> object:
    raise UnreadError(f"{name} is no number")


def members(told: object, where: str) -> Mapping[str, object]:
    """An object, by key."""
    if not isinstance(told, dict):
        raise UnreadError(f"{where}: expected an object")
    return told


def elements(told: object) -> Sequence[object]:
    """A list; null is an empty one, a single value a list of itself."""
    if told is None:
        return ()
    return told if isinstance(told, list) else [told]


def words(told: object, where: str) -> str:
    """A text or a number as it was written, without the spaces around it; "" for null."""
    if told is None:
        return ""
    if isinstance(told, bool) or not isinstance(told, (str, int, Decimal)):
        raise UnreadError(f"{where}: expected a text")
    return str(told).strip()


def number(told: object, where: str, units: Sequence[str] = ()) -> Decimal | None:
    """A number, not negative; None for null. `70 kg` where `kg` is one of `units`."""
    if told is None or told == "":
        return None
    value, unit = measured(told, where)
    if unit and unit not in units:
        raise UnreadError(f"{where}: {unit} is not expected")
    return value


def measured(told: object, where: str) -> tuple[Decimal, str]:
    """A number and what stands behind it, in lower case."""
    if isinstance(told, bool) or not isinstance(told, (str, int, Decimal)):
        raise UnreadError(f"{where}: expected a number")
    found = _NUMBER.fullmatch(normalised(str(told)).strip())
    if found is None:
        raise UnreadError(f"{where}: expected a number")
    value = Decimal(found[1])
    if value < 0:
        raise UnreadError(f"{where}: is negative")
    return value, found[2].strip()


def truth(told: object, where: str) -> Truth:
    """Yes, no, or not known."""
    if told is None or isinstance(told, bool):
        return Truth.of(told)
    found = _TRUTHS.get(words(told, where).casefold())
    if found is None:
        raise UnreadError(f"{where}: expected true, false or null")
    return found


def instant(told: object, where: str) -> datetime | None:
    """A date or an instant; UTC where no zone is said."""
    text = words(told, where)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(_DATE.sub(_dashed, text))
    except ValueError as error:
        raise UnreadError(f"{where}: expected a date or an instant") from error
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def date_in(text: str, where: str) -> tuple[str, datetime | None]:
    """The date that a text names, and the text without it."""
    found = _DATE.search(text)
    if found is None:
        return text, None
    rest = f"{text[: found.start()]} {text[found.end() :]}".strip()
    return rest, instant(_dashed(found), where)


def _dashed(found: re.Match[str]) -> str:
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"


@dataclass
class Keys:
    """Takes the members of an object by their names, and knows which nobody asked for.

    Attributes:
        where: Name of the object, for what is said of it.
    """

    told: Mapping[str, object]
    where: str = ""

    def __post_init__(self) -> None:
        self._asked: set[str] = set()

    def take(self, *names: str) -> tuple[object, str]:
        """The value of the first of these names that is there, and its full name."""
        self._asked.update(names)
        name = next((one for one in names if self.told.get(one) is not None), names[0])
        return self.told.get(name), f"{self.where}.{name}".removeprefix(".")

    def unread(self) -> Iterator[str]:
        """Names of what was told and not asked for."""
        for name in self.told:
            if name not in self._asked:
                yield f"{self.where}.{name}".removeprefix(".")
