"""Every pack of the decision engine, read and put together, as it holds on a day."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Protocol, TypeVar

from app.decision.checks.allergies import AllergyCheck
from app.decision.checks.antimicrobials import AntimicrobialCheck
from app.decision.checks.compatibility import CompatibilityCheck
from app.decision.checks.dose_units import DoseUnitCheck
from app.decision.checks.duplicates import DuplicateCheck
from app.decision.checks.interactions import InteractionCheck
from app.decision.checks.rule_checks import CHECKS as RULE_CHECKS
from app.decision.checks.rule_checks import RuleChecks
from app.decision.checks.skin_tests import SkinTestCheck
from app.decision.engine import Engine, Seat
from app.decision.findings import Check
from app.decision.knowledge.allergies import AllergyBook
from app.decision.knowledge.names import Substances
from app.kernel.faults import FaultKind, app_error
from app.services.allergy_pack import read_allergies
from app.services.antimicrobial_pack import read_antimicrobials
from app.services.compatibility_pack import read_compatibility
from app.services.drug_rule_pack import read_drug_rules
from app.services.duplicate_pack import read_duplicates
from app.services.interaction_pack import read_interactions
from app.services.knowledge_rows import Row
from app.services.pack_seals import SealState, public_keys, seal_of
from app.services.skin_test_pack import read_skin_tests
from app.services.substance_pack import read_substances
from resources.reading import path, table_rows

ALLERGIES = (
    Check.ALLERGY,
    Check.ALLERGY_CLASS,
    Check.ALLERGY_CROSS,
    Check.ALLERGY_UNKNOWN,
    Check.ALLERGY_UNCODED,
)


log = logging.getLogger(__name__)

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class PackReader(Protocol[T_co]):
    """Reads one pack."""

    def __call__(
        self, shipped: Path, overlay: Path | None, today: date, *, as_active: bool = False
    ) -> T_co: ...


@dataclass(frozen=True, slots=True)
class Decision:
    """The engine and the knowledge that names are read with.

    Attributes:
        grades: Code of a prescriber's grade by what people write for it, in lower case.
    """

    engine: Engine
    substances: Substances
    allergies: AllergyBook
    grades: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PackFolders:
    """The packs that ship, the hospital's over them, and how they are read.

    Attributes:
        overlay: The hospital's folder of packs, or None.
        as_active: Every row counts as signed off, to judge a pack before it is; nor is it asked
            who signed the folders.
        keys: Folders of the public keys under which a signature is believed.
    """

    shipped: Path
    overlay: Path | None
    today: date
    as_active: bool = False
    keys: tuple[Path, ...] = (path("keys"),)

    def theirs(self, pack: str) -> Path | None:
        """The hospital's own pack of this name, where it has one."""
        folder = None if self.overlay is None else self.overlay / pack
        return folder if folder is not None and folder.is_dir() else None

    def read(self, reader: PackReader[T], pack: str) -> T:
        """The pack of this name, and the hospital's over it."""
        return reader(self.shipped / pack, self.theirs(pack), self.today, as_active=self.as_active)


def read_decision(folders: PackFolders) -> Decision:
    """Read every pack of the engine.

    What ships and nobody signed informs and never interrupts. The hospital's packs are read only
    when somebody signed them: they may take a rule of ours away.

    Raises:
        AppError: `STORAGE` with file and line when a row cannot be understood: an engine that knows
            only a part of its rules would be silent about the rest. `STORAGE` when the signature
            of what ships does not fit what lies there.
    """
    if folders.as_active:
        return _read(folders, unsigned=False)
    keys = public_keys(folders.keys)
    ours = seal_of(folders.shipped, keys)
    if ours.state is SealState.BROKEN:
        files = ", ".join(ours.wrong)
        raise app_error(FaultKind.STORAGE, "packs.seal-broken", files, files=files)
    if folders.overlay is not None and not seal_of(folders.overlay, keys).holds:
        log.warning("the hospital's packs are not signed, or otherwise than they lie there")
        folders = replace(folders, overlay=None)
    return _read(folders, unsigned=not ours.holds)


def _read(folders: PackFolders, *, unsigned: bool) -> Decision:
    substances = read_substances(
        folders.shipped / "substances",
        folders.theirs("substances"),
        folders.today,
        _medicines(folders),
    )
    interactions = read_interactions(
        folders.shipped / "interactions",
        folders.theirs("interactions"),
        folders.today,
        substances,
        as_active=folders.as_active,
    )
    allergies = folders.read(read_allergies, "allergies")
    rules = folders.read(read_drug_rules, "drug_rules")
    duplicates = folders.read(read_duplicates, "duplicates")
    compatibility = folders.read(read_compatibility, "compatibility")
    antimicrobials = folders.read(read_antimicrobials, "antimicrobials")
    skin_tests = folders.read(read_skin_tests, "skin_tests")
    seats = (
        Seat((Check.INTERACTION,), InteractionCheck(interactions)),
        Seat(ALLERGIES, AllergyCheck(allergies)),
        Seat((Check.DUPLICATE, Check.DUPLICATE_CLASS), DuplicateCheck(duplicates)),
        Seat((Check.COMPATIBILITY,), CompatibilityCheck(compatibility)),
        Seat(RULE_CHECKS, RuleChecks(rules)),
        Seat((Check.DOSE_UNIT,), DoseUnitCheck()),
        Seat((Check.ANTIMICROBIAL,), AntimicrobialCheck(antimicrobials)),
        Seat((Check.SKIN_TEST,), SkinTestCheck(skin_tests)),
    )
    return Decision(Engine(seats, unsigned), substances, allergies, antimicrobials.grade_words)


def _medicines(folders: PackFolders) -> tuple[Row, ...]:
    """Of the formulary: the hospital's before ours."""
    theirs = folders.theirs("formulary")
    ours = folders.shipped / "formulary"
    found: list[Row] = []
    for folder in (ours,) if theirs is None else (theirs, ours):
        found += table_rows((folder / "medicines.tsv").read_text(encoding="utf-8"))
    return tuple(found)
