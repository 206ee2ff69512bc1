"""Puts the runtime together: once per application, as often as they like in tests."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtWidgets import QApplication

from app.kernel.changes import ChangeFeed
from ui.runtime.desk import Desk
from ui.runtime.language import DEFAULT_ZONE, Languages
from ui.runtime.qt_tasks import QtTaskRunner
from ui.runtime.shortcuts import Shortcuts
from ui.runtime.theme import Dresser, theme
from widgets.look import Look


@dataclass(frozen=True, slots=True)
class Appearance:
    """What settings say about the screen.

    Attributes:
        language: `en` or `zh_CN`.
        theme: `light` or `dark`.
        scale: Text scale in per cent, 90 to 200.
        touch: Rows and fields for a finger.
        zone: The hospital's time zone.
    """

    language: str = "en"
    theme: str = "light"
    scale: int = 100
    touch: bool = False
    zone: str = DEFAULT_ZONE


class Runtime:
    """Owns what pages share and keeps the application dressed and spoken to.

    Attributes:
        desk: What every page is given.
        runner: The lanes; `store_behind` and `reporter` are for the synchronisation.
    """

    def __init__(self, application: QApplication, wanted: Appearance, feed: ChangeFeed) -> None:
        self._application = application
        self._languages = Languages(wanted.language, zone=wanted.zone)
        worn = theme(wanted.theme, scale=wanted.scale, touch=wanted.touch)
        self._look = Look(worn, self._languages)
        self._dresser = Dresser(application, self._look)
        self._unlisten = self._languages.listen(self._speak)
        self._translator: QTranslator | None = None
        self.runner = QtTaskRunner()
        self.runner.feed_bridge(feed)
        self.desk = Desk(self._languages, self._look, self.runner, feed, Shortcuts())
        self._translate_qt()

    def wear(self, wanted: Appearance) -> None:
        """Change language, theme, scale or touch while the application runs."""
        self._languages.switch(wanted.language)
        self._look.wear(theme(wanted.theme, scale=wanted.scale, touch=wanted.touch))

    def close(self) -> None:
        """Finish every write and stop. Call once, at quit."""
        self.runner.close()
        self._unlisten()
        self._dresser.close()
        self._drop_translator()

    def _speak(self) -> None:
        self._translate_qt()
        self._look.say_anew()

    def _translate_qt(self) -> None:
        """Qt's own words (context menus of fields) follow the language."""
        self._drop_translator()
        translator = QTranslator(self._application)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if translator.load(f"qtbase_{self._languages.language}", folder):
            self._application.installTranslator(translator)
            self._translator = translator

    def _drop_translator(self) -> None:
        if self._translator is not None:
            self._application.removeTranslator(self._translator)
            self._translator.deleteLater()
            self._translator = None
