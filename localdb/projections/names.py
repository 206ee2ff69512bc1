"""How names are folded for search, and which names sound alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

_LATIN_MARKS = re.compile("[\u0300-\u036f]")
_UMLAUT = re.compile("u[\u0300-\u036f]*\u0308", re.IGNORECASE)
_NOT_SOUND = re.compile(r"[\W_]+")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile("[\u3041-\u30ff]")
_NOT_LABEL = re.compile(r"\s+")
_HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_MOST_READINGS = 6

# Surnames read otherwise than the usual word, or in two ways. The first reading is the likelier
# one for a surname; the others are offered to the search only.
SURNAMES: dict[str, tuple[str, ...]] = {
    "万俟": ("mo qi",),
    "尉迟": ("yu chi",),
    "长孙": ("zhang sun",),
    "澹台": ("tan tai",),
    "单于": ("chan yu",),
    "令狐": ("ling hu",),
    "单": ("shan", "dan"),
    "曾": ("zeng",),
    "解": ("xie", "jie"),
    "仇": ("qiu", "chou"),
    "区": ("ou", "qu"),
    "查": ("zha", "cha"),
    "盖": ("ge", "gai"),
    "朴": ("piao", "pu"),
    "覃": ("qin", "tan"),
    "翟": ("zhai", "di"),
    "乐": ("yue", "le"),
    "折": ("she", "zhe"),
    "种": ("chong", "zhong"),
    "重": ("chong", "zhong"),
    "缪": ("miao", "mou"),
    "牟": ("mou", "mu"),
    "祭": ("zhai", "ji"),
    "黑": ("he", "hei"),
    "秘": ("bi", "mi"),
    "洗": ("xian", "xi"),
    "繁": ("po", "fan"),
    "员": ("yun", "yuan"),
    "召": ("shao", "zhao"),
    "柏": ("bai", "bo"),
    "谌": ("chen", "shen"),
    "隗": ("wei", "kui"),
    "郇": ("xun", "huan"),
    "么": ("yao", "mo"),
    "佴": ("nai",),
    "都": ("du", "dou"),
    "句": ("gou", "ju"),
    "阚": ("kan",),
    "会": ("gui", "hui"),
    "宓": ("mi", "fu"),
    "郗": ("xi", "chi"),
    "乜": ("nie",),
    "吕": ("lv", "lu"),
}

# Characters of given names with two readings in real use: both are offered to the search.
GIVEN: dict[str, tuple[str, ...]] = {
    "茜": ("qian", "xi"),
    "朝": ("chao", "zhao"),
    "乐": ("le", "yue"),
    "重": ("chong", "zhong"),
    "长": ("chang", "zhang"),
    "行": ("xing", "hang"),
    "晟": ("sheng", "cheng"),
    "盛": ("sheng", "cheng"),
    "莘": ("xin", "shen"),
    "娜": ("na", "nuo"),
    "阿": ("a", "e"),
    "柏": ("bai", "bo"),
    "省": ("sheng", "xing"),
    "单": ("dan", "shan"),
    "曾": ("zeng", "ceng"),
    "藏": ("cang", "zang"),
    "率": ("shuai", "lv"),
    "调": ("tiao", "diao"),
    "传": ("chuan", "zhuan"),
    "弹": ("dan", "tan"),
    "参": ("can", "shen"),
    "贲": ("ben", "bi"),
    "强": ("qiang", "jiang"),
    "珏": ("jue", "yu"),
    "女": ("nv", "nu"),
    "绿": ("lv", "lu"),
    "律": ("lv", "lu"),
    "旅": ("lv", "lu"),
}


@dataclass(frozen=True, slots=True)
class Key:
    """One thing a person may type to find a patient.

    Attributes:
        kind: `name`, `pinyin`, `initials`, `english`, `record` or `admission`.
        whole: Folded.
        starts: Where a part may begin.
    """

    kind: str
    whole: str
    starts: tuple[int, ...]

    def parts(self) -> Iterator[tuple[str, int]]:
        for start in self.starts:
            yield self.whole[start:], start


def fold(text: str) -> str:
    """One form for what people type in many: width, case, tone marks, dots, blanks, kana."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = _LATIN_MARKS.sub("", unicodedata.normalize("NFD", plain))
    plain = unicodedata.normalize("NFC", plain).translate(_HIRAGANA_TO_KATAKANA)
    return _NOT_SOUND.sub("", plain)


def fold_label(text: str) -> str:
    """Bed labels keep their signs (`+1`); a spoken 床 or 号 at the end is not part of one."""
    plain = _NOT_LABEL.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return plain.removesuffix("床").removesuffix("号") or plain


def readings(name: str) -> tuple[tuple[str, ...], ...]:
    """Tone-less pinyin of a Chinese name by syllable, the likeliest reading first."""
    return _readings(unicodedata.normalize("NFKC", name))


def sound_key(name: str, phonetic: str) -> str:
    """Equal for names that sound alike, whatever their tones; "" when nothing is known.

    A recorded reading wins over a computed one: 单 is not always shan, and a Japanese name has
    no pinyin at all.
    """
    if phonetic:
        return fold(_UMLAUT.sub("v", unicodedata.normalize("NFD", phonetic)))
    if _HAN.search(name):
        return "".join(next(iter(readings(name)), ()))
    return fold(name)


def name_keys(name: str, phonetic: str, english: str) -> tuple[Key, ...]:
    """Everything the bearer of this name can be found by."""
    found: list[Key] = []
    if name:
        found.append(_everywhere("name", name))
    for syllables in _spoken(name, phonetic):
        found.append(_by_syllable(syllables))
        if len(syllables) > 1:
            found.append(_everywhere("initials", "".join(s[0] for s in syllables)))
    if phonetic and _KANA.search(phonetic):
        found.append(_everywhere("pinyin", phonetic))
    if english:
        for words in (_words(english), tuple(reversed(_words(english)))):
            found.append(_by_syllable(words, kind="english"))
            found.append(_everywhere("initials", "".join(word[0] for word in words)))
    return tuple(dict.fromkeys(key for key in found if key.whole))


def number_key(kind: str, number: str) -> Key:
    """A record or admission number, found by any part of it."""
    return _everywhere(kind, number)


def _spoken(name: str, phonetic: str) -> Iterator[tuple[str, ...]]:
    if phonetic and not _KANA.search(phonetic) and not _HAN.search(phonetic):
        yield _words(phonetic)
    if _HAN.search(name):
        yield from readings(name)
    elif name and not _KANA.search(name):
        yield _words(name)


def _words(text: str) -> tuple[str, ...]:
    folded = (fold(word) for word in re.split(r"[\s,\uff0c·・.]+", text))
    return tuple(word for word in folded if word)


def _everywhere(kind: str, text: str) -> Key:
    whole = fold(text)
    return Key(kind, whole, tuple(range(len(whole))))


def _by_syllable(syllables: Sequence[str], kind: str = "pinyin") -> Key:
    starts: list[int] = []
    length = 0
    for syllable in syllables:
        starts.append(length)
        length += len(syllable)
    return Key(kind, "".join(syllables), tuple(starts))


@lru_cache(maxsize=16384)
def _readings(name: str) -> tuple[tuple[str, ...], ...]:
    bare = "".join(_HAN.findall(name))
    if not bare:
        return ()
    surname = next((s for s in SURNAMES if bare.startswith(s) and len(bare) > len(s)), "")
    given = bare[len(surname) :]
    heads = [tuple(r.split()) for r in SURNAMES[surname]] if surname else [()]
    # Imported late: its dictionary takes a tenth of a start, and a start asks for no reading.
    from pypinyin import Style, lazy_pinyin

    usual = lazy_pinyin(given, style=Style.NORMAL, errors="ignore")
    options: list[tuple[str, ...]] = [
        _options(character, syllable)
        for character, syllable in zip(given, usual, strict=False)
        if syllable
    ]
    found = (head + rest for rest in product(*options) for head in heads)
    return tuple(dict.fromkeys(_at_most(found, _MOST_READINGS)))


def _options(character: str, syllable: str) -> tuple[str, ...]:
    known = GIVEN.get(character, ())
    plain = syllable.replace("ü", "v")
    with_u = (plain.replace("v", "u"),) if "v" in plain else ()
    return tuple(dict.fromkeys((plain, *known, *with_u)))


def _at_most(found: Iterator[tuple[str, ...]], most: int) -> Iterator[tuple[str, ...]]:
    for _, one in zip(range(most), found, strict=False):
        yield one
