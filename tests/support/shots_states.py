"""States that a demonstration does not come into: `python -m tests.support.shots_states FOLDER`.

The four states of allergies, an infant, the deceased, documents that were not understood; and of
every page what it says when it is empty, failed, old, or was never downloaded.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from app.domain.patients import AllergyState, Banner, Measured
from app.domain.sending import Connection, SendingStatus
from app.domain.terms import PatientId, Term
from app.kernel.faults import Fault, FaultKind, Message
from tests.support.banner_builders import a_banner
from tests.support.believable import boards
from tests.support.chart_kit import ChartHouse
from tests.support.desk_kit import NOW
from tests.support.page_kit import a_dressed_desk, opened, shoot
from tests.support.shell_kit import Hospital, a_window, pads
from ui.chart.wiring import chart_workspace
from ui.finding.wiring import finding_workspace
from ui.results.wiring import results_workspace
from ui.runtime.desk import Desk
from ui.runtime.workspaces import Workspace
from ui.shell.window import MainWindow
from ui.ward.wiring import mine_workspace, ward_workspace

LOOKS = (("zh_CN", "light"), ("en", "dark"))
SIZE = (1280, 720)
BROKEN = Fault(FaultKind.STORAGE, Message.of("storage.failed"), "DatabaseError")
OFFLINE = SendingStatus(
    Connection.OFFLINE,
    last_contact=NOW - timedelta(hours=3),
    waiting=2,
    oldest_waiting=NOW - timedelta(hours=2),
    data_as_of=NOW - timedelta(hours=3),
    trouble=Message.of("sync.verdict.silence"),
)


def people() -> dict[str, Banner]:
    """One banner of each kind."""
    known = a_banner("known", "欧阳明月", "OUYANG Mingyue")
    infant = a_banner("infant", "赵一诺", "ZHAO Yinuo", allergy_state=AllergyState.NOT_RECORDED)
    baby = replace(infant.patient, birth_date=date(2026, 9, 20))
    gone = a_banner("gone", "周国梁", "ZHOU Guoliang", allergy_state=AllergyState.NONE_KNOWN)
    dead = replace(gone.patient, deceased=True, deceased_at=NOW - timedelta(hours=5))
    away = a_banner("away", "陈䶮", "CHEN Yan", allergy_state=AllergyState.UNAVAILABLE)
    (penicillin,) = known.allergies
    typed = replace(penicillin, id="a2", agent=Term("某种海鲜"), checkable=False, criticality="")
    return {
        "known": replace(known, allergies=(penicillin, typed)),
        "infant": replace(infant, patient=baby, weight=Measured(Decimal("5.2"), "kg", NOW)),
        "gone": replace(gone, patient=dead),
        "away": away,
    }


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn in LOOKS:
        tail = f"{language}-{worn}.png"
        with a_dressed_desk(app, language, worn) as desk:
            _banners(desk, folder, tail)
            _wards(desk, folder, tail)
            _charts(desk, folder, tail)


def _banners(desk: Desk, folder: Path, tail: str) -> None:
    hospital = Hospital()
    for key, banner in people().items():
        hospital.reads.banners[PatientId(key)] = banner
    hospital.reads.unread = {PatientId("known"): 3}
    for key in people():
        with a_window(desk, hospital, size=SIZE) as window:
            window.open_patient(PatientId(key))
            if key == "known":
                window.toggle_allergies()
            shoot(window, folder / f"banner-{key}-{tail}")


@contextmanager
def _window(desk: Desk, hospital: Hospital) -> Iterator[MainWindow]:
    clock, reads = hospital.clock, hospital.ward_reads
    own = (
        ward_workspace(desk, hospital.wards, reads.marks, clock),
        mine_workspace(desk, hospital.wards, reads.marks, clock),
        finding_workspace(desk, hospital.wards, clock),
    )
    others = tuple(pad for pad in pads(desk) if pad.key not in {"ward", "mine"})
    with a_window(desk, hospital, workspaces=(*own, *others), size=SIZE) as window:
        yield window


def _wards(desk: Desk, folder: Path, tail: str) -> None:
    stale = Hospital()
    stale.ward_reads.boards = boards(NOW - timedelta(hours=3))
    with _window(desk, stale) as window:
        window.show_status(OFFLINE)
        shoot(window, folder / f"ward-offline-and-old-{tail}")
        window.choose_ward("icu")
        shoot(window, folder / f"ward-never-downloaded-{tail}")
        stale.ward_reads.boards = {}
        window.open_place("mine")
        shoot(window, folder / f"mine-empty-{tail}")
        window.open_place("finding", "没有这个人")
        shoot(window, folder / f"finding-nobody-{tail}")
    broken = Hospital()
    broken.ward_reads.fault = BROKEN
    with _window(desk, broken) as window:
        shoot(window, folder / f"ward-failed-{tail}")


def _charts(desk: Desk, folder: Path, tail: str) -> None:
    house = ChartHouse(desk)
    overview = chart_workspace(desk, house.charts, house.clock)
    results = results_workspace(desk, house.charts, house.results, house.clock)
    for name, workspace in (("overview", overview), ("results", results)):
        _page(desk, house, workspace, folder / f"{name}-empty-{tail}")
    house.reads.fault = BROKEN
    for name, workspace in (("overview", overview), ("results", results)):
        _page(desk, house, workspace, folder / f"{name}-failed-{tail}")


def _page(desk: Desk, house: ChartHouse, workspace: Workspace, file: Path) -> None:
    with opened(workspace, house.visit(), desk, (1208, 590)) as page:
        shoot(page, file)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
