"""What a socket can do to the connection, below anything a FHIR server could."""

from __future__ import annotations

import gzip
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.transport import Answer, HttpRemote, Lost, NoAnswer, Request

_MOST = 1024 * 1024
Speak = Callable[[socket.socket], None]


class Listener:
    """Takes one connection after another, hears a request, and lets the test answer."""

    def __init__(self, speak: Speak) -> None:
        self._speak = speak
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.heard: list[bytes] = []
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/fhir"

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        thread = threading.Thread(target=self._run, name="listener")
        thread.start()
        try:
            yield self
        finally:
            self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            thread.join()

    def _run(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                with connection, suppress(OSError):
                    self.heard.append(connection.recv(65536))
                    self._speak(connection)


def ask(speak: Speak, *, timeout: float = 5.0) -> tuple[Answer | NoAnswer, list[bytes]]:
    with Listener(speak).listening() as listener:
        remote = HttpRemote(
            listener.base_url, lambda: "our-own-token", timeout=timeout, most_bytes=_MOST
        )
        try:
            return remote.send(Request("GET", "Basic/x")), listener.heard
        finally:
            remote.close()


def says(head: str, body: bytes = b"") -> Speak:
    return lambda connection: connection.sendall(head.replace("\n", "\r\n").encode() + body)


def _drips(connection: socket.socket, first: bytes, drop: bytes) -> None:
    """A drop every 20 ms until the other side has had enough."""
    connection.sendall(first)
    connection.settimeout(0.02)
    while True:
        with suppress(TimeoutError):
            if not connection.recv(1):
                return
        connection.sendall(drop)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n"


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"HTTP/1.1 2", b"0"),
        (HEAD, b"X-A: b\r\n"),
        (HEAD + b"Content-Length: 100000\r\n\r\n", b" "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (HEAD + b"Connection: close\r\n\r\n", b" "),
    ],
    ids=["status line", "headers", "body", "chunks", "body without a length"],
)
def test_an_answer_that_drips_ends_as_a_silence(first: bytes, drop: bytes) -> None:
    """A timeout that starts anew with every byte would never come (slow loris)."""
    answer, _ = ask(lambda connection: _drips(connection, first, drop), timeout=0.1)

    assert isinstance(answer, NoAnswer)
    assert answer.maybe_applied
    # So many headers may also be refused as such, before the time is over.
    assert answer.why in (Lost.SILENCE, Lost.BROKEN)


def test_an_answer_in_time_is_an_answer() -> None:
    answer, _ = ask(says("HTTP/1.1 200 OK\nContent-Length: 2\n\n", b"{}"))

    assert isinstance(answer, Answer)
    assert (answer.status, answer.body) == (200, b"{}")


def _floods(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"\r\n")
    while True:
        connection.sendall(b" " * 65536)


def _explodes() -> Speak:
    packed = gzip.compress(b" " * 100_000_000, 1)
    return says(
        f"HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: {len(packed)}\n\n", packed
    )


@pytest.mark.parametrize("speak", [_floods, _explodes()], ids=["flood", "gzip bomb"])
def test_an_answer_that_is_too_long_is_never_held_whole(speak: Speak) -> None:
    tracemalloc.start()
    try:
        answer, _ = ask(speak)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert isinstance(answer, NoAnswer)
    assert answer.why is Lost.TOO_LARGE
    assert most < 8 * _MOST


def test_a_redirect_is_not_followed_and_the_token_stays_here() -> None:
    with Listener(says("HTTP/1.1 200 OK\nContent-Length: 2\n\n", b"{}")).listening() as other:
        answer, heard = ask(
            says(f"HTTP/1.1 307 See\nLocation: {other.base_url}\nContent-Length: 0\n\n")
        )

    assert isinstance(answer, Answer)
    assert answer.status == 307
    assert (len(heard), other.heard) == (1, [])


def test_a_password_file_of_the_account_does_not_replace_our_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(file))

    _, heard = ask(says("HTTP/1.1 200 OK\nContent-Length: 2\n\n", b"{}"))

    assert b"Authorization: Bearer our-own-token" in heard[0]


def test_a_connection_that_nobody_takes_sent_nothing() -> None:
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()
    remote = HttpRemote(f"http://127.0.0.1:{port}/fhir", lambda: None)

    answer = remote.send(Request("POST", "", body=b"{}"))
    remote.close()

    assert isinstance(answer, NoAnswer)
    assert answer.why is Lost.UNREACHABLE
    assert not answer.maybe_applied


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", b""),
        ("HTTP/1.1 200 OK\nContent-Length: 10\n\n", b"{}"),
        ("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", b"zz\r\n"),
        ("HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 4\n\n", b"nope"),
        ("nonsense\n\n", b""),
    ],
    ids=["nothing", "too short", "bad chunk", "bad gzip", "no HTTP"],
)
def test_an_answer_that_breaks_off_may_have_had_an_effect(head: str, body: bytes) -> None:
    answer, _ = ask(says(head, body))

    assert isinstance(answer, NoAnswer)
    assert answer.why is Lost.BROKEN
    assert answer.maybe_applied


@pytest.mark.parametrize(
    ("date", "seen"),
    [
        ("Mon, 02 Mar 2026 08:00:00 GMT", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("Mon, 02 Mar 2026 08:00:00 -0000", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("Mon, 02 Mar 2026 16:00:00 +0800", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("yesterday", None),
    ],
)
def test_the_clock_of_the_server_is_read_in_utc(date: str, seen: datetime | None) -> None:
    answer, _ = ask(says(f"HTTP/1.1 200 OK\nDate: {date}\nContent-Length: 0\n\n"))

    assert isinstance(answer, Answer)
    assert answer.date == seen


def test_the_time_a_server_asks_for_is_counted_by_its_own_clock() -> None:
    head = "HTTP/1.1 503 Busy\nDate: Mon, 02 Mar 2026 08:00:00 GMT\nContent-Length: 0\n"
    later = "Retry-After: Mon, 02 Mar 2026 08:02:00 GMT\n\n"

    answer, _ = ask(says(head + later))

    assert isinstance(answer, Answer)
    assert answer.retry_after == 120.0
