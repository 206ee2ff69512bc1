"""What a change of a setting means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from app.config import Settings, Value
from app.kernel.faults import Failed, Ok, Result
from app.kernel.tasks import Lane, TaskScope
from app.ports.syncing import ProbeReport
from ui.settings.state import AT_ONCE, SettingsState, wrong_with

Save = Callable[[Mapping[str, Value]], None]
"""Writes the user's choices; on the STORE lane."""

Enrol = Callable[[str], ProbeReport]
"""Probes a server and, when it is accepted, enrols this workstation there; on the SYNC lane."""


class SettingsView(Protocol):
    def show_state(self, state: SettingsState) -> None: ...

    def put_on(self, name: str, value: Value) -> None:
        """Put language, theme, text size or touch rows into force at once."""
        ...

    def looks(self) -> Mapping[str, Value]:
        """Language, theme and text size as they are in force now."""
        ...


class SettingsPresenter:
    """Looks change as they are chosen; everything is kept when it is saved."""

    def __init__(
        self,
        view: SettingsView,
        settings: Settings,
        tasks: TaskScope,
        save: Save,
        enrol: Enrol,
    ) -> None:
        self._view = view
        self._tasks = tasks
        self._save = save
        self._enrol = enrol
        self._state = SettingsState(settings)
        self._view.show_state(self._state)

    @property
    def state(self) -> SettingsState:
        return self._state

    def close(self) -> None:
        self._tasks.close()

    def change(self, name: str, value: Value) -> None:
        """Choose `value`; what the hospital manages is left as it is."""
        row = next((row for row in self._state.rows if row.name == name), None)
        if row is None or not row.can_change or row.value == value:
            return
        changes = dict(self._state.changes)
        if self._state.settings.values[name] == value:
            changes.pop(name, None)
        else:
            changes[name] = value
        report = None if name == "server" else self._state.report
        self._show(replace(self._state, changes=changes, saved=False, fault=None, report=report))
        if name in AT_ONCE and wrong_with(name, value) is None:
            self._view.put_on(name, value)

    def follow_looks(self) -> None:
        """Looks were changed from the user menu, which has kept them: show what holds now."""
        state = self._state
        new = {
            name: value
            for name, value in self._view.looks().items()
            if value != state.changes.get(name, state.settings.values[name])
        }
        if not new:
            return
        held = replace(
            state.settings,
            values={**state.settings.values, **new},
            sources={**state.settings.sources, **dict.fromkeys(new, "user")},
        )
        left = {name: value for name, value in state.changes.items() if name not in new}
        self._show(replace(state, settings=held, changes=left))

    def save(self) -> None:
        if not self._state.can_save:
            return
        changes = dict(self._state.changes)
        self._show(replace(self._state, saving=True, fault=None))
        self._tasks.write(
            lambda: self._save(changes), lambda result: self._on_saved(changes, result)
        )

    def undo(self) -> None:
        """Take back what is not saved, looks included."""
        taken_back = [name for name in self._state.changes if name in AT_ONCE]
        self._show(SettingsState(self._state.settings, report=self._state.report))
        for name in taken_back:
            self._view.put_on(name, self._state.settings.values[name])

    def probe(self) -> None:
        """Ask the server whether it keeps what a clinical act needs."""
        if not self._state.can_probe:
            return
        url = self._state.server
        self._show(replace(self._state, probing=True, report=None, fault=None))
        self._tasks.read(lambda _: self._enrol(url), self._on_probed, lane=Lane.SYNC)

    def _on_saved(self, changes: Mapping[str, Value], result: Result[None]) -> None:
        match result:
            case Ok(_):
                settings = self._state.settings
                held = replace(
                    settings,
                    values={**settings.values, **changes},
                    sources={**settings.sources, **dict.fromkeys(changes, "user")},
                )
                waits = any(name not in AT_ONCE for name in changes)
                self._show(
                    replace(
                        self._state,
                        settings=held,
                        changes=_still(self._state.changes, changes),
                        saving=False,
                        saved=True,
                        restart=self._state.restart or waits,
                    )
                )
            case Failed(fault):
                self._show(replace(self._state, saving=False, fault=fault))

    def _on_probed(self, result: Result[ProbeReport]) -> None:
        match result:
            case Ok(report):
                self._show(replace(self._state, probing=False, report=report))
            case Failed(fault):
                self._show(replace(self._state, probing=False, fault=fault))

    def _show(self, state: SettingsState) -> None:
        self._state = state
        self._view.show_state(state)


def _still(now: Mapping[str, Value], saved: Mapping[str, Value]) -> dict[str, Value]:
    """What was changed again while it was being saved."""
    return {name: value for name, value in now.items() if saved.get(name) != value}
