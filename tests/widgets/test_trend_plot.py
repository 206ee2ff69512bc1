from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from resources.styles.tokens import Tone
from tests.widgets.gallery_values import NOW, SHANGHAI, trend_spec
from ui.runtime.language import Languages
from ui.runtime.theme import theme
from widgets.look import Look
from widgets.time_axis import TimeAxis
from widgets.timeline import Timeline, TimelineEvent, TimelineSpec
from widgets.trend_plot import TrendPlot
from widgets.trend_values import (
    Band,
    Panel,
    Point,
    Series,
    Symbol,
    TrendSpec,
    number_text,
    round_scale,
    scale_marks,
)
from widgets.trend_words import outside

START = NOW - timedelta(days=2)


def a_spec(*points: Point, band: Band | None = None, gap: timedelta | None = None) -> TrendSpec:
    panel = Panel("Potassium", "mmol/L", (Series("Potassium", points, gap=gap),), 2, 8, band)
    return TrendSpec("Trend", (panel,), START, NOW, SHANGHAI)


def a_point(hours: float, value: float, **how: object) -> Point:
    point = Point(START + timedelta(hours=hours), value, f"{value:.1f}", key=f"at{hours:g}")
    return replace(point, **how)  # type: ignore[arg-type]  # the test names the fields itself


@pytest.fixture
def plot(qtbot: QtBot, look: Look) -> TrendPlot:
    plot = TrendPlot(look, "demo.trend")
    qtbot.addWidget(plot)
    plot.resize(900, 400)
    plot.show()
    return plot


def drawn(plot: TrendPlot) -> QImage:
    return plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def colour_at(image: QImage, x: float, y: float) -> str:
    ratio = image.devicePixelRatio()
    return QColor(image.pixel(round(x * ratio), round(y * ratio))).name().upper()


def token(name: str) -> str:
    return theme("light").tokens.colours[name].upper()


# -- pixels


def test_a_point_is_drawn_centred_on_its_value(plot: TrendPlot) -> None:
    plot.show_trend(a_spec(a_point(12, 4), a_point(36, 6)))

    image = drawn(plot)

    for key in ("at12", "at36"):
        place = plot.place_of(key)
        assert place is not None
        assert colour_at(image, place.x(), place.y()) == token("series_1")


def test_nothing_is_drawn_where_there_is_no_value(plot: TrendPlot) -> None:
    plot.show_trend(a_spec(a_point(12, 4)))
    place = plot.place_of("at12")
    assert place is not None

    plot.show_trend(a_spec())

    assert colour_at(drawn(plot), place.x(), place.y()) != token("series_1")


def test_the_reference_band_lies_between_its_limits(plot: TrendPlot) -> None:
    band = Band(3.5, 5.3, "3.5 to 5.3")
    probes = (a_point(11, 5.0), a_point(12.5, 5.8), a_point(13.5, 3.0))
    plot.show_trend(a_spec(*probes, band=band))
    places = [plot.place_of(point.key) for point in probes]

    plot.show_trend(a_spec(band=band))  # the same scale without the points on top
    image = drawn(plot)

    colours = [colour_at(image, p.x() + 3, p.y() + 2) for p in places if p is not None]
    assert colours == [token("band"), token("panel"), token("panel")]


def test_a_late_value_is_hollow(plot: TrendPlot) -> None:
    plot.show_trend(a_spec(a_point(12, 4, late=True), a_point(36, 4)))

    image = drawn(plot)
    late, plain = plot.place_of("at12"), plot.place_of("at36")

    assert late is not None
    assert plain is not None
    assert colour_at(image, late.x(), late.y()) == token("panel")
    assert colour_at(image, plain.x(), plain.y()) == token("series_1")


def test_a_critical_value_wears_danger_and_says_so(plot: TrendPlot) -> None:
    plot.show_trend(a_spec(a_point(12, 4), a_point(36, 6.4)))
    calm = Counter(_pixels(drawn(plot)))

    plot.show_trend(a_spec(a_point(12, 4), a_point(36, 6.4, critical=True)))
    loud = Counter(_pixels(drawn(plot)))

    assert calm[token("danger")] == 0
    assert loud[token("danger")] > 20
    assert "critical" in plot.accessibleDescription()


def test_what_lies_outside_the_scale_is_marked_and_counted(plot: TrendPlot) -> None:
    inside = a_spec(a_point(12, 4))
    outside = a_spec(a_point(12, 40))
    plot.show_trend(outside)

    place = plot.place_of("at12")

    assert place is not None
    assert colour_at(drawn(plot), place.x(), place.y() - 2) == token("series_1")
    assert "1 above the scale" in _head(plot, outside)
    assert "above" not in _head(plot, inside)


def test_values_far_apart_are_not_joined(plot: TrendPlot) -> None:
    near, far = a_point(10, 5), a_point(40, 5)
    middle = a_point(25, 5)

    def middle_colour(gap: timedelta | None) -> str:
        plot.show_trend(a_spec(near, middle, far))
        place = plot.place_of("at25")
        assert place is not None
        plot.show_trend(a_spec(near, far, gap=gap))
        return colour_at(drawn(plot), place.x() + 3, place.y())

    joined, apart = middle_colour(None), middle_colour(timedelta(hours=12))

    assert QColor(joined).blue() - QColor(joined).red() > 60
    assert apart in {token("line"), token("panel")}


def test_the_now_line_is_drawn_where_it_is(plot: TrendPlot) -> None:
    spec = replace(a_spec(a_point(47.9, 7)), now=NOW - timedelta(hours=24))
    plot.show_trend(a_spec(a_point(24, 4)))
    place = plot.place_of("at24")
    assert place is not None

    plot.show_trend(spec)
    image = drawn(plot)
    columns = [{colour_at(image, place.x() + dx, y) for y in range(30, 140)} for dx in (-20, 0, 1)]

    assert token("now") not in columns[0]
    assert token("now") in columns[1] | columns[2]


@pytest.mark.parametrize("symbol", Symbol)
def test_every_symbol_has_a_shape_of_its_own(plot: TrendPlot, symbol: Symbol) -> None:
    def shape(kind: Symbol) -> list[str]:
        panel = Panel("P", "", (Series("S", (a_point(24, 5),), kind),), 2, 8)
        plot.show_trend(TrendSpec("T", (panel,), START, NOW, SHANGHAI))
        image, place = drawn(plot), plot.place_of("at24")
        assert place is not None
        return [
            colour_at(image, place.x() + dx, place.y() + dy)
            for dx in range(-6, 7)
            for dy in range(-6, 7)
        ]

    others = [shape(other) for other in Symbol if other is not symbol]

    assert shape(symbol) not in others


def test_the_plot_does_not_stretch_to_fill(plot: TrendPlot) -> None:
    plot.show_trend(a_spec(a_point(0, 4), a_point(47, 4)))
    plot.resize(1000, 300)
    narrow = plot.place_of("at47")

    plot.resize(2400, 900)
    wide = plot.place_of("at47")

    assert narrow == wide


def test_stacked_panels_share_the_time_axis(plot: TrendPlot) -> None:
    spec = a_spec(a_point(24, 4))
    lower = replace(spec.panels[0], series=(Series("S", (a_point(24, 5, key="low"),)),))
    plot.show_trend(replace(spec, panels=(*spec.panels, lower)))

    upper_at, lower_at = plot.place_of("at24"), plot.place_of("low")

    assert upper_at is not None
    assert lower_at is not None
    assert upper_at.x() == lower_at.x()
    assert upper_at.y() < lower_at.y()


def test_an_empty_period_says_so(plot: TrendPlot) -> None:
    plot.show_trend(a_spec())

    assert plot.accessibleDescription() == "No values in this period."
    assert len(set(_pixels(drawn(plot)))) > 2


# -- keyboard, pointer, words


def test_the_keyboard_goes_from_value_to_value(qtbot: QtBot, plot: TrendPlot) -> None:
    said, opened = [], []
    plot.pointed.connect(said.append)
    plot.opened.connect(opened.append)
    plot.show_trend(a_spec(a_point(12, 4), a_point(36, 6.4, critical=True, note="haemolysed")))

    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(plot, key)

    assert [line.replace("\N{NO-BREAK SPACE}", " ") for line in said] == [
        "Potassium 4.0 mmol/L at 23-Nov-2026 02:02",
        "Potassium 6.4 mmol/L at 24-Nov-2026 02:02 · ‼ critical · haemolysed",
    ]
    assert opened == ["at36"]
    assert plot.accessibleDescription() == said[-1]


def test_the_pointer_reads_out_what_it_is_near(qtbot: QtBot, plot: TrendPlot) -> None:
    plot.show_trend(a_spec(a_point(12, 4), a_point(36, 6)))
    place = plot.place_of("at36")
    assert place is not None

    qtbot.mouseMove(plot, place.toPoint() + QPoint(3, 3))
    near = plot.read_out
    qtbot.mouseMove(plot, place.toPoint() + QPoint(60, 40))

    assert near.startswith("Potassium 6.0")
    assert plot.read_out == ""


def test_the_last_two_values_are_said(plot: TrendPlot) -> None:
    plot.show_trend(a_spec(a_point(6, 3.9), a_point(12, 4), a_point(36, 6)))

    said = plot.accessibleDescription().replace("\N{NO-BREAK SPACE}", " ")

    assert said == "Potassium: last 6.0 mmol/L, 24-Nov-2026 02:02, before 4.0 mmol/L."


def test_the_words_follow_the_language(plot: TrendPlot, languages: Languages) -> None:
    plot.show_trend(a_spec(a_point(12, 4)))

    languages.switch("zh_CN")

    assert "最近" in plot.accessibleDescription()
    assert "2026-11-23 02:02" in plot.accessibleDescription()


def test_the_gallery_trend_has_both_panels(plot: TrendPlot) -> None:
    plot.show_trend(trend_spec())

    pixels = set(_pixels(drawn(plot)))

    assert {token("series_1"), token("series_2"), token("series_3"), token("band")} <= pixels


# -- axes


def test_marks_stand_on_round_local_hours() -> None:
    axis = TimeAxis(NOW, NOW + timedelta(hours=20), SHANGHAI, 0, 600)

    marks = axis.marks(60)

    assert [f"{m:%H:%M}" for m in marks][:3] == ["16:00", "18:00", "20:00"]
    assert "00:00" in [f"{m:%H:%M}" for m in marks]


def test_marks_stay_on_round_hours_when_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 24, 20, tzinfo=UTC)
    axis = TimeAxis(start, start + timedelta(hours=30), berlin, 0, 800)

    assert {m.hour % 2 for m in axis.marks(50)} == {0}


@given(
    st.integers(1, 60 * 24 * 90), st.integers(100, 2000), st.floats(30, 120), st.integers(0, 10**6)
)
def test_marks_are_never_closer_than_they_have_room(
    minutes: int, width: int, room: float, offset: int
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=offset)
    axis = TimeAxis(start, start + timedelta(minutes=minutes), SHANGHAI, 0, width)

    places = [axis.x(mark) for mark in axis.marks(room)]

    assert all(b - a >= room - 1e-6 for a, b in pairwise(places)) or (minutes > 28 * 1440)
    assert all(-1e-6 <= x <= width + 1e-6 for x in places)


@given(st.lists(st.floats(-1e5, 1e5), max_size=20))
def test_a_round_scale_holds_its_values(values: list[float]) -> None:
    low, high = round_scale(tuple(values))

    assert low < high
    assert all(low <= value <= high or abs(value) > 1e15 for value in values)
    assert 2 <= len(scale_marks(low, high)) <= 12


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0"), (0.5, "0.5"), (1000, "1,000"), (-0.00001, "0"), (37.2, "37.2")]
)
def test_scale_marks_are_written_like_numbers(value: float, said: str) -> None:
    assert number_text(value) == said


# -- timeline


def events(*, tone: Tone = Tone.PLAIN) -> TimelineSpec:
    return TimelineSpec(
        "Day",
        (("drug", "Drugs"), ("line", "Lines")),
        (
            TimelineEvent("b", "line", START + timedelta(hours=9), "Catheter", open_ended=True),
            TimelineEvent("a", "drug", START + timedelta(hours=3), "given", tone=tone),
            TimelineEvent("x", "drug", START - timedelta(hours=3), "before the period"),
        ),
        START,
        NOW,
        SHANGHAI,
        NOW,
    )


def test_the_keyboard_goes_through_events_in_their_order(qtbot: QtBot, look: Look) -> None:
    line, said, opened = Timeline(look, "demo.line"), [], []
    qtbot.addWidget(line)
    line.pointed.connect(said.append)
    line.opened.connect(opened.append)
    line.show_timeline(events())
    line.show()

    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(line, key)

    assert said[0] == "given, 22-Nov-2026 17:02"
    assert said[1].endswith("not ended")
    assert opened == ["b"]


def test_local_events_are_hatched_and_others_are_not(qtbot: QtBot, look: Look) -> None:
    line = Timeline(look, "demo.line")
    qtbot.addWidget(line)
    line.resize(900, 140)
    line.show()
    counts = []
    for tone in (Tone.PLAIN, Tone.LOCAL):
        line.show_timeline(events(tone=tone))
        image = line.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        counts.append(Counter(_pixels(image))[token("local_ground")])

    assert counts[0] == 0
    assert counts[1] > 50


def _pixels(image: QImage) -> list[str]:
    return [
        f"#{image.pixel(x, y) & 0xFFFFFF:06X}"
        for x in range(image.width())
        for y in range(image.height())
    ]


def _head(plot: TrendPlot, spec: TrendSpec) -> str:
    return outside(plot._look, spec, spec.panels[0])
