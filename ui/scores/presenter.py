"""What a click on the page of scores means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from app.decision.scores.results import Answer, Scored
from app.decision.scores.telling import UNREADABLE, Entry, told
from app.domain.people import Privilege
from app.domain.score_records import ScoreRecord
from app.domain.terms import PatientId
from app.kernel.changes import ChangeFeed
from app.kernel.clock import Clock
from app.kernel.faults import Failed, Message, Ok, Result
from app.kernel.tasks import CancelToken, TaskScope
from app.services.patient_scores import PatientScores, ScoreReading
from app.services.score_filling import Moment, standing, trend
from app.services.score_recording import ScoreRecording, Shown
from ui.runtime.rereading import News, Rereading
from ui.runtime.visits import Visit
from ui.scores.state import TRENDED, ScoresState, denied, sorted_out

KINDS = frozenset({"result", "vital", "problem", "patient", "census"})
"""News that may change a score."""

SPAN = timedelta(days=3)
"""How far back the course is drawn."""

Read = tuple[ScoreReading, tuple[Moment, ...]]


@dataclass(frozen=True, slots=True)
class ScoreSources:
    """What scores are read from, and what puts one into the record."""

    reading: PatientScores
    recording: ScoreRecording
    clock: Clock


class ScoresView(Protocol):
    def show_state(self, state: ScoresState) -> None: ...


class ScoresPresenter:
    """Counts every score of a chart, again at every piece of news and at every answer."""

    def __init__(
        self,
        view: ScoresView,
        visit: Visit,
        patient: PatientId,
        sources: ScoreSources,
        tasks: TaskScope,
        feed: ChangeFeed,
    ) -> None:
        self._view = view
        self._visit = visit
        self._patient = patient
        self._sources = sources
        self._clock = sources.clock
        self._tasks = tasks
        may = visit.session().can(Privilege.RECORD_SCORE)
        self._state = ScoresState(self._clock.now(), score=visit.focus, may_record=may)
        self._reading = Rereading(tasks, News(feed, KINDS, patient), self._read, self._on_read)
        self._view.show_state(self._state)
        self.load()

    @property
    def state(self) -> ScoresState:
        return self._state

    def close(self) -> None:
        self._reading.close()

    def load(self) -> None:
        self._reading.again()

    def pass_time(self) -> None:
        """What was measured has grown older."""
        self._count(self._state)

    def choose(self, score: str) -> None:
        if score and score != self._state.score:
            self._show(replace(self._state, score=score, item="", refusal=None, notice=None))

    def go_to(self, item: str) -> None:
        if item and item != self._state.item:
            self._show(replace(self._state, item=item, refusal=None))

    def answer(self, option: str) -> None:
        """One of the options of the item the user is on, or yes or no."""
        if option and self._state.can_answer:
            self._give({self._state.item: Answer(option, self._clock.now())})

    def answer_words(self, text: str) -> None:
        """A number as it is typed; without a unit only where it can be in one."""
        one, reading = self._state.chosen, self._state.reading
        if one is None or reading is None or not (text.strip() and self._state.can_answer):
            return
        entry = Entry(self._state.item, text, self._clock.now())
        found = told(one.table, reading.known.book, [entry])
        answer = found.answers.get(self._state.item)
        if answer is None or answer.value == UNREADABLE:
            why = found.refusals[0].why if found.refusals else None
            self._show(replace(self._state, refusal=why))
            return
        self._give({self._state.item: answer})

    def deny_rest(self) -> None:
        """Everything of this score that is asked with yes or no and open was asked, and is no."""
        self._give(denied(self._state.open_flags, self._clock.now()))

    def record(self) -> None:
        """Sign the chosen score into the record, as it stands on the screen."""
        one = self._state.chosen
        if one is None or not isinstance(one.result, Scored) or not self._state.can_record:
            return
        session = self._visit.session()
        shown = Shown(one.table.code, one.result.total, self._state.given)
        self._show(replace(self._state, busy=True, act_fault=None, notice=None))
        self._tasks.write(
            lambda: self._sources.recording.record(session, self._patient, shown),
            self._on_recorded,
        )

    def take_back(self) -> None:
        given = {k: v for k, v in self._state.given.items() if k != self._state.item}
        self._count(replace(self._state, given=given, refusal=None))

    def _give(self, answers: dict[str, Answer]) -> None:
        self._count(replace(self._state, given={**self._state.given, **answers}, refusal=None))
        self._show(replace(self._state, item=self._state.next_open))

    def _read(self, token: CancelToken) -> Read:
        """The chart and the course, which no answer changes: it is not counted at every click."""
        reading = self._sources.reading.read(self._visit.session(), self._patient)
        token.check()
        table = reading.known.tables.get(TRENDED)
        if table is None:
            return reading, ()
        return reading, trend(reading.chart, table, reading.known, reading.at, SPAN)

    def _on_read(self, result: Result[Read]) -> None:
        match result:
            case Ok((reading, course)):
                state = replace(self._state, reading=reading, trend=course, fault=None)
                self._count(state)
            case Failed(fault):
                self._show(replace(self._state, fault=fault))

    def _on_recorded(self, result: Result[ScoreRecord]) -> None:
        state = replace(self._state, busy=False)
        match result:
            case Ok(record):
                notice = Message.of("scores.recorded", score=record.score.code)
                self._show(replace(state, notice=notice))
            case Failed(fault):
                self._show(replace(state, act_fault=fault))
        self.load()

    def _count(self, state: ScoresState) -> None:
        now, reading = self._clock.now(), state.reading
        if reading is None:
            self._show(replace(state, now=now))
            return
        chart, known = reading.chart, reading.known
        standings = tuple(
            standing(chart, table, known, now, state.given) for table in known.tables.values()
        )
        self._show(replace(state, now=now, standings=sorted_out(standings)))

    def _show(self, state: ScoresState) -> None:
        self._state = state if state.use is not None else replace(state, item=state.first)
        self._view.show_state(self._state)
