"""What holds for every page that a feature offers. A new page joins by one line in `PAGES`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from app.config import load
from app.ports.syncing import ProbeReport
from app.services.ward_viewing import WardViewing
from resources.catalogue import FOLDER, LANGUAGES
from tests.support.admin_kit import Office
from tests.support.alerts_room import AlertsRoom
from tests.support.believable import boards
from tests.support.chart_kit import PATIENT as SCORED
from tests.support.chart_kit import ChartHouse
from tests.support.critical_room import CriticalRoom
from tests.support.desk_kit import WANG, Diary, StillClock, a_session, a_visit
from tests.support.disputes_kit import Bench
from tests.support.fake_keeping import FakePeople
from tests.support.fake_reads import FakeWardReads, nobody
from tests.support.inbox_kit import PEOPLE, PostRoom
from tests.support.loops_kit import LoopRoom
from tests.support.page_kit import a_dressed_desk, opened, settle
from tests.support.paper_tray import PaperTray
from tests.support.pathways_kit import LI, PathwayRoom, a_fact
from tests.support.queue_kit import Station
from tests.support.scores_kit import ScoresRoom
from tests.support.sheet_builders import a_line
from tests.support.sheets_kit import PATIENT as SHEET_OF
from tests.support.sheets_kit import PrintRoom
from tests.support.verifying_room import VerifyingRoom
from ui.admin.wiring import admin_privilege, admin_workspace
from ui.alerts.wiring import alerts_workspace
from ui.critical.wiring import critical_workspace
from ui.disputes.wiring import disputes_workspace
from ui.finding.wiring import finding_workspace
from ui.inbox.wiring import inbox_workspace
from ui.loops.wiring import loops_workspace
from ui.order_sheets.wiring import sheets_workspace
from ui.pathways.wiring import pathway_workspace, ward_pathways_workspace
from ui.queue.wiring import queue_workspace
from ui.runtime.desk import Desk
from ui.runtime.dressing import Dressing
from ui.runtime.page import Page
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Workspace
from ui.scores.wiring import scores_workspace
from ui.settings.wiring import settings_workspace
from ui.verifying.wiring import verifying_workspace
from ui.ward.wiring import mine_workspace, ward_workspace

ROOM = (1208, 620)
"""What the frame leaves of 1280 by 720: rail, top bar and status bar take the rest."""

INPUTS = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QPlainTextEdit)


def _viewing() -> WardViewing:
    return WardViewing(FakeWardReads(boards()), FakePeople(WANG))


def _ward(desk: Desk) -> Workspace:
    return ward_workspace(desk, _viewing(), nobody, StillClock())


def _mine(desk: Desk) -> Workspace:
    return mine_workspace(desk, _viewing(), nobody, StillClock())


def _queue(desk: Desk) -> Workspace:
    return queue_workspace(desk, Station().services, StillClock())


def _disputes(desk: Desk) -> Workspace:
    return disputes_workspace(desk, Bench().deciding, StillClock())


def _inbox(desk: Desk) -> Workspace:
    room = PostRoom()
    return inbox_workspace(desk, room.keeping, room.drafting, lambda: PEOPLE, room.clock)


def _loops(desk: Desk) -> Workspace:
    room = LoopRoom()
    return loops_workspace(desk, room.tracking, room.wards, room.clock)


def _sheets(desk: Desk) -> Workspace:
    """With a run of two pages that waits for its answer: then the page is at its fullest."""
    room = PrintRoom()
    room.chart.order_list += tuple(a_line(f"n{n:02}", 9 + n) for n in range(30))
    room.printing.begin(room.session(), SHEET_OF, room.asked())
    made = sheets_workspace(desk, room.printing, room.clock, PaperTray(None))

    def open_page(visit: Visit) -> Page:
        return made.open(replace(visit, session=room.session, patient=SHEET_OF))

    return replace(made, open=open_page)


def _verifying(desk: Desk) -> Workspace:
    return verifying_workspace(desk, VerifyingRoom().sources)


def _critical(desk: Desk) -> Workspace:
    return critical_workspace(desk, CriticalRoom().sources)


def _alerts(desk: Desk) -> Workspace:
    return alerts_workspace(desk, AlertsRoom().reviewing)


def _pathway(desk: Desk) -> Workspace:
    room = PathwayRoom(desk)
    room.enrol(None, a_fact("day-1", "history"))
    made = pathway_workspace(desk, room.sources)

    def open_page(visit: Visit) -> Page:
        return made.open(replace(visit, patient=LI))

    return replace(made, open=open_page)


def _pathways(desk: Desk) -> Workspace:
    room = PathwayRoom(desk)
    room.enrol()
    return ward_pathways_workspace(desk, room.ward_sources)


def _finding(desk: Desk) -> Workspace:
    return finding_workspace(desk, _viewing(), StillClock())


def _settings(desk: Desk) -> Workspace:
    settings = load({}, environment={}, policy_folders=[], folder=Path("nowhere"))
    dressing = Dressing(desk.languages, desk.look, desk.runner)
    return settings_workspace(
        desk, settings, dressing, lambda _: None, lambda url: ProbeReport(url, "", "4.0.1", ())
    )


def _admin(desk: Desk) -> Workspace:
    office = Office()
    needs = admin_privilege(a_session())
    return admin_workspace(desk, office.sources, needs)


def _scores(desk: Desk) -> Workspace:
    room = ScoresRoom(ChartHouse(desk))
    made = scores_workspace(desk, room.sources)

    def open_page(visit: Visit) -> Page:
        return made.open(replace(visit, session=room.house.session, patient=SCORED))

    return replace(made, open=open_page)


Make = Callable[[Desk], Workspace]

PAGES: tuple[tuple[Make, str], ...] = (
    (_ward, ""),
    (_mine, ""),
    (_queue, "rejected"),
    (_disputes, "dispute-7"),
    (_inbox, "mail"),
    (_loops, ""),
    (_sheets, ""),
    (_verifying, ""),
    (_critical, ""),
    (_alerts, ""),
    (_pathway, ""),
    (_pathways, ""),
    (_scores, "CURB-65"),
    (_finding, "li"),
    (_settings, ""),
    (_admin, "users"),
    (_admin, "roles"),
    (_admin, "audit"),
    (_admin, "break-glass"),
)


@dataclass
class Stage:
    desk: Desk
    make: Make
    focus: str

    def page(self) -> Iterator[Page]:
        visit = a_visit(Diary(), focus=self.focus)
        with opened(self.make(self.desk), visit, self.desk, ROOM) as page:
            yield page


@pytest.fixture(params=PAGES, ids=lambda page: f"{page[0].__name__[1:]}-{page[1]}".strip("-"))
def stage(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Stage]:
    make, focus = request.param
    with a_dressed_desk(qapp) as desk:
        yield Stage(desk, make, focus)


def inputs(page: Page) -> list[QWidget]:
    """What a person can use now, but for the insides of Qt's own parts."""
    return [
        part
        for kind in INPUTS
        for part in page.findChildren(kind)
        if part.isVisible() and part.isEnabled() and not _inside_qt(part)
    ]


def _inside_qt(part: QWidget) -> bool:
    parent = part.parentWidget()
    inside = isinstance(parent, QComboBox | QLineEdit | QAbstractItemView)
    return inside or part.objectName().startswith("qt_")


def stops(page: Page) -> list[QWidget]:
    """The parts that Tab visits, in its order."""
    found: list[QWidget] = []
    part: QWidget | None = page.nextInFocusChain()
    while part is not None and part is not page and len(found) < 500:
        takes = part.focusPolicy() & Qt.FocusPolicy.TabFocus
        if takes and part.isVisible() and part.isEnabled() and page.isAncestorOf(part):
            found.append(part)
        part = part.nextInFocusChain()
    return found


def test_every_input_has_a_name_for_tests_and_for_screen_readers(stage: Stage) -> None:
    for page in stage.page():
        found = inputs(page)
        assert found
        nameless = [part for part in found if not part.objectName()]
        mute = [p.objectName() for p in found if not (p.accessibleName() or _text(p))]

        assert nameless == []
        assert mute == []


def test_names_follow_the_page(stage: Stage) -> None:
    for page in stage.page():
        strangers = {
            part.objectName()
            for part in inputs(page)
            if not part.objectName().startswith(f"{page.objectName()}.")
            and not part.objectName().startswith("ward.card")
        }

        assert strangers == set()


def test_no_text_lacks_its_sentence_in_either_language(stage: Stage) -> None:
    for page in stage.page():
        for language in LANGUAGES:
            stage.desk.languages.switch(language)
            settle()
            said = " ".join(
                f"{_text(part)} {part.accessibleName()} {part.toolTip()}"
                for part in page.findChildren(QWidget)
            )
            assert "⟦" not in said


def test_the_page_fits_a_screen_of_1280_by_720(stage: Stage) -> None:
    for page in stage.page():
        least = page.minimumSizeHint()

        assert (least.width(), least.height()) <= ROOM
        assert least.width() <= ROOM[0]
        assert least.height() <= ROOM[1]


def test_tab_follows_the_reading_order_of_the_lines(stage: Stage) -> None:
    """No stop lies wholly above one that Tab has visited before, in the same column."""
    for page in stage.page():
        boxes = [
            (part.objectName(), part.mapTo(page, QPoint(0, 0)), part.size()) for part in stops(page)
        ]
        assert boxes
        for (one, at, size), (other, then, after) in itertools.pairwise(boxes):
            above = then.y() + after.height() <= at.y()
            beside = then.x() >= at.x() + size.width()
            assert not above or beside, f"{other} comes after {one}"


def test_tab_reaches_every_input(stage: Stage) -> None:
    for page in stage.page():
        visited = {part.objectName() for part in stops(page)}
        wanted = {p.objectName() for p in inputs(page) if p.focusPolicy() & Qt.FocusPolicy.TabFocus}

        assert wanted <= visited


def test_a_closed_page_leaves_nothing_behind(stage: Stage) -> None:
    for _ in stage.page():
        pass
    heard = stage.desk.feed._listeners
    assert heard == []
    assert stage.desk.shortcuts.commands == ()


def test_a_page_that_has_left_hears_neither_news_nor_languages(stage: Stage) -> None:
    for page in stage.page():
        page.leave()
        stage.desk.languages.switch("zh_CN")


@pytest.fixture(scope="module")
def long_words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every sentence twice, as another language might need it."""
    folder = tmp_path_factory.mktemp("long")
    for file in FOLDER.glob("*/*.toml"):
        made = folder / file.parent.name / file.name
        made.parent.mkdir(exist_ok=True)
        text = re.sub(r'= "(.*)"', r'= "\1 \1"', file.read_text("utf-8"))
        made.write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(("make", "focus"), PAGES, ids=lambda v: getattr(v, "__name__", v))
def test_the_page_survives_words_twice_as_long(
    make: Make, focus: str, qapp: QApplication, long_words: Path
) -> None:
    with a_dressed_desk(qapp, folder=long_words) as desk:
        for page in Stage(desk, make, focus).page():
            assert page.minimumSizeHint().width() <= 2560
            cut = [
                part.objectName()
                for part in inputs(page)
                if isinstance(part, QAbstractButton)
                and part.width() < part.minimumSizeHint().width() - 2
            ]
            assert cut == []


def _text(part: QWidget) -> str:
    said = getattr(part, "text", None)
    return str(said()) if callable(said) else ""
