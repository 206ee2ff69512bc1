"""Signing in at the hospital."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.people import Role
from app.domain.terms import Named, PractitionerId, WardId


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the hospital says signed in."""

    practitioner: PractitionerId
    username: str
    name: Named
    role: Role | None
    wards: tuple[WardId, ...] = ()


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the server lets us in with; kept inside the encrypted database only."""

    access: str
    refresh: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Withheld:
    """No token to send a request with: the one here has ended, and the sign-in does not answer.

    Attributes:
        detail: For IT: the fault of the renewal; no patient data.
    """

    detail: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """For a directory that takes them itself (the embedded demo); None in a browser sign-in."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    identity: Identity
    tokens: Tokens


class Directory(Protocol):
    @property
    def in_browser(self) -> bool:
        """True when the sign-in happens in the system browser, where we see no password."""
        ...

    def sign_in(self, credentials: Credentials | None, cancelled: Callable[[], bool]) -> SignedIn:
        """Authenticate at the hospital; waits for the browser when there is one.

        Raises:
            AppError: `OFFLINE`, `SIGNED_OUT` (wrong password, account disabled, state or nonce
                mismatch), `REFUSED` (cancelled, server does not offer it).
        """
        ...

    def refresh(self, tokens: Tokens) -> Tokens:
        """Fresh tokens.

        Raises:
            AppError: `OFFLINE`, or `SIGNED_OUT` when the account or the token was withdrawn.
        """
        ...
