"""One check, asked in the process and by a CDS Hooks call on loopback of the same engine."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app.commands.repository import READY
from app.decision.findings import Moment
from app.domain.terms import PatientId
from app.fhir.cds_hooks import HookCall
from app.fhir.document import Document, Json
from app.fhir.orders import read_order
from app.kernel.changes import ChangeFeed
from app.kernel.clock import RandomIds, SystemClock
from app.ports.deciding import Charted, Wanted
from app.ports.remote_checks import Came
from app.services.decision_lines import draft_of
from app.services.decision_packs import PackFolders, read_decision
from app.services.hook_answering import service_of
from app.services.hook_chart import ALLERGIES, PROBLEMS, SentChart
from app.services.situation_building import Asked, SituationBuilding
from resources.reading import path, rows
from sync.cds_hooks.allowed import AllowedService, AllowList
from sync.cds_hooks.checks import HookChecks, Parts
from sync.cds_hooks.exchange import Exchange
from sync.cds_hooks.tokens import ServiceKey, ServiceTokens
from sync.store_lane import at_once
from tests.bench.deciding import EACH, LABS, NEW, RUNNING
from tests.bench.figures import Alternative, Figure, Target, repeated
from tests.bench.machine import ROOT
from tests.bench.stage import Stage
from tests.support.builders import a_condition, a_patient, an_allergy, an_observation
from tests.support.fake_remote import FakePrefetchReads, FakeRemoteAnswers
from tests.support.order_builders import a_medication_request

_WHO = PatientId("li-ming")
_RATIO = (Target("median", 15, at_least=True, source="issue: at least 15 times at p50"),)
_SIGN = service_of(Moment.SIGN)


def ratio(stage: Stage) -> Iterator[Figure]:
    """Both ends begin with what was read of the chart, and end with what is to be told."""
    runs = stage.size(300, 10)
    documents, drafts = _chart(), _drafts()
    inside = repeated(runs * 4, _in_the_process(documents, drafts))
    call = HookCall("order-sign", "i", "Practitioner/dr-wang", _WHO, "", drafts)
    size = {"orders": len(NEW), "active drugs": len(RUNNING), "results": EACH * len(LABS)}
    with _served(stage.folder) as server:
        checks = _client(server, documents)
        try:

            def ask(_: int) -> None:
                (answer,) = checks.ask(call).answers
                assert answer.came is Came.ANSWERED and answer.cards, answer.why

            ask(0)  # discovers, and connects
            outside = repeated(runs, ask)
        finally:
            checks.close()
    over = Alternative("over CDS Hooks on loopback", outside.all)
    told = "hooks: a basket, in the process"
    yield Figure(told, "ms", inside.all, (), size, (over,), processor=inside.used)
    found = statistics.median(outside.all) / statistics.median(inside.all)
    yield Figure("hooks: times faster in the process, at p50", "x", (found,), _RATIO, size)


@dataclass(frozen=True, slots=True)
class _Read:
    """A chart that was read already."""

    chart: Charted

    def charted(self, patient: PatientId, wanted: Wanted) -> Charted:
        del patient, wanted
        return self.chart


def _in_the_process(
    documents: list[Document], drafts: tuple[tuple[str, Document], ...]
) -> Callable[[int], None]:
    now = datetime.now(UTC)
    decision = read_decision(PackFolders(path("packs"), None, now.date()))
    zone = ZoneInfo("Asia/Shanghai")
    given = frozenset({ALLERGIES, PROBLEMS})
    codes = tuple(row["loinc"] for row in rows("laboratory", "analytes"))
    wanted = Wanted(codes, now - timedelta(days=56), now)
    chart = SentChart(_WHO, tuple(documents), given, now).charted(_WHO, wanted)
    building = SituationBuilding(_Read(chart), lambda: decision, zone)
    read = {key: order for key, one in drafts if (order := read_order(one)) is not None}
    asked = Asked(_WHO, {key: draft_of(order) for key, order in read.items()}, Moment.SIGN)

    def judge(_: int) -> None:
        verdict = decision.engine.judge(building.of(asked, now))
        assert verdict.cards

    return judge


@contextmanager
def _served(folder: Path) -> Iterator[tuple[str, ServiceTokens]]:
    """The engine in a process of its own, which knows the key of the client."""
    kept: dict[str, bytes] = {}
    key = ServiceKey(kept.get, kept.__setitem__)
    known = folder / "jwks.json"
    known.write_text(json.dumps(key.public()), encoding="utf-8")
    words = ("cds", "serve", "--port", "0", "--jwks", str(known), "--until-input-ends")
    command = [sys.executable, "-m", "app", "--folder", str(folder), *words]
    process = subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        said = process.stdout.readline().strip()
        assert said.startswith(READY), said
        yield said.removeprefix(READY), ServiceTokens(key, "urn:bench", SystemClock(), RandomIds())
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def _client(server: tuple[str, ServiceTokens], documents: list[Document]) -> HookChecks:
    base, tokens = server
    service = AllowedService(base, _SIGN, "WardOne", frozenset({"order-sign"}))
    followed = frozenset(str(one["resourceType"]) for one in documents)
    reads = FakePrefetchReads({_WHO: documents}, followed=followed, complete={_WHO})
    return HookChecks(
        Parts(
            AllowList((service,)),
            Exchange(tokens.bearer, seconds=10, ca_bundle=""),
            reads,
            FakeRemoteAnswers(),
            SystemClock(),
            at_once,
            ChangeFeed(),
            10.0,
        )
    )


def _drafts() -> tuple[tuple[str, Document], ...]:
    return tuple(
        (f"d{n}", a_medication_request(f"d{n}", text=name, status="draft", **_named(name)))
        for n, name in enumerate(NEW)
    )


def _chart() -> list[Document]:
    now = datetime.now(UTC)
    running = (
        a_medication_request(f"m{n}", text=name, at=_at(now, 24), **_named(name))
        for n, name in enumerate(RUNNING)
    )
    wanted = [row for row in rows("laboratory", "analytes") if row["key"] in LABS]
    results = (
        an_observation(
            f"o{place}-{turn}",
            code=row["loinc"],
            value=str(place + 1),
            unit=row["ucum"],
            at=_at(now, 6 * turn + 1),
        )
        for place, row in enumerate(wanted)
        for turn in range(EACH)
    )
    return [a_patient(), an_allergy(), a_condition(), *running, *results]


def _named(name: str) -> dict[str, Json]:
    return {"medicationCodeableConcept": {"text": name}}


def _at(now: datetime, hours: int) -> str:
    return (now - timedelta(hours=hours)).isoformat(timespec="seconds")
