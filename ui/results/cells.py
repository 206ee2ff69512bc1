"""A result as the table and the plot show it."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.results import Flag, Observed, Report, ResultRow
from resources.styles.tokens import Tone
from ui.results.state import key_of
from ui.runtime.chart_words import ChartWords
from ui.runtime.formats import DASH
from widgets.table_values import Align, Cell, Column, Row, TableSpec
from widgets.trend_values import Band, Panel, Point, Series, TrendSpec, round_scale

_ODD_STATUS = frozenset({"preliminary", "registered", "amended", "corrected", "cancelled"})


def results_spec(words: ChartWords) -> TableSpec:
    """The columns of the list of results."""
    text = words.text
    return TableSpec(
        "results.table",
        text("results.table.title"),
        (
            Column("test", text("results.column.test"), 200, wraps=True, fixed=True),
            Column(
                "value", text("results.column.value"), 112, Align.DECIMAL, fixed=True, wraps=True
            ),
            Column("unit", text("results.column.unit"), 82, wraps=True, fixed=True),
            Column("range", text("results.column.range"), 86),
            Column("time", text("results.column.time"), 108),
            Column("previous", text("results.column.previous"), 96, Align.DECIMAL, wraps=True),
            Column("panel", text("results.column.panel"), 132, stretches=True),
            Column("acknowledged", text("results.column.acknowledged"), 138, wraps=True),
        ),
        exports=True,
    )


def reports_spec(words: ChartWords) -> TableSpec:
    """The columns of the list of reports."""
    text = words.text
    return TableSpec(
        "results.reports",
        text("results.reports.title"),
        (
            Column("report", text("results.column.report"), 180, wraps=True, stretches=True),
            Column("kind", text("results.column.kind"), 96),
            Column("time", text("results.column.time"), 120),
            Column("status", text("results.column.status"), 96),
        ),
    )


def result_row(words: ChartWords, row: ResultRow) -> Row:
    """One result as a row."""
    seen = row.observed
    return Row(
        key_of(row),
        (
            Cell(words.term(seen.term), strong=True, hover=seen.term.display or seen.term.text),
            value_cell(words, seen),
            Cell(words.unit(seen) if seen.value.number is not None else ""),
            _range_cell(words, seen),
            Cell(
                words.short(seen.at, seen.at_text),
                hover=words.moment(seen.at, seen.at_text),
                order=-seen.at.timestamp() if seen.at else None,
            ),
            _previous_cell(words, row.previous),
            Cell(words.term(row.panel)) if row.panel else _unknown(words, "results.no_panel"),
            _acknowledged_cell(words, row),
        ),
        tone=_row_tone(row),
        finds=f"{seen.term.text} {seen.term.display} {seen.term.code}",
    )


def report_row(words: ChartWords, report: Report) -> Row:
    """One report as a row."""
    at = report.issued or report.at
    return Row(
        report.id,
        (
            Cell(words.term(report.term), strong=True),
            Cell(category_words(words, report.category)),
            Cell(words.short(at, report.at_text), hover=words.moment(at, report.at_text)),
            Cell(status_words(words, report.status)),
        ),
    )


def value_cell(words: ChartWords, seen: Observed) -> Cell:
    """The value with arrow and, where it is critical or not final, the words."""
    struck = seen.status == "entered-in-error"
    if seen.value.number is None and not seen.value.text:
        reason = words.text("results.absent", reason=seen.absent or DASH)
        return Cell(DASH, tone=Tone.UNKNOWN, hover=reason, struck=struck)
    second = [words.flag(seen)] if seen.flag and seen.flag.critical else []
    if seen.status in _ODD_STATUS or struck:
        second.append(status_words(words, seen.status))
    return Cell(
        words.value(seen),
        second=" · ".join(second),
        tone=tone_of(seen),
        strong=seen.flag not in (None, Flag.NORMAL),
        struck=struck,
        hover=words.flag(seen) or words.text("results.no_flag"),
        order=float(seen.value.number) if seen.value.number is not None else None,
    )


def tone_of(seen: Observed) -> Tone:
    """What the laboratory said of a value, as a tone."""
    if seen.flag is None or seen.flag is Flag.NORMAL:
        return Tone.PLAIN
    return Tone.DANGER if seen.flag.critical else Tone.CAUTION


def status_words(words: ChartWords, status: str) -> str:
    """The status in words; one that we do not know is shown as it came."""
    code = f"results.status.{status}"
    return words.text(code) if words.desk.languages.catalogue.has(code) else (status or DASH)


def category_words(words: ChartWords, category: str) -> str:
    """A category in words; one that nobody named as it came."""
    code = f"results.category.{category}"
    return words.text(code) if words.desk.languages.catalogue.has(code) else (category or DASH)


def trend_spec(words: ChartWords, rows: tuple[ResultRow, ...], now: datetime) -> TrendSpec | None:
    """The values of one code with the laboratory's own reference band."""
    drawn = [(row.observed, row.observed.at) for row in rows if row.observed.at is not None]
    if not drawn:
        return None
    newest = drawn[-1][0]
    points = tuple(_point(words, seen, at) for seen, at in drawn)
    band = _band(words, newest)
    edges = [edge for edge in ((band.low, band.high) if band else ()) if edge is not None]
    low, high = round_scale((*(point.value for point in points), *edges))
    title, unit = words.term(newest.term), words.unit(newest)
    panel = Panel(title, unit, (Series(title, points),), low, high, band)
    start = min(points[0].at, points[-1].at - timedelta(days=1))
    end = max(now, points[-1].at)
    if end - points[-1].at > timedelta(days=30):
        end = points[-1].at + timedelta(days=1)
    room, zone = timedelta(hours=4), words.desk.formats.zone
    return TrendSpec(title, (panel,), start - room, end + room, zone, now)


def _point(words: ChartWords, seen: Observed, at: datetime) -> Point:
    number = float(seen.value.number or 0)
    critical = seen.flag is not None and seen.flag.critical
    return Point(
        at, number, words.bare_value(seen), seen.id, critical=critical, note=words.flag(seen)
    )


def _band(words: ChartWords, seen: Observed) -> Band | None:
    given = seen.range
    if given is None or (given.low is None and given.high is None):
        return None
    low = float(given.low) if given.low is not None else None
    high = float(given.high) if given.high is not None else None
    return Band(low, high, words.text("results.band", range=words.range(given)))


def _range_cell(words: ChartWords, seen: Observed) -> Cell:
    shown = words.range(seen.range)
    return Cell(shown) if shown else _unknown(words, "results.no_range")


def _previous_cell(words: ChartWords, previous: Observed | None) -> Cell:
    if previous is None:
        return _unknown(words, "results.no_previous")
    when = words.short(previous.at, previous.at_text)
    hover = f"{words.value_with_unit(previous)} · {words.moment(previous.at, previous.at_text)}"
    return Cell(words.value(previous), second=when, hover=hover)


def _acknowledged_cell(words: ChartWords, row: ResultRow) -> Cell:
    if row.acknowledged is not None:
        second = words.short(row.acknowledged.at)
        if row.unsent:
            second = f"{second} · {words.unsent('saved')}"
        hover = f"{row.acknowledged.by} · {words.moment(row.acknowledged.at)}"
        tone = Tone.LOCAL if row.unsent else Tone.PLAIN
        return Cell(
            row.acknowledged.by or DASH, second=second, tone=tone, hover=hover, icon="check"
        )
    if row.needs_acknowledgement:
        needs = words.text("results.needs")
        return Cell(needs, tone=Tone.DANGER, icon="octagon-alert", strong=True)
    return Cell(words.text("results.not_needed"), tone=Tone.UNKNOWN)


def _row_tone(row: ResultRow) -> Tone:
    if row.unsent:
        return Tone.LOCAL
    return Tone.DANGER if row.needs_acknowledgement else Tone.PLAIN


def _unknown(words: ChartWords, code: str) -> Cell:
    return Cell(DASH, tone=Tone.UNKNOWN, hover=words.text(code))
