"""What is installed is what was locked: whole, hashed, and from no address in particular."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture import tree

LOCKS = sorted((tree.ROOT / "installer" / "lock").glob("*.txt"))
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)")


def entries(lock: Path) -> list[str]:
    """The requirements of a lock file, each with its continued lines."""
    joined = lock.read_text("utf-8").replace("\\\n", " ")
    return [line for line in joined.splitlines() if line and not line.lstrip().startswith("#")]


def pins(lock: Path) -> dict[str, Version]:
    found = (PINNED.match(entry) for entry in entries(lock))
    return {canonicalize_name(m[1]): Version(m[2]) for m in found if m}


def declared(group: str) -> list[Requirement]:
    project = tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))
    if group == "runtime":
        return [Requirement(text) for text in project["project"]["dependencies"]]
    return [Requirement(text) for text in project["dependency-groups"][group]]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_line_is_pinned_and_hashed(lock: Path) -> None:
    loose = [e for e in entries(lock) if not (PINNED.match(e) and "--hash=sha256:" in e)]

    assert entries(lock)
    assert loose == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_names_an_address(lock: Path) -> None:
    text = lock.read_text("utf-8")

    assert not re.search(r"://|--(?:extra-)?index-url|--find-links|\s@\s", text)


@pytest.mark.parametrize(
    ("name", "groups"), [("runtime.txt", ["runtime"]), ("dev.txt", ["runtime", "dev"])]
)
def test_what_the_project_declares_is_locked(name: str, groups: list[str]) -> None:
    locked = pins(tree.ROOT / "installer" / "lock" / name)
    wrong = [
        str(requirement)
        for group in groups
        for requirement in declared(group)
        if (version := locked.get(canonicalize_name(requirement.name))) is None
        or version not in requirement.specifier
    ]

    assert wrong == []


def test_both_locks_hold_the_same_versions() -> None:
    runtime = pins(tree.ROOT / "installer" / "lock" / "runtime.txt")
    dev = pins(tree.ROOT / "installer" / "lock" / "dev.txt")

    assert {name: dev.get(name) for name in runtime} == runtime
