"""The sign-in of the demo hospital: OAuth 2 authorization code + PKCE, OpenID Connect, SMART."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from app.kernel.clock import Clock
from sync.cdr.directory import DirectoryError, Granted, StaffDirectory, User
from sync.cdr.login_page import login_page

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_LOOPBACK = ("127.0.0.1", "[::1]", "localhost")
_PAGE_HEADERS = {
    **_NO_STORE,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
DEMO_CLIENT = "demo-sign-in"
_MOST_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorization request (RFC 6749 §4.1.1) that has been found good."""

    client: str
    redirect: str
    scope: str
    state: str
    nonce: str
    challenge: str
    at: datetime
    user: User | None = None


class SignIn:
    """The endpoints under `/auth`."""

    def __init__(
        self,
        directory: StaffDirectory,
        clock: Clock,
        *,
        clients: frozenset[str],
        demo_sign_in: bool,
        admin_secret: str,
    ) -> None:
        self._directory = directory
        self._clock = clock
        self._clients = clients
        self._demo_sign_in = demo_sign_in
        self._admin_secret = admin_secret
        self._waiting: dict[str, Asked] = {}
        self._codes: dict[str, Asked] = {}

    def routes(self, prefix: str) -> list[Route]:
        """Everything under `prefix`; the demo and admin places only when they are switched on."""
        found = [
            Route(f"{prefix}/.well-known/openid-configuration", self.configuration),
            Route(f"{prefix}/authorize", self.authorize, methods=["GET"]),
            Route(f"{prefix}/authorize", self.log_in, methods=["POST"]),
            Route(f"{prefix}/token", self.token, methods=["POST"]),
            Route(f"{prefix}/revoke", self.revoke, methods=["POST"]),
            Route(f"{prefix}/userinfo", self.userinfo, methods=["GET", "POST"]),
            Route(f"{prefix}/jwks", self.jwks),
        ]
        if self._demo_sign_in:
            found.append(Route(f"{prefix}/demo-sign-in", self.demo_sign_in, methods=["POST"]))
        if self._admin_secret:
            found.append(Route(f"{prefix}/admin/{{act}}", self.admin, methods=["POST"]))
        return found

    async def configuration(self, http: HttpRequest) -> Response:
        return JSONResponse(self.described(http))

    def described(self, http: HttpRequest) -> dict[str, object]:
        """What SMART (§2.2 conformance) and OpenID discovery say; one document serves both."""
        issuer = f"{origin(http)}/auth"
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "revocation_endpoint": f"{issuer}/revoke",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/jwks",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "fhirUser", "offline_access", "user/*.cruds"],
            "authorization_response_iss_parameter_supported": True,
            "capabilities": [
                "launch-standalone",
                "client-public",
                "sso-openid-connect",
                "permission-user",
                "permission-offline",
                "permission-v2",
            ],
        }

    async def authorize(self, http: HttpRequest) -> Response:
        """Show the login page for a request that is in order.

        An unknown client or redirect is told to the person, never to the redirect (RFC 6749
        §4.1.2.1).
        """
        query = dict(parse_qsl(http.url.query))
        language = query.get("ui_locales", http.headers.get("accept-language", ""))
        redirect = query.get("redirect_uri", "")
        if query.get("client_id") not in self._clients or not _is_ours(redirect):
            return _page(login_page("", language, problem="cdr.sign-in.unknown-client"), 400)
        if wrong := _wrong_with(query, f"{origin(http)}/fhir"):
            answer = {"error": wrong, "state": query.get("state", ""), "iss": _issuer(http)}
            return RedirectResponse(f"{redirect}?{urlencode(answer)}", 302, headers=_NO_STORE)
        asked = Asked(
            query["client_id"],
            redirect,
            query.get("scope", ""),
            query["state"],
            query.get("nonce", ""),
            query["code_challenge"],
            self._clock.now(),
        )
        ticket = secrets.token_urlsafe(24)
        _keep(self._waiting, ticket, asked)
        return _page(login_page(ticket, language))

    async def log_in(self, http: HttpRequest) -> Response:
        """Take the login form and send the browser back with a code."""
        form = await _form(http)
        language = http.headers.get("accept-language", "")
        ticket = form.get("ticket", "")
        asked = self._waiting.get(ticket)
        if asked is None:
            return _page(login_page("", language, problem="cdr.sign-in.expired"), 400)
        user = self._directory.check_password(form.get("username", ""), form.get("password", ""))
        if user is None:
            return _page(login_page(ticket, language, problem="cdr.sign-in.wrong"), 403)
        del self._waiting[ticket]
        code = secrets.token_urlsafe(32)
        signed = Asked(
            asked.client,
            asked.redirect,
            asked.scope,
            asked.state,
            asked.nonce,
            asked.challenge,
            self._clock.now(),
            user,
        )
        _keep(self._codes, code, signed)
        answer = {"code": code, "state": asked.state, "iss": _issuer(http)}
        return RedirectResponse(f"{asked.redirect}?{urlencode(answer)}", 303, headers=_NO_STORE)

    async def token(self, http: HttpRequest) -> Response:
        """RFC 6749 §4.1.3 and §6."""
        form = await _form(http)
        try:
            match form.get("grant_type"):
                case "authorization_code":
                    return self._from_code(http, form)
                case "refresh_token":
                    client = form.get("client_id", DEMO_CLIENT)
                    granted = self._directory.refresh(form.get("refresh_token", ""), client)
                    return self._tokens(http, granted, "")
        except DirectoryError as error:
            return _refused(str(error.args[0]))
        return _refused("unsupported_grant_type")

    def _from_code(self, http: HttpRequest, form: Mapping[str, str]) -> Response:
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or asked.user is None:
            return _refused("invalid_grant")
        late = self._clock.now() - asked.at > self._directory.lifetimes.code
        fits = (
            form.get("client_id") == asked.client
            and form.get("redirect_uri") == asked.redirect
            and hmac.compare_digest(_s256(form.get("code_verifier", "")), asked.challenge)
        )
        if late or not fits:
            return _refused("invalid_grant")
        granted = self._directory.grant(asked.user, asked.client, asked.scope)
        return self._tokens(http, granted, asked.nonce)

    async def revoke(self, http: HttpRequest) -> Response:
        """RFC 7009: always 200, whatever the token was."""
        self._directory.forget((await _form(http)).get("token", ""))
        return Response(status_code=200, headers=_NO_STORE)

    async def userinfo(self, http: HttpRequest) -> Response:
        kind, _, token = http.headers.get("authorization", "").partition(" ")
        user = self._directory.bearer(token.strip()) if kind.lower() == "bearer" else None
        if user is None:
            return Response(status_code=401, headers={"WWW-Authenticate": challenge()})
        return JSONResponse(_claims(http, user), headers=_NO_STORE)

    async def jwks(self, _http: HttpRequest) -> Response:
        key = self._directory.signing_key().as_dict(private=False)
        return JSONResponse({"keys": [key]})

    async def demo_sign_in(self, http: HttpRequest) -> Response:
        """Name and password in, tokens out: for demo, training and tests alone."""
        try:
            form = json.loads(await http.body())
        except ValueError:
            return _refused("invalid_request")
        if not isinstance(form, dict):
            return _refused("invalid_request")
        name, password = str(form.get("username", "")), str(form.get("password", ""))
        user = self._directory.check_password(name, password)
        if user is None:
            return _refused("invalid_grant", 401)
        scope = str(form.get("scope") or "openid fhirUser offline_access user/*.cruds")
        granted = self._directory.grant(user, DEMO_CLIENT, scope)
        return self._tokens(http, granted, "")

    async def admin(self, http: HttpRequest) -> Response:
        """Withdraw accounts and end tokens, for tests in other processes."""
        _, _, secret = http.headers.get("authorization", "").partition(" ")
        if not hmac.compare_digest(secret.encode(), self._admin_secret.encode()):
            return _refused("access_denied", 403)
        acts = {
            "revoke-user": self._directory.revoke,
            "restore-user": self._directory.restore,
            "expire-access": self._directory.expire_access,
            "expire-refresh": self._directory.expire_refresh,
        }
        act = acts.get(http.path_params["act"])
        if act is None:
            return _refused("invalid_request", 404)
        act((await _form(http)).get("username", ""))
        return Response(status_code=204)

    def _tokens(self, http: HttpRequest, granted: Granted, nonce: str) -> Response:
        life = self._directory.lifetimes.access
        answer: dict[str, object] = {
            "access_token": granted.access,
            "token_type": "Bearer",
            "expires_in": int(life.total_seconds()),
            "refresh_token": granted.refresh,
            "scope": granted.scope,
            **_claims(http, granted.user),
        }
        if "openid" in granted.scope.split():
            answer["id_token"] = self._id_token(http, granted, nonce)
        return JSONResponse(answer, headers=_NO_STORE)

    def _id_token(self, http: HttpRequest, granted: Granted, nonce: str) -> str:
        """OpenID Connect Core §2, with the SMART claim `fhirUser`."""
        key = self._directory.signing_key()
        now = int(self._clock.now().timestamp())
        claims: dict[str, object] = {
            "iss": _issuer(http),
            "aud": granted.client,
            "iat": now,
            "exp": now + int(self._directory.lifetimes.access.total_seconds()),
            **_claims(http, granted.user),
        }
        if nonce:
            claims["nonce"] = nonce
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


def sign_in_routes(signing: SignIn) -> list[Route]:
    """The sign-in under `/auth` and, for clients that know the FHIR base alone, below that."""

    async def smart(http: HttpRequest) -> Response:
        return JSONResponse(signing.described(http))

    known = "/.well-known/smart-configuration"
    found = [Route(f"/fhir{known}", smart), Route(known, smart)]
    return [*found, *signing.routes("/auth"), *signing.routes("/fhir/auth")]


def challenge() -> str:
    """What a refused request is told (RFC 6750 §3)."""
    return 'Bearer realm="WardOne demo", error="invalid_token"'


def origin(http: HttpRequest) -> str:
    """Where this server is, as the client sees it."""
    return f"{http.url.scheme}://{http.url.netloc}"


def _issuer(http: HttpRequest) -> str:
    return f"{origin(http)}/auth"


def _claims(http: HttpRequest, user: User) -> dict[str, object]:
    return {
        "sub": user.username,
        "preferred_username": user.username,
        "name": user.display,
        "name_en": user.display_en,
        "role": user.role,
        "fhirUser": f"{origin(http)}/fhir/{user.practitioner}",
    }


def _is_ours(redirect: str) -> bool:
    """A loopback redirect on any port (RFC 8252 §7.3)."""
    try:
        parts = urlsplit(redirect)
        host = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    except ValueError:
        return False
    plain = not parts.query and not parts.fragment and "@" not in parts.netloc
    return parts.scheme == "http" and host in _LOOPBACK and parts.path == "/callback" and plain


def _wrong_with(query: Mapping[str, str], fhir: str) -> str:
    """The OAuth error code of a request whose redirect is good; empty when it is in order."""
    if query.get("response_type") != "code":
        return "unsupported_response_type"
    challenged = len(query.get("code_challenge", "")) >= 43
    good = query.get("code_challenge_method") == "S256" and challenged
    audience = query.get("aud", fhir).rstrip("/")
    if not good or not query.get("state") or audience not in (fhir, fhir.removesuffix("/fhir")):
        return "invalid_request"
    return ""


def _s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _keep(kept: dict[str, Asked], name: str, asked: Asked) -> None:
    while len(kept) >= _MOST_WAITING:
        del kept[next(iter(kept))]
    kept[name] = asked


async def _form(http: HttpRequest) -> dict[str, str]:
    body = await http.body()
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _page(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status, headers=_PAGE_HEADERS)


def _refused(error: str, status: int = 400) -> Response:
    return JSONResponse({"error": error}, status, headers=_NO_STORE)
