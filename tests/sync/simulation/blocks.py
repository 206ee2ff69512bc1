"""Seeds in blocks, so that a test names the seeds it ran and two workers share them."""

from __future__ import annotations

from tests.sync.simulation.course import run

BLOCK = 25


def complaints(first: int) -> list[str]:
    """Run a block of seeds on the product as it is; one line per seed that failed."""
    found: list[str] = []
    for seed in range(first, first + BLOCK):
        report = run(seed)
        if report.wrong:
            again = f"python -m tests.sync.simulation --seed {seed} --trace"
            found.append(f"{again}: {'; '.join(report.wrong)}")
    return found
