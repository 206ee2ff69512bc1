"""A message that is being written outlives the process, for the one who wrote it."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.terms import PractitionerId
from tests.journeys.writing import ZHOU, an_inbox
from tests.support.cache_kit import a_cache
from tests.support.desk_kit import WANG, a_session

ROOT = Path(__file__).parents[2]
TEXTS = ("请", "请会诊", "请会诊：血钾 6.8")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cache whose program was killed in the middle of a message."""
    child = subprocess.run(
        [sys.executable, "-m", "tests.journeys.writing", str(tmp_path), *TEXTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    assert child.stdout.split() == [str(len(text)) for text in TEXTS]
    return tmp_path


def test_the_last_kept_words_stand_there_again_at_the_caret(folder: Path) -> None:
    with a_cache(folder) as opened:
        state = an_inbox(opened).state

    assert state.writing
    assert state.letter is not None
    assert (state.letter.to, state.letter.text, state.letter.urgent) == (ZHOU, TEXTS[-1], True)
    assert state.letter.caret == len(TEXTS[-1]) - 1
    assert state.letter.about == ("li-ming", "李明")


def test_nobody_else_reads_them(folder: Path) -> None:
    other = replace(WANG, id=PractitionerId("dr-other"), username="other")

    with a_cache(folder) as opened:
        assert an_inbox(opened, a_session(other)).state.letter is None


def test_discarded_they_are_gone_after_the_next_start_too(folder: Path) -> None:
    with a_cache(folder) as opened:
        an_inbox(opened).discard()

    with a_cache(folder) as opened:
        assert an_inbox(opened).state.letter is None
