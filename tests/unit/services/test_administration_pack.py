"""The administration pack says what the program reads, and nothing else."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

from app.services.administration_pack import (
    administration_limits,
    crossed_window,
    not_given_reasons,
)
from resources.reading import rows


def test_every_row_of_the_limits_is_a_duration_somebody_reads() -> None:
    limits = administration_limits()

    # One row is read by itself: it is about orders that have ended.
    assert len(rows("administration", "limits")) == len(fields(limits)) + 1
    assert crossed_window() == timedelta(days=7)
    assert all(getattr(limits, one.name) > timedelta(0) for one in fields(limits))
    assert (limits.claim, limits.round_claim) == (timedelta(minutes=2), timedelta(hours=1))
    assert (limits.stale_online, limits.stale_offline) == (
        timedelta(minutes=2),
        timedelta(minutes=10),
    )


def test_every_reason_has_both_languages() -> None:
    reasons = not_given_reasons()

    assert len(reasons) == len({one.code for one in reasons}) == 9
    assert all(one.text and one.display for one in reasons)
