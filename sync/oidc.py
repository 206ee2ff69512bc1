"""Signing in with SMART on FHIR: authorization code + PKCE in the system browser.

RFC 8252 (native apps, loopback redirect on any port), RFC 7636 (PKCE, S256), SMART App Launch 2.2
(standalone launch, `aud`, `fhirUser`). The hospital password is typed into the browser, never here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.kernel.clock import Clock
from app.kernel.faults import FaultKind, app_error
from app.ports.directory import Credentials, Identity, SignedIn, Tokens

_SCOPES = (
    "openid fhirUser offline_access user/*.rs user/MedicationRequest.cu user/ServiceRequest.cu "
    "user/DocumentReference.cu user/Task.cu user/Communication.cu user/Provenance.cu "
    "user/AuditEvent.c user/Basic.cu"
)
_PAGE = (
    "<!doctype html><meta charset='utf-8'><title>WardOne</title>"
    "<p style='font:16px sans-serif;margin:3em'>WardOne: 可以关闭此页并回到工作站。<br>"
    "You may close this page and return to the workstation.</p>"
)

OpenBrowser = Callable[[str], bool]
WhoIs = Callable[[str, Mapping[str, object], str], Identity]
"""(fhirUser reference, id_token claims, access token) → identity read from the repository."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """Endpoints of the authorisation server (SMART App Launch 2.2, conformance)."""

    issuer: str
    authorize: str
    token: str
    jwks: str


class OidcDirectory:
    """`Directory` over a SMART/OIDC server."""

    in_browser = True

    def __init__(  # noqa: PLR0913 - the parties of the flow
        self,
        base_url: str,
        client_id: str,
        open_browser: OpenBrowser,
        who_is: WhoIs,
        clock: Clock,
        *,
        timeout: float = 30.0,
        patience: float = 300.0,
        ca_bundle: str = "",
    ) -> None:
        self._base = base_url.rstrip("/")
        self._client = client_id
        self._open_browser = open_browser
        self._who_is = who_is
        self._clock = clock
        self._timeout = timeout
        self._patience = patience
        self._http = requests.Session()
        if ca_bundle:
            self._http.verify = ca_bundle

    def sign_in(self, credentials: Credentials | None, cancelled: Callable[[], bool]) -> SignedIn:
        """Open the browser, wait for it to come back, and check everything it brings.

        Raises:
            AppError: `OFFLINE`; `SIGNED_OUT` when the server refused or an answer was not ours;
                `REFUSED` when the user gave up or the server offers no such sign-in.
        """
        del credentials  # typed into the browser, where we do not see them
        found = self._discover()
        verifier = secrets.token_urlsafe(64)
        state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        with _Loopback() as loopback:
            address = self._authorize_url(found, loopback.redirect, verifier, state, nonce)
            if not self._open_browser(address):
                raise app_error(FaultKind.REFUSED, "signin.no-browser", "no browser opened")
            answer = loopback.wait(self._patience, cancelled)
        code = _checked_code(answer, state)
        fields = self._token(
            found,
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": loopback.redirect,
                "client_id": self._client,
                "code_verifier": verifier,
            },
        )
        claims = self._verified(found, str(fields.get("id_token", "")), nonce)
        tokens = self._tokens(fields, "")
        user = claims.get("fhirUser")
        if not isinstance(user, str):
            raise app_error(FaultKind.REFUSED, "signin.no-fhir-user", "id_token has no fhirUser")
        return SignedIn(self._who_is(user, claims, tokens.access), tokens)

    def refresh(self, tokens: Tokens) -> Tokens:
        """Fresh tokens; servers rotate the refresh token, so the old one is forgotten."""
        found = self._discover()
        fields = self._token(
            found,
            {
                "grant_type": "refresh_token",
                "refresh_token": tokens.refresh,
                "client_id": self._client,
            },
        )
        return self._tokens(fields, tokens.refresh)

    def close(self) -> None:
        self._http.close()

    def _authorize_url(
        self, found: Discovered, redirect: str, verifier: str, state: str, nonce: str
    ) -> str:
        query = {
            "response_type": "code",
            "client_id": self._client,
            "redirect_uri": redirect,
            "scope": _SCOPES,
            "state": state,
            "nonce": nonce,
            "aud": self._base,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
            "prompt": "consent",
        }
        return f"{found.authorize}?{urlencode(query)}"

    def _discover(self) -> Discovered:
        smart = self._json("GET", f"{self._base}/.well-known/smart-configuration")
        issuer = str(smart.get("issuer", ""))
        if not smart.get("jwks_uri") and issuer:
            smart |= self._json("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            return Discovered(
                issuer=str(smart["issuer"]),
                authorize=str(smart["authorization_endpoint"]),
                token=str(smart["token_endpoint"]),
                jwks=str(smart["jwks_uri"]),
            )
        except KeyError as error:
            raise app_error(
                FaultKind.REFUSED, "signin.not-offered", f"discovery lacks {error}"
            ) from error

    def _token(self, found: Discovered, form: Mapping[str, str]) -> dict[str, object]:
        return self._json("POST", found.token, form)

    def _tokens(self, fields: Mapping[str, object], old_refresh: str) -> Tokens:
        lifetime = fields.get("expires_in", 300)
        seconds = int(lifetime) if isinstance(lifetime, (int, str)) else 300
        return Tokens(
            access=str(fields.get("access_token", "")),
            refresh=str(fields.get("refresh_token", old_refresh)),
            expires_at=self._clock.now() + timedelta(seconds=seconds),
        )

    def _verified(self, found: Discovered, id_token: str, nonce: str) -> dict[str, object]:
        """Signature, issuer, audience, life and nonce of the id_token (OIDC Core §3.1.3.7)."""
        keys = self._json("GET", found.jwks)
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock.now().timestamp()),
            leeway=300,
            iss={"essential": True, "value": found.issuer},
            aud={"essential": True, "value": self._client},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            key_set = KeySet.import_key_set({"keys": keys["keys"]})  # type: ignore[typeddict-item]  # WORKAROUND(joserfc typing, until 2): JSON is checked by the library
            token = jwt.decode(id_token, key_set, algorithms=["RS256", "ES256", "ES384", "PS256"])
            registry.validate(token.claims)
        except (JoseError, ValueError, KeyError) as error:
            raise app_error(
                FaultKind.SIGNED_OUT, "signin.token-not-trusted", type(error).__name__
            ) from error
        return dict(token.claims)

    def _json(
        self, method: str, address: str, form: Mapping[str, str] | None = None
    ) -> dict[str, object]:
        try:
            answer = self._http.request(
                method,
                address,
                data=form,
                headers={"Accept": "application/json"},
                timeout=(10.0, self._timeout),
                allow_redirects=method == "GET",
            )
        except requests.exceptions.SSLError as error:
            raise app_error(FaultKind.OFFLINE, "sync.certificate", type(error).__name__) from error
        except requests.exceptions.RequestException as error:
            raise app_error(
                FaultKind.OFFLINE, "signin.hospital-unreachable", type(error).__name__
            ) from error
        return checked_json(answer.status_code, answer.content)


def checked_json(status: int, body: bytes) -> dict[str, object]:
    """The JSON object of a token or discovery answer, or the reason there is none.

    Raises:
        AppError: `SIGNED_OUT` for 400/401/403 (RFC 6749 §5.2), `OFFLINE` for a server in trouble,
            `REFUSED` when it is not JSON at all (a portal page, a wrong address).
    """
    if status in (400, 401, 403):
        raise app_error(FaultKind.SIGNED_OUT, "signin.hospital-refused", _error_code(status, body))
    if status == 429 or status >= 500:
        raise app_error(FaultKind.OFFLINE, "signin.hospital-in-trouble", f"status {status}")
    try:
        value = json.loads(body)
    except ValueError as error:
        raise app_error(FaultKind.REFUSED, "signin.not-offered", f"status {status}, no JSON") from (
            error
        )
    if status >= 300 or not isinstance(value, dict):
        raise app_error(FaultKind.REFUSED, "signin.not-offered", f"status {status}")
    return value


def challenge(verifier: str) -> str:
    """The S256 code challenge (RFC 7636 §4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _error_code(status: int, body: bytes) -> str:
    try:
        value = json.loads(body)
    except ValueError:
        return f"status {status}"
    code = value.get("error") if isinstance(value, dict) else None
    return f"status {status}, {code}" if isinstance(code, str) else f"status {status}"


def _checked_code(answer: Mapping[str, list[str]], state: str) -> str:
    if not hmac.compare_digest(answer.get("state", [""])[0], state):
        raise app_error(FaultKind.SIGNED_OUT, "signin.answer-not-ours", "state does not match")
    if "error" in answer:
        raise app_error(FaultKind.SIGNED_OUT, "signin.hospital-refused", answer["error"][0][:40])
    code = answer.get("code", [""])[0]
    if not code:
        raise app_error(FaultKind.SIGNED_OUT, "signin.answer-not-ours", "no code")
    return code


class _Loopback:
    """Listens on 127.0.0.1 for the one redirect of this sign-in."""

    def __init__(self) -> None:
        self._arrived = threading.Event()
        self._query: dict[str, list[str]] = {}
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path != "/callback":
                    self.send_error(404)
                    return
                body = _PAGE.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                owner._take(parse_qs(parts.query))

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                """Say nothing: the query holds a code."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="sign-in")
        self.redirect = f"http://127.0.0.1:{self._server.server_address[1]}/callback"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self, patience: float, cancelled: Callable[[], bool]) -> Mapping[str, list[str]]:
        rounds = max(1, int(patience / 0.2))
        for _ in range(rounds):
            if self._arrived.wait(0.2):
                return self._query
            if cancelled():
                raise app_error(FaultKind.REFUSED, "fault.cancelled", "sign-in cancelled")
        raise app_error(FaultKind.REFUSED, "signin.browser-timeout", "no redirect in time")

    def _take(self, query: dict[str, list[str]]) -> None:
        if not self._arrived.is_set():
            self._query = query
            self._arrived.set()
