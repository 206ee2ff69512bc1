"""`Claims` at a server in memory: one version at a time, and a cable that can be pulled."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.terms import Ref
from app.fhir.document import Document
from app.kernel.faults import FaultKind, app_error
from app.ports.claiming import Claimed
from tests.support.fake_acts import FakeActs


@dataclass
class FakeServer:
    """What several workstations claim at: document and version by reference."""

    held: dict[Ref, tuple[Document, int]] = field(default_factory=dict)
    away: bool = False

    def put(self, document: Document) -> None:
        """A colleague's write, or the arrival of an act."""
        ref = Ref(f"{document['resourceType']}/{document['id']}")
        self.held[ref] = (document, self.held.get(ref, ({}, 0))[1] + 1)


@dataclass
class FakeClaims:
    """One workstation's way to the server; what comes back is in its cache at once."""

    server: FakeServer
    acts: FakeActs

    def look(self, ref: Ref) -> Document | None:
        if self.server.away:
            raise app_error(FaultKind.OFFLINE, "sync.verdict.unreachable")
        if ref not in self.server.held:
            return None
        document, version = self.server.held[ref]
        self.acts.download(document, str(version))
        return document

    def write(self, ref: Ref, document: Document, version: str) -> Claimed:
        if self.server.away:
            raise app_error(FaultKind.OFFLINE, "sync.verdict.unreachable")
        won = ref in self.server.held and str(self.server.held[ref][1]) == version
        if won:
            self.server.put(document)
        return Claimed(self.look(ref), won=won)
