"""Taking an act away as a file: why, and where to; and reading it before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QWidget

from resources.styles.tokens import Tone
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, Sheet
from ui.runtime.page import Page
from ui.runtime.why_sheet import Asking, WhySheet
from widgets.labels import WrapLabel
from widgets.naming import named


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a file is called that is offered; `stem` says nothing about the patient."""

    stem: str
    suffix: str
    kinds: str


ACT_FILE = FileKind("wardone-act", "json", "FHIR JSON (*.json)")


class Exporting(QObject):
    """The questions of one page before patient data leaves the cache. Owned by the page.

    Signals:
        decided: The reason as typed, and the file the user named.
    """

    decided = Signal(str, str)

    def __init__(self, page: Page, kind: FileKind = ACT_FILE) -> None:
        super().__init__(page)
        self._page = page
        self._kind = kind
        self._why = ""
        self._now: Callable[[], datetime] | None = None

    def ask(self, now: Callable[[], datetime]) -> None:
        """Say what an export means and ask for the reason, then for the file."""
        self._now = now
        sheet = export_sheet(self._page.desk, self._page)
        sheet.reasoned.connect(self._ask_where)
        sheet.open()

    def show_text(self, text: str) -> None:
        """Lay the act open for reading."""
        BundleSheet(self._page.desk, self._page, text).open()

    def _ask_where(self, why: str) -> None:
        """The name that is offered says what it is and when, and nothing about the patient."""
        self._why = why
        desk = self._page.desk
        moment = ""
        if self._now is not None:
            moment = desk.formats.local(self._now()).strftime("%Y%m%d-%H%M")
        dialog = QFileDialog(self._page.window())
        dialog.setObjectName("export_act")
        dialog.setWindowTitle(desk.languages.text("export.where"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self._kind.kinds)
        dialog.setDefaultSuffix(self._kind.suffix)
        dialog.selectFile(f"{self._kind.stem}-{moment}.{self._kind.suffix}")
        dialog.fileSelected.connect(self._decide)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _decide(self, file: str) -> None:
        self.decided.emit(self._why, file)


def export_sheet(desk: Desk, over: QWidget) -> WhySheet:
    """Says that patient data leaves the encrypted cache, and asks why."""
    text = desk.languages.text
    asking = Asking(
        "export",
        text("export.title"),
        (text("export.text"),),
        text("dispute.reason"),
        text("dispute.back"),
        text("export.go"),
        Tone.DANGER,
    )
    return WhySheet(desk, over, asking)


class BundleSheet(Sheet):
    """What an act would send, word for word; read only."""

    def __init__(self, desk: Desk, over: QWidget, text: str) -> None:
        words = desk.languages.text
        choices = (Choice("back", words("dispute.back")),)
        super().__init__(desk.look, over, words("export.bundle"), choices)
        shown = named(QPlainTextEdit(), "export.bundle")
        shown.setReadOnly(True)
        shown.setTabChangesFocus(True)
        shown.setPlainText(text)
        shown.setAccessibleName(words("export.bundle"))
        shown.setMinimumHeight(desk.look.theme.grid(90))
        self.put(named(WrapLabel(words("export.bundle.text")), "export.bundle.said"))
        self.put(shown)
