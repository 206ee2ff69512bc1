"""Says at the end what was not run here, and why: a missing peer must not look like a pass."""

from __future__ import annotations

import shutil
from collections import Counter
from typing import Protocol

import pytest
from _pytest.terminal import TerminalReporter

_LEFT_OUT = ("soak", "peers", "netfaults")
_counts = pytest.StashKey[dict[str, int]]()


class _Node(Protocol):
    config: pytest.Config
    workeroutput: dict[str, dict[str, int]]


def needs_tool(tool: str, why: str) -> str:
    """Skip the test where `tool` is not on the PATH; otherwise give its full path."""
    found = shutil.which(tool)
    if found is None:
        pytest.skip(f"{tool} is not on the PATH; {why}")
    return found


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_counts] = {}


@pytest.hookimpl(trylast=True)
def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        for name in _LEFT_OUT:
            if item.get_closest_marker(name):
                counts = item.config.stash[_counts]
                counts[name] = counts.get(name, 0) + 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    output: dict[str, dict[str, int]] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = session.config.stash[_counts]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: _Node) -> None:
    """Take over the counts of an xdist worker; each of them has collected everything."""
    output = getattr(node, "workeroutput", {})
    node.config.stash[_counts].update(output.get("left_out", {}))


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    left_out = config.stash[_counts]
    if not reasons and not left_out:
        return
    terminalreporter.section("not run here")
    for reason, number in reasons.most_common():
        terminalreporter.line(f"{number:4}  {reason}")
    for name, number in left_out.items():
        terminalreporter.line(f"{number:4}  marked {name}; ./run help names their command")


def _reason(report: pytest.TestReport) -> str:
    place = report.longrepr
    return place[2].removeprefix("Skipped: ") if isinstance(place, tuple) else str(place)
