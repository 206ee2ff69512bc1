"""One workstation with its window: people sign in and out of it as they do on a ward."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QPushButton

from app.commands.demo import PASSPHRASE, demo_settings
from app.config import load
from app.desktop import Desktop
from app.domain.sending import SendingStatus
from app.main import Services
from resources.demo.staff import users
from tests.gui.pages.shell_driver import ShellDriver
from tests.gui.pages.sign_in_driver import SignInDriver
from tests.tour.pictures import Pictures
from tests.tour.waiting import rest, until
from ui.runtime.page import Page
from ui.shell.sign_in.page import SignInPage
from ui.shell.window import MainWindow


class Station:
    """A desktop over a real cache and the hospital's repository."""

    def __init__(self, folder: Path, base_url: str, pictures: Pictures) -> None:
        settings = demo_settings(load({}, folder=folder, environment={}), folder, base_url)
        self.desktop = Desktop(settings)
        self.scratch = folder.parent
        self.pictures = pictures
        self.desktop.start()

    @property
    def sign_in(self) -> SignInPage:
        page = self.desktop.sign_in
        assert page is not None, "nobody can sign in now"
        return page

    @property
    def window(self) -> MainWindow:
        window = self.desktop.window
        assert window is not None, "nobody is signed in"
        return window

    @property
    def shell(self) -> ShellDriver:
        return ShellDriver(self.window)

    @property
    def services(self) -> Services:
        services = self.desktop.services
        assert services is not None, "nobody is signed in"
        return services

    @property
    def status(self) -> SendingStatus:
        return self.services.engine.status()

    def page(self, name: str) -> Page:
        """The page of this name, with the keys of the window; nobody else gives it them here."""
        self.window.activateWindow()
        until(self.window.isActiveWindow, "the window to take the keys")
        found = self.window.findChildren(Page, name)
        assert found, name
        return found[-1]

    def draw(self, name: str) -> None:
        self.pictures.draw(self.desktop.dressing, name, self.window)

    def draw_sign_in(self, name: str) -> None:
        self.pictures.draw(self.desktop.dressing, name, self.sign_in)

    # -- people

    def enter_first(self, username: str, *, pictures: bool = False) -> None:
        """Sign in at the hospital and choose the passphrase of this workstation."""
        password = next(one.password for one in users() if one.username == username)
        driver = SignInDriver(self.sign_in, [])
        until(lambda: driver.shows("hospital.user") or bool(driver.users), "the sign-in page")
        if not driver.shows("hospital.user"):
            driver.press("other")
        until(lambda: driver.shows("hospital.user"), "the sign-in of the hospital")
        if pictures:
            self.draw_sign_in("first-sign-in")
        driver.at_hospital(username, password)
        until(lambda: driver.shows("enrol.first"), "the choice of a passphrase")
        driver.write("enrol.first", PASSPHRASE).write("enrol.second", PASSPHRASE)
        if pictures:
            self.draw_sign_in("passphrase")
        driver.enter("enrol.second")
        self._arrived()

    def enter(self, username: str) -> None:
        """Unlock with the passphrase of this workstation."""
        driver = self._at_the_door(username)
        driver.unlock(PASSPHRASE)
        self._arrived()

    def mistype(self, username: str, times: int) -> None:
        """Somebody does not know the passphrase."""
        driver = self._at_the_door(username)
        for _ in range(times):
            driver.unlock("not the passphrase")
            until(lambda: bool(driver.fault), "the refusal")

    def leave(self) -> None:
        """Sign out by the user menu; what has not been sent yet stays, and that is answered."""
        window = self.window
        self.shell.choose("top.user", "sign-out")
        rest()
        if self.desktop.sign_in is None:
            leave = window.findChild(QPushButton, "sheet.leave")
            assert leave is not None
            leave.click()
        until(lambda: self.desktop.sign_in is not None, "the sign-in page")

    def _at_the_door(self, username: str) -> SignInDriver:
        driver = SignInDriver(self.sign_in, [])
        until(lambda: username in driver.users, "the users of this workstation")
        driver.choose_user(driver.users.index(username))
        until(lambda: driver.shows("unlock.passphrase"), "the field for the passphrase")
        assert isinstance(driver.field("unlock.passphrase"), QLineEdit)
        return driver

    def _arrived(self) -> None:
        until(lambda: self.desktop.window is not None, "the window")
        until(lambda: self.desktop.sign_in is None, "the sign-in page to go")
        self.window.resize(1280, 720)
        rest()

    # -- the network

    def send(self) -> None:
        """Synchronise until nothing waits."""
        self.desktop.synchronise()
        until(lambda: self.status.waiting == 0, "everything to be sent")

    def downloaded(self) -> None:
        until(lambda: self.status.last_pass_complete, "the first download")
        self.desktop.synchronise()

    def close(self) -> None:
        self.desktop.close()
