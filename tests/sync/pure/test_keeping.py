"""What the engine keeps between rounds, and how it takes its turn at the writer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import NAMESPACE_OID, uuid4, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.terms import GroupId, Ref
from app.fhir.bundles import read_bundle
from app.fhir.document import Document, canonical_hash, parse, to_bytes
from app.fhir.register import read_register
from app.kernel.faults import Message
from app.ports.sync_store import (
    BatchEntry,
    CursorRow,
    Enrolment,
    FrozenBatch,
    PendingChange,
    PendingGroup,
    Piece,
    Rejection,
    Scope,
    SyncNote,
)
from resources.reading import path
from sync.adapting import freeze, group_of, made_by_anybody, sent_batch, urls_of
from sync.batching import Priority, Standing, batch_of
from sync.cursor import Cursor, Item, Page, commit_page, start
from sync.cursor_json import from_text, to_text
from sync.merge_rules import TABLES
from sync.merge_rules import parse as parse_rules
from sync.resolve import Cause
from sync.store_lane import LanedStore, at_once

T = TypeVar("T")
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
RULES = parse_rules({t: path(f"packs/merge/{t}.tsv").read_text("utf-8") for t in TABLES})
OVERLAP = timedelta(seconds=35)


@given(
    pages=st.lists(st.integers(0, 3), max_size=4),
    began=st.booleans(),
)
def test_a_cursor_is_read_back_as_it_was_kept(pages: list[int], *, began: bool) -> None:
    cursor = Cursor(overlap=OVERLAP)
    if began:
        cursor = start(cursor, NOW)
        for n, count in enumerate(pages):
            items = tuple(
                Item(Ref(f"Observation/{n}-{k}"), "1", NOW - timedelta(seconds=9 - n))
                for k in range(count)
            )
            moved = commit_page(cursor, Page(items, f"next-{n}"))
            assert isinstance(moved, Cursor)
            cursor = moved
    assert from_text(to_text(cursor), OVERLAP) == replace(cursor, seen_pages=frozenset())


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"overlap": 1}', "nonsense"])
def test_a_cursor_that_cannot_be_read_begins_anew(text: str) -> None:
    assert from_text(text, OVERLAP) == Cursor(overlap=OVERLAP)


def _pending(**more: object) -> PendingGroup:
    body = b'{"resourceType":"MedicationRequest","id":"m"}'
    change = PendingChange(1, Ref("MedicationRequest/m"), "create", "", body)
    plain = PendingGroup(GroupId("g"), 1, "order.place", None, "wang", NOW, "saved", (change,))
    return replace(plain, **more)  # type: ignore[arg-type]  # checked by dataclasses at run time


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        ("saved", Standing.READY),
        ("sent", Standing.IN_FLIGHT),
        ("held", Standing.HELD),
        ("conflict", Standing.CONFLICTED),
        ("rejected", Standing.QUARANTINED),
    ],
)
def test_a_kept_group_stands_as_it_was_kept(state: str, standing: Standing) -> None:
    assert group_of(_pending(state=state), RULES).standing is standing


def test_an_order_is_of_the_most_dangerous_class() -> None:
    assert group_of(_pending(), RULES).priority is Priority.A
    assert group_of(_pending(changes=()), RULES).priority is Priority.C


def test_a_frozen_batch_names_itself_in_its_register() -> None:
    enrolment = Enrolment("ws", "https://cdr.example/fhir", "7", 3, NOW)
    frozen = freeze(batch_of([group_of(_pending(), RULES)]), enrolment)

    entries = read_bundle(parse(frozen.payload)).entries
    register = read_register(entries[-1].resource or {})
    assert register is not None
    assert (register.seq, register.last_batch) == (4, frozen.id)
    assert frozen.expect_register == "7"
    assert urls_of(frozen, "ws") == ("MedicationRequest/m", "Basic/ws-outbox")
    sent = sent_batch(frozen, Cause.NO_ANSWER, 2)
    assert (sent.races, sent.entries[0].frozen_hash) == (
        2,
        canonical_hash(parse(frozen.entries[0].body)),
    )


class Recorder:
    """Answers every call with its own name."""

    def __getattr__(self, name: str) -> Callable[..., str]:
        return lambda *_: name


WRITES: tuple[tuple[str, tuple[object, ...]], ...] = (
    ("record_enrolment", (None,)),
    ("mark_fenced", ()),
    ("put_scopes", ((Scope("reference", "reference", ""),),)),
    ("save_cursor", (CursorRow("s", "t", "{}"),)),
    ("apply", (Piece("s", "t", 1),)),
    ("bury", ("r", "deleted", NOW)),
    ("leave_scope", ("s",)),
    ("leave_patient", ("p", ())),
    ("forget_members", ("s", ())),
    ("freeze", (None,)),
    ("mark_sent", ("b", NOW)),
    ("acknowledge", ("b", {}, "1", NOW)),
    ("postpone", ("b", 1, NOW, Message("x"))),
    ("void", ("b", None, NOW)),
    ("reject", (Rejection(GroupId("g"), 400, Message("x"), "", NOW),)),
    ("hold", ("g", (), NOW)),
    ("release", ("g",)),
    ("note_contact", (NOW,)),
    ("write_down", (SyncNote(NOW, "k", ok=True),)),
)
READS: tuple[tuple[str, tuple[object, ...]], ...] = (
    ("enrolment", ()),
    ("scopes", ()),
    ("cursor", ("s", "t")),
    ("members", ("s",)),
    ("known", ((),)),
    ("pending", ()),
    ("open_batches", ()),
    ("own_versions", ((),)),
    ("counts", ()),
    ("diary", (5,)),
    ("last_contact", ()),
    ("data_as_of", ("s",)),
)


@pytest.mark.parametrize(("name", "arguments"), [*WRITES, *READS], ids=lambda v: str(v)[:20])
def test_only_writes_wait_their_turn(name: str, arguments: tuple[object, ...]) -> None:
    turns: list[str] = []

    def turn(work: Callable[[], T]) -> T:
        turns.append(name)
        return work()

    LanedStore(Recorder(), turn)  # type: ignore[arg-type]  # answers every method
    store = LanedStore(Recorder(), turn)  # type: ignore[arg-type]  # answers every method
    getattr(store, name)(*arguments)
    assert turns == ([name] if (name, arguments) in WRITES else [])


def test_nothing_is_written_for_no_scopes() -> None:
    LanedStore(None, at_once).put_scopes(())  # type: ignore[arg-type]  # nothing may be called
    assert at_once(lambda: 3) == 3


ORDER = f"MedicationRequest/{uuid4()}"
DERIVED = Ref(f"Task/{uuid5(NAMESPACE_OID, 'a due dose')}")
OTHER = Ref(f"Task/{uuid5(NAMESPACE_OID, 'another due dose')}")


def an_entry(ref: Ref | str, if_match: str = "", focus: str = "") -> BatchEntry:
    rtype, _, rid = ref.partition("/")
    document: Document = {"resourceType": rtype, "id": rid}
    if focus:
        document["focus"] = {"reference": focus}
    return BatchEntry(Ref(ref), if_match, 1, "hash", to_bytes(document))


@pytest.mark.parametrize(
    ("entries", "looked_for"),
    [
        ((an_entry(DERIVED, focus=ORDER),), (DERIVED,)),
        ((an_entry(ORDER), an_entry(DERIVED, focus=ORDER)), ()),
        ((an_entry(ORDER), an_entry(DERIVED), an_entry(OTHER, focus=ORDER)), (DERIVED,)),
        ((an_entry(DERIVED, if_match="3", focus=ORDER),), ()),
        ((an_entry(ORDER),), ()),
    ],
    ids=["topped up", "with its order", "one of two", "an update", "no derived id"],
)
def test_what_another_workstation_may_have_made_is_looked_for(
    entries: tuple[BatchEntry, ...], looked_for: tuple[Ref, ...]
) -> None:
    batch = FrozenBatch("b", (), "1", 1, b"{}", entries)

    assert made_by_anybody(batch) == looked_for
