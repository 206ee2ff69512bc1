"""Sealing small secrets: under a symmetric key of ours, or under the hospital's public key."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.kernel.faults import FaultKind, app_error

_NONCE = 12
_LEAST_BITS = 2048
_OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


class Unopenable(Exception):  # noqa: N818 - an answer to a key, not an error of the program
    """The key does not fit, or the sealed bytes were altered."""


def derive(secret: bytes, purpose: str, salt: bytes | None = None) -> bytes:
    """A 32-byte key for one purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(hashes.SHA256(), 32, salt, purpose.encode()).derive(secret)


def seal(key: bytes, plain: bytes, about: bytes) -> bytes:
    """AES-256-GCM with a random nonce in front; `about` is bound to it and not stored."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, about)


def unseal(key: bytes, sealed: bytes, about: bytes) -> bytes:
    """What `seal` was given.

    Raises:
        Unopenable: Another key, another `about`, or altered bytes.
    """
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about)
    except (InvalidTag, ValueError) as error:
        raise Unopenable from error


@dataclass(frozen=True, slots=True)
class HospitalKey:
    """The hospital's public RSA key, under which only its IT can read."""

    key: rsa.RSAPublicKey
    fingerprint: str

    @classmethod
    def load(cls, pem: bytes) -> HospitalKey:
        """Read a PEM public key of at least 2048 bits.

        Raises:
            AppError: `REFUSED` if it is none.
        """
        try:
            key = serialization.load_pem_public_key(pem)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise app_error(FaultKind.REFUSED, "vault.recovery-key-bad", "not PEM") from error
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _LEAST_BITS:
            raise app_error(FaultKind.REFUSED, "vault.recovery-key-bad", type(key).__name__)
        return cls(key, fingerprint_of(key))

    def seal(self, secret: bytes) -> bytes:
        """RSA-OAEP with SHA-256 (RFC 8017 §7.1); for keys, not for documents."""
        return self.key.encrypt(secret, _OAEP)


@dataclass(frozen=True, slots=True)
class HospitalPrivateKey:
    """The other half, in the hands of the hospital's IT."""

    key: rsa.RSAPrivateKey

    @classmethod
    def load(cls, pem: bytes, password: bytes | None) -> HospitalPrivateKey:
        """Read a PEM private key.

        Raises:
            AppError: `REFUSED` if it is none or the password is wrong.
        """
        try:
            key = serialization.load_pem_private_key(pem, password)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            detail = type(error).__name__
            raise app_error(FaultKind.REFUSED, "vault.recovery-key-bad", detail) from error
        if not isinstance(key, rsa.RSAPrivateKey):
            raise app_error(FaultKind.REFUSED, "vault.recovery-key-bad", type(key).__name__)
        return cls(key)

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.key.public_key())

    def unseal(self, sealed: bytes) -> bytes:
        """The secret inside.

        Raises:
            Unopenable: It was sealed for another key, or altered.
        """
        try:
            return self.key.decrypt(sealed, _OAEP)
        except ValueError as error:
            raise Unopenable from error


def fingerprint_of(key: rsa.RSAPublicKey) -> str:
    """SHA-256 of the key's SubjectPublicKeyInfo, in hex."""
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(der).hexdigest()
