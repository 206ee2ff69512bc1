"""How the alert budget is worded."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from app.domain.alert_budget import RuleRecord
from app.domain.decision_events import Response
from app.services.override_reasons import reason_of
from resources.catalogue import Parameter
from resources.styles.tokens import Tone
from ui.alerts.state import AlertsState, Measure, Standing, key_of
from ui.runtime.desk import Desk
from ui.runtime.formats import DASH
from widgets.table_values import Cell, Column, Row, TableSpec

_TONES: Final = {
    Standing.UNKNOWN: Tone.UNKNOWN,
    Standing.WITHIN: Tone.GOOD,
    Standing.OVER: Tone.CAUTION,
    Standing.REVIEW: Tone.DANGER,
}
_DONE: Final = (Response.ACCEPTED, Response.CHANGED, Response.REMOVED)


@dataclass(frozen=True, slots=True)
class AlertWords:
    """Words of one desk."""

    desk: Desk

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.desk.languages.text(code, **parameters)

    # -- the figures

    def measure(self, one: Measure) -> tuple[str, str, Tone]:
        """Name, sentence and tone of a figure."""
        name = self.text(f"alertspage.measure.{one.name}")
        value = DASH if one.value is None else _number(one.value)
        limit = _number(one.limit)
        standing = self.text(f"alertspage.standing.{one.standing.value}")
        said = self.text("alertspage.measured", value=value, limit=limit, standing=standing)
        return name, said, _TONES[one.standing]

    def counted(self, state: AlertsState) -> str:
        """What the figures are counted from."""
        found = state.found
        if found is None:
            return ""
        return self.text(
            "alertspage.counted",
            orders=found.orders,
            windows=found.windows,
            cards=found.cards,
            days=found.doctor_days,
            most=found.most,
        )

    def review(self, state: AlertsState) -> str:
        """Which rules the committee is to look at; "" for none."""
        count = len(state.to_review)
        return self.text("alertspage.to-review", count=count) if count else ""

    # -- the rules

    def spec(self) -> TableSpec:
        text = self.text
        columns = (
            Column("check", text("alertspage.column.check"), 130, fixed=True, wraps=True),
            Column("rule", text("alertspage.column.rule"), 220, fixed=True, stretches=True),
            Column("shown", text("alertspage.column.shown"), 90),
            Column("overridden", text("alertspage.column.overridden"), 130),
            Column("followed", text("alertspage.column.followed"), 84),
            Column("quiet", text("alertspage.column.quiet"), 96),
            Column("hidden", text("alertspage.column.hidden"), 110),
            Column("reasons", text("alertspage.column.reasons"), 230, sorts=False, wraps=True),
        )
        return TableSpec("alerts.list", text("workspace.alerts"), columns)

    def rows(self, state: AlertsState) -> tuple[Row, ...]:
        return tuple(self._row(one, state) for one in state.rules)

    def _row(self, one: RuleRecord, state: AlertsState) -> Row:
        review = one.to_review(state.budget)
        cells = (
            Cell(self.text(f"cards.name.{one.check}")),
            Cell(one.rule, second=one.pack),
            _count(one.shown),
            self._overridden(one, review=review),
            _count(sum(one.answers.get(answer, 0) for answer in _DONE)),
            _count(one.quiet),
            _count(one.hidden),
            Cell(self._reasons(one)),
        )
        return Row(key_of(one), cells, tone=Tone.CAUTION if review else Tone.PLAIN)

    def _overridden(self, one: RuleRecord, *, review: bool) -> Cell:
        share = one.override_percent
        if share is None:
            return Cell(DASH, hover=self.text("alertspage.never-interrupted"), order=-1.0)
        said = self.text("alertspage.percent", count=one.overridden, percent=_number(share))
        if not review:
            return Cell(said, order=float(share))
        word = self.text("alertspage.for-committee")
        return Cell(said, second=word, tone=Tone.CAUTION, icon="triangle-alert", order=float(share))

    def _reasons(self, one: RuleRecord) -> str:
        language = self.desk.languages.language
        told = sorted(one.reasons.items(), key=lambda item: (-item[1], item[0]))
        return "\n".join(
            self.text("alertspage.reason", reason=reason_of(code).shown(language), count=count)
            for code, count in told
        )


def _count(value: int) -> Cell:
    return Cell(f"{value:,}", order=float(value))


def _number(value: Fraction) -> str:
    """At most one digit behind the point: a budget is no laboratory value."""
    return f"{float(value):.1f}".removesuffix(".0")
