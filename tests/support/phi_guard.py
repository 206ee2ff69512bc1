"""Fails the test that lets a patient's name into a log, a fault, an exception or a file name.

Builders give their patients the names below; a test with names of its own hands them to `plant`.
"""

from __future__ import annotations

import functools
import gc
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from app.kernel.faults import Fault
from tests.support.leak_guard import CaughtLogs

FAMILY = "Quarzhollin"
GIVEN = "Ottoviana"
CHINESE_NAME = "禤鑫淼"
CHINESE_FAMILY = "禤"
CHINESE_GIVEN = "鑫淼"
CHINESE_PINYIN = "Xuan Xinmiao"
RECORD_NUMBER = "MR-PLANTED-7719"
NATIONAL_ID = "110101190001017719"

_spellings: set[str] = set()
_faults: list[Fault] = []
_paths: list[str] = []
_PATH_EVENTS = frozenset({"open", "os.mkdir", "os.rename", "os.link", "os.symlink"})


def plant(*names: str) -> None:
    """Watch for `names` too, from now on: as they are, in URLs and in escaped JSON.

    A name of one sign, or of under four Latin letters, would be found everywhere; it is let go.
    """
    for name in names:
        if len(name.encode()) < 4:
            continue
        spellings = (name, quote(name), name.replace(" ", "+"), json.dumps(name).strip('"'))
        _spellings.update(spelling.lower() for spelling in spellings)


def leaks(text: str) -> bool:
    """Whether a planted name stands in `text`."""
    lower = text.lower()
    return any(spelling in lower for spelling in _spellings)


plant(FAMILY, GIVEN, CHINESE_NAME, CHINESE_GIVEN, CHINESE_PINYIN, RECORD_NUMBER, NATIONAL_ID)


def _watch_faults() -> None:
    """Keep every fault that is made, so that one which is dropped unseen is read as well."""
    made = Fault.__init__

    @functools.wraps(made)
    def watched(self: Fault, *args: object, **kwargs: object) -> None:
        made(self, *args, **kwargs)  # type: ignore[arg-type]  # passed on exactly as it came
        _faults.append(self)

    # Not a stand-in but a listener: a fault behaves as before. There is no other place where
    # all of them pass, and the product should not carry one for the tests.
    Fault.__init__ = watched  # type: ignore[method-assign]


def _watch_paths() -> None:
    """Hear of every file that Python opens or makes, also of those removed before the end."""

    def heard(event: str, arguments: tuple[object, ...]) -> None:
        if event in _PATH_EVENTS:
            _paths.extend(
                str(a) for a in arguments[:2] if isinstance(a, str | Path) and leaks(str(a))
            )

    sys.addaudithook(heard)


def pytest_configure() -> None:
    """Begin to listen, once per process."""
    _watch_faults()
    _watch_paths()


@pytest.fixture(autouse=True)
def no_patient_data_leaks(
    request: pytest.FixtureRequest, caught_logs: CaughtLogs
) -> Iterator[None]:
    """Look for planted names wherever a test may have put them."""
    _faults.clear()
    _paths.clear()
    yield
    found = [
        *(f"log of {r.name}" for r in caught_logs.records if leaks(caught_logs.text(r))),
        *(
            f"fault {f.message.code}"
            for f in _faults
            if leaks(f"{f.detail} {f.message.parameters}")
        ),
        *(f"exception {type(e).__name__}" for e in _exceptions() if leaks(f"{e} {e.args}")),
        *(f"file name {path!r}" for path in _paths),
        *(f"file name {path!r}" for path in _files_of(request)),
    ]
    assert not found, f"patient data leaked: {', '.join(found)}"


def _exceptions() -> Iterator[BaseException]:
    """The exceptions that somebody still holds: in a future, a result, a field."""
    return (thing for thing in gc.get_objects() if issubclass(type(thing), BaseException))


def _files_of(request: pytest.FixtureRequest) -> Iterator[str]:
    """Files made below Python's sight, such as those of the database."""
    folder = getattr(request.node, "funcargs", {}).get("tmp_path")
    if isinstance(folder, Path):
        yield from (str(p) for p in folder.rglob("*") if leaks(str(p.relative_to(folder))))
