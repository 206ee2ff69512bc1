"""Phrases with numbers in them: doses, rates, frequencies, durations, conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.decision.order_text.lexicon import Lexicon, digit, latin
from app.decision.order_text.numerals import NUMBER, Number, number_of, plain
from app.decision.order_text.pieces import Amount, Piece, Span

_LONGEST_RUN = 20
_N = f"(?P<n>{NUMBER})"
_TO = rf"(?:\s*(?:-|to|至|到|或|or)\s*(?P<m>{NUMBER}))?"
_SPACE = r"\s*"
_DAY = "(?:天|日|days?|d)(?![a-z])"
_HOUR = "(?:个?小时|hours?|hrs?|h)(?![a-z])"
_MINUTE = "(?:分钟|minutes?|mins?|min|分)(?![a-z钟])"
_TIME = f"(?P<time>{_HOUR}|{_MINUTE}|{_DAY}|24{_SPACE}{_HOUR})"
_TIMES_WORD = r"(?:次|times?|x|×)"
_A_DAY = r"(?:/|per|a|each|every|每)\s*(?:天|日|24小时|24h|days?|d)(?![a-z])"
_EACH_DAY = r"(?:每日|每天|一日|一天|1日|1天|日|24小时内?|24h)"
_ONCE = r"(?:一次|1次)?"
_TAKEN = r"(?:口服|服用|注射|静滴|静注|吃|服|用|喝|打|输|滴|涂|贴|分|给药|给)?"
"""How it is taken may stand between the day and the times: 每天吃三次."""
_AGO = r"(?!\s*(?:前|ago|后|after|later|以前|余前|来|余))"
_MEASURES = (
    r"(?:mmol/l|umol/l|μmol/l|mg/dl|g/dl|g/l|iu/l|u/l|ng/ml|pg/ml|ng/l|meq/l|mmhg|kpa|cmh2o|℃|°c|°"
    r"|bpm|次/分钟?|×10\^9/l|10\^9/l|岁|years?|yrs?|y/?o|床|cm)(?![a-z])"
)
_PER_DAY = {1: "QD", 2: "BID", 3: "TID", 4: "QID", 5: "Q5D_"}
_PER_WEEK = {1: "QW", 2: "BIW", 3: "TIW"}
_DAYS = {"w": 7, "周": 7, "星": 7, "礼": 7, "个": 7}

Builder = Callable[[re.Match[str]], "Phrase | None"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a pattern read."""

    kind: str
    amount: Amount | None = None
    code: str = ""


class Grammar:
    """The patterns over the units of a lexicon. Build once; reading keeps nothing."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._units = lexicon.units
        words = sorted(lexicon.units, key=len, reverse=True)
        self._unit = "(?P<u>" + "|".join(map(re.escape, words)) + ")"
        other = "(?:" + "|".join(map(re.escape, words)) + ")"
        kg = r"(?P<kg>\s*(?:/\s*kg|每公斤(?:体重)?|/\s*公斤|per kg|per kilo(?:gram)?))?"
        per = rf"\s*(?:(?:/|per\s|an?\s)\s*{_TIME}|每(?P<each>小时|分钟)(?!一次|1次))"
        amount = rf"{_N}{_TO}\s*{self._unit}"
        both = rf"{_N}\s*{other}\s*(?:-|to|至|到|或|or)\s*(?P<m>{NUMBER})\s*{self._unit}"
        patterns: list[tuple[str, Builder]] = [
            (rf"{_N}{_TO}\s*{_MEASURES}", _measure),
            (both + kg, self._amount),
            (amount + kg + r"(?:\s*(?:/|每)\s*(?:次|dose))?(?P<half>半(?!小时|个))?", self._amount),
            (amount + kg + per, self._per_time),
            (
                amount + rf"\s*[/·.]\s*\(?\s*(?P<kg>kg)(?:-1)?\s*[/·.]\s*{_TIME}(?:-1)?\)?",
                self._per_time,
            ),
            (rf"(?:每|per)\s*(?P<time>小时|分钟)\s*{_N}{_TO}\s*{self._unit}", self._per_time),
            (rf"{_N}\s*{other}\s*(?:/|:)\s*(?:{NUMBER})?\s*{self._unit}", _strength),
            (rf"{_N}\s*(?P<u>{other})\s*[x×*]\s*{NUMBER}\s*{other}(?:/盒)?", _strength),
            (r"(?P<n>[0-9]+)\s*:\s*(?P<m>[0-9]{3,6})(?![0-9])", _strength),
            (amount + r"(?:\s*[/·]\s*\(?[a-z]+\)?)+", _malformed),
            (rf"{_N}\s*%|百分之(?P<o>{NUMBER})", _percent),
            (rf"(?:早|中|晚|早上|中午|晚上)\s*{_N}\s*(?:{other})?", _meal_dose),
            (r"[0-9]+(?:-[0-9]+){2,}\s*(?:" + "|".join(map(re.escape, words)) + ")?", _meal_dose),
            *_FREQUENCIES,
            *_TIMES,
        ]
        self._patterns = [(re.compile(text), build) for text, build in patterns]

    def phrases(self, text: str, at: int) -> Iterator[Piece]:
        """Every phrase that begins at `at`."""
        if at and _inside(text[at - 1], text[at]):
            return
        for pattern, build in self._patterns:
            found = pattern.match(text, at)
            if found is None or found.end() == at or self._cut(text, found.end()):
                continue
            phrase = build(found)
            if phrase is not None:
                span = Span(at, found.end())
                yield Piece(phrase.kind, span, found.group(), (), phrase.amount, phrase.code)

    def _cut(self, text: str, end: int) -> bool:
        """Whether the phrase ends inside a word.

        `20mgivst` does not: what follows is made of whole words.
        """
        last, after = text[end - 1], text[end : end + 1]
        if not after or not latin(last) or not latin(after):
            return False
        rest = re.match("[a-z]+", text[end:])
        run = rest.group() if rest is not None else ""
        return len(run) > _LONGEST_RUN or not self._made_of_words(run)

    def _made_of_words(self, letters: str) -> bool:
        if not letters:
            return True
        return any(
            self._fits(letters[:length]) and self._made_of_words(letters[length:])
            for length in range(len(letters), 0, -1)
        )

    def _fits(self, word: str) -> bool:
        entries = self._lexicon.words.get(word, ())
        return any(entry.kind in {"route", "freq", "prn", "when"} for entry in entries)

    def glued(self, text: str, at: int) -> str:
        """The first whole word of letters that are written together, or ""."""
        letters = re.match("[a-z]+", text[at:])
        run = letters.group() if letters and letters.end() <= _LONGEST_RUN else ""
        for length in range(len(run), 0, -1):
            if self._fits(run[:length]) and self._made_of_words(run[length:]):
                return run[:length]
        return ""

    def _amount(self, found: re.Match[str]) -> Phrase | None:
        unit = self._units[found["u"]].code
        groups = found.groupdict()
        kg = "/kg" if groups.get("kg") else ""
        amount = _amount_of(found, unit + kg)
        if amount is not None and groups.get("half"):
            amount = Amount(amount.value + Decimal("0.5"), amount.unit, None, "numeral")
        return Phrase("amount", amount) if amount is not None else None

    def _per_time(self, found: re.Match[str]) -> Phrase | None:
        unit = self._units[found["u"]].code
        kg = "/kg" if found.groupdict().get("kg") else ""
        groups = found.groupdict()
        time = _time(groups.get("time") or groups["each"])
        drop = "gtt" if unit == "drop" else unit
        amount = _amount_of(found, f"{drop}{kg}/{time}")
        if amount is None:
            return None
        if time == "d":
            return Phrase("amount" if kg else "daily", amount)
        return Phrase("rate", amount)


def _inside(before: str, character: str) -> bool:
    """Nothing begins in the middle of a word or of a number."""
    if latin(character):
        return latin(before)
    return (digit(character) or character == ".") and digit(before)


def _time(word: str) -> str:
    if word[0] in "天日d" or word.startswith("24"):
        return "d"
    return "min" if word[0] in "分m" else "h"


def _amount_of(found: re.Match[str], unit: str) -> Amount | None:
    number = number_of(found["n"])
    other = found.groupdict().get("m")
    upper = number_of(other) if other else None
    if number is None or (other and upper is None):
        return None
    return Amount(number.value, unit, upper.value if upper else None, number.rewritten)


def _strength(found: re.Match[str]) -> Phrase:
    return Phrase("strength", code=found.group())


def _percent(found: re.Match[str]) -> Phrase | None:
    number = number_of(found["n"] or found["o"])
    return Phrase("percent", Amount(number.value, "%", None, number.rewritten)) if number else None


def _meal_dose(found: re.Match[str]) -> Phrase:
    return Phrase("meal-dose", code=found.group())


def _whole(words: str) -> int | None:
    number = number_of(words)
    value = number.value if number else None
    return int(value) if value is not None and value == value.to_integral_value() else None


def _interval(found: re.Match[str]) -> Phrase | None:
    if found.groupdict().get("m"):
        return Phrase("freq", code="?")
    hours = _whole(found["n"])
    return Phrase("freq", code=f"Q{hours}H") if hours else None


def _minutes(found: re.Match[str]) -> Phrase | None:
    minutes = _whole(found["n"])
    return Phrase("freq", code=f"Q{minutes}M") if minutes else None


def _day_interval(found: re.Match[str]) -> Phrase | None:
    days = _whole(found["n"])
    if not days:
        return None
    return Phrase("freq", code={1: "QD", 2: "QOD", 7: "QW", 14: "Q2W"}.get(days, f"Q{days}D"))


def _a_day(found: re.Match[str]) -> Phrase | None:
    if found.groupdict().get("m"):
        return Phrase("freq", code="?")
    times = _whole(found["n"])
    return Phrase("freq", code=_PER_DAY.get(times, f"{times}/D")) if times else None


def _a_week(found: re.Match[str]) -> Phrase | None:
    times = _whole(found["n"])
    return Phrase("freq", code=_PER_WEEK.get(times, f"{times}/W")) if times else None


def _duration(found: re.Match[str]) -> Phrase | None:
    words = found["n"]
    number = Number(Decimal(1)) if words in {"a", "an"} else number_of(words)
    if number is None:
        return None
    if found["m"]:
        return Phrase("duration", code="?")
    unit = found["u"]
    if unit[0] == "h" or unit.endswith("小时"):
        days = number.value / 24
    elif unit.startswith(("月", "month", "mo", "个月")):
        return Phrase("duration", code="?")
    else:
        days = number.value * _DAYS.get(unit[0], 1)
    whole = days == days.to_integral_value()
    return Phrase("duration", code=str(int(days)) if whole and days > 0 else "?")


def _fraction_of_time(found: re.Match[str]) -> Phrase:
    """`5/7` is five days, `2/52` two weeks; months have no number of days."""
    days = {"7": 1, "52": 7}.get(found["u"])
    return Phrase("duration", code=str(int(found["n"]) * days) if days else "?")


def _over(found: re.Match[str]) -> Phrase | None:
    number = number_of(found["n"])
    if number is None:
        return None
    unit = _time(found["time"])
    return Phrase("over", Amount(number.value, unit, None, number.rewritten))


def _measure(found: re.Match[str]) -> Phrase:
    return Phrase("measure", code=found.group())


def _compare(found: re.Match[str]) -> Phrase:
    return Phrase("compare", code=found.group())


def _clock(found: re.Match[str]) -> Phrase:
    return Phrase("clock", code=found.group())


def _count(found: re.Match[str]) -> Phrase:
    return Phrase("freq", code="ONCE") if found["n"] in {"1", "一", "one"} else Phrase("count")


def _malformed(found: re.Match[str]) -> Phrase:
    return Phrase("malformed", code=found.group())


def _no_numeral(found: re.Match[str]) -> Phrase | None:
    """一百二 is said for 102 and for 120: nobody reads 二毫克 out of it."""
    return None if number_of(found.group()) else Phrase("malformed", code=found.group())


def _number(found: re.Match[str]) -> Phrase | None:
    number = number_of(found["n"])
    if number is None:
        return None
    upper = number_of(found["m"]) if found["m"] else None
    end = plain(upper.value) if upper else None
    return Phrase("number", Amount(number.value, "", end, number.rewritten))


_FREQUENCIES: list[tuple[str, Builder]] = [
    (r"q\s?[0-9]{1,2}(?:-[0-9]{1,2})?(?![a-z0-9小天日周分])", lambda _: Phrase("freq", code="?")),
    (rf"q\.?\s*{_N}{_TO}\s*-?\s*{_HOUR}(?:一次|1次)?", _interval),
    (rf"(?:every|each)\s+{_N}{_TO}[\s-]*{_HOUR}", _interval),
    (rf"(?:每|每隔)\s*{_N}{_TO}\s*{_HOUR}{_ONCE}", _interval),
    (rf"{_N}{_TO}\s*{_HOUR}(?:一次|1次)", _interval),
    (
        r"(?:every|each)\s+hour|hourly|每小时一次|每小时1次|每小时",
        lambda _: Phrase("freq", code="Q1H"),
    ),
    (rf"(?P<n>{NUMBER})[\s-]*hourly", _interval),
    (rf"(?:q\s*|every\s+|每)\s*{_N}\s*{_MINUTE}{_ONCE}", _minutes),
    (rf"(?:q\s*|every\s+|每)\s*{_N}\s*{_DAY}{_ONCE}", _day_interval),
    (rf"{_N}\s*(?:天|日)(?:一次|1次)", _day_interval),
    (rf"{_N}{_TO}\s*{_TIMES_WORD}?\s*{_A_DAY}", _a_day),
    (rf"{_EACH_DAY}\s*{_TAKEN}\s*{_N}{_TO}\s*(?:次|回)", _a_day),
    (rf"{_N}{_TO}\s*(?:times|x)\s*daily", _a_day),
    (rf"{_N}\s*{_TIMES_WORD}\s*(?:/|per|a|每)\s*(?:周|星期|week|wk)(?![a-z])", _a_week),
    (rf"(?:每周|一周|1周|每星期|一星期)\s*{_N}\s*次", _a_week),
]

_FOR = (
    r"(?:(?:for|×|x|\*|总?疗程为?|共|连用|连续|连服|连续使用|服用|用|持续|duration|total)\s*[:]?\s*"
    r"(?:a total of\s*)?)"
)
_LONG = r"(?P<u>个?星期|个?礼拜|个月|周|天|日|月|days?|weeks?|wks?|wk|months?|mo|ds|d|w)(?![a-z一])"
_INFUSED = r"(?:内?\s*(?:滴完|输完|泵完|注完|推完|滴入|输入|泵入|滴注|以上|内))"

_TIMES: list[tuple[str, Builder]] = [
    (rf"{_FOR}?(?P<n>[0-9]{{1,2}})/(?P<u>7|52|12)(?![0-9/])", _fraction_of_time),
    (rf"{_FOR}?(?P<n>{NUMBER}){_TO}\s*{_LONG}(?!次){_AGO}", _duration),
    (rf"{_FOR}(?P<n>an?){_TO}\s+{_LONG}", _duration),
    (rf"{_FOR}(?P<n>{NUMBER}){_TO}\s*(?P<u>个?小时|hours?|hrs?|h)(?![a-z]){_AGO}", _duration),
    ((
        rf"(?:over|in over|within|滴注|静滴时间|输注时间|泵入时间|滴速|in)\s*(?:at least\s*)?"
        rf"{_N}\s*(?P<time>{_HOUR}|{_MINUTE}){_INFUSED}?"
    ), _over),
    (rf"{_N}\s*(?P<time>{_HOUR}|{_MINUTE})\s*{_INFUSED}", _over),
    ((rf"(?:>|<|≥|≤|=|>=|<=|大于|小于|超过|高于|低于|above|below|greater than|less than|over)\s*"
     rf"(?:or equal to\s*)?{_N}{_TO}\s*(?:{_MEASURES}|%)?"), _compare),
    ((r"(?:at\s*)?[0-9]{1,2}:[0-9]{2}(?![0-9])|(?:at\s*)?[0-9]{1,2}\s*(?:am|pm)(?![a-z])"
     r"|[0-9]{1,2}点(?:钟|半)?(?!滴|[0-9])"), _clock),
    (rf"[x×*]\s*{_N}\s*(?:doses?|次|剂|瓶组)?(?![a-z])", _count),
    (r"[零〇一二两三四五六七八九十百千万点]{2,}", _no_numeral),
    ((r"[0-9.]+[零〇一二两三四五六七八九十百][零〇一二两三四五六七八九十百千万]*"
     r"|[零〇一二两三四五六七八九十百千万]+[0-9.]+"), _malformed),
    ((r"[0-9]+,[0-9]{1,2}(?![0-9])\s*(?:m?g|[uμ]g|mcg|i?u|ml|毫克|毫升|微克|克|单位|片|粒|支)(?![a-z])"
     r"|[0-9]+(?:\.[0-9]+){2,}|[0-9]{13,}(?:\.[0-9]+)?|[0-9]*\.[0-9]{10,}"), _malformed),
    (rf"{_N}{_TO}", _number),
]  # fmt: skip
