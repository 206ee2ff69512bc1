"""Numbers as they are typed and spoken: digits, Chinese numerals, English words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_ROUND_ZERO = "\u3007"
_SCALES = {"hundred": 100, "thousand": 1000}
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {
    _ROUND_ZERO: 0,
    "两": 2,
}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_FRACTIONS = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}

_WORD = "(?:" + "|".join(sorted([*_ONES, *_SCALES], key=len, reverse=True)) + ")"
_WORDS = rf"{_WORD}(?:[ -]+(?:and )?{_WORD})*"
_SPOKEN = (
    rf"(?:{_WORDS} and a half|half an?|an? half|half|a quarter of an?|a quarter"
    rf"|(?:{_WORDS} )?point(?: {_WORD})+|a hundred|a thousand|{_WORDS})(?![a-z])"
)
_CHINESE = r"(?:[零〇一二两三四五六七八九十百千万]+(?:点[零〇一二三四五六七八九]+)?|半)"
_TYPED = (
    r"(?:(?:[0-9]+ )?[13]/[24](?![0-9/])"
    r"|(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}(?![0-9])|[0-9]{1,12}(?![0-9]))(?:\.[0-9]{1,9}(?![0-9]))?(?:万|千)?"
    r"|\.[0-9]{1,9}(?![0-9])(?:万|千)?|[½¼¾])"
)
_WHOLE_CHINESE = re.compile(_CHINESE)
NUMBER = rf"(?:{_TYPED}|{_CHINESE}|{_SPOKEN})"
"""Pattern of one number. Full-width digits have been made half-width before."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the text.

    Attributes:
        rewritten: Why it is shown in another form than it was typed: `naked-decimal`,
            `trailing-zero`, `thousands`, `numeral` or "" (ISMP list of error-prone forms).
    """

    value: Decimal
    rewritten: str = ""


def number_of(words: str) -> Number | None:
    """Read what `NUMBER` matched; None for numerals that make no number, such as 二五."""
    if words in _FRACTIONS:
        return Number(_FRACTIONS[words], "numeral")
    if words[0] in "0123456789.":
        return _typed(words)
    if words[0].isascii():
        return _spoken(words)
    value = _chinese(words)
    return Number(value, "numeral") if value is not None else None


def _typed(words: str) -> Number:
    if "/" in words:
        whole, _, part = words.rpartition(" ")
        above, _, below = part.partition("/")
        return Number(Decimal(whole or "0") + Decimal(above) / Decimal(below), "numeral")
    scale = {"万": 10000, "千": 1000}.get(words[-1], 1)
    digits = words.rstrip("万千")
    value = Decimal(digits.replace(",", "").removesuffix(".")) * scale
    if digits.startswith("."):
        return Number(value, "naked-decimal")
    if "." in digits and digits.endswith("0"):
        return Number(plain(value), "trailing-zero")
    return Number(plain(value), "thousands" if "," in digits else "numeral" if scale > 1 else "")


def plain(value: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent."""
    digits = f"{value:f}"
    return Decimal(digits.rstrip("0").rstrip(".")) if "." in digits else Decimal(digits)


def _spoken(words: str) -> Number:
    if words.endswith("and a half"):
        return Number(
            _counted(words.removesuffix(" and a half").split()) + Decimal("0.5"), "numeral"
        )
    if "half" in words:
        return Number(Decimal("0.5"), "numeral")
    if "quarter" in words:
        return Number(Decimal("0.25"), "numeral")
    before, point, after = words.partition("point")
    whole = _counted(re.split(r"[ -]+", before.strip())) if before.strip() else Decimal(0)
    if not point:
        return Number(whole, "numeral")
    decimals = "".join(str(_ONES.get(word, 0)) for word in after.split())
    return Number(whole + Decimal(f"0.{decimals}"), "numeral")


def _counted(words: list[str]) -> Decimal:
    total = current = 0
    for word in words:
        if word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            if word == "thousand":
                total, current = total + current, 0
        elif word in _ONES:
            current += _ONES[word]
        elif word == "a":
            current = max(current, 1)
    return Decimal(total + current)


def _chinese(words: str) -> Decimal | None:
    if _WHOLE_CHINESE.fullmatch(words) is None:
        return None
    if words == "半":
        return Decimal("0.5")
    whole, _, decimals = words.partition("点")
    value = _chinese_whole(whole)
    if value is None or not decimals:
        return value
    return value + Decimal("0." + "".join(str(_DIGITS[digit]) for digit in decimals))


def _chinese_whole(words: str) -> Decimal | None:
    above, ten_thousand, below = words.partition("万")
    if not ten_thousand:
        above, below = "", words
    if "万" in below or (ten_thousand and len(below) == 1):  # 一万二 is said for 12000
        return None
    high, low = _below_ten_thousand(above), _below_ten_thousand(below)
    return None if high is None or low is None else Decimal(high * 10000 + low)


def _below_ten_thousand(words: str) -> int | None:
    """Places fall from left to right; 二五 and 十十 are no numbers, 一百二 is 102 or 120."""
    total, digit, last = 0, None, 10000
    for character in words:
        if character in _PLACES:
            place = _PLACES[character]
            if place >= last:
                return None
            total, digit, last = total + (1 if digit is None else digit) * place, None, place
        elif digit:
            return None
        else:
            digit = _DIGITS[character]
    skipped = last in (100, 1000) and "零" not in words and _ROUND_ZERO not in words
    return None if digit and skipped else total + (digit or 0)
