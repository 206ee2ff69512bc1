"""Every list of the window: columns as its user left them, and CSV on the record."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton

from app.domain.terms import PatientId
from app.services.list_saving import ListSaving
from localdb.files import replace_whole
from tests.gui.pages.shell_driver import ShellDriver
from tests.support.desk_kit import NOW, StillClock
from tests.support.page_kit import a_dressed_desk, part, settle
from tests.support.shell_kit import Hospital, a_window, pads
from ui.runtime.desk import Desk
from ui.runtime.workspaces import Workspace
from ui.shell.window import MainWindow
from ui.ward.wiring import ward_workspace
from widgets.banner_line import BannerLine
from widgets.segmented import Segmented
from widgets.state_stack import StateStack
from widgets.table import Table
from widgets.table_values import ColumnState


@dataclass
class House:
    desk: Desk
    hospital: Hospital = field(default_factory=Hospital)

    def workspaces(self) -> tuple[Workspace, ...]:
        reads, clock = self.hospital.ward_reads, self.hospital.clock
        ward = ward_workspace(self.desk, self.hospital.wards, reads.marks, clock)
        return (ward, *(pad for pad in pads(self.desk) if pad.key != "ward"))

    def open(self) -> Iterator[MainWindow]:
        with a_window(self.desk, self.hospital, workspaces=self.workspaces()) as window:
            part(window, Segmented, "ward.layout").choose("table")
            settle()
            yield window


@pytest.fixture
def house(qapp: QApplication) -> Iterator[House]:
    with a_dressed_desk(qapp) as desk:
        house = House(desk)
        house.hospital.lists = ListSaving(replace_whole, house.hospital.audit, StillClock())
        yield house


def table(window: MainWindow) -> Table:
    return part(window, Table, "ward.table")


def columns(window: MainWindow) -> dict[str, tuple[int, bool]]:
    return {one.key: (one.width, one.shown) for one in table(window).column_states()}


def test_columns_stand_as_their_user_left_them(house: House) -> None:
    for window in house.open():
        delivered = columns(window)
        table(window).restore_columns((ColumnState("tasks", 99), ColumnState("day", 58, False)))
        table(window).columns_changed.emit(table(window).column_states())
        assert columns(window)["tasks"] != delivered["tasks"]

    for window in house.open():
        assert columns(window)["tasks"] == (99, True)
        assert columns(window)["day"][1] is False


def test_columns_that_nobody_moved_stand_as_delivered(house: House) -> None:
    for window in house.open():
        delivered = columns(window)
    for window in house.open():
        assert columns(window) == delivered
    assert house.hospital.people.preference(house.hospital.who, "columns.ward.table") is None


def test_columns_grow_with_the_text_and_are_remembered_at_its_usual_size(house: House) -> None:
    for window in house.open():
        before, pixels = columns(window), table(window).grab().width()
        window.choose_for_user("text_scale:150")
        settle()

        assert abs(columns(window)["bed"][0] - before["bed"][0]) <= 1
        assert table(window).grab().width() <= pixels


def save_as(window: MainWindow, to: Path) -> None:
    QTest.mouseClick(part(window, QPushButton, "ward.table.csv"), Qt.MouseButton.LeftButton)
    settle()
    dialog = part(window, QFileDialog, "save_list")
    offered = dialog.selectedFiles()[0]
    assert offered.endswith("ward.table-20261124-1402.csv")
    dialog.fileSelected.emit(str(to))
    dialog.reject()
    settle()


def notice(window: MainWindow) -> str:
    return part(window, BannerLine, "window.notice").text()


def test_a_list_is_saved_as_it_is_shown_and_on_the_audit(house: House, tmp_path: Path) -> None:
    for window in house.open():
        save_as(window, tmp_path / "list.csv")

        lines = list(csv.reader((tmp_path / "list.csv").read_text("utf-8-sig").splitlines()))
        assert lines[0][:2] == ["Bed", "Patient"]
        assert len(lines) == len(table(window).rows) + 1
        entry = house.hospital.audit.entries()[0]
        assert (entry.action, entry.detail) == ("list.save", "ward.table")
        assert "on the access audit" in notice(window)


def test_a_list_that_cannot_be_written_says_so_and_is_on_the_audit(
    house: House, tmp_path: Path
) -> None:
    for window in house.open():
        save_as(window, tmp_path / "no folder" / "list.csv")

        assert notice(window).startswith("The list was not saved")
        actions = [entry.action for entry in house.hospital.audit.entries()[:2]]
        assert actions == ["list.save-refused", "list.save"]


def test_a_list_that_nobody_takes_away_offers_no_file(qapp: QApplication) -> None:
    from tests.widgets.test_table_columns import SPEC

    with a_dressed_desk(qapp) as desk:
        plain = Table(desk.look, SPEC)
        plain.show()
        assert not part(plain, QPushButton, "demo.table.csv").isVisible()
        plain.close()
        plain.deleteLater()
        settle()


# -- what else the window says truly


def test_data_that_nobody_renews_grows_old_on_the_screen(house: House) -> None:
    for window in house.open():
        as_of = part(window, QLabel, "ward.as_of")
        assert as_of.text() == "Data as of 24-Nov-2026 14:02"

        house.hospital.clock.at = NOW + timedelta(minutes=20)
        window.beat()

        assert as_of.text() == "⚠ Old data: as of 24-Nov-2026 14:02, 20 min ago"


def test_a_ward_that_was_never_downloaded_is_not_called_empty(house: House) -> None:
    for window in house.open():
        words = [said for _, said in ShellDriver(window).menu("top.ward").items]

        assert words == [
            "Cardiology Ward 3 – 11 of 14 beds occupied",
            "Intensive Care Unit – not downloaded here",
        ]


def test_the_beds_of_a_ward_that_was_never_downloaded_are_not_called_free(house: House) -> None:
    for window in house.open():
        window.choose_ward("icu")
        settle()

        assert part(window, StateStack, "ward.state").state == "empty"
        said = part(window, QLabel, "ward.summary").text()
        assert said == "Not downloaded completely; known here so far: 0. List of Wang Jianguo"


@pytest.mark.parametrize("scale", [125, 150, 200])
def test_large_text_cuts_nothing_of_the_banner_and_fits_the_screen(
    house: House, scale: int
) -> None:
    for window in house.open():
        window.open_patient(PatientId("li-ming"))
        window.choose_for_user(f"text_scale:{scale}")
        settle()

        view = window.charts.view
        assert view is not None
        needed = view.banner.heightForWidth(view.banner.width())
        assert view.banner.height() >= max(needed, view.banner.minimumSizeHint().height())
        assert (window.width(), window.height()) == (1280, 720)
