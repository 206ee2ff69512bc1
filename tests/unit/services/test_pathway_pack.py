"""The pathways that ship, those of a hospital over them, and what the program refuses to read."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from app.domain.order_set_conditions import Allergens
from app.domain.order_sets import Chosen, Placing, SetBook, SetLine, drafts, offer
from app.domain.orders import OrderKind, objections
from app.domain.pathways import Element, Pathway, PathwayBook, Row
from app.domain.terms import EncounterId
from app.kernel.faults import AppError
from app.services.order_set_pack import read_sets
from app.services.pathway_pack import Beside, own_items, read_pathways
from resources.reading import path
from tests.unit.domain.set_kit import KNOWN, NOW, WHOM

TODAY = date(2026, 11, 24)
SHIPPED = path("packs/pathways")
ORDER_SETS = path("packs/order_sets")
TAIL = ("s", "draft", "2026-11-24")


def beside() -> Beside:
    return Beside(read_sets(ORDER_SETS, None, TODAY), own_items(None))


def read(shipped: Path = SHIPPED, overlay: Path | None = None, today: date = TODAY) -> PathwayBook:
    return read_pathways(shipped, overlay, today, beside())


def by_code(book: PathwayBook, origin: str) -> Pathway:
    found = book.by_origin(origin)
    assert found is not None
    return found


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pathways"
    shutil.copytree(SHIPPED, folder)
    return folder


def spoil(pack: Path, table: str, old: str, new: str) -> None:
    file = pack / f"{table}.tsv"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def overlay(folder: Path, **tables: tuple[str, ...]) -> Path:
    """A pack of the hospital: the heading that ships, and these rows."""
    folder.mkdir()
    for name, rows in tables.items():
        heading = (SHIPPED / f"{name}.tsv").read_text("utf-8").split("\n")[0]
        (folder / f"{name}.tsv").write_text("\n".join((heading, *rows)) + "\n", "utf-8")
    return folder


def test_three_pathways_ship_as_drafts_and_say_where_they_come_from() -> None:
    book = read()

    assert [one.origin for one in book.offered] == ["cap|1", "stemi-pci|1", "lc|1"]
    assert {one.status for one in book.pathways} == {"draft"}
    assert all("from memory, not checked" in one.source for one in book.pathways)
    assert set(book.rows) == set(Row)
    assert {one.group for one in book.variance_reasons.values()} <= set(book.groups)
    assert book.variance_reasons["other"].asks_text
    assert not book.exit_reasons["exit-death"].asks_text


def test_every_stage_of_theirs_asks_for_something_and_every_order_row_can_be_met() -> None:
    for pathway in read().pathways:
        for stage in pathway.stages:
            own = [one for one in pathway.elements if one.stage == stage.key]
            assert any(one.mandatory for one in own), (pathway.code, stage.key)
        assert all(bool(one.items) is one.row.ordered for one in pathway.elements)


def line_of(book: PathwayBook, code: str, key: str) -> SetLine:
    found = book.orders.by_code(code)
    assert found is not None
    return next(one for one in found.lines if one.key == key)


def test_the_orders_of_a_stage_are_an_order_set_with_choices_none_of_which_must_be_made() -> None:
    book = read()
    lap = by_code(book, "lc|1")
    first = book.orders.by_code(by_code(book, "cap|1").set_code("day-1"))

    assert first is not None
    antibiotic = next(one for one in first.choices if one.key == "antibiotic")
    assert (antibiotic.least, antibiotic.most) == (0, 1)
    culture = next(one for one in first.choices if one.key == "culture")
    assert (culture.least, culture.most) == (0, 2)
    assert lap.operation == {("urn:wardone:operation", "laparoscopic-cholecystectomy")}
    line = line_of(book, lap.set_code("assessment"), "operation/lc")
    assert (line.kind, line.heading) == (OrderKind.TEMPORARY, Row.TEMPORARY.value)


def test_every_order_of_every_stage_could_be_signed_as_it_is_offered() -> None:
    book = read().orders
    placing = Placing(WHOM, EncounterId("stay"), NOW, "zh_CN", "marker")
    for one in book.sets:
        offered = offer(book, one, KNOWN)
        made = drafts(offered, Chosen(frozenset(line.key for line in one.lines)), placing)
        wrong = {draft.item and draft.item.code: objections(draft) for draft in made}
        assert not any(wrong.values()), (one.code, wrong)


def test_a_diluent_never_meets_the_element_of_its_drug() -> None:
    book = read()
    antibiotic = by_code(book, "cap|1").element("day-1", "antibiotic")
    saline = line_of(book, "cap.day-1.1", "antibiotic/ceftriaxone-ns")
    drug = line_of(book, "cap.day-1.1", "antibiotic/ceftriaxone")

    assert antibiotic is not None
    assert (saline.item.system, saline.item.code) not in antibiotic.items
    assert (drug.item.system, drug.item.code) in antibiotic.items
    assert saline.unit_of_choice == drug.unit_of_choice


def test_another_drug_of_a_class_meets_an_element_and_one_by_one_where_they_are_named() -> None:
    def codes(element: Element | None) -> set[str]:
        assert element is not None
        return {code for _, code in element.items}

    cap, stemi = by_code(read(), "cap|1"), by_code(read(), "stemi-pci|1")
    assert "neml2026-012" in codes(cap.element("day-1", "antibiotic"))
    assert "neml2026-173" in codes(stemi.element("day-2", "acei"))
    # Amlodipine is of the same class as captopril, and no ACE inhibitor.
    assert "neml2026-180" not in codes(stemi.element("day-2", "acei"))


def test_what_has_not_begun_is_not_there_and_what_ran_out_stays_for_who_is_in_it(
    pack: Path,
) -> None:
    before = read(today=date(2026, 3, 2))
    assert (before.pathways, dict(before.variance_reasons), set(before.rows)) == ((), {}, set(Row))
    spoil(pack, "pathways", "draft\t2026-11-24\t\n", "draft\t2026-11-24\t2026-11-30\n")

    later = read(pack, today=date(2026, 12, 1))

    assert later.offered == ()
    assert by_code(later, "cap|1").valid_to == date(2026, 11, 30)


def test_a_version_of_the_hospital_is_offered_and_ours_stays_known(tmp_path: Path) -> None:
    cap = "cap\t1.1\t社区获得性肺炎\tCAP of ours\tx\tJ18\t无\tnone\t5\t9\t"
    theirs = overlay(
        tmp_path / "hospital",
        pathways=("\t".join((cap, *TAIL, "")),),
        stages=("\t".join(("cap|1.1", "one", "一", "One", "admission", "1", "1", *TAIL)),),
        elements=(
            "\t".join(("cap|1.1", "one", "cbc", "temporary", "yes", "", "", "血", "Blood", *TAIL)),
        ),
        orders=("\t".join(("cap|1.1", "one", "cbc", "cbc", "yes", "yes", *TAIL)),),
        reasons=("\t".join(("variance", "other", "system", "别的", "Else", "no", *TAIL)),),
        words=("\t".join(("group", "system", "系统", "System of ours", *TAIL)),),
    )

    book = read(overlay=theirs)

    assert [one.origin for one in book.offered if one.code == "cap"] == ["cap|1.1"]
    assert by_code(book, "cap|1").name.english == "Community-acquired pneumonia"
    assert line_of(book, "cap.one.1.1", "cbc/cbc").preselected
    assert book.variance_reasons["other"].name.english == "Else"
    assert book.groups["system"].english == "System of ours"


def test_a_pathway_of_the_hospital_with_our_code_and_version_takes_the_place_of_ours(
    tmp_path: Path,
) -> None:
    row = "cap\t1\t肺炎\tTheirs\tx\tJ18\t无\tnone\t5\t9\t"
    theirs = overlay(tmp_path / "hospital", pathways=("\t".join((row, *TAIL, "")),))

    found = by_code(read(overlay=theirs), "cap|1")

    assert (found.name.english, found.stages, found.elements) == ("Theirs", (), ())


def test_items_that_only_the_hospital_lists_come_first(tmp_path: Path) -> None:
    folder = tmp_path / "order_sets"
    folder.mkdir()
    heading = (ORDER_SETS / "items.tsv").read_text("utf-8").split("\n")[0]
    row = "\t".join(("urinalysis", "laboratory", "尿", "Urine of ours", *TAIL))
    (folder / "items.tsv").write_text(f"{heading}\n{row}\n", "utf-8")

    assert own_items(tmp_path)["urinalysis"]["name_en"] == "Urine of ours"
    assert own_items(None)["urinalysis"]["name_en"] == "Urinalysis"
    assert own_items(tmp_path / "none") == own_items(None)


@pytest.mark.parametrize(
    ("table", "old", "new", "where"),
    [
        ("pathways", "\t7\t14\t", "\tseven\t14\t", "pathways.tsv line 2"),
        ("pathways", "cap\t1\t", "cap\tone\t", "pathways.tsv line 2"),
        ("pathways", "laparoscopic-cholecystectomy", "no-such", "pathways.tsv line 4"),
        (
            "stages",
            "住院第1天\tDay 1\tadmission\t1\t1",
            "一\tDay 1\tbirth\t1\t1",
            "stages.tsv line 2",
        ),
        ("stages", "admission\t2\t3", "admission\t3\t2", "stages.tsv line 3"),
        ("elements", "day-1\thistory\tphysician", "day-1\thistory\twork", "elements.tsv line 2"),
        ("elements", "day-1\thistory", "day-0\thistory", "elements.tsv line 2: day-0"),
        ("elements", "呼吸/祛痰药", "no such class", "elements.tsv line 14"),
        ("orders", "routine\tmedical-routine", "routine\tno-such", "orders.tsv line 2: no-such"),
        ("orders", "medical-routine\tyes\tyes", "medical-routine\tyes\tso", "orders.tsv line 2"),
        ("lines", "\tmedical-ward-nursing-routine\t", "\tno-such\t", "lines.tsv line 7"),
        ("lines", "no-cephalosporin-allergy", "no-such", "no-such"),
        (
            "reasons",
            "患者拒绝\tThe patient refuses\tno",
            "患\tThe patient\tso",
            "reasons.tsv line 5",
        ),
        ("words", "row\tnursing", "row\tnurses", "words.tsv: nursing"),
        ("words", "\tdraft\t2026-11-24", "\tdraft\tsoon", "words.tsv line 2"),
        ("words", "kind\tcode", "sort\tcode", "words.tsv line 2"),
    ],
)
def test_what_cannot_be_understood_stops_the_pack_with_file_and_line(
    pack: Path, table: str, old: str, new: str, where: str
) -> None:
    spoil(pack, table, old, new)

    with pytest.raises(AppError) as refused:
        read(pack)

    assert refused.value.fault.message.code == "pathways.pack-unreadable"
    assert where in refused.value.fault.detail


def test_a_table_that_is_no_text_stops_the_pack(pack: Path) -> None:
    (pack / "stages.tsv").write_bytes(b"\xff\xfe")

    with pytest.raises(AppError) as refused:
        read(pack)

    assert refused.value.fault.detail == "stages.tsv: UnicodeDecodeError"


def test_conditions_come_from_the_order_sets() -> None:
    bare = Beside(SetBook((), {}, {}, Allergens({}, frozenset())), own_items(None))

    with pytest.raises(AppError):
        read_pathways(SHIPPED, None, TODAY, bare)
    assert read().orders.conditions == beside().sets.conditions
