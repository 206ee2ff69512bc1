"""The passes of IT and of record control: enrolment, users, roles, audit, emergency openings."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.gui.pages.admin_driver import AdminDriver
from tests.gui.pages.settings_driver import SettingsDriver
from tests.tour.station import Station
from tests.tour.waiting import until


def enrol_workstation(at: Station) -> None:
    """IT tests the server from the settings page; what is accepted is enrolled."""
    at.draw("not-enrolled")
    at.window.open_place("settings")
    settings = SettingsDriver(at.page("settings"))
    settings.press("probe")
    until(lambda: bool(settings.report), "the report on the server")
    at.draw("settings-server-accepted")


def see_users(at: Station, *, failed: int) -> None:
    """Users with their failed attempts, and who may do what."""
    at.window.open_place("admin")
    admin = AdminDriver(at.page("admin"))
    until(lambda: bool(admin.table("users").rows), "the users")
    said = [row.cells[5].text for row in admin.table("users").rows]
    assert any(str(failed) in text for text in said), said
    at.draw("admin-users")
    admin.open_section("roles")
    until(lambda: bool(admin.table("roles").rows), "the roles")
    at.draw("admin-roles")


def review(at: Station, reason: str) -> None:
    """Record control verifies the audit and reviews the emergency opening."""
    at.window.open_place("admin")
    admin = AdminDriver(at.page("admin"))
    admin.open_section("audit")
    until(lambda: bool(admin.table("audit").rows), "the audit")
    before = admin.verdict
    admin.click("admin.verify")
    until(lambda: any(c.isdigit() for c in admin.verdict), "the verdict on the chain")
    assert admin.verdict != before
    at.draw("admin-audit-verified")
    admin.open_section("break-glass")
    until(lambda: bool(admin.table("openings").rows), "the emergency openings")
    (row,) = admin.table("openings").rows
    assert row.cells[3].text == reason
    at.draw("admin-emergency-openings")
    admin.go_to("openings", row.key)
    admin.press(Qt.Key.Key_R)
    until(lambda: bool(admin.table("openings").rows[0].faded), "the review to be kept")
    at.draw("admin-reviewed")
