"""What a measurement came to: its spread, its targets, and the alternative beside it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]


@dataclass(frozen=True, slots=True)
class Target:
    """What a statistic of the samples is to stay below; above, when `at_least`."""

    statistic: str
    limit: float
    at_least: bool = False
    source: str = "sync.md §9"

    def met_by(self, found: Mapping[str, float]) -> bool:
        value = found[self.statistic]
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way of doing the same, measured in the same process on the same data and cipher."""

    name: str
    samples: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement.

    Attributes:
        unit: `ms`, `s`, `us`, `MB`, `%`, `resources/s` …; with `/s` more is better.
        samples: Every run that was measured, none left out.
        size: What it was measured on: counts by name.
        aside: Other numbers seen in passing, by name with their unit in it.
        processor: Processor time of this process for the same runs, all threads together: what is
            left of a time when the machine is shared with others.
    """

    name: str
    unit: str
    samples: tuple[float, ...]
    targets: tuple[Target, ...] = ()
    size: Mapping[str, int] = field(default_factory=dict)
    alternatives: tuple[Alternative, ...] = ()
    aside: Mapping[str, float] = field(default_factory=dict)
    processor: tuple[float, ...] = ()

    def to_json(self) -> dict[str, Json]:
        found = spread(self.samples)
        return {
            "name": self.name,
            "unit": self.unit,
            **rounded(found),
            "targets": [
                {
                    "statistic": target.statistic,
                    "at least" if target.at_least else "at most": target.limit,
                    "source": target.source,
                    "met": target.met_by(found),
                }
                for target in self.targets
            ],
            "size": dict(self.size),
            "alternatives": [self._beside(one, found["median"]) for one in self.alternatives],
            "aside": rounded(self.aside),
            "processor": rounded(spread(self.processor)) if self.processor else None,
        }

    def _beside(self, one: Alternative, ours: float) -> dict[str, Json]:
        found = spread(one.samples)
        theirs = found["median"]
        ratio = ours / theirs if self.unit.endswith("/s") else theirs / ours
        return {"name": one.name, **rounded(found), "times better": round(ratio, 2)}


def spread(samples: Sequence[float]) -> dict[str, float]:
    """Runs, median, quartiles, 95th and 99th percentile and the ends.

    Raises:
        ValueError: There is no sample.
    """
    if not samples:
        raise ValueError("nothing was measured")
    ordered = sorted(samples)
    return {
        "runs": len(ordered),
        "median": statistics.median(ordered),
        "p25": at(ordered, 0.25),
        "p75": at(ordered, 0.75),
        "p95": at(ordered, 0.95),
        "p99": at(ordered, 0.99),
        "min": ordered[0],
        "max": ordered[-1],
    }


def at(ordered: Sequence[float], share: float) -> float:
    """The smallest sample that at least `share` of them do not exceed (nearest rank)."""
    rank = -int(-share * len(ordered) // 1)
    return ordered[max(rank, 1) - 1]


def rounded(found: Mapping[str, float]) -> dict[str, Json]:
    """Four digits are more than any of this is worth."""
    return {
        name: value if isinstance(value, int) else _short(value) for name, value in found.items()
    }


def _short(value: float) -> float:
    return float(f"{value:.4g}")


class Watch:
    """Collects the time of what runs inside its `lap`, in the unit it was made for.

    Attributes:
        samples: By the clock on the wall.
        processor: By the processor, this process alone.
    """

    def __init__(self, per_second: float = 1000.0) -> None:
        self._scale = per_second
        self.samples: list[float] = []
        self.processor: list[float] = []

    @contextmanager
    def lap(self, parts: int = 1) -> Iterator[None]:
        """Measure one run; with `parts`, its share for each of them."""
        used, began = time.process_time(), time.perf_counter()
        yield
        ended, spent = time.perf_counter(), time.process_time() - used
        self.samples.append((ended - began) * self._scale / parts)
        self.processor.append(spent * self._scale / parts)

    @property
    def all(self) -> tuple[float, ...]:
        return tuple(self.samples)

    @property
    def used(self) -> tuple[float, ...]:
        return tuple(self.processor)


def repeated(runs: int, work: Callable[[int], object], per_second: float = 1000.0) -> Watch:
    """The times of `runs` runs of `work`, which is told its number, after two that are not kept."""
    watch = Watch(per_second)
    for number in range(-2, runs):
        if number < 0:
            work(number)
            continue
        with watch.lap():
            work(number)
    return watch
