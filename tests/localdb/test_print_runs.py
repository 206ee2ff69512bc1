"""What was sent to a printer, in the encrypted cache: killed, evicted, migrated, spoilt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.sheet_runs import Run, RunId
from app.domain.terms import PatientId, Ref
from app.fhir.sheet_prints import run_ref, write_run
from app.kernel.faults import AppError
from app.ports.acts import Act, Change
from localdb.failpoints import Failpoint
from localdb.migrating import downgrade, schema_of
from localdb.opening import Hazards, OpenCache
from localdb.projections.all import all_projectors
from localdb.reads.sheet_prints import SqlPrintedPaper
from localdb.rebuilding import rebuild
from localdb.schema import SCHEMA_VERSION
from tests.support.builders import a_patient
from tests.support.cache_kit import (
    a_cache,
    a_piece,
    an_act,
    enrol,
    incoming,
    open_kit,
    send_all,
    states,
)
from tests.support.sheet_builders import A_RUN as RUN

STEPS = (
    Failpoint.ACT_DOCUMENTS,
    Failpoint.BEFORE_COMMIT,
    Failpoint.COMMITTED,
)


class Killed(BaseException):
    """The process ends here."""


class KillAt:
    """`Failpoints` that end everything at one step, once it is armed."""

    def __init__(self, point: Failpoint) -> None:
        self._point = point
        self.armed = False

    def reach(self, point: Failpoint) -> None:
        if self.armed and point is self._point:
            raise Killed


def the_act(run: Run = RUN) -> Act:
    document = Change(write_run(run))
    return an_act("g-print", document, kind="sheet.print", patient=run.patient)


def known(opened: OpenCache) -> tuple[Run, ...]:
    return SqlPrintedPaper(opened.cache).printed(RUN.patient, RUN.stay).runs


def whole(folder: Path, **how: object) -> OpenCache:
    return open_kit(folder, projectors=all_projectors(), **how)  # type: ignore[arg-type]  # as it came


@pytest.mark.parametrize("step", STEPS)
def test_killed_while_the_answer_is_kept_it_is_asked_again_or_known_and_never_both(
    tmp_path: Path, step: Failpoint
) -> None:
    kill = KillAt(step)
    opened = whole(tmp_path, hazards=Hazards(failpoints=kill, busy_ms=100))
    enrol(opened)
    opened.prints.begin(RUN)
    kill.armed = True
    with pytest.raises(Killed):
        opened.prints.settle(RUN.id, the_act())
    kill.armed = False
    opened.close()

    again = whole(tmp_path)
    waiting, on_paper = again.prints.unanswered(RUN.patient), known(again)

    assert (waiting == ()) == (on_paper == (RUN,))
    if waiting:
        again.prints.settle(RUN.id, the_act())
    assert known(again) == (RUN,)
    assert states(again) == {"g-print": "saved"}
    again.close()


@pytest.mark.parametrize("step", [Failpoint.BEFORE_COMMIT, Failpoint.COMMITTED])
def test_killed_before_any_ink_it_waits_or_never_was(tmp_path: Path, step: Failpoint) -> None:
    kill = KillAt(step)
    opened = whole(tmp_path, hazards=Hazards(failpoints=kill, busy_ms=100))
    kill.armed = True
    with pytest.raises(Killed):
        opened.prints.begin(RUN)
    kill.armed = False
    opened.close()

    again = whole(tmp_path)

    kept = again.prints.unanswered(RUN.patient)
    assert kept == ((RUN,) if step is Failpoint.COMMITTED else ())
    again.close()


def test_a_patient_with_an_unanswered_print_is_not_evicted(tmp_path: Path) -> None:
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        enrol(opened)
        opened.sync_store.apply(a_piece(incoming(a_patient(RUN.patient)), members=()))
        opened.prints.begin(RUN)

        assert not opened.sync_store.leave_patient(RUN.patient, ())
        opened.prints.settle(RUN.id, None)
        assert opened.sync_store.leave_patient(RUN.patient, ())

        assert opened.documents.held(Ref(f"Patient/{RUN.patient}")) is None


def test_what_is_on_paper_leaves_with_its_patient_and_comes_back_with_him(tmp_path: Path) -> None:
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        enrol(opened)
        opened.sync_store.apply(a_piece(incoming(a_patient(RUN.patient))))
        opened.prints.begin(RUN)
        opened.prints.settle(RUN.id, the_act())
        assert not opened.sync_store.leave_patient(RUN.patient, ())
        send_all(opened, "batch-1")

        assert opened.sync_store.leave_patient(RUN.patient, ())

        assert known(opened) == ()
        assert opened.documents.held(run_ref(RUN.id)) is None
        opened.sync_store.apply(a_piece(incoming(write_run(RUN)), members=()))
        assert known(opened) == (RUN,)
        with opened.cache.write() as connection:
            rebuild(connection, all_projectors())
        assert known(opened) == (RUN,)


def test_a_run_that_cannot_be_read_is_said_of_its_patient_alone(tmp_path: Path) -> None:
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        enrol(opened)
        paper = SqlPrintedPaper(opened.cache)
        broken = write_run(RUN) | {"author": {"display": "?"}}

        opened.sync_store.apply(a_piece(incoming(broken), members=()))

        assert paper.printed(RUN.patient, RUN.stay).unreadable
        assert not paper.printed(PatientId("somebody-else"), RUN.stay).unreadable


def test_a_file_of_an_older_program_learns_to_wait_for_an_answer(tmp_path: Path) -> None:
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        opened.prints.begin(RUN)
        with opened.cache.write() as connection:
            downgrade(connection, "0006")
        with pytest.raises(AppError):
            opened.prints.unanswered(RUN.patient)

    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        assert schema_of(opened.cache) == SCHEMA_VERSION
        assert opened.prints.unanswered(RUN.patient) == ()
        opened.prints.begin(replace(RUN, id=RunId("run-2")))
        assert len(opened.prints.unanswered(RUN.patient)) == 1

    word = RUN.pages[0].lines[0].cells[0].text.encode()
    assert all(word not in file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
