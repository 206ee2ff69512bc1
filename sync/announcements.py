"""Hears from the server that something has changed: a hint to ask now, never a source of data."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import logging
import random
import ssl
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from app.domain.sending import Announcing
from app.kernel.clock import Clock
from app.ports.sync_store import SyncStore
from sync.announcing import Wish, wishes
from sync.backoff import Backoff
from sync.scopes import Places, ScopeType
from sync.subscriptions import LIFE, Arranged, NotOfferedError, NotReachedError, Subscriptions
from sync.transport import BearerToken, Remote

log = logging.getLogger(__name__)

_NOT_OFFERED_SECONDS = 3600.0
_NOTHING_YET_SECONDS = 10.0
_LOOK_SECONDS = 60.0
"""How often what is wanted, the token and the time to renew are looked at."""
_STEADY_SECONDS = 60.0
"""A line that lasted so long was a good one: the next try comes soon."""
_BOUND_SECONDS = 2.0
_OPEN_SECONDS = 10.0
_BEAT_SECONDS = 20.0
"""RFC 6455 ping; a line that does not answer for as long is dead."""
_LOST = (OSError, TimeoutError, WebSocketException, ImportError)
"""What becomes of a connection; `ImportError` is what a SOCKS proxy comes to, as there is none."""


Heard = Callable[[frozenset[str]], None]
"""Told of which types there is news; of none in particular when nobody knows."""


@dataclass(frozen=True, slots=True)
class Listening:
    """What a listener is made of.

    Attributes:
        remote: A connection of its own: that of the engine belongs to the SYNC lane.
        token: Goes with the websocket, too.
        ca_bundle: The hospital's certificate authorities, or "".
        websocket: Where the server announces, or "" to believe what it says.
    """

    remote: Remote
    token: BearerToken
    store: SyncStore
    places: Places
    types: tuple[ScopeType, ...]
    clock: Clock
    ca_bundle: str = ""
    websocket: str = ""


class _End(enum.Enum):
    """Why a line that was heard is left."""

    AGAIN = "again"  # renew, or ask for something else
    LOST = "lost"
    OVER = "over"


class Announcements:
    """Listens on a thread of its own from `start` to `close`.

    Whatever happens to it, the rounds go on by the clock; all it does is call `heard`.
    """

    def __init__(
        self,
        parts: Listening,
        *,
        backoff: Backoff | None = None,
        draw: Callable[[], float] | None = None,
        look_seconds: float = _LOOK_SECONDS,
    ) -> None:
        self._parts = parts
        self._backoff = backoff or Backoff()
        self._draw = draw or random.SystemRandom().random
        self._look_seconds = look_seconds
        self._state = Announcing.OFF
        self._over = threading.Event()
        self._door = threading.Lock()
        self._wake: Callable[[], None] | None = None
        self._thread: threading.Thread | None = None
        self._heard: Heard = _nobody
        self._types: dict[str, str] = {}
        self._subscriptions = Subscriptions(
            parts.remote, parts.clock, self._over.wait, parts.websocket
        )

    @property
    def state(self) -> Announcing:
        return self._state

    def start(self, heard: Heard) -> None:
        """Begin to listen; `heard` is called on the listening thread whenever there is news."""
        self._heard = heard
        self._state = Announcing.TRYING
        self._thread = threading.Thread(target=self._run, name="announcements", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hang up, take the Subscriptions back if the server is there, and leave no thread."""
        with self._door:
            self._over.set()
            if self._wake is not None:
                self._wake()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._state = Announcing.OFF

    # --- the thread

    def _run(self) -> None:
        tries = 0
        try:
            while not self._over.is_set():
                tries, wait = self._once(tries)
                self._over.wait(wait)
        finally:
            self._state = Announcing.OFF

    def _once(self, tries: int) -> tuple[int, float]:
        """Arrange and listen; answers how often it has failed by now, and how long to rest."""
        began = self._parts.clock.monotonic()
        try:
            end = self._listen_for_a_while()
        except NotOfferedError as why:
            self._say(Announcing.NOT_OFFERED, str(why))
            return 0, _NOT_OFFERED_SECONDS * (1 + self._draw())
        except NotReachedError as why:
            self._say(Announcing.TRYING, str(why))
            return tries + 1, self._backoff.delay(tries + 1, self._draw())
        match end:
            case _End.LOST:
                self._say(Announcing.TRYING, "the line was closed")
                lasted = self._parts.clock.monotonic() - began
                tries = 1 if lasted >= _STEADY_SECONDS else tries + 1
                return tries, self._backoff.delay(tries, self._draw())
            case _End.OVER:
                self._subscriptions.take_back()
        return 0, 0.0 if end is not None else _NOTHING_YET_SECONDS

    def _listen_for_a_while(self) -> _End | None:
        """Arrange everything and listen until there is a reason not to; None: nothing to want yet.

        Raises:
            NotOfferedError: The server has nothing for us.
            NotReachedError: It was not reached, or the line could not be opened.
        """
        wanted = self._wanted()
        if not wanted:
            return None
        arranged = self._subscriptions.arrange(wanted)
        self._types = {one.id: one.criteria.partition("?")[0] for one in wanted}
        try:
            return asyncio.run(self._listen(arranged, wanted))
        except _LOST as error:
            raise NotReachedError(type(error).__name__) from error

    def _wanted(self) -> tuple[Wish, ...]:
        parts = self._parts
        enrolment = parts.store.enrolment()
        if enrolment is None:
            return ()
        return wishes(enrolment.workstation, parts.store.scopes(), parts.types, parts.places)

    # --- the line

    async def _listen(self, arranged: Arranged, wanted: tuple[Wish, ...]) -> _End:
        over = asyncio.Event()
        loop = asyncio.get_running_loop()

        def wake() -> None:
            loop.call_soon_threadsafe(over.set)

        with self._door:
            if self._over.is_set():
                return _End.OVER
            self._wake = wake
        lines: list[ClientConnection] = []
        try:
            bearer = self._bearer()
            await self._bind(arranged.address, bearer, deque(arranged.names), lines)
            self._say(Announcing.HEARD, "")
            self._heard(frozenset())  # whatever was said while nobody listened
            return await self._until(over, lines, wanted, bearer)
        finally:
            with self._door:
                self._wake = None
            await asyncio.gather(*(line.close() for line in lines), return_exceptions=True)

    async def _until(
        self,
        over: asyncio.Event,
        lines: list[ClientConnection],
        wanted: tuple[Wish, ...],
        bearer: str,
    ) -> _End:
        """Listen until the first line is lost, something else is wanted, or it is over."""
        works = [asyncio.ensure_future(self._hear(line)) for line in lines]
        works.append(asyncio.ensure_future(self._look(wanted, bearer)))
        works.append(asyncio.ensure_future(_happened(over)))
        try:
            done, _ = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
            return next(iter(done)).result()
        finally:
            for work in works:
                work.cancel()
            await asyncio.gather(*works, return_exceptions=True)

    async def _hear(self, line: ClientConnection) -> _End:
        with contextlib.suppress(*_LOST):
            async for said in line:
                word, _, name = str(said).partition(" ")
                if word == "ping":
                    rtype = self._types.get(name.rpartition("/")[2])
                    self._heard(frozenset({rtype} if rtype else ()))
        return _End.LOST

    async def _look(self, wanted: tuple[Wish, ...], bearer: str) -> _End:
        """Until the Subscriptions are to be renewed, others are wanted, or the token is another."""
        began = self._parts.clock.monotonic()
        renewed = LIFE / timedelta(seconds=2)
        while self._parts.clock.monotonic() - began < renewed:
            await asyncio.sleep(self._look_seconds)
            if self._wanted() != wanted or self._bearer() != bearer:
                break
        return _End.AGAIN

    async def _bind(
        self, address: str, bearer: str, names: deque[str], lines: list[ClientConnection]
    ) -> None:
        """Bind every Subscription: on one line where the server lets us, else on a line each."""
        line: ClientConnection | None = None
        shares = True
        while names:
            is_fresh = line is None
            if line is None:
                line = await self._open(address, bearer)
                lines.append(line)
            await line.send(f"bind {names[0]}")
            answer = await self._answer(line)
            if answer == f"bound {names[0]}" or (is_fresh and answer is None):
                # R4 asks for no answer: silence on a line of its own is taken for a yes.
                names.popleft()
                shares = shares and answer is not None
            elif is_fresh:
                raise NotReachedError("the server does not let us bind")
            else:
                shares = False
            line = line if shares else None

    async def _answer(self, line: ClientConnection) -> str | None:
        """What the server says to a `bind`; None when it says nothing for a while."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_BOUND_SECONDS):
                while True:
                    said = await line.recv()
                    if isinstance(said, str) and not said.startswith("ping"):
                        return said
        return None

    async def _open(self, address: str, bearer: str) -> ClientConnection:
        return await _Connect(
            address,
            additional_headers={"Authorization": f"Bearer {bearer}"} if bearer else None,
            ssl=_trusted(self._parts.ca_bundle) if address.startswith("wss:") else None,
            compression=None,
            open_timeout=_OPEN_SECONDS,
            close_timeout=1.0,
            ping_interval=_BEAT_SECONDS,
            ping_timeout=_BEAT_SECONDS,
            max_size=4096,
        )

    def _bearer(self) -> str:
        """The token to open a line with; "" without one, and then the server will refuse."""
        token = self._parts.token()
        return token if isinstance(token, str) else ""

    def _say(self, state: Announcing, detail: str) -> None:
        if state is not self._state:
            log.info("announcements: %s %s", state.value, detail)
        self._state = state


class _Connect(connect):
    """Follows no redirect: it is how captive portals get in between, and our token goes along."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def _happened(event: asyncio.Event) -> _End:
    await event.wait()
    return _End.OVER


def _trusted(ca_bundle: str) -> ssl.SSLContext:
    """The same authorities that the FHIR requests trust."""
    place = Path(ca_bundle or DEFAULT_CA_BUNDLE_PATH)
    if place.is_dir():
        return ssl.create_default_context(capath=place)
    return ssl.create_default_context(cafile=place)


def _nobody(rtypes: frozenset[str]) -> None:
    """Nobody wants to hear of news."""
    del rtypes
