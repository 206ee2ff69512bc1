from __future__ import annotations

from app.domain.people import Privilege
from tests.support.desk_kit import a_desk
from tests.support.shell_kit import a_workspace
from ui.runtime.language import Languages
from ui.runtime.workspaces import Scope, Workspace
from ui.shell.menu_of_keys import shell_commands
from ui.shell.scenarios import arranged, first_of, read_scenarios


def pages(*keys: str) -> tuple[Workspace, ...]:
    desk = a_desk()
    return tuple(a_workspace(desk, key, Scope.PATIENT, title="banner.title") for key in keys)


def test_the_pack_holds_the_six_scenarios_with_their_keys() -> None:
    assert {one.key: one.keys for one in read_scenarios()} == {
        "round": "F2",
        "admission": "F3",
        "handover": "F4",
        "pre-op": "F6",
        "rescue": "F7",
        "discharge": "F8",
    }


def test_every_scenario_has_a_name_in_both_languages() -> None:
    languages = Languages("en")

    for one in read_scenarios():
        assert all("⟦" not in text for text in languages.in_every_language(one.title))


def test_a_scenario_puts_its_pages_first_and_drops_none() -> None:
    discharge = next(one for one in read_scenarios() if one.key == "discharge")
    offered = pages("overview", "results", "orders", "notes")

    ordered = arranged(offered, discharge)

    assert [page.key for page in ordered] == ["notes", "orders", "results", "overview"]
    assert arranged(offered, None) == offered


def test_a_page_that_is_not_there_is_passed_over() -> None:
    offered = pages("overview", "results")

    assert first_of(offered, "surgery", "results") == "results"
    assert first_of(offered, "surgery") == "overview"
    assert first_of((), "surgery") == ""


class Nothing:
    def __getattr__(self, name: str) -> object:
        return lambda *_: name


def test_a_key_that_is_taken_stays_with_who_came_first_and_the_command_remains() -> None:
    desk = a_desk()
    greedy = a_workspace(
        desk, "notes", Scope.PLACE, needs=Privilege.SEE_WARD, keys="F2", title="banner.title"
    )

    commands = shell_commands(Nothing(), read_scenarios(), (greedy,), ())  # type: ignore[arg-type]  # commands are made, not run
    keys = [command.keys for command in commands if command.keys]

    assert len(keys) == len(set(keys))
    assert any(c.title == "banner.title" and c.keys == "" for c in commands)
    assert any(c.title == "scenario.round" and c.keys == "F2" for c in commands)
