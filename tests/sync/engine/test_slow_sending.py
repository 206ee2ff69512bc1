"""A narrow way to the server: what goes out slowly still goes out, and nothing holds for ever."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

from sync.transport import Answer, HttpRemote, Lost, NoAnswer, Request
from tests.sync.engine.test_transport import Listener, Speak, says

_BODY = b" " * (2 * 1024 * 1024)
_END = 0.2
"""Seconds after which nothing more comes."""
_OK = says("HTTP/1.1 200 OK\nContent-Length: 2\n\n", b"{}")


class Sluggish(Listener):
    """Has room for little, as a narrow way has: a sender must wait for the receiver."""

    def __init__(self, speak: Speak) -> None:
        super().__init__(speak)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 * 1024)


def _reads(piece: int, pause: float) -> Speak:
    """Takes `piece` bytes, then nothing for a while, and so on to the end; then answers."""

    def speak(connection: socket.socket) -> None:
        never = threading.Event()
        connection.settimeout(_END)
        with suppress(TimeoutError):
            while connection.recv(piece):
                never.wait(pause)
        _OK(connection)

    return speak


def _send(speak: Speak, timeout: float) -> tuple[Answer | NoAnswer, float]:
    with Sluggish(speak).listening() as listener:
        remote = HttpRemote(listener.base_url, lambda: None, timeout=timeout)
        began = time.monotonic()
        try:
            return remote.send(Request("POST", "", body=_BODY)), time.monotonic() - began
        finally:
            remote.close()


def test_a_body_may_take_longer_than_a_silence_may() -> None:
    answer, took = _send(_reads(64 * 1024, 0.02), timeout=0.4)

    assert isinstance(answer, Answer), answer
    assert took > 0.5


def test_a_body_that_is_taken_drop_by_drop_ends_as_a_silence() -> None:
    answer, took = _send(_reads(32 * 1024, 0.1), timeout=0.4)

    assert isinstance(answer, NoAnswer)
    assert answer.why is Lost.SILENCE
    assert answer.maybe_applied
    assert took < 4.0
