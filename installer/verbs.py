"""What `./run VERB` does once the machine is ready; shared by `run` and `run.ps1`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WHEELS = ROOT / "build" / "wheel"
# The tests whose coverage is measured, and which run on their own: a rule is covered by its
# own tests, never by those of a page or a command that happens to use it.
PURE_TESTS = (
    "tests/unit/decision",
    "tests/unit/domain",
    "tests/unit/fhir",
    "tests/unit/kernel",
    "tests/unit/services",
    "tests/sync/pure",
)
SOAK_SEEDS = "50000"
TUNNEL = Path("/dev/net/tun")


@dataclass(frozen=True, slots=True)
class Verb:
    does: str
    run: Callable[[list[str]], int]


def call(*command: str) -> int:
    """Run `command` from the root of the tree and give its exit code."""
    sys.stdout.flush()
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def python(*arguments: str) -> int:
    return call(sys.executable, *arguments)


def pytest(*arguments: str) -> int:
    """Run pytest; a selection without a test in it is no failure of the tests."""
    code = python("-m", "pytest", *arguments)
    return 0 if code == 5 else code


# --- tests ------------------------------------------------------------------------------------


def run_tests(arguments: list[str]) -> int:
    """Run the tests named in `arguments`, or every gate's worth of them."""
    if arguments:
        return python("-m", "pytest", *arguments)
    return int(any([run_pure_tests(), run_other_tests()]))


def run_pure_tests() -> int:
    """The rules of medicine and of the protocol, with every branch counted."""
    folders = [folder for folder in PURE_TESTS if (ROOT / folder).is_dir()]
    tests = python("-m", "coverage", "run", "-m", "pytest", "-q", "-n", "2", *folders)
    joined = python("-m", "coverage", "combine", "-q")
    gate = python("-m", "coverage", "report", "--skip-covered", "--show-missing")
    return tests or joined or gate


def run_other_tests() -> int:
    left_out = [f"--ignore={folder}" for folder in PURE_TESTS]
    return pytest("-q", "-n", "2", "--dist", "loadfile", *left_out)


def run_contract(arguments: list[str]) -> int:
    if not arguments:
        print("run: say which server: ./run contract http://127.0.0.1:8080/fhir")
        return 2
    url, *rest = arguments
    return python("-m", "pytest", "-m", "", "tests/cdr/contract", "--cdr-url", url, *rest)


def run_hapi(arguments: list[str]) -> int:
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            print(f"run: HAPI FHIR is built by Maven on Java 17, and {tool!r} is not on the PATH.")
            return 1
    return python("-m", "pytest", "-m", "peers", "-rs", "tests/peers", "-k", "hapi", *arguments)


def run_peers(arguments: list[str]) -> int:
    """Prove against servers that nobody here wrote; whichever this machine lacks is skipped."""
    return python("-m", "pytest", "-m", "peers", "-rs", "tests/peers", *arguments)


def run_soak(arguments: list[str]) -> int:
    """Run the long tests, and then the simulated hospital; with a number, so many of its seeds."""
    if arguments and arguments[0].isdecimal():
        return simulate(*arguments)
    patient = ("-o", "faulthandler_timeout=0")
    tests = python("-m", "pytest", "-m", "soak", *patient, "tests", *arguments)
    return tests if arguments else int(any([tests, simulate(SOAK_SEEDS)]))


def simulate(seeds: str, *options: str) -> int:
    """Run seeds of the simulated hospital; one that was interrupted goes on where it stood."""
    return python("-m", "tests.sync.simulation", "--resume", "--seeds", seeds, *options)


def run_netfaults(arguments: list[str]) -> int:
    lacking = lacks_for_netfaults()
    if lacking:
        print(f"run: network faults are made between network namespaces, and {lacking}.")
        return 1
    patient = ("-o", "faulthandler_timeout=0")
    return python("-m", "pytest", "-m", "netfaults", "-rs", *patient, "tests/netfaults", *arguments)


def lacks_for_netfaults() -> str:
    """What this machine lacks to make network faults, or ""."""
    if not sys.platform.startswith("linux"):
        return "only Linux has them"
    if shutil.which("ip") is None:
        return "'ip' (Debian: iproute2) is not on the PATH"
    if os.geteuid() != 0:
        return "only root may create them"
    if not TUNNEL.exists():
        return f"{TUNNEL} is missing (`modprobe tun` makes it)"
    return ""


# --- the package ------------------------------------------------------------------------------


def build_wheel() -> int:
    shutil.rmtree(WHEELS, ignore_errors=True)
    return python("-m", "build", "--wheel", "--no-isolation", "--outdir", str(WHEELS))


def check_wheel() -> int:
    return python("-m", "check_wheel_contents", *map(str, WHEELS.glob("*.whl")))


def smoke(*options: str) -> int:
    return python("installer/smoke.py", *options, *map(str, WHEELS.glob("*.whl")))


def run_package_test(_arguments: list[str]) -> int:
    """Build, then install with every locked dependency into an empty environment and start it."""
    return build_wheel() or check_wheel() or smoke("--from-lock")


# --- the whole truth --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gate:
    """One of the things that must hold; `run` gives 0 when it does."""

    name: str
    run: Callable[[], int]


# These keep one processor busy: the tour goes on beside the others.
BESIDE = Gate("quick tour", lambda: python("-m", "tests.tour", "--quick"))
LIGHT = (
    Gate("format", lambda: python("-m", "ruff", "format", "--check", ".")),
    Gate("lint", lambda: python("-m", "ruff", "check", ".")),
    Gate("types", lambda: python("-m", "mypy")),
    Gate(
        "imports",
        lambda: python("-c", "from importlinter.cli import lint_imports_command as c; c()"),
    ),
    Gate("wheel", build_wheel),
    Gate("wheel contents", check_wheel),
    Gate("smoke from the wheel", smoke),
)
# These keep two processors busy by themselves.
HEAVY = (
    Gate("tests: rules, 100 % branches", run_pure_tests),
    Gate("tests: everything else", run_other_tests),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    gate: str
    passed: bool
    seconds: float


def run_check(arguments: list[str]) -> int:
    """Run every gate, whatever the others say, or those that are named; and sum up."""
    began = time.monotonic()
    if arguments:
        named = [gate for gate in (BESIDE, *LIGHT, *HEAVY) if gate.name in arguments]
        found = [run_gate(gate) for gate in named]
    else:
        found = [*run_beside(BESIDE, LIGHT), *(run_gate(gate) for gate in HEAVY)]
    return sum_up(found, time.monotonic() - began)


def run_gate(gate: Gate) -> Outcome:
    print(f"\n=== {gate.name} ===")
    began = time.monotonic()
    passed = gate.run() == 0
    return Outcome(gate.name, passed, time.monotonic() - began)


def run_beside(apart: Gate, gates: Sequence[Gate]) -> list[Outcome]:
    """Run one gate in a process of its own while the others run; what it says comes last."""
    began = time.monotonic()
    command = (sys.executable, __file__, "check", apart.name)
    with (
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process,
        ThreadPoolExecutor(1) as listening,
    ):
        said = listening.submit(process.communicate)
        found = [run_gate(gate) for gate in gates]
        print(said.result()[0].decode(errors="replace"))
    return [Outcome(apart.name, process.returncode == 0, time.monotonic() - began), *found]


def sum_up(found: Sequence[Outcome], seconds: float) -> int:
    """Say how it went; 0 when something ran and all of it holds."""
    print("\n=== check ===")
    for one in found:
        print(f"{'ok    ' if one.passed else 'FAILED'}  {one.seconds:7.1f} s  {one.gate}")
    failed = sum(not one.passed for one in found)
    print(f"{len(found) - failed} passed, {failed} failed, {seconds:.0f} s")
    return int(failed > 0 or not found)


def show_help(_arguments: list[str]) -> int:
    print("./run               open the demonstration hospital, signed in")
    print("./run setup         prepare this machine and leave")
    for name, verb in VERBS.items():
        if name != "demo":
            print(f"./run {name:<14}{verb.does}")
    return 0


VERBS = {
    "demo": Verb("open the demonstration hospital", lambda a: python("-m", "app", "demo", *a)),
    "test": Verb("run the tests; with arguments, those of pytest", run_tests),
    "check": Verb("run every gate, as CI does; with arguments, the named ones", run_check),
    "bench": Verb("measure speed on synthetic data", lambda a: python("-m", "tests.bench", *a)),
    "tour": Verb(
        "click through every page without a display", lambda a: python("-m", "tests.tour", *a)
    ),
    "contract": Verb("URL: hold a FHIR server to the contract", run_contract),
    "hapi": Verb("build HAPI FHIR by Maven and hold it to the contract", run_hapi),
    "peers": Verb("hold the program against foreign servers (-k oidc: the sign-in)", run_peers),
    "soak": Verb("run the long tests; with a number, so many simulated seeds", run_soak),
    "netfaults": Verb("run the tests that break networks (Linux, root)", run_netfaults),
    "package-test": Verb("build, install and start the package in isolation", run_package_test),
    "help": Verb("show this", show_help),
}


def main(arguments: list[str]) -> int:
    name, *rest = arguments or ["demo"]
    verb = VERBS.get(name)
    if verb is None:
        print(f"run: there is no verb {name!r}.")
        show_help([])
        return 2
    return verb.run(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
