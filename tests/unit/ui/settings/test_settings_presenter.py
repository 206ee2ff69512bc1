from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from app.config import DECLARED, Settings, Value, load
from app.kernel.faults import FaultKind, app_error
from app.kernel.tasks import TaskScope
from app.ports.syncing import ProbeReport
from resources.catalogue import LANGUAGES, Catalogue
from tests.support.desk_kit import ImmediateRunner, PatientRunner
from ui.settings.presenter import SettingsPresenter
from ui.settings.state import GROUPS, SettingsState, bounds, kind_of, wrong_with


class View:
    def __init__(self) -> None:
        self.last: SettingsState | None = None
        self.worn: list[tuple[str, Value]] = []

    def show_state(self, state: SettingsState) -> None:
        self.last = state

    def put_on(self, name: str, value: Value) -> None:
        self.worn.append((name, value))

    def looks(self) -> Mapping[str, Value]:
        return dict(self.worn)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({}, environment={}, policy_folders=[], folder=tmp_path)


def nothing(changes: Mapping[str, Value]) -> None:
    del changes


def no_server(url: str) -> ProbeReport:
    raise app_error(FaultKind.OFFLINE, "sync.verdict.silence", url)


def test_every_declared_setting_stands_on_the_page_once() -> None:
    names = [name for group in GROUPS for name in group.names]

    assert sorted(names) == sorted(DECLARED)


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_every_setting_and_every_source_has_its_words(name: str) -> None:
    for language in LANGUAGES:
        words = Catalogue.load(language)
        assert words.has(f"settings.name.{name}")
        if kind_of(name).value == "number":
            assert words.has(f"settings.unit.{name}")
        for source in ("default", "recommended", "user", "environment", "command-line"):
            assert words.has(f"settings.source.{source}")


@pytest.mark.parametrize("name", sorted(n for n in DECLARED if kind_of(n).value == "number"))
def test_the_bounds_are_those_of_the_configuration(name: str) -> None:
    lowest, highest = bounds(name)

    assert wrong_with(name, lowest) is None
    assert wrong_with(name, highest) is None
    assert wrong_with(name, lowest - 1) is not None
    assert wrong_with(name, highest + 1) is not None


def test_a_mandatory_value_does_not_change_and_another_does(settings: Settings) -> None:
    view = View()
    fixed = replace(settings, sources={**settings.sources, "theme": "mandatory"})
    presenter = SettingsPresenter(view, fixed, TaskScope(ImmediateRunner()), nothing, no_server)

    presenter.change("theme", "dark")
    presenter.change("lease_hours", 72)
    presenter.change("language", "en")

    assert view.worn == [("language", "en")]
    assert presenter.state.changes == {"language": "en"}


def test_a_look_chosen_in_the_menu_is_shown_and_takes_the_place_of_an_unsaved_one(
    settings: Settings,
) -> None:
    view = View()
    presenter = SettingsPresenter(view, settings, TaskScope(ImmediateRunner()), nothing, no_server)
    presenter.change("text_scale", 150)
    presenter.change("poll_seconds", 30)
    presenter.follow_looks()
    assert presenter.state.changes == {"text_scale": 150, "poll_seconds": 30}

    view.worn.append(("text_scale", 125))
    presenter.follow_looks()

    assert presenter.state.changes == {"poll_seconds": 30}
    assert presenter.state.settings.number("text_scale") == 125
    assert presenter.state.settings.sources["text_scale"] == "user"


def test_choosing_what_holds_already_is_no_change(settings: Settings) -> None:
    view = View()
    presenter = SettingsPresenter(view, settings, TaskScope(ImmediateRunner()), nothing, no_server)

    presenter.change("poll_seconds", 30)
    changed = presenter.state.can_save
    presenter.change("poll_seconds", 15)

    assert changed
    assert not presenter.state.can_save


def test_a_save_that_fails_keeps_the_choice(settings: Settings) -> None:
    def full(changes: Mapping[str, Value]) -> None:
        raise app_error(FaultKind.STORAGE, "storage.full", str(len(changes)))

    view = View()
    presenter = SettingsPresenter(view, settings, TaskScope(ImmediateRunner()), full, no_server)

    presenter.change("poll_seconds", 30)
    presenter.save()

    assert presenter.state.fault is not None
    assert presenter.state.changes == {"poll_seconds": 30}
    assert presenter.state.can_save


def test_what_is_changed_while_saving_stays_unsaved(settings: Settings) -> None:
    runner, kept = PatientRunner(), dict[str, Value]()
    presenter = SettingsPresenter(View(), settings, TaskScope(runner), kept.update, no_server)
    presenter.change("poll_seconds", 30)
    presenter.save()

    presenter.change("poll_seconds", 60)
    runner.go_on()

    assert kept == {"poll_seconds": 30}
    assert presenter.state.changes == {"poll_seconds": 60}


def test_a_server_that_does_not_answer_is_said(settings: Settings) -> None:
    presenter = SettingsPresenter(
        View(), settings, TaskScope(ImmediateRunner()), nothing, no_server
    )

    presenter.change("server", "http://127.0.0.1:9/fhir")
    presenter.probe()

    assert presenter.state.fault is not None
    assert presenter.state.fault.kind is FaultKind.OFFLINE
    assert not presenter.state.probing
