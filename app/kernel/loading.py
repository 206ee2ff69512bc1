"""Loading modules without looking for garbage among them: there is none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Load much at once. What has been loaded stays for the whole run.

    The collector would walk through a quarter of a million objects again and again, a tenth of a
    start, and later for a tenth of a second in the middle of somebody's work.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


def clear_away() -> None:
    """Let go of what was loaded for somebody who has left, before the next one's is loaded."""
    gc.unfreeze()
    gc.collect()
