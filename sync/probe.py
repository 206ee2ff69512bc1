"""The enrolment probe: five things a server must do before we trust it with a clinical act.

architecture.md, Rulings: create by PUT with our id, stale If-Match inside a transaction refused,
rollback of its neighbours, `Basic` writable, response order. A server that fails one is refused.
"""

from __future__ import annotations

from app.domain.terms import Ref
from app.fhir.bundles import Put, transaction
from app.fhir.capability import read_capability
from app.fhir.document import Document, to_bytes
from app.fhir.register import write_probe
from app.kernel.clock import Ids
from app.kernel.faults import FaultKind, app_error
from app.ports.syncing import ProbeFinding, ProbeReport
from sync.exchange import Exchanged, exchange
from sync.transport import Remote, Request
from sync.verdicts import Attempt
from sync.versions import if_match, version_of_etag

_JSON = {"Content-Type": "application/fhir+json; charset=utf-8", "Prefer": "return=minimal"}


class Probe:
    """Runs the five cases with three small `Basic` resources, and removes them again."""

    def __init__(self, remote: Remote, ids: Ids) -> None:
        self._remote = remote
        mark = ids.new()
        self._a, self._b, self._c = (Ref(f"Basic/{mark}-{letter}") for letter in "abc")
        self._findings: list[ProbeFinding] = []

    def run(self) -> ProbeReport:
        """Probe the server.

        Raises:
            AppError: `OFFLINE` or `SIGNED_OUT` when it could not be asked at all; `REFUSED` when
                what answers is no FHIR R4 server.
        """
        software, version = self._capability()
        created = self._put(self._a, 1)
        at = version_of_etag(created.etag) or self._version(self._a)
        self._found("create-by-put", created.status in (200, 201) and bool(at), created)
        self._found("basic-writable", self._read(self._a).status == 200, created)
        if at:
            self._transactions(at)
        self._clean_up()
        return ProbeReport(self._remote.base_url, software, version, tuple(self._findings))

    def _transactions(self, at: str) -> None:
        """Cases three to five, with the version `at` of resource a."""
        stale = self._transaction(
            (
                Put(self._b, self._body(self._b, 1), None),
                Put(self._a, self._body(self._a, 2), if_match(f"{at}0")),
            )
        )
        self._found("stale-if-match-refused", 400 <= stale.status < 500, stale)
        neighbour = self._read(self._b)
        self._found("rollback", neighbour.status in (404, 410), neighbour)
        fresh = self._transaction(
            (
                Put(self._c, self._body(self._c, 1), None),
                Put(self._a, self._body(self._a, 3), if_match(at)),
            )
        )
        self._found("response-order", fresh.versions is not None, fresh)
        again = self._transaction(
            (
                Put(self._c, self._body(self._c, 9), None),
                Put(self._a, self._body(self._a, 3), if_match(at)),
            )
        )
        self._found("repeat-refused", 400 <= again.status < 500, again)

    def _capability(self) -> tuple[str, str]:
        seen = exchange(self._remote, Request("GET", "metadata"), Attempt.READ)
        if seen.document is None:
            fault = seen.verdict.fault_kind or FaultKind.REFUSED
            raise app_error(fault, seen.verdict.message.code, seen.verdict.detail)
        capability = read_capability(seen.document)
        if capability is None or not capability.fhir_version.startswith("4.0"):
            raise app_error(FaultKind.REFUSED, "enrol.not-fhir-r4", seen.verdict.detail)
        return capability.software, capability.fhir_version

    def _put(self, ref: Ref, number: int) -> Exchanged:
        body = to_bytes(self._body(ref, number))
        return exchange(self._remote, Request("PUT", ref, _JSON, body), Attempt.READ)

    def _read(self, ref: Ref) -> Exchanged:
        headers = {"Cache-Control": "no-cache"}
        return exchange(self._remote, Request("GET", ref, headers), Attempt.READ)

    def _version(self, ref: Ref) -> str:
        return version_of_etag(self._read(ref).etag)

    def _transaction(self, puts: tuple[Put, ...]) -> Exchanged:
        urls = tuple(str(put.ref) for put in puts)
        request = Request("POST", "", _JSON, to_bytes(transaction(puts)))
        return exchange(self._remote, request, Attempt.TRANSACTION, urls=urls)

    def _clean_up(self) -> None:
        for ref in (self._a, self._b, self._c):
            exchange(self._remote, Request("DELETE", ref), Attempt.READ)

    def _body(self, ref: Ref, number: int) -> Document:
        return write_probe(ref.partition("/")[2], number)

    def _found(self, case: str, passed: bool, seen: Exchanged) -> None:  # noqa: FBT001 - the finding
        self._findings.append(ProbeFinding(case, passed, seen.verdict.detail))
