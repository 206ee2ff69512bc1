"""What an authorisation server says, read with suspicion: endpoints, codes, tokens, claims.

RFC 6749 (OAuth 2.0), RFC 7636 (PKCE), RFC 9207 (issuer of an answer), OpenID Connect Core and
Discovery 1.0, SMART App Launch 2.2. Values in, values out; `sync.oidc` does the talking.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from app.kernel.faults import AppError, FaultKind, app_error
from app.ports.directory import Tokens

SCOPES = (
    "openid fhirUser offline_access user/*.rs user/MedicationRequest.cu user/ServiceRequest.cu "
    "user/DocumentReference.cu user/Task.cu user/Communication.cu user/Provenance.cu "
    "user/AuditEvent.cu user/Basic.cud"
)
"""What the workstation reads and writes (SMART App Launch 2.2, scopes v2).

It creates by PUT with ids of its own, which is an update there; the probe of the enrolment removes
its `Basic`s.
"""
_ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
)  # fmt: skip
_KINDS = ("RSA", "EC")  # a shared secret ("oct") proves nothing about who signed
_LEEWAY = 300
_LONGEST = 24 * 3600
_LONGEST_FLOW = 300 + _LEEWAY
"""Seconds from the password to the id_token: what a sign-in waits for the browser, and clocks."""
_IN_TROUBLE = {"server_error", "temporarily_unavailable", "slow_down"}
# RFC 6749 §4.1.2.1 and §5.2: what is wrong is the program or its registration, not the person.
_OF_THE_PROGRAM = {
    "invalid_client", "invalid_request", "invalid_scope", "invalid_target", "unauthorized_client",
    "unsupported_grant_type", "unsupported_response_type",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Discovered:
    """Endpoints of the authorisation server (SMART App Launch 2.2, conformance)."""

    issuer: str
    authorize: str
    token: str
    jwks: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What this sign-in sent to the browser, to be recognised in what comes back."""

    client: str
    audience: str
    redirect: str
    state: str
    nonce: str
    verifier: str


def read_endpoints(described: Mapping[str, object], base_url: str) -> Discovered:
    """Read the endpoints out of a SMART configuration.

    Raises:
        AppError: `REFUSED` when one is missing, less protected than the repository at `base_url`
            itself, or when the server takes no S256 challenge (RFC 7636 §4.2).
    """
    methods = described.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" not in methods:
        raise app_error(FaultKind.REFUSED, "signin.not-offered", "discovery without S256")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not _is_protected(text(described, name), base_url):
            raise app_error(FaultKind.REFUSED, "signin.not-offered", f"discovery: no good {name}")
    if not text(described, "issuer"):
        raise app_error(FaultKind.REFUSED, "signin.not-offered", "discovery: no issuer")
    return Discovered(
        issuer=text(described, "issuer"),
        authorize=text(described, "authorization_endpoint"),
        token=text(described, "token_endpoint"),
        jwks=text(described, "jwks_uri"),
    )


def checked_provider(described: Mapping[str, object], issuer: str) -> dict[str, object]:
    """The issuer's own description, which must speak of that issuer (OIDC Discovery §4.3).

    Raises:
        AppError: `REFUSED` when it speaks of another.
    """
    if text(described, "issuer") != issuer:
        raise app_error(FaultKind.REFUSED, "signin.not-offered", "issuer describes another")
    return dict(described)


def authorize_url(found: Discovered, asked: Asked) -> str:
    """Where the browser goes (RFC 6749 §4.1.1, SMART standalone launch).

    `prompt=login` because a ward PC is shared: without it the browser may answer for the colleague
    who signed in before. `consent` is what `offline_access` asks for (OIDC Core §11).
    """
    query = {
        "response_type": "code",
        "client_id": asked.client,
        "redirect_uri": asked.redirect,
        "scope": SCOPES,
        "state": asked.state,
        "nonce": asked.nonce,
        "aud": asked.audience,
        "code_challenge": challenge(asked.verifier),
        "code_challenge_method": "S256",
        "prompt": "login consent",
    }
    joint = "&" if urlsplit(found.authorize).query else "?"
    return f"{found.authorize}{joint}{urlencode(query)}"


def challenge(verifier: str) -> str:
    """The S256 code challenge (RFC 7636 §4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def checked_code(answer: Mapping[str, list[str]], state: str, issuer: str) -> str:
    """The code the browser brought back.

    Raises:
        AppError: `SIGNED_OUT` when the answer is not to our question or the hospital said no,
            `OFFLINE` when it could not say anything.
    """
    if not hmac.compare_digest(answer.get("state", [""])[0].encode(), state.encode()):
        raise app_error(FaultKind.SIGNED_OUT, "signin.answer-not-ours", "state does not match")
    if answer.get("iss", [issuer])[0] != issuer:
        raise app_error(FaultKind.SIGNED_OUT, "signin.answer-not-ours", "iss does not match")
    if "error" in answer:
        error = answer["error"][0]
        if error == "access_denied":
            raise app_error(FaultKind.SIGNED_OUT, "signin.declined", error)
        raise _refusal(error, "in the browser")
    code = answer.get("code", [""])[0]
    if not code:
        raise app_error(FaultKind.SIGNED_OUT, "signin.answer-not-ours", "no code")
    return code


def checked_json(status: int, body: bytes) -> dict[str, object]:
    """The JSON object of a token or discovery answer, or the reason there is none.

    Raises:
        AppError: `SIGNED_OUT` for an OAuth error (RFC 6749 §5.2), `OFFLINE` for a server in
            trouble, `REFUSED` when it is no answer of such a server at all (a portal page, a
            wrong address).
    """
    if status == 429 or status >= 500:
        raise app_error(FaultKind.OFFLINE, "signin.hospital-in-trouble", f"status {status}")
    try:
        value = json.loads(body)
    except ValueError as error:
        raise app_error(FaultKind.REFUSED, "signin.not-offered", f"status {status}, no JSON") from (
            error
        )
    if not isinstance(value, dict):
        raise app_error(FaultKind.REFUSED, "signin.not-offered", f"status {status}, no object")
    if status in (400, 401, 403) and text(value, "error"):
        raise _refusal(text(value, "error"), f"status {status}")
    if status != 200:
        raise app_error(FaultKind.REFUSED, "signin.not-offered", f"status {status}")
    return value


def read_tokens(fields: Mapping[str, object], old_refresh: str, now: datetime) -> Tokens:
    """Read a token answer (RFC 6749 §5.1); a server that does not rotate sends no refresh token.

    Raises:
        AppError: `SIGNED_OUT` when there is no bearer token in it.
    """
    access = text(fields, "access_token")
    kind = fields.get("token_type", "Bearer")
    if not access or not isinstance(kind, str) or kind.lower() != "bearer":
        raise app_error(FaultKind.SIGNED_OUT, "signin.token-not-trusted", "no bearer token")
    return Tokens(
        access=access,
        refresh=text(fields, "refresh_token") or old_refresh,
        expires_at=now + timedelta(seconds=_lifetime(fields.get("expires_in"))),
    )


def checked_claims(
    id_token: str, keys: Mapping[str, object], issuer: str, asked: Asked, now: datetime
) -> dict[str, object]:
    """Signature, issuer, audience, life and nonce of the id_token (OIDC Core §3.1.3.7).

    Any signing key of the issuer will do: a token need not name the key it was signed with.

    Raises:
        AppError: `SIGNED_OUT` when one of them is not as it must be.
    """
    registry = jwt.JWTClaimsRegistry(
        now=lambda: int(now.timestamp()),
        leeway=_LEEWAY,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": asked.client},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": asked.nonce},
    )
    claims = _signed_by_one_of(_signing_keys(keys), id_token)
    try:
        registry.validate(claims)
    except JoseError as error:
        raise _not_trusted(f"{type(error).__name__}: {error.description}") from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", "" if several else asked.client) != asked.client:
        raise _not_trusted("azp is another program")
    _check_asked_anew(claims.get("auth_time"), now)
    return claims


def _check_asked_anew(authenticated: object, now: datetime) -> None:
    """A browser that remembers a colleague answers for them, whatever `prompt=login` asks for.

    `auth_time` (OIDC Core §2) says when somebody last typed a password there; a provider that
    does not send it is believed.
    """
    if isinstance(authenticated, int) and authenticated < now.timestamp() - _LONGEST_FLOW:
        raise app_error(FaultKind.SIGNED_OUT, "signin.not-asked-anew", "auth_time is too old")


def fhir_user(claims: Mapping[str, object], of_userinfo: Mapping[str, object]) -> str:
    """Who it is: `fhirUser` of the id_token (SMART App Launch 2.2), else of userinfo.

    Raises:
        AppError: `SIGNED_OUT` when userinfo speaks of another person (OIDC Core §5.3.2),
            `REFUSED` when neither says who it is.
    """
    if found := text(claims, "fhirUser"):
        return found
    if of_userinfo and of_userinfo.get("sub") != claims["sub"]:
        raise _not_trusted("userinfo is of another subject")
    if found := text(of_userinfo, "fhirUser"):
        return found
    raise app_error(FaultKind.REFUSED, "signin.no-fhir-user", "no fhirUser")


def text(fields: Mapping[str, object], name: str) -> str:
    """The string called `name`, or "" when there is none."""
    found = fields.get(name)
    return found if isinstance(found, str) else ""


def _is_protected(address: str, base_url: str) -> bool:
    """TLS, unless the repository itself is reached without it (loopback, a closed test net)."""
    parts = urlsplit(address)
    allowed = ("https", "http") if urlsplit(base_url).scheme == "http" else ("https",)
    return parts.scheme in allowed and bool(parts.netloc)


def _refusal(error: str, where: str) -> AppError:
    detail = f"{where}, {error[:40]}"
    if error in _IN_TROUBLE:
        return app_error(FaultKind.OFFLINE, "signin.hospital-in-trouble", detail)
    if error in _OF_THE_PROGRAM:
        return app_error(FaultKind.SIGNED_OUT, "signin.not-registered", detail)
    return app_error(FaultKind.SIGNED_OUT, "signin.hospital-refused", detail)


def _not_trusted(detail: str) -> AppError:
    return app_error(FaultKind.SIGNED_OUT, "signin.token-not-trusted", detail)


def _lifetime(said: object) -> int:
    """Seconds a token lives; five minutes where the server does not say so in a number."""
    try:
        seconds = int(said) if isinstance(said, (int, str)) else 300
    except ValueError:
        seconds = 300
    return max(0, min(seconds, _LONGEST))


def _signing_keys(keys: Mapping[str, object]) -> list[Key]:
    """The keys that may have signed; one of a kind that we do not know is passed over."""
    listed = keys.get("keys")
    found: list[Key] = []
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and one.get("use", "sig") == "sig" and one.get("kty") in _KINDS:
            try:
                found.append(JWKRegistry.import_key(one))
            except (JoseError, ValueError, TypeError):
                continue
    return found


def _signed_by_one_of(keys: list[Key], id_token: str) -> dict[str, object]:
    why = "no signing key"
    for key in keys:
        try:
            return dict(jwt.decode(id_token, key, algorithms=_ALGORITHMS).claims)
        except (JoseError, ValueError, TypeError) as error:
            why = type(error).__name__
    raise _not_trusted(why)
