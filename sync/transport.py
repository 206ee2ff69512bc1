"""HTTP to the central repository: one session, every failure a value."""

from __future__ import annotations

import contextlib
import enum
import io
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

import requests

from app.ports.directory import Withheld
from sync.backoff import retry_after_seconds
from sync.transport_watch import Watch, WatchedAdapter

_CHUNK = 64 * 1024
_ALTOGETHER = 5
"""Times the timeout for silence: the longest that one exchange may take in all."""
_NOTHING_SENT = frozenset(
    {
        "ConnectionRefusedError",
        "ConnectTimeoutError",
        "NameResolutionError",
        "NewConnectionError",
        "ProxyError",
    }
)
_IN_VAIN = frozenset({"ReadTimeout", "ReadTimeoutError", "TimeoutError"})


class Lost(enum.Enum):
    """Why no answer came; `sent` decides whether the request may have had an effect."""

    UNREACHABLE = "unreachable"  # no connection: nothing was sent
    CERTIFICATE = "certificate"  # the server did not prove who it is: nothing was sent
    SILENCE = "silence"  # sent, and nothing came back in time
    BROKEN = "broken"  # sent, and the answer broke off
    TOO_LARGE = "too-large"  # the answer was longer than anything we asked for
    WITHHELD = "withheld"  # ours has ended and the sign-in does not answer: nothing was sent


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


_TOO_SLOW = NoAnswer(Lost.SILENCE, "the answer trickled in too slowly")
BearerToken = Callable[[], str | Withheld | None]
"""The token to send; None to send without one and be asked to sign in."""


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
        self._session.auth = _as_it_is
        self._verify: str | bool = ca_bundle or True
        self._watch = Watch()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, WatchedAdapter(self._watch))

    @property
    def base_url(self) -> str:
        return self._base

    def send(self, request: Request) -> Answer | NoAnswer:
        """Send and read to the end, within the timeout for silence and five times it in all.

        A redirect is not followed: it is how captive portals and sign-in pages get in between.
        """
        headers = dict(request.headers)
        bearer = self._token()
        if isinstance(bearer, Withheld):
            return NoAnswer(Lost.WITHHELD, bearer.detail)
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        if request.body is not None:
            headers.setdefault("Content-Type", "application/fhir+json; charset=utf-8")
        try:
            with (
                self._watch.lasting(_ALTOGETHER * self._timeout),
                contextlib.closing(
                    self._session.request(
                        request.method,
                        self._address(request.path),
                        headers=headers,
                        data=_by_pieces(request.body),
                        timeout=(min(self._timeout, 10.0), self._timeout),
                        stream=True,
                        allow_redirects=False,
                        # Said with every request, or a variable of the environment wins.
                        verify=self._verify,
                    )
                ) as response,
            ):
                answer = self._read(response)
        except requests.exceptions.RequestException as error:
            answer = _lost(error)
        # Cut off, an answer without a length would look like a whole one.
        return _TOO_SLOW if self._watch.is_over else answer

    def close(self) -> None:
        self._session.close()

    def _address(self, path: str) -> str:
        if path == self._base or path.startswith((f"{self._base}/", f"{self._base}?")):
            return path
        if "://" in path:
            raise ValueError("a link of another server")
        return f"{self._base}/{path.lstrip('/')}" if path else self._base

    def _read(self, response: requests.Response) -> Answer | NoAnswer:
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > self._most:
                return NoAnswer(Lost.TOO_LARGE, f"more than {self._most} bytes")
        headers = response.headers
        return Answer(
            status=response.status_code,
            body=bytes(body),
            content_type=headers.get("Content-Type", "").split(";")[0].strip().lower(),
            etag=headers.get("ETag", ""),
            location=headers.get("Location", ""),
            date=_http_date(headers.get("Date", "")),
            retry_after=retry_after_seconds(
                headers.get("Retry-After", ""), _http_date(headers.get("Date", "")) or _now()
            ),
        )


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No credentials but our own: a password file of the account must not replace the token."""
    return request


def _by_pieces(body: bytes | None) -> io.BytesIO | None:
    """A body that is sent piece by piece: each has the time limit that the whole would have."""
    return io.BytesIO(body) if body else None


def _lost(error: requests.exceptions.RequestException) -> NoAnswer:
    """What became of the request, told from the exceptions that stand behind one another."""
    chain = list(_chain(error))
    cause = " < ".join(type(one).__name__ for one in chain[:4])
    refused = next((one for one in chain if isinstance(one, ssl.SSLCertVerificationError)), None)
    if refused is not None:
        return NoAnswer(Lost.CERTIFICATE, refused.verify_message)
    names = {type(one).__name__ for one in chain}
    if names & _NOTHING_SENT:
        return NoAnswer(Lost.UNREACHABLE, cause)
    return NoAnswer(Lost.SILENCE if names & _IN_VAIN else Lost.BROKEN, cause)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything it came from; urllib3 keeps reasons in places of its own."""
    waiting: list[object] = [error]
    seen: list[BaseException] = []
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            yield one
            waiting += [getattr(one, "reason", None), *one.args, one.__cause__, one.__context__]


def _now() -> datetime:
    return datetime.now(UTC)


def _http_date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    # "-0000" says UTC and nothing of a zone (RFC 5322 §3.3); `astimezone` would take it for ours.
    return when.replace(tzinfo=when.tzinfo or UTC).astimezone(UTC) if when else None
