"""A run that waits for its answer, and the answer, are news of its patient."""

from __future__ import annotations

import pytest

from app.domain.sheet_runs import RunId
from app.kernel.changes import Changed, ChangeFeed
from app.kernel.faults import AppError
from app.services.act_making import ActMaker
from app.services.publishing import PublishedPrintRuns
from tests.support.fake_prints import FakePrints
from tests.support.sheet_builders import A_RUN
from tests.support.sheets_kit import Clock, Numbers, PrintRoom


def heard(feed: ChangeFeed) -> list[Changed]:
    told: list[Changed] = []
    feed.listen(told.append)
    return told


def test_a_run_and_its_answer_are_told_when_they_are_kept() -> None:
    feed = ChangeFeed()
    told, runs = heard(feed), PublishedPrintRuns(FakePrints(), feed)

    runs.begin(A_RUN)
    assert told[-1].touches("sheet", A_RUN.patient)
    assert runs.unanswered(A_RUN.patient) == (A_RUN,)
    runs.settle(A_RUN.id, None)
    assert told[-1].touches("sheet", A_RUN.patient)
    assert not told[-1].touches("outbox", A_RUN.patient)
    runs.begin(A_RUN)
    act = ActMaker(Clock(), Numbers()).make("sheet.print", PrintRoom().session(), A_RUN.patient, ())
    runs.settle(A_RUN.id, act)

    assert told[-1].touches("outbox", A_RUN.patient)


def test_what_was_not_kept_is_no_news() -> None:
    feed = ChangeFeed()
    told, runs = heard(feed), PublishedPrintRuns(FakePrints(), feed)

    with pytest.raises(AppError):
        runs.settle(RunId("nobody"), None)

    assert told == []
