"""Writes versions: numbering, stamping, indexing, and what a write may not do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from app.fhir.document import Document, Json, relative
from sync.cdr.definitions import Definitions
from sync.cdr.indexing import NOTHING, Index, index
from sync.cdr.outcome import Refusal
from sync.cdr.store import Store
from sync.cdr.values import Policy, Version, stamped
from sync.cdr.wire import read, sorted_bytes, write

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_REFERENCE = re.compile(rb'"reference":("(?:[^"\\]|\\.)*")')
_ETAG = re.compile(r'(?:W/)?"?([^"]*)"?')


@dataclass(frozen=True, slots=True)
class Written:
    """What a write came to; `changed` is False when the content was there already."""

    version: Version
    created: bool
    changed: bool


class Recorder:
    """The only writer to the store. Runs inside the store's atomic block.

    Attributes:
        heard: Told of every version as it is written, before the block is kept.
    """

    def __init__(self, store: Store, definitions: Definitions, policy: Policy) -> None:
        self._store = store
        self._definitions = definitions
        self._policy = policy
        self.heard: Callable[[Version], None] | None = None

    def put(
        self, document: Document, at: int, method: str, *, if_match: str = "", fresh: bool = False
    ) -> Written:
        """Create or update `document`, which has its type and id.

        `fresh` says that the id was made here, so nothing can be there.

        Raises:
            Refusal: stale If-Match.
        """
        type_, id_ = str(document["resourceType"]), str(document["id"])
        before = None if fresh else self._store.current(type_, id_)
        self.check_match(before, if_match)
        gone = NOTHING
        if before is not None and not before.deleted:
            former = read(before.body)
            document = _with_kept_labels(document, former)
            if self._policy.suppress_unchanged and _content(former) == _content(document):
                return Written(before, created=False, changed=False)
            gone = index(former, type_, self._definitions)
        number = before.number + 1 if before else 1
        body = write(stamped(document, number, at))
        key = before.key if before else 0
        version = Version(type_, id_, number, at, method, body, key=key)
        self._write(version, gone, index(document, type_, self._definitions))
        return Written(version, before is None or before.deleted, changed=True)

    def delete(self, type_: str, id_: str, at: int, *, if_match: str = "") -> Version | None:
        """Add a deletion; None when there is nothing to delete.

        Raises:
            Refusal: stale If-Match.
        """
        before = self._store.current(type_, id_)
        self.check_match(before, if_match)
        if before is None:
            return None
        if before.deleted:
            return before
        gone = index(read(before.body), type_, self._definitions)
        version = replace(before, number=before.number + 1, updated=at, method="DELETE", body=b"")
        self._write(version, gone, NOTHING)
        return version

    def _write(self, version: Version, gone: Index, come: Index) -> None:
        self._store.write(version, gone, come)
        if self.heard is not None:
            self.heard(version)

    def check_match(self, before: Version | None, if_match: str) -> None:
        """Optimistic locking (R4 §3.1.0.5.5).

        Raises:
            Refusal: the version asked for is not the current one.
        """
        if not if_match or (if_match == "*" and before is not None):
            return
        if before is None and self._policy.if_match_creates:
            return
        found = _ETAG.fullmatch(if_match.strip())
        if before is None or found is None or found[1] != str(before.number):
            status = self._policy.stale_status
            raise Refusal(status, "conflict", "cdr.stale-version")

    def check_id(self, id_: str) -> None:
        """A client's own id (R4 §2.24.0.1 id).

        Raises:
            Refusal: 400.
        """
        if not _ID.fullmatch(id_) or (self._policy.ids_need_a_letter and id_.isdigit()):
            raise Refusal(400, "value", "cdr.bad-id")

    def check_links(self, written: Iterable[Document]) -> None:
        """Every literal reference leads to something.

        Raises:
            Refusal: 400, named by the types only.
        """
        if not self._policy.referential_integrity:
            return
        for document in written:
            if (missing := self.dangling(document)) is not None:
                of = document.get("resourceType")
                raise Refusal(400, "not-found", "cdr.missing-reference", f"{of} -> {missing}")

    def dangling(self, document: Document) -> str | None:
        """Type of the first reference that leads nowhere."""
        for text in reference_texts(document):
            if is_unresolved(text):
                return "urn" if text.startswith("urn:") else text.partition("?")[0]
            type_, _, id_ = (relative(text) or "").partition("/")
            if not type_:
                continue
            found = self._store.current(type_, id_)
            if found is None or found.deleted:
                return type_
        return None

    def check_unreferenced(self, deleted: Iterable[str]) -> None:
        """Nothing that remains refers to what was deleted.

        Raises:
            Refusal: 409.
        """
        names = tuple(deleted)
        if not self._policy.referential_integrity or not names:
            return
        for version in self._store.load(self._store.referrers(names, 1)):
            detail = f"{version.type} -> {names[0].split('/')[0]}"
            raise Refusal(409, "conflict", "cdr.still-referenced", detail)


def local(document: Document, base: str) -> Document:
    """The document with absolute references to this very server made relative."""
    return {key: _local(value, base + "/") for key, value in document.items()}


def reference_texts(document: Document) -> list[str]:
    """Every literal reference in a document, as it is written.

    Searched in the serialised form, where a quote inside a text is always escaped: ten times
    faster than a walk, and a load does it for every resource.
    """
    found = _REFERENCE.findall(write(document))
    return [json.loads(text) if b"\\" in text else text[1:-1].decode() for text in found]


def is_unresolved(reference: str) -> bool:
    """By `urn:uuid:`, `urn:oid:` or a search: good inside a bundle alone."""
    return reference.startswith(("urn:uuid:", "urn:oid:")) or _is_search(reference)


def unresolved(document: Document) -> list[str]:
    """The references that nobody has resolved yet."""
    return [text for text in reference_texts(document) if is_unresolved(text)]


def _is_search(reference: str) -> bool:
    return "?" in reference and "://" not in reference.partition("?")[0]


def _local(value: Json, base: str) -> Json:
    match value:
        case dict():
            return {
                key: inner.removeprefix(base)
                if key == "reference" and isinstance(inner, str)
                else _local(inner, base)
                for key, inner in value.items()
            }
        case list():
            return [_local(inner, base) for inner in value]
        case _:
            return value


def _content(document: Document) -> bytes:
    meta = document.get("meta")
    kept: Document = {}
    if isinstance(meta, dict):
        kept = {k: v for k, v in meta.items() if k not in ("versionId", "lastUpdated")}
    rest = {key: value for key, value in document.items() if key != "meta"}
    return sorted_bytes(rest | ({"meta": kept} if kept else {}))


def _with_kept_labels(document: Document, former: Document) -> Document:
    """Tags and security labels survive an update that does not name them (R4 §3.1.0.4)."""
    old, new = former.get("meta"), document.get("meta")
    if not isinstance(old, dict):
        return document
    meta: Document = dict(new) if isinstance(new, dict) else {}
    for key in ("tag", "security"):
        had, has = old.get(key), meta.get(key)
        if isinstance(had, list):
            sent = has if isinstance(has, list) else []
            meta[key] = [*sent, *(label for label in had if label not in sent)]
    return document | {"meta": meta} if meta else document
