"""The packs that ship, judged by cases that were written from clinical knowledge alone."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest

from app.commands.evaluate_orders import Answers
from resources.catalogue import Catalogue
from tests.support.order_case_files import FILES, Told, cases, misses
from tests.support.row_desk import decision, reader


@functools.cache
def answers(*, as_active: bool) -> Answers:
    return Answers(decision(as_active=as_active), Catalogue.load("en"), "en")


def answered(case: Told) -> Told:
    judge = answers(as_active=bool(case["expect"].get("as_active")))
    return judge.of(reader().read(json.dumps(case)))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_case_is_answered_as_a_pharmacist_would(file: Path) -> None:
    missed = [why for case in cases(file) for why in misses(case, answered(case))]

    assert missed == []


def test_a_wrong_answer_is_noticed() -> None:
    case = next(cases(next(one for one in FILES if one.stem == "ddi")))
    answer = answered(case)
    loud = answer["findings"][0]

    assert misses(case, answer) == []
    assert misses(case, {**answer, "findings": []}) != []
    assert misses({"id": "x", "expect": {"quiet": True}}, {**answer, "findings": [loud]}) != []
    for word in ("no_interrupt", "no_warn", "absent", "not_checkable"):
        assert misses({"id": "x", "expect": {word: ["ddi"]}}, {**answer, "findings": [loud]}) != []
    assert misses({"id": "x", "expect": {"present": ["age"]}}, answer) != []
    open_ = {**answer, "not_checkable": [{"check": "age", "why": "no age"}], "unread": ["labs.X"]}
    assert len(misses({"id": "x", "expect": {"checkable": ["age"]}}, open_)) == 2


def test_there_are_cases_of_every_kind() -> None:
    told = [case for file in FILES for case in cases(file)]
    ids = [case["id"] for case in told]

    assert len(ids) == len(set(ids)) >= 450
    assert sum(bool(case["expect"].get("quiet")) for case in told) >= 60
