"""Pictures of the window, the sign-in page and the settings, to be looked at."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.config import load
from app.domain.patients import AllergyState
from app.domain.people import Role
from app.domain.sending import Connection, SendingStatus
from app.domain.terms import PatientId
from app.kernel.faults import Fault, FaultKind, Message
from app.ports.syncing import ProbeFinding, ProbeReport
from tests.support.banner_builders import a_banner, an_unknown_banner
from tests.support.desk_kit import NOW, WANG, a_session
from tests.support.page_kit import a_dressed_desk, settle, shoot
from tests.support.shell_kit import Hospital, a_window, pads
from ui.runtime.desk import Desk
from ui.runtime.dressing import Dressing
from ui.settings.wiring import settings_workspace
from ui.shell.sign_in.wiring import open_sign_in

SHOTS = (
    ("en", "light", (1280, 720), 100),
    ("zh_CN", "light", (1280, 720), 100),
    ("zh_CN", "dark", (1280, 720), 100),
    ("en", "dark", (2560, 1440), 100),
    ("en", "light", (1280, 720), 150),
    ("zh_CN", "light", (1280, 720), 200),
)
STATUS = SendingStatus(
    Connection.ONLINE,
    last_contact=NOW,
    last_sent=NOW - timedelta(seconds=29),
    waiting=3,
    oldest_waiting=NOW - timedelta(minutes=4),
    conflicts=1,
    data_as_of=NOW,
)


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in SHOTS:
        tail = f"{language}-{worn}-{size[0]}-{scale}.png"
        with a_dressed_desk(app, language, worn, scale) as desk:
            _window(desk, size, folder, tail)
            _sign_in(desk, size, folder, tail)
            _settings(desk, size, folder, tail)


def _window(desk: Desk, size: tuple[int, int], folder: Path, tail: str) -> None:
    hospital = Hospital()
    dead = a_banner("dead", "周国梁", "ZHOU Guoliang", allergy_state=AllergyState.NONE_KNOWN)
    gone = replace(dead.patient, deceased=True, deceased_at=NOW - timedelta(hours=5))
    hospital.reads.banners[PatientId("dead")] = replace(dead, patient=gone)
    hospital.reads.banners[PatientId("unknown")] = an_unknown_banner()
    with a_window(desk, hospital, size=size) as window:
        window.show_status(STATUS)
        window.open_patient(PatientId("li-ming"))
        shoot(window, folder / f"chart-{tail}")
        window.toggle_allergies()
        shoot(window, folder / f"allergies-{tail}")
        window.open_patient(PatientId("far"))
        shoot(window, folder / f"glass-{tail}")
    with a_window(desk, hospital, size=size) as window:
        window.show_status(replace(STATUS, connection=Connection.SIGNED_OUT))
        window.open_patient(PatientId("dead"))
        shoot(window, folder / f"deceased-{tail}")
        window.search()
        settle()
        shoot(window, folder / f"palette-{tail}")
    anybody = replace(WANG, role=Role.ANAESTHETIST)
    with a_window(desk, hospital, session=a_session(anybody), size=size) as window:
        window.show_status(
            replace(
                STATUS,
                connection=Connection.OFFLINE,
                trouble=Message.of("sync.verdict.silence"),
                data_as_of=NOW - timedelta(days=1),
            )
        )
        window.open_patient(PatientId("unknown"))
        shoot(window, folder / f"unknown-{tail}")
        window.show_keys()
        shoot(window, folder / f"keys-{tail}")
        window.lock()
        shoot(window, folder / f"locked-{tail}")


def _sign_in(desk: Desk, size: tuple[int, int], folder: Path, tail: str) -> None:
    for name, hospital in (("unlock", Hospital()), ("first", Hospital(enrolled=False))):
        dressing = Dressing(desk.languages, desk.look, desk.runner)
        page = open_sign_in(desk, hospital.signing_in, lambda _: None, demo=True, dressing=dressing)
        _show(page, size)
        shoot(page, folder / f"signin-{name}-{tail}")
        if name == "unlock":
            hospital.door.fault = Fault(
                FaultKind.STORAGE, Message.of("storage.wrong-key"), "DatabaseError"
            )
            page.unlock_requested.emit("wang", "three blue herons 7")
            shoot(page, folder / f"signin-storage-{tail}")
        else:
            page.hospital_requested.emit("wang", "hospital")
            page.enrol_requested.emit("short", "short")
            shoot(page, folder / f"signin-newcomer-{tail}")
        page.leave()
        page.close()
        page.deleteLater()


def _settings(desk: Desk, size: tuple[int, int], folder: Path, tail: str) -> None:
    settings = load({"server": "http://127.0.0.1:8091/fhir"}, environment={}, policy_folders=[])
    sources = {**settings.sources, "auto_lock_minutes": "mandatory"}
    cases = ("create-by-put", "basic-writable", "rollback")
    report = ProbeReport(
        settings.string("server"),
        "Some server",
        "4.0.1",
        tuple(ProbeFinding(case, case != "rollback", "200") for case in cases),
    )
    dressing = Dressing(desk.languages, desk.look, desk.runner)
    workspace = settings_workspace(
        desk, replace(settings, sources=sources), dressing, lambda _: None, lambda _: report
    )
    with a_window(desk, Hospital(), workspaces=(*pads(desk), workspace), size=size) as window:
        window.open_place("settings")
        shoot(window, folder / f"settings-{tail}")
        page = window.charts.places.page
        assert page is not None
        page.findChild(QWidget, "settings.probe").click()  # type: ignore[union-attr]  # it is there
        settle()
        shoot(window, folder / f"settings-probe-{tail}")


def _show(page: QWidget, size: tuple[int, int]) -> None:
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    page.resize(*size)
    page.show()
    settle()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
