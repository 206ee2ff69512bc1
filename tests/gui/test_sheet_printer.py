"""What a printer is given: the marks of the scene, in true millimetres."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication

from app.domain.order_sheets import Ink, SheetKind
from app.domain.sheet_scene import POINT, Writing
from app.reports.order_sheet import PdfPress
from app.services.order_printing import Impression
from app.services.sheet_profile import sheet_profile
from tests.support.paper_tray import PaperTray
from tests.support.sheets_kit import PATIENT, PrintRoom
from ui.order_sheets.printers import SystemPrinters, print_run


def where(reader: PdfReader, number: int = 0) -> list[tuple[str, float, float]]:
    """Each piece of text and where it begins, in millimetres from the upper left corner."""
    found: list[tuple[str, float, float]] = []
    height = float(reader.pages[number].mediabox.height)

    def visit(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        if text.strip():
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            found.append((text.strip(), x * POINT, (height - y) * POINT))

    reader.pages[number].extract_text(visitor_text=visit)
    return found


def test_the_words_of_a_printer_lie_where_the_scene_has_them(
    qapp: QApplication, tmp_path: Path
) -> None:
    del qapp
    room = PrintRoom()
    made = room.printing.begin(room.session(), PATIENT, room.asked())
    printer = PaperTray(tmp_path / "tray.pdf").printer()

    assert print_run(printer, made)

    reader = PdfReader(tmp_path / "tray.pdf")
    fonts = [one.get_object() for one in reader.pages[0]["/Resources"]["/Font"].values()]
    assert {one["/BaseFont"] for one in fonts} == {"/WenQuanYiMicroHei"}
    box = reader.pages[0].mediabox
    profile = sheet_profile()
    assert float(box.width) * POINT == pytest.approx(profile.width, abs=0.4)
    assert float(box.height) * POINT == pytest.approx(profile.height, abs=0.4)
    found = where(reader)
    shall = [mark for mark in made.pages[0].marks if isinstance(mark, Writing)]
    for mark in shall:
        if mark.align.value == "left":
            first = mark.text.split()[0][:1]
            assert any(
                text.startswith(first)
                and x == pytest.approx(mark.x, abs=0.3)
                and y == pytest.approx(mark.y, abs=0.3)
                for text, x, y in found
            ), mark
    assert {round(y) for _, _, y in found} <= {
        round(mark.y + off) for mark in shall for off in (-0.4, 0, 0.4)
    }


def test_a_printer_and_the_pdf_put_a_line_at_the_same_height(
    qapp: QApplication, tmp_path: Path
) -> None:
    del qapp
    room = PrintRoom()
    made = room.printing.begin(room.session(), PATIENT, room.asked())
    (tmp_path / "report.pdf").write_bytes(PdfPress().pdf(made.pages, made.colours))

    assert print_run(PaperTray(tmp_path / "tray.pdf").printer(), made)

    def heights(name: str) -> list[float]:
        return sorted({round(y, 1) for _, _, y in where(PdfReader(tmp_path / name))})

    printed, reported = heights("tray.pdf"), heights("report.pdf")
    assert len(printed) == len(reported)
    for one, other in zip(printed, reported, strict=True):
        assert one == pytest.approx(other, abs=0.3)


def test_the_job_says_nothing_about_the_patient(qapp: QApplication, tmp_path: Path) -> None:
    del qapp
    room = PrintRoom()
    made = room.printing.begin(room.session(), PATIENT, room.asked())
    printer = PaperTray(tmp_path / "tray.pdf").printer()

    assert print_run(printer, made)

    assert printer.docName() == "WardOne"
    assert printer.duplex() is QPrinter.DuplexMode.DuplexNone
    assert "李明" not in str(PdfReader(tmp_path / "tray.pdf").metadata)


def test_nothing_to_draw_is_no_print(qapp: QApplication, tmp_path: Path) -> None:
    del qapp
    room = PrintRoom()
    made = room.printing.begin(room.session(), PATIENT, room.asked())
    printer = PaperTray(tmp_path / "tray.pdf").printer()

    assert not print_run(printer, Impression(made.run, (), made.colours))


def test_the_printers_of_the_system_can_be_asked_for(qapp: QApplication) -> None:
    del qapp
    system = SystemPrinters()

    assert isinstance(list(system.names()), list)
    assert isinstance(system.printer(), QPrinter)


def test_what_was_cancelled_is_red_on_a_printer_too(qapp: QApplication, tmp_path: Path) -> None:
    del qapp
    room = PrintRoom()
    asked = room.asked(which=SheetKind.TEMPORARY)
    made = room.printing.begin(room.session(), PATIENT, asked)

    assert print_run(PaperTray(tmp_path / "tray.pdf").printer(), made)

    content = PdfReader(tmp_path / "tray.pdf").pages[0].get_contents()
    assert content is not None
    assert b"0.75294" in content.get_data()  # 192 of 255, the red of the profile
    assert sheet_profile().colours[Ink.RED] == "#C00000"
