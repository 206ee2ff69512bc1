"""What a trend plot says in words: read-out, last values, description for screen readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from widgets.look import Look
from widgets.time_axis import moment_text
from widgets.trend_values import Panel, Point, Series, TrendSpec

NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Spot:
    """One point with its surroundings, for the keyboard and the pointer."""

    panel: int
    series: Series
    point: Point


def spots_of(spec: TrendSpec) -> tuple[Spot, ...]:
    """Every point within the period, oldest first, from top to bottom."""
    found = [
        Spot(place, series, point)
        for place, panel in enumerate(spec.panels)
        for series in panel.series
        for point in series.points
        if spec.start <= point.at <= spec.end
    ]
    return tuple(sorted(found, key=lambda spot: (spot.point.at, spot.panel)))


def with_unit(shown: str, unit: str) -> str:
    """A line never ends between the two."""
    return f"{shown}{NO_BREAK}{unit}" if unit else shown


def value_text(look: Look, panel: Panel, point: Point) -> str:
    """The digits and the unit; a critical value says so (CUI GTAB carry-over)."""
    value = with_unit(point.shown, panel.unit)
    return look.text("widget.plot.critical_value", value=value) if point.critical else value


def read_out(look: Look, spec: TrendSpec, spot: Spot) -> str:
    """`Haemoglobin 62 g/L at 24-Nov-2026 14:02, critical`."""
    point = spot.point
    said = look.text(
        "widget.plot.point",
        series=spot.series.name,
        value=with_unit(point.shown, spec.panels[spot.panel].unit),
        time=moment_text(look, point.at, spec.zone),
    )
    parts = [said]
    if point.critical:
        parts.append("‼ " + look.text("widget.plot.critical"))
    if point.late:
        parts.append(look.text("widget.plot.late"))
    if point.note:
        parts.append(point.note)
    return " · ".join(parts)


def description(look: Look, spec: TrendSpec) -> str:
    """The last two values of every series, for those who do not see the plot."""
    said = [
        _last_two(look, panel, series, spec.zone)
        for panel in spec.panels
        for series in panel.series
        if series.points
    ]
    return " ".join(said) or look.text("widget.plot.nothing")


def outside(look: Look, spec: TrendSpec, panel: Panel) -> str:
    """How many values the scale does not hold (CUI GTAB-078)."""
    points = [p for s in panel.series for p in s.points if spec.start <= p.at <= spec.end]
    above = sum(point.value > panel.high for point in points)
    below = sum(point.value < panel.low for point in points)
    parts = []
    if above:
        parts.append("▲ " + look.text("widget.plot.above", points=above))
    if below:
        parts.append("▼ " + look.text("widget.plot.below", points=below))
    return " · ".join(parts)


def _last_two(look: Look, panel: Panel, series: Series, zone: tzinfo) -> str:
    last, *before = reversed(series.points[-2:])
    newest = look.text(
        "widget.plot.valued",
        value=value_text(look, panel, last),
        time=moment_text(look, last.at, zone),
    )
    if not before:
        return look.text("widget.plot.single", series=series.name, last=newest)
    return look.text(
        "widget.plot.summary",
        series=series.name,
        last=newest,
        before=with_unit(before[0].shown, panel.unit),
    )
