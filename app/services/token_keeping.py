"""The bearer token of whoever is signed in, and when it may still be sent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

from app.domain.people import Session
from app.kernel.clock import Clock
from app.kernel.faults import AppError, FaultKind
from app.ports.directory import Tokens, Withheld
from app.services.authority import open_door
from app.services.signing_in import SigningIn

_AHEAD = timedelta(seconds=60)
"""A token is renewed so long before its end."""
_PAUSE_SECONDS = 15.0
"""Before a sign-in server that did not answer is asked again, while the token still holds."""


def _nobody(session: Session) -> None:
    """Nobody wants to hear of a renewed session."""
    del session


class TokenKeeper:
    """Gives out the token, renewed shortly before it ends. Used on the SYNC lane."""

    def __init__(self, signing_in: SigningIn, clock: Clock) -> None:
        self._signing_in = signing_in
        self._clock = clock
        self._session: Session | None = None
        self._tokens: Tokens | None = None
        self._refused = False
        self._not_before = float("-inf")
        self._lock = threading.Lock()
        self.renewed: Callable[[Session], None] = _nobody

    @open_door("the token goes to the synchronisation alone, in the name of who is signed in")
    def attend(self, session: Session | None) -> None:
        """Send in the name of `session` from now on."""
        with self._lock:
            self._session = session
            self._tokens = self._signing_in.tokens(session) if session else None
            self._refused = False
            self._not_before = float("-inf")

    def __call__(self) -> str | Withheld | None:
        """A token that still holds; None when nobody may send: the server will ask us to sign in.

        A token whose time is over is never given out. When it cannot be renewed because the
        sign-in does not answer, the request stays here (`Withheld`) and the next one tries again.
        """
        with self._lock:
            session, tokens = self._session, self._tokens
            if session is None or tokens is None or self._refused:
                return None
            now = self._clock.now()
            if now < tokens.expires_at - _AHEAD:
                return tokens.access
            if now < tokens.expires_at and self._clock.monotonic() < self._not_before:
                return tokens.access
            return self._renew(session, tokens)

    def _renew(self, session: Session, tokens: Tokens) -> str | Withheld | None:
        try:
            fresh = self._signing_in.renew(session)
        except AppError as error:
            return self._without(tokens, error)
        self._session = fresh
        self._tokens = self._signing_in.tokens(fresh)
        self.renewed(fresh)
        return self._tokens.access if self._tokens else None

    def _without(self, tokens: Tokens, error: AppError) -> str | Withheld | None:
        """The sign-in said no, or nothing at all."""
        if error.fault.kind is FaultKind.SIGNED_OUT:
            self._refused = True
            return None
        self._not_before = self._clock.monotonic() + _PAUSE_SECONDS
        if self._clock.now() < tokens.expires_at:
            return tokens.access
        return Withheld(f"{error.fault.message.code} {error.fault.detail}".strip())
