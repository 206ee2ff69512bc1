"""The hospital of a network test: the embedded repository, in a namespace of its own.

Colleagues there write over its own loopback, and what it holds is read the same way: whatever the
weather on the cable is, the truth about the server does not come through it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

from app.domain.terms import Ref
from app.fhir.document import Document, canonical_hash, parse, reference_to, to_bytes
from app.fhir.frame import id_of, type_of
from app.fhir.versions import version_of
from app.kernel.clock import SystemClock
from sync.cdr.values import Version
from tests.netfaults.namespaces import Namespace
from tests.netfaults.workstation import NUMBER
from tests.sync.engine.desk import TYPES
from tests.sync.engine.hospital import Ward

_READY = "ready "
_ROOT = Path(__file__).parents[2]
_PATIENCE = 30.0


class FarWard(Ward):
    """The ward on a server of another machine."""

    def __init__(self, there: Namespace, base_url: str) -> None:
        super().__init__(SystemClock(), base_url, NUMBER)  # type: ignore[arg-type]  # never stepped
        self._there = there

    @property
    def port(self) -> int:
        """Where the server listens on its own machine."""
        return int(self.base_url.split(":")[2].split("/")[0])

    def put(self, document: Document) -> Version:
        ref = reference_to(document)
        headers = {"Content-Type": "application/fhir+json"}
        self._ask("PUT", ref, data=to_bytes(document), headers=headers).raise_for_status()
        found = self.current(Ref(ref))
        assert found is not None
        return found

    def current(self, ref: Ref) -> Version | None:
        answer = self._ask("GET", ref)
        return _version(parse(answer.content)) if answer.status_code == 200 else None

    def versions(self, ref: Ref) -> int:
        """How many versions the server has made of a document."""
        answer = self._ask("GET", f"{ref}/_history?_count=1000")
        return len(_entries(answer)) if answer.status_code == 200 else 0

    def provenances(self, ref: Ref) -> int:
        """How many acts on a document the server knows of."""
        return len(_entries(self._ask("GET", f"Provenance?target={ref}&_count=1000")))

    def copies(self) -> Mapping[str, list[str]]:
        """(version, content) of everything that a workstation follows."""
        found: dict[str, list[str]] = {}
        for rtype in sorted(TYPES):
            for document in _entries(self._ask("GET", f"{rtype}?_count=1000")):
                found[reference_to(document)] = [version_of(document), canonical_hash(document)]
        return found

    def _ask(self, method: str, path: str, **more: object) -> requests.Response:
        with self._there.inside():
            return requests.request(  # type: ignore[arg-type]  # passed on as it came
                method, f"{self.base_url}/{path}", timeout=_PATIENCE, **more
            )


@contextmanager
def hospital_in(there: Namespace, folder: Path) -> Iterator[FarWard]:
    """A server as the command line starts it, with a ward in it."""
    words = ("-m", "app", "cdr", "serve", "--port", "0", "--no-sign-in", "--until-input-ends")
    command = [sys.executable, *words, "--file", str(folder / "hospital.db")]
    process = subprocess.Popen(
        there.command(*command),
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        assert said.startswith(_READY), process.communicate()[1]
        ward = FarWard(there, said.removeprefix(_READY))
        ward.furnish()
        yield ward
    finally:
        process.kill()
        process.communicate()


def _entries(answer: requests.Response) -> list[Document]:
    """The resources of a list; nobody here writes more than a page of them."""
    answer.raise_for_status()
    bundle = answer.json()
    assert not [one for one in bundle.get("link", []) if one["relation"] == "next"]
    return [parse(to_bytes(entry["resource"])) for entry in bundle.get("entry", [])]


def _version(document: Document) -> Version:
    number = int(version_of(document))
    return Version(type_of(document), id_of(document), number, 0, "PUT", to_bytes(document))
