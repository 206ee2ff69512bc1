"""HTTP to the central repository: one session, every failure a value."""

from __future__ import annotations

import contextlib
import enum
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

import requests

_CHUNK = 64 * 1024


class Lost(enum.Enum):
    """Why no answer came; `sent` decides whether the request may have had an effect."""

    UNREACHABLE = "unreachable"  # no connection: nothing was sent
    CERTIFICATE = "certificate"  # the server did not prove who it is: nothing was sent
    SILENCE = "silence"  # sent, and nothing came back in time
    BROKEN = "broken"  # sent, and the answer broke off
    TOO_LARGE = "too-large"  # the answer was longer than anything we asked for
    NOT_SENT = "not-sent"  # we have no token to send it with


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """No usable answer. `detail` is for IT: exception type, never a URL with a patient in it."""

    why: Lost
    detail: str

    @property
    def maybe_applied(self) -> bool:
        return self.why in (Lost.SILENCE, Lost.BROKEN, Lost.TOO_LARGE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole.

    Attributes:
        content_type: Media type without parameters, lower case, or "".
        date: The server's clock (`Date` header), or None.
        retry_after: Seconds the server asks us to wait, or None.
    """

    status: int
    body: bytes
    content_type: str = ""
    etag: str = ""
    location: str = ""
    date: datetime | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One request below the FHIR base; `path` is relative, or an absolute `next` link of ours."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


class Remote(Protocol):
    """The server, as the engine sees it."""

    @property
    def base_url(self) -> str: ...

    def send(self, request: Request) -> Answer | NoAnswer: ...


BearerToken = Callable[[], str | None]


class HttpRemote:
    """`Remote` over requests. Not thread-safe: it belongs to the SYNC lane."""

    def __init__(
        self,
        base_url: str,
        token: BearerToken,
        *,
        timeout: float = 30.0,
        ca_bundle: str = "",
        most_bytes: int = 64 * 1024 * 1024,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._token = token
        self._timeout = timeout
        self._most = most_bytes
        self._session = requests.Session()
        self._session.headers["Accept"] = "application/fhir+json"
        if ca_bundle:
            self._session.verify = ca_bundle

    @property
    def base_url(self) -> str:
        return self._base

    def send(self, request: Request) -> Answer | NoAnswer:
        """Send and read to the end, within the timeout for silence and five times it in all.

        A redirect is not followed: it is how captive portals and sign-in pages get in between.
        """
        headers = dict(request.headers)
        if (bearer := self._token()) is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        if request.body is not None:
            headers.setdefault("Content-Type", "application/fhir+json; charset=utf-8")
        try:
            with contextlib.closing(
                self._session.request(
                    request.method,
                    self._address(request.path),
                    headers=headers,
                    data=request.body,
                    timeout=(min(self._timeout, 10.0), self._timeout),
                    stream=True,
                    allow_redirects=False,
                )
            ) as response:
                return self._read(response)
        except requests.exceptions.SSLError as error:
            return NoAnswer(Lost.CERTIFICATE, _cause(error))
        except requests.exceptions.ConnectTimeout as error:
            return NoAnswer(Lost.UNREACHABLE, _cause(error))
        except requests.exceptions.ReadTimeout as error:
            return NoAnswer(Lost.SILENCE, _cause(error))
        except requests.exceptions.ConnectionError as error:
            return NoAnswer(_connection(error), _cause(error))
        except requests.exceptions.RequestException as error:
            return NoAnswer(Lost.BROKEN, _cause(error))

    def close(self) -> None:
        self._session.close()

    def _address(self, path: str) -> str:
        if path == self._base or path.startswith((f"{self._base}/", f"{self._base}?")):
            return path
        if "://" in path:
            raise ValueError("a link of another server")
        return f"{self._base}/{path.lstrip('/')}" if path else self._base

    def _read(self, response: requests.Response) -> Answer | NoAnswer:
        deadline = time.monotonic() + 5 * self._timeout
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > self._most:
                return NoAnswer(Lost.TOO_LARGE, f"more than {self._most} bytes")
            if time.monotonic() > deadline:
                return NoAnswer(Lost.SILENCE, "the answer trickled in too slowly")
        headers = response.headers
        return Answer(
            status=response.status_code,
            body=bytes(body),
            content_type=headers.get("Content-Type", "").split(";")[0].strip().lower(),
            etag=headers.get("ETag", ""),
            location=headers.get("Location", ""),
            date=_http_date(headers.get("Date", "")),
            retry_after=_retry_after(headers.get("Retry-After", "")),
        )


def _cause(error: BaseException) -> str:
    """Type names down the chain: enough for IT, and no address with an id in it."""
    names = [type(error).__name__]
    inner = error.__cause__ or error.__context__
    while inner is not None and len(names) < 4:
        names.append(type(inner).__name__)
        inner = inner.__cause__ or inner.__context__
    return " < ".join(names)


def _connection(error: requests.exceptions.ConnectionError) -> Lost:
    """A refused or unresolved connection sent nothing; a reset one may have."""
    text = _cause(error)
    nothing_sent = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")
    if any(name in text for name in nothing_sent) or "ConnectionRefusedError" in text:
        return Lost.UNREACHABLE
    if "ReadTimeoutError" in text:
        return Lost.SILENCE
    return Lost.BROKEN


def _http_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except ValueError:
        return None


def _retry_after(text: str) -> float | None:
    if text.isdigit():
        return float(text)
    when = _http_date(text)
    return max(0.0, (when - datetime.now(UTC)).total_seconds()) if when else None
