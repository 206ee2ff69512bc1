"""Tells services what became of their cards, as often as it takes."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from http import HTTPStatus

from app.kernel.clock import Clock
from app.ports.remote_checks import RemoteAnswers, WaitingFeedback
from sync.backoff import Backoff
from sync.cds_hooks.allowed import AllowList
from sync.cds_hooks.exchange import Exchange, NoReply, Reply
from sync.store_lane import Turn

_AT_ONCE = 50
_PAUSE = Backoff(first=60.0, longest=3600.0)
_MOST_ATTEMPTS = 200
"""About a week of every hour. Feedback is for whoever improves a service, not for a patient."""
_WORTH_ANOTHER_TRY = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)


class FeedbackSending:
    """Posts what waits, oldest first."""

    def __init__(
        self, allowed: AllowList, exchange: Exchange, answers: RemoteAnswers, clock: Clock
    ) -> None:
        self._allowed = allowed
        self._exchange = exchange
        self._answers = answers
        self._clock = clock

    def send(self, turn: Turn) -> None:
        """One try for everything that is due; a service that does not hear is asked once.

        Raises:
            AppError: `STORAGE`.
        """
        deaf: set[str] = set()
        for one in self._answers.due(self._clock.now(), _AT_ONCE):
            if one.service in deaf:
                continue
            if self._is_settled(one):
                turn(partial(self._answers.heard, one.number))
            else:
                deaf.add(one.service)
                until = self._clock.now() + timedelta(seconds=_PAUSE.ceiling(one.attempts + 1))
                turn(partial(self._answers.put_off, one.number, until))

    def _is_settled(self, one: WaitingFeedback) -> bool:
        """Heard, or nobody will ever hear it: the service is gone, or wants no feedback."""
        service = self._allowed.named(one.service)
        if service is None or one.attempts >= _MOST_ATTEMPTS:
            return True
        reply = self._exchange.post(f"{service.endpoint}/feedback", one.body)
        return not isinstance(reply, NoReply) and not _is_worth_another_try(reply)


def _is_worth_another_try(reply: Reply) -> bool:
    if HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
        return False
    return reply.status in _WORTH_ANOTHER_TRY or not (
        HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR
    )
