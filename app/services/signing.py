"""What must hold before anything is signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.people import Session
from app.kernel.clock import Clock
from app.services.authority import require_lease, require_true_clock


@dataclass(frozen=True, slots=True)
class SigningRules:
    """The lease and the clock.

    Attributes:
        skew: Seconds this PC's clock is ahead of the server's, as last measured.
    """

    clock: Clock
    skew: Callable[[], int]

    def check(self, session: Session) -> None:
        """Pass, or refuse to sign; what was typed stays a draft.

        Raises:
            AppError: `SIGNED_OUT` after the lease, `REFUSED` when the clock is off.
        """
        require_lease(session, self.clock.now())
        require_true_clock(self.skew())
