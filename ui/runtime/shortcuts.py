"""Every command and its key, for the window, the `?` sheet and the Ctrl+K palette."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ui.runtime.finding import rank
from ui.runtime.language import Languages

EVERYWHERE = "shortcuts.group.everywhere"
PATIENT = "shortcuts.group.patient"
PAGE = "shortcuts.group.page"


@dataclass(frozen=True, slots=True)
class Command:
    """Something the user can do.

    Attributes:
        title: The code of its name.
        run: What it does.
        keys: Its shortcut as Qt writes it (`Ctrl+K`), empty for none.
        group: The code of the heading it stands under.
        icon: The name of its icon.
        detail: Text in the reader's language beside the name (a ward, a patient), if any.
    """

    title: str
    run: Callable[[], None]
    keys: str = ""
    group: str = PAGE
    icon: str = "chevron-right"
    detail: str = ""


class Shortcuts:
    """The commands of the moment. A value that is passed in: nobody reaches for it.

    Pages add theirs when they are shown and remove them when they leave. Two charts may be open,
    so a command has an owner, and only that of the page in front is heard and offered.

    Attributes:
        in_front: Whether the page that owns a command is in front; set by the shell.
    """

    def __init__(self) -> None:
        self._commands: list[Command] = []
        self._listeners: list[Callable[[], None]] = []
        self._owners: dict[int, object] = {}
        self._opening: object | None = None
        self.in_front: Callable[[object], bool] = _always

    @property
    def commands(self) -> tuple[Command, ...]:
        return tuple(self._commands)

    @contextmanager
    def owned_by(self, owner: object) -> Iterator[None]:
        """Commands added inside the block belong to `owner`, a page that is being opened."""
        before, self._opening = self._opening, owner
        try:
            yield
        finally:
            self._opening = before

    def give(self, owner: object, *commands: Command) -> None:
        """Hand commands that are registered already to the page that turned out to own them."""
        self._owners.update({id(command): owner for command in commands})
        self._tell()

    def owner_of(self, command: Command) -> object | None:
        """The page the command belongs to; None for those that hold everywhere."""
        return self._owners.get(id(command))

    def taken_beside(self, owner: object | None) -> dict[str, str]:
        """The keys that `owner` must not want: key in lower case, and the title that has it."""
        return {
            c.keys.lower(): c.title
            for c in self._commands
            if c.keys and (owner is None or self.owner_of(c) in (None, owner))
        }

    def add(self, *commands: Command, owner: object | None = None) -> Callable[[], None]:
        """Add `commands` and return the call that removes them.

        Raises:
            ValueError: Two commands that are heard together want the same key; both would be
                dead in Qt.
        """
        owner = owner or self._opening
        taken = self.taken_beside(owner)
        for command in commands:
            key = command.keys.lower()
            if key and key in taken:
                raise ValueError(f"{command.keys} is taken by {taken[key]}")
            taken[key] = command.title
        self._commands.extend(commands)
        if owner is not None:
            self._owners.update({id(command): owner for command in commands})
        self._tell()

        def remove() -> None:
            gone = {id(command) for command in commands}
            self._commands = [c for c in self._commands if id(c) not in gone]
            for one in gone:
                self._owners.pop(one, None)
            self._tell()

        return remove

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Tell `listener` when commands come or go; returns the call that stops it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def grouped(self) -> tuple[tuple[str, tuple[Command, ...]], ...]:
        """The commands that have a key, under their headings, for the `?` sheet."""
        groups: dict[str, list[Command]] = {}
        for command in self._commands:
            if command.keys and self.is_heard(command):
                groups.setdefault(command.group, []).append(command)
        return tuple((group, tuple(found)) for group, found in groups.items())

    def found(self, query: str, languages: Languages) -> tuple[Command, ...]:
        """The commands that match `query` in any language or by pinyin, best first."""
        scored = [
            (best, place, command)
            for place, command in enumerate(self._commands)
            if self.is_heard(command)
            and (best := rank(query, *languages.in_every_language(command.title), command.detail))
            is not None
        ]
        return tuple(command for _, _, command in sorted(scored, key=lambda row: row[:2]))

    def is_heard(self, command: Command) -> bool:
        """It holds everywhere, or its page is in front."""
        owner = self.owner_of(command)
        return owner is None or self.in_front(owner)

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def _always(owner: object) -> bool:
    """Without a shell every page is in front."""
    del owner
    return True
