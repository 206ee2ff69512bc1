"""What every resource has around its elements (R4 resource.html): type, id, meta, text, contained.

For those who compare, merge and stamp documents without knowing what they are about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.fhir.document import Document, Json
from app.fhir.elements import at, dict_at, text_at

_SERVER_META = ("versionId", "lastUpdated", "source")
"""What a server rewrites by itself on every save."""


def type_of(document: Mapping[str, Json]) -> str:
    """`resourceType`, "" for what is no resource."""
    found = document.get("resourceType")
    return found if isinstance(found, str) else ""


def id_of(document: Mapping[str, Json]) -> str:
    """`id`, "" where there is none that is text."""
    found = document.get("id")
    return found if isinstance(found, str) else ""


def meta_of(document: Mapping[str, Json]) -> Json:
    """`meta` as it stands there."""
    return document.get("meta")


def lasting_meta(document: Mapping[str, Json]) -> Document | None:
    """`meta` without the marks of the server; None where the document has none."""
    meta = document.get("meta")
    if not isinstance(meta, dict):
        return None
    return {key: value for key, value in meta.items() if key not in _SERVER_META}


def own(document: Document) -> Document:
    """The document without what only a server writes."""
    kept = lasting_meta(document)
    if kept is None:
        return document
    without = {name: value for name, value in document.items() if name != "meta"}
    return without | {"meta": kept} if kept else without


def with_meta(document: Document) -> Document:
    """`own`, with an empty `meta` where there is none, so that tags of both sides meet."""
    return {"meta": {}} | own(document)


def without_empty_meta(document: Document) -> Document:
    """Undoes `with_meta` where nothing met."""
    return document if document["meta"] else _without(document, "meta")


def content(document: Document) -> Document:
    """`own` without a narrative that was made out of the elements."""
    mine = own(document)
    return _without(mine, "text") if has_generated_text(mine) else mine


def has_generated_text(document: Document) -> bool:
    """Whether the narrative only repeats the elements (R4 narrative-status)."""
    return text_at(document, "text", "status") == "generated"


def without_text(document: Document) -> Document:
    """The document without its narrative."""
    return _without(document, "text")


def stamped(document: Document, remote: Document) -> Document:
    """`document` with the version marks of the server's copy."""
    now = dict_at(remote, "meta")
    mine = own(document)
    meta = dict_at(mine, "meta") | {name: now[name] for name in _SERVER_META if name in now}
    return mine | {"meta": meta} if meta else mine


def unstamped(document: Document) -> Document:
    """The whole document for a fingerprint: without the server's marks, `meta` always there."""
    return {**document, "meta": lasting_meta(document) or None}


def dangling(document: Document) -> bool:
    """Whether a reference to a contained resource has lost it (`#id`, R4 references.html)."""
    there = {f"#{one.get('id')}" for one in _objects(document.get("contained"))} | {"#"}
    return any(
        isinstance(target, str) and target.startswith("#") and target not in there
        for target in (node.get("reference") for node in _objects(document))
    )


def modifiers(document: Document) -> Iterator[str]:
    """The url of every modifier extension in it, "" of one that says none."""
    for node in _objects(document):
        held = node.get("modifierExtension")
        for item in held if isinstance(held, list) else ():
            yield text_at(item, "url")


def states(document: Document) -> tuple[str, ...]:
    """The words in which it says how far it is: a code, or a coded concept."""
    coded = (at(document, name, "coding", 0, "code") for name in _CONCEPT_STATUSES)
    found = (document.get("status"), *coded)
    return tuple(word for word in found if isinstance(word, str))


_CONCEPT_STATUSES = ("verificationStatus", "clinicalStatus")


def _without(document: Document, name: str) -> Document:
    return {key: value for key, value in document.items() if key != name}


def _objects(value: Json) -> Iterator[Document]:
    """Every object inside `value`, itself included."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)
