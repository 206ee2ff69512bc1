"""What arrived here and was not understood, for whoever can have it mended at its source."""

from __future__ import annotations

from app.domain.people import Privilege, Session
from app.ports.reading import Oddity, OddityReads
from app.services.authority import needs


class InputWatching:
    """Answers IT; the clinician sees the count of each patient on the chart."""

    def __init__(self, reads: OddityReads) -> None:
        self._reads = reads

    @needs(Privilege.MANAGE_USERS)
    def not_understood(self, session: Session) -> tuple[Oddity, ...]:  # noqa: ARG002 - the guard reads it
        """Every document of this workstation that is on no page, then those shown in part."""
        return self._reads.oddities()
