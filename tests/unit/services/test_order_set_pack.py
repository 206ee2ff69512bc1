"""The order_sets pack: whole as it ships, refused with its line when not, under a hospital's."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from app.domain.order_sets import Chosen, Placing, drafts, offer
from app.domain.orders import OrderClass, objections
from app.domain.terms import EncounterId
from app.kernel.faults import AppError, FaultKind
from app.services.order_set_pack import TABLES, allergens_of, item_of, read_sets, term_of
from resources.reading import manifest, path
from tests.unit.commands.packs_kit import add, line_of, spoil
from tests.unit.domain.set_kit import KNOWN, NOW, WHOM

SHIPPED = path("packs/order_sets")
TODAY = date(2026, 11, 25)
REAL = {
    *("admission-general", "pneumonia-community", "stemi", "sepsis-hour-1"),
    *("stroke-ischaemic", "pre-operative", "post-operative", "transfusion"),
}
THEIRS = ("source", "draft", "2026-11-24", "")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "order_sets"
    shutil.copytree(SHIPPED, folder)
    return folder


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    """A hospital's own pneumonia set of one line."""
    folder = tmp_path / "hospital"
    folder.mkdir()
    for table in ("sets", "lines"):
        head, *rows = (SHIPPED / f"{table}.tsv").read_text("utf-8").splitlines()
        kept = next(row for row in rows if row.startswith("pneumonia-community\t"))
        text = kept.replace("\t1\t", "\t2\t", 1) if table == "sets" else kept
        (folder / f"{table}.tsv").write_text(f"{head}\n{text}\n", "utf-8")
    return folder


def refused(folder: Path) -> str:
    with pytest.raises(AppError) as error:
        read_sets(folder, None, TODAY)
    assert error.value.fault.kind is FaultKind.STORAGE
    assert error.value.fault.message.code == "order_sets.pack-unreadable"
    return error.value.fault.detail


def test_the_sets_of_the_house_are_there_and_every_one_of_them_can_be_offered() -> None:
    book = read_sets(SHIPPED, None, TODAY)

    assert {one.code for one in book.sets} == REAL
    assert manifest("order_sets")["tables"] == list(TABLES)
    for one in book.sets:
        assert offer(book, one, KNOWN).preselected, one.code


def test_what_a_set_preselects_of_medicines_can_be_signed() -> None:
    book = read_sets(SHIPPED, None, TODAY)
    placing = Placing(WHOM, EncounterId("stay"), NOW, "zh_CN", "m")
    wrong = [
        (one.code, draft.item, objection.field)
        for one in book.sets
        for offered in [offer(book, one, KNOWN)]
        for draft in drafts(offered, Chosen(offered.preselected), placing)
        if draft.order_class is OrderClass.MEDICATION
        for objection in objections(draft)
    ]

    assert wrong == []


def test_a_higher_version_of_the_hospital_takes_the_place_of_ours_whole(overlay: Path) -> None:
    book = read_sets(SHIPPED, overlay, TODAY)
    found = book.by_code("pneumonia-community")

    assert found is not None
    assert (found.version, len(found.lines)) == ("2", 1)
    assert len(book.sets) == len(REAL)


def test_a_version_that_is_not_higher_does_not(overlay: Path) -> None:
    spoil(overlay, "sets.tsv", 2, "\t2\t", "\t0.9\t")
    found = read_sets(SHIPPED, overlay, TODAY).by_code("pneumonia-community")

    assert found is not None
    assert (found.version, len(found.lines) > 1) == ("1", True)


def test_a_set_is_there_while_it_is_valid(pack: Path) -> None:
    line = line_of(pack, "sets.tsv", "stemi")
    spoil(pack, "sets.tsv", line, "2026-11-24\t", "2026-11-24\t2026-12-01")

    assert read_sets(pack, None, date(2026, 12, 1)).by_code("stemi") is not None
    assert read_sets(pack, None, date(2026, 12, 2)).by_code("stemi") is None
    assert read_sets(pack, None, date(2026, 11, 23)).sets == ()


@pytest.mark.parametrize(
    ("table", "begins", "old", "new"),
    [
        ("lines", ("stemi", "aspirin"), "neml2026-077", "no-such"),
        ("lines", ("stemi", "aspirin"), "\t300\t", "\tmany\t"),
        ("lines", ("stemi", "aspirin"), "\tpo\t", "\tby mouth\t"),
        ("lines", ("stemi", "aspirin"), "\tformulary\t", "\tpharmacy\t"),
        ("lines", ("stemi", "aspirin"), "\tstat\t", "\tonce\t"),
        ("lines", ("stemi", "level"), "level-of-care\torder_items", "nursing\torder_items"),
        ("lines", ("pre-operative", "group"), "\tlaboratory\t", "\timaging\t"),
        ("sets", ("stemi",), "\t1\t", "\tone\t"),
        ("sets", ("stemi",), "2026-11-24", "soon"),
        ("choices", ("stemi", "p2y12"), "\t1\t1\t", "\ta\t1\t"),
        ("conditions", ("adult",), "\t18\t", "\tgrown\t"),
        ("conditions", ("female",), "sex\tfemale", "sex\twoman"),
        ("conditions", ("adult",), "age-from", "age"),
    ],
)
def test_a_row_that_cannot_be_understood_is_refused_with_its_line(
    pack: Path, table: str, begins: tuple[str, ...], old: str, new: str
) -> None:
    line = line_of(pack, f"{table}.tsv", *begins)
    spoil(pack, f"{table}.tsv", line, old, new)

    assert refused(pack).startswith(f"{table}.tsv line {line}: ")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("adult no-nsaid-allergy", "grown-up"),
        ("\tdrug\t", "\tpills\t"),
        ("aspirin\tdrug\t", "aspirin\tdrug\tone"),
    ],
)
def test_a_loose_end_is_refused(pack: Path, old: str, new: str) -> None:
    spoil(pack, "lines.tsv", line_of(pack, "lines.tsv", "stemi", "aspirin"), old, new)

    assert refused(pack) == "stemi aspirin"


def test_a_condition_of_a_class_without_allergens_is_refused(pack: Path) -> None:
    line = line_of(pack, "conditions.tsv", "no-macrolide-allergy")
    spoil(pack, "conditions.tsv", line, "\tmacrolide\t", "\tmacrolides\t")

    assert refused(pack) == "no-macrolide-allergy"


def test_a_table_that_is_no_text_is_refused(pack: Path) -> None:
    (pack / "sets.tsv").write_bytes(b"\xff\xfe\x00")

    assert refused(pack).startswith("sets.tsv: ")


def test_an_item_of_the_hospital_is_ordered_under_its_class(pack: Path) -> None:
    cells = ("own", "laboratory", "自建", "Own", *THEIRS[:3])
    add(pack, "items.tsv", *cells)
    items = {"own": dict(zip(("code", "order_class", "name_zh", "name_en"), cells, strict=False))}
    term = item_of("order_sets", OrderClass.LABORATORY, "own", items)

    assert (term.system, term.code, term.text) == ("urn:wardone:laboratory", "own", "自建")
    with pytest.raises(ValueError, match="own"):
        item_of("order_sets", OrderClass.LABORATORY, "own", {})


def test_no_route_is_none_and_an_unknown_one_is_refused() -> None:
    assert term_of("routes", "s", "") is None
    with pytest.raises(ValueError, match="nowhere"):
        term_of("routes", "s", "nowhere")


def test_every_drug_of_the_formulary_has_its_place_among_allergens() -> None:
    found = allergens_of([("pen", "formulary-class", "抗微生物药/青霉素类"), ("pen", "s", "c")])

    assert ("urn:wardone:formulary", "neml2026-006") in found.classes["pen"]
    assert ("urn:wardone:formulary", "neml2026-014") in found.known
    assert ("urn:wardone:formulary", "neml2026-014") not in found.classes["pen"]
    assert ("s", "c") in found.known
