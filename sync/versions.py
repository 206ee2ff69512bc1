"""Resource versions: how they are written in headers, and which of two is the newer."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from app.domain.terms import Ref


class Order(enum.Enum):
    """How one version of a resource stands to another of the same resource."""

    OLDER = "older"
    SAME = "same"
    NEWER = "newer"
    UNKNOWN = "unknown"


class Regression(enum.Enum):
    """What is wrong with a version that cannot follow the one we hold (I9)."""

    WENT_BACK = "went-back"
    SAME_VERSION_OTHER_CONTENT = "same-version-other-content"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a resource: its opaque id, and when the server says it was made."""

    id: str
    updated: datetime | None = None
    content_hash: str = ""


def if_match(version: str) -> str:
    """The weak ETag of a version (FHIR R4 §3.1.0.5)."""
    return f'W/"{version}"'


def version_of_etag(etag: str) -> str:
    """The version id inside an ETag, weak or strong; "" when there is none."""
    bare = etag.strip().removeprefix("W/").strip()
    if len(bare) >= 2 and bare.startswith('"') and bare.endswith('"'):
        return bare[1:-1]
    return ""


def version_of_location(location: str) -> tuple[Ref, str] | None:
    """`Type/id` and version of `[base/]Type/id/_history/version` (FHIR R4 §3.1.0.5)."""
    parts = location.split("/")
    if len(parts) < 4 or parts[-2] != "_history" or not all(parts[-4:]):
        return None
    return Ref(f"{parts[-4]}/{parts[-3]}"), parts[-1]


def compare(new: Version, held: Version) -> Order:
    """Say how `new` stands to `held`.

    Version ids are opaque (FHIR R4 §2.27.1). Only whole numbers on both sides are compared as
    numbers; UUIDs and other ids say nothing of order, so `lastUpdated` alone decides.
    """
    if new.id == held.id:
        return Order.SAME
    if _is_number(new.id) and _is_number(held.id):
        return Order.OLDER if int(new.id) < int(held.id) else Order.NEWER
    if new.updated is None or held.updated is None or new.updated == held.updated:
        return Order.UNKNOWN
    return Order.OLDER if new.updated < held.updated else Order.NEWER


def regression(new: Version, held: Version) -> Regression | None:
    """Tell whether a server that shows `new` after `held` has lost history (I9)."""
    order = compare(new, held)
    if order is Order.OLDER:
        return Regression.WENT_BACK
    both_known = bool(new.content_hash and held.content_hash)
    if order is Order.SAME and both_known and new.content_hash != held.content_hash:
        return Regression.SAME_VERSION_OTHER_CONTENT
    return None


def _is_number(version: str) -> bool:
    return version.isascii() and version.isdigit()
