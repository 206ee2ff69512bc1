"""Scenarios: how the window arranges itself for a round, a handover, a rescue; read from a pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resources.reading import rows
from ui.runtime.workspaces import Workspace


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row of `resources/packs/scenarios`.

    Attributes:
        keys: Its shortcut.
        place: The page that opens when no patient is in front.
        workspace: The page of a chart that opens first.
        order: Keys of the chart's pages, first come first; the others follow as they are.
        touch: Rows for a finger, whatever the person has set.
    """

    key: str
    title: str
    keys: str
    icon: str
    place: str
    workspace: str
    order: tuple[str, ...]
    touch: bool


def read_scenarios() -> tuple[Scenario, ...]:
    """The scenarios that ship."""
    return tuple(
        Scenario(
            key=row["scenario"],
            title=row["title"],
            keys=row["keys"],
            icon=row["icon"],
            place=row["place"],
            workspace=row["workspace"],
            order=tuple(row["order"].split()),
            touch=row["density"] == "touch",
        )
        for row in rows("scenarios", "scenarios")
    )


def arranged(workspaces: Sequence[Workspace], scenario: Scenario | None) -> tuple[Workspace, ...]:
    """The pages of a chart in the order of the scenario."""
    if scenario is None:
        return tuple(workspaces)
    place = {key: at for at, key in enumerate(scenario.order)}
    return tuple(sorted(workspaces, key=lambda w: place.get(w.key, len(place))))


def first_of(workspaces: Sequence[Workspace], *wanted: str) -> str:
    """The first of `wanted` that there is; else the first there is; "" when there is none."""
    keys = [workspace.key for workspace in workspaces]
    return next((key for key in wanted if key in keys), keys[0] if keys else "")
