"""`Printers` whose paper is a PDF file, so that a test can read what a printer was given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QWidget


class PaperTray:
    """One printer; None as its file means that this computer has none."""

    def __init__(self, file: Path | None) -> None:
        self.file = file

    def names(self) -> Sequence[str]:
        return ("tray",) if self.file is not None else ()

    def dialog(self, printer: QPrinter, over: QWidget) -> QPrintDialog:
        return QPrintDialog(printer, over)

    def printer(self) -> QPrinter:
        made = QPrinter(QPrinter.PrinterMode.HighResolution)
        made.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        made.setOutputFileName(str(self.file))
        return made
