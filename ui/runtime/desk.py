"""What every page is given to stand on."""

from __future__ import annotations

from dataclasses import dataclass

from app.kernel.changes import ChangeFeed
from app.kernel.tasks import TaskRunner, TaskScope
from ui.runtime.formats import Formats
from ui.runtime.language import Languages
from ui.runtime.shortcuts import Shortcuts
from widgets.look import Look


@dataclass(frozen=True, slots=True)
class Desk:
    """The runtime that pages share: words, looks, threads, news, keys.

    Built once by the composition root and passed in; services come beside it, not in it.
    """

    languages: Languages
    look: Look
    runner: TaskRunner
    feed: ChangeFeed
    shortcuts: Shortcuts

    @property
    def formats(self) -> Formats:
        return self.languages.formats

    def scope(self) -> TaskScope:
        """The tasks of one new page."""
        return TaskScope(self.runner)
