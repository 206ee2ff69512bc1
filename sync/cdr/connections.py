"""The open connections of the server, so that a test can cut one like a cable."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

Client = tuple[str, int] | None


class Connections:
    def __init__(self) -> None:
        self._open: dict[Client, asyncio.Transport] = {}

    def cut(self, client: Client) -> None:
        """Reset the connection of `client` at once."""
        found = self._open.pop(client, None)
        if found is not None:
            found.abort()

    def protocol(self) -> type[H11Protocol]:
        """The HTTP protocol that keeps this list."""
        kept = self._open

        class Protocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # WORKAROUND(uvicorn typing): it declares the same
                super().connection_made(transport)
                kept[self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                kept.pop(self.client, None)
                super().connection_lost(exc)

        return Protocol
