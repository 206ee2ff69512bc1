"""Seeds in blocks, so that a test names the seeds it ran and two workers share them."""

from __future__ import annotations

from tests.sync.simulation.course import run

BLOCK = 20
EVERY_DAY = 40
"""Seeds of `./run test`: what fits into half a minute on two cores (docs/reliability.md)."""


def complaints(first: int) -> list[str]:
    """Run a block of seeds on the product as it is; one line per seed that failed."""
    found: list[str] = []
    for seed in range(first, first + BLOCK):
        report = run(seed)
        if report.wrong:
            again = f"python -m tests.sync.simulation --seed {seed} --trace"
            found.append(f"{again}: {'; '.join(report.wrong)}")
    return found
