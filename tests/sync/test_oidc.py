"""The sign-in in the browser, over real sockets: at our own repository, and at odd servers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import RSAKey

from app.domain.terms import Named, PractitionerId
from app.kernel.clock import SystemClock
from app.kernel.faults import AppError
from app.ports.directory import Identity, Tokens
from sync.cdr.directory import hash_password
from sync.cdr.serving import CdrSettings, EmbeddedCdr
from sync.oidc import OidcDirectory
from tests.support.browser import Browser, Person

Make = Callable[..., OidcDirectory]
Reply = tuple[int, object]
SMART = "/fhir/.well-known/smart-configuration"
OPENID = "/.well-known/openid-configuration"


def never() -> bool:
    return False


def named(user: str, claims: Mapping[str, object], access: str) -> Identity:
    """`WhoIs` of a repository that takes everybody at their word."""
    del access
    return Identity(PractitionerId(user), str(claims["sub"]), Named("王芳"), None)


@pytest.fixture
def browser() -> Iterator[Browser]:
    found = Browser()
    yield found
    found.rest()


@pytest.fixture
def make(browser: Browser) -> Iterator[Make]:
    made: list[OidcDirectory] = []

    def make(base: str, **more: float) -> OidcDirectory:
        told = {"patience": 20.0, **more}
        made.append(OidcDirectory(base, "wardone", browser.open, named, SystemClock(), **told))  # type: ignore[arg-type]  # seconds
        return made[-1]

    yield make
    for directory in made:
        directory.close()


def refused(directory: OidcDirectory, cancelled: Callable[[], bool] = never) -> tuple[str, str]:
    with pytest.raises(AppError) as caught:
        directory.sign_in(None, cancelled)
    return caught.value.fault.kind.name, caught.value.fault.message.code


def not_refreshed(directory: OidcDirectory, tokens: Tokens) -> tuple[str, str]:
    with pytest.raises(AppError) as caught:
        directory.refresh(tokens)
    return caught.value.fault.kind.name, caught.value.fault.message.code


# --- at our own repository --------------------------------------------------------------------


@pytest.fixture(scope="module")
def cdr() -> Iterator[EmbeddedCdr]:
    with EmbeddedCdr(CdrSettings()) as started:
        sesame = hash_password("rounds-at-eight")
        started.directory.put_user("wang", sesame, "Practitioner/wang", "王芳", "nurse", "")
        # Its threads start with the first request, and must not look like a test's own.
        requests.get(f"{started.base_url}/metadata", timeout=30).close()
        yield started


def test_a_clinician_signs_in_and_the_tokens_are_rotated(
    cdr: EmbeddedCdr, make: Make, browser: Browser
) -> None:
    directory = make(cdr.base_url)

    arrived = directory.sign_in(None, never)
    fresh = directory.refresh(arrived.tokens)

    assert arrived.identity.practitioner == f"{cdr.base_url}/Practitioner/wang"
    assert fresh.refresh != arrived.tokens.refresh
    assert not_refreshed(directory, arrived.tokens) == ("SIGNED_OUT", "signin.hospital-again")
    assert browser.pages


def test_a_second_browser_window_is_not_needed_for_a_second_try(
    cdr: EmbeddedCdr, make: Make, browser: Browser
) -> None:
    browser.person = Person(tries=("wrong", "rounds-at-eight"), presses=("Sign in",))

    assert make(cdr.base_url).sign_in(None, never).identity.username == "wang"
    assert len(browser.opened) == 1


@pytest.mark.parametrize(
    ("patience", "cancelled", "code"),
    [(0.4, False, "signin.browser-timeout"), (20.0, True, "fault.cancelled")],
)
def test_a_browser_that_does_not_come_back(
    cdr: EmbeddedCdr, make: Make, browser: Browser, patience: float, cancelled: bool, code: str  # noqa: FBT001 - what the user does
) -> None:  # fmt: skip
    browser.closes = True

    assert refused(make(cdr.base_url, patience=patience), lambda: cancelled) == ("REFUSED", code)


def test_a_system_without_a_browser_says_so(cdr: EmbeddedCdr) -> None:
    def nothing(address: str) -> bool:
        return not address

    directory = OidcDirectory(cdr.base_url, "wardone", nothing, named, SystemClock())

    assert refused(directory) == ("REFUSED", "signin.no-browser")
    directory.close()


@pytest.mark.parametrize("changed", [{"state": "another"}, {"iss": "https://else.example"}])
def test_an_answer_that_is_not_ours(
    cdr: EmbeddedCdr, make: Make, browser: Browser, changed: dict[str, str]
) -> None:
    browser.tampers = lambda answer: answer | changed

    assert refused(make(cdr.base_url)) == ("SIGNED_OUT", "signin.answer-not-ours")


# --- at odd servers ---------------------------------------------------------------------------


class OddHospital:
    """Answers as a test says; by default like a good provider that asks for no password.

    Attributes:
        says: Answers by path, instead of the good ones.
        asked: Every path with the bearer token that came with it.
    """

    def __init__(self) -> None:
        self.says: dict[str, Reply] = {}
        self.asked: list[tuple[str, str]] = []
        self._nonce = ""
        self._key = RSAKey.generate_key(2048, {"kid": "k", "use": "sig"})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.base = f"{self.origin}/fhir"
        self.about: dict[str, object] = {
            "issuer": self.origin,
            "authorization_endpoint": f"{self.origin}/authorize",
            "token_endpoint": f"{self.origin}/token",
            "jwks_uri": f"{self.origin}/jwks",
        }

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def id_token(self, **more: object) -> str:
        now = int(SystemClock().now().timestamp())
        claims = {"iss": self.origin, "aud": "wardone", "sub": "wang", "iat": now}
        claims |= {"exp": now + 60, "nonce": self._nonce, "fhirUser": "Practitioner/wang", **more}
        return jwt.encode({"alg": "RS256", "kid": "k"}, claims, self._key)

    def answer(self, path: str, query: str) -> Reply:
        if path == "/authorize":
            asked = dict(parse_qsl(query))
            self._nonce = asked["nonce"]
            return 302, f"{asked['redirect_uri']}?code=c-1&state={asked['state']}"
        return (self._good() | self.says).get(path, (404, {}))

    def _good(self) -> dict[str, Reply]:
        tokens = {"access_token": "a-1", "refresh_token": "r-1", "token_type": "Bearer"}
        return {
            SMART: (200, self.about),
            OPENID: (200, {**self.about, "userinfo_endpoint": f"{self.origin}/userinfo"}),
            "/jwks": (200, {"keys": [self._key.as_dict(private=False)]}),
            "/token": (200, {**tokens, "id_token": self.id_token()}),
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hospital = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                hospital.asked.append((parts.path, self.headers.get("Authorization") or ""))
                status, value = hospital.answer(parts.path, parts.query)
                raw = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", str(value))
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.do_GET()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                """Say nothing."""

        return Handler


@pytest.fixture
def odd() -> Iterator[OddHospital]:
    found = OddHospital()
    yield found
    found.close()


def test_the_odd_hospital_lets_people_in_until_it_is_told_otherwise(
    odd: OddHospital, make: Make
) -> None:
    arrived = make(odd.base).sign_in(None, never)

    assert arrived.identity.practitioner == "Practitioner/wang"
    assert (arrived.tokens.access, arrived.tokens.refresh) == ("a-1", "r-1")


def test_keys_are_found_where_the_issuer_says(odd: OddHospital, make: Make) -> None:
    odd.says[SMART] = (200, {n: v for n, v in odd.about.items() if n != "jwks_uri"})

    assert make(odd.base).sign_in(None, never).identity.username == "wang"
    assert OPENID in [path for path, _ in odd.asked]


def test_an_issuer_that_describes_another_is_refused(odd: OddHospital, make: Make) -> None:
    odd.says[SMART] = (200, {n: v for n, v in odd.about.items() if n != "jwks_uri"})
    odd.says[OPENID] = (200, odd.about | {"issuer": "https://another.example"})

    assert refused(make(odd.base)) == ("REFUSED", "signin.not-offered")


def test_userinfo_is_asked_with_the_token_when_the_id_token_is_silent(
    odd: OddHospital, make: Make, browser: Browser
) -> None:
    odd.says["/userinfo"] = (200, {"sub": "wang", "fhirUser": "Practitioner/of-userinfo"})
    directory = make(odd.base)
    browser.tampers = lambda answer: _silence(odd, answer)

    assert directory.sign_in(None, never).identity.practitioner == "Practitioner/of-userinfo"
    assert ("/userinfo", "Bearer a-1") in odd.asked


def test_without_userinfo_nobody_is_guessed(odd: OddHospital, make: Make, browser: Browser) -> None:
    odd.says[OPENID] = (200, odd.about)
    browser.tampers = lambda answer: _silence(odd, answer)

    assert refused(make(odd.base)) == ("REFUSED", "signin.no-fhir-user")


def _silence(odd: OddHospital, answer: dict[str, str]) -> dict[str, str]:
    """Between the login and the exchange, when the nonce is known."""
    id_token = odd.id_token(fhirUser="")
    odd.says["/token"] = (200, {"access_token": "a-1", "id_token": id_token})
    return answer


@pytest.mark.parametrize(
    ("path", "reply", "kind", "code"),
    [
        (SMART, (200, b"<html>a portal</html>"), "REFUSED", "signin.not-offered"),
        (SMART, (404, {}), "REFUSED", "signin.not-offered"),
        (SMART, (200, {"issuer": "http://127.0.0.1:9"}), "OFFLINE", "signin.hospital-unreachable"),
        (SMART, (503, b""), "OFFLINE", "signin.hospital-in-trouble"),
        ("/token", (400, {"error": "invalid_grant"}), "SIGNED_OUT", "signin.hospital-refused"),
        ("/token", (401, {"error": "invalid_client"}), "SIGNED_OUT", "signin.not-registered"),
        ("/token", (302, "http://127.0.0.1:9/"), "REFUSED", "signin.not-offered"),
        ("/token", (500, b"oops"), "OFFLINE", "signin.hospital-in-trouble"),
        ("/token", (200, {"access_token": "a-1"}), "SIGNED_OUT", "signin.token-not-trusted"),
        ("/jwks", (200, {"keys": []}), "SIGNED_OUT", "signin.token-not-trusted"),
        ("/jwks", (200, b"\x00"), "REFUSED", "signin.not-offered"),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_server_may_answer_instead(
    odd: OddHospital, make: Make, path: str, reply: Reply, kind: str, code: str
) -> None:
    odd.says[path] = reply

    assert refused(make(odd.base)) == (kind, code)


def test_a_refused_refresh_asks_for_a_sign_in_and_a_broken_one_for_patience(
    odd: OddHospital, make: Make
) -> None:
    directory = make(odd.base)
    tokens = directory.sign_in(None, never).tokens

    assert not_refreshed(directory, replace(tokens, refresh="")) == (
        "SIGNED_OUT",
        "signin.hospital-again",
    )
    odd.says["/token"] = (400, {"error": "invalid_grant"})
    assert not_refreshed(directory, tokens) == ("SIGNED_OUT", "signin.hospital-again")
    odd.says["/token"] = (502, b"")
    assert not_refreshed(directory, tokens) == ("OFFLINE", "signin.hospital-in-trouble")
    odd.says["/token"] = (200, {"access_token": "a-2"})
    assert directory.refresh(tokens).refresh == "r-1"


def test_the_verifier_goes_to_the_token_endpoint_and_nowhere_else(
    odd: OddHospital, make: Make, browser: Browser
) -> None:
    make(odd.base).sign_in(None, never)

    sent = parse_qs(urlsplit(browser.opened[0]).query)
    assert "code_verifier" not in sent
    assert [path for path, _ in odd.asked].count("/token") == 1
