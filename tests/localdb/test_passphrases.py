"""What a workstation passphrase must not be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localdb.passphrases import PassphrasePolicy, common_passphrases, words_of
from resources.reading import rows

POLICY = PassphrasePolicy(names=words_of("Renmin Hospital", "人民医院", "RMYY", "a"))
COMMON = st.sampled_from(sorted(common_passphrases()))
HOW = st.sampled_from(["plain", "loud", "leet", "loud leet"])
AROUND = st.text("0123456789 !.-_#", max_size=6)
LEET = str.maketrans({"o": "0", "e": "3", "a": "@", "s": "$", "i": "1", "t": "7"})


def _code(passphrase: str, username: str = "zhou", policy: PassphrasePolicy = POLICY) -> str:
    objection = policy.objection(username, passphrase)
    return "" if objection is None else objection.code.removeprefix("vault.passphrase-")


@given(COMMON, AROUND, AROUND, st.integers(1, 4), HOW)
def test_a_common_passphrase_stays_common_however_it_is_dressed(
    phrase: str, before: str, after: str, times: int, how: str
) -> None:
    said = phrase.translate(LEET) if "leet" in how else phrase
    dressed = before + (said.upper() if "loud" in how else said) * times + after

    assert _code(dressed) != ""


@given(COMMON, COMMON, AROUND)
def test_two_of_them_are_as_common_as_one(first: str, second: str, between: str) -> None:
    assert _code(first + between + second) != ""


@pytest.mark.parametrize(
    "passphrase",
    [
        "P@ssw0rd2026!",
        "woaini1314520",
        "Qwertyuiop",
        "1q2w3e4r5t6y",
        "hushi123456",
        "nursenursenurse1",
        "renminyiyuan2026",
        "我爱你密码2026",
    ],
)
def test_what_everybody_tries_is_refused(passphrase: str) -> None:
    assert _code(passphrase, policy=PassphrasePolicy(shortest=6)) == "common"


@pytest.mark.parametrize(
    "passphrase",
    [
        "correct horse battery",
        "rounds-at-eight",
        "我在七病区值夜班真的很累",
        "soup before every handover",
        "dragon password monkey",
        "xihuan zai dongtian pashan",
    ],
)
def test_words_of_ones_own_are_taken(passphrase: str) -> None:
    assert _code(passphrase) == ""


@pytest.mark.parametrize(
    ("username", "passphrase", "code"),
    [
        ("wang.li2", "my-Wang-goes-uphill", "name"),
        ("wang.li2", "my-w@ng-goes-uphill", "name"),
        ("li", "soup before flight", "name"),
        ("wang.li2", "soup before flight", ""),
        ("wang.li2", "my-tiger-goes-uphill", ""),
        ("王丽", "王丽在七病区值夜班真累", "name"),
        ("", "my-tiger-goes-uphill", ""),
    ],
)
def test_no_word_of_the_user_name_stands_in_it(username: str, passphrase: str, code: str) -> None:
    assert _code(passphrase, username) == code


@pytest.mark.parametrize(
    ("passphrase", "code"),
    [
        ("soup at renmin every day", "hospital"),
        ("soup at RMYY every day", "hospital"),
        ("我在人民医院值夜班真累", "hospital"),
        ("a soup at noon every day", ""),
    ],
)
def test_no_name_of_the_hospital_stands_in_it(passphrase: str, code: str) -> None:
    assert _code(passphrase) == code


@given(st.from_regex(r"[0-9][0-9 \-]{10,18}[0-9]", fullmatch=True))
def test_a_number_is_no_passphrase(number: str) -> None:
    assert _code(number) in {"digits", "simple"}


def test_a_very_long_passphrase_is_judged_too() -> None:
    assert _code("password " * 400 + "dragon monkey") == ""
    assert _code("password " * 400) == "common"


def test_every_row_says_its_phrase_as_it_is_compared() -> None:
    phrases = [row["phrase"] for row in rows("passphrases", "common")]

    assert len(phrases) > 2000
    assert frozenset(phrases) == common_passphrases()
    assert {row["kind"] for row in rows("passphrases", "common")} == {
        "leaked", "pinyin", "workplace", "chinese", "keys",
    }  # fmt: skip
