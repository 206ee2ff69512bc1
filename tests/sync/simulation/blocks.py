"""Seeds in blocks, so that a test names the seeds it ran and two workers share them."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass, replace

from tests.sync.simulation.course import Report, run

BLOCK = 10
EVERY_DAY = 20
"""Seeds of `./run test`: what its time allows (docs/reliability.md)."""
WHOLE = 500
"""Seeds with which `./run soak` begins."""
FIRST_HALF = range(0, EVERY_DAY // 2, BLOCK)
SECOND_HALF = range(EVERY_DAY // 2, EVERY_DAY, BLOCK)
LATER = range(EVERY_DAY, WHOLE, BLOCK)
ALL_BLOCKS = range(0, WHOLE, BLOCK)
_REPEATED = 10
"""One seed in so many is run twice there; the soak's many thousands are all run twice."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a block of seeds came to.

    Attributes:
        complaints: One line per seed that failed, with the command that shows it again.
        tally: How often everything happened.
    """

    complaints: tuple[str, ...]
    tally: Counter[str]


def twice(seed: int) -> Report:
    """Run a seed two times; a trace that differs is a finding like any other."""
    first, second = run(seed), run(seed)
    if first.sha256 == second.sha256:
        return first
    return replace(first, wrong=(*first.wrong, "the same seed took another course"))


@functools.cache
def outcome(first: int) -> Outcome:
    """Run the block that begins with `first` on the product as it is."""
    found: list[str] = []
    tally: Counter[str] = Counter()
    for seed in range(first, first + BLOCK):
        report = twice(seed) if seed % _REPEATED == 0 else run(seed)
        tally += report.tally
        if report.wrong:
            again = f"python -m tests.sync.simulation --seed {seed} --trace"
            found.append(f"{again}: {'; '.join(report.wrong)}")
    return Outcome(tuple(found), tally)


def tally_of(firsts: range) -> Counter[str]:
    """How often everything happened in these blocks."""
    total: Counter[str] = Counter()
    for first in firsts:
        total += outcome(first).tally
    return total
