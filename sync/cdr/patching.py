"""JSON Patch (RFC 6902) on a document."""

from __future__ import annotations

import copy
import json
from decimal import Decimal

from app.fhir.document import Document, Json
from sync.cdr.outcome import Refusal


def read_patch(body: bytes) -> list[Json]:
    """The operations of a JSON Patch.

    Raises:
        Refusal: 400, not a JSON array.
    """
    try:
        found = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "structure", "cdr.not-json", type(error).__name__) from error
    if not isinstance(found, list):
        raise Refusal(400, "structure", "cdr.bad-patch")
    return found


def patched(document: Document, operations: list[Json]) -> Document:
    """A patched copy; the document itself stays as it was.

    Raises:
        Refusal: 400 on a malformed operation, 422 on a path that is not there or a failed test.
    """
    result: Json = copy.deepcopy(document)
    for n, operation in enumerate(operations):
        try:
            result = _apply(result, operation)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise Refusal(422, "processing", "cdr.patch-failed", f"[{n}]") from error
    if not isinstance(result, dict):
        raise Refusal(422, "processing", "cdr.patch-failed")
    return result


def _apply(root: Json, operation: Json) -> Json:
    if not isinstance(operation, dict) or not isinstance(operation.get("path"), str):
        raise Refusal(400, "structure", "cdr.bad-patch")
    path = _pointer(operation["path"])
    match operation.get("op"):
        case "add":
            result = _add(root, path, copy.deepcopy(operation["value"]))
        case "remove":
            result = _remove(root, path)
        case "replace":
            _get(root, path)
            result = _add(_remove(root, path), path, copy.deepcopy(operation["value"]))
        case "move" | "copy":
            result = _moved(root, operation, path)
        case "test" if _get(root, path) == operation["value"]:
            result = root
        case "test":
            raise ValueError
        case _:
            raise Refusal(400, "structure", "cdr.bad-patch")
    return result


def _moved(root: Json, operation: dict[str, Json], path: list[str]) -> Json:
    source = _pointer(operation["from"])
    value = copy.deepcopy(_get(root, source))
    if operation["op"] == "move":
        root = _remove(root, source)
    return _add(root, path, value)


def _pointer(text: Json) -> list[str]:
    if not isinstance(text, str) or (text and text[0] != "/"):
        raise ValueError
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _get(node: Json, path: list[str]) -> Json:
    for step in path:
        node = _child(node, step)
    return node


def _child(node: Json, step: str) -> Json:
    if isinstance(node, list):
        return node[_place(step, len(node))]
    if isinstance(node, dict):
        return node[step]
    raise TypeError


def _place(step: str, size: int) -> int:
    if not (step.isascii() and step.isdigit()) or int(step) >= size:
        raise IndexError
    return int(step)


def _add(root: Json, path: list[str], value: Json) -> Json:
    if not path:
        return value
    parent, last = _get(root, path[:-1]), path[-1]
    if isinstance(parent, list):
        parent.insert(len(parent) if last == "-" else _place(last, len(parent) + 1), value)
    elif isinstance(parent, dict):
        parent[last] = value
    else:
        raise TypeError
    return root


def _remove(root: Json, path: list[str]) -> Json:
    if not path:
        return None
    parent, last = _get(root, path[:-1]), path[-1]
    if isinstance(parent, list):
        del parent[_place(last, len(parent))]
    elif isinstance(parent, dict):
        del parent[last]
    else:
        raise TypeError
    return root
