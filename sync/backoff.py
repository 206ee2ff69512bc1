"""How long to wait before the next try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Backoff:
    """Full jitter between nothing and a ceiling that doubles, in seconds."""

    first: float = 2.0
    longest: float = 300.0
    longest_asked: float = 3600.0

    @property
    def most(self) -> float:
        """The longest that `delay` ever answers, in seconds."""
        return self.longest_asked + self.longest

    def ceiling(self, attempt: int) -> float:
        """The longest wait after the `attempt`-th try failed; the first try is 1."""
        doublings = min(max(attempt, 1) - 1, 32)
        return min(self.first * 2.0**doublings, self.longest)

    def delay(self, attempt: int, draw: float, retry_after: float | None = None) -> float:
        """Seconds to wait.

        Args:
            attempt: Tries made so far.
            draw: A random number in [0, 1]; workstations must not come back in step.
            retry_after: What the server asked for; we never come back earlier than that.
                A request beyond `longest_asked` is cut there, so that nothing waits for ever.
        """
        jittered = self.ceiling(attempt) * min(max(draw, 0.0), 1.0)
        if retry_after is None:
            return jittered
        return min(max(retry_after, 0.0), self.longest_asked) + jittered


def retry_after_seconds(header: str, now: datetime) -> float | None:
    """Read a `Retry-After` header: seconds or an HTTP date (RFC 9110 §10.2.3).

    None when there is none or it cannot be read; then our own pace holds.
    """
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text), 10**9)) if len(text) <= 18 else 1e9
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
    return max((aware - now) / timedelta(seconds=1), 0.0)
