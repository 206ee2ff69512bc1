"""From files of somebody else to a ward on the screen, by the commands IT is told to use."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests

from app.commands.command_line import run
from app.commands.demo import PASSPHRASE
from app.config import load
from app.kernel.clock import SystemClock
from app.kernel.tasks import CancelToken
from app.main import Workstation, synchronise
from sync.cdr.serving import CdrSettings, EmbeddedCdr, World

_FEED = Path(__file__).parents[1] / "real_input" / "samples" / "clinosim-jp.ndjson.gz"
_PASSWORD = "reads-the-ward"  # noqa: S105 - of a hospital made for a test


class _Ahead(SystemClock):
    """A server whose clock is a few seconds ahead of ours."""

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=5)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    database = str(tmp_path / "cdr.sqlite3")
    assert run(["cdr", "load", "--file", database, str(_FEED)]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO(_PASSWORD))
    told = ["tanaka", "--role", "attending", "--ward", "all"]
    assert run(["cdr", "user", "add", "--file", database, *told]) == 0
    # A pass ends at the server's last whole second: what was loaded in this one would come later.
    with EmbeddedCdr(CdrSettings(database=Path(database)), World(clock=_Ahead())) as cdr:
        requests.get(f"{cdr.base_url}/metadata", timeout=30).raise_for_status()
        yield cdr.base_url


def test_the_new_user_enrols_and_sees_patients_on_the_wards(
    served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter((_PASSWORD, PASSPHRASE, PASSPHRASE))
    monkeypatch.setattr("getpass.getpass", lambda _: next(answers))
    folder = tmp_path / "workstation"
    at = ["--folder", str(folder), "--set", "directory=demo", "--set", f"server={served}"]
    assert run([*at, "enrol", "--username", "tanaka"]) == 0

    told = {"directory": "demo", "server": served}
    station = Workstation(load(told, environment={}, policy_folders=[], folder=folder))
    try:
        session = station.signing_in.offline("tanaka", PASSPHRASE)
        services = station.services()
        services.tokens.attend(session)
        services.engine.follow(session.clinician.wards, session.clinician.id)
        synchronise(services, session, CancelToken())
        wards = services.wards.wards(session)
        boards = [services.wards.board(session, ward.id) for ward in wards]
        services.close()
    finally:
        station.close()

    assert len(wards) == 7
    assert any(row.patient is not None for board in boards for row in board.rows)
