"""The session of the moment: renewed while pages are open."""

from __future__ import annotations

from app.domain.people import Session


class SessionNow:
    """What `Visit.session` is: a call that gives the session as it stands.

    Attributes:
        value: The session; set only by the window that owns it.
    """

    def __init__(self, session: Session) -> None:
        self.value = session

    def __call__(self) -> Session:
        return self.value
