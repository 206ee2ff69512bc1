"""The knowledge of decision support, or an engine that says of every check that it could not look.

A pack that cannot be read stops nobody from ordering: what was not checked is said, and the log
tells IT why. That is also so when a hospital's own pack is broken.
"""

from __future__ import annotations

import logging

from app.decision.engine import Engine, Seat
from app.decision.findings import Answer, Check, Gap, Saying
from app.decision.knowledge.allergies import AllergyBook
from app.decision.knowledge.names import Substances
from app.decision.situation import Situation
from app.kernel.faults import AppError
from app.services.decision_packs import Decision, PackFolders, read_decision

log = logging.getLogger(__name__)


def knowledge_at_hand(folders: PackFolders) -> Decision:
    """What the packs say, whole; where one of them cannot be read, nothing of any."""
    try:
        return read_decision(folders)
    except AppError as error:
        log.error("decision support has no knowledge: %s", error)  # noqa: TRY400 - a row of a pack
        return Decision(Engine((Seat(tuple(Check), _unread),)), Substances(()), AllergyBook())


def _unread(situation: Situation) -> tuple[Answer, ...]:
    """Nothing was looked at."""
    del situation
    why = Saying.of("decision.why.unread")
    return tuple(Answer(check, gaps=(Gap(check, why),)) for check in Check)
