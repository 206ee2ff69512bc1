"""The demo hospital's staff directory: users, password hashes, tokens, the signing key."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from joserfc.jwk import RSAKey

from app.kernel.clock import Clock
from sync.cdr.values import milliseconds

_COST = 2**14
_SCHEMA = """
CREATE TABLE IF NOT EXISTS user (
  username TEXT PRIMARY KEY, password_hash TEXT NOT NULL, practitioner TEXT NOT NULL,
  display TEXT NOT NULL, display_en TEXT NOT NULL, role TEXT NOT NULL, disabled INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS token (
  digest TEXT PRIMARY KEY, kind TEXT NOT NULL, family TEXT NOT NULL, username TEXT NOT NULL,
  client TEXT NOT NULL, scope TEXT NOT NULL, expires INTEGER NOT NULL, used INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    access: timedelta = timedelta(hours=1)
    refresh: timedelta = timedelta(hours=24)
    code: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class User:
    """Someone who may sign in.

    Attributes:
        username: What is typed.
        practitioner: `Practitioner/id`, the `fhirUser`.
        display: Name as the hospital writes it.
        display_en: The same in English letters, or empty.
        role: Code of `urn:wardone:role`.
        disabled: The account was withdrawn.
    """

    username: str
    practitioner: str
    display: str
    display_en: str
    role: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class Granted:
    """A pair of tokens just made; only their digests are kept."""

    access: str
    refresh: str
    user: User
    scope: str
    client: str


class DirectoryError(Exception):
    """The directory says no; `args[0]` is the OAuth error code (RFC 6749 §5.2)."""


class StaffDirectory:
    """Users and tokens in SQLite; call it on any thread."""

    def __init__(self, path: Path | None, clock: Clock, lifetimes: Lifetimes | None = None) -> None:
        self.lifetimes = lifetimes or Lifetimes()
        self._clock = clock
        self._lock = threading.RLock()
        self._base = sqlite3.connect(
            path or ":memory:", isolation_level=None, check_same_thread=False
        )
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.executescript(_SCHEMA)
        self._key: RSAKey | None = None

    def put_user(
        self,
        username: str,
        password_hash: str,
        practitioner: str,
        display: str,
        role: str,
        display_en: str = "",
    ) -> None:
        """Add or replace a user; `password_hash` comes from `hash_password`."""
        with self._lock:
            self._base.execute(
                "INSERT OR REPLACE INTO user VALUES (?, ?, ?, ?, ?, ?, 0)",
                (username, password_hash, practitioner, display, display_en, role),
            )

    def user(self, username: str) -> User | None:
        with self._lock:
            row = self._base.execute(f"{_USERS} WHERE username = ?", (username,)).fetchone()
        return _user(row) if row is not None else None

    def users(self) -> tuple[User, ...]:
        """Everybody who has an account, withdrawn ones too."""
        with self._lock:
            rows = self._base.execute(f"{_USERS} ORDER BY username").fetchall()
        return tuple(map(_user, rows))

    def check_password(self, username: str, password: str) -> User | None:
        """The user, when name and password fit and the account is not withdrawn."""
        with self._lock:
            row = self._base.execute(
                "SELECT password_hash FROM user WHERE username = ?", (username,)
            ).fetchone()
        # an unknown name costs the same time as a wrong password
        fits = _fits(password, row[0] if row else _NOBODY)
        found = self.user(username)
        return found if fits and found is not None and not found.disabled else None

    def revoke(self, username: str) -> None:
        """Withdraw an account and every token of it."""
        with self._lock:
            self._base.execute("UPDATE user SET disabled = 1 WHERE username = ?", (username,))
            self._base.execute("DELETE FROM token WHERE username = ?", (username,))

    def restore(self, username: str) -> None:
        """Let a withdrawn account in again; it has to sign in anew."""
        with self._lock:
            self._base.execute("UPDATE user SET disabled = 0 WHERE username = ?", (username,))

    def expire_access(self, username: str = "") -> None:
        """End the access tokens of one user, or everybody's; refresh tokens stay good."""
        self._expire("access", username)

    def expire_refresh(self, username: str = "") -> None:
        """End the refresh tokens of one user, or everybody's."""
        self._expire("refresh", username)

    def _expire(self, kind: str, username: str) -> None:
        with self._lock:
            self._base.execute(
                "UPDATE token SET expires = 0 WHERE kind = ? AND ? IN ('', username)",
                (kind, username),
            )

    def grant(self, user: User, client: str, scope: str, family: str = "") -> Granted:
        """Make an access and a refresh token."""
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        family = family or secrets.token_urlsafe(16)
        now = milliseconds(self._clock.now())
        with self._lock:
            self._base.execute("DELETE FROM token WHERE expires < ?", (now - _DAY,))
            for token, kind, life in (
                (access, "access", self.lifetimes.access),
                (refresh, "refresh", self.lifetimes.refresh),
            ):
                ends = now + life // timedelta(milliseconds=1)
                row = (_digest(token), kind, family, user.username, client, scope, ends)
                self._base.execute("INSERT INTO token VALUES (?, ?, ?, ?, ?, ?, ?, 0)", row)
        return Granted(access, refresh, user, scope, client)

    def refresh(self, token: str, client: str) -> Granted:
        """Exchange a refresh token for a new pair; the old one is spent.

        Using a spent one ends the whole family (RFC 9700 §4.14.2): either its owner or a thief
        has used it before.

        Raises:
            DirectoryError: `invalid_grant`.
        """
        with self._lock:
            row = self._base.execute(
                "SELECT family, username, client, scope, expires, used FROM token "
                "WHERE digest = ? AND kind = 'refresh'",
                (_digest(token),),
            ).fetchone()
            if row is None:
                raise DirectoryError("invalid_grant")
            family, username, owner, scope, expires, used = row
            if used:
                self._base.execute("DELETE FROM token WHERE family = ?", (family,))
                raise DirectoryError("invalid_grant")
            user = self.user(username)
            gone = expires <= milliseconds(self._clock.now()) or user is None or user.disabled
            if gone or user is None or owner != client:
                raise DirectoryError("invalid_grant")
            self._base.execute("UPDATE token SET used = 1 WHERE digest = ?", (_digest(token),))
            return self.grant(user, client, scope, family)

    def forget(self, token: str) -> None:
        """Revoke a token and its family (RFC 7009)."""
        with self._lock:
            self._base.execute(
                "DELETE FROM token WHERE family = (SELECT family FROM token WHERE digest = ?)",
                (_digest(token),),
            )

    def bearer(self, token: str) -> User | None:
        """Whose good access token this is."""
        with self._lock:
            row = self._base.execute(
                "SELECT username FROM token WHERE digest = ? AND kind = 'access' AND expires > ?",
                (_digest(token), milliseconds(self._clock.now())),
            ).fetchone()
            found = self.user(row[0]) if row else None
        return found if found is not None and not found.disabled else None

    def signing_key(self) -> RSAKey:
        """The RSA key of the id_tokens; made once and kept."""
        with self._lock:
            if self._key is None:
                row = self._base.execute(
                    "SELECT value FROM secret WHERE name = 'signing-key'"
                ).fetchone()
                if row is None:
                    made = RSAKey.generate_key(2048, auto_kid=True)
                    row = (made.as_pem(private=True),)
                    self._base.execute("INSERT INTO secret VALUES ('signing-key', ?)", row)
                self._key = RSAKey.import_key(row[0], {"use": "sig", "alg": "RS256"})
                self._key.ensure_kid()
            return self._key

    def close(self) -> None:
        self._base.close()


def hash_password(password: str) -> str:
    """A salted scrypt hash (RFC 7914), with its cost inside."""
    salt = secrets.token_bytes(16)
    return f"scrypt${_COST}${salt.hex()}${_scrypt(password, salt, _COST).hex()}"


def _user(row: tuple[str, str, str, str, str, int]) -> User:
    name, practitioner, display, english, role, disabled = row
    return User(name, practitioner, display, english, role, bool(disabled))


def _fits(password: str, stored: str) -> bool:
    _, cost, salt, wanted = stored.split("$")
    made = _scrypt(password, bytes.fromhex(salt), int(cost))
    return hmac.compare_digest(made, bytes.fromhex(wanted))


def _scrypt(password: str, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=8, p=1, dklen=32)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


_USERS = "SELECT username, practitioner, display, display_en, role, disabled FROM user"
_DAY = 24 * 60 * 60 * 1000
_NOBODY = f"scrypt${_COST}${'00' * 16}${'00' * 32}"
