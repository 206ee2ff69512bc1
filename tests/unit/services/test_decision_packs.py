"""The packs of the engine, put together: ours, and the hospital's over them."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from app.decision.findings import Check, Tier
from app.decision.situation import Line, Situation, Subject
from app.decision.verdict import Verdict
from app.domain.quantities import Quantity
from app.kernel.faults import AppError
from app.services.decision_packs import Decision, PackFolders, read_decision
from resources.reading import path
from tests.support.row_desk import decision
from tests.support.sign_packs import sign
from tests.support.situation_kit import NOW

TODAY = date(2026, 11, 25)
SHIPPED = path("packs")


def read(overlay: Path) -> Decision:
    """As a pack is judged before anybody signs it: its folder is not asked for a signature."""
    return read_decision(PackFolders(SHIPPED, overlay, TODAY, as_active=True))


def paracetamol(known: Decision, name: str = "paracetamol") -> Verdict:
    """Six grams a day."""
    drug = known.substances.named(name)
    assert drug is not None
    dose = Quantity(Decimal(2), "g")
    line = Line("1", drug, drug.name, dose=dose, route="po", per_day=Fraction(3))
    return known.engine.judge(Situation(NOW, Subject(age=Decimal(40)), (line,)))


def told(verdict: Verdict, check: Check) -> list[tuple[str, Tier]]:
    return [(one.origin.rule, one.tier) for one in verdict.findings if one.check is check]


def test_every_check_has_a_seat_and_only_one() -> None:
    seated = [check for seat in decision(as_active=True).engine.seats for check in seat.answers]

    assert sorted(seated, key=list(Check).index) == list(Check)


def test_a_draft_informs_and_is_loud_only_when_judged_as_if_signed() -> None:
    [(rule, draft)] = told(paracetamol(decision(as_active=False)), Check.DOSE_DAILY)
    [(same, signed)] = told(paracetamol(decision(as_active=True)), Check.DOSE_DAILY)

    assert (rule, draft, signed) == (same, Tier.INLINE, Tier.INTERRUPTIVE)


def without(rule: str, hospital: Path) -> Path:
    """A hospital that does not want this rule."""
    pack = hospital / "drug_rules"
    pack.mkdir(parents=True)
    shutil.copy(SHIPPED / "drug_rules" / "manifest.toml", pack)
    heading, *rows = (SHIPPED / "drug_rules" / "dosing.tsv").read_text("utf-8").splitlines()
    row = next(one for one in rows if one.startswith(f"{rule}\t"))
    (pack / "dosing.tsv").write_text(f"{heading}\n{row.replace('draft', 'withdrawn')}\n", "utf-8")
    return hospital


def test_the_hospital_withdraws_a_rule_of_ours(tmp_path: Path) -> None:
    [(rule, _)] = told(paracetamol(decision(as_active=False)), Check.DOSE_DAILY)

    found = read(without(rule, tmp_path))

    assert rule not in dict(told(paracetamol(found), Check.DOSE_DAILY))


@pytest.mark.expects_log("the hospital's packs are not signed")
@pytest.mark.parametrize("tampered", [False, True])
def test_packs_of_a_hospital_that_nobody_signed_take_nothing_away(
    tmp_path: Path,
    tampered: bool,  # noqa: FBT001 - a table
) -> None:
    [(rule, _)] = told(paracetamol(decision(as_active=False)), Check.DOSE_DAILY)
    hospital = without(rule, tmp_path)
    if tampered:
        sign(hospital)
        manifest = hospital / "drug_rules" / "manifest.toml"
        manifest.write_text(manifest.read_text("utf-8") + "# more\n", "utf-8")

    found = read_decision(PackFolders(SHIPPED, hospital, TODAY))
    tried = read_decision(PackFolders(SHIPPED, hospital, TODAY, as_active=True))

    assert rule in dict(told(paracetamol(found), Check.DOSE_DAILY))
    assert rule not in dict(told(paracetamol(tried), Check.DOSE_DAILY)), "it can be tried out"


def interaction(known: Decision) -> list[tuple[str, Tier]]:
    """Two drugs that must never meet."""
    drugs = [known.substances.named(one) for one in ("clarithromycin", "simvastatin")]
    lines = tuple(Line(str(n), one, one.name) for n, one in enumerate(drugs) if one is not None)
    verdict = known.engine.judge(Situation(NOW, Subject(), lines))
    return told(verdict, Check.INTERACTION)


def test_what_ships_interrupts_only_when_somebody_signed_it(tmp_path: Path) -> None:
    unsigned = tmp_path / "packs"
    shutil.copytree(SHIPPED, unsigned, ignore=shutil.ignore_patterns("SHA256SUMS*"))

    [(rule, loud)] = interaction(read_decision(PackFolders(SHIPPED, None, TODAY)))
    [(same, quiet)] = interaction(read_decision(PackFolders(unsigned, None, TODAY)))

    assert (rule, loud, quiet) == (same, Tier.INTERRUPTIVE, Tier.INLINE)


def test_what_ships_is_refused_when_it_was_changed_after_it_was_signed(tmp_path: Path) -> None:
    changed = tmp_path / "packs"
    shutil.copytree(SHIPPED, changed)
    (changed / "routes" / "more.tsv").write_text("code\nx\n", "utf-8")

    with pytest.raises(AppError) as caught:
        read_decision(PackFolders(changed, None, TODAY))

    assert caught.value.fault.message.code == "packs.seal-broken"


def test_a_medicine_of_the_hospital_is_known_by_its_code(tmp_path: Path) -> None:
    pack = tmp_path / "formulary"
    pack.mkdir()
    heading, *rows = (SHIPPED / "formulary" / "medicines.tsv").read_text("utf-8").splitlines()
    columns = heading.split("\t")
    row = dict(zip(columns, rows[0].split("\t"), strict=True))
    row |= {"code": "h-1", "name_zh": "对乙酰氨基酚片", "name_en": "Paracetamol tablets"}
    (pack / "medicines.tsv").write_text(
        f"{heading}\n" + "\t".join(row[name] for name in columns) + "\n", "utf-8"
    )

    found = read(tmp_path).substances.of_code("h-1")

    assert found is not None
    assert [one.code for one in found.substances] == ["paracetamol"]
    assert decision(as_active=True).substances.of_code("h-1") is None


def test_a_row_that_is_not_understood_stops_the_reading(tmp_path: Path) -> None:
    pack = tmp_path / "duplicates"
    shutil.copytree(SHIPPED / "duplicates", pack)
    file = pack / "rules.tsv"
    file.write_text(file.read_text("utf-8").replace("inline", "loudly", 1), "utf-8")

    with pytest.raises(AppError, match="storage"):
        read(tmp_path)


def test_prescribers_are_known_by_what_people_call_them() -> None:
    grades = decision(as_active=True).grades

    assert grades["住院医师"] == grades["resident"]
    assert grades["主任医师"] == grades["chief"] != grades["resident"]
