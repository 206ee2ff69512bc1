"""Who signed the packs of the engine decides how loudly they may speak."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from app.decision.findings import Check, Tier
from app.decision.situation import Line, Situation, Standing, Subject
from app.kernel.faults import AppError
from app.services.decision_packs import Decision, PackFolders, read_decision
from resources.reading import path
from tests.support.sign_packs import sign
from tests.support.situation_kit import NOW

TODAY = date(2026, 11, 25)
SHIPPED = path("packs")
NEEDED = (
    "substances", "formulary", "interactions", "allergies", "drug_rules", "duplicates",
    "compatibility", "antimicrobials", "skin_tests",
)  # fmt: skip


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """The packs of the engine in a folder of their own, signed by nobody."""
    for name in NEEDED:
        shutil.copytree(SHIPPED / name, tmp_path / "packs" / name)
    return tmp_path / "packs"


def loudest(decision: Decision) -> Tier:
    """Of clarithromycin beside simvastatin, which the ONC list forbids."""
    names = (("clarithromycin", Standing.NEW), ("simvastatin", Standing.ACTIVE))
    lines = tuple(
        Line(name, drug, drug.name, standing, route="po")
        for name, standing in names
        if (drug := decision.substances.named(name)) is not None
    )
    found = decision.engine.judge(Situation(NOW, Subject(), lines)).findings
    return next(one.tier for one in found if one.check is Check.INTERACTION)


def test_what_nobody_signed_informs(packs: Path) -> None:
    assert loudest(read_decision(PackFolders(packs, None, TODAY))) is Tier.INLINE


def test_what_is_signed_may_interrupt(packs: Path) -> None:
    sign(packs)

    assert loudest(read_decision(PackFolders(packs, None, TODAY))) is Tier.INTERRUPTIVE


def test_what_is_otherwise_than_it_was_signed_is_not_read(packs: Path) -> None:
    sign(packs)
    file = packs / "skin_tests" / "manifest.toml"
    file.write_text(file.read_text("utf-8") + "\n# another word\n", "utf-8")

    with pytest.raises(AppError, match=r"packs\.seal-broken"):
        read_decision(PackFolders(packs, None, TODAY))


def withdrawing(folder: Path) -> Path:
    """A pack of the hospital that takes every ONC rule away."""
    pack = folder / "interactions"
    pack.mkdir(parents=True)
    shutil.copy(SHIPPED / "interactions" / "manifest.toml", pack)
    heading, *rows = (SHIPPED / "interactions" / "pairs.tsv").read_text("utf-8").splitlines()
    place = heading.split("\t").index("status")
    told = [heading]
    for row in rows:
        cells = row.split("\t")
        cells[place] = "withdrawn"
        told.append("\t".join(cells))
    (pack / "pairs.tsv").write_text("\n".join(told) + "\n", "utf-8")
    return folder


@pytest.mark.expects_log("the hospital's packs are not signed")
def test_an_overlay_that_nobody_signed_takes_no_rule_away(packs: Path, tmp_path: Path) -> None:
    sign(packs)
    theirs = withdrawing(tmp_path / "theirs")

    decision = read_decision(PackFolders(packs, theirs, TODAY))

    assert loudest(decision) is Tier.INTERRUPTIVE


def test_an_overlay_that_is_signed_does(packs: Path, tmp_path: Path) -> None:
    sign(packs)
    theirs = withdrawing(tmp_path / "theirs")
    sign(theirs)

    decision = read_decision(PackFolders(packs, theirs, TODAY))

    with pytest.raises(StopIteration):
        loudest(decision)
