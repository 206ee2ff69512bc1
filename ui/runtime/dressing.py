"""Language, theme and text size: changed at once, and remembered for the next start."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.config import Value
from app.kernel.tasks import TaskRunner, TaskScope
from ui.runtime.language import Languages
from ui.runtime.theme import theme
from widgets.look import Look

Keep = Callable[[Mapping[str, Value]], None]
"""Writes settings of the user; called on the STORE lane."""


def keep_nothing(changes: Mapping[str, Value]) -> None:
    """Remember nothing beyond this run."""
    del changes


class Dressing:
    """The one way in which the sign-in page, the user menu and the settings change the looks.

    Attributes:
        managed: Names of the settings that the hospital has fixed; they do not change here.
    """

    def __init__(
        self,
        languages: Languages,
        look: Look,
        runner: TaskRunner,
        keep: Keep = keep_nothing,
        managed: frozenset[str] = frozenset(),
    ) -> None:
        self._languages = languages
        self._look = look
        self._scope = TaskScope(runner)
        self._keep = keep
        self.managed = managed

    @property
    def language(self) -> str:
        return self._languages.language

    @property
    def theme(self) -> str:
        return self._look.theme.name

    @property
    def scale(self) -> int:
        return self._look.theme.scale

    @property
    def touch(self) -> bool:
        return self._look.theme.touch

    def change(self, name: str, value: Value, *, remember: bool = True) -> None:
        """Put `language`, `theme`, `text_scale` or `touch` into force, unless it is managed."""
        if name in self.managed:
            return
        self.show(name, value)
        if remember:
            self._scope.write(lambda: self._keep({name: value}), _kept)

    def show(self, name: str, value: Value) -> None:
        """Put it into force without remembering it: a scenario, or what was just saved."""
        match name:
            case "language":
                self._languages.switch(str(value))
            case "theme":
                self._look.wear(theme(str(value), scale=self.scale, touch=self.touch))
            case "text_scale":
                self._look.wear(theme(self.theme, scale=int(value), touch=self.touch))
            case "touch":
                self._look.wear(theme(self.theme, scale=self.scale, touch=bool(value)))
            case _:
                raise KeyError(name)

    def close(self) -> None:
        self._scope.close()


def _kept(result: object) -> None:
    """A choice of looks that could not be kept is in the log; it holds for this run."""
    del result
