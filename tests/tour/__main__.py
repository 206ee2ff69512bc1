"""Walks through the main job over the real cache and repository, and keeps a picture of each page.

`python -m tests.tour [--quick] [--folder FOLDER]`. The quick tour draws one language, theme and
size; the whole one draws all of them, larger text, and the states that a demonstration does not
come into. Everything is typed and clicked through page drivers; a second workstation, in a process
of its own, looks for what the first one wrote.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.tour.hospital import Hospital
from tests.tour.office import enrol_workstation, review, see_users
from tests.tour.physician import REASON, Done, Physician, open_for_a_reason
from tests.tour.pictures import Pictures
from tests.tour.station import Station

IT, QC, ATTENDING, CHIEF = "liao.kai", "tan.hua", "wang.yi", "chen.guodong"
CHIEF_ID, OF_ANOTHER_WARD = "chen-guodong", "xu.jing"
STATES = ("states", "ward", "shell", "admin", "finding", "inbox", "queue", "pathways")


def walk(hospital: Hospital, scratch: Path, pictures: Pictures) -> Done:
    """The first workstation, from its enrolment to the review of an emergency opening."""
    station = Station(scratch / "one", hospital.base_url, pictures)
    try:
        station.enter_first(IT, pictures=True)
        enrol_workstation(station)
        station.leave()
        station.enter_first(CHIEF)
        station.leave()
        station.enter_first(ATTENDING)
        station.downloaded()
        done = Physician(station, hospital, CHIEF_ID).work()
        station.leave()
        station.enter_first(OF_ANOTHER_WARD)
        open_for_a_reason(station, done.patient)
        station.leave()
        station.enter_first(QC)
        review(station, REASON)
        station.leave()
        station.mistype(ATTENDING, 2)
        station.draw_sign_in("wrong-passphrase")
        station.enter(IT)
        see_users(station, failed=2)
        station.leave()
    finally:
        station.close()
    return done


class SecondWorkstation:
    """A process that looks for what was done; it fetches its own ward during the walk."""

    def __init__(self, hospital: Hospital, scratch: Path) -> None:
        command = [sys.executable, "-m", "tests.tour.colleague", hospital.base_url]
        self._process = subprocess.Popen(
            [*command, str(scratch / "two"), CHIEF], stdin=subprocess.PIPE, text=True
        )

    def look_for(self, done: Done) -> int:
        """Say what was done and wait for the verdict: 0 when all of it has arrived."""
        self._process.communicate(json.dumps(asdict(done)) + "\n")
        return self._process.returncode

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)


def draw_states(folder: Path) -> None:
    """States that a demonstration does not come into, each set in a process of its own."""
    for name in STATES:
        command = [sys.executable, "-m", f"tests.support.shots_{name}", str(folder / "states")]
        subprocess.run(command, check=True)
    sharp = [sys.executable, "-m", "tests.support.shots_ward", str(folder / "high-dpi")]
    subprocess.run(sharp, check=True, env=os.environ | {"QT_SCALE_FACTOR": "2"})


def main() -> int:
    """Run the tour; the exit code is 0 when every step held."""
    parser = argparse.ArgumentParser(prog="tour", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one picture of each page")
    parser.add_argument("--folder", default="", help="where the pictures go")
    asked = parser.parse_args()
    folder = Path(asked.folder or tempfile.mkdtemp(prefix="wardone-tour-"))
    folder.mkdir(parents=True, exist_ok=True)
    pictures = Pictures(folder, quick=asked.quick)
    with tempfile.TemporaryDirectory(prefix="wardone-tour-data-") as scratch:
        hospital = Hospital(Path(scratch) / "cdr.sqlite3")
        hospital.plug_in()
        second = SecondWorkstation(hospital, Path(scratch))
        try:
            failed = second.look_for(walk(hospital, Path(scratch), pictures))
        finally:
            second.close()
            hospital.pull_the_cable()
    if not asked.quick:
        draw_states(folder)
    sys.stdout.write(f"tour: {pictures.count} pictures of the walk in {folder}\n")
    return failed


if __name__ == "__main__":
    sys.exit(main())
