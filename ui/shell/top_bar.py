"""The bar at the top: ward, search, what waits, who is here."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.domain.census import Ward
from app.domain.people import Privilege, Session
from resources.catalogue import LANGUAGES
from resources.styles.tokens import THEMES
from ui.runtime.command_palette import key_text
from ui.runtime.desk import Desk
from ui.runtime.dressing import Dressing
from ui.runtime.theme import SCALES
from ui.shell.menu_button import MenuButton, MenuItem
from ui.shell.parts import Counts
from ui.shell.scenarios import Scenario
from widgets.buttons import KeyButton
from widgets.naming import named


class TopBar(QWidget):
    """Draws itself from what it is shown; every choice is a signal.

    Signals:
        ward_chosen: The id of the ward the user wants to see.
        palette_requested: The user wants to search.
        place_requested: `inbox` or another place.
        user_chosen: `lock`, `sign-out`, `settings`, `language:en`, `theme:dark`, `text_scale:125`.
        scenario_chosen: The key of a scenario.
    """

    ward_chosen = Signal(str)
    palette_requested = Signal()
    place_requested = Signal(str)
    user_chosen = Signal(str)
    scenario_chosen = Signal(str)

    def __init__(self, desk: Desk, dressing: Dressing, scenarios: tuple[Scenario, ...]) -> None:
        super().__init__()
        self.setObjectName("top")
        self._desk = desk
        self._dressing = dressing
        self._scenarios = scenarios
        self._scenario = ""
        self._session: Session | None = None
        self._wards: tuple[Ward, ...] = ()
        self._ward = ""
        self._counts = Counts()
        self._places: frozenset[str] = frozenset()
        self._ward_menu = MenuButton("ward", "top.ward")
        self._ward_menu.chosen.connect(self.ward_chosen)
        self._search = named(KeyButton("palette"), "top.search")
        self._search.clicked.connect(self.palette_requested)
        self._search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._scenario_menu = MenuButton("scenario", "top.scenario")
        self._scenario_menu.chosen.connect(self.scenario_chosen)
        self._inbox = named(KeyButton("inbox"), "top.inbox")
        self._critical = named(KeyButton("critical"), "top.critical")
        for button in (self._inbox, self._critical):
            button.setProperty("role", "flat")
        self._inbox.picked.connect(self.place_requested)
        self._critical.picked.connect(self.place_requested)
        self._user = MenuButton("user", "top.user")
        self._user.chosen.connect(self.user_chosen)
        row = QHBoxLayout(self)
        pad = desk.look.theme.px("pad")
        row.setContentsMargins(pad, 0, pad, 0)
        row.setSpacing(desk.look.theme.grid(2))
        row.addWidget(self._ward_menu)
        row.addWidget(self._search, 100)
        for button in (self._scenario_menu, self._inbox, self._critical, self._user):
            row.addWidget(button)
        for part in (self._search, self._scenario_menu):
            part.setMinimumWidth(desk.look.theme.px("pad"))
        self._search.setMaximumWidth(desk.look.theme.px("palette"))
        row.insertStretch(2, 1)
        desk.look.changed.connect(self.retranslate)
        self.retranslate()

    def show_session(self, session: Session, places: frozenset[str]) -> None:
        """Say who is here, and offer only what `session` may open."""
        self._session, self._places = session, places
        self.retranslate()

    def show_wards(self, wards: tuple[Ward, ...], ward: str) -> None:
        self._wards, self._ward = wards, ward
        self.retranslate()

    def show_counts(self, counts: Counts) -> None:
        self._counts = counts
        self.retranslate()

    def show_scenario(self, key: str) -> None:
        self._scenario = key
        self.retranslate()

    def close_menus(self) -> None:
        for button in (self._ward_menu, self._scenario_menu, self._user):
            button.close_menu()

    def retranslate(self) -> None:
        look = self._desk.look
        self.setFixedHeight(max(look.theme.px("top_bar"), look.theme.row + look.theme.grid(3)))
        side = look.theme.px("icon")
        for button in self.findChildren(KeyButton):
            button.setIconSize(QSize(side, side))
        self._draw_ward()
        self._draw_search()
        self._draw_counts()
        self._draw_scenarios()
        self._draw_user()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        theme, painter = self._desk.look.theme, QPainter(self)
        painter.fillRect(self.rect(), theme.colour("panel"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.colour("line"))

    def _fit(self) -> None:
        """Where there is no room, the search and the scenario keep their icons and tool tips."""
        self._draw_search()
        self._draw_scenario_word()
        gaps = self._desk.look.theme.grid(2) * 7 + 2 * self._desk.look.theme.px("pad")
        parts = [b for b in self.findChildren(KeyButton) if b.isVisibleTo(self)]
        if gaps + sum(part.sizeHint().width() for part in parts) > self.width():
            self._search.setText(key_text("Ctrl+K"))
            self._scenario_menu.setText("▾")

    def _draw_ward(self) -> None:
        language = self._desk.languages.language
        here = next((w.name.shown(language) for w in self._wards if w.id == self._ward), "")
        said = here or self.text("top.ward_none")
        self._ward_menu.setIcon(self._desk.look.icon("hospital"))
        self._ward_menu.setText(f"{said} ▾")
        self._ward_menu.setAccessibleName(self.text("top.ward", ward=said))
        self._ward_menu.setVisible("ward" in self._places)
        self._ward_menu.show_items(
            tuple(
                MenuItem(ward.id, self._beds_of(ward, language), ticked=ward.id == self._ward)
                for ward in self._wards
            )
            or (MenuItem("", self.text("top.ward_nothing")),)
        )

    def _beds_of(self, ward: Ward, language: str) -> str:
        """A ward that was never downloaded is not empty: nobody here knows who lies in it."""
        name = ward.name.shown(language)
        if ward.occupied is None:
            return self.text("top.ward_unknown", ward=name)
        return self.text("top.ward_beds", ward=name, occupied=ward.occupied, beds=ward.beds)

    def _draw_search(self) -> None:
        self._search.setIcon(self._desk.look.icon("search"))
        said = self.text("top.search", keys=key_text("Ctrl+K"))
        self._search.setText(said)
        self._search.setAccessibleName(said)
        self._search.setToolTip(said)

    def _draw_counts(self) -> None:
        look = self._desk.look
        inbox, critical = self._counts.inbox, self._counts.critical
        self._inbox.setIcon(look.icon("inbox", "act" if inbox else "ink_2"))
        self._inbox.setText("—" if inbox is None else f"{inbox}")
        self._name(
            self._inbox,
            self.text("top.inbox_unknown")
            if inbox is None
            else self.text("top.inbox", count=inbox),
        )
        self._inbox.setVisible("inbox" in self._places)
        self._critical.setIcon(look.icon("octagon-alert", "danger" if critical else "ink_2"))
        self._critical.setText("—" if critical is None else f"{critical}")
        self._name(
            self._critical,
            self.text("top.critical_unknown")
            if critical is None
            else self.text("top.critical", count=critical),
        )
        target = next((p for p in ("critical", "mine", "ward") if p in self._places), "")
        self._critical.key = target
        self._critical.setVisible(bool(target))

    def _name(self, button: KeyButton, said: str) -> None:
        button.setAccessibleName(said)
        button.setToolTip(said)

    def _draw_scenarios(self) -> None:
        self._draw_scenario_word()
        self._scenario_menu.show_items(
            tuple(
                MenuItem(
                    one.key,
                    self.text(one.title),
                    keys=key_text(one.keys),
                    ticked=one.key == self._scenario,
                )
                for one in self._scenarios
            )
        )

    def _draw_scenario_word(self) -> None:
        here = next((s for s in self._scenarios if s.key == self._scenario), None)
        said = self.text(here.title) if here else self.text("top.scenario_none")
        self._scenario_menu.setIcon(self._desk.look.icon(here.icon if here else "layout-grid"))
        self._scenario_menu.setText(f"{said} ▾")
        self._scenario_menu.setAccessibleName(self.text("top.scenario", scenario=said))
        self._scenario_menu.setToolTip(said)

    def _draw_user(self) -> None:
        session = self._session
        name = session.clinician.name.shown(self._desk.languages.language) if session else ""
        self._user.setIcon(self._desk.look.icon("user"))
        self._user.setText(f"{name} ▾")
        self._user.setAccessibleName(self.text("top.user", name=name))
        self._user.show_items(self._user_items(session))

    def _user_items(self, session: Session | None) -> tuple[MenuItem, ...]:
        items = [
            MenuItem("lock", self.text("top.lock"), keys=key_text("Ctrl+L")),
            MenuItem("sign-out", self.text("top.sign_out")),
        ]
        if session is not None:
            until = self._desk.formats.moment(session.lease_until)
            role = self.text(f"role.{session.clinician.role.value}")
            said = "top.online" if session.online else "top.offline"
            items.insert(0, MenuItem("", self.text(said, role=role, until=until)))
            if session.can(Privilege.CHANGE_SETTINGS) and "settings" in self._places:
                items.append(MenuItem("settings", self.text("top.settings")))
        return (*items, *self._looks())

    def _looks(self) -> tuple[MenuItem, ...]:
        """Language, theme and text size; what the hospital has fixed cannot be chosen."""
        dressing = self._dressing
        rows: list[MenuItem] = []
        for setting, now, choices in (
            ("language", dressing.language, [(n, f"language.{n}") for n in LANGUAGES]),
            ("theme", dressing.theme, [(n, f"theme.{n}") for n in THEMES]),
        ):
            fixed = setting in dressing.managed
            rows.extend(
                MenuItem(
                    "" if fixed else f"{setting}:{name}",
                    self.text(code),
                    ticked=name == now,
                    apart=name == choices[0][0],
                )
                for name, code in choices
            )
        fixed = "text_scale" in dressing.managed
        rows.extend(
            MenuItem(
                "" if fixed else f"text_scale:{scale}",
                self.text("top.scale", percent=scale),
                ticked=scale == dressing.scale,
                apart=scale == SCALES[0],
            )
            for scale in SCALES
        )
        return tuple(rows)

    def text(self, code: str, /, **parameters: str | int) -> str:
        return self._desk.languages.text(code, **parameters)
