"""Bodies of documents as they are stored: the very bytes, compressed."""

from __future__ import annotations

import hashlib
import threading
from decimal import Decimal

import orjson
import zstandard

from app.fhir.document import Document, canonical, parse, shortest
from app.fhir.frame import unstamped
from app.kernel.faults import FaultKind, app_error


class _Codec(threading.local):
    """zstandard contexts are fast when reused and must not be shared between threads."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=3)
        self.decompressor = zstandard.ZstdDecompressor()


_codec = _Codec()


def pack(body: bytes) -> bytes:
    """Compress a body for its row."""
    return _codec.compressor.compress(body)


def unpack(packed: bytes) -> bytes:
    """The bytes as they came.

    Raises:
        AppError: `STORAGE` if they cannot be decompressed.
    """
    try:
        return _codec.decompressor.decompress(packed)
    except zstandard.ZstdError as error:
        raise app_error(FaultKind.STORAGE, "storage.damaged", "body") from error


def opened(packed: bytes) -> Document:
    """The document inside a stored body."""
    return parse(unpack(packed))


def content_hash(document: Document) -> str:
    """What servers and signatures compare: `canonical_hash`, by a shorter way.

    Bulk downloads hash every document, and the general writer took three quarters of their time.
    A property test holds both ways to the same bytes.
    """
    kept = {key: value for key, value in document.items() if key not in ("meta", "text")}
    return hashlib.sha256(_canonical(kept)).hexdigest()


def stamp(document: Document) -> str:
    """Token of the whole content a form was opened on: narrative, tags and security included.

    Only what a server rewrites by itself on every save is left out, so that an acknowledgement
    does not make a form stale.
    """
    return hashlib.sha256(_canonical(unstamped(document))).hexdigest()[:32]


def _canonical(document: Document) -> bytes:
    """Keys sorted, decimals in their shortest form (architecture.md, Rulings)."""
    try:
        return orjson.dumps(document, _decimal, orjson.OPT_SORT_KEYS)
    except (TypeError, RecursionError):
        # Integers over 64 bits and very deep nesting are beyond orjson.
        return canonical({"_": document})[len(b'{"_":') : -1]


def _decimal(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(shortest(value).encode("ascii"))
    raise TypeError
