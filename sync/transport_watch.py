"""Ends an exchange that takes too long as a whole, however busily it drips."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_UNSENT = 64 * 1024
_OPTIONS = (*HTTPConnection.default_socket_options, (socket.SOL_SOCKET, socket.SO_SNDBUF, _UNSENT))
"""Bytes the system may take and not yet have sent. What it takes looks sent, and the wait for the
answer begins: over a narrow way, a large request would be a silence while it is still going out.
"""


class Watch:
    """The connection of the exchange that is under way, and the time it still has.

    A timeout of the socket starts anew with every byte; a server that sends one now and then
    would hold the synchronisation up for ever. This one does not start anew.
    """

    def __init__(self) -> None:
        self._connection: socket.socket | None = None
        self._lock = threading.Lock()
        self._is_over = False

    @contextlib.contextmanager
    def lasting(self, seconds: float) -> Iterator[None]:
        """Cut the connection when the block takes longer."""
        with self._lock:
            self._connection, self._is_over = None, False
        timer = threading.Timer(seconds, self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()

    @property
    def is_over(self) -> bool:
        """Whether the last exchange was cut."""
        return self._is_over

    def attend(self, connection: socket.socket | None) -> None:
        """From now on the exchange goes over `connection`; too late, if its time is over."""
        with self._lock:
            self._connection = connection
            if self._is_over:
                self._shut()

    def cut(self) -> None:
        """End the exchange that is under way, if there is one."""
        with self._lock:
            self._is_over = True
            self._shut()

    def _shut(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):
                # Of the plain socket, also under TLS: whoever reads sees the end at once.
                socket.socket.shutdown(self._connection, socket.SHUT_RDWR)


class WatchedAdapter(HTTPAdapter):
    """Tells the watch of every connection that a request goes out on."""

    def __init__(self, watch: Watch) -> None:
        self._pools = _pools(watch)
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().init_poolmanager(*args, socket_options=_OPTIONS, **kwargs)
        self._attach(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - passed on
        manager = super().proxy_manager_for(*args, socket_options=_OPTIONS, **kwargs)
        self._attach(manager)
        return manager

    def _attach(self, manager: PoolManager) -> None:
        manager.pool_classes_by_scheme = dict(self._pools)


def _pools(watch: Watch) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def send(self, data: Any) -> None:  # noqa: ANN401 - as http.client declares it
            super().send(data)
            watch.attend(self.sock)

    class Secure(HTTPSConnection):
        def send(self, data: Any) -> None:  # noqa: ANN401 - as http.client declares it
            super().send(data)
            watch.attend(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
