"""The frame of the main window: bars, rail, and the room for pages between them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.census import Ward
from app.domain.people import Session
from app.kernel.clock import Clock
from app.kernel.faults import Fault
from resources.styles.tokens import Tone
from ui.runtime.command_palette import key_text
from ui.runtime.desk import Desk
from ui.runtime.dressing import Dressing
from ui.runtime.workspaces import Workspace
from ui.shell.charts import Charts
from ui.shell.page_host import Opener, first_stop
from ui.shell.parts import Counts
from ui.shell.scenarios import Scenario
from ui.shell.status_bar import StatusBar
from ui.shell.top_bar import TopBar
from widgets.banner_line import BannerLine, Notice
from widgets.side_rail import RailItem, SideRail


class Frame(QWidget):
    """Top bar, notice, rail, pages, status bar. It decides nothing.

    Signals:
        notice_acted: The user pressed the button of the notice; what the notice was about.
    """

    notice_acted = Signal(str)

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        dressing: Dressing,
        scenarios: tuple[Scenario, ...],
        place_opener: Opener,
    ) -> None:
        super().__init__()
        self.setObjectName("frame")
        self._desk = desk
        self._places: tuple[Workspace, ...] = ()
        self._keys: dict[str, str] = {}
        self._counts = Counts()
        self._wards: tuple[Ward, ...] = ()
        self._ward = ""
        self._about = ""
        self.top = TopBar(desk, dressing, scenarios)
        self.notice = BannerLine(desk.look, "window.notice")
        self.notice.acted.connect(self._act)
        self.rail = SideRail(desk.look, "window.rail")
        self.charts = Charts(desk, clock, place_opener)
        self.status = StatusBar(desk)
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addWidget(self.charts, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(self.notice)
        column.addLayout(middle, 1)
        column.addWidget(self.status)

    @property
    def ward(self) -> str:
        """The ward that is looked at, or ""."""
        return self._ward

    def show_session(self, session: Session, places: tuple[Workspace, ...]) -> None:
        self._places = places
        self.top.show_session(session, frozenset(place.key for place in places))
        self.draw_rail()

    def show_keys(self, keys: dict[str, str]) -> None:
        """The shortcut of each place, for the tool tips of the rail."""
        self._keys = keys
        self.draw_rail()

    def show_counts(self, counts: Counts) -> None:
        self._counts = counts
        self.top.show_counts(counts)
        self.draw_rail()

    def show_wards(self, wards: tuple[Ward, ...], ward: str) -> None:
        self._wards, self._ward = wards, ward
        self.top.show_wards(wards, ward)

    def choose_ward(self, ward: str) -> None:
        self.show_wards(self._wards, ward)

    def draw_rail(self) -> None:
        """The settings stand apart, last."""
        ordered = sorted(self._places, key=lambda place: place.key == "settings")
        here = "" if self.charts.current is not None else self.charts.places.current
        items = tuple(self._item(place, apart=place.key == "settings") for place in ordered)
        self.rail.show_items(items, here)

    def say(self, about: str, notice: Notice | None) -> None:
        """Show a notice; None takes it away if it is still the one `about` that."""
        if notice is None and self._about != about:
            return
        self._about = about
        self.notice.show_notice(notice)

    def say_fault(self, fault: Fault) -> None:
        said = self._desk.languages.render(fault.message)
        self.say("fault", Notice(said, Tone.CAUTION))

    def retranslate(self) -> None:
        self.charts.retranslate()
        self.draw_rail()

    def next_area(self) -> None:
        """From the top bar to the rail, the pages, the status bar, and round again."""
        now = self.window().focusWidget()
        areas = (self.top, self.rail, self.charts, self.status)
        at = next(
            (i for i, area in enumerate(areas) if now and (area is now or area.isAncestorOf(now))),
            -1,
        )
        area = areas[(at + 1) % len(areas)]
        if area in (self.rail, self.status):
            area.setFocus()
        else:
            stop = first_stop(area)
            if stop is not None:
                stop.setFocus()

    def _item(self, place: Workspace, *, apart: bool) -> RailItem:
        count, tone = "", Tone.PLAIN
        if place.key == "inbox" and self._counts.inbox:
            count, tone = str(self._counts.inbox), Tone.ACT
        if place.key == "mine" and self._counts.critical:
            count, tone = str(self._counts.critical), Tone.DANGER
        text = self._desk.languages.text(place.title)
        keys = key_text(self._keys.get(place.key, ""))
        return RailItem(place.key, text, place.icon, count, tone, keys, apart)

    def _act(self) -> None:
        self.notice_acted.emit(self._about)
