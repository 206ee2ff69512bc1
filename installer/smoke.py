"""Starts the built wheel in an environment of its own and lets it open and close its window."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "installer" / "lock" / "runtime.txt"
SECONDS = 120


def python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def site_packages_of(folder: Path) -> Path:
    scheme = {"base": str(folder), "platbase": str(folder)}
    return Path(sysconfig.get_path("purelib", scheme="venv", vars=scheme))


def install_beside(wheel: Path, folder: Path) -> None:
    """Install `wheel` alone and lend it the dependencies of this interpreter, in seconds."""
    venv.create(folder, with_pip=False)
    site = site_packages_of(folder)
    zipfile.ZipFile(wheel).extractall(site)
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")


def install_from_lock(wheel: Path, folder: Path) -> None:
    """Install exactly what a user gets: the locked dependencies and the wheel, nothing else."""
    venv.create(folder, with_pip=True)
    pip = [str(python_of(folder)), "-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
    subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], check=True)
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True)


def start(folder: Path, home: Path) -> int:
    """Start the installed workstation in `home`, isolated from the tree and from the user."""
    homes = (
        "HOME",
        "USERPROFILE",
        "LOCALAPPDATA",
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
        "XDG_CACHE_HOME",
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **dict.fromkeys(homes, str(home))}
    command = [str(python_of(folder)), "-I", "-m", "wardone", "--smoke"]
    return subprocess.run(
        command, cwd=home, env=environment, timeout=SECONDS, check=False
    ).returncode


def main(arguments: list[str]) -> int:
    wheels = [Path(a).resolve() for a in arguments if a.endswith(".whl")]
    if len(wheels) != 1:
        print(f"smoke: one wheel is needed, {len(wheels)} were named.")
        return 2
    install = install_from_lock if "--from-lock" in arguments else install_beside
    with tempfile.TemporaryDirectory(prefix="wardone-smoke-") as scratch:
        folder, home = Path(scratch, "venv"), Path(scratch, "home")
        home.mkdir()
        install(wheels[0], folder)
        code = start(folder, home)
    print(f"smoke: {wheels[0].name} left with {code}.")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
