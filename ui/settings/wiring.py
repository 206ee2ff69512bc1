"""Builds the settings page, its presenter, and the wires between them."""

from __future__ import annotations

from dataclasses import replace

from app.config import Settings, Value
from app.domain.people import Privilege
from ui.runtime.desk import Desk
from ui.runtime.dressing import Dressing
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace
from ui.settings.page import SettingsPage
from ui.settings.presenter import Enrol, Save, SettingsPresenter


def settings_workspace(
    desk: Desk, settings: Settings, dressing: Dressing, save: Save, enrol: Enrol
) -> Workspace:
    """The settings as a place of the window."""

    def open_page(visit: Visit) -> SettingsPage:
        del visit
        # Looks may have been changed from the user menu since the settings were read.
        worn: dict[str, Value] = {
            "language": dressing.language,
            "theme": dressing.theme,
            "text_scale": dressing.scale,
            "touch": dressing.touch,
        }
        now = replace(settings, values={**settings.values, **worn})
        page = SettingsPage(desk, dressing)
        presenter = SettingsPresenter(page, now, desk.scope(), save, enrol)
        page.keep(presenter)
        page.changed.connect(presenter.change)
        page.save_requested.connect(presenter.save)
        page.undo_requested.connect(presenter.undo)
        page.probe_requested.connect(presenter.probe)
        page.looks_changed.connect(presenter.follow_looks)
        return page

    return Workspace(
        key="settings",
        scope=Scope.PLACE,
        title="settings.title",
        icon="settings",
        needs=Privilege.CHANGE_SETTINGS,
        open=open_page,
        keys="Ctrl+,",
    )
