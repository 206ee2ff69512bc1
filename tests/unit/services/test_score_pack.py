from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from app.decision.scores.tables import Combining
from app.kernel.faults import AppError, FaultKind
from app.services.score_pack import COLUMNS, read_scores
from app.services.score_words import WORD_COLUMNS
from resources.reading import manifest, path

TODAY = date(2026, 11, 24)
SHIPPED = path("packs/scores")
LAST = ("authored", "draft", "2026-11-24")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "scores"
    shutil.copytree(SHIPPED, folder)
    return folder


def spoil(pack: Path, name: str, old: str, new: str) -> None:
    file = pack / f"{name}.tsv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def lay(folder: Path, **tables: tuple[str, ...]) -> Path:
    """A pack of the hospital: rows as text, with a tab for every |."""
    folder.mkdir()
    for name, lines in tables.items():
        heading = "\t".join((*COLUMNS[name], "source", "status", "valid_from"))
        text = "\n".join((heading, *(line.replace("|", "\t") for line in lines)))
        (folder / f"{name}.tsv").write_text(text, encoding="utf-8")
    return folder


def test_every_score_that_is_asked_for_ships() -> None:
    found = read_scores(SHIPPED, None, TODAY)

    assert set(found) >= {"NEWS2", "SOFA", "KDIGO-AKI", "MELD-3.0", "GCS", "Wells-PE", "GRACE"}
    assert len(found) == 22
    assert {one.origin.status for one in found.values()} == {"draft"}
    assert set(manifest("scores")["tables"]) == {*COLUMNS, *WORD_COLUMNS}  # type: ignore[call-overload]


def test_a_score_has_both_languages_and_its_origin() -> None:
    news2 = read_scores(SHIPPED, None, TODAY)["NEWS2"]

    assert (news2.name.name, news2.name.english) == (
        "国家早期预警评分2",
        "National Early Warning Score 2",
    )
    assert (news2.origin.version, news2.origin.source) == ("2017", "RCP 2017")
    assert news2.combining is Combining.SUM


def test_nothing_is_there_before_it_is_valid_and_after_it_was() -> None:
    assert read_scores(SHIPPED, None, date(2025, 12, 31)) == {}


def test_what_has_ended_is_not_there(pack: Path) -> None:
    lines = (pack / "scores.tsv").read_text(encoding="utf-8").splitlines()
    ends = ["valid_to", *("2026-11-24" if "NEWS2" in line else "" for line in lines[1:])]
    text = "\n".join(f"{line}\t{end}" for line, end in zip(lines, ends, strict=True))
    (pack / "scores.tsv").write_text(text, encoding="utf-8")

    assert "NEWS2" in read_scores(pack, None, TODAY)
    later = read_scores(pack, None, date(2026, 11, 25))
    assert "NEWS2" not in later
    assert "SOFA" in later


def test_a_score_of_the_hospital_takes_the_place_of_ours_whole(tmp_path: Path) -> None:
    end = "|".join(LAST)
    theirs = lay(
        tmp_path / "ours",
        scores=(f"Morse|跌倒|Falls|sum||{{score}}|0||2026|{end}",),
        uses=(f"Morse|gait|gait|yes|||||||24|{end}",),
        options=(f"Morse|gait|normal|0|正常|normal|{end}", f"Morse|gait|weak|7|弱|weak|{end}"),
        conversions=(f"14682-9|mg/dL|umol/L|88||{end}",),
    )
    found = read_scores(SHIPPED, theirs, TODAY)

    assert [use.item.code for use in found["Morse"].uses] == ["gait"]
    assert [one.points for one in found["Morse"].uses[0].options] == [0, 7]
    assert found["Morse"].grades == ()
    assert found["SOFA"].conversions[0].factor == Fraction(88)
    assert found["NEWS2"].grades


def test_a_constant_that_is_not_there_is_an_error_of_the_pack() -> None:
    found = read_scores(SHIPPED, None, TODAY)

    assert found["MELD"].constant("floor") == 1
    assert found["MELD"].constants is not None
    assert found["MELD"].constants["intercept"] == Decimal("0.643")
    with pytest.raises(KeyError):
        found["NEWS2"].constant("floor")


def lost(name: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda pack: spoil(pack, name, old, new)


@pytest.mark.parametrize(
    ("spoiling", "where"),
    [
        (lost("bands", ">=9 <=11\t1", "9-11\t1"), "bands.tsv line"),
        (lost("bands", "saturation-scale=1", "saturation-scale"), "bands.tsv line"),
        (lost("bands", "saturation-scale=1", "size=1"), "scores.tsv line 2"),
        (lost("bands", ">=9 <=11\t1", ">=9 <=11\tone"), "bands.tsv line"),
        (lost("scores", "NEWS2\t国", "NEWS2\t国\t"), "scores.tsv: ValueError"),
        (lost("scores", "\tckd-epi-2021", "\tmdrd"), "scores.tsv line"),
        (lost("constants", "kappa-male", "kappa"), "scores.tsv line"),
        (lost("constants", "acute-rise", "rise"), "scores.tsv line"),
        (lost("uses", "inr\t\tyes", "killip\t\tyes"), "scores.tsv line"),
        (lost("uses", "quotient", "product"), "scores.tsv line"),
        (lost("uses", "po2 fio2", "po2"), "scores.tsv line"),
        (lost("uses", "po2 fio2", "po2 height"), "scores.tsv line"),
        (lost("uses", "half-up", "up"), "uses.tsv line"),
        (lost("grades", "\temergency\t", "\tbad\t"), "grades.tsv line"),
        (lost("uses", "unless:gcs", "unless:height"), "scores.tsv line"),
        (lost("defaults", "scale\t1", "scale\t3"), "scores.tsv line"),
        (lost("inputs", "pulse\t", "beat\t"), "uses.tsv line"),
        (lost("inputs", "\tnumber", "\tfigure"), "inputs.tsv line"),
        (lost("limits", "NEWS2\tpregnant", "NEWS2\tkillip"), "scores.tsv line"),
        (lost("inputs", "name_en", "name"), "inputs.tsv line"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_place(
    pack: Path, spoiling: Callable[[Path], None], where: str
) -> None:
    spoiling(pack)

    with pytest.raises(AppError) as caught:
        read_scores(pack, None, TODAY)
    assert caught.value.fault.kind is FaultKind.STORAGE
    assert caught.value.fault.message.code == "scores.pack-unreadable"
    assert where in caught.value.fault.detail
