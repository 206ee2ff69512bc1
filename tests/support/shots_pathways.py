"""The pages of the pathways for the eye: `python -m tests.support.shots_pathways FOLDER`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.pathways import FactKind
from tests.gui.pages.pathways_driver import PathwayDriver, WardPathwaysDriver
from tests.support.desk_kit import Diary, a_visit
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, shoot
from tests.support.pathways_kit import (
    LI,
    PathwayRoom,
    a_fact,
    a_reason,
    an_enrolment,
    ended_before,
    orders_of,
)
from ui.pathways.wiring import pathway_workspace, ward_pathways_workspace
from ui.runtime.desk import Desk

LIGHT = ("zh_CN", "light", (1208, 590), 100)


def a_third_day(desk: Desk) -> PathwayRoom:
    """Pneumonia: day 1 is over, day 3 goes on, and one has been ticked here a moment ago."""
    room = PathwayRoom(desk)
    later, refuses = a_reason("physician-later"), a_reason("patient-refuses")
    room.enrol(
        None,
        a_fact("day-1", "history", days=2),
        a_fact("day-1", "first-note", days=2),
        a_fact(
            "day-1",
            "severity",
            FactKind.VARIANCE,
            reason=later,
            text="夜间入院，次日由上级医师评估",
        ),
        a_fact("day-1", "stool", FactKind.VARIANCE, reason=refuses),
    )
    taken = ("routine", "level", "vitals", "diet", "antibiotic", "cbc", "renal", "liver")
    room.orders = orders_of("day-1", *taken)
    return room


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in (LIGHT, *SHOTS):
        with a_dressed_desk(app, language, worn, scale) as desk:
            tail = f"{language}-{worn}-{size[0]}-{scale}.png"
            _offer(desk, size, folder / f"pathway-offer-{tail}")
            _grid(desk, size, folder, tail)
            _unknown(desk, size, folder / f"pathway-unknown-{tail}")
            _ward(desk, size, folder, tail)


def _offer(desk: Desk, size: tuple[int, int], file: Path) -> None:
    room = PathwayRoom(desk)
    visit = replace(a_visit(Diary(), room.session()), patient=LI)
    with opened(pathway_workspace(desk, room.sources), visit, desk, size) as page:
        shoot(page, file)
        hands = PathwayDriver(page)
        hands.click("enrol")
        shoot(page, file.with_stem(f"{file.stem}-sheet"))
        hands.answer("back")


def _grid(desk: Desk, size: tuple[int, int], folder: Path, tail: str) -> None:
    room = a_third_day(desk)
    visit = replace(a_visit(Diary(), room.session()), patient=LI)
    with opened(pathway_workspace(desk, room.sources), visit, desk, size) as page:
        hands = PathwayDriver(page)
        hands.press(Qt.Key.Key_Space, Qt.Key.Key_Left)
        shoot(page, folder / f"pathway-{tail}")
        hands.press(Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_V)
        shoot(page, folder / f"pathway-variance-{tail}")
        hands.answer("back").click("complete")
        shoot(page, folder / f"pathway-complete-{tail}")
        hands.answer("back").click("leave")
        hands.give("exit-diagnosis").answer()
        shoot(page, folder / f"pathway-left-{tail}")


def _unknown(desk: Desk, size: tuple[int, int], file: Path) -> None:
    room = PathwayRoom(desk, whole=False)
    room.enrol(replace(an_enrolment(), origin="cap|9"), a_fact("day-1", "history", days=2))
    visit = replace(a_visit(Diary(), room.session()), patient=LI)
    with opened(pathway_workspace(desk, room.sources), visit, desk, size) as page:
        shoot(page, file)


def _ward(desk: Desk, size: tuple[int, int], folder: Path, tail: str) -> None:
    room = a_third_day(desk)
    told = (("c9", 9, "completed"), ("c16", 16, "completed"), ("l", 4, "revoked"))
    for key, days, status in told:
        enrolment, stay = ended_before(key, days, status)
        room.enrol(enrolment)
        room.past = (*room.past, stay)
    with opened(
        ward_pathways_workspace(desk, room.ward_sources),
        a_visit(Diary(), room.session(), "ward-3"),
        desk,
        size,
    ) as page:
        shoot(page, folder / f"pathways-{tail}")
        WardPathwaysDriver(page).show("figures")
        shoot(page, folder / f"pathways-figures-{tail}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
