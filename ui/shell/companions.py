"""The windows beside the main one, for a second screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.domain.patients import Banner
from app.domain.terms import PatientId
from app.kernel.clock import Clock
from ui.runtime.desk import Desk
from ui.runtime.key_bindings import KeyBindings
from ui.runtime.page import Page
from ui.runtime.workspaces import Workspace
from ui.shell.banner import PatientBanner
from ui.shell.detached import DetachedWindow
from ui.shell.page_host import PageHost


class Companions(QObject):
    """Opens pages in windows of their own and brings them home."""

    def __init__(
        self, desk: Desk, clock: Clock, settled: Callable[[], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._clock = clock
        self._settled = settled
        self._open: dict[DetachedWindow, tuple[PageHost, _Keys]] = {}

    @property
    def windows(self) -> tuple[QWidget, ...]:
        return tuple(self._open)

    def open(
        self, workspace: Workspace, page: Page, home: PageHost, said: PatientBanner | None
    ) -> DetachedWindow:
        """Show `page` in a window of its own; of a chart under a banner that says the same."""
        banner = said.banner if said is not None else None
        patient = banner.patient.id if banner is not None else None
        window = DetachedWindow(self._desk, workspace.key, workspace.title, page, patient)
        if said is not None and banner is not None and window.banner is not None:
            window.banner.show_banner(banner, self._clock.now())
            window.banner.show_unreadable(said.unreadable)
        window.closed.connect(self._came_home)
        self._open[window] = (home, _Keys(self._desk, window))
        window.resize(home.size().expandedTo(window.minimumSizeHint()))
        window.show()
        self._open[window][1].bindings.follow()
        return window

    def fetch(self, home: PageHost, key: str) -> None:
        """Bring a page home by its place in the main window."""
        for window, (host, _) in tuple(self._open.items()):
            if host is home and window.key == key:
                window.close()

    def bring_home(self, home: PageHost) -> None:
        """Before a chart is closed, its pages come back to it."""
        for window, (host, _) in tuple(self._open.items()):
            if host is home:
                window.close()

    def show_banner(self, banner: Banner) -> None:
        for window in self._open:
            if window.patient == banner.patient.id and window.banner is not None:
                window.banner.show_banner(banner, self._clock.now())

    def show_unreadable(self, patient: PatientId, count: int) -> None:
        for window in self._open:
            if window.patient == patient and window.banner is not None:
                window.banner.show_unreadable(count)

    def retranslate(self) -> None:
        for window in self._open:
            window.retranslate()

    def pause(self, *, paused: bool) -> None:
        """Hear no key while the screen is locked."""
        for window, (_, keys) in self._open.items():
            window.page.setEnabled(not paused)
            keys.bindings.pause(paused=paused)

    def leave(self) -> None:
        for window in tuple(self._open):
            window.close()

    def _came_home(self, window: object) -> None:
        if not isinstance(window, DetachedWindow) or window not in self._open:
            return
        home, keys = self._open.pop(window)
        keys.bindings.close()
        window.page.setEnabled(True)
        home.give_back(window.key)
        window.deleteLater()
        self._settled()


class _Keys:
    """The keys of one window: those of its own page and those that hold everywhere."""

    def __init__(self, desk: Desk, window: DetachedWindow) -> None:
        self._window = window
        self.bindings = KeyBindings(desk.shortcuts, window, self._accepts)

    def _accepts(self, owner: object | None) -> bool:
        return owner is self._window.page
