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
        timer = threading.Timer(seconds, self._cut)
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
        """From now on the answer is read from `connection`."""
        with self._lock:
            self._connection = connection

    def _cut(self) -> None:
        with self._lock, contextlib.suppress(OSError):
            self._is_over = True
            if self._connection is not None:
                # Of the plain socket, also under TLS: whoever reads sees the end at once.
                socket.socket.shutdown(self._connection, socket.SHUT_RDWR)


class WatchedAdapter(HTTPAdapter):
    """Tells the watch of every connection an answer is about to be read from."""

    def __init__(self, watch: Watch) -> None:
        self._pools = _pools(watch)
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().init_poolmanager(*args, **kwargs)
        self._attach(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - passed on
        manager = super().proxy_manager_for(*args, **kwargs)
        self._attach(manager)
        return manager

    def _attach(self, manager: PoolManager) -> None:
        manager.pool_classes_by_scheme = dict(self._pools)


def _pools(watch: Watch) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def getresponse(self) -> Any:  # noqa: ANN401 - as urllib3 declares it
            watch.attend(self.sock)
            return super().getresponse()

    class Secure(HTTPSConnection):
        def getresponse(self) -> Any:  # noqa: ANN401 - as urllib3 declares it
            watch.attend(self.sock)
            return super().getresponse()

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
