"""Boundaries between the parts: what import-linter cannot see, and that it sees the rest."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.architecture import tree

WITH_SCREEN = ("app/desktop", "app/workspaces", "app/__main__", "app/commands")

# One forbidden import for each contract in pyproject.toml.
TRESPASSES = {
    "Dependencies point inwards": ("app/domain/trespass.py", "import app.services.trespass"),
    "Qt stays in ui, widgets and the desktop": ("app/services/trespass.py", "import PySide6.QtGui"),
    "Presenters and page states run without Qt": (
        "ui/trespass/presenter.py",
        "import ui.trespass.page",
    ),
    "The screen reaches data through services only": (
        "ui/trespass/page.py",
        "import PySide6.QtGui\nimport localdb.trespass",
    ),
    "Widgets know no medicine": ("widgets/trespass.py", "import app.domain.trespass"),
    "SQL lives in localdb": ("sync/trespass.py", "import sqlalchemy\nimport sync.cdr.trespass"),
    "The network lives in sync": ("localdb/trespass.py", "import requests"),
    "DICOM lives in imaging and its two transports": ("localdb/trespass2.py", "import pydicom"),
    "Printing lives in reports": ("sync/trespass2.py", "import reportlab"),
    "The engine does not know the embedded CDR": ("sync/cdr/trespass.py", ""),
    "The embedded CDR is started by the composition root": (
        "app/fhir/trespass.py",
        "import sync.cdr.trespass",
    ),
    "Features do not know each other": ("ui/trespass2/page.py", "import ui.trespass.page"),
    "No cycles anywhere": ("app/kernel/trespass.py", "import app.domain.trespass"),
}


@pytest.mark.parametrize("name", tree.PRODUCT)
def test_no_other_distribution_shadows_our_packages(name: str) -> None:
    spec = importlib.util.find_spec(name)

    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).is_relative_to(tree.ROOT)


def without_screen() -> list[str]:
    """Every module that must load on a machine without Qt."""
    core = [
        path
        for path in tree.modules("app", "localdb", "sync", "resources")
        if not str(path).startswith(WITH_SCREEN) and "migrations" not in path.parts
    ]
    thinking = [p for p in tree.modules("ui") if p.name in {"presenter.py", "state.py"}]
    return [tree.dotted(path) for path in core + thinking]


def loaded_qt(modules: list[str]) -> list[str]:
    """Those of `modules` that bring Qt in, imported one after the other in a new process."""
    code = (
        "import importlib, json, sys\n"
        "guilty = []\n"
        "for name in json.loads(sys.argv[1]):\n"
        "    importlib.import_module(name)\n"
        "    if any(m.partition('.')[0] in ('PySide6', 'shiboken6') for m in sys.modules):\n"
        "        guilty.append(name)\n"
        "        break\n"
        "print(json.dumps(guilty))\n"
    )
    command = [sys.executable, "-c", code, json.dumps(modules)]
    run = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    found: list[str] = json.loads(run.stdout)
    return found


def test_the_core_presenters_and_states_load_without_qt() -> None:
    assert loaded_qt(without_screen()) == []


def test_a_module_that_loads_qt_is_found() -> None:
    assert loaded_qt(["app.kernel.tasks", "ui.runtime.page"]) == ["ui.runtime.page"]


@pytest.fixture(scope="module")
def broken_contracts(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Break every contract in a copy of the tree and ask the linter."""
    copy = tmp_path_factory.mktemp("tree")
    shutil.copy(tree.ROOT / "pyproject.toml", copy)
    for path in tree.modules():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(tree.ROOT / path, copy / path)
    for place, text in TRESPASSES.values():
        planted = copy / place
        planted.parent.mkdir(parents=True, exist_ok=True)
        planted.write_text(text + "\n", "utf-8")
        planted.with_name("__init__.py").touch()
    code = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "PYTHONPATH": str(copy)}
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return set(re.findall(r"^(.+?) BROKEN", run.stdout, re.MULTILINE))


@pytest.mark.parametrize("contract", TRESPASSES)
def test_each_import_contract_bites(broken_contracts: set[str], contract: str) -> None:
    assert contract in broken_contracts


def test_each_import_contract_is_put_to_the_test() -> None:
    settings = tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = {c["name"] for c in settings["tool"]["importlinter"]["contracts"]}

    assert contracts == set(TRESPASSES)


# --- what imports, and cannot be named in a contract --------------------------------------------


def test_http_client_is_used_for_pixels_only() -> None:
    users = {
        tree.dotted(path)
        for path in tree.modules()
        if "http.client" in set(tree.imports(tree.parsed(path)))
    }

    assert {u for u in users if not u.startswith(("sync.dicomweb", "sync.cdr"))} == set()


CLOCKS = {"datetime.now", "datetime.utcnow", "date.today", "uuid.uuid4", "time.time"}
PURE = ("app/domain", "app/fhir", "app/decision")


@pytest.mark.parametrize("folder", [*PURE, "app/services"])
def test_rules_take_time_and_identity_as_arguments(folder: str) -> None:
    guilty = {
        f"{path}:{node.lineno}"
        for path in tree.modules(folder)
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCKS
    }

    assert guilty == set()


OUTSIDE = {
    "asyncio", "concurrent", "http", "keyring", "os", "pathlib", "queue", "random", "requests",
    "secrets", "selectors", "shutil", "socket", "sqlite3", "ssl", "starlette", "subprocess",
    "tempfile", "threading", "time", "urllib3", "uvicorn", "webbrowser",
}  # fmt: skip


def does_io(path: Path) -> bool:
    return any(n.partition(".")[0] in OUTSIDE for n in tree.imports(tree.parsed(path)))


@pytest.mark.parametrize("folder", PURE)
def test_rules_do_no_io(folder: str) -> None:
    assert [str(path) for path in tree.modules(folder) if does_io(path)] == []


def pure_modules_of_sync() -> set[str]:
    """Those that reach neither a server nor the store, by themselves or by a sibling."""
    paths = [p for p in tree.modules("sync") if "cdr" not in p.parts and tree.source(p)]
    needs = {str(path): set(tree.imports(tree.parsed(path))) for path in paths}
    reaching = {str(p) for p in paths if does_io(p) or "app.ports.sync_store" in needs[str(p)]}
    while more := {
        path
        for path, names in needs.items()
        if path not in reaching and names & {tree.dotted(Path(other)) for other in reaching}
    }:
        reaching |= more
    return set(needs) - reaching


def test_only_what_reaches_out_is_left_out_of_the_coverage_gate() -> None:
    settings = tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))
    left_out: list[str] = settings["tool"]["coverage"]["run"]["omit"]
    pure = pure_modules_of_sync()

    assert {p for p in pure if any(fnmatch(p, pattern) for pattern in left_out)} == set()
    assert {"sync/planner.py", "sync/merge.py", "sync/cursor.py", "sync/classify.py"} <= pure
