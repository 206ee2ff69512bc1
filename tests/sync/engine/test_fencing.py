"""Two copies of one workstation: the second says so, sends nothing, and keeps what it has (I19)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from app.domain.sending import Connection, GroupState, SendingStatus
from app.domain.terms import GroupId, Ref
from resources.catalogue import LANGUAGES, Catalogue
from sync.cdr.misbehaviour import Fault, Rule
from sync.cdr.values import Policy
from tests.sync.engine.conftest import Open
from tests.sync.engine.desk import Desk
from tests.sync.engine.faults import sends
from tests.sync.engine.hospital import Hospital


@pytest.fixture
def twins(open_desk: Open, tmp_path: Path) -> tuple[Desk, Desk]:
    """A workstation and a copy of its disk."""
    first = open_desk("first")
    first.enrol()
    first.round()
    return first, copy_of(first, open_desk, tmp_path)


def copy_of(desk: Desk, open_desk: Open, tmp_path: Path) -> Desk:
    shutil.copytree(desk.folder, tmp_path / "copy")
    return open_desk("copy")


def note(hospital: Hospital, name: str) -> Ref:
    return Ref(f"DocumentReference/{hospital.note_id(name)}")


def assert_fenced(desk: Desk, status: SendingStatus, group: GroupId, code: str) -> None:
    assert status.connection is Connection.ATTENTION
    assert status.trouble is not None
    assert status.trouble.code == code
    for language in LANGUAGES:
        assert Catalogue.load(language).sentence(code)
    assert (status.waiting, status.all_sent) == (1, False)
    assert desk.item(group).state is GroupState.FENCED


def test_of_two_copies_the_second_is_fenced_and_loses_nothing(
    hospital: Hospital, twins: tuple[Desk, Desk], open_desk: Open
) -> None:
    first, copy = twins
    first.sign_note("of-the-first")
    group = copy.sign_note("of-the-copy")

    assert first.later().all_sent
    told = copy.later()

    assert_fenced(copy, told, group, "sync.fenced.another-copy")
    assert hospital.current(note(hospital, "of-the-copy")) is None
    assert copy.opened.documents.held(note(hospital, "of-the-copy")) is not None
    assert hospital.versions(note(hospital, "of-the-first")) == 1

    # It still reads, says so in every round, and after a restart.
    hospital.write_note("of-a-colleague")
    copy.later()
    again = copy.later()
    assert copy.opened.documents.held(note(hospital, "of-a-colleague")) is not None
    assert_fenced(copy, again, group, "sync.fenced.another-copy")
    copy.close()
    reopened = open_desk("copy")
    assert_fenced(reopened, reopened.later(), group, "sync.fenced.another-copy")
    assert hospital.current(note(hospital, "of-the-copy")) is None

    first.sign_note("more")
    assert first.later().all_sent  # the one that is right goes on


def test_a_copy_made_while_an_answer_was_lost_acknowledges_once_and_then_is_fenced(
    hospital: Hospital, open_desk: Open, tmp_path: Path
) -> None:
    first = open_desk("first")
    first.enrol()
    first.round()
    first.sign_note("between")
    hospital.misbehaviour.add(Rule(Fault.DROP, when=sends))
    first.round()
    copy = copy_of(first, open_desk, tmp_path)

    assert first.later().all_sent
    assert copy.later().all_sent  # the same bytes: the register says that they arrived
    assert hospital.versions(note(hospital, "between")) == 1
    first.sign_note("of-the-first")
    group = copy.sign_note("of-the-copy")
    assert first.later().all_sent

    assert_fenced(copy, copy.later(), group, "sync.fenced.another-copy")


def test_a_server_that_lost_our_register_is_sent_nothing(hospital: Hospital, desk: Desk) -> None:
    assert_stopped_without_register(hospital, desk)


@pytest.fixture
def generous() -> Iterator[Hospital]:
    """A server that creates what If-Match names and it lacks, as HAPI does."""
    hospital = Hospital(Policy(if_match_creates=True))
    hospital.start()
    requests.get(f"{hospital.base_url}/metadata", timeout=30).raise_for_status()
    yield hospital
    hospital.cdr.stop()


def test_a_server_that_would_make_the_register_anew_is_sent_nothing_either(
    generous: Hospital, tmp_path: Path
) -> None:
    """It was set back to a backup from before the enrolment."""
    desk = Desk(tmp_path / "desk", generous)
    desk.enrol()
    desk.round()

    assert_stopped_without_register(generous, desk)

    desk.close()


def assert_stopped_without_register(hospital: Hospital, desk: Desk) -> None:
    group = desk.sign_note("n")
    enrolment = desk.store.enrolment()
    assert enrolment is not None
    hospital.delete(Ref(f"Basic/{enrolment.workstation}-outbox"))

    told = desk.later()

    assert_fenced(desk, told, group, "sync.fenced.register-missing")
    assert hospital.current(note(hospital, "n")) is None
