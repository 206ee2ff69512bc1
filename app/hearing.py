"""The part of the composition root that listens for what the server announces."""

from __future__ import annotations

from dataclasses import dataclass

from app.config import Settings
from app.domain.sending import Announcing, Fetching
from app.kernel.clock import Clock
from localdb.opening import OpenCache
from localdb.reads.ward_places import SqlPlaces
from resources.reading import path
from sync.announcements import Announcements, Heard, Listening
from sync.scopes import read_types
from sync.transport import BearerToken, HttpRemote

_LONGEST_SECONDS = 10.0
"""Nobody waits for a hint longer than this, whatever the other requests are given."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """The listener, and the connection of the engine beside it.

    Attributes:
        wanted: Whether this workstation may listen at all.
        every_seconds: How often it asks by itself.
    """

    announcements: Announcements
    own: HttpRemote
    engines: HttpRemote
    wanted: bool
    every_seconds: int

    def start(self, heard: Heard) -> None:
        """Listen, unless the hospital does not want it; `heard` is called on another thread."""
        if self.wanted:
            self.announcements.start(heard)

    def fetching(self) -> Fetching:
        state = self.announcements.state if self.wanted else Announcing.OFF
        return Fetching(self.every_seconds, state)

    def close(self) -> None:
        """Close everything that talks to the server; while the cache is still open."""
        self.announcements.close()
        self.own.close()
        self.engines.close()


def make_hearing(
    settings: Settings, cache: OpenCache, tokens: BearerToken, engines: HttpRemote, clock: Clock
) -> Hearing:
    """A listener at the server of `engines`, in the name of the same person."""
    ca = settings.string("ca_bundle")
    timeout = min(float(settings.number("timeout_seconds")), _LONGEST_SECONDS)
    own = HttpRemote(engines.base_url, tokens, timeout=timeout, ca_bundle=ca)
    parts = Listening(
        remote=own,
        token=tokens,
        store=cache.sync_store,
        places=SqlPlaces(cache.cache),
        types=read_types(path("packs/scopes/types.tsv")),
        clock=clock,
        ca_bundle=ca,
        websocket=settings.string("websocket"),
    )
    wanted, every = settings.flag("announcements"), settings.number("poll_seconds")
    return Hearing(Announcements(parts), own, engines, wanted, every)
