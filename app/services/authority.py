"""Who may do what: asked at the door of every service."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from app.domain.people import Privilege, Session
from app.kernel.faults import FaultKind, app_error

S = TypeVar("S")
R = TypeVar("R")
P = ParamSpec("P")

NEEDS = "__needs__"
"""Attribute of a guarded method: the `Privilege` it asks for, or why it asks for none."""


def needs(
    privilege: Privilege,
) -> Callable[[Callable[Concatenate[S, Session, P], R]], Callable[Concatenate[S, Session, P], R]]:
    """Let a service method run only for a session that holds `privilege`.

    The method takes the session first. The authorisation-matrix test reads the mark, so that no
    service method can be forgotten.
    """

    def guard(
        method: Callable[Concatenate[S, Session, P], R],
    ) -> Callable[Concatenate[S, Session, P], R]:
        @functools.wraps(method)
        def guarded(self: S, session: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
            require(session, privilege)
            return method(self, session, *args, **kwargs)

        setattr(guarded, NEEDS, privilege)
        return guarded

    return guard


def open_door(reason: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a service method that anyone may call, and say why."""

    def mark(method: Callable[P, R]) -> Callable[P, R]:
        setattr(method, NEEDS, reason)
        return method

    return mark


def require(session: Session, privilege: Privilege) -> None:
    """Pass, or refuse.

    Raises:
        AppError: `REFUSED` when the session's role does not hold `privilege`.
    """
    if not session.can(privilege):
        role = session.clinician.role.value
        raise app_error(
            FaultKind.REFUSED,
            "authority.not-allowed",
            f"{role} lacks {privilege.value}",
            **{"@role": f"role.{role}", "@act": f"privilege.{privilege.value}"},
        )


def require_lease(session: Session, now: datetime) -> None:
    """Signing offline ends with the lease; reading and drafts do not.

    Raises:
        AppError: `SIGNED_OUT` when the session was opened offline, or went offline, and its lease
            has run out.
    """
    if now > session.lease_until:
        raise app_error(FaultKind.SIGNED_OUT, "authority.lease-ended", "lease ended before signing")


def require_true_clock(skew_seconds: int) -> None:
    """A signature carries a time; a clock known to be wrong may not make one (sync.md §7.5).

    Raises:
        AppError: `REFUSED` when this PC's clock is more than five minutes off the server's.
    """
    if abs(skew_seconds) > 300:
        minutes = abs(skew_seconds) // 60
        raise app_error(
            FaultKind.REFUSED, "authority.clock-off", f"skew {skew_seconds} s", minutes=minutes
        )
