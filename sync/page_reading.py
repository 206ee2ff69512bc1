"""What stands on a page of search results, and how a page is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import quote

from app.domain.terms import Ref
from app.fhir.bundles import ReadBundle
from app.fhir.document import Document, reference_to, to_bytes
from app.fhir.frame import id_of, type_of
from app.fhir.versions import last_updated_of, version_of
from app.ports.sync_store import Incoming, SyncNote, Unreadable
from sync.cursor import Item, Mode, Window
from sync.transport import Request

Form = tuple[tuple[str, str], ...]

_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Cache-Control": "no-cache"}
_MODES: Mapping[str, Mode] = {"include": Mode.INCLUDE, "outcome": Mode.OUTCOME}


def search(rtype: str, form: Form) -> Request:
    """`POST {rtype}/_search`: the criteria stay out of proxy logs, and no cache answers (Q3)."""
    body = "&".join(f"{name}={quote(value, safe=',|:')}" for name, value in form).encode()
    return Request("POST", f"{rtype}/_search", _FORM, body)


def window_form(window: Window | None) -> list[tuple[str, str]]:
    """The criteria of a window."""
    if window is None:
        return []
    found = [("_lastUpdated", f"lt{_stamp(window.hi)}")]
    if window.lo is not None:
        found.insert(0, ("_lastUpdated", f"ge{_stamp(window.lo)}"))
    return found


def with_mode(bundle: ReadBundle) -> Iterator[tuple[Document, Mode]]:
    """The resources of a page, each with what it is there for."""
    for entry in bundle.entries:
        if entry.resource is not None:
            yield entry.resource, _MODES.get(entry.search_mode, Mode.MATCH)


def documents_of(bundle: ReadBundle) -> tuple[list[Document], list[Unreadable]]:
    """The resources of a page, each once, and what cannot be taken as one."""
    found: dict[str, Document] = {}
    unreadable: list[Unreadable] = []
    for entry in bundle.entries:
        document = entry.resource
        if document is None or type_of(document) == "OperationOutcome":
            continue
        if id_of(document) and version_of(document):
            found[reference_to(document)] = document
        else:
            kind = type_of(document)
            unreadable.append(Unreadable(kind, "storage.no-version", to_bytes(document)))
    return list(found.values()), unreadable


def items_of(bundle: ReadBundle) -> tuple[Item, ...]:
    """The entries of a page as the cursor counts them."""
    found: list[Item] = []
    for document, mode in with_mode(bundle):
        updated = last_updated_of(document)
        if id_of(document) and updated is not None:
            found.append(Item(Ref(reference_to(document)), version_of(document), updated, mode))
    return tuple(found)


def incoming_of(document: Document) -> Incoming:
    """A resource as the cache takes it."""
    return Incoming(
        Ref(reference_to(document)),
        to_bytes(document),
        version_of(document),
        last_updated_of(document),
    )


def is_cut_short(bundle: ReadBundle, asked: int) -> bool:
    """Whether the only page of a search has as many matches as were asked for, and no way on.

    A server that counts is believed.
    """
    matches = sum(1 for _, mode in with_mode(bundle) if mode is Mode.MATCH)
    return matches >= asked and (bundle.total is None or bundle.total > matches)


def late_note(at: datetime, rtype: str, late: int) -> SyncNote:
    """How many a download that never looks back would have lost in a pass (sync.md §7.10)."""
    return SyncNote(at, "overlap", ok=True, detail=rtype, counts={"late": late})


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
