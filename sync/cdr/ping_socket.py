"""The websocket of the embedded CDR: `bind <id>` comes in, `bound <id>` and `ping <id>` go out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from starlette.responses import Response as HttpResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from sync.cdr.faces import Door
from sync.cdr.model import CdrModel

T = TypeVar("T")

_GONE = 1000
_NOT_THERE = 1002
_SIGNED_OUT = 1008
_LONGEST = 200


class _Line:
    """What is still to be said to one client, or the code to close with.

    The same ping is not said twice while it waits.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queue: asyncio.Queue[str | int | None] = asyncio.Queue()
        self._waiting: set[str] = set()

    def ping(self, subscription: str) -> None:
        self._loop.call_soon_threadsafe(self.say, f"ping {subscription}")

    def ended(self, subscription: str) -> None:
        del subscription
        self._loop.call_soon_threadsafe(self.end, _GONE)

    def say(self, text: str) -> None:
        if text not in self._waiting:
            self._waiting.add(text)
            self._queue.put_nowait(text)

    def end(self, code: int | None) -> None:
        self._queue.put_nowait(code)

    async def next(self) -> str | int | None:
        found = await self._queue.get()
        self._waiting.discard(str(found))
        return found


class PingSocket:
    """An ASGI application for websockets, behind the same door as the FHIR base.

    A token is looked at when the connection is opened and again before every word: one that has
    ended meanwhile closes the line.
    """

    def __init__(self, model: CdrModel, worker: Executor, door: Door | None) -> None:
        self._model = model
        self._worker = worker
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        websocket = WebSocket(scope, receive, send)
        if not self._admits(websocket):
            challenge = self._door.challenge if self._door else ""
            refused = HttpResponse(status_code=401, headers={"WWW-Authenticate": challenge})
            await websocket.send_denial_response(refused)
            return
        await websocket.accept()
        line = _Line(asyncio.get_running_loop())
        hearing = asyncio.create_task(self._hear(websocket, line))
        try:
            await self._speak(websocket, line)
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)
            await self._in_turn(lambda: self._model.hang_up(line))

    def _admits(self, websocket: WebSocket) -> bool:
        kind, _, token = websocket.headers.get("authorization", "").partition(" ")
        return self._door is None or (kind.lower() == "bearer" and self._door.admits(token.strip()))

    async def _hear(self, websocket: WebSocket, line: _Line) -> None:
        """What the client says, until it hangs up."""
        is_bound = False
        async for said in websocket.iter_text():
            if is_bound and self._model.policy.one_bind_per_line:
                line.say(f"Unexpected client message: {said[:_LONGEST]}")
                continue
            word, _, name = said[:_LONGEST].strip().partition(" ")
            if word != "bind" or not await self._bind(name, line):
                line.end(_NOT_THERE)
                return
            line.say(f"bound {name}")
            is_bound = True
        line.end(None)

    async def _bind(self, subscription: str, line: _Line) -> bool:
        return await self._in_turn(lambda: self._model.bind(subscription, line))

    async def _speak(self, websocket: WebSocket, line: _Line) -> None:
        """What is to be said, until there is no more or nobody hears it."""
        try:
            while isinstance(said := await line.next(), str):
                if not self._admits(websocket):
                    said = _SIGNED_OUT
                    break
                await websocket.send_text(said)
            if said is not None:
                await websocket.close(said)
        except WebSocketDisconnect:
            return

    async def _in_turn(self, work: Callable[[], T]) -> T:
        """Run it on the model's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, work)
