"""One cold start: `python -m tests.bench.cold BASE_URL FOLDER`; prints when each step was done."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from app.kernel.loading import loading


def main(base_url: str, folder: Path) -> None:
    """What `python -m app` does, with the passphrase typed in no time."""
    with loading():
        from app.commands.demo import PASSPHRASE, demo_settings
        from app.config import load
        from app.logs import set_up_logging
        from app.main import Workstation
    at = {"python and the core loaded": time.monotonic()}
    with loading():
        from app.desktop import Desktop
        from tests.bench.hospital import DOCTOR
        from tests.bench.windowed import WINDOW, run_until, ward_is_shown, window_of

    at["Qt and the screens loaded"] = time.monotonic()
    plain = load({}, environment={}, policy_folders=[], folder=folder)
    settings = demo_settings(plain, folder, base_url)
    set_up_logging(settings)
    station = Workstation(settings)
    desktop = Desktop(settings, station)
    desktop.start()
    page = desktop.sign_in
    assert page is not None
    page.repaint()
    at["sign-in painted"] = time.monotonic()
    session = station.signing_in.offline(DOCTOR, PASSPHRASE)
    at["unlocked and cache open"] = time.monotonic()
    desktop.start(session)
    window_of(desktop).resize(*WINDOW)
    run_until(lambda: ward_is_shown(desktop))
    window_of(desktop).repaint()
    at["board painted"] = time.monotonic()
    at["processor"] = time.process_time()
    print(json.dumps(at), flush=True)
    desktop.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
