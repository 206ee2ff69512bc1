"""The write interactions of R4 §3.1.0, their conditional forms included."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass

from app.fhir.document import Document
from app.kernel.clock import Ids
from sync.cdr.outcome import Refusal
from sync.cdr.patching import patched, read_patch
from sync.cdr.recording import Recorder, Written
from sync.cdr.store import Store
from sync.cdr.validation import Validator
from sync.cdr.values import Version
from sync.cdr.wire import read


@dataclass(frozen=True, slots=True)
class Done:
    """What an interaction came to: its status, the version it left, and what it wrote."""

    status: int
    version: Version | None
    document: Document | None = None


Matches = Callable[[str, str], list[Version]]
"""Current resources of a type that fit a query string."""


class Writer:
    """Writes inside one atomic block of the store; who calls checks references at its end."""

    def __init__(
        self,
        store: Store,
        recorder: Recorder,
        ids: Ids,
        validator: Validator | None,
        matches: Matches,
    ) -> None:
        self._store = store
        self._recorder = recorder
        self._ids = ids
        self._validator = validator
        self._matches = matches

    def new_id(self) -> str:
        return self._ids.new()

    def check(self, document: Document, type_: str) -> None:
        """A body fit to be stored under `type_`.

        Raises:
            Refusal: 400 of another type, 422 not valid R4.
        """
        if document.get("resourceType") != type_:
            raise Refusal(400, "invalid", "cdr.other-type", type_)
        if self._validator is None:
            return
        found = [
            Refusal(422, "structure", "cdr.invalid", problem.reason, problem.path)
            for problem in self._validator.problems(document)
        ]
        if found:
            found[0].more = tuple(found[1:])
            raise found[0]

    def create(self, document: Document, id_: str, at: int) -> Done:
        """Store under an id that was made here."""
        document = document | {"id": id_}
        written = self._recorder.put(document, at, "POST", fresh=True)
        return Done(201, written.version, document)

    def update(self, document: Document, id_: str, at: int, if_match: str) -> Done:
        """Store under the client's id (update as create included).

        Raises:
            Refusal: 400 on another id in the body or one that is not allowed, stale If-Match.
        """
        if document.get("id", id_) != id_:
            raise Refusal(400, "invalid", "cdr.other-id")
        self._recorder.check_id(id_)
        document = document | {"id": id_}
        return _done(self._recorder.put(document, at, "PUT", if_match=if_match), document)

    def patch(self, type_: str, id_: str, body: bytes, at: int, if_match: str) -> Done:
        """Apply a JSON Patch.

        Raises:
            Refusal: 404, 410, stale If-Match, 422 when the patch or its result does not fit.
        """
        version = present(self._store, type_, id_)
        self._recorder.check_match(version, if_match)
        document = patched(read(version.body), read_patch(body))
        if document.get("id") != id_ or document.get("resourceType") != type_:
            raise Refusal(422, "processing", "cdr.patch-failed")
        self.check(document, type_)
        return _done(self._recorder.put(document, at, "PATCH"), document)

    def delete(self, type_: str, id_: str, at: int, if_match: str) -> Done:
        return Done(204, self._recorder.delete(type_, id_, at, if_match=if_match))

    def one(self, type_: str, query: str) -> Version | None:
        """The only resource that fits a condition; None when nothing does.

        Raises:
            Refusal: 412 when several fit, 400 on an empty condition.
        """
        if not query:
            raise Refusal(400, "required", "cdr.empty-condition")
        found = self._matches(type_, query)
        if len(found) > 1:
            raise Refusal(412, "multiple-matches", "cdr.several-match", type_)
        return found[0] if found else None


def present(store: Store, type_: str, id_: str) -> Version:
    """The current version.

    Raises:
        Refusal: 404 unknown, 410 deleted.
    """
    version = store.current(type_, id_)
    if version is None:
        raise Refusal(404, "not-found", "cdr.not-found", type_)
    if version.deleted:
        raise Refusal(410, "deleted", "cdr.deleted", type_)
    return version


def patch_of(resource: Document | None) -> bytes:
    """The JSON Patch inside a Binary, as a transaction carries it.

    Raises:
        Refusal: 400, no such Binary.
    """
    data = resource.get("data") if resource else None
    kind = resource.get("contentType") if resource else None
    if kind != "application/json-patch+json" or not isinstance(data, str):
        raise Refusal(400, "structure", "cdr.bad-patch")
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise Refusal(400, "structure", "cdr.bad-patch") from error


def _done(written: Written, document: Document) -> Done:
    return Done(201 if written.created else 200, written.version, document)
