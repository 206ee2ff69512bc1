"""Fills the embedded CDR from files: tens of thousands of resources, imperfect ones included."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from app.fhir.document import Document, canonical_hash, relative
from app.kernel.clock import Clock, SystemClock
from sync.cdr.definitions import Definitions, official
from sync.cdr.load_files import Bad, Found, Group, files_in, groups_in
from sync.cdr.outcome import Refusal
from sync.cdr.recording import Recorder, is_unresolved, reference_texts, unresolved
from sync.cdr.store import Store
from sync.cdr.transactions import relinked
from sync.cdr.validation import R4Validator, Validator
from sync.cdr.values import Policy, milliseconds

_BATCH = 500
_MOST_BAD = 1000
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_SPACE = uuid.UUID("6d1f1c36-6f3b-4f3a-9d2d-6f6c0b1a7e10")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load has come: resources stored, bytes read of all there are, as packed."""

    resources: int
    bytes_read: int
    bytes_total: int
    file: str


@dataclass
class LoadReport:
    """What a load came to.

    Attributes:
        files: Files read.
        created: Resources that were not there.
        updated: Resources that came again with other content; each made a version.
        unchanged: Resources that came again as they were.
        bad: What was skipped, with file and line; the first thousand.
        bad_count: How much was skipped in all.
        by_type: Resources stored, by type.
        not_understood: Stored as received, but not valid R4; counted by element and reason.
        dangling: References that lead nowhere, counted as `Observation -> Encounter`.
    """

    files: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    bad: list[Bad] = field(default_factory=list)
    bad_count: int = 0
    by_type: Counter[str] = field(default_factory=Counter)
    not_understood: Counter[str] = field(default_factory=Counter)
    dangling: Counter[str] = field(default_factory=Counter)

    @property
    def resources(self) -> int:
        return self.created + self.updated + self.unchanged

    def skip(self, bad: Bad) -> None:
        self.bad_count += 1
        if len(self.bad) < _MOST_BAD:
            self.bad.append(bad)


def load(
    paths: Iterable[Path],
    store: Store,
    progress: Callable[[Progress], None] | None = None,
    *,
    clock: Clock | None = None,
    definitions: Definitions | None = None,
) -> LoadReport:
    """Store everything in `paths` (files and folders) and report what was odd.

    Nothing is refused for being invalid R4 or for dangling references: a data set is shown as it
    came. Loading the same files again changes nothing.
    """
    definitions = definitions or official()
    loading = _Loading(store, definitions, clock or SystemClock())
    files = files_in(paths)
    total = sum(file.stat().st_size for file in files)
    before = 0
    for file in files:
        here = 0

        def at(position: int) -> None:
            nonlocal here
            here = position

        for group in groups_in(file, at):
            if isinstance(group, Bad):
                loading.report.skip(group)
            else:
                loading.take(group)
            if loading.ready():
                loading.flush()
                if progress:
                    done = loading.report.resources
                    progress(Progress(done, before + here, total, file.name))
        before += file.stat().st_size
        loading.report.files += 1
    report = loading.finish()
    if progress:
        progress(Progress(report.resources, total, total, ""))
    return report


class _Loading:
    """One load under way."""

    def __init__(self, store: Store, definitions: Definitions, clock: Clock) -> None:
        self.report = LoadReport()
        self._store = store
        self._definitions = definitions
        self._clock = clock
        self._recorder = Recorder(store, definitions, Policy(referential_integrity=False))
        self._validator: Validator = R4Validator(definitions)
        self._waiting: list[Found] = []
        self._later: list[Found] = []
        self._addresses: dict[str, str] = {}
        self._links: Counter[tuple[str, str]] = Counter()

    def take(self, group: Group) -> None:
        """Give every resource its id, and point the links of a bundle at these."""
        placed = [found for each in group if (found := self._placed(each)) is not None]
        links = {
            found.full_url: f"{found.document['resourceType']}/{found.document['id']}"
            for found in placed
            if found.full_url
        }
        self._addresses.update(links)
        for found in placed:
            document = _pointed(found, links)
            ready = Found(document, found.file, found.line, found.full_url)
            (self._later if unresolved(document) else self._waiting).append(ready)

    def ready(self) -> bool:
        return len(self._waiting) >= _BATCH

    def flush(self) -> None:
        """Commit what waits."""
        at = milliseconds(self._clock.now())
        with self._store.atomic():
            for found in self._waiting:
                self._keep(found, at)
        self._waiting.clear()

    def finish(self) -> LoadReport:
        """Commit the rest; links into other bundles are followed now that all are known."""
        self.flush()
        while self._later:
            part, self._later = self._later[:_BATCH], self._later[_BATCH:]
            for found in part:
                document = _pointed(found, self._addresses)
                self._waiting.append(Found(document, found.file, found.line))
            self.flush()
        self._count_dangling()
        return self.report

    def _count_dangling(self) -> None:
        there: dict[str, bool] = {"": True}
        for (source, target), count in sorted(self._links.items()):
            type_, _, id_ = target.partition("/")
            if target not in there:
                version = self._store.current(type_, id_)
                there[target] = version is not None and not version.deleted
            if not there[target]:
                self.report.dangling[f"{source} -> {type_}"] += count

    def _placed(self, found: Found) -> Found | None:
        document = found.document
        type_ = str(document.get("resourceType"))
        if not self._definitions.knows(type_):
            self.report.skip(Bad(found.file, found.line, "cdr.load.not-a-resource"))
            return None
        id_ = document.get("id") or _id_for(found)
        if not isinstance(id_, str) or not _ID.fullmatch(id_):
            self.report.skip(Bad(found.file, found.line, "cdr.load.bad-id", type_))
            return None
        return Found(document | {"id": id_}, found.file, found.line, found.full_url)

    def _keep(self, found: Found, at: int) -> None:
        document = found.document
        type_ = str(document["resourceType"])
        try:
            problems = self._validator.problems(document)
            written = self._recorder.put(document, at, "PUT")
        except Refusal as refusal:
            self.report.skip(Bad(found.file, found.line, "cdr.load.not-json", refusal.detail))
            return
        self.report.not_understood.update({problem.kind for problem in problems})
        self._links.update((type_, _target(text)) for text in reference_texts(document))
        self.report.by_type[type_] += 1
        if not written.changed:
            self.report.unchanged += 1
        elif written.created:
            self.report.created += 1
        else:
            self.report.updated += 1


def _pointed(found: Found, links: dict[str, str]) -> Document:
    base, _, _ = found.full_url.rpartition(f"/{found.document['resourceType']}/")
    document = relinked(found.document, links, base) if links else found.document
    if not isinstance(document, dict):
        raise TypeError
    return document


def _id_for(found: Found) -> str:
    """An id that comes out the same when the file is loaded again."""
    urn = found.full_url.removeprefix("urn:uuid:")
    if urn != found.full_url:
        return urn.lower()
    return str(uuid.uuid5(_SPACE, canonical_hash(found.document)))


def _target(text: str) -> str:
    """What a reference leads to: `Type/id`, the kind of one left unresolved, or "" for abroad."""
    if is_unresolved(text):
        return "urn" if text.startswith("urn:") else text.partition("?")[0]
    return relative(text) or ""
