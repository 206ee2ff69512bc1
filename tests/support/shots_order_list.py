"""The list of orders for the eye: `python -m tests.support.shots_order_list FOLDER`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QPushButton

from app.domain.orders import Dosage, Ending, Order, OrderKind, OrderLine
from app.domain.sending import GroupState, QueueItem
from app.domain.terms import GroupId, Ref, Term
from app.kernel.changes import Changed
from app.kernel.faults import Fault, FaultKind, Message
from tests.support.basket_kit import orders_of
from tests.support.chart_kit import NOW, PATIENT, ChartHouse, an_order
from tests.support.page_kit import SHOTS, a_dressed_desk, opened, part, settle, shoot
from tests.support.shots_orders import written
from widgets.segmented import Segmented
from widgets.table import Table

EVERY = (("zh_CN", "light", (1208, 590), 100), ("en", "light", (2488, 1310), 100), *SHOTS)
DRIP = Term("静脉滴注", "urn:wardone:route", "ivgtt", "intravenous drip")
DAILY = Term("每日一次", "urn:wardone:frequency", "qd", "once daily")
SERVER = "HAPI-0541: MedicationRequest.encounter: the stay was closed at 13:40"


def a_member(key: str, place: int, name: str, english: str, dose: str, unit: str) -> Order:
    """One drug of an infusion that runs at 60 mL/h."""
    rate = {"rate": Decimal(60), "rate_unit": "mL/h"}
    dosage = Dosage(Decimal(dose), unit, unit, DRIP, DAILY, "", **rate)  # type: ignore[arg-type]  # both fields by name
    item = Term(name, "urn:wardone:formulary", key, english)
    return an_order(key, item=item, dosage=dosage, group="drip", place=place, requester_name="王奕")


def an_infusion() -> tuple[Order, ...]:
    """Three drugs that run together."""
    return (
        a_member("glucose", 0, "5%葡萄糖注射液", "Glucose 5%", "500", "mL"),
        a_member("potassium", 1, "氯化钾注射液", "Potassium chloride", "1", "g"),
        a_member("insulin", 2, "胰岛素注射液", "Insulin", "8", "[iU]"),
    )


def an_item(group: str, state: GroupState, order: str, said: str = "") -> QueueItem:
    """An act in the queue with one order in it."""
    ref = Ref(f"MedicationRequest/{order}")
    at = NOW - timedelta(minutes=12)
    return QueueItem(
        GroupId(group),
        "order.place",
        state,
        PATIENT,
        "李明",
        "王奕",
        at,
        (ref,),
        Message.of("sync.verdict.rejected") if said else None,
        server_said=said,
    )


def a_full_list(house: ChartHouse) -> None:
    """Orders in every state that a row can have."""
    hour, once = timedelta(hours=1), OrderKind.TEMPORARY
    held = {"held_at": NOW - 3 * hour, "hold_reason": "禁食禁饮", "why": "nil-by-mouth"}
    stopped = {"stopped_at": NOW - 2 * hour, "stop_reason": "不良反应 — 皮疹"}
    standing = (
        *an_infusion(),
        an_order("plain", requester_name="王奕"),
        an_order("held", "on-hold", **held),
        an_order("draft", "draft", requester_name="刘洋"),
        an_order("refused"),
        an_order("conflict"),
        an_order("waits"),
        an_order("read-only", guarded=True),
        an_order("prn", kind=OrderKind.PRN),
    )
    short = (an_order("stat", kind=OrderKind.STAT), an_order("once", kind=once))
    ended = (
        an_order("gone", "stopped", ending=Ending.STOPPED, why="adverse-reaction", **stopped),
        an_order("unused", "stopped", kind=OrderKind.SOS, ending=Ending.LAPSED, **stopped),
        an_order("struck", "entered-in-error", **stopped),
        an_order("crossed", "stopped", ending=Ending.STOPPED, **stopped),
        an_order("done", "completed", kind=once),
    )
    house.place(*standing, *short, *ended)
    unsent = {"refused": "rejected", "conflict": "conflict", "waits": "saved"}
    house.reads.order_list = tuple(
        replace(
            line,
            unsent=unsent.get(line.order.id, ""),
            given_after_end=1 if line.order.id == "crossed" else 0,
        )
        for line in house.reads.order_list
    )
    house.queue = (
        an_item("g1", GroupState.REJECTED, "refused", SERVER),
        an_item("g2", GroupState.CONFLICT, "conflict"),
        an_item("g3", GroupState.SAVED, "waits"),
    )


def main(folder: Path) -> None:
    app = QApplication(sys.argv)
    for language, worn, size, scale in EVERY:
        with a_dressed_desk(app, language, worn, scale) as desk:
            tail = f"{language}-{worn}-{size[0]}-{scale}.png"
            house = ChartHouse(desk)
            a_full_list(house)
            with opened(orders_of(house), house.visit(), desk, size) as page:
                part(page, Table, "orders.current").go_to("potassium")
                shoot(page, folder / f"list-{tail}")
                part(page, QPushButton, "orders.stop").click()
                shoot(page, folder / f"list-stop-{tail}")
                part(page, QPushButton, "sheet.keep").click()
                part(page, Table, "orders.current").go_to("refused")
                for tab in ("temporary", "ended"):
                    part(page, Segmented, "orders.tabs").chosen.emit(tab)
                    settle()
                    shoot(page, folder / f"list-{tab}-{tail}")
            with opened(orders_of(house), house.visit(), desk, size) as page:
                orders = written(page)
                orders.go_to("refused")
                orders.click_basket("remove")
                shoot(page, folder / f"list-removed-{tail}")
                orders.open_sheet()
                shoot(page, folder / f"list-sign-{tail}")
            house.reads.order_list = ()
            with opened(orders_of(house), house.visit(), desk, size) as page:
                shoot(page, folder / f"list-empty-{tail}")
            house.reads.order_list = (OrderLine(an_order("plain")),)
            with opened(orders_of(house), house.visit(), desk, size) as page:
                house.reads.fault = Fault(FaultKind.STORAGE, Message.of("storage.io"))
                desk.feed.publish(Changed(frozenset({"order"})))
                settle()
                shoot(page, folder / f"list-partial-{tail}")
            with opened(orders_of(house), house.visit(), desk, size) as page:
                shoot(page, folder / f"list-failed-{tail}")
            house.reads.fault = None


if __name__ == "__main__":
    main(Path(sys.argv[1]))
