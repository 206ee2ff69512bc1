"""The JWT that goes with every call, and how one that comes in is tried.

CDS Hooks 2.0.1, Security: ES384 over `iss`, `aud` (the address that is called), `iat`, `exp`,
`jti`. The private key lies inside the encrypted database, as the keys clinicians sign with. A token
is never logged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from app.kernel.clock import Clock, Ids
from app.kernel.faults import FaultKind, app_error

ALGORITHM = "ES384"
LIFETIME_SECONDS = 60
_CURVE = "P-384"
_SECRET = "cds-hooks"  # noqa: S105 - the name it is kept under
_SKEW_SECONDS = 30
_LONGEST_SECONDS = 300
_REMEMBERED = 65_536

Secret = Callable[[str], bytes | None]
KeepSecret = Callable[[str, bytes], None]


class ServiceKey:
    """The key of this workstation, made when it is first needed."""

    def __init__(self, secret: Secret, keep: KeepSecret) -> None:
        self._secret = secret
        self._keep = keep
        self._key: ECKey | None = None

    def private(self) -> ECKey:
        """The key.

        Raises:
            AppError: `STORAGE`.
        """
        if self._key is None:
            self._key = self._kept() or self._made()
        return self._key

    def public(self) -> dict[str, object]:
        """The key set to give to whoever runs a service (RFC 7517)."""
        key = self.private()
        told: Mapping[str, object] = key.as_dict(private=False)
        return {
            "keys": [{**told, "kid": key.thumbprint(), "alg": ALGORITHM, "use": "sig"}],
        }

    def _kept(self) -> ECKey | None:
        kept = self._secret(_SECRET)
        if kept is None:
            return None
        try:
            return ECKey.import_key(kept)
        except (JoseError, ValueError) as error:
            detail = type(error).__name__
            raise app_error(FaultKind.STORAGE, "cds.key-damaged", detail) from error

    def _made(self) -> ECKey:
        made = ECKey.generate_key(_CURVE)
        self._keep(_SECRET, made.as_pem(private=True))
        return made


@dataclass(frozen=True, slots=True)
class ServiceTokens:
    """Tokens for calls.

    Attributes:
        issuer: How the hospital's services know this installation (`iss`).
    """

    key: ServiceKey
    issuer: str
    clock: Clock
    ids: Ids

    def bearer(self, endpoint: str) -> str:
        """A token for one call of `endpoint`.

        Raises:
            AppError: `STORAGE`.
        """
        key, now = self.key.private(), int(self.clock.now().timestamp())
        header = {"alg": ALGORITHM, "typ": "JWT", "kid": key.thumbprint()}
        claims = {
            "iss": self.issuer,
            "aud": endpoint,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "jti": self.ids.new(),
        }
        return jwt.encode(header, claims, key, algorithms=[ALGORITHM])


@dataclass(slots=True)
class TokenCheck:
    """Tries tokens of clients whose keys are known.

    Attributes:
        keys: JWKS of the clients.
        issuers: Who may be `iss`; empty admits every issuer whose key is known.
    """

    keys: KeySet
    clock: Clock
    issuers: Collection[str] = ()
    _seen: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, jwks: bytes, clock: Clock) -> TokenCheck:
        """For the clients whose keys stand in a key set (RFC 7517).

        Raises:
            AppError: `STORAGE` when it is none.
        """
        try:
            return cls(KeySet.import_key_set(json.loads(jwks)), clock)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            detail = type(error).__name__
            raise app_error(FaultKind.STORAGE, "cds.keys-unreadable", detail) from error

    def admits(self, token: str, endpoint: str) -> bool:
        """Whether `token` was made for this call, now, and was not used before."""
        try:
            claims = jwt.decode(token, self.keys, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError, TypeError, KeyError):
            return False
        now = self.clock.now().timestamp()
        begun, ends, jti = claims.get("iat"), claims.get("exp"), claims.get("jti")
        if not isinstance(begun, int) or not isinstance(ends, int) or not isinstance(jti, str):
            return False
        if not begun - _SKEW_SECONDS <= now < ends + _SKEW_SECONDS:
            return False
        if ends - begun > _LONGEST_SECONDS or not self._is_for(claims, endpoint):
            return False
        return self._is_first(f"{claims.get('iss')} {jti}", now)

    def _is_for(self, claims: Mapping[str, object], endpoint: str) -> bool:
        audience, issuer = claims.get("aud"), claims.get("iss")
        named = audience if isinstance(audience, list) else [audience]
        return endpoint in named and (not self.issuers or issuer in self.issuers)

    def _is_first(self, name: str, now: float) -> bool:
        """Every token is used once (`jti`); those that have ended are forgotten."""
        if len(self._seen) >= _REMEMBERED:
            oldest = now - _LONGEST_SECONDS - 2 * _SKEW_SECONDS
            self._seen = {one: at for one, at in self._seen.items() if at > oldest}
        if name in self._seen or len(self._seen) >= _REMEMBERED:
            return False
        self._seen[name] = now
        return True
