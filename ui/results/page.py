"""The results of one patient: table, trend, reports."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from resources.styles.tokens import Tone
from ui.results.cells import (
    category_words,
    report_row,
    reports_spec,
    result_row,
    results_spec,
    status_words,
    trend_spec,
)
from ui.results.presenter import ResultsPresenter
from ui.results.state import ResultsState, Segment
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.labels import Caption, Title, WrapLabel
from widgets.naming import named
from widgets.segmented import Segment as SegmentWords
from widgets.segmented import Segmented
from widgets.state_stack import StateStack
from widgets.table import Table
from widgets.trend_plot import TrendPlot

_FILTERS = {
    Segment.NEEDS: "results.filter.needs",
    Segment.ABNORMAL: "results.filter.abnormal",
}


class ResultsPage(Page):
    """Shows a `ResultsState`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "results")
        self._words = ChartWords(desk)
        self._presenter: ResultsPresenter | None = None
        self._state = ResultsState()
        self._drawn: object = None
        self._dragged = False
        self._segments = Segmented(self.look, self.part("segments"))
        self._acknowledge = named(KeyButton("acknowledge"), self.part("acknowledge"))
        self._acknowledge.claim(Tone.ACT)
        self._notice = BannerLine(self.look, self.part("notice"))
        self._table = Table(self.look, results_spec(self._words))
        self._reports = Table(self.look, reports_spec(self._words))
        self._plot = TrendPlot(self.look, self.part("trend"))
        self._read_out = named(WrapLabel(), self.part("read_out"))
        self._detail = named(WrapLabel(), self.part("detail"))
        self._report_title = named(Title(), self.part("report_title"))
        self._report_meta = named(Caption(), self.part("report_meta"))
        self._report_meta.setWordWrap(True)
        self._report_text = named(WrapLabel(), self.part("report_text"))
        self._bodies = QStackedWidget()
        self._stack = StateStack(self.look, self.part("state"), self._bodies)
        self.keep(
            PageKeys(
                desk.shortcuts,
                self,
                Command(
                    "results.acknowledge.command", self._ask_acknowledge, "A", icon="badge-check"
                ),
            )
        )
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(self, presenter: ResultsPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)

    def focus_on(self, focus: str) -> None:
        if self._presenter is not None:
            self._presenter.focus_on(focus)

    def pass_time(self) -> None:
        if self._presenter is not None:
            self._presenter.pass_time()

    def show_state(self, state: ResultsState) -> None:
        self._state = state
        self._say_segments()
        self._say_notice()
        self._acknowledge.setEnabled(state.can_acknowledge)
        self._acknowledge.setVisible(state.may_acknowledge and state.segment is not Segment.REPORTS)
        self._show_body()

    def retranslate(self) -> None:
        super().retranslate()
        self._acknowledge.setText(self.text("results.acknowledge"))
        self._table.respell(results_spec(self._words))
        self._reports.respell(reports_spec(self._words))
        self._segments.setAccessibleName(self.text("results.segments"))
        self._drawn = None
        self.show_state(self._state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # -- showing

    def _show_body(self) -> None:
        state = self._state
        reports = state.segment is Segment.REPORTS
        listed = bool(state.reports) if reports else bool(state.shown)
        if state.fault is not None:
            self._stack.show_failed(self._words.unread(state.fault), self.text("results.safe"))
        elif state.loading and not state.rows and not state.reports:
            self._stack.show_loading()
        elif not listed:
            self._say_empty()
        else:
            self._bodies.setCurrentIndex(1 if reports else 0)
            self._stack.show_content()
            (self._fill_reports if reports else self._fill_results)()

    def _say_empty(self) -> None:
        segment = self._state.segment.value
        what = self.text("results.empty.then")
        self._stack.show_empty(self.text(f"results.empty.{segment}"), what)

    def _fill_results(self) -> None:
        state = self._state
        drawn = (state.rows, state.segment)
        if self._drawn != drawn:
            self._drawn = drawn
            self._table.show_rows(tuple(result_row(self._words, row) for row in state.shown))
            code = _FILTERS.get(state.segment, "")
            self._table.describe_filter(self.text(code) if code else "")
        if self._table.current != state.current:
            self._table.go_to(state.current)
        self._show_trend()

    def _show_trend(self) -> None:
        row = self._state.chosen
        state = self._state
        spec = trend_spec(self._words, state.trend, state.now) if state.now else None
        self._plot.setVisible(spec is not None)
        if spec is not None:
            self._plot.show_trend(spec)
        self._read_out.setText("" if spec else self.text("results.no_trend"))
        self._read_out.setVisible(spec is None)
        self._detail.setText(self._details() if row else "")
        self._fit()

    def _details(self) -> str:
        row = self._state.chosen
        if row is None:
            return ""
        seen, words = row.observed, self._words
        value = words.value_with_unit(seen)
        flag = words.flag(seen)
        given = words.range(seen.range) or self.text("results.no_range")
        lines = [
            f"{words.term(seen.term)}  {value}" + (f" · {flag}" if flag else ""),
            self.text("results.detail.range", range=given),
            self.text("results.detail.taken", time=words.moment(seen.at, seen.at_text)),
            self.text("results.detail.issued", time=words.moment(seen.issued)),
            self.text("results.detail.status", status=status_words(words, seen.status)),
        ]
        if seen.performer:
            lines.append(self.text("results.detail.by", performer=seen.performer))
        if seen.note:
            lines.append(seen.note)
        return "\n".join(lines)

    def _fill_reports(self) -> None:
        state = self._state
        drawn = (state.reports, state.segment)
        if self._drawn != drawn:
            self._drawn = drawn
            self._reports.show_rows(tuple(report_row(self._words, one) for one in state.reports))
        if self._reports.current != state.report:
            self._reports.go_to(state.report)
        self._show_report()

    def _show_report(self) -> None:
        report = self._state.chosen_report
        if report is None:
            return
        words = self._words
        self._report_title.setText(words.term(report.term))
        at = report.issued or report.at
        parts = (
            category_words(words, report.category),
            status_words(words, report.status),
            words.moment(at, report.at_text),
            report.performer,
        )
        self._report_meta.setText(" · ".join(part for part in parts if part))
        said = [part for part in (report.body, self._conclusion(report.conclusion)) if part]
        self._report_text.setText("\n\n".join(said) or self.text("results.report.no_text"))

    def _conclusion(self, conclusion: str) -> str:
        return self.text("results.report.conclusion", text=conclusion) if conclusion else ""

    def _say_segments(self) -> None:
        segments = tuple(
            SegmentWords(one.value, self.text(f"results.segment.{one.value}"), self._count(one))
            for one in Segment
        )
        self._segments.show_segments(segments, self._state.segment.value)

    def _count(self, segment: Segment) -> str:
        return (
            ""
            if self._state.loading and not self._state.rows
            else f"{self._state.count(segment):,}"
        )

    def _say_notice(self) -> None:
        state = self._state
        if state.act_fault is not None:
            text = self._words.fault(state.act_fault)
            self._notice.show_notice(Notice(text, Tone.CAUTION, stays=False))
        elif state.notice is not None:
            said = self.desk.languages.render(state.notice)
            self._notice.show_notice(Notice(said, Tone.LOCAL))
        else:
            self._notice.show_notice(None)

    # -- hearing

    def _choose_segment(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose_segment(key)

    def _choose(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose(key)

    def _choose_report(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose_report(key)

    def _ask_acknowledge(self) -> None:
        if self._presenter is not None:
            self._presenter.acknowledge()

    def _retry(self) -> None:
        if self._presenter is not None:
            self._presenter.load()

    def _dismiss(self) -> None:
        if self._presenter is not None:
            self._presenter.read_notice()

    def _clear_filter(self) -> None:
        self._choose_segment(Segment.ALL.value)

    # -- building

    def _lay_out(self) -> None:
        theme = self.look.theme
        head = QHBoxLayout()
        head.setSpacing(theme.px("gap"))
        head.addWidget(self._segments)
        head.addStretch(1)
        head.addWidget(self._acknowledge)
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._trend = self._trend_side()
        self._trend_area = scrolling(self._trend, self.part("trend_scroll"))
        self._halves = self._split(down, self._table, self._trend_area)
        self._halves.splitterMoved.connect(self._drag)
        self._bodies.addWidget(self._halves)
        self.look.changed.connect(self._fit)
        self._bodies.addWidget(self._split(across, self._reports, self._report_side()))
        column = QVBoxLayout(self)
        pad = theme.px("pad")
        column.setContentsMargins(pad, theme.px("gap"), pad, theme.px("gap"))
        column.setSpacing(theme.px("gap"))
        column.addLayout(head)
        column.addWidget(self._notice)
        column.addWidget(self._stack, 1)

    def _fit(self) -> None:
        """Large text on a small screen: four rows of results first, then as much of the trend.

        Where not even the head of the trend has room, the list takes it all: a larger window, or
        the page in a window of its own, shows it.
        """
        theme, area = self.look.theme, self._trend_area
        room = self._bodies.height()
        left = room - 7 * theme.row - theme.px("pad")
        wanted = max(0, min(left, self._trend.sizeHint().height() + 4))
        area.setVisible(left >= 3 * theme.row)
        if not self._dragged:
            self._halves.setSizes([room - wanted, wanted])

    def _drag(self) -> None:
        """From now on the halves stand as the user put them."""
        self._dragged = True

    def _trend_side(self) -> QWidget:
        """Under the table, so that all its columns are seen: the trend, and its words beside."""
        side = QWidget()
        row = QHBoxLayout(side)
        row.setContentsMargins(0, self.look.theme.px("gap"), 0, 0)
        row.setSpacing(self.look.theme.px("pad"))
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(self._plot, 3, top)
        row.addWidget(self._read_out, 3, top)
        row.addWidget(self._detail, 2, top)
        side.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        return side

    def _report_side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(self.look.theme.px("pad"), 0, 0, 0)
        column.addWidget(self._report_title)
        column.addWidget(self._report_meta)
        column.addWidget(scrolling(self._report_text, self.part("report_scroll")), 1)
        return side

    def _split(self, way: Qt.Orientation, first: QWidget, second: QWidget) -> QSplitter:
        split = QSplitter(way)
        split.addWidget(first)
        split.addWidget(second)
        split.setChildrenCollapsible(False)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2 if way is Qt.Orientation.Horizontal else 0)
        return split

    def _connect(self) -> None:
        self._segments.chosen.connect(self._choose_segment)
        self._table.selected.connect(self._choose)
        self._table.filter_cleared.connect(self._clear_filter)
        self._reports.selected.connect(self._choose_report)
        self._acknowledge.clicked.connect(self._ask_acknowledge)
        self._stack.retry_requested.connect(self._retry)
        self._notice.dismissed.connect(self._dismiss)


def scrolling(text: QWidget, name: str) -> QScrollArea:
    """`text` in an area that scrolls, for reports of any length."""
    area = named(QScrollArea(), name)
    area.setWidgetResizable(True)
    area.setWidget(text)
    return area
