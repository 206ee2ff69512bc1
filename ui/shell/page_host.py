"""Keeps the pages that were opened, and shows one of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from ui.runtime.desk import Desk
from ui.runtime.page import Page
from ui.runtime.workspaces import HoldsDraft, TakesFocus, Workspace
from widgets.buttons import KeyButton
from widgets.naming import named

Opener = Callable[[Workspace, str], Page]
"""Opens a workspace with a focus, for this host's patient or for none."""


class PageHost(QStackedWidget):
    """A stack of pages by the key of their workspace; an opened page keeps what was typed on it.

    Signals:
        fetched: The key of a page that is in another window and is wanted back.
    """

    fetched = Signal(str)

    def __init__(self, desk: Desk, name: str, opener: Opener) -> None:
        super().__init__()
        self.setObjectName(name)
        self._desk = desk
        self._opener = opener
        self._pages: dict[str, Page] = {}
        self._away: dict[str, _Elsewhere] = {}
        self._current = ""

    @property
    def current(self) -> str:
        """The key of what is shown, or ""."""
        return self._current

    @property
    def page(self) -> Page | None:
        """The page that is shown here; None when it stands in another window."""
        return None if self._current in self._away else self._pages.get(self._current)

    @property
    def pages(self) -> tuple[Page, ...]:
        return tuple(self._pages.values())

    @property
    def draft_is_open(self) -> bool:
        return any(holds_draft(page) for page in self._pages.values())

    def go(self, workspace: Workspace, focus: str = "") -> None:
        """Show `workspace`, opening it if need be."""
        key = workspace.key
        page = self._pages.get(key)
        if page is not None and focus:
            page = self._refocused(workspace, page, focus)
        self._current = key
        if page is None:
            page = self._open(workspace, focus)
        self.setCurrentWidget(self._away.get(key) or page)
        if key not in self._away:
            _enter(page)

    def take(self, key: str) -> Page | None:
        """Hand the page out to another window and leave a note in its place."""
        page = self._pages.get(key)
        if page is None or key in self._away:
            return None
        note = _Elsewhere(self._desk, key, self.objectName())
        note.wanted.connect(self.fetched)
        self._away[key] = note
        self.addWidget(note)
        self.removeWidget(page)
        self.setCurrentWidget(note)
        return page

    def give_back(self, key: str) -> None:
        """Put the page in its place again."""
        note, page = self._away.pop(key, None), self._pages.get(key)
        if note is None or page is None:
            return
        self.addWidget(page)
        self.removeWidget(note)
        note.leave()
        if self._current == key:
            self.setCurrentWidget(page)

    def leave(self) -> None:
        """Close every page. Queued writes run to their end."""
        for page in self._pages.values():
            page.leave()
            page.deleteLater()
        for note in self._away.values():
            note.leave()
        self._pages.clear()
        self._away.clear()

    def _open(self, workspace: Workspace, focus: str) -> Page:
        shortcuts = self._desk.shortcuts
        before = {id(command) for command in shortcuts.commands}
        with shortcuts.owned_by(key := object()):
            page = self._opener(workspace, focus)
        new = tuple(
            command
            for command in shortcuts.commands
            if id(command) not in before and shortcuts.owner_of(command) is key
        )
        shortcuts.give(page, *new)
        self._pages[workspace.key] = page
        self.addWidget(page)
        return page

    def _refocused(self, workspace: Workspace, page: Page, focus: str) -> Page | None:
        """Send the page to `focus`; one that cannot is opened anew unless a draft is on it."""
        if isinstance(page, TakesFocus):
            page.focus_on(focus)
            return page
        if holds_draft(page) or workspace.key in self._away:
            return page
        del self._pages[workspace.key]
        self.removeWidget(page)
        page.leave()
        page.deleteLater()
        return None


class _Elsewhere(QWidget):
    """Stands where a page was that is in another window now.

    Signals:
        wanted: The key of the page the user wants back.
    """

    wanted = Signal(str)

    def __init__(self, desk: Desk, key: str, name: str) -> None:
        super().__init__()
        self._desk = desk
        self._text = named(QLabel(), f"{name}.{key}.elsewhere")
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._back = named(KeyButton(key), f"{name}.{key}.fetch")
        self._back.picked.connect(self.wanted)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(self._text)
        column.addWidget(self._back, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        self._unlisten = desk.languages.listen(self._spell)
        self._spell()

    def leave(self) -> None:
        self._unlisten()
        self.deleteLater()

    def _spell(self) -> None:
        self._text.setText(self._desk.languages.text("shell.elsewhere"))
        self._back.setText(self._desk.languages.text("shell.fetch"))


def holds_draft(page: Page) -> bool:
    """Whether something unsigned is typed on the page."""
    return isinstance(page, HoldsDraft) and page.draft_is_open


def _enter(page: Page) -> None:
    """Give the keyboard to the first field of the page unless the page has it."""
    now = page.window().focusWidget()
    if now is None or not page.isAncestorOf(now):
        stop = first_stop(page)
        if stop is not None:
            stop.setFocus(Qt.FocusReason.OtherFocusReason)


def first_stop(area: QWidget) -> QWidget | None:
    """The first part of `area` that Tab would stop at."""
    for part in area.findChildren(QWidget):
        wants = bool(part.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if wants and part.isEnabled() and part.isVisibleTo(area):
            return part
    return None
