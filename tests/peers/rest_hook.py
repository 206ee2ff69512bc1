"""Somebody who is told by a repository that something was written."""

from __future__ import annotations

import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

from tests.cdr.contract.peer import Peer, fresh, observation, patient

_PATIENCE = 60.0


class _Hook(BaseHTTPRequestHandler):
    told: queue.Queue[str]

    def do_POST(self) -> None:
        self._taken()

    def do_PUT(self) -> None:
        self._taken()

    def _taken(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.told.put(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is theirs
        """Say nothing."""


def delivered_after_a_write(peer: Peer) -> str:
    """Subscribe to one patient's observations (R4 subscription.html, rest-hook) and write one."""
    told: queue.Queue[str] = queue.Queue()
    handler = type("Hook", (_Hook,), {"told": told})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            return _asked(peer, f"http://127.0.0.1:{server.server_port}/hook", told)
        finally:
            server.shutdown()
            thread.join()


def _asked(peer: Peer, hook: str, told: queue.Queue[str]) -> str:
    id_, subscription = fresh(), fresh()
    peer.put(patient(id_))
    peer.put(
        {
            "resourceType": "Subscription",
            "id": subscription,
            "status": "requested",
            "reason": "contract",
            "criteria": f"Observation?patient={id_}",
            "channel": {"type": "rest-hook", "endpoint": hook, "payload": "application/fhir+json"},
        }
    )
    until = time.monotonic() + _PATIENCE
    while peer.ask("GET", f"Subscription/{subscription}").json()["status"] != "active":
        if time.monotonic() > until:
            return "never active"
    try:
        while time.monotonic() < until:
            peer.put(observation(fresh(), id_))
            try:
                told.get(timeout=5)
            except queue.Empty:
                continue
            return "delivered"
        return "not delivered"
    finally:
        peer.ask("DELETE", f"Subscription/{subscription}")
