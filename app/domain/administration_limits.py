"""How long a claim holds, how old a chart may be, and how far ahead doses are laid out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class AdministrationLimits:
    """The durations of the hospital (`resources/packs/administration/limits.tsv`).

    Attributes:
        claim: How long the claim of one dose holds.
        round_claim: How long a claim before a round holds.
        early: How long before its due time a dose may be claimed for a round.
        stale_online: Age of the chart from which a dose needs a confirmation, connected.
        stale_offline: The same, not connected.
        horizon: How far ahead doses are laid out.
        temporary: How long a temporary order holds at most (病历书写基本规范 Art. 28).
        lay_out_every: How often to look whether doses must be laid out further.
    """

    claim: timedelta
    round_claim: timedelta
    early: timedelta
    stale_online: timedelta
    stale_offline: timedelta
    horizon: timedelta
    temporary: timedelta
    lay_out_every: timedelta
