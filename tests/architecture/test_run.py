"""The one command: what it installs, what it asks for, and what it says when it may not."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from installer import system_check, verbs
from tests.architecture import tree
from tests.support.skips import needs_tool

TOOLS = ("sh", "dirname", "cat", "cmp", "cp", "mkdir", "env", "uname", "printf", "touch", "chmod")
# Stands in for Python: says what is missing, makes a `.venv` of itself, and notes what it did.
PYTHON = """#!/bin/sh
case "$*" in
    *system_check.py*) [ -e "$BOX/installed" ] || echo "$MISSING" ;;
    *"-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *) echo "python $*" >>"$BOX/did" ;;
esac
"""
APT = """#!/bin/sh
echo "apt-get $*" >>"$BOX/did"
case "$*" in
    update) touch "$BOX/updated" ;;
    *) [ -e "$BOX/updated" ] && touch "$BOX/installed" ;;
esac
"""


class Machine:
    """A machine of stubs on which `run` believes itself to be."""

    def __init__(self, box: Path) -> None:
        self.box = box
        self.checkout = box / "checkout"
        self.bin = box / "bin"
        (self.checkout / "installer" / "lock").mkdir(parents=True)
        self.bin.mkdir()
        shutil.copy(tree.ROOT / "run", self.checkout)
        self.lock("alembic==1")
        for tool in TOOLS:
            found = shutil.which(tool)
            if found:
                (self.bin / tool).symlink_to(found)
        self.put("python3", PYTHON)
        self.put("apt-get", APT)
        self.user(0)

    def put(self, name: str, script: str) -> None:
        (self.bin / name).write_text(script, "utf-8")
        (self.bin / name).chmod(0o755)

    def user(self, number: int) -> None:
        self.put("id", f"#!/bin/sh\necho {number}\n")

    def lock(self, text: str) -> None:
        (self.checkout / "installer" / "lock" / "dev.txt").write_text(text, "utf-8")

    def run(self, *verb: str, missing: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.bin), "BOX": str(self.box), "MISSING": missing, **more}
        return subprocess.run(
            ["./run", *verb],
            cwd=self.checkout,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def did(self) -> list[str]:
        notes = self.box / "did"
        return notes.read_text("utf-8").splitlines() if notes.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_setup_installs_the_locked_packages_with_their_hashes(machine: Machine) -> None:
    done = machine.run("setup")

    assert done.returncode == 0, done.stderr
    installed = [line for line in machine.did if "pip install" in line]
    assert len(installed) == 1
    assert "--require-hashes" in installed[0]
    assert "installer/lock/dev.txt" in installed[0]


def test_a_second_run_installs_nothing(machine: Machine) -> None:
    machine.run("setup")
    before = len(machine.did)

    machine.run("test")

    assert machine.did[before:] == ["python installer/verbs.py test"]


def test_a_new_lock_is_installed(machine: Machine) -> None:
    machine.run("setup")
    machine.lock("alembic==2")

    machine.run("test")

    assert len([line for line in machine.did if "pip install" in line]) == 2


def test_root_gets_system_packages_and_the_lists_are_fetched_only_when_needed(
    machine: Machine,
) -> None:
    done = machine.run("setup", missing="libegl1\nfonts-noto-cjk")

    apt = [line.partition(" ")[2] for line in machine.did if line.startswith("apt-get")]
    assert done.returncode == 0, done.stderr
    assert ["install" in line for line in apt] == [True, False, True]
    assert apt[1] == "update"
    assert apt[2].endswith("install -y --no-install-recommends libegl1 fonts-noto-cjk")


def test_without_root_the_exact_line_is_printed_and_nothing_is_done(machine: Machine) -> None:
    machine.user(1000)

    done = machine.run("setup", missing="libegl1\nfonts-noto-cjk")

    line = "sudo apt-get update && sudo apt-get install -y --no-install-recommends"
    assert done.returncode == 1
    assert f"{line} libegl1 fonts-noto-cjk" in done.stderr
    assert [line for line in machine.did if "install" in line] == []


def test_sudo_without_a_password_is_used(machine: Machine) -> None:
    machine.user(1000)
    machine.put("sudo", '#!/bin/sh\n[ "$1" = -n ] && shift\n"$@"\n')
    machine.put("true", "#!/bin/sh\n")

    done = machine.run("setup", missing="libegl1")

    assert done.returncode == 0, done.stderr
    assert any(line.startswith("apt-get") for line in machine.did)


def test_a_system_without_apt_is_told_what_it_lacks(machine: Machine) -> None:
    (machine.bin / "apt-get").unlink()

    done = machine.run("setup", missing="libegl1")

    assert done.returncode == 1
    assert "libegl1" in done.stderr


def test_an_old_python_is_not_taken(machine: Machine) -> None:
    machine.put("python3", "#!/bin/sh\nexit 1\n")
    machine.put("apt-get", "#!/bin/sh\nexit 0\n")

    done = machine.run("setup")

    assert done.returncode == 1
    assert "Python 3.11" in done.stderr


def test_without_a_display_the_tour_runs_and_it_is_said(machine: Machine) -> None:
    done = machine.run()

    assert "there is no display" in done.stderr
    assert machine.did[-1] == "python installer/verbs.py tour"


def test_with_a_display_the_demonstration_opens(machine: Machine) -> None:
    done = machine.run(DISPLAY=":0")

    assert "there is no display" not in done.stderr
    assert machine.did[-1] == "python installer/verbs.py demo"


# --- the system's libraries -------------------------------------------------------------------


def test_a_library_that_is_missing_is_named_by_its_package_once() -> None:
    libraries = {"libnone.so.1": "none1", "libc.so.6": "libc6", "libnone2.so.1": "none1"}

    assert system_check.missing_packages(libraries) == ["none1"]


def test_the_libraries_that_qt_links_to_are_known() -> None:
    """A release of Qt that links to something new must not surprise a fresh machine."""
    readelf = needs_tool("readelf", "it lists what Qt links to")
    import PySide6

    qt = Path(PySide6.__path__[0]) / "Qt"
    libraries = "Core Gui Widgets Network DBus OpenGL Svg PrintSupport XcbQpa WaylandClient"
    parts = [qt / "lib" / f"libQt6{name}.so.6" for name in libraries.split()]
    parts += [qt / "plugins" / "platforms" / f"libq{n}.so" for n in ("offscreen", "xcb", "wayland")]
    needed = {library for part in parts for library in _needed(readelf, part)}
    known = set(system_check.ALWAYS | system_check.FOR_A_WINDOW) | OF_EVERY_SYSTEM

    assert "libEGL.so.1" in needed
    assert {name for name in needed - known if not name.startswith(("libQt6", "libicu"))} == set()


# The C library and what Python itself cannot run without; the compiler's runtime comes with them.
OF_EVERY_SYSTEM = {
    "ld-linux-aarch64.so.1", "ld-linux-x86-64.so.2", "libc.so.6", "libdl.so.2", "libgcc_s.so.1",
    "libm.so.6", "libpthread.so.0", "libresolv.so.2", "librt.so.1", "libz.so.1",
}  # fmt: skip


def _needed(readelf: str, part: Path) -> list[str]:
    command = [readelf, "--dynamic", "--wide", str(part)]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.+)\]", listed)


# --- the verbs --------------------------------------------------------------------------------


def test_the_scripts_are_clean_for_shellcheck() -> None:
    shellcheck = needs_tool("shellcheck", "it reads the shell scripts")
    scripts = [str(tree.ROOT / "run"), str(tree.ROOT / ".ci" / "run")]

    done = subprocess.run([shellcheck, *scripts], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_an_unknown_verb_is_refused_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert verbs.main(["chekc"]) == 2
    assert "package-test" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the first reason is the system")
def test_network_faults_without_ip_say_so_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert verbs.main(["netfaults"]) == 1

    assert capsys.readouterr().out.count("\n") == 1
    assert "'ip' (Debian: iproute2) is not on the PATH" in verbs.lacks_for_netfaults()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the first reason is the system")
def test_network_faults_without_root_say_so_in_one_sentence() -> None:
    needs_tool("ip", "its absence is said first")
    script = (
        "import os, sys; from installer import verbs; os.geteuid() or os.setuid(65534);"
        "sys.exit(verbs.main(['netfaults']))"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tree.ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1, done.stderr
    assert done.stdout.count("\n") == 1
    assert "only root may create them" in done.stdout


def gate(name: str, code: int) -> verbs.Gate:
    return verbs.Gate(name, lambda: code)


def test_a_gate_that_fails_is_counted_and_fails_the_check(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = [verbs.run_gate(one) for one in (gate("a", 0), gate("b", 1), gate("c", 0))]

    assert verbs.sum_up(found, 1.0) == 1
    assert [one.passed for one in found] == [True, False, True]
    assert "2 passed, 1 failed" in capsys.readouterr().out


def test_the_check_succeeds_when_every_gate_does() -> None:
    passing = verbs.run_gate(gate("a", 0))

    assert verbs.sum_up([passing], 1.0) == 0
    assert verbs.sum_up([], 1.0) == 1  # nothing ran, so nothing is known


def test_a_gate_runs_by_itself_beside_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    found = verbs.run_beside(gate("no such gate", 0), [gate("mine", 0)])

    # In its own process nobody knows it, and that is a failure that is heard.
    assert [(one.gate, one.passed) for one in found] == [("no such gate", False), ("mine", True)]
    assert "0 passed, 0 failed" in capsys.readouterr().out


def test_a_named_gate_runs_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert verbs.main(["check", "no such gate"]) == 1
    assert verbs.BESIDE.name == "quick tour"
    capsys.readouterr()


def test_ci_runs_what_a_developer_runs() -> None:
    assert "./run check" in (tree.ROOT / ".ci" / "run").read_text("utf-8")
    assert os.access(tree.ROOT / ".ci" / "run", os.X_OK)


def test_both_scripts_hand_every_verb_to_the_same_table() -> None:
    for script in ("run", "run.ps1"):
        text = (tree.ROOT / script).read_text("utf-8")
        assert re.search(r"installer[/\\]verbs\.py", text)
        assert "--require-hashes" in text
        assert "uv pip install" in text


def test_the_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert verbs.main(["help"]) == 0

    told = capsys.readouterr().out
    assert [name for name in verbs.VERBS if name != "demo" and f"./run {name} " not in told] == []
    assert "peers" in verbs.VERBS
