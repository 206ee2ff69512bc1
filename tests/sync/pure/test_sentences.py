"""Every code that the pure parts speak has a sentence in both languages, and none is idle."""

from __future__ import annotations

import string
import tomllib

import pytest

from sync.merge import ConflictKind
from sync.planner import WaitReason
from sync.reconcile import Skew
from sync.verdicts import VerdictKind
from tests.sync.pure.cases import PACK

SPOKEN = (
    {f"sync.wait.{one.value}" for one in WaitReason}
    | {f"sync.verdict.{one.value}" for one in VerdictKind}
    | {f"sync.conflict.{one.value}" for one in ConflictKind}
    | {f"sync.clock.{one.value}" for one in Skew if one is not Skew.FINE}
    | {"sync.fenced.another-copy", "sync.fenced.register-missing"}
    | {"sync.too-large-alone", "sync.server-keeps-refusing", "sync.merge-pack-invalid"}
    | {"sync.offline-too-long"}
)


def _sentences(language: str) -> dict[str, str]:
    file = PACK.parents[1] / "translations" / language / "sync-pure.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_spoken_code_has_a_sentence_and_every_sentence_a_code(language: str) -> None:
    assert _sentences(language).keys() == SPOKEN


def test_both_languages_fill_the_same_gaps() -> None:
    english, chinese = _sentences("en"), _sentences("zh_CN")

    assert {code: _gaps(text) for code, text in english.items()} == {
        code: _gaps(text) for code, text in chinese.items()
    }
    assert _gaps(english["sync.clock.warn"]) == {"seconds"}
