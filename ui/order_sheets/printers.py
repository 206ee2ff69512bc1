"""The printers of this computer, and how a run gets to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QMarginsF, QObject, QPointF, QSizeF, Signal
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QAbstractPrintDialog, QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QDialog, QWidget

from app.domain.sheet_scene import Scene
from app.services.order_printing import Impression
from ui.order_sheets.ink import draw, full

_INCH = 25.4
_JOB = "WardOne"
"""What the print queue calls the job: it says nothing about the patient."""


class Printers(Protocol):
    """Where paper comes from."""

    def names(self) -> Sequence[str]:
        """The printers that can be chosen."""
        ...

    def dialog(self, printer: QPrinter, over: QWidget) -> QPrintDialog:
        """What asks which printer is meant; not open yet."""
        ...

    def printer(self) -> QPrinter: ...


class SystemPrinters:
    """Those the operating system knows."""

    def names(self) -> Sequence[str]:
        return QPrinterInfo.availablePrinterNames()

    def dialog(self, printer: QPrinter, over: QWidget) -> QPrintDialog:
        return QPrintDialog(printer, over)

    def printer(self) -> QPrinter:
        return QPrinter(QPrinter.PrinterMode.HighResolution)


class Choosing(QObject):
    """Asks for a printer, once at a time. Owned by the page.

    Signals:
        chosen: A printer was.
    """

    chosen = Signal()

    def __init__(self, over: QWidget, printers: Printers) -> None:
        super().__init__(over)
        self._over = over
        self._printers = printers
        # One for good: a dialog holds on to it for as long as it lives, and the next dialog offers
        # what was chosen in the last one.
        self._printer: QPrinter | None = None

    @property
    def has_printers(self) -> bool:
        return bool(self._printers.names())

    def ask(self) -> None:
        """Open the dialog of the operating system; what is on the pages is not for it to choose."""
        if self._printer is None:
            self._printer = self._printers.printer()
        dialog = self._printers.dialog(self._printer, self._over.window())
        dialog.setObjectName("order_sheets.printer")
        for option in (
            QAbstractPrintDialog.PrintDialogOption.PrintPageRange,
            QAbstractPrintDialog.PrintDialogOption.PrintSelection,
            QAbstractPrintDialog.PrintDialogOption.PrintCurrentPage,
        ):
            dialog.setOption(option, on=False)
        dialog.accepted.connect(self.chosen)
        dialog.finished.connect(self._forget)
        dialog.finished.connect(dialog.deleteLater)
        QDialog.open(dialog)

    def draw(self, made: Impression) -> bool:
        """Hand the run to the chosen printer; False when it takes nothing."""
        return self._printer is not None and print_run(self._printer, made)

    def _forget(self) -> None:
        """A dialog that is closed is not found again while it waits to be deleted."""
        for dialog in self._over.window().findChildren(QPrintDialog, "order_sheets.printer"):
            dialog.setObjectName("")


def print_run(printer: QPrinter, made: Impression) -> bool:
    """Draw every page of the run in true millimetres; False when the printer takes nothing.

    The whole paper is drawn on, without the margins of the printer, so that a line lies where the
    PDF has it, and where the last run put it.
    """
    if not made.pages:
        return False
    printer.setDocName(_JOB)
    printer.setCopyCount(1)
    printer.setDuplex(QPrinter.DuplexMode.DuplexNone)
    _set_paper(printer, made.pages[0])
    painter = QPainter()
    if not painter.begin(printer):
        return False
    scale = printer.logicalDpiX() / _INCH
    inks = full(made.colours)
    for number, page in enumerate(made.pages):
        if number and not printer.newPage():
            painter.end()
            return False
        draw(painter, page, inks, QPointF(0, 0), scale)
    return painter.end()


def _set_paper(printer: QPrinter, page: Scene) -> None:
    size = QPageSize(
        QSizeF(page.width, page.height),
        QPageSize.Unit.Millimeter,
        "",
        QPageSize.SizeMatchPolicy.FuzzyMatch,
    )
    printer.setFullPage(True)
    layout = QPageLayout(
        size,
        QPageLayout.Orientation.Portrait,
        QMarginsF(0, 0, 0, 0),
        QPageLayout.Unit.Millimeter,
    )
    layout.setMode(QPageLayout.Mode.FullPageMode)
    printer.setPageLayout(layout)
