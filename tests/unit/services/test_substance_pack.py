from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from app.decision.knowledge.names import Substances
from app.kernel.faults import AppError, FaultKind
from app.services.substance_pack import COLUMNS, read_substances
from resources.reading import manifest, path, rows
from tests.support.knowledge_kit import TODAY, substances_that_ship

SHIPPED = path("packs/substances")
ROWS = {
    "substances": ("amoxicillin|阿莫西林|Amoxicillin|amoxycillin~AMX|||", "saline|盐水|Saline||||"),
    "drugs": ("m1|amoxicillin|",),
    "classes": ("penicillins|青霉素类|Penicillins|penicillin",),
    "members": ("penicillins|amoxicillin",),
    "mixtures": ("mixture-x|混合|Mixture|amoxicillin~saline|blend",),
    "wording": ("salt|word|sodium", "form|after|片", "reaction|before|对", "joiner|between|_with_"),
}
MEDICINES = (
    {"code": "m1", "name_zh": "阿莫西林", "name_en": "Amoxicillin"},
    {"code": "m2", "name_zh": "盐水片", "name_en": "Saline"},
)


def lay(folder: Path, overlay: bool = False, **tables: tuple[str, ...]) -> Path:  # noqa: FBT001, FBT002
    """A pack: rows as text, with a tab for every | and a | for every ~."""
    folder.mkdir()
    (folder / "manifest.toml").write_text('id = "substances"\nversion = "7"\n', "utf-8")
    told = tables if overlay else {**ROWS, **tables}
    for name, lines in told.items():
        write(folder, name, lines)
    return folder


def write(
    folder: Path, name: str, lines: tuple[str, ...], last: str = "a list|draft|2026-11-01"
) -> None:
    heading = "\t".join((*COLUMNS[name], "source", "status", "valid_from"))
    told = (f"{line}|{last}".replace("|", "\t").replace("~", "|") for line in lines)
    (folder / f"{name}.tsv").write_text("\n".join((heading, *told)), "utf-8")


def read(shipped: Path, overlay: Path | None = None, day: date = TODAY) -> Substances:
    return read_substances(shipped, overlay, day, MEDICINES)


def test_a_medicine_is_found_by_all_its_names(tmp_path: Path) -> None:
    book = read(lay(tmp_path / "substances"))

    for name in ("阿莫西林", "amoxycillin", "AMX", "amoxicillin sodium", "阿莫西林片"):
        found = book.named(name)
        assert found is not None, name
        assert found.code == "m1"
        assert found.substances[0].classes == {"penicillins"}
    assert book.named("amoxicillin with saline") is not None
    assert book.classes_named("对penicillin") == {"penicillins"}
    assert book.members("penicillins") == {"amoxicillin"}


def test_a_mixture_has_a_name_of_its_own(tmp_path: Path) -> None:
    book = read(lay(tmp_path / "substances"))

    for name in ("混合片", "blend", "saline with amoxicillin"):
        found = book.named(name)
        assert found is not None, name
        assert found.code == "mixture-x"


def test_a_medicine_without_a_row_is_what_its_name_says(tmp_path: Path) -> None:
    found = read(lay(tmp_path / "substances")).of_code("m2")

    assert found is not None
    assert [one.code for one in found.substances] == ["saline"]


def test_a_row_of_the_hospital_takes_the_place_of_ours(tmp_path: Path) -> None:
    ours = lay(tmp_path / "substances")
    theirs = lay(
        tmp_path / "theirs",
        overlay=True,
        drugs=("m1|amoxicillin~saline|our mixture",),
        members=("penicillins|saline",),
    )

    book = read(ours, theirs)

    assert book.members("penicillins") == {"saline"}
    found = book.named("our mixture")
    assert found is not None
    assert [one.code for one in found.substances] == ["amoxicillin", "saline"]


def test_what_is_not_valid_yet_or_withdrawn_is_not_known(tmp_path: Path) -> None:
    ours = lay(tmp_path / "substances")
    theirs = lay(tmp_path / "theirs", overlay=True)
    write(theirs, "substances", (ROWS["substances"][0],), "a list|withdrawn|2026-11-01")

    assert read(ours, theirs).named("AMX") is None
    assert read(ours, day=date(2026, 10, 31)).named("AMX") is None
    assert read(ours).named("AMX") is not None


@pytest.mark.parametrize(
    ("table", "row", "told"),
    [
        ("substances", "|阿莫西林|Amoxicillin||||", "substances.tsv line 2"),
        ("substances", "amoxicillin||Amoxicillin||||", "substances.tsv line 2"),
        ("classes", "penicillins|青霉素类||", "classes.tsv line 2"),
        ("classes", "|青霉素类|Penicillins|", "classes.tsv line 2"),
        ("members", "penicillins|", "members.tsv line 2"),
        ("mixtures", "mixture-x|混合|Mixture||", "mixtures.tsv line 2"),
        ("wording", "salt|between|sodium", "wording.tsv line 2"),
        ("wording", "joke|word|sodium", "wording.tsv line 2"),
        ("wording", "salt|word|-", "wording.tsv line 2"),
        ("wording", "joiner|between|", "wording.tsv line 2"),
    ],
)
def test_a_row_that_is_not_understood_is_refused_with_its_line(
    tmp_path: Path, table: str, row: str, told: str
) -> None:
    folder = lay(tmp_path / "substances")
    write(folder, table, (row,))

    with pytest.raises(AppError) as refused:
        read(folder)

    assert refused.value.fault.kind is FaultKind.STORAGE
    assert refused.value.fault.detail.startswith(told)


# --- what ships -------------------------------------------------------------------------------


def test_every_medicine_of_the_formulary_is_described_and_found_by_both_names() -> None:
    book = substances_that_ship()
    listed = {one.code for one in book.medicines()}

    assert {row["code"] for row in rows("formulary", "medicines")} <= listed
    for row in rows("formulary", "medicines"):
        drug = book.of_code(row["code"])
        assert drug is not None, row["code"]
        assert book.named(row["name_zh"]) == book.named(row["name_en"]) == drug, row["code"]
    assert book.shared_names() == ()
    assert set(manifest("substances")["tables"]) == set(COLUMNS)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("name", "substances"),
    [
        ("acetaminophen", "paracetamol"),
        ("cyclosporine", "ciclosporin"),
        ("acyclovir", "aciclovir"),
        ("meperidine", "pethidine"),
        ("frusemide", "furosemide"),
        ("adrenaline", "epinephrine"),
        ("albuterol", "salbutamol"),
        ("glyburide", "glibenclamide"),
        ("rifampin", "rifampicin"),
        ("valproic acid", "valproate"),
        ("methylene blue", "methylthioninium"),
        ("St. John's wort", "st-johns-wort"),
        ("度冷丁", "pethidine"),
        ("注射用头孢曲松钠", "ceftriaxone"),
        ("盐酸莫西沙星氯化钠注射液", "moxifloxacin sodium-chloride"),
        ("Augmentin", ""),
        ("氨酚羟考酮片", "paracetamol oxycodone"),
        ("levodopa/carbidopa", "levodopa carbidopa"),
        ("co-trimoxazole", "sulfamethoxazole trimethoprim"),
        ("复方新诺明", "sulfamethoxazole trimethoprim"),
        ("piperacillin-tazobactam", "piperacillin tazobactam"),
        ("氨苄西林钠舒巴坦钠", "ampicillin sulbactam"),
        ("sacubitril/valsartan", "sacubitril valsartan"),
        (
            "lactated Ringer's",
            "sodium-lactate sodium-chloride potassium-physiological calcium-chloride",
        ),
        ("NS", "sodium-chloride"),
        ("insulin", "insulin-human"),
        ("ketoconazole", "ketoconazole"),
        ("苯乙肼", "phenelzine"),
        ("calcium", ""),
        ("simvastatine", ""),
    ],
)
def test_what_names_mean(name: str, substances: str) -> None:
    found = substances_that_ship().named(name)

    assert [one.code for one in found.substances] if found else substances.split() == []


@pytest.mark.parametrize(
    ("said", "classes"),
    [
        ("penicillin allergy", {"penicillins"}),
        ("青霉素类过敏", {"penicillins"}),
        ("sulfa", {"sulfonamide-antibiotics"}),
        ("磺胺", {"sulfonamide-antibiotics"}),
        ("NSAIDs", {"nsaids"}),
        ("statins", {"statins"}),
        ("头孢类", {"cephalosporins"}),
        ("碘造影剂", {"iodinated-contrast"}),
        ("iodinated contrast", {"iodinated-contrast"}),
        ("造影剂过敏", {"iodinated-contrast", "gadolinium-contrast"}),
    ],
)
def test_what_classes_are_called(said: str, classes: set[str]) -> None:
    assert substances_that_ship().classes_named(said) == classes


def test_a_penicillin_is_a_beta_lactam_too() -> None:
    found = substances_that_ship().substance("piperacillin")

    assert found is not None
    assert {"penicillins", "beta-lactams", "systemic-antibacterials"} <= found.classes


def test_the_potassium_of_a_balanced_fluid_is_no_potassium_salt() -> None:
    ringer = substances_that_ship().named("乳酸钠林格")

    assert ringer is not None
    assert not list(ringer.concerning(("class:potassium-salts",)))
    assert list(ringer.concerning(("class:calcium-salts",)))


def test_a_pack_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "substances")
    (tmp_path / "substances" / "members.tsv").unlink()

    with pytest.raises(AppError):
        read(tmp_path / "substances")
