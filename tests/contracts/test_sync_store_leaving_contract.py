"""`SyncStore`: leaving a scope, and what is left of a patient then (sync.md §7.9, I16, I17)."""

from __future__ import annotations

from sqlalchemy import select, table, text

from app.domain.terms import PatientId, Ref
from app.ports.sync_store import (
    Scope,
    Unreadable,
)
from localdb.opening import OpenCache
from tests.contracts.sync_kit import (
    NOTE,
    PATIENT_REF,
    rejection,
)
from tests.support.builders import a_patient
from tests.support.cache_kit import (
    NOW,
    SCOPE,
    a_piece,
    an_act,
    held,
    incoming,
    send_all,
    states,
    told,
)
from tests.support.order_builders import a_note, a_task


def test_leaving_a_scope_evicts_what_nobody_else_holds(opened: OpenCache) -> None:
    store = opened.sync_store
    store.put_scopes((Scope("reference", "reference", ""),))
    store.apply(a_piece(incoming(a_note()), incoming(a_patient())))
    store.apply(a_piece(incoming(a_patient()), scope="reference"))

    assert store.leave_scope(SCOPE.id) == 1

    assert opened.documents.held(NOTE) is None
    assert held(opened, PATIENT_REF)
    assert NOTE not in told(opened)
    assert SCOPE.id not in {one.id for one in store.scopes()}
    assert store.known([NOTE]) == {}


def test_a_patient_with_unsent_work_stays_until_it_is_sent(opened: OpenCache) -> None:
    store = opened.sync_store
    store.apply(a_piece(incoming(a_task()), incoming(a_patient())))
    opened.acts.commit(an_act("g1", a_note()))

    assert store.leave_scope(SCOPE.id) == 0
    assert held(opened, NOTE)
    assert held(opened, PATIENT_REF)
    assert {s.id: s.state for s in store.scopes()}[SCOPE.id] == "leaving"

    send_all(opened)
    assert store.leave_scope(SCOPE.id) == 3
    assert told(opened) == {}


def test_a_patient_with_an_open_conflict_or_a_rejected_group_stays(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", a_note()))
    opened.sync_store.reject(rejection("g1"))

    assert opened.sync_store.leave_scope(SCOPE.id) == 0
    assert states(opened) == {"g1": "rejected"}


def test_nothing_of_an_evicted_patient_is_left_in_any_table(opened: OpenCache) -> None:
    store = opened.sync_store
    store.apply(a_piece(incoming(a_patient()), incoming(a_task(), "1")))
    opened.acts.commit(an_act("g1", a_note(), reason="li-ming asked"))
    send_all(opened)
    store.apply(a_piece(unreadable=(Unreadable("Task/odd", "x", b'{"of":"li-ming"}'),)))

    assert where_is(opened, b"li-ming") > {"resource", "change_group", "unreadable"}

    store.leave_scope(SCOPE.id)

    assert where_is(opened, b"li-ming") == set()
    assert where_is(opened, b"note-1") == set()


def test_a_cohort_takes_what_was_made_here_for_its_patients_with_it(opened: OpenCache) -> None:
    store = opened.sync_store
    cohort = Scope("cohort:1", "cohort", "li-ming,other")
    store.put_scopes((cohort, Scope("patient:li-ming", "as-of", "li-ming")))
    store.apply(a_piece(incoming(a_patient()), incoming(a_task()), scope=cohort.id))
    store.apply(a_piece(as_of=NOW))
    opened.acts.commit(an_act("g1", a_note()))
    send_all(opened)

    assert store.leave_scope(cohort.id) == 3

    assert opened.documents.held(NOTE) is None
    assert store.data_as_of("patient:li-ming") is None


def test_what_was_made_here_stays_while_another_scope_follows_the_patient(
    opened: OpenCache,
) -> None:
    store = opened.sync_store
    store.put_scopes((Scope("census:w", "census", "w"),))
    store.apply(a_piece(incoming(a_patient()), incoming(a_task())))
    store.apply(a_piece(incoming(a_patient()), scope="census:w"))
    opened.acts.commit(an_act("g1", a_note()))
    send_all(opened)

    assert store.leave_scope(SCOPE.id) == 1

    assert held(opened, NOTE)
    assert held(opened, PATIENT_REF)


def test_leaving_gives_freed_pages_back_and_empties_the_log(
    opened: OpenCache,
) -> None:
    pages = [incoming(a_task(f"task-{n}")) for n in range(500)]
    opened.sync_store.apply(a_piece(*pages))
    log = opened.cache.path.with_name(opened.cache.path.name + "-wal")
    assert log.stat().st_size > 0

    assert opened.sync_store.leave_scope(SCOPE.id) == 500

    assert log.stat().st_size == 0
    with opened.cache.outside_transactions() as run:
        assert run("PRAGMA freelist_count") == [(0,)]


def where_is(opened: OpenCache, trace: bytes) -> set[str]:
    """Tables with `trace` anywhere in a cell, decompressed."""
    from localdb.bodies import unpack

    found: set[str] = set()
    with opened.cache.read() as connection:
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).scalars()
        for name in names.all():
            for row in connection.execute(select(text("*")).select_from(table(name))):
                for cell in row:
                    data = cell if isinstance(cell, bytes) else str(cell).encode()
                    if data.startswith(b"\x28\xb5\x2f\xfd"):
                        data = unpack(data)
                    if trace in data:
                        found.add(name)
    return found


def test_a_patient_who_left_goes_whole_and_the_cohort_goes_on_without_them(
    opened: OpenCache,
) -> None:
    store = opened.sync_store
    cohort = Scope("cohort:1", "cohort", "li-ming,other")
    store.put_scopes((cohort, Scope("patient:li-ming", "as-of", "li-ming")))
    store.apply(a_piece(incoming(a_patient()), incoming(a_task()), scope=cohort.id))
    store.apply(a_piece(incoming(a_patient("other")), scope=cohort.id))
    opened.acts.commit(an_act("g1", a_note()))
    send_all(opened)

    assert store.leave_patient(PatientId("li-ming"), (Scope("cohort:1", "cohort", "other"),))

    assert where_is(opened, b"li-ming") == set()
    assert {one.id: one.target for one in store.scopes()}["cohort:1"] == "other"
    assert set(store.members(cohort.id)) == {"Patient/other"}


def test_a_patient_whose_work_waits_or_is_being_written_stays_whole(opened: OpenCache) -> None:
    store = opened.sync_store
    cohort = Scope("cohort:1", "cohort", "li-ming")
    store.put_scopes((cohort,))
    store.apply(a_piece(incoming(a_patient()), incoming(a_task()), scope=cohort.id))
    opened.acts.commit(an_act("g1", a_note()))
    empty = Scope("cohort:1", "cohort", "")

    assert not store.leave_patient(PatientId("li-ming"), (empty,))
    assert held(opened, PATIENT_REF)
    assert {one.id: one.target for one in store.scopes()}["cohort:1"] == "li-ming"

    send_all(opened)
    assert store.leave_patient(PatientId("li-ming"), (empty,))
    assert told(opened) == {}


def test_what_another_scope_lists_of_a_patient_stays(opened: OpenCache) -> None:
    store = opened.sync_store
    cohort, mine = Scope("cohort:1", "cohort", "li-ming"), Scope("mine:me", "mine", "me")
    store.put_scopes((cohort, mine))
    store.apply(a_piece(incoming(a_patient()), incoming(a_task()), scope=cohort.id))
    store.apply(a_piece(incoming(a_task()), scope=mine.id))

    assert store.leave_patient(PatientId("li-ming"), (Scope("cohort:1", "cohort", ""),))

    assert opened.documents.held(PATIENT_REF) is None
    assert store.known([Ref("Task/task-1")])


def test_a_member_that_moved_away_is_looked_for_no_more_and_stays(opened: OpenCache) -> None:
    store = opened.sync_store
    store.apply(a_piece(incoming(a_task()), incoming(a_patient())))

    store.forget_members(SCOPE.id, (Ref("Task/task-1"),))

    assert set(store.members(SCOPE.id)) == {PATIENT_REF}
    assert store.known([Ref("Task/task-1")])
