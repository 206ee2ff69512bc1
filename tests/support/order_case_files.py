"""Cases of orders with what a pharmacist expects of them, and how an answer misses it.

A line of `tests/decision/orders/*.jsonl` is what `evaluate orders` reads, and beside it `expect`:
`findings` that must be told so, checks that must be `present`, `absent`, `checkable` or
`not_checkable`, that must not interrupt (`no_interrupt`) or warn (`no_warn`), and `quiet` where
nothing may warn. `as_active` judges drafts as if they were signed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "decision" / "orders"
FILES = sorted(FOLDER.glob("*.jsonl"))
_INTERRUPTING = {"hard-stop", "interruptive"}
_WARNING = _INTERRUPTING | {"inline"}

Told = Mapping[str, Any]


def cases(file: Path) -> Iterator[Told]:
    """The cases of a file; their own notes are not for the reader."""
    for line in file.read_text("utf-8").splitlines():
        yield json.loads(line)


def misses(case: Told, answer: Told) -> list[str]:
    """How the answer is not what was expected; [] where it is."""
    expect = case["expect"]
    return [
        f"{case['id']}: {why}"
        for why in (
            *_not_told(expect, answer),
            *_checks(expect, answer),
            *_too_loud(expect, answer),
            *(f"not read: {one}" for one in answer.get("unread", ())),
        )
    ]


def _not_told(expect: Told, answer: Told) -> Iterator[str]:
    for wanted in expect.get("findings", ()):
        same = [one for one in answer["findings"] if one["check"] == wanted["check"]]
        if not any(
            one["tier"] == wanted["tier"] and set(wanted["subjects"]) <= set(one["subjects"])
            for one in same
        ):
            yield f"wanted {wanted}, told {same}"


def _checks(expect: Told, answer: Told) -> Iterator[str]:
    told = {one["check"] for one in answer["findings"]}
    open_ = {one["check"] for one in answer["not_checkable"]}
    wrong = {
        "present": frozenset(expect.get("present", ())) - told,
        "absent": told & frozenset(expect.get("absent", ())),
        "checkable": open_ & frozenset(expect.get("checkable", ())),
        "not_checkable": frozenset(expect.get("not_checkable", ())) - open_,
    }
    for word, checks in wrong.items():
        for check in sorted(checks):
            yield f"{check} is not {word}"


def _too_loud(expect: Told, answer: Told) -> Iterator[str]:
    for one in answer["findings"]:
        check, tier = one["check"], one["tier"]
        loud = (
            (tier in _INTERRUPTING and check in expect.get("no_interrupt", ()))
            or (tier in _WARNING and check in expect.get("no_warn", ()))
            or (tier in _WARNING and bool(expect.get("quiet")))
        )
        if loud:
            yield f"too loud: {one}"
