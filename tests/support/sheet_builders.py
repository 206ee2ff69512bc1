"""Orders for the order sheets, and a writer that counts signs instead of millimetres."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.domain.order_sheets import Cell, Column, Ink, SheetKind, SheetWords, Wording, Writer
from app.domain.orders import Dosage, Order, OrderClass, OrderKind, OrderLine
from app.domain.sheet_layout import LeafId
from app.domain.sheet_runs import InkedLine, Mode, Run, RunId, RunPage
from app.domain.terms import EncounterId, OrderId, PatientId, PractitionerId, Term
from app.domain.text_breaking import wrapped

MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
WORDS = SheetWords("取消", "停止", "作废", "未用", "重整医嘱", "(-)", "(+)")


def a_line(key: str, minutes: int = 0, unsent: str = "", **more: object) -> OrderLine:
    """An active long-term order signed so many minutes after nine in the morning."""
    order = Order(
        OrderId(key),
        PatientId("li-ming"),
        EncounterId("stay-1"),
        OrderClass.MEDICATION,
        OrderKind.LONG_TERM,
        Term(f"药品{key}"),
        Dosage(),
        "active",
        authored_at=MORNING + timedelta(minutes=minutes),
        requester_name="王建国",
    )
    return OrderLine(replace(order, **more), unsent)  # type: ignore[arg-type]  # as the test wants


def a_writer(signs: int = 20) -> Writer:
    def fits(text: str) -> tuple[str, ...]:
        return wrapped(text, signs, len)

    return Writer(WORDS, lambda order: Wording(order.item.text, "静滴 每日一次"), fits, UTC)


A_RUN = Run(
    RunId("run-1"),
    PatientId("li-ming"),
    EncounterId("stay-1"),
    SheetKind.TEMPORARY,
    "form",
    Mode.PAGE,
    (
        RunPage(
            1,
            LeafId("run-1/1"),
            (InkedLine(0, "a/0", "2026-11-24", (Cell(Column.MARK, "取消", Ink.RED),)),),
        ),
    ),
    (LeafId("run-0/1"),),
    MORNING,
    PractitionerId("sun"),
    "孙莉",
    "ws-1",
    "卡纸",
)
