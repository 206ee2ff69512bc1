"""Asks the server what it has: the register, and the versions of a document (sync.md §7.4)."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.terms import Ref
from app.fhir.document import canonical_hash, reference_to
from app.fhir.register import read_register, register_ref
from app.fhir.versions import version_of
from sync.exchange import exchange
from sync.page_reading import search
from sync.resolve import RegisterSeen, Seen, SeenVersion
from sync.transport import Remote, Request
from sync.verdicts import Attempt, Verdict
from sync.versions import version_of_etag

_IDS_AT_ONCE = 50


class Inquiry:
    """Reads that no cache in between may answer (sync.md Q3). Lives on the SYNC lane."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    def register(self, workstation: str) -> RegisterSeen | Verdict | None:
        """The register as it is now, None when the server has none, or why it cannot be read."""
        seen = exchange(self._remote, _fresh(register_ref(workstation)), Attempt.READ)
        if seen.status in (404, 410) and seen.document is not None:
            return None
        if seen.status != 200 or seen.document is None:
            return seen.verdict
        register = read_register(seen.document)
        if register is None:
            return None
        version = version_of_etag(seen.etag) or version_of(seen.document)
        return RegisterSeen(version, register.last_batch)

    def versions(self, ref: Ref) -> Seen | Verdict:
        """Known versions of a resource, oldest first; the history where the server keeps one."""
        seen = exchange(self._remote, _fresh(f"{ref}/_history?_count=50"), Attempt.READ)
        if seen.status == 200 and seen.bundle is not None:
            documents = [
                entry.resource for entry in reversed(seen.bundle.entries) if entry.resource
            ]
            found = tuple(SeenVersion(version_of(d), canonical_hash(d)) for d in documents)
            now = exchange(self._remote, _fresh(ref), Attempt.READ)
            if now.status == 410:
                return Seen(found, deleted=True)
            if now.status == 200 and now.document is not None:
                current = SeenVersion(version_of(now.document), canonical_hash(now.document))
                older = tuple(one for one in found if one.version != current.version)
                return Seen((*older, current))
            return now.verdict
        return self._current_only(ref)

    def _current_only(self, ref: Ref) -> Seen | Verdict:
        now = exchange(self._remote, _fresh(ref), Attempt.READ)
        if now.status == 410:
            return Seen((), deleted=True)
        if now.status == 404 and now.document is not None:
            return Seen()
        if now.status == 200 and now.document is not None:
            return Seen((SeenVersion(version_of(now.document), canonical_hash(now.document)),))
        return now.verdict

    def existing(self, refs: Iterable[Ref]) -> frozenset[Ref] | Verdict:
        """Which of these the server has now, or why that cannot be said."""
        by_type: dict[str, list[str]] = {}
        for ref in refs:
            rtype, _, rid = ref.partition("/")
            by_type.setdefault(rtype, []).append(rid)
        found: set[Ref] = set()
        for rtype, ids in by_type.items():
            for start in range(0, len(ids), _IDS_AT_ONCE):
                some = self._some_existing(rtype, ids[start : start + _IDS_AT_ONCE])
                if isinstance(some, Verdict):
                    return some
                found |= some
        return frozenset(found)

    def _some_existing(self, rtype: str, ids: list[str]) -> set[Ref] | Verdict:
        form = (("_id", ",".join(ids)), ("_elements", "id,meta"), ("_count", str(_IDS_AT_ONCE)))
        seen = exchange(self._remote, search(rtype, form), Attempt.SEARCH)
        if seen.status != 200 or seen.bundle is None:
            return seen.verdict
        found = {Ref(reference_to(e.resource)) for e in seen.bundle.entries if e.resource}
        wanted = {Ref(f"{rtype}/{rid}") for rid in ids}
        # A server may give less on a page than was asked for: the rest is asked for singly.
        for ref in sorted(wanted - found) if seen.bundle.next_link else ():
            one = self._current_only(ref)
            if isinstance(one, Verdict):
                return one
            found |= {ref} if one.current else set()
        return found & wanted

    def deletion(self, ref: Ref) -> str | None:
        """The version that deleting it made: "" where the server does not say, None unanswered."""
        seen = exchange(self._remote, _fresh(f"{ref}/_history?_count=1"), Attempt.READ)
        if not seen.answered or seen.status >= 500:
            return None
        newest = seen.bundle.entries[:1] if seen.bundle is not None else ()
        return next((version_of_etag(one.etag) for one in newest if one.resource is None), "")


def _fresh(path: str) -> Request:
    return Request("GET", path, {"Cache-Control": "no-cache"})
