"""A pack that cannot be read is said to every question, and stops nobody from ordering."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.decision.findings import Check, Moment, Outcome
from app.decision.situation import Situation, Subject
from app.services.decision_lines import new_line
from app.services.decision_packs import PackFolders
from app.services.knowledge_at_hand import knowledge_at_hand
from resources.reading import path
from tests.support.sign_packs import sign
from tests.unit.services.test_decision_lines import DRAFT

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    """A hospital's pack with a row that nobody can read."""
    theirs = tmp_path / "allergies"
    shutil.copytree(path("packs/allergies"), theirs)
    for table in theirs.glob("*.tsv"):
        heading, *_ = table.read_text(encoding="utf-8").splitlines()
        table.write_text(
            f"{heading}\n" + "\t".join("x" for _ in heading.split("\t")) + "\n", "utf-8"
        )
    sign(tmp_path)
    return tmp_path


@pytest.mark.expects_log("decision support has no knowledge: storage: allergies.pack-unreadable")
def test_a_broken_pack_leaves_every_check_not_checkable(overlay: Path) -> None:
    decision = knowledge_at_hand(PackFolders(path("packs"), overlay, NOW.date()))
    line = new_line("a", DRAFT, decision.substances.of_term)
    assert line is not None
    verdict = decision.engine.judge(Situation(NOW, Subject(), (line,), Moment.SIGN))

    assert line.drug is None
    assert set(verdict.checks(Outcome.NOT_CHECKABLE)) == set(Check)
    assert not verdict.cards
    assert {gap.why.code for gap in verdict.gaps} == {"decision.why.unread"}


def test_packs_that_can_be_read_are_the_knowledge() -> None:
    decision = knowledge_at_hand(PackFolders(path("packs"), None, NOW.date()))

    assert len(decision.engine.seats) > 1
    assert any(decision.substances.all())
