"""The hospital's end of the cable: hands bytes on to a server that listens on 127.0.0.1 only.

It stands for the proxy, the load balancer and the guest network of a hospital, and goes wrong like
them. Names are answered here, too. Everything is in the namespace of the hospital.
"""

from __future__ import annotations

import os
import selectors
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from tests.netfaults.cable import HOSPITAL
from tests.netfaults.namespaces import Namespace

NAME = "localhost"
"""What the hospital's name server calls this gate: the server takes no request under other names
than those of its own machine, so that no page in a browser can reach it under one of its choosing.
"""
PORT = 8080
SENDS = b"POST /fhir HTTP/1.1"
"""A transaction begins with this; whatever reads goes to another address (FHIR R4 http.html)."""
_CHUNK = 64 * 1024
_DOMAIN = 53
_DROP_EVERY = 1.0
_PAGE = b"<!doctype html><html><title>Guest network</title><body>Welcome</body></html>"
_LOGIN = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_PAGE), _PAGE)
)


@dataclass(frozen=True, slots=True)
class Trick:
    """What the gate does to connections.

    Attributes:
        portal: Every request is answered by the sign-in page of a guest network, with 200.
        drips: Answers come by one byte a second.
        reset_answer: A TCP RST after so many bytes of an answer, its head included; 0 for none.
        reset_request: A TCP RST after so many bytes of a request, which then goes no further.
        on: The resets come only once this was asked on a connection; empty for at once.
    """

    portal: bool = False
    drips: bool = False
    reset_answer: int = 0
    reset_request: int = 0
    on: bytes = b""


HONEST = Trick()


@dataclass(eq=False)
class _Line:
    """One connection of the workstation, and its twin to the server."""

    near: socket.socket
    far: socket.socket
    to_near: bytearray = field(default_factory=bytearray)
    heard: int = 0
    answered: int = 0
    is_meant: bool = False
    has_ended: bool = False
    next_drop: float = 0.0


class Gate:
    """`with Gate(hospital, port) as gate: gate.play(Trick(…))`.

    Attributes:
        transactions: How many came through to the server, late ones and repeated ones too.
    """

    def __init__(self, hospital: Namespace, server: int) -> None:
        self._hospital = hospital
        self._server = server
        self._trick = HONEST
        self._lines: set[_Line] = set()
        self._cut = False
        self.transactions = 0

    def __enter__(self) -> Self:
        with self._hospital.inside():
            self._listening = socket.create_server((HOSPITAL, PORT))
            self._names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._names.bind((HOSPITAL, _DOMAIN))
        self._ring, self._rung = os.pipe()
        self._ready = selectors.DefaultSelector()
        for part in (self._listening, self._names, self._ring):
            self._ready.register(part, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="gate")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._rung)
        self._thread.join()
        for line in tuple(self._lines):
            self._close(line)
        self._ready.close()
        self._listening.close()
        self._names.close()
        os.close(self._ring)

    def play(self, trick: Trick) -> None:
        """From now on it does this; connections that are kept open are closed."""
        self._trick = trick
        self._cut = True
        os.write(self._rung, b".")

    # --- on its own thread

    def _run(self) -> None:
        with self._hospital.inside():
            while True:
                for key, events in self._ready.select(self._pause()):
                    if key.fileobj is self._listening:
                        self._accept()
                    elif key.fileobj is self._names:
                        self._answer_name()
                    elif isinstance(key.data, _Line):
                        self._serve(key.data, key.fileobj, events)
                    elif not os.read(self._ring, 64):
                        return
                self._begin_anew()
                self._drip()

    def _pause(self) -> float | None:
        return _DROP_EVERY / 4 if self._trick.drips and self._lines else None

    def _begin_anew(self) -> None:
        if self._cut:
            self._cut = False
            for line in tuple(self._lines):
                self._close(line)

    def _accept(self) -> None:
        with suppress(OSError):
            near, _ = self._listening.accept()
            far = socket.create_connection(("127.0.0.1", self._server))
            line = _Line(near, far)
            for end in (near, far):
                end.setblocking(False)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._ready.register(end, selectors.EVENT_READ, line)
            self._lines.add(line)

    def _serve(self, line: _Line, end: object, events: int) -> None:
        if line not in self._lines:
            return
        try:
            if end is line.near and events & selectors.EVENT_READ:
                self._hear(line)
            elif end is line.far:
                self._fetch(line)
            if line in self._lines:
                self._hand_over(line)
        except BlockingIOError:
            return
        except OSError:
            self._close(line)

    def _hear(self, line: _Line) -> None:
        trick = self._trick
        asked = line.near.recv(_CHUNK)
        if not asked:
            self._close(line)
            return
        if not line.is_meant and trick.on in asked:
            line.is_meant, line.heard, line.answered = True, 0, 0
        line.heard += len(asked)
        if trick.portal:
            line.to_near += _LOGIN
            line.has_ended = True
        elif trick.reset_request and line.is_meant and line.heard > trick.reset_request:
            self._reset(line)
        else:
            self.transactions += asked.startswith(SENDS)
            line.far.setblocking(True)
            line.far.sendall(asked)
            line.far.setblocking(False)

    def _fetch(self, line: _Line) -> None:
        said = line.far.recv(_CHUNK)
        line.to_near += said
        if not said:
            line.has_ended = True
            self._ready.unregister(line.far)

    def _hand_over(self, line: _Line) -> None:
        """Let the workstation have what it can take now."""
        trick = self._trick
        if not trick.drips:
            meant = trick.reset_answer and line.is_meant
            left = trick.reset_answer - line.answered if meant else len(line.to_near)
            sent = line.near.send(line.to_near[:left]) if line.to_near and left > 0 else 0
            self._said(line, sent)
            if meant and line.answered >= trick.reset_answer:
                self._reset(line)
                return
        self._settle(line)

    def _drip(self) -> None:
        now = time.monotonic()
        for line in tuple(self._lines):
            if self._trick.drips and line.to_near and now >= line.next_drop:
                line.next_drop = now + _DROP_EVERY
                try:
                    self._said(line, line.near.send(line.to_near[:1]))
                    self._settle(line)
                except OSError:
                    self._close(line)

    def _said(self, line: _Line, sent: int) -> None:
        del line.to_near[:sent]
        line.answered += sent

    def _settle(self, line: _Line) -> None:
        if line.has_ended and not line.to_near:
            self._close(line)
            return
        wants = bool(line.to_near) and not self._trick.drips
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if wants else 0)
        self._ready.modify(line.near, events, line)

    def _reset(self, line: _Line) -> None:
        # Nothing lingers: closing sends RST, and what was not delivered is gone (socket(7)).
        line.near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._close(line)

    def _close(self, line: _Line) -> None:
        self._lines.discard(line)
        for end in (line.near, line.far):
            with suppress(KeyError, ValueError):
                self._ready.unregister(end)
            end.close()

    def _answer_name(self) -> None:
        with suppress(OSError):
            question, asker = self._names.recvfrom(512)
            self._names.sendto(name_answer(question), asker)


def name_answer(question: bytes) -> bytes:
    """The answer of a name server that knows one address, and no others (RFC 1035 §4.1)."""
    end = question.index(b"\0", 12) + 5
    asks_for_address = question[end - 4 : end - 2] == b"\0\1"
    found = b""
    if asks_for_address:
        found = b"\xc0\x0c\0\1\0\1" + struct.pack("!IH", 0, 4) + socket.inet_aton(HOSPITAL)
    counts = struct.pack("!HHHH", 1, int(asks_for_address), 0, 0)
    return question[:2] + b"\x81\x80" + counts + question[12:end] + found
