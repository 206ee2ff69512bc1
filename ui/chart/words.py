"""The overview in words: problems, allergies, orders, results, notes, vitals, events."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from app.domain.chart import Event, Overview, Problem
from app.domain.notes import Note
from app.domain.orders import OrderLine
from app.domain.patients import Allergy, AllergyState
from app.domain.results import Flag, Observed, ResultRow
from app.domain.results import Series as Measures
from resources.styles.tokens import Tone
from ui.chart.rows import Line, Part
from ui.chart.state import MOST_NOTES, MOST_RESULTS, PANELS, VitalPanel, latest, series_of
from ui.runtime.chart_words import LONG_DASH, ChartWords
from ui.runtime.formats import DASH, NO_BREAK
from widgets.labels import unbroken
from widgets.timeline import TimelineEvent, TimelineSpec
from widgets.trend_values import PALETTE, Panel, Point, Series, Symbol, TrendSpec, round_scale

SPAN = timedelta(days=7)
_WITHIN = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LANES = ("stay", "operation", "imaging", "result", "note", "order")
_LANE_OF = {"admission": "stay", "transfer": "stay", "discharge": "stay"}
_STATE_TONES = {
    AllergyState.KNOWN: Tone.DANGER,
    AllergyState.NONE_KNOWN: Tone.GOOD,
    AllergyState.NOT_RECORDED: Tone.CAUTION,
    AllergyState.UNAVAILABLE: Tone.CAUTION,
}
_SHORT_UNIT = 8
_SYMBOLS = (Symbol.CIRCLE, Symbol.SQUARE)


def unplaced_line(words: ChartWords, unplaced: tuple[tuple[str, int], ...]) -> str:
    """Kinds of documents that are here and on no page, with how many of each; "" for none."""
    if not unplaced:
        return ""
    items = (
        words.text("overview.unplaced_item", kind=_kind(words, rtype), number=f"{count:,}")
        for rtype, count in unplaced
    )
    joined = words.text("overview.unplaced_joint").join(items)
    return words.text("overview.unplaced", items=joined)


def _kind(words: ChartWords, rtype: str) -> str:
    """An R4 type name in words: `MedicationStatement` is `kind.medication-statement`."""
    return words.text(f"kind.{_WITHIN.sub('-', rtype).lower()}")


def problem_lines(words: ChartWords, problems: tuple[Problem, ...]) -> list[Line]:
    """Active ones first; one whose state is not recorded says so."""
    ordered = sorted(problems, key=lambda one: one.active is False)
    return [_problem(words, one) for one in ordered]


def _problem(words: ChartWords, one: Problem) -> Line:
    states = {True: "", False: "overview.problem.past", None: "overview.problem.unknown"}
    code = states[one.active]
    parts = [words.text(code)] if code else []
    if one.verification in ("provisional", "differential", "unconfirmed", "refuted"):
        parts.append(words.text(f"overview.problem.{one.verification}"))
    onset = one.onset_text or one.recorded_text
    if onset:
        parts.append(words.text("overview.since", time=words.desk.formats.partial(onset)))
    elif one.recorded_at is not None:
        parts.append(words.text("overview.recorded", time=words.short(one.recorded_at)))
    tone = Tone.UNKNOWN if one.active is False else Tone.PLAIN
    main = (Part(words.term(one.term), strong=one.active is not False),)
    return Line("", main, second=" · ".join(parts), tone=tone)


def allergy_lines(
    words: ChartWords, state: AllergyState, allergies: tuple[Allergy, ...]
) -> list[Line]:
    """One of the four states, then each agent with its reactions and its date."""
    said = words.text(f"overview.allergy.{state.value}")
    checked = [one for one in allergies if one.active and one.none_known]
    second = _checked(words, checked[0]) if state is AllergyState.NONE_KNOWN and checked else ""
    first = Line("", (Part(said, strong=True),), second=second, tone=_STATE_TONES[state])
    known = [one for one in allergies if one.active and not one.none_known]
    return [first, *(_allergy(words, one) for one in known)]


def _checked(words: ChartWords, one: Allergy) -> str:
    """When somebody asked, and who: "none known" holds as of then (CUI ADR-0052)."""
    time = words.moment(one.recorded_at, one.recorded_text)
    said = words.text("overview.recorded", time=time)
    return " · ".join(part for part in (said, one.recorded_by) if part)


def _allergy(words: ChartWords, one: Allergy) -> Line:
    reactions = words.text("overview.joint").join(one.reactions)
    second = [reactions or words.text("overview.allergy.no_reaction")]
    if one.criticality == "high":
        second.append(words.text("overview.allergy.high"))
    if not one.checkable:
        second.append(words.text("overview.allergy.unchecked"))
    time = words.moment(one.recorded_at, one.recorded_text)
    second.append(words.text("overview.recorded", time=time))
    if one.recorded_by:
        second.append(one.recorded_by)
    agent = (Part(words.term(one.agent), strong=True),)
    return Line("", agent, second=" · ".join(second), tone=Tone.DANGER)


def order_line(words: ChartWords, line: OrderLine) -> Line:
    """The medication line of the CUI: generic bold, labelled dose, route and frequency in words."""
    order = line.order
    said = words.order(order)
    main = [Part(said.item, strong=True)]
    if said.dose:
        main += [Part(f"{LONG_DASH}{words.dose_label} "), Part(said.dose, strong=True)]
    main += [Part(f"{LONG_DASH}{x}") for x in (said.route, said.frequency, said.text) if x]
    second = []
    tone = Tone.PLAIN
    if order.status == "on-hold":
        tone = Tone.CAUTION
        second.append(words.text("overview.order.on_hold"))
    elif order.status == "draft":
        tone = Tone.CAUTION
        second.append(words.text("orders.status.draft"))
    elif order.status != "active":
        second.append(words.text("overview.order.unclear"))
    if line.unsent:
        tone = Tone.LOCAL
        second.append(words.unsent(line.unsent))
    start = order.starts_at or order.authored_at
    hover = words.moment(start, "" if order.starts_at else order.authored_text)
    return Line(
        f"Order/{order.id}",
        tuple(main),
        second=" · ".join(second),
        tone=tone,
        hover=words.text("overview.order.hover", time=hover, text=order.dosage.text or DASH),
    )


def result_lines(words: ChartWords, rows: tuple[ResultRow, ...]) -> list[Line]:
    """The newest value of each test, with arrow, unit, range and time."""
    return [_result(words, row) for row in latest(rows)[:MOST_RESULTS]]


def _result(words: ChartWords, row: ResultRow) -> Line:
    seen = row.observed
    unit = words.unit(seen) if seen.value.number is not None else ""
    short = len(unit) <= _SHORT_UNIT  # a longer one wraps: cut off it would be another unit
    # Where a card is too narrow the unit goes to the next line whole: cut, it would be another.
    value = f"{words.value(seen)} {unbroken(unit) if short else unit}"
    critical = seen.flag is not None and seen.flag.critical
    second = [words.flag(seen)] if critical else []
    if row.needs_acknowledgement:
        second.append(words.text("overview.result.needs"))
    if row.unsent:
        second.append(words.unsent("saved"))
    given = words.range(seen.range) or words.text("overview.result.no_range")
    time = (
        words.short(seen.at, seen.at_text)
        .replace(" ", NO_BREAK)
        .replace("-", "\N{NON-BREAKING HYPHEN}")
    )
    odd = seen.flag not in (None, Flag.NORMAL)
    return Line(
        f"Observation/{seen.id}",
        (Part(words.term(seen.term)),),
        (Part(value.strip(), strong=odd), Part(given), Part(time)),
        second=" · ".join(second),
        tone=_result_tone(seen, unsent=row.unsent),
        hover=words.moment(seen.at, seen.at_text),
    )


def _result_tone(seen: Observed, *, unsent: bool) -> Tone:
    if unsent:
        return Tone.LOCAL
    return Tone.DANGER if seen.flag is not None and seen.flag.critical else Tone.PLAIN


def note_lines(words: ChartWords, notes: tuple[Note, ...]) -> list[Line]:
    """The newest notes, as far as they fit."""
    return [_note(words, note) for note in notes[:MOST_NOTES]]


def _note(words: ChartWords, note: Note) -> Line:
    title = note.title or words.term(note.kind_term)
    second = [note.author_name or words.text("overview.note.no_author")]
    if note.status.value == "preliminary":
        second.append(words.text("overview.note.preliminary"))
    if note.unsent:
        second.append(words.unsent(note.unsent))
    return Line(
        f"DocumentReference/{note.id}",
        (Part(title, strong=True),),
        (Part(words.short(note.at, note.at_text)),),
        second=" · ".join(second),
        tone=Tone.LOCAL if note.unsent else Tone.PLAIN,
        hover=words.moment(note.at, note.at_text),
    )


# -- plots


def vitals_spec(words: ChartWords, vitals: tuple[Measures, ...], now: datetime) -> TrendSpec | None:
    """Stacked panels over one time axis; what was not measured has no panel."""
    panels = [panel for one in PANELS if (panel := _panel(words, one, vitals)) is not None]
    if not panels:
        return None
    zone = words.desk.formats.zone
    title = words.text("overview.vitals")
    return TrendSpec(title, tuple(panels), now - SPAN, now + timedelta(hours=6), zone, now)


def _panel(words: ChartWords, one: VitalPanel, vitals: tuple[Measures, ...]) -> Panel | None:
    found = [series for code in one.codes if (series := series_of(vitals, code)) is not None]
    if one.title == "overview.vital.saturation":
        found = found[:1]  # two codes for the same measurement are one curve
    drawn = [
        _series(words, measures, place)
        for place, measures in enumerate(found)
        if any(p.value.number is not None and p.at is not None for p in measures.points)
    ]
    if not drawn:
        return None
    values = tuple(point.value for series in drawn for point in series.points)
    low, high = one.low, one.high
    rescaled = min(values) < low or max(values) > high
    if rescaled:
        low, high = round_scale((*values, low, high))
    newest = found[0].points[-1]
    title = words.text(one.title)
    return Panel(title, words.unit(newest), tuple(drawn), low, high, rescaled=rescaled)


def _series(words: ChartWords, measures: Measures, place: int) -> Series:
    points = tuple(
        Point(
            seen.at,
            float(seen.value.number),
            words.bare_value(seen),
            f"Observation/{seen.id}",
            critical=seen.flag is not None and seen.flag.critical,
        )
        for seen in measures.points
        if seen.value.number is not None and seen.at is not None
    )
    name = words.term(measures.term)
    return Series(name, points, _SYMBOLS[place % 2], PALETTE[place % 2], timedelta(hours=26))


def timeline_spec(words: ChartWords, overview: Overview, now: datetime) -> TimelineSpec:
    """Seven days in lanes; events without an hour stand at the start of their day and say so."""
    lanes = tuple((lane, words.text(f"overview.lane.{lane}")) for lane in _LANES)
    events = tuple(_event(words, event, place) for place, event in enumerate(overview.events))
    zone = words.desk.formats.zone
    end = now + timedelta(hours=12)
    return TimelineSpec(words.text("overview.timeline"), lanes, events, now - SPAN, end, zone, now)


def _event(words: ChartWords, event: Event, place: int) -> TimelineEvent:
    lane = _LANE_OF.get(event.kind, event.kind)
    title = words.term(event.title)
    if event.kind in _LANE_OF:
        title = words.text(f"overview.event.{event.kind}", place=title)
    text = f"{title} ({words.desk.formats.partial(event.at_text)})" if event.at_text else title
    lasts = event.kind == "operation" or lane == "stay"
    return TimelineEvent(
        key=f"{place}:{event.ref}",
        lane=lane if lane in _LANES else "order",
        at=event.at,
        text=text,
        until=event.ends_at if lasts else None,
        hollow=event.status in ("planned", "draft", "booked", "proposed"),
    )
