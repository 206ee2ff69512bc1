"""Signing in with SMART on FHIR: authorization code + PKCE in the system browser.

RFC 8252 (native apps, loopback redirect on any port), RFC 7636 (PKCE, S256), SMART App Launch 2.2
(standalone launch, `aud`, `fhirUser`). The hospital password is typed into the browser, never here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping

import requests

from app.kernel.clock import Clock
from app.kernel.faults import AppError, FaultKind, app_error
from app.ports.directory import Credentials, Identity, SignedIn, Tokens
from sync.loopback import Loopback
from sync.oidc_answers import (
    Asked,
    Discovered,
    authorize_url,
    checked_claims,
    checked_code,
    checked_json,
    checked_provider,
    fhir_user,
    read_endpoints,
    read_tokens,
    text,
)

OpenBrowser = Callable[[str], bool]
WhoIs = Callable[[str, Mapping[str, object], str], Identity]
"""(fhirUser reference, id_token claims, access token) → identity read from the repository."""


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
        described = self._described()
        found = read_endpoints(described, self._base)
        with Loopback() as loopback:
            asked = Asked(
                client=self._client,
                audience=self._base,
                redirect=loopback.redirect,
                state=secrets.token_urlsafe(24),
                nonce=secrets.token_urlsafe(24),
                verifier=secrets.token_urlsafe(64),
            )
            if not self._open_browser(authorize_url(found, asked)):
                raise app_error(FaultKind.REFUSED, "signin.no-browser", "no browser opened")
            answer = loopback.wait(self._patience, cancelled)
        fields = self._exchanged(found, asked, checked_code(answer, asked.state, found.issuer))
        now = self._clock.now()
        keys = self._json("GET", found.jwks)
        claims = checked_claims(text(fields, "id_token"), keys, found.issuer, asked, now)
        tokens = read_tokens(fields, "", now)
        more = {} if text(claims, "fhirUser") else self._userinfo(found.issuer, tokens.access)
        user = fhir_user(claims, more)
        return SignedIn(self._who_is(user, more | claims, tokens.access), tokens)

    def refresh(self, tokens: Tokens) -> Tokens:
        """Fresh tokens; servers rotate the refresh token, so the old one is forgotten.

        Raises:
            AppError: `OFFLINE`; `SIGNED_OUT` when the account or the token was withdrawn;
                `REFUSED` when what answers is no such server.
        """
        if not tokens.refresh:
            raise app_error(FaultKind.SIGNED_OUT, "signin.hospital-again", "no refresh token")
        found = read_endpoints(self._described(), self._base)
        form = {
            "grant_type": "refresh_token",
            "refresh_token": tokens.refresh,
            "client_id": self._client,
        }
        try:
            fields = self._json("POST", found.token, form)
        except AppError as error:
            if error.fault.message.code == "signin.hospital-refused":
                raise app_error(
                    FaultKind.SIGNED_OUT, "signin.hospital-again", error.fault.detail
                ) from error
            raise
        return read_tokens(fields, tokens.refresh, self._clock.now())

    def close(self) -> None:
        self._http.close()

    def _described(self) -> dict[str, object]:
        """The SMART configuration, filled up from the issuer's own where it is incomplete."""
        smart = self._json("GET", f"{self._base}/.well-known/smart-configuration")
        if (issuer := text(smart, "issuer")) and not text(smart, "jwks_uri"):
            return self._provider(issuer) | smart
        return smart

    def _provider(self, issuer: str) -> dict[str, object]:
        address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        return checked_provider(self._json("GET", address), issuer)

    def _exchanged(self, found: Discovered, asked: Asked, code: str) -> dict[str, object]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": asked.redirect,
            "client_id": asked.client,
            "code_verifier": asked.verifier,
        }
        return self._json("POST", found.token, form)

    def _userinfo(self, issuer: str, access: str) -> dict[str, object]:
        """What the issuer tells about the person beyond the id_token; {} when it tells nothing."""
        address = text(self._provider(issuer), "userinfo_endpoint")
        return self._json("GET", address, bearer=access) if address else {}

    def _json(
        self, method: str, address: str, form: Mapping[str, str] | None = None, bearer: str = ""
    ) -> dict[str, object]:
        headers = {"Accept": "application/json"}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        try:
            answer = self._http.request(
                method,
                address,
                data=form,
                headers=headers,
                timeout=(10.0, self._timeout),
                allow_redirects=method == "GET" and not bearer,
            )
        except requests.exceptions.SSLError as error:
            raise app_error(FaultKind.OFFLINE, "sync.certificate", type(error).__name__) from error
        except requests.exceptions.RequestException as error:
            raise app_error(
                FaultKind.OFFLINE, "signin.hospital-unreachable", type(error).__name__
            ) from error
        return checked_json(answer.status_code, answer.content)
