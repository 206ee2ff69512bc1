"""The language of the moment, switchable while the application runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from resources.catalogue import FOLDER, LANGUAGES, Catalogue, Parameter, Renderable
from ui.runtime.formats import Formats

DEFAULT_ZONE = "Asia/Shanghai"


class Languages:
    """Sentences, dates and numbers in the language the clinician reads.

    Knows no Qt, so that presenters may use it. Listeners are told after a switch.
    """

    def __init__(
        self, language: str = "en", *, zone: str = DEFAULT_ZONE, folder: Path = FOLDER
    ) -> None:
        self._zone = ZoneInfo(zone)
        self._catalogues = {name: Catalogue.load(name, folder) for name in LANGUAGES}
        self._language = language
        self._formats = Formats(self._catalogues[language], self._zone)
        self._listeners: list[Callable[[], None]] = []

    @property
    def language(self) -> str:
        return self._language

    @property
    def catalogue(self) -> Catalogue:
        return self._catalogues[self._language]

    @property
    def formats(self) -> Formats:
        return self._formats

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.catalogue.text(code, **parameters)

    def render(self, message: Renderable) -> str:
        return self.catalogue.render(message)

    def in_every_language(self, code: str) -> tuple[str, ...]:
        """The sentence in each language: commands are found by either."""
        return tuple(catalogue.text(code) for catalogue in self._catalogues.values())

    def switch(self, language: str) -> None:
        """Speak `language` from now on and tell the listeners.

        Raises:
            KeyError: No such language ships.
        """
        if language == self._language:
            return
        self._formats = Formats(self._catalogues[language], self._zone)
        self._language = language
        for listener in tuple(self._listeners):
            listener()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Add `listener` and return the call that removes it."""
        self._listeners.append(listener)

        def forget() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return forget
