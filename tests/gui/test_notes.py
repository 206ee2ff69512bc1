from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.notes import NoteDraft
from app.domain.terms import EncounterId, NoteId, Ref
from app.kernel.changes import Changed
from app.kernel.faults import FaultKind, app_error
from tests.gui.pages.notes_driver import NotesDriver
from tests.support.chart_kit import PATIENT, ChartHouse, a_note
from tests.support.page_kit import a_dressed_desk, opened, settle
from ui.notes.wiring import notes_workspace
from widgets.banner_line import BannerLine


@dataclass
class Ward:
    house: ChartHouse
    driver: NotesDriver

    @property
    def voided(self) -> str:
        """The line that stands out when a signature does not hold."""
        line = self.driver.page.findChild(BannerLine, "notes.note_voided")
        assert line is not None
        return line.text()

    def reread(self) -> None:
        self.house.desk.feed.publish(Changed(frozenset({"note"}), frozenset({PATIENT})))
        settle()

    @property
    def kept(self) -> int:
        return len(self.house.drafting.open(self.house.session(), PATIENT))


@pytest.fixture
def house(qapp: QApplication) -> Iterator[ChartHouse]:
    with a_dressed_desk(qapp) as desk:
        at = ChartHouse(desk)
        at.reads.note_list = (a_note("n1"),)
        yield at


def open_on(at: ChartHouse) -> Iterator[Ward]:
    workspace = notes_workspace(at.desk, at.charts, at.notes, at.drafting, at.signatures)
    with opened(workspace, at.visit(), at.desk) as page:
        yield Ward(at, NotesDriver(page))


@pytest.fixture
def ward(house: ChartHouse) -> Iterator[Ward]:
    yield from open_on(house)


def test_the_newest_note_is_read_at_once(ward: Ward) -> None:
    assert ward.driver.label("note_title") == "查房"
    assert ward.driver.label("note_text") == "一般情况好。"


def test_what_is_typed_is_kept_within_two_seconds(ward: Ward, qtbot: QtBot) -> None:
    ward.driver.begin()
    ward.driver.write("体温正常")

    qtbot.waitUntil(lambda: ward.kept == 1, timeout=2500)


def test_leaving_the_page_keeps_the_last_letter(house: ChartHouse) -> None:
    for ward in open_on(house):
        ward.driver.begin()
        ward.driver.write("最后一个字")

    assert len(house.drafting.open(house.session(), PATIENT)) == 1


def test_the_draft_is_back_with_its_time(house: ChartHouse) -> None:
    for ward in open_on(house):
        ward.driver.begin()
        ward.driver.write("没写完")
    for ward in open_on(house):
        assert ward.driver.text.toPlainText() == "没写完"
        assert ward.driver.label("writer.restored") == "Draft of 24-Nov-2026 14:02 restored."
        assert "draft, not signed" in ward.driver.rows()[0]


def test_ctrl_enter_signs_what_was_just_typed(ward: Ward) -> None:
    ward.driver.begin()
    ward.driver.write("体温正常")

    ward.driver.sign()

    (act,) = ward.house.acts.committed
    assert act.kind == "note.sign"
    assert ward.kept == 0
    notice = ward.driver.page.findChild(BannerLine, "notes.notice")
    assert notice is not None
    assert notice.text() == "Note saved on this workstation – waiting to send."


def test_escape_discards_nothing(ward: Ward) -> None:
    ward.driver.begin()
    ward.driver.write("体温正常")

    ward.driver.escape()

    assert ward.driver.text.toPlainText() == "体温正常"


@pytest.mark.parametrize(("answer", "left"), [("keep", "体温正常"), ("discard", "")])
def test_discarding_asks(ward: Ward, answer: str, left: str) -> None:
    ward.driver.begin()
    ward.driver.write("体温正常")

    ward.driver.ask_to_discard()
    ward.driver.answer(answer)

    assert ward.driver.text.toPlainText() == left


def test_on_a_fault_the_text_stays_on_the_screen(ward: Ward) -> None:
    ward.driver.begin()
    ward.driver.write("体温正常")
    ward.house.acts.refusing = app_error(FaultKind.STORAGE, "storage.full")

    ward.driver.sign()

    assert ward.driver.text.toPlainText() == "体温正常"


def test_the_language_changes_under_an_open_draft(ward: Ward) -> None:
    ward.driver.begin()
    ward.driver.write("体温正常")

    ward.house.desk.languages.switch("zh_CN")

    assert ward.driver.label("writer.heading") == "新建病程记录"
    assert ward.driver.text.toPlainText() == "体温正常"


def test_a_note_nobody_signed_here_says_so_quietly(ward: Ward) -> None:
    assert ward.driver.label("note_signed").startswith("No signature that can be checked")
    assert ward.voided == ""


def sign_one(ward: Ward) -> NoteId:
    """A signed note that the chart lists, too."""
    draft = NoteDraft(PATIENT, EncounterId("stay-1"), text="体温正常")
    note = ward.house.notes.sign(ward.house.session(), draft, ())
    ward.house.reads.note_list = (note,)
    return note.id


def test_a_signature_that_holds_names_its_signer(ward: Ward) -> None:
    sign_one(ward)
    ward.reread()

    said = ward.driver.label("note_signed")
    assert said.startswith("Signature holds: the text is what 王奕 (")
    assert ward.driver.status == "signed"
    assert ward.voided == ""


def test_a_signature_that_no_longer_holds_stands_out(ward: Ward) -> None:
    ref = Ref(f"DocumentReference/{sign_one(ward)}")
    held = ward.house.acts.held(ref)
    assert held is not None
    ward.house.acts.download({**held.document, "description": "merged"})
    ward.reread()

    assert ward.voided.startswith("Not signed as it stands: the content has changed since 王奕 (")
    assert "not signed as it stands" in ward.driver.rows()[0]
    assert ward.driver.status == "not signed as it stands"
    assert ward.driver.label("note_signed") == ""
