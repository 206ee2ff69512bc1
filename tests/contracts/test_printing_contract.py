"""What every keeper of print runs does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.domain.order_sheets import SheetKind
from app.domain.sheet_runs import Run, RunId
from app.domain.terms import EncounterId, PatientId
from app.fhir.sheet_prints import write_run
from app.kernel.faults import AppError, FaultKind
from app.ports.acts import Act, Change
from app.ports.printing import PrintedPaper, PrintRuns
from localdb.projections.all import all_projectors
from localdb.reads.sheet_prints import SqlPrintedPaper
from tests.support.cache_kit import a_cache, an_act, enrol
from tests.support.fake_prints import FakePrints
from tests.support.sheet_builders import A_RUN as RUN


@dataclass
class Keeper:
    runs: PrintRuns
    paper: PrintedPaper

    def known(self) -> tuple[Run, ...]:
        return self.paper.printed(RUN.patient, RUN.stay).runs

    def refused(self, run: Run) -> FaultKind:
        with pytest.raises(AppError) as caught:
            self.runs.begin(run)
        return caught.value.fault.kind


@pytest.fixture(params=["fake", "cache"])
def keeper(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Keeper]:
    if request.param == "fake":
        fake = FakePrints()
        yield Keeper(fake, fake)
        return
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        enrol(opened)
        yield Keeper(opened.prints, SqlPrintedPaper(opened.cache))


def the_act(run: Run, group: str = "g1") -> Act:
    return replace(an_act(group), patient=run.patient, changes=(Change(write_run(run)),))


def test_a_run_waits_until_somebody_answers(keeper: Keeper) -> None:
    keeper.runs.begin(RUN)

    assert keeper.runs.unanswered(RUN.patient) == (RUN,)
    assert keeper.runs.unanswered(PatientId("somebody-else")) == ()
    assert keeper.known() == ()


def test_a_sheet_has_one_open_run_and_other_sheets_have_theirs(keeper: Keeper) -> None:
    keeper.runs.begin(RUN)

    assert keeper.refused(replace(RUN, id=RunId("run-2"))) is FaultKind.CONFLICT
    other = replace(RUN, id=RunId("run-3"), sheet=SheetKind.LONG_TERM)
    older = replace(RUN, id=RunId("run-4"), stay=EncounterId("stay-0"), at=RUN.at.replace(hour=0))
    keeper.runs.begin(other)
    keeper.runs.begin(older)
    assert keeper.runs.unanswered(RUN.patient)[0] == older
    assert set(keeper.runs.unanswered(RUN.patient)) == {RUN, other, older}


def test_the_answer_makes_it_part_of_the_record_and_ends_the_waiting(keeper: Keeper) -> None:
    keeper.runs.begin(RUN)

    keeper.runs.settle(RUN.id, the_act(RUN))

    assert keeper.runs.unanswered(RUN.patient) == ()
    assert keeper.known() == (RUN,)
    assert keeper.paper.printed(RUN.patient, EncounterId("stay-0")).runs == ()
    assert not keeper.paper.printed(RUN.patient, RUN.stay).unreadable
    keeper.runs.begin(replace(RUN, id=RunId("run-2")))


def test_nothing_came_out_leaves_no_trace(keeper: Keeper) -> None:
    keeper.runs.begin(RUN)

    keeper.runs.settle(RUN.id, None)

    assert (keeper.runs.unanswered(RUN.patient), keeper.known()) == ((), ())


def test_a_run_is_answered_for_once(keeper: Keeper) -> None:
    keeper.runs.begin(RUN)
    keeper.runs.settle(RUN.id, None)

    with pytest.raises(AppError) as caught:
        keeper.runs.settle(RUN.id, the_act(RUN))

    assert caught.value.fault.kind is FaultKind.CONFLICT
    assert keeper.known() == ()
