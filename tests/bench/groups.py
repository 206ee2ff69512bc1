"""The groups of measurements, in the order they run."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from tests.bench.stage import Group


@dataclass(frozen=True, slots=True)
class Entry:
    """`where` is `module:function`; loaded late, so that a process loads only what it measures."""

    does: str
    where: str

    @property
    def measure(self) -> Group:
        module, _, function = self.where.partition(":")
        found: Group = getattr(import_module(f"tests.bench.{module}"), function)
        return found


GROUPS = {
    "apply": Entry("take over downloads with every projection", "applying:bulk_apply"),
    "search": Entry("get by id, and every search of the published benchmark", "reading:searches"),
    "act": Entry("a durable act, removal, eviction", "acting:durable_acts"),
    "sync": Entry("synchronise 10,000 resources on loopback", "syncing:ten_thousand"),
    "sync-100k": Entry("synchronise 100,000 resources on loopback", "syncing:hundred_thousand"),
    "ward": Entry("the first synchronisation of a ward", "syncing:first_ward"),
    "visible": Entry(
        "signed on one workstation, visible on another", "visible:between_workstations"
    ),
    "upload": Entry("send 1,000 queued changes on loopback", "sending:upload"),
    "crash": Entry("kill while 1,000 acts wait; start again", "sending:crash"),
    "chart": Entry("open a chart in the real window", "charts:opening"),
    "loops": Entry("follow the closed loops of a ward with 500 orders", "loops:tracking"),
    "decide": Entry("decision support: a basket, one drug, the packs", "deciding:judging"),
    "hooks": Entry("the same check in the process and over CDS Hooks", "hooks:ratio"),
    "typing": Entry("a keystroke in the field that says what is ordered", "typing:keystrokes"),
    "alerts": Entry("how often decision support speaks: the alert budget", "alerting:alert_budget"),
    "cold": Entry("process start to a painted ward board", "starting:cold_start"),
    "stall": Entry("event-loop stalls during a synchronisation", "stalling:stalls"),
    "idle": Entry("processor time of an idle window offline", "idling:idle_offline"),
}
