"""The outbox journal: whatever happens to the database, what was signed can be had again."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain.terms import GroupId, Ref
from app.kernel.faults import AppError
from localdb.journal import (
    DatabaseKeyOpener,
    HospitalOpener,
    Journal,
    JournalReading,
    read_journal,
)
from localdb.opening import DATABASE, JOURNAL, OpenCache
from localdb.recovery import recover_from_journal, set_aside
from localdb.replanting import replant
from tests.localdb.hospital import PASSWORD, private_pem, public_pem
from tests.support.cache_kit import (
    KEY,
    NOW,
    TellingProjector,
    a_cache,
    a_piece,
    an_act,
    edited,
    held,
    incoming,
    open_kit,
    send_all,
    states,
    told,
)
from tests.support.order_builders import a_note, a_task

NOTE = Ref("DocumentReference/note-1")
OWN = DatabaseKeyOpener(KEY)


def two_acts(folder: Path, recovery_key: bytes | None = None) -> None:
    with a_cache(folder, recovery_key=recovery_key) as opened:
        opened.sync_store.apply(a_piece(incoming(a_note("old"), "3")))
        opened.acts.commit(
            an_act("g1", a_note(), read_set=((Ref("Patient/li-ming"), "7"),), reason="会诊")
        )
        old = edited(opened, "DocumentReference/old", language="zh")
        opened.acts.commit(an_act("g2", old, a_task()))


def bring_back(opened: OpenCache, reading: JournalReading) -> tuple[GroupId, ...]:
    return replant(opened.cache, opened.journal, (TellingProjector(),), reading.records)


def ruin(folder: Path) -> None:
    (folder / DATABASE).write_bytes(b"not a database" * 1000)


def test_every_unconfirmed_group_stands_in_the_journal_whole(tmp_path: Path) -> None:
    two_acts(tmp_path)

    reading = recover_from_journal(tmp_path, OWN)

    first, second = reading.records
    assert reading.unreadable == 0
    assert (first.group, first.kind, first.reason) == ("g1", "note.sign", "会诊")
    assert first.read_set == ((Ref("Patient/li-ming"), "7"),)
    assert first.at == NOW
    assert [c.ref for c in second.changes] == ["DocumentReference/old", "Task/task-1"]
    assert [c.base_version for c in second.changes] == ["3", ""]


def test_the_hospitals_key_opens_the_journal_and_another_does_not(
    tmp_path: Path, hospital: rsa.RSAPrivateKey
) -> None:
    two_acts(tmp_path, public_pem(hospital))
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    right = recover_from_journal(tmp_path, HospitalOpener(private_pem(hospital), PASSWORD))
    wrong = recover_from_journal(tmp_path, HospitalOpener(private_pem(stranger), PASSWORD))

    assert [r.group for r in right.records] == ["g1", "g2"]
    assert (wrong.records, wrong.unreadable) == ((), 2)


def test_another_database_key_opens_nothing(tmp_path: Path) -> None:
    two_acts(tmp_path)

    reading = recover_from_journal(tmp_path, DatabaseKeyOpener(bytes(32)))

    assert (reading.records, reading.unreadable) == ((), 2)


def test_a_wrong_password_of_the_hospitals_key_is_refused(hospital: rsa.RSAPrivateKey) -> None:
    with pytest.raises(AppError) as caught:
        HospitalOpener(private_pem(hospital), b"guess")

    assert caught.value.fault.message.code == "vault.recovery-key-bad"


def test_what_is_no_public_key_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(AppError) as caught:
        open_kit(tmp_path / "cache", recovery_key=b"no key")

    assert caught.value.fault.message.code == "vault.recovery-key-bad"
    assert not (tmp_path / "cache").exists()


def test_a_torn_last_line_is_cut_off_and_what_follows_is_whole(tmp_path: Path) -> None:
    two_acts(tmp_path)
    path = tmp_path / JOURNAL
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])

    assert [r.group for r in read_journal(path, OWN).records] == ["g1"]
    with a_cache(tmp_path) as opened:
        opened.acts.commit(an_act("g3", a_note("third")))

    reading = read_journal(path, OWN)
    assert [r.group for r in reading.records] == ["g1", "g2", "g3"]
    assert reading.unreadable == 0


def test_a_damaged_line_is_counted_kept_and_written_again(tmp_path: Path) -> None:
    two_acts(tmp_path)
    path = tmp_path / JOURNAL
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"#" * 40 + b"\n" + lines[1])

    open_kit(tmp_path).close()

    reading = read_journal(path, OWN)
    assert {r.group for r in reading.records} == {"g1", "g2"}
    assert reading.unreadable == 1


def test_a_lost_journal_is_written_anew_from_the_database(tmp_path: Path) -> None:
    two_acts(tmp_path)
    (tmp_path / JOURNAL).unlink()

    open_kit(tmp_path).close()

    assert [r.group for r in recover_from_journal(tmp_path, OWN).records] == ["g1", "g2"]


def test_confirmed_groups_leave_the_journal(tmp_path: Path) -> None:
    two_acts(tmp_path)
    with a_cache(tmp_path) as opened:
        send_all(opened, version="4")
        assert opened.journal.groups == frozenset()

    assert (tmp_path / JOURNAL).read_bytes() == b""


def test_few_confirmed_groups_stay_until_a_rewrite_is_worth_it(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        for n in range(40):
            opened.acts.commit(an_act(f"g{n}", a_note(f"note-{n}")))
        waiting = [GroupId(f"g{n}") for n in range(39)]
        size = (tmp_path / JOURNAL).stat().st_size

        opened.journal.trim(waiting)
        assert (tmp_path / JOURNAL).stat().st_size == size

        opened.journal.trim(waiting[:3])
        assert opened.journal.groups == {"g0", "g1", "g2"}
        opened.acts.commit(an_act("after", a_task()))

    records = recover_from_journal(tmp_path, OWN).records
    assert [r.group for r in records][:4] == ["g0", "g1", "g2", "after"]


@pytest.mark.expects_log("the outbox journal was not written: storage")
def test_a_journal_that_cannot_be_written_does_not_undo_the_act_and_catches_up(
    tmp_path: Path,
) -> None:
    with a_cache(tmp_path) as opened:
        opened.acts.commit(an_act("g1", a_note()))
        path = tmp_path / JOURNAL
        aside = path.rename(tmp_path / "aside")
        path.mkdir()

        opened.acts.commit(an_act("g2", a_task()))
        assert states(opened) == {"g1": "saved", "g2": "saved"}
        assert opened.journal.owed == {"g2"}

        path.rmdir()
        aside.rename(path)
        opened.acts.commit(an_act("g3", a_note("third")))
        assert opened.journal.owed == frozenset()

    groups = [r.group for r in recover_from_journal(tmp_path, OWN).records]
    assert groups == ["g1", "g2", "g3"]


def test_a_damaged_database_is_set_aside_and_the_work_replanted(tmp_path: Path) -> None:
    two_acts(tmp_path)
    ruin(tmp_path)
    with pytest.raises(AppError) as caught:
        open_kit(tmp_path)
    assert caught.value.fault.message.code == "storage.damaged"
    reading = recover_from_journal(tmp_path, OWN)

    place = set_aside(tmp_path, NOW)

    assert (place / DATABASE).read_bytes().startswith(b"not a database")
    with a_cache(tmp_path) as opened:
        made = bring_back(opened, reading)
        assert made == ("g1", "g2")
        assert states(opened) == {"g1": "held", "g2": "held"}
        assert held(opened, NOTE).document == a_note()
        assert held(opened, "DocumentReference/old").version == "3"
        assert told(opened)[NOTE].unsent == "saved"
        assert bring_back(opened, reading) == ()

    assert {r.group for r in recover_from_journal(tmp_path, OWN).records} == {"g1", "g2"}


def test_the_journal_is_found_where_the_damaged_database_was_put(tmp_path: Path) -> None:
    two_acts(tmp_path)
    ruin(tmp_path)

    set_aside(tmp_path, NOW)

    assert len(recover_from_journal(tmp_path, OWN).records) == 2


def test_a_cache_in_use_is_not_set_aside(tmp_path: Path) -> None:
    with a_cache(tmp_path) as opened:
        with pytest.raises(AppError) as caught:
            set_aside(tmp_path, NOW)
        assert caught.value.fault.message.code == "storage.in-use"
        opened.acts.commit(an_act("g1", a_note()))


def test_replanted_work_on_a_downloaded_copy_of_the_same_version_has_its_base(
    tmp_path: Path,
) -> None:
    two_acts(tmp_path)
    reading = recover_from_journal(tmp_path, OWN)
    ruin(tmp_path)
    set_aside(tmp_path, NOW)

    with a_cache(tmp_path) as opened:
        opened.sync_store.apply(a_piece(incoming(a_note("old"), "3")))
        bring_back(opened, reading)

        known = opened.sync_store.known([Ref("DocumentReference/old")])
        assert known[Ref("DocumentReference/old")].base == incoming(a_note("old")).body


def test_replanted_work_on_a_newer_copy_keeps_the_version_it_was_made_on(tmp_path: Path) -> None:
    two_acts(tmp_path)
    reading = recover_from_journal(tmp_path, OWN)
    ruin(tmp_path)
    set_aside(tmp_path, NOW)

    with a_cache(tmp_path) as opened:
        opened.sync_store.apply(a_piece(incoming(a_note("old", text="newer"), "5")))
        bring_back(opened, reading)

        known = opened.sync_store.known([Ref("DocumentReference/old")])
        kept = known[Ref("DocumentReference/old")]
        assert (kept.version, kept.state, kept.base) == ("3", "dirty", None)


def test_no_journal_gives_no_records(tmp_path: Path) -> None:
    assert recover_from_journal(tmp_path, OWN).records == ()
    assert Journal(tmp_path / JOURNAL, KEY).groups == frozenset()


def test_a_database_put_back_from_a_copy_gets_what_the_journal_has_beyond_it(
    tmp_path: Path,
) -> None:
    with a_cache(tmp_path) as opened:
        opened.acts.commit(an_act("g1", a_note()))
    copy = (tmp_path / DATABASE).read_bytes()
    with a_cache(tmp_path) as opened:
        opened.acts.commit(an_act("g2", a_task()))

    (tmp_path / DATABASE).write_bytes(copy)

    with a_cache(tmp_path) as opened:
        assert states(opened) == {"g1": "saved", "g2": "held"}
        assert held(opened, "Task/task-1").document == a_task()
