"""Every guard bites: a run of bad tests in a pytest of its own, each with a good twin."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

INNER = """
import logging, threading
from concurrent.futures import ThreadPoolExecutor
import pytest
from PySide6.QtCore import QObject, QTimer
from app.kernel.faults import Failed, Fault, FaultKind, Message, app_error
from app.kernel.tasks import CancelToken, Lane, TaskScope, attempt
from tests.support import phi_guard

log = logging.getLogger("app.somewhere")
kept = []


class SilentRunner:
    def submit(self, lane, work, done, token): ...


def test_bad_thread():
    kept.append(threading.Event())
    threading.Thread(target=kept[-1].wait, args=(20,), daemon=True).start()

def test_good_thread():
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()

def test_bad_executor():
    kept.append(ThreadPoolExecutor(1))
    kept[-1].submit(lambda: None)

def test_good_executor():
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: None)

def test_bad_timer(qapp):
    kept.append(QTimer())
    kept[-1].start(60_000)

def test_bad_timer_of_a_parent(qapp):
    kept.append(QObject())
    QTimer(kept[-1]).start(60_000)

def test_good_timer(qapp):
    kept.append(QTimer())
    kept[-1].start(60_000)
    kept[-1].stop()

def test_good_timer_of_a_parent_that_is_deleted(qapp):
    parent = QObject()
    QTimer(parent).start(60_000)
    kept.append(parent)
    parent.deleteLater()

def test_bad_scope():
    kept.append(TaskScope(SilentRunner()))
    kept[-1].read(lambda _: 1, print)

def test_good_scope():
    kept.append(TaskScope(SilentRunner()))
    kept[-1].read(lambda _: 1, print)
    kept[-1].close()

def test_bad_warning():
    log.warning("the disk is nearly full")

def test_good_information():
    log.info("the disk is fine")

@pytest.mark.expects_log("nearly full")
def test_good_warning_that_is_expected():
    log.warning("the disk is nearly full")

@pytest.mark.expects_log("nearly full")
def test_bad_silence_where_a_warning_is_expected():
    log.info("the disk is fine")

@pytest.mark.expects_log("nearly full")
def test_bad_second_warning():
    log.warning("the disk is nearly full")
    log.warning("the disk is on fire")

def test_bad_qt_warning(qapp):
    from PySide6.QtCore import qWarning
    qWarning("Qt is unhappy")

def test_bad_python_warning():
    import warnings
    warnings.warn("old", DeprecationWarning)

def test_bad_name_in_a_log():
    log.debug("opening the chart of %s", phi_guard.CHINESE_NAME)

def test_bad_name_in_a_url_in_a_log():
    log.info("GET /Patient?family=%E7%A6%A4%E9%91%AB%E6%B7%BC")

@pytest.mark.expects_log("unforeseen")
def test_bad_name_in_a_logged_traceback():
    def work(_):
        raise ValueError("no bed for " + phi_guard.FAMILY)
    attempt(work, CancelToken())

@pytest.mark.expects_log("unforeseen")
def test_good_logged_traceback():
    def work(_):
        raise ValueError("no bed")
    attempt(work, CancelToken())

def test_good_log_of_a_code():
    log.info("opening a chart")

def test_bad_name_in_a_fault_that_is_dropped():
    with pytest.raises(Exception):
        raise app_error(FaultKind.REFUSED, "a.b", "for " + phi_guard.FAMILY.upper())

def test_bad_name_in_a_parameter():
    Fault(FaultKind.BUG, Message.of("a.b", who=phi_guard.GIVEN))

def test_good_fault():
    Fault(FaultKind.BUG, Message.of("a.b", count=3), "ValueError")

def test_bad_name_in_an_exception_that_is_kept():
    kept.append(KeyError(phi_guard.RECORD_NUMBER))

def test_bad_name_in_a_file_that_is_removed():
    import pathlib, tempfile
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, phi_guard.FAMILY + ".pdf").write_text("x")

def test_bad_name_in_a_file_python_did_not_open(tmp_path):
    import subprocess
    subprocess.run(["touch", str(tmp_path / phi_guard.CHINESE_NAME)], check=True)

def test_good_file(tmp_path):
    (tmp_path / "4f1c.pdf").write_text(phi_guard.CHINESE_NAME)

def test_bad_name_that_was_planted_here():
    phi_guard.plant("Zelphine")
    log.info("zelphine is here")

@pytest.mark.soak
def test_left_out():
    pass

def test_skipped_for_want_of_a_peer():
    from tests.support.skips import needs_tool
    needs_tool("no-such-tool", "it builds the peer")
"""


@pytest.fixture(scope="module")
def inner_run(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("inner")
    (folder / "test_inner.py").write_text(INNER, "utf-8")
    guards = ("leak_guard", "phi_guard", "skips")
    command = [sys.executable, "-m", "pytest", "-rA", "-c", str(ROOT / "pyproject.toml")]
    command += ["--rootdir", str(folder), "-p", "no:cacheprovider", str(folder)]
    command += [word for guard in guards for word in ("-p", f"tests.support.{guard}")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return run.stdout + run.stderr


def failed(report: str) -> set[str]:
    return set(re.findall(r"^(?:FAILED|ERROR) \S*?::(\w+)", report, re.MULTILINE))


def named(kind: str) -> list[str]:
    return re.findall(rf"^def (test_{kind}_\w+)\(", INNER, re.MULTILINE)


@pytest.mark.parametrize("name", named("bad"))
def test_a_bad_test_fails(inner_run: str, name: str) -> None:
    assert name in failed(inner_run), inner_run[-3000:]


@pytest.mark.parametrize("name", named("good"))
def test_its_good_twin_passes(inner_run: str, name: str) -> None:
    assert name not in failed(inner_run), inner_run[-3000:]
    assert f"::{name}" in inner_run


def test_what_was_not_run_is_listed_with_its_reason(inner_run: str) -> None:
    listed = inner_run.partition("not run here")[2]

    assert "no-such-tool is not on the PATH; it builds the peer" in listed
    assert re.search(r"1\s+marked soak", listed)
