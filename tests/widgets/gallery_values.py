"""The values that the gallery shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from resources.styles.tokens import Tone
from widgets.table_values import Align, Cell, Column, Row, TableSpec
from widgets.trend_values import Band, Panel, Point, Series, Symbol, TrendSpec

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 6, 2, tzinfo=UTC)


def trend_spec(*, chinese: bool = False) -> TrendSpec:
    """Four days of potassium and haemoglobin, one value critical, one late."""
    start = NOW - timedelta(days=4)

    def points(
        values: list[str], every: float, critical: tuple[int, ...] = ()
    ) -> tuple[Point, ...]:
        return tuple(
            Point(
                start + timedelta(hours=6 + i * every),
                float(text),
                text,
                key=f"p{i}",
                critical=i in critical,
                late=i == 1,
            )
            for i, text in enumerate(values)
        )

    potassium = points(["4.1", "4.4", "4.9", "5.6", "6.4", "5.8"], 15, (4,))
    heart = points(["88", "92", "97", "104", "110", "108", "96", "90"], 11)
    systolic = points(["142", "138", "150", "155", "148", "190", "144", "139"], 11)
    name = ("钾", "舒张压", "收缩压") if chinese else ("Potassium", "Diastolic", "Systolic")
    return TrendSpec(
        "血钾与生命体征趋势" if chinese else "Potassium and vital signs",
        (
            Panel(
                name[0],
                "mmol/L",
                (Series(name[0], potassium),),
                3,
                7,
                Band(3.5, 5.3, "参考 3.5–5.3" if chinese else "reference 3.5 to 5.3"),
                critical_high=6.2,
            ),
            Panel(
                "血压" if chinese else "Blood pressure",
                "mmHg",
                (
                    Series(name[1], heart, Symbol.SQUARE, "series_2"),
                    Series(name[2], systolic, Symbol.TRIANGLE, "series_3"),
                ),
                60,
                180,
                rescaled=True,
            ),
        ),
        start,
        NOW + timedelta(hours=12),
        SHANGHAI,
        NOW,
    )


def table_spec(*, chinese: bool = False) -> TableSpec:
    words = (
        ("床", "姓名", "状态", "钾 mmol/L", "采样时间", "备注")
        if chinese
        else ("Bed", "Patient", "Status", "Potassium mmol/L", "Collected", "Remark")
    )
    return TableSpec(
        "gallery.table",
        "Results",
        (
            Column("bed", words[0], 60, fixed=True),
            Column("patient", words[1], 150, wraps=True, fixed=True),
            Column("status", words[2], 144),
            Column("value", words[3], 110, Align.DECIMAL),
            Column("time", words[4], 130),
            Column("note", words[5], 200, wraps=True, stretches=True),
        ),
        marks=True,
        sort_by="bed",
    )


def table_rows(count: int = 14) -> tuple[Row, ...]:
    states = (
        Cell("Verified", tone=Tone.GOOD, badge=True),
        Cell("Waiting to send", tone=Tone.LOCAL, badge=True),
        Cell("Suspended", tone=Tone.CAUTION, badge=True, icon="pause"),
        Cell("Critical", tone=Tone.DANGER, badge=True),
        Cell("Not checked", tone=Tone.UNKNOWN, badge=True),
        Cell("Draft", badge=True, icon="pencil"),
    )
    values = ("4.2", "5", "3.85", "6.4", "—", "4.10")
    names = (
        "欧阳 明月",
        "李 明",
        "ALVAREZ-MONTGOMERY, Concepción Maria",
        "王 小川",
        "赵 一",
        "SMITH, J",
    )
    rows = []
    for i in range(count):
        kind = i % 6
        value = Cell(
            ("‼ " if kind == 3 else "") + values[kind],
            tone=Tone.DANGER if kind == 3 else Tone.UNKNOWN if kind == 4 else Tone.PLAIN,
            hover="sample clotted" if kind == 4 else "",
        )
        note = "Repeat in 4 h; patient informed, nurse in charge called back" if kind == 3 else ""
        rows.append(
            Row(
                f"r{i}",
                (
                    Cell(str(i + 1), order=i + 1),
                    Cell(names[kind], second="0045217", strong=True),
                    states[kind],
                    value,
                    Cell("24-Nov-2026 14:02"),
                    Cell(note, struck=kind == 2),
                ),
                tone={1: Tone.LOCAL, 3: Tone.DANGER}.get(kind, Tone.PLAIN),
                faded=kind == 5,
            )
        )
    return tuple(rows)
