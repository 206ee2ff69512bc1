"""A cable that can be pulled: hands bytes on between two sockets, and remembers what was asked."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self

_CHUNK = 64 * 1024


class Relay:
    """`with Relay(port) as relay: … relay.port`.

    Attributes:
        asked: What went to the server, as it came.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self.asked = bytearray()
        self.port = 0
        self._listening: socket.socket | None = None
        self._accepting: threading.Thread | None = None
        self._open: list[socket.socket] = []
        self._pumping: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(self, *_: object) -> None:
        self.pull()

    def plug_in(self) -> None:
        """Take connections, at the same port as before."""
        self._listening = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listening.getsockname()[1]
        self._accepting = threading.Thread(
            target=self._accept, args=(self._listening,), name="relay"
        )
        self._accepting.start()

    def pull(self) -> None:
        """Cut every connection, and refuse new ones."""
        if self._listening is not None:
            with contextlib.suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None
        if self._accepting is not None:
            self._accepting.join()
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._pumping:
            thread.join()
        for end in self._open:
            end.close()
        self._open.clear()
        self._pumping.clear()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            self._open += [near, far]
            for source, sink, heard in ((near, far, self.asked), (far, near, None)):
                thread = threading.Thread(
                    target=self._pump, args=(source, sink, heard), name="relay"
                )
                self._pumping.append(thread)
                thread.start()

    def _pump(self, source: socket.socket, sink: socket.socket, heard: bytearray | None) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                if heard is not None:
                    heard += data
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
