"""The commands of the window and their keys; none clashes with another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from ui.runtime.shortcuts import EVERYWHERE, PATIENT, Command
from ui.runtime.workspaces import Workspace
from ui.shell.scenarios import Scenario

_NINE = 9
_TABS = (
    "shell.command.tab_1",
    "shell.command.tab_2",
    "shell.command.tab_3",
    "shell.command.tab_4",
    "shell.command.tab_5",
    "shell.command.tab_6",
    "shell.command.tab_7",
    "shell.command.tab_8",
    "shell.command.tab_9",
)


class Keyed(Protocol):
    """What the commands do; the main window grants it."""

    def search(self) -> None: ...
    def show_keys(self) -> None: ...
    def lock(self) -> None: ...
    def sign_out(self) -> None: ...
    def detach(self) -> None: ...
    def close_chart(self) -> None: ...
    def next_chart(self) -> None: ...
    def next_area(self) -> None: ...
    def toggle_allergies(self) -> None: ...
    def show_tab(self, place: int) -> None: ...
    def open_place(self, place: str, focus: str = "") -> None: ...
    def choose_scenario(self, key: str) -> None: ...
    def open_tab(self, key: str) -> None: ...


@dataclass(frozen=True, slots=True)
class _Going:
    """A call with its argument, owned by the command that makes it."""

    go: Callable[[str], None]
    key: str

    def __call__(self) -> None:
        self.go(self.key)


@dataclass(frozen=True, slots=True)
class _Tab:
    go: Callable[[int], None]
    place: int

    def __call__(self) -> None:
        self.go(self.place)


def shell_commands(
    window: Keyed,
    scenarios: tuple[Scenario, ...],
    places: tuple[Workspace, ...],
    chart_pages: tuple[Workspace, ...],
) -> tuple[Command, ...]:
    """Everything the window can do. Who comes first has the key; nobody loses the command."""
    taken: set[str] = set()
    return tuple(_without_clash(_all(window, scenarios, places, chart_pages), taken))


def _all(
    window: Keyed,
    scenarios: tuple[Scenario, ...],
    places: tuple[Workspace, ...],
    chart_pages: tuple[Workspace, ...],
) -> Iterator[Command]:
    yield Command("command.palette", window.search, "Ctrl+K", EVERYWHERE, "search")
    yield Command("command.help", window.show_keys, "?", EVERYWHERE, "keyboard")
    yield Command("shell.command.help", window.show_keys, "F1", EVERYWHERE, "keyboard")
    yield Command("shell.command.lock", window.lock, "Ctrl+L", EVERYWHERE, "lock")
    yield Command("shell.command.next_area", window.next_area, "Ctrl+F6", EVERYWHERE, "move")
    yield Command("shell.command.sign_out", window.sign_out, "", EVERYWHERE, "user")
    yield Command("shell.command.detach", window.detach, "Ctrl+Shift+D", PATIENT, "external-link")
    yield Command("shell.command.next_chart", window.next_chart, "Ctrl+Tab", PATIENT, "users")
    yield Command("shell.command.close_chart", window.close_chart, "Ctrl+W", PATIENT, "x")
    yield Command(
        "shell.command.allergies", window.toggle_allergies, "Ctrl+Shift+A", PATIENT, "octagon-alert"
    )
    for one in scenarios:
        yield Command(
            one.title, _Going(window.choose_scenario, one.key), one.keys, EVERYWHERE, one.icon
        )
    for at, place in enumerate(places):
        keys = place.keys or (f"Alt+{at + 1}" if at < _NINE else "")
        yield Command(
            place.title, _Going(window.open_place, place.key), keys, EVERYWHERE, place.icon
        )
    for page in chart_pages:
        yield Command(page.title, _Going(window.open_tab, page.key), page.keys, PATIENT, page.icon)
    for at, title in enumerate(_TABS[: len(chart_pages)]):
        yield Command(title, _Tab(window.show_tab, at), f"Ctrl+{at + 1}", PATIENT, "table")


def _without_clash(commands: Iterator[Command], taken: set[str]) -> Iterator[Command]:
    for command in commands:
        keys = command.keys.lower()
        if keys and keys in taken:
            yield replace(command, keys="")
        else:
            taken.add(keys)
            yield command
