"""Conditions of patients, recognised in the words and codes of a problem list.

A recognised condition only ever lets a rule ask; what is not recognised is not taken for absent
by a person, so the words are matched whole, and what is denied, ruled out, or said of a relative
is not the patient's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from app.domain.terms import Named

_SENTENCE = re.compile(r"[.;。；\n]|\bbut\b|\bhowever\b|但")
_COMMA = re.compile(r"[,，:：]")
_WHOLE_SENTENCE = re.compile(r"\bdenie[sd]\b|\bfamily history\b|否认|家族史")
"""What holds to the end of its sentence: a list of what is denied, or of what relatives have."""
_BEFORE = re.compile(
    r"\bno\b|\bnot\b|\bnil\b|\bwithout\b|\bexclude[sd]?\b|\brule[sd]? out\b"
    r"|\bnegative for\b|\bnever\b|\brisk of\b|\bprevention of\b|\bprophylaxis\b"
    r"|\b(?:mother|father|brother|sister|son|daughter|parents?|siblings?|uncle|aunt)\b"
    r"|无|没有|未见|未发现|未诊断|除外|排除|预防|父亲|母亲|父母|兄弟|姐妹|其父|其母"
)
_AFTER = re.compile(
    r"\s*(?:病史|史)?\s*(?:[(（]\s*[-\uff0d—]\s*[)）]|阴性|(?:已|可)?(?:排除|除外)"
    r"|[:：]\s*(?:无|否认|none\b|no\b|denied\b)|(?:was |is |has been )?(?:ruled out|excluded))"
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition rules may ask for.

    Attributes:
        words: How people write it, in any language.
        icd: Beginnings of its ICD-10 codes.
    """

    code: str
    name: Named
    words: tuple[str, ...] = ()
    icd: tuple[str, ...] = ()


class Conditions:
    """Every condition that is recognised."""

    def __init__(self, conditions: Iterable[Condition]) -> None:
        self.all = tuple(conditions)
        self._by_word: dict[str, set[str]] = {}
        for one in self.all:
            for word in one.words:
                self._by_word.setdefault(word.lower(), set()).add(one.code)
        longest_first = sorted(self._by_word, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_bounded, longest_first)) or r"(?!)")
        self.in_text = lru_cache(maxsize=512)(self._in_text)
        """Codes of the conditions a text says the patient has."""

    def coded(self, code: str) -> frozenset[str]:
        """Codes of the conditions an ICD-10 code belongs to."""
        told = code.upper()
        return frozenset(
            one.code for one in self.all if told and told.startswith(one.icd or ("\0",))
        )

    def named(self, code: str) -> Named | None:
        return next((one.name for one in self.all if one.code == code), None)

    def _in_text(self, text: str) -> frozenset[str]:
        told = text.lower()
        found: set[str] = set()
        for match in self._pattern.finditer(told):
            if not _is_denied(told, match):
                found |= self._by_word[match[0]]
        return frozenset(found)


def _bounded(word: str) -> str:
    """Latin words stand alone; Chinese ones stand anywhere."""
    before = r"(?<![a-z0-9])" if word[0].isascii() else ""
    after = r"(?![a-z0-9])" if word[-1].isascii() else ""
    return f"{before}{re.escape(word)}{after}"


def _is_denied(text: str, match: re.Match[str]) -> bool:
    sentence = _SENTENCE.split(text[: match.start()])[-1]
    clause = _COMMA.split(sentence)[-1]
    if _WHOLE_SENTENCE.search(sentence) or _BEFORE.search(clause):
        return True
    return _AFTER.match(text, match.end()) is not None
