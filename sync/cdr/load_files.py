"""Reads FHIR files as they come: bundles, single resources, NDJSON, each also as `.gz`."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from app.fhir.document import Document, Json
from sync.cdr.outcome import Refusal
from sync.cdr.wire import read

_KINDS = (".json", ".ndjson", ".jsonl")
_LINES = (".ndjson", ".jsonl")
_UNPACKED = ("transaction", "batch", "collection", "searchset")


@dataclass(frozen=True, slots=True)
class Bad:
    """Something in a file that is no resource. `line` counts from 1; 0 is the whole file."""

    file: str
    line: int
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One resource, where it stood, and the address it goes by inside its bundle."""

    document: Document
    file: str
    line: int
    full_url: str = ""


Group = list[Found]
"""Resources that may point at each other by `fullUrl`: a bundle, or one alone."""


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The FHIR files among `paths`, folders searched, in a fixed order."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        found += [p for p in inside if p.is_file() and (_kind(p) in _KINDS or not path.is_dir())]
    return found


def groups_in(path: Path, read_so_far: Callable[[int], None]) -> Iterator[Group | Bad]:
    """Everything in one file; `read_so_far` hears the position in it, packed bytes counted."""
    try:
        with path.open("rb") as raw, _plain(path, raw) as plain:
            if _kind(path) in _LINES:
                for number, line in enumerate(plain, 1):
                    if line.strip():
                        yield _line(line, path.name, number)
                    read_so_far(raw.tell())
            else:
                yield from _whole(plain.read(), path.name)
                read_so_far(raw.tell())
    except (OSError, EOFError, zlib.error) as error:
        yield Bad(path.name, 0, "cdr.load.unreadable", type(error).__name__)


def _plain(path: Path, raw: BufferedReader) -> BufferedReader | gzip.GzipFile:
    return gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw


def _kind(path: Path) -> str:
    return path.with_suffix("").suffix.lower() if path.suffix == ".gz" else path.suffix.lower()


def _line(line: bytes, file: str, number: int) -> Group | Bad:
    try:
        return _unpacked(read(line), file, number)
    except Refusal as refusal:
        return Bad(file, number, "cdr.load.not-json", refusal.detail)


def _whole(body: bytes, file: str) -> Iterator[Group | Bad]:
    try:
        yield _unpacked(read(body), file, 1)
    except Refusal as refusal:
        lines = body.splitlines()
        if len(lines) > 1 and _is_json(lines[0]):
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _line(line, file, number)
        else:
            yield Bad(file, _broken_line(body), "cdr.load.not-json", refusal.detail)


def _unpacked(document: Document, file: str, line: int) -> Group:
    """The resources of a bundle of loose ones; anything else, also a document Bundle, is one."""
    entries = document.get("entry")
    if document["resourceType"] != "Bundle" or document.get("type") not in _UNPACKED:
        return [Found(document, file, line)]
    return (
        [found for e in entries if (found := _entry(e, file, line))]
        if (isinstance(entries, list))
        else []
    )


def _entry(entry: Json, file: str, line: int) -> Found | None:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(resource, dict):
        return None
    full_url = entry.get("fullUrl")
    return Found(resource, file, line, full_url if isinstance(full_url, str) else "")


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _broken_line(body: bytes) -> int:
    try:
        json.loads(body)
    except json.JSONDecodeError as error:
        return error.lineno
    except (ValueError, RecursionError):
        return 0
    return 1
